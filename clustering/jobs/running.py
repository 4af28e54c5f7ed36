"""Running a job slice by slice: which stage it is in, and what comes after it.

What a slice may do, and why it may be killed at any time, stands in slices.py.
"""

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
from clustering.notifying import tell_of_job

log = logging.getLogger(__name__)


def run_slice(
    job_id: int, number: int, *, patient: bool = True, here: bool = False, hung: Callable[[], None] | None = None
) -> Next | None:
    """Run slice `number` of a job and return the next one, or None where the job is over or the slice is void.

    None as well where the job's pages are with the workers now: who finishes the last one sends the next slice.
    Whatever goes wrong ends in the job's row, as a sentence; nothing is raised but what a killed process raises. With
    `patient` a job does not fail of what passes (a database that is away, a full disk): it waits, and the sweep tries
    it again. `here`: the caller does the pages himself. `hung` is called, from another thread, where the work does not
    move any more.
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
    """Take the slice, or return None: a message may come twice, and only one of two workers takes it."""
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
    """Do a slice of the present stage; pass over stages that have nothing to do. Return whether there is more."""
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
    """Begin a stage, unless it has nothing to do: its batches and the job's row say so together."""
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
    """End it, and begin what follows it, both or neither."""
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


def run_here(job: Job, watch: Callable[[Job], None] | None = None) -> Job:
    """Run all slices of a job in this process; `watch` sees the job after each slice. Return it as it ended."""
    following: Next | None = Next(job.slices, DEFAULT)
    while following is not None:
        following = run_slice(job.pk, following.number, patient=False, here=True)
        job.refresh_from_db()
        while following is None and job.state == Job.State.RUNNING and job.batches.exists():
            following = work_here(job)
            job.refresh_from_db()
            if watch is not None:
                watch(job)
        if watch is not None:
            watch(job)
    return job
