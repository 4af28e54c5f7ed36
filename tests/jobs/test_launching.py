"""One active job per collection and kind; stuck ones are replaced; cancelled ones stop."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.utils import timezone

from clustering.jobs import launching, running, slices
from clustering.jobs.launching import AlreadyActive, cancel_job, launch_job, relaunch_job
from clustering.models import Collection, Job, User
from clustering.models.job import HEARTBEAT_SECONDS
from hhreview import processes
from tests.conftest import MakeCollection

Capture = Callable[..., AbstractContextManager[list[Callable[[], None]]]]
pytestmark = pytest.mark.django_db


@pytest.fixture
def collection(make_collection: MakeCollection) -> Collection:
    return make_collection(pages=2)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[int], str]]:
    """What would have gone to the broker: its border is the one thing replaced here."""
    messages: list[tuple[list[int], str]] = []
    monkeypatch.setattr(
        "clustering.jobs.launching.current_app.send_task",
        lambda name, args, queue, priority: messages.append((args, queue)),
    )
    return messages


def silent(job: Job) -> None:
    long_ago = timezone.now() - timedelta(seconds=HEARTBEAT_SECONDS + 1)
    Job.objects.filter(pk=job.pk).update(heartbeat=long_ago)


def test_the_first_slice_is_sent_on_commit_to_the_queue_of_its_stage(
    collection: Collection,
    sam: User,
    sent: list[tuple[list[int], str]],
    django_capture_on_commit_callbacks: Capture,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        embed = launch_job(collection, kind=Job.Kind.EMBED, actor=sam)
        propose = launch_job(collection, kind=Job.Kind.PROPOSE, actor=sam)
        learn = launch_job(collection, kind=Job.Kind.LEARN, actor=sam)
        assert sent == []
    assert sent == [([embed.pk, 0], "vision"), ([propose.pk, 0], "default"), ([learn.pk, 0], "learning")]
    assert {queue for _, queue in sent} == set(slices.QUEUES) == set(processes.QUEUES)
    assert embed.actor == sam


def test_a_second_job_of_a_kind_is_refused_with_the_progress_of_the_first(collection: Collection) -> None:
    first = launch_job(collection, kind=Job.Kind.READ, actor=None, here=True)
    Job.objects.filter(pk=first.pk).update(state=Job.State.RUNNING, done=3, total=9)
    with pytest.raises(
        AlreadyActive, match=r"“OCR” that is running, 3 of 9 done\. Wait for it to finish, or cancel it"
    ) as caught:
        launch_job(collection, kind=Job.Kind.READ, actor=None, here=True)
    assert caught.value.job == first


def test_another_kind_and_another_collection_are_not_in_the_way(
    collection: Collection, make_collection: MakeCollection
) -> None:
    launch_job(collection, kind=Job.Kind.READ, actor=None, here=True)
    launch_job(collection, kind=Job.Kind.EMBED, actor=None, here=True)
    launch_job(make_collection("cio", pages=1), kind=Job.Kind.READ, actor=None, here=True)
    assert Job.objects.active().count() == 3


def test_a_stuck_job_is_failed_with_a_sentence_and_replaced(collection: Collection) -> None:
    stuck = launch_job(collection, kind=Job.Kind.READ, actor=None, here=True)
    silent(stuck)
    fresh = launch_job(collection, kind=Job.Kind.READ, actor=None, here=True)
    stuck.refresh_from_db()
    assert stuck.state == Job.State.FAILED
    assert "stopped responding" in stuck.error
    assert fresh.state == Job.State.QUEUED
    assert running.run_slice(stuck.pk, 0) is None


def test_a_revived_job_leaves_the_lost_slice_void(
    collection: Collection, sent: list[tuple[list[int], str]], django_capture_on_commit_callbacks: Capture
) -> None:
    job = launch_job(collection, kind=Job.Kind.PROPOSE, actor=None, here=True)
    silent(job)
    with django_capture_on_commit_callbacks(execute=True):
        assert launching.resume_stuck_jobs() == 1
        assert launching.resume_stuck_jobs() == 0
    assert sent == [([job.pk, 1], "default")]
    assert running.run_slice(job.pk, 0) is None
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED


def test_a_cancelled_job_says_who_did_it_and_runs_no_more(collection: Collection, sam: User) -> None:
    job = launch_job(collection, kind=Job.Kind.READ, actor=sam, here=True)
    assert cancel_job(job, actor=sam)
    assert (job.state, job.error) == (Job.State.CANCELLED, "Canceled by sam.")
    assert not cancel_job(job, actor=sam)
    assert running.run_slice(job.pk, 0) is None


def test_a_relaunched_job_has_the_same_orders_and_names_the_first(collection: Collection, sam: User) -> None:
    job = launch_job(collection, kind=Job.Kind.EMBED, actor=None, params={"encoder": "x@64"}, here=True)
    cancel_job(job, actor=None)
    again = relaunch_job(job, actor=sam, here=True)
    assert (again.kind, again.params, again.relaunch_of, again.actor) == (job.kind, job.params, job, sam)


def test_an_unforeseen_error_ends_in_the_jobs_row(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    def burst(job: Job) -> int:
        raise RuntimeError("the roof fell in")

    stage = slices.Stage(Job.Stage.READING, "default", burst, lambda current: False)
    monkeypatch.setattr(running, "stages_of", lambda job: (stage,))
    job = running.run_here(launch_job(collection, kind=Job.Kind.READ, actor=None, here=True))
    assert job.state == Job.State.FAILED
    assert "RuntimeError: the roof fell in" in job.error
    assert job.error.endswith(".")


def test_an_unknown_encoder_fails_the_job_with_the_engines_sentence(collection: Collection) -> None:
    job = launch_job(collection, kind=Job.Kind.EMBED, actor=None, params={"encoder": "guesswork"}, here=True)
    running.run_here(job)
    assert job.state == Job.State.FAILED
    assert "There is no encoder 'guesswork'" in job.error


def test_an_empty_collection_cannot_be_proposed(make_collection: MakeCollection) -> None:
    job = launch_job(make_collection(pages=0), kind=Job.Kind.PROPOSE, actor=None, here=True)
    running.run_here(job)
    assert job.state == Job.State.FAILED
    assert "has no pages yet" in job.error


def test_the_beat_reaches_the_row(collection: Collection) -> None:
    job = launch_job(collection, kind=Job.Kind.READ, actor=None, here=True)
    current = slices.Slice(job, 0, deadline=0.0)
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING)
    silent(job)
    current.report(1, 4)
    assert not Job.objects.stuck().exists()
    cancel_job(job, actor=None)
    with pytest.raises(slices.SliceVoid):
        current.report(2, 4)
