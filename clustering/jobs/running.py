"""Run a job slice by slice, stage after stage. `slices` says what a slice is, and why it may be killed at any time."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import nullcontext

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now

from clustering.jobs.endings import beating, end_badly, let_go_of_connection
from clustering.jobs.follow_up import follow_up
from clustering.jobs.launching import call_workers
from clustering.jobs.shifts import work_here
from clustering.jobs.slices import DEFAULT, Next, Slice, SliceVoid, Stage, mine
from clustering.jobs.stages import queue_of, stages_of
from clustering.models import Job
from clustering.teamwork.notifying import tell_of_job

log = logging.getLogger(__name__)


def run_slice(
    job_id: int, number: int, *, patient: bool = True, here: bool = False, hung: Callable[[], None] | None = None
) -> Next | None:
    """Run slice `number` of a job and return the next one.

    Returns None if the job is over, the slice is void, or the job's pages are with the workers: the one that finishes
    the last page sends the next slice. Errors are not raised but written into the job's row, as a sentence.

    With `patient`, problems that pass (the database is down, a disk is full) don't fail the job: it waits for the sweep
    to try again. With `here`, this process does the pages itself. If the work hangs, another thread calls `hung`.
    """
    try:
        job = _claim(job_id, number)
        if job is None:
            return None
        current = Slice(job, number, time.monotonic() + settings.SLICE_SECONDS, here=here)
        return _run(current, patient=patient, hung=hung)
    except (OperationalError, InterfaceError) as error:
        if not patient:
            raise
        log.warning("Job %s waits: the database does not answer (%s).", job_id, error)
        let_go_of_connection()
        return None


def _run(current: Slice, *, patient: bool, hung: Callable[[], None] | None) -> Next | None:
    job = current.job
    try:
        with beating(f"Job {job.pk}", lambda: _give_sign_of_life(job.pk), hung):
            more = _advance(current)
    except SliceVoid:
        return None
    except Exception as error:  # noqa: BLE001 - whatever it is, people must see it in the job's row
        end_badly(job, mine(current), error, patient=patient)
        return None
    if not more:
        _finish(current)
        return None
    if not mine(current).update(slices=F("slices") + 1, lapses=0, error="", heartbeat=Now()):
        return None
    # The last page may have been done before the number rose; its message was void then.
    if current.is_parked and job.batches.exists():
        if not current.here:
            call_workers()
        return None
    return Next(current.number + 1, queue_of(job))


def _claim(job_id: int, number: int) -> Job | None:
    """Claim the slice. Returns None if another worker did: a message may arrive twice."""
    waiting = Job.objects.active().filter(pk=job_id, slices=number).exclude(claimed=number)
    taken = waiting.update(
        state=Job.State.RUNNING,
        claimed=number,
        started=Coalesce(F("started"), Now()),  # one that waited began before
        heartbeat=Now(),
    )
    if not taken:
        return None
    return Job.objects.select_related("collection", "actor").get(pk=job_id)


def _advance(current: Slice) -> bool:
    """Do a slice of the current stage, skipping stages with nothing to do. Return whether there is more."""
    stages = stages_of(current.job)
    at = next((i for i, stage in enumerate(stages) if stage.key == current.job.stage), -1)
    if at >= 0 and stages[at].advance(current):
        return True
    for stage in stages[at + 1 :]:
        if _enter(current, stage):
            # Another stage may belong to another queue: leave its first slice to a worker there.
            if at >= 0 and stage.queue != stages[at].queue and not stage.parts:
                return True
            at = stages.index(stage)
            if stage.advance(current):
                return True
    return False


def _enter(current: Slice, stage: Stage) -> bool:
    """Begin a stage and return True, unless it has nothing to do. Writes its batches and the job's row together."""
    job = current.job
    with transaction.atomic() if stage.parts else nullcontext():
        total = stage.begin(job)
        if not total:
            return False
        if current.here:
            job.batches.update(queue="")
        if not mine(current).update(stage=stage.key, stage_started=Now(), done=0, total=total, heartbeat=Now()):
            raise SliceVoid
    job.stage, job.done, job.total = stage.key, 0, total
    job.refresh_from_db(fields=["stage_started"])
    return True


def _finish(current: Slice) -> None:
    """End the job and launch what follows it, in one transaction."""
    with transaction.atomic():
        ended = mine(current).update(
            state=Job.State.DONE,
            stage="",
            error="",
            lapses=0,
            done=F("total"),
            result=current.job.result,
            finished=Now(),
            heartbeat=Now(),
            slices=F("slices") + 1,
        )
        if ended:
            follow_up(current.job)
            if not Job.objects.filter(pk=current.job.pk, result__has_key="next_job").exists():
                tell_of_job(current.job)


def _give_sign_of_life(job_id: int) -> None:
    Job.objects.filter(pk=job_id, state=Job.State.RUNNING).update(heartbeat=Now())


def run_here(job: Job) -> Job:
    """Run all slices of a job in this process, and return the job as it ended."""
    following: Next | None = Next(job.slices, DEFAULT)
    while following is not None:
        following = run_slice(job.pk, following.number, patient=False, here=True)
        job.refresh_from_db()
        while following is None and job.state == Job.State.RUNNING and job.batches.exists():
            following = work_here(job)
            job.refresh_from_db()
    return job
