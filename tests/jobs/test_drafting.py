"""Documents of a proposal are on the desk at once, and any number of workers draft them there, each once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from unittest.mock import Mock

import pytest

from clustering import tasks
from clustering.actions import confirm_groups, publish_run
from clustering.engine.drafting import draft_group
from clustering.engine.records import GroupDraft, PageRecord
from clustering.jobs import running, shifts
from clustering.jobs.batches import claim
from clustering.jobs.launching import launch_job
from clustering.jobs.stages import drafting as stage
from clustering.models import Collection, Job, User
from clustering.redecode import drafting
from tests.actions.test_drafting import HEADS, drafted, read
from tests.conftest import MakeCollection

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_broker")]
QUEUE = "default"
PAGES = 60
ALL_HEADS = [HEADS[place % len(HEADS)] for place in range(PAGES)]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """The pages that documents were drafted from, and how often."""
    counts: Counter[str] = Counter()

    def counted(pages: Sequence[PageRecord], *, usual: str) -> GroupDraft:
        counts.update(page.identifier for page in pages)
        return draft_group(pages, usual=usual)

    monkeypatch.setattr(drafting, "draft_group", counted)
    return counts


@pytest.fixture
def collection(make_collection: MakeCollection) -> Collection:
    """Sixty read pages."""
    collection = make_collection(pages=PAGES)
    read(collection)
    return collection


def proposed(collection: Collection, **params: object) -> Job:
    """A job whose proposal stands, and whose drafts are with the workers; each page is a document."""
    order = {"documents": PAGES, **params}
    job = launch_job(collection, kind=Job.Kind.PROPOSE, actor=None, params=order, here=True)
    running.run_slice(job.pk, 0)
    job.refresh_from_db()
    return job


def titles(collection: Collection) -> list[str]:
    return [drafted(group) for group in collection.groups.order_by("first_position")]


def waiting(collection: Collection) -> int:
    return collection.groups.filter(awaits_draft=True).count()


def test_a_proposal_is_on_the_desk_before_it_is_drafted(
    collection: Collection, alice: User, made: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = proposed(collection)
    assert (job.state, job.stage, job.done, job.total) == (Job.State.RUNNING, "draft", 0, PAGES)
    assert job.runs.get().published is not None
    assert (collection.groups.count(), waiting(collection), made) == (PAGES, PAGES, Counter())
    assert [len(batch.pages) for batch in job.batches.order_by("pk")] == [25, 25, 10]
    last = collection.groups.get(first_position=PAGES)
    confirm_groups([last], actor=alice)
    last.refresh_from_db()
    assert (last.title, waiting(collection)) == (ALL_HEADS[-1], PAGES - 1)
    tasks.draft_waiting(collection.pk)  # which leaves them to the job
    drafting.draft_left(seconds=1)
    assert waiting(collection) == PAGES - 1
    asked = Mock(return_value="en")
    monkeypatch.setattr(stage, "usual_language_of", asked)
    shifts.work_shift(QUEUE)
    assert asked.call_count == 1  # of three batches, since it reads the whole collection
    job.refresh_from_db()
    assert (titles(collection), waiting(collection)) == (ALL_HEADS, 0)
    assert (job.done, job.batches.count(), set(made.values())) == (PAGES, 0, {1})
    running.run_slice(job.pk, job.slices)
    job.refresh_from_db()
    assert (job.state, job.error) == (Job.State.DONE, "")


def test_what_a_worker_drafted_before_it_was_killed_is_not_drafted_again(
    collection: Collection, made: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = proposed(collection)
    monkeypatch.setattr(stage, "WAITING_AT_ONCE", 5)
    batch = claim(QUEUE)
    assert batch is not None
    drafting.draft_beginning_at(collection, [page.pk for page in batch.pages[:5]], usual="en")
    batch.row.release()  # as if its lease had lapsed
    shifts.work_shift(QUEUE)
    assert (titles(collection), set(made.values()), len(made)) == (ALL_HEADS, {1}, PAGES)
    assert not job.batches.exists()


def test_a_proposal_that_is_applied_by_hand_is_drafted_then(
    collection: Collection, alice: User, made: Counter[str]
) -> None:
    job = proposed(collection, publish=False)
    assert (job.state, made) == (Job.State.DONE, Counter())
    publish_run(job.runs.get(), actor=alice)
    assert (waiting(collection), made) == (PAGES, Counter())
    tasks.draft_waiting(collection.pk)
    assert (titles(collection), waiting(collection), set(made.values())) == (ALL_HEADS, 0, {1})


def test_a_document_that_stays_shows_its_draft_until_the_new_one_comes(collection: Collection) -> None:
    job = proposed(collection)
    shifts.work_shift(QUEUE)
    job.refresh_from_db()
    running.run_slice(job.pk, job.slices)
    again = proposed(collection)
    assert (titles(collection), waiting(collection), again.total) == (ALL_HEADS, PAGES, PAGES)


def test_drafting_at_the_desk_knows_what_the_second_reader_read(collection: Collection) -> None:
    page = collection.pages.get(position=1)
    page.reading.is_second = True
    page.reading.save()
    reading = drafting._records([[page.pk]])[page.pk].reading
    assert reading is not None and reading.is_second
