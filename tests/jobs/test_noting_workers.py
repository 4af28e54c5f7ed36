"""Pages of a proposal looked at by two real workers: one killed, the job canceled, and nothing done twice or left."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from clustering.jobs import running
from clustering.jobs.batches import remove_left_over
from clustering.jobs.launching import cancel_job, launch_job
from clustering.jobs.stages import noting
from clustering.jobs.sweeping import sweep
from clustering.models import Collection, Job, PageBatch, PageNotes
from tests.conftest import MakeCollection
from tests.jobs.test_noting import alone, log_odds, measured, sides  # noqa: F401 - a fixture
from tests.jobs.test_workers import grow_silent, state_of
from tests.jobs.workers import Worker, wait_until, worker

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.usefixtures("own_broker")]
PAGES, A_BATCH = 360, 10
COUNT_LOOKS = """
CREATE TABLE looks (page bigint);
CREATE FUNCTION count_looks() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO looks SELECT unnest(NEW.pages[1:cardinality(NEW.scores)]); RETURN NEW; END $$;
CREATE TRIGGER count_looks BEFORE INSERT ON clustering_pagenotes FOR EACH ROW EXECUTE FUNCTION count_looks();
"""


@pytest.fixture
def looks() -> Iterator[Callable[[], Counter[int]]]:
    """Returns how often each page was looked at and compared with the next one."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_LOOKS)

        def counted() -> Counter[int]:
            cursor.execute("SELECT page FROM looks")
            return Counter(page for (page,) in cursor.fetchall())

        yield counted
        cursor.execute("DROP TRIGGER count_looks ON clustering_pagenotes; DROP FUNCTION count_looks; DROP TABLE looks")


@pytest.fixture
def collection(make_collection: MakeCollection, sides: list[dict[str, Any]]) -> Collection:  # noqa: F811 - the fixture
    """Measured and read pages."""
    return measured(make_collection(pages=PAGES), sides)


def launched(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A job whose pages wait for workers, in small batches."""
    monkeypatch.setattr(noting, "WORTH_SHARING", PAGES)
    job = launch_job(collection, kind=Job.Kind.PROPOSE, actor=None)
    running.run_slice(job.pk, 0)
    rows = list(job.batches.order_by("pk"))
    pages = [page for row in rows for page in row.pages]
    job.batches.all().delete()
    PageBatch.objects.bulk_create(
        PageBatch(job=job, stage=rows[0].stage, queue=rows[0].queue, pages=pages[at : at + A_BATCH])
        for at in range(0, PAGES, A_BATCH)
    )
    monkeypatch.undo()
    return job


def finished(job: Job, left: Worker) -> None:
    """Wait for the job, as the process that sweeps does."""

    def is_over() -> bool:
        sweep()
        return state_of(job) != Job.State.RUNNING

    wait_until(is_over, saying=left.log_text)
    assert (job.state, job.error) == (Job.State.DONE, "")
    assert not job.batches.exists()
    assert not job.collection.groups.filter(awaits_draft=True).exists()


def test_with_one_of_two_workers_killed_each_page_is_looked_at_once(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, looks: Callable[[], Counter[int]]
) -> None:
    job = launched(collection, monkeypatch)
    with worker(tmp_path) as killed, worker(tmp_path) as left:
        wait_until(lambda: PageBatch.objects.exclude(leased_until=None).count() == 2, saying=left.log_text)
        wait_until(lambda: PageNotes.objects.count() >= 6, saying=left.log_text)
        killed.kill()
        assert PageBatch.objects.exists(), "there was more to do"
        grow_silent(job)
        finished(job, left)
    pages = collection.pages.in_scan_order().values_list("pk", flat=True)
    assert looks() == Counter(pages[: PAGES - 1])
    assert log_odds(job) == alone(collection)


def test_a_canceled_job_is_let_go_of_within_seconds(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = launched(collection, monkeypatch)
    with worker(tmp_path) as one, worker(tmp_path) as other:
        wait_until(lambda: PageNotes.objects.count() >= 4, saying=one.log_text)
        assert cancel_job(job, actor=None)
        at_end = PageNotes.objects.count()
        time.sleep(1)
        assert PageNotes.objects.count() <= at_end + 2, "each worker may end its batch"
        assert len(looked_at(job)) < PAGES
        remove_left_over()
        assert not PageNotes.objects.exists()
        assert not PageBatch.objects.exists()
        again = launched(collection, monkeypatch)
        finished(again, other)
    assert state_of(job) == Job.State.CANCELLED


def looked_at(job: Job) -> list[int]:
    return [page for notes in job.page_notes.all() for page in notes.pages[: len(notes.scores)]]
