"""Batches of pages: claimed by one worker at a time, never twice, never left, in a fair order, and given up in time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import time, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.conf import settings
from django.db.models import F
from django.db.models.functions import Now
from pytest_django.fixtures import Settings

from clustering.jobs import batches, launching, running, shifts, slices, stages, sweeping
from clustering.jobs.batches import Batch, claim
from clustering.jobs.launching import cancel_job, launch_job
from clustering.jobs.slices import Claimed, SliceVoid
from clustering.jobs.stages import embedding
from clustering.models import Collection, Job, Page, PageBatch, User
from clustering.models.page import PageQuerySet
from tests.conftest import MakeCollection
from tests.jobs.workers import empty_broker

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_broker")]
QUEUE = "vision"


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The pages that were done, in order: all jobs have one stage, which does no more than that."""
    pages: list[int] = []

    def work(batch: Batch) -> None:
        with batch.finishing():
            pages.extend(page.pk for page in batch.pages)

    use(monkeypatch, Claimed("embed", QUEUE, 4, lacking, work))
    return pages


def lacking(job: Job) -> PageQuerySet:
    return job.collection.pages.in_scan_order()


def use(monkeypatch: pytest.MonkeyPatch, part: Claimed) -> None:
    stage = batches.side_by_side(Job.Stage.READING, part)
    for module in (running, shifts, stages):
        monkeypatch.setattr(module, "stages_of", lambda job: (stage,))


def planted(collection: Collection, **launch: object) -> Job:
    """A job whose batches are with the workers."""
    order: dict[str, Any] = {"actor": None, "here": True, **launch}
    job = launch_job(collection, kind=Job.Kind.READ, **order)
    assert running.run_slice(job.pk, 0) is None
    job.refresh_from_db()
    assert (job.state, job.slices) == (Job.State.RUNNING, 1)
    return job


def pages_of(collection: Collection) -> list[int]:
    return list(collection.pages.in_scan_order().values_list("pk", flat=True))


def claimed(queue: str = QUEUE) -> Batch:
    batch = claim(queue)
    assert batch is not None
    return batch


def lapse() -> None:
    """As if whoever has a batch was killed a while ago."""
    PageBatch.objects.exclude(leased_until=None).update(leased_until=Now() - timedelta(seconds=1))


def test_two_workers_never_have_the_same_pages(make_collection: MakeCollection, done: list[int]) -> None:
    job = planted(make_collection(pages=64))
    assert (job.total, job.batches.count()) == (64, 16)
    had = [claimed() for _ in range(16)]
    assert claim(QUEUE) is None
    assert sorted(page.pk for batch in had for page in batch.pages) == pages_of(job.collection)


@pytest.mark.parametrize(("pages", "batches_made"), [(0, 0), (3, 1), (20, 2), (64, 7), (200, 16)])
def test_a_small_collection_is_not_cut_into_batches_that_cost_more(
    make_collection: MakeCollection, done: list[int], monkeypatch: pytest.MonkeyPatch, pages: int, batches_made: int
) -> None:
    use(monkeypatch, Claimed("embed", QUEUE, 20, lacking, lambda batch: None, least=10))
    job = launch_job(make_collection(pages=pages), kind=Job.Kind.READ, actor=None, here=True)
    running.run_slice(job.pk, 0)
    sizes = [len(batch.pages) for batch in job.batches.order_by("pk")]
    assert len(sizes) == batches_made
    assert sum(sizes) == pages
    assert all(size >= 10 for size in sizes[:-1])


@pytest.mark.parametrize("part", [embedding.PART, embedding.TEXT_PART], ids=["images", "texts"])
def test_both_lanes_of_an_encoder_have_whole_batches(part: Claimed) -> None:
    assert part.least >= 2 * 16


def test_who_finishes_last_sends_the_slice_that_ends_the_job(make_collection: MakeCollection, done: list[int]) -> None:
    job = planted(make_collection(pages=40))
    shifts.work_shift(QUEUE)
    assert done == pages_of(job.collection)
    job.refresh_from_db()
    assert (job.done, job.total) == (40, 40)
    assert launching.queue_length(settings.SLICE_KEY.format(QUEUE)) == 1, "one slice was sent"
    assert running.run_slice(job.pk, job.slices) is None
    job.refresh_from_db()
    assert job.state == Job.State.DONE


def test_what_a_batch_needs_is_loaded_before_it_is_claimed(
    make_collection: MakeCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one worker loads its model, the batches are free for those that have it; what fails then is told later."""
    seen: list[tuple[int, int]] = []

    def get_ready(job: Job) -> None:
        seen.append((batches.free_count(QUEUE), job.batches.count()))
        raise RuntimeError("The weights are damaged.")

    def work(batch: Batch) -> None:
        raise slices.JobStopped("The weights are damaged: copy them again.")

    use(monkeypatch, Claimed("embed", QUEUE, 4, lacking, work, get_ready))
    job = planted(make_collection(pages=8))
    shifts.work_shift(QUEUE)
    job.refresh_from_db()
    assert seen == [(8, 8)]
    assert (job.state, job.error) == (Job.State.FAILED, "The weights are damaged: copy them again.")


def test_a_worker_whose_lease_lapsed_writes_nothing(make_collection: MakeCollection, done: list[int]) -> None:
    job = planted(make_collection(pages=1))
    slow = claimed()
    lapse()
    quick = claimed()
    assert [page.pk for page in quick.pages] == [page.pk for page in slow.pages]
    assert not slow.row.renew()
    with pytest.raises(SliceVoid), slow.finishing():
        job.problems.create(message="written by the slow one")
    with quick.finishing():
        pass
    job.refresh_from_db()
    assert (job.done, job.problems.count(), quick.was_last) == (1, 0, True)


def test_a_page_that_ends_every_worker_is_given_up_by_name_and_the_job_goes_on(
    make_collection: MakeCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []
    collection = make_collection(pages=40)
    poison = pages_of(collection)[17]
    ended: list[int] = []

    def work(batch: Batch) -> None:
        if poison in {page.pk for page in batch.pages}:
            ended.append(len(batch.pages))
            raise KeyboardInterrupt  # as kill -9 does, nothing is tidied up
        with batch.finishing():
            done.extend(page.pk for page in batch.pages)

    use(monkeypatch, Claimed("embed", QUEUE, 4, lacking, work))
    job = planted(collection)
    for _ in range(6):
        with suppress(KeyboardInterrupt):
            shifts.work_shift(QUEUE)
        lapse()
    assert ended == [3, 1, 1]
    assert sorted([*done, poison]) == pages_of(collection), "all others were done, once"
    page = Page.objects.get(pk=poison)
    (problem,) = job.problems.all()
    assert problem.page == page
    assert problem.message.startswith(f"{page.identifier} was skipped (Analyzing images). 3 workers in a row stopped")
    running.run_slice(job.pk, 1)
    job.refresh_from_db()
    assert (job.state, job.done) == (Job.State.DONE, 40)


def test_a_slice_that_ends_every_worker_fails_the_job(make_collection: MakeCollection) -> None:
    job = launch_job(make_collection(pages=1), kind=Job.Kind.PROPOSE, actor=None, here=True)
    for number in range(3):
        Job.objects.filter(pk=job.pk).update(
            state=Job.State.RUNNING, claimed=number, slices=number, stage=Job.Stage.PROPOSING,
            heartbeat=Now() - timedelta(hours=1),
        )  # fmt: skip
        launching.resume_stuck_jobs()
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert job.error.startswith("3 workers in a row stopped while working on this job (Proposing documents)")


def test_a_cancelled_job_ends_the_batch_under_way_within_seconds(
    make_collection: MakeCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = make_collection(pages=8)

    def work(batch: Batch) -> None:
        cancel_job(batch.job, actor=None)
        assert not batch.row.renew(), "the next sign of life learns of it"
        batch.void.set()
        assert batch.must_end
        with batch.finishing():
            raise AssertionError("nothing is written")

    use(monkeypatch, Claimed("embed", QUEUE, 4, lacking, work))
    job = planted(collection)
    with pytest.raises(AssertionError, match="nothing is written"):
        work(claimed())
    shifts.work_shift(QUEUE)
    job.refresh_from_db()
    assert (job.state, job.done) == (Job.State.CANCELLED, 0)
    assert claim(QUEUE) is None
    batches.remove_left_over()
    assert not PageBatch.objects.exists()


def test_people_take_turns_the_shortest_job_of_each_is_done_first_and_the_night_comes_last(
    make_collection: MakeCollection, alice: User, sam: User, done: list[int]
) -> None:
    night = planted(make_collection("night", pages=32), actor=alice, priority=Job.Priority.NIGHT)
    big = planted(make_collection("big", pages=64), actor=alice)
    short = planted(make_collection("short", pages=12), actor=alice)
    small = planted(make_collection("small", pages=2), actor=sam)
    order = [claimed().job for _ in range(15)]
    assert order == [small, short, small, *[short] * 11, big]
    assert small.batches.free(QUEUE).count() == 0
    Job.objects.filter(pk__in=[big.pk]).update(state=Job.State.CANCELLED)
    assert claimed().job == night


def test_night_jobs_wait_for_the_night(make_collection: MakeCollection, settings: Settings, done: list[int]) -> None:
    job = planted(make_collection(pages=2), priority=Job.Priority.NIGHT)
    settings.NIGHT = (time(3, 0), time(3, 0, 0, 1))
    assert claim(QUEUE) is None
    assert batches.free_count(QUEUE) == 0
    settings.NIGHT = (time(3, 0, 0, 1), time(3, 0))
    assert claimed().job == job


def test_a_worker_that_stops_gives_back_what_it_did_not_begin(
    make_collection: MakeCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []

    def work(batch: Batch) -> None:
        slices.STOPPING.set()
        assert batch.must_end
        first, *rest = batch.pages
        with batch.finishing(left=rest):
            done.append(first.pk)

    use(monkeypatch, Claimed("embed", QUEUE, 4, lacking, work))
    monkeypatch.setattr(slices, "STOPPING", Event())
    job = planted(make_collection(pages=64))
    shifts.work_shift(QUEUE)
    assert len(done) == 1
    assert sum(len(batch.pages) for batch in job.batches.free(QUEUE)) == 63
    assert launching.queue_length(f"{QUEUE}:9") > 0, "others are called to it"
    job.refresh_from_db()
    assert job.done == 1


def test_workers_are_called_again_where_redis_forgot_them(make_collection: MakeCollection, done: list[int]) -> None:
    job = planted(make_collection(pages=64))
    assert launching.queue_length(f"{QUEUE}:9") == 16
    empty_broker()
    for _ in range(2):
        sweeping.sweep()
        assert launching.queue_length(f"{QUEUE}:9") == 16, "as many as there are batches, however often it is looked"
    assert job.batches.count() == 16


def test_a_turn_ends_where_a_slice_waits(make_collection: MakeCollection, done: list[int]) -> None:
    job = planted(make_collection(pages=64))
    launching.send_slice(job.pk, slices.Next(99, QUEUE))
    shifts.work_shift(QUEUE)
    assert len(done) == 4


def test_a_job_whose_pages_wait_behind_others_counts_as_alive(
    make_collection: MakeCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(batch: Batch) -> None:
        Job.objects.update(heartbeat=F("heartbeat") - timedelta(hours=1))
        assert beats.wait(60)

    beats = Event()
    use(monkeypatch, Claimed("embed", QUEUE, 4, lacking, work))
    one, other = planted(make_collection("a", pages=2)), planted(make_collection("b", pages=2))
    monkeypatch.setattr(shifts, "beating", lambda what, sign, hung: SignInTheEnd(sign, beats))
    shifts._do(claimed(), patient=True)
    assert not Job.objects.stuck().filter(pk__in=[one.pk, other.pk]).exists()


class SignInTheEnd:
    """Signs of life while the block runs, from this thread, since a test's rows are seen by it alone."""

    def __init__(self, sign: Callable[[], None], beats: Event) -> None:
        self.sign, self.beats = sign, beats

    def __enter__(self) -> None:
        self.beats.set()

    def __exit__(self, *error: object) -> None:
        self.sign()


def test_a_command_does_its_own_batches_and_leaves_them_to_workers_where_it_ends(
    make_collection: MakeCollection, done: list[int], tmp_path: Path
) -> None:
    job = launch_job(make_collection(pages=64), kind=Job.Kind.READ, actor=None, here=True)
    assert running.run_slice(job.pk, 0, here=True) is None
    assert claim(QUEUE) is None
    assert claim("", only=job) is not None
    Job.objects.filter(pk=job.pk).update(heartbeat=Now() - timedelta(hours=1))
    assert launching.resume_stuck_jobs() == 1
    assert running.run_slice(job.pk, 2) is None
    assert claim(QUEUE) is not None
