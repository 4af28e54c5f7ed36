"""The clocks of machines differ; whether a job lives is told by the database's, which all of them share."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from clustering.jobs import batches, exported, launching, running, uploading, workload
from clustering.jobs.sourcing import create_collection
from clustering.jobs.stages.exporting import export_folder
from clustering.models import Job, Page, PageBatch, Upload, User
from clustering.models.job import HEARTBEAT_SECONDS
from clustering.sources.folder import list_folder
from tests.conftest import MakeCollection
from tests.jobs.conftest import DrawScans

pytestmark = pytest.mark.django_db


def clock_is_off_by(monkeypatch: pytest.MonkeyPatch, **by: float) -> None:
    """This machine's clock is wrong from now on."""
    right = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: right() + timedelta(**by))


def database_time() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


@pytest.mark.parametrize("seconds", [90, -90])
def test_a_machine_with_a_wrong_clock_takes_no_healthy_job_for_lost(
    make_collection: MakeCollection, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    job = launching.launch_job(make_collection(pages=1), kind=Job.Kind.READ, actor=None, here=True)
    clock_is_off_by(monkeypatch, seconds=seconds)
    for _ in range(8):
        assert launching.resume_stuck_jobs() == 0
    with pytest.raises(launching.AlreadyActive):
        launching.launch_job(job.collection, kind=Job.Kind.READ, actor=None, here=True)
    job.refresh_from_db()
    assert (job.state, job.slices) == (Job.State.QUEUED, 0)
    Job.objects.update(heartbeat=Now() - timedelta(seconds=HEARTBEAT_SECONDS + 1))
    assert launching.resume_stuck_jobs() == 1
    assert launching.resume_stuck_jobs() == 0


@pytest.mark.parametrize("seconds", [90, -90])
def test_a_worker_with_a_wrong_clock_gives_signs_of_life_in_the_database_s_time(
    draw_scans: DrawScans, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    folder = draw_scans(2)
    began = database_time()
    clock_is_off_by(monkeypatch, seconds=seconds)
    collection = create_collection("afl", listing=list_folder(folder))
    order = {"folder": str(folder)}
    job = launching.launch_job(collection, kind=Job.Kind.IMPORT, actor=None, params=order, here=True)
    assert job.heartbeat >= began
    running.run_here(job)
    over = database_time()
    assert job.state == Job.State.DONE
    assert job.started
    assert job.stage_started
    assert job.finished
    assert began <= job.created <= job.started <= job.stage_started <= job.finished <= over
    assert began <= job.heartbeat <= over
    assert Page.objects.filter(created__range=(job.started, job.finished)).count() == 2


@pytest.fixture
def exported_file(make_collection: MakeCollection, sam: User) -> Path:
    """The folder of an export that is done, beside an upload that is under way."""
    collection = make_collection(groups=[1])
    Upload.objects.create(collection=collection, owner=sam)
    order = {"format": "csv", "everything": True}
    job = launching.launch_job(collection, kind=Job.Kind.EXPORT, actor=sam, params=order, here=True)
    assert running.run_here(job).state == Job.State.DONE, job.error
    return export_folder(job.pk)


def test_a_machine_that_is_days_ahead_removes_nothing_early(
    exported_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_is_off_by(monkeypatch, days=max(settings.EXPORT_DAYS, settings.UPLOAD_DAYS) + 1)
    assert exported.sweep_exports() == 0
    assert uploading.remove_stale() == 0
    assert exported_file.exists()
    Job.objects.update(finished=Now() - timedelta(days=settings.EXPORT_DAYS, minutes=1))
    Upload.objects.update(touched=Now() - timedelta(days=settings.UPLOAD_DAYS, minutes=1))
    assert exported.sweep_exports() == 1
    assert uploading.remove_stale() == 1


def test_what_was_held_before_the_database_s_clock_was_set_back_is_taken_over(make_collection: MakeCollection) -> None:
    """A worker that was killed before holds its batch, and its job, until a time that is long to come."""
    job = launching.launch_job(make_collection(pages=4), kind=Job.Kind.READ, actor=None, here=True)
    Job.objects.update(state=Job.State.RUNNING, claimed=0)
    rows = PageBatch.objects.bulk_create(
        PageBatch(job=job, stage="read", queue="default", pages=[page.pk]) for page in job.collection.pages.all()
    )
    PageBatch.objects.update(leased_until=Now() + timedelta(seconds=HEARTBEAT_SECONDS))
    PageBatch.objects.filter(pk=rows[2].pk).update(leased_until=Now() + timedelta(hours=1))
    PageBatch.objects.filter(pk=rows[3].pk).update(leased_until=Now() - timedelta(seconds=1))
    assert batches.free_count("default") == 2
    (counted,) = [metric for metric in workload.metrics() if metric.name == "hhreview_batches"]
    states = {dict(labels)["state"]: value for labels, value in counted.values if ("queue", "default") in labels}
    assert states == {"waiting": 0, "leased": 2, "lapsed": 2}
    Job.objects.update(heartbeat=Now() + timedelta(seconds=HEARTBEAT_SECONDS))
    assert launching.resume_stuck_jobs() == 0
    Job.objects.update(heartbeat=Now() + timedelta(hours=1))
    assert launching.resume_stuck_jobs() == 1
    job.refresh_from_db()
    assert (job.slices, job.lapses) == (1, 1)
