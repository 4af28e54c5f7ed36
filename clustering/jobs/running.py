"""Running a job slice by slice: which stage it is in, and what comes after it.

What a slice may do, and why it may be killed at any time, stands in slices.py.
"""

from __future__ import annotations

import errno
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from clustering.jobs.following import follow
from clustering.jobs.slices import DEFAULT, JobStopped, Next, Slice, SliceVoid, Stage, mine
from clustering.jobs.stages import queue_of, stages_of
from clustering.models import Job

log = logging.getLogger(__name__)

BEAT_SECONDS = 5.0
"""How often a slice gives a sign of life while it computes; a job is stuck after HEARTBEAT_SECONDS without one."""


def run_slice(job_id: int, number: int) -> Next | None:
    """Run slice `number` of a job and return the next one, or None where the job is over or the slice is void.

    Whatever goes wrong ends in the job's row, as a sentence; nothing is raised but what a killed process raises.
    """
    job = _claim(job_id, number)
    if job is None:
        return None
    current = Slice(job, number, time.monotonic() + settings.SLICE_SECONDS)
    try:
        with beating(job_id):
            more = _advance(current)
    except SliceVoid:
        return None
    except Exception as error:  # noqa: BLE001 - whatever it is, people must see it in the job's row
        _fail(current, error)
        return None
    if not more:
        _finish(current)
        return None
    if not mine(current).update(slices=F("slices") + 1, heartbeat=Now()):
        return None
    return Next(number + 1, queue_of(job))


def _claim(job_id: int, number: int) -> Job | None:
    waiting = Job.objects.filter(pk=job_id, slices=number)
    claimed = waiting.filter(state=Job.State.QUEUED).update(state=Job.State.RUNNING, started=Now(), heartbeat=Now())
    if not claimed and not waiting.filter(state=Job.State.RUNNING).update(heartbeat=Now()):
        return None
    return Job.objects.select_related("collection", "actor").get(pk=job_id)


def _advance(current: Slice) -> bool:
    """Do a slice of the present stage; pass over stages that have nothing to do. Return whether there is more."""
    stages = stages_of(current.job)
    at = next((i for i, stage in enumerate(stages) if stage.words == current.job.stage), -1)
    if at >= 0 and stages[at].advance(current):
        return True
    for stage in stages[at + 1 :]:
        total = stage.begin(current.job)
        if total:
            _enter(current, stage, total)
            # Another stage may belong to another queue: leave its first slice to a worker there.
            if at >= 0 and stage.queue != stages[at].queue:
                return True
            at = stages.index(stage)
            if stage.advance(current):
                return True
    return False


def _enter(current: Slice, stage: Stage, total: int) -> None:
    if not mine(current).update(stage=stage.words, stage_started=Now(), done=0, total=total, heartbeat=Now()):
        raise SliceVoid
    job = current.job
    job.stage, job.done, job.total = stage.words, 0, total
    job.refresh_from_db(fields=["stage_started"])


def _finish(current: Slice) -> None:
    """End it, and begin what follows it, both or neither."""
    with transaction.atomic():
        ended = mine(current).update(
            state=Job.State.DONE,
            stage="",
            done=F("total"),
            result=current.job.result,
            finished=Now(),
            heartbeat=Now(),
            slices=F("slices") + 1,
        )
        if ended:
            follow(current.job)


def _fail(current: Slice, error: Exception) -> None:
    if isinstance(error, JobStopped):
        message = str(error)
        log.warning("Job %s stopped: %s", current.job.pk, message)
    else:
        message = sentence_for(error)
        log.error("Job %s failed.", current.job.pk, exc_info=error)
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    mine(current).update(
        state=Job.State.FAILED, error=message, result=current.job.result, finished=Now(), heartbeat=Now()
    )


def sentence_for(error: Exception) -> str:
    """Return what to tell people of an error that stopped a job."""
    again = "Then launch it again: it goes on where it stopped."
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"The disk of the media store ({settings.MEDIA_ROOT}) is full. Make room. {again}"
    if isinstance(error, OSError) and error.errno in {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR}:
        place = error.filename or settings.MEDIA_ROOT
        return (
            f"{place} cannot be written or read ({error.strerror}). Give the account that runs the workers the right "
            f"to it, or set HHREVIEW_MEDIA_ROOT to another folder. {again}"
        )
    if isinstance(error, MemoryError):
        return f"The worker ran out of memory. Give it more, or use a smaller encoder or resolution. {again}"
    if isinstance(error, OperationalError):
        return f"The database did not answer ({str(error).strip()}). See to it. {again}"
    return (
        f"It stopped on an error that nobody foresaw: {type(error).__name__}: {error}. The worker's log has the "
        "details. Launch it again to go on where it stopped; if it stops here again, report this sentence."
    )


@contextmanager
def beating(job_id: int) -> Iterator[None]:
    """Give signs of life while the block computes, from a thread with a database connection of its own."""
    over = Event()

    def beat() -> None:
        try:
            while not over.wait(BEAT_SECONDS):
                Job.objects.filter(pk=job_id, state=Job.State.RUNNING).update(heartbeat=Now())
        except OperationalError:
            log.warning("Job %s could not give a sign of life: the database did not answer.", job_id)
        finally:
            connection.close()

    thread = Thread(target=beat, name=f"heartbeat of job {job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def run_here(job: Job, watch: Callable[[Job], None] | None = None) -> Job:
    """Run all slices of a job in this process; `watch` sees the job after each slice. Return it as it ended."""
    following: Next | None = Next(job.slices, DEFAULT)
    while following is not None:
        following = run_slice(job.pk, following.number)
        job.refresh_from_db()
        if watch is not None:
            watch(job)
    return job
