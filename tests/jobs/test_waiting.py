"""A job waits for what passes, and goes on by itself; one that only waits its turn is left alone."""

from __future__ import annotations

import errno
import os
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import F
from pytest_django.fixtures import Settings

from clustering import tasks
from clustering.jobs import endings, exported, launching, running, slices, sweeping, uploading
from clustering.jobs.launching import BROKER_AWAY, launch_job, resume_stuck_jobs
from clustering.jobs.slices import Slice
from clustering.models import Collection, Job
from clustering.models.job import HEARTBEAT_SECONDS
from tests.conftest import MakeCollection
from tests.jobs.workers import empty_broker
from tests.stopping import without_redis

pytestmark = pytest.mark.django_db
Advance = Callable[[Slice], bool]


@pytest.fixture
def job(make_collection: MakeCollection) -> Job:
    return launch_job(make_collection(pages=1), kind=Job.Kind.READ, actor=None, here=True)


def only_stage(monkeypatch: pytest.MonkeyPatch, advance: Advance) -> None:
    stage = slices.Stage(Job.Stage.READING, "default", lambda job: 1, advance)
    monkeypatch.setattr(running, "stages_of", lambda job: (stage,))


def grow_silent(job: Job, seconds: float = HEARTBEAT_SECONDS + 1) -> None:
    Job.objects.filter(pk=job.pk).update(heartbeat=F("heartbeat") - timedelta(seconds=seconds))


def no_room(current: Slice) -> bool:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def no_work(current: Slice) -> bool:
    return False


def test_a_full_disk_makes_a_job_wait_until_there_is_room(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    only_stage(monkeypatch, no_room)
    assert running.run_slice(job.pk, 0) is None
    job.refresh_from_db()
    assert (job.state, job.slices) == (Job.State.QUEUED, 1)
    assert "is full. Free up space. The job then continues automatically." in job.error
    began = job.started
    only_stage(monkeypatch, no_work)
    grow_silent(job)
    assert resume_stuck_jobs() == 1
    running.run_slice(job.pk, 2)
    job.refresh_from_db()
    assert (job.state, job.error, job.started) == (Job.State.DONE, "", began)


@pytest.mark.parametrize(
    ("full", "sentence"),
    [
        ("MEDIA_ROOT", "The disk of the media store ({}) is full. Free up space."),
        ("CACHE_ROOT", "The disk of the cache ({}) is full. Free up space."),
        ("TMPDIR", "The disk of temporary files ({}) is full. Free up space, or set TMPDIR"),
    ],
)
def test_the_folder_whose_disk_is_full_is_named(
    job: Job, monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path, full: str, sentence: str
) -> None:
    """Evidence of large collections lies in a temporary file, which may be on a small disk of its own."""
    folders = {name: tmp_path / name for name in ("MEDIA_ROOT", "CACHE_ROOT", "TMPDIR")}
    for folder in folders.values():
        folder.mkdir()
    settings.MEDIA_ROOT, settings.CACHE_ROOT = folders["MEDIA_ROOT"], folders["CACHE_ROOT"]
    monkeypatch.setattr(tempfile, "tempdir", str(folders["TMPDIR"]))
    monkeypatch.setattr(endings, "_free_bytes", lambda folder: 0 if folder == folders[full] else 1 << 30)
    only_stage(monkeypatch, no_room)
    running.run_slice(job.pk, 0)
    job.refresh_from_db()
    assert sentence.format(folders[full]) in job.error


def test_a_command_that_does_the_work_itself_stops_at_a_full_disk(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    only_stage(monkeypatch, no_room)
    assert running.run_here(job).state == Job.State.FAILED
    assert "Free up space. Then start it again" in job.error


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_database_that_went_away_under_a_slice_fails_nothing(
    make_collection: MakeCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = launch_job(make_collection(pages=1), kind=Job.Kind.READ, actor=None, here=True)

    def cut_off(current: Slice) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return False

    only_stage(monkeypatch, cut_off)
    assert running.run_slice(job.pk, 0) is None
    job.refresh_from_db()
    assert (job.state, job.slices) == (Job.State.QUEUED, 1)
    assert "The job then continues automatically" in job.error
    only_stage(monkeypatch, no_work)
    running.run_slice(job.pk, 1)
    job.refresh_from_db()
    assert job.state == Job.State.DONE


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_error_of_the_query_itself_fails_the_job(
    make_collection: MakeCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = launch_job(make_collection(pages=1), kind=Job.Kind.READ, actor=None, here=True)

    def wrong(current: Slice) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        return False

    only_stage(monkeypatch, wrong)
    running.run_slice(job.pk, 0)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "division by zero" in job.error


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_while_redis_is_away_silent_jobs_keep_their_turn(make_collection: MakeCollection) -> None:
    job = launch_job(make_collection(pages=1), kind=Job.Kind.READ, actor=None, here=True)
    grow_silent(job)
    with without_redis():
        for _ in range(2):
            with pytest.raises(BROKER_AWAY):
                resume_stuck_jobs()
    assert sweeping.sweep() == 1
    empty_broker()


def test_nobody_waits_for_a_redis_that_is_away_and_the_next_one_has_the_first_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("kombu.utils.functional.sleep", waited.append)
    launching.call_shift("default")  # the connection is kept
    with without_redis(), pytest.raises(BROKER_AWAY):
        launching.call_shift("default")
    assert waited == []
    empty_broker()
    launching.call_shift("default")
    assert launching.queue_length(settings.SHIFT_KEY.format("default")) == 1
    empty_broker()


def test_a_message_that_comes_twice_is_taken_once(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[int] = []

    def meet_the_second(current: Slice) -> bool:
        ran.append(current.number)
        assert running.run_slice(job.pk, current.number) is None
        return False

    only_stage(monkeypatch, meet_the_second)
    running.run_slice(job.pk, 0)
    job.refresh_from_db()
    assert (job.state, ran) == (Job.State.DONE, [0])


def test_a_job_that_waits_behind_others_is_left_alone_until_its_turn_must_have_come(
    make_collection: MakeCollection,
) -> None:
    waiting, *others = [
        launch_job(made, kind=Job.Kind.READ, actor=None, here=True)
        for made in (make_collection(slug, pages=1) for slug in ("a", "b", "c"))
    ]
    for other in others:
        Job.objects.filter(pk=other.pk).update(state=Job.State.RUNNING, claimed=0)
    grow_silent(waiting)
    assert resume_stuck_jobs() == 0
    grow_silent(waiting, len(others) * launching._SHIFT_SECONDS)
    assert resume_stuck_jobs() == 1
    grow_silent(others[0])
    assert resume_stuck_jobs() == 1, "one that a worker had taken is lost without a sign of life"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_work_that_hangs_gives_no_sign_of_life_and_is_told_of(
    make_collection: MakeCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = launch_job(make_collection(pages=1), kind=Job.Kind.READ, actor=None, here=True)
    monkeypatch.setattr(endings, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(endings, "HUNG_SECONDS", 0.5)
    reported = Event()

    def moves_and_then_hangs(current: Slice) -> bool:
        until = time.monotonic() + 1.0
        while time.monotonic() < until:
            assert current.has_time
            assert not reported.is_set(), "it still moves"
            time.sleep(0.02)
        assert reported.wait(60), "it hangs"
        return False

    only_stage(monkeypatch, moves_and_then_hangs)
    running.run_slice(job.pk, 0, hung=reported.set)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error


def test_the_sweep_goes_on_where_nothing_can_be_removed(
    make_collection: MakeCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection: Collection = make_collection(pages=1)
    launch_job(collection, kind=Job.Kind.READ, actor=None, here=True)

    def refused() -> int:
        raise PermissionError("no")

    monkeypatch.setattr(uploading, "remove_stale", refused)
    swept: list[bool] = []
    monkeypatch.setattr(exported, "sweep_exports", lambda: swept.append(True))
    assert sweeping.sweep() == 0
    assert swept == [True]


def test_up_and_beat_look_for_lost_jobs_equally_often_and_soon_enough() -> None:
    (entry,) = settings.CELERY_BEAT_SCHEDULE.values()
    assert entry["schedule"] == settings.SWEEP_SECONDS
    assert entry["task"] == tasks.resume_jobs.name
    assert HEARTBEAT_SECONDS + settings.SWEEP_SECONDS <= 80, "a worker needs some of the two minutes to start"
