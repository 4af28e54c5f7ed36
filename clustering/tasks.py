"""Celery tasks: ids in, one call. A message names a slice; if that is done or given up already, nothing happens."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.signals import worker_ready, worker_shutting_down

from clustering.jobs import due, exported, launching, running, slices, uploading
from clustering.models.job import HEARTBEAT_SECONDS


@shared_task(name=launching.SLICE_TASK)
def run_slice(job_id: int, number: int) -> None:
    """Run one slice of a job and send the next."""
    following = running.run_slice(job_id, number)
    if following is not None:
        launching.send_slice(job_id, following)


@shared_task(name="clustering.tasks.resume_jobs")
def resume_jobs() -> None:
    """Revive jobs whose worker or message was lost, begin to learn where due, remove what nobody goes on with."""
    launching.resume_stuck_jobs()
    uploading.remove_stale()
    exported.sweep_exports()
    due.launch_due()


@worker_ready.connect
def revive_after_start(**kwargs: Any) -> None:
    """Look for lost jobs when a worker starts, and once more when those it left behind a moment ago count as lost."""
    for seconds in (0, HEARTBEAT_SECONDS + 5):
        resume_jobs.apply_async(countdown=seconds)


@worker_shutting_down.connect
def end_slices_soon(**kwargs: Any) -> None:
    """Let the slice under way end after its chunk, so that a restart loses no work."""
    slices.STOPPING.set()
