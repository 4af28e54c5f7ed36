"""Jobs in a real worker: killed in the middle, revived, cancelled, and nothing done twice or lost."""

from __future__ import annotations

import os
import sys
from copy import copy
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import Count, F

from clustering.jobs import running
from clustering.jobs.launching import cancel_job, launch_job, resume_stuck_jobs, workers_answer
from clustering.jobs.sourcing import create_collection
from clustering.models import Collection, Embedding, Group, Job, Page, PageBatch
from clustering.models.job import HEARTBEAT_SECONDS
from clustering.sources.folder import list_folder
from clustering.tasks import GIVES_WAY
from tests.jobs.conftest import DrawScans
from tests.jobs.workers import empty_broker, wait_until, worker

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.usefixtures("own_broker")]
ENCODER = "efficientnet-lite0@64"
PAGES = 300
"""Some ten chunks of embedding: a worker is surely caught in the middle."""


def imported(folder: Path) -> Collection:
    collection = create_collection("afl", listing=list_folder(folder))
    job = launch_job(collection, kind=Job.Kind.IMPORT, actor=None, params={"folder": str(folder)}, here=True)
    assert running.run_here(job).state == Job.State.DONE
    return collection


def many_pages(folder: Path, count: int) -> Collection:
    """As many pages as it takes to catch a worker at work; they all show one scan, to be quick."""
    collection = imported(folder)
    first = collection.pages.get()
    copies = [copy(first) for _ in range(count - 1)]
    for position, page in enumerate(copies, start=2):
        page.pk, page.position, page.identifier = None, position, f"copy {position}"
    Page.objects.bulk_create(copies)
    return collection


def grow_silent(job: Job) -> None:
    """As if a minute had gone by since its last sign of life, and since its batch was claimed."""
    minute = timedelta(seconds=HEARTBEAT_SECONDS + 1)
    job.refresh_from_db()
    Job.objects.filter(pk=job.pk).update(heartbeat=job.heartbeat - minute)
    PageBatch.objects.filter(job=job).update(leased_until=F("leased_until") - minute)


def gives_way(pid: int) -> bool:
    """Whether its work is nicer than its main thread, which answers pings, and that no nicer than we are."""
    if not sys.platform.startswith("linux"):
        return True
    nice = {
        int(task.name): os.getpriority(os.PRIO_PROCESS, int(task.name)) for task in Path(f"/proc/{pid}/task").iterdir()
    }
    return nice[pid] == os.getpriority(os.PRIO_PROCESS, 0) and max(nice.values()) >= GIVES_WAY


def state_of(job: Job) -> str:
    job.refresh_from_db()
    return job.state


def test_a_killed_worker_loses_nothing_and_doubles_nothing(draw_scans: DrawScans, tmp_path: Path) -> None:
    collection = many_pages(draw_scans(1), PAGES)
    job = launch_job(collection, kind=Job.Kind.EMBED, actor=None, params={"encoder": ENCODER})
    with worker(tmp_path) as first:
        wait_until(Embedding.objects.exists, saying=first.log_text)
        first.kill()
    done = Embedding.objects.count()
    assert 0 < done < PAGES
    assert state_of(job) == Job.State.RUNNING
    grow_silent(job)
    with worker(tmp_path) as second:
        wait_until(lambda: state_of(job) != Job.State.RUNNING, saying=second.log_text)
    assert (job.state, job.error) == (Job.State.DONE, "")
    each = Embedding.objects.values("page").annotate(n=Count("pk")).values_list("n", flat=True)
    assert sorted(each) == [1] * PAGES
    assert (job.done, job.total) == (PAGES, PAGES)


def test_a_job_whose_message_was_lost_goes_on(draw_scans: DrawScans, tmp_path: Path) -> None:
    collection = imported(draw_scans(3))
    job = launch_job(collection, kind=Job.Kind.EMBED, actor=None, params={"encoder": ENCODER})
    empty_broker()  # the broker lost its memory
    grow_silent(job)
    assert resume_stuck_jobs() == 1
    assert resume_stuck_jobs() == 0
    with worker(tmp_path) as one:
        wait_until(lambda: state_of(job) == Job.State.DONE, saying=one.log_text)
        assert workers_answer()
    assert Embedding.objects.count() == 3


def test_a_whole_collection_is_processed_in_small_slices(draw_scans: DrawScans, tmp_path: Path) -> None:
    collection = imported(draw_scans(6))
    job = launch_job(collection, kind=Job.Kind.PROCESS, actor=None, params={"encoder": ENCODER})
    with worker(tmp_path, slice_seconds=1) as one:
        wait_until(lambda: not Job.objects.active().exists(), saying=one.log_text)
    assert state_of(job) == Job.State.DONE, job.error
    assert job.slices > 3
    assert not collection.pages.lacking_embedding(ENCODER).exists()
    assert not collection.pages.lacking_embedding("minilm").exists()
    assert not collection.pages.lacking_reading().exists()
    assert collection.pages.filter(group__isnull=True).count() == 0
    assert Group.objects.filter(collection=collection, run=job.runs.get()).exists()


def test_a_cancelled_job_stops_at_its_next_chunk(draw_scans: DrawScans, tmp_path: Path) -> None:
    collection = many_pages(draw_scans(1), PAGES)
    job = launch_job(collection, kind=Job.Kind.EMBED, actor=None, params={"encoder": ENCODER})
    with worker(tmp_path) as one:
        wait_until(Embedding.objects.exists, saying=one.log_text)
        assert gives_way(one.process.pid)
        assert cancel_job(job, actor=None)
        again = launch_job(collection, kind=Job.Kind.READ, actor=None)
        # The one worker takes the next job only after it let go of this one.
        wait_until(lambda: state_of(again) == Job.State.RUNNING, saying=one.log_text)
        assert state_of(job) == Job.State.CANCELLED
        assert Embedding.objects.count() < PAGES
