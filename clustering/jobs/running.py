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
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now

from clustering.jobs.following import follow
from clustering.jobs.slices import DEFAULT, JobStopped, Next, Slice, SliceVoid, Stage, mine, pulse
from clustering.jobs.stages import queue_of, stages_of
from clustering.models import Job
from clustering.models.job import HEARTBEAT_SECONDS

log = logging.getLogger(__name__)

BEAT_SECONDS = HEARTBEAT_SECONDS / 12
"""How often a slice gives a sign of life while it computes; a job is stuck after HEARTBEAT_SECONDS without one."""
HUNG_SECONDS = 3600.0
"""Work that did not come by `moved` for so long hangs: the longest step that is known takes some minutes."""
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_DISK_FULL = "53100"
_PASSING = ("08", "40", "53", "57")
"""Classes of PostgreSQL's errors that have nothing to do with the query: connection, conflict, resources, shut-down."""


def run_slice(job_id: int, number: int, *, patient: bool = True, hung: Callable[[], None] | None = None) -> Next | None:
    """Run slice `number` of a job and return the next one, or None where the job is over or the slice is void.

    Whatever goes wrong ends in the job's row, as a sentence; nothing is raised but what a killed process raises. With
    `patient` a job does not fail of what passes (a database that is away, a full disk): it waits, and the sweep tries
    it again. `hung` is called, from another thread, where the work does not move any more.
    """
    try:
        job = _claim(job_id, number)
        if job is None:
            return None
        current = Slice(job, number, time.monotonic() + settings.SLICE_SECONDS)
        return _run(current, patient=patient, hung=hung)
    except (OperationalError, InterfaceError) as error:
        if not patient:
            raise
        log.warning("Job %s waits: the database does not answer (%s).", job_id, error)
        _let_go_of_connection()
        return None


def _run(current: Slice, *, patient: bool, hung: Callable[[], None] | None) -> Next | None:
    try:
        with beating(current.job.pk, hung):
            more = _advance(current)
    except SliceVoid:
        return None
    except Exception as error:  # noqa: BLE001 - whatever it is, people must see it in the job's row
        if patient and _passes(error):
            _wait(current, error)
        else:
            _fail(current, error)
        return None
    if not more:
        _finish(current)
        return None
    if not mine(current).update(slices=F("slices") + 1, error="", heartbeat=Now()):
        return None
    return Next(current.number + 1, queue_of(current.job))


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
            error="",
            done=F("total"),
            result=current.job.result,
            finished=Now(),
            heartbeat=Now(),
            slices=F("slices") + 1,
        )
        if ended:
            follow(current.job)


def _passes(error: Exception) -> bool:
    """Whether it is about nothing that the job does, and is over, or is made good, without anybody touching the job."""
    if isinstance(error, OperationalError | InterfaceError):
        code = getattr(error.__cause__, "sqlstate", None)
        return code is None or code.startswith(_PASSING)
    return isinstance(error, OSError) and error.errno in _NO_ROOM


def _wait(current: Slice, error: Exception) -> None:
    """Leave the job to the sweep, which sends a new slice once this one counts as lost."""
    log.warning("Job %s waits: %s", current.job.pk, error)
    _let_go_of_connection()
    mine(current).update(
        state=Job.State.QUEUED,
        slices=F("slices") + 1,
        error=sentence_for(error, again="The job goes on by itself then."),
        heartbeat=Now(),  # and no result: what the rows do not have is not true
    )


def _let_go_of_connection() -> None:
    """So that the next query makes a new one, where the database went away under this one."""
    if not connection.in_atomic_block:
        connection.close()


def _fail(current: Slice, error: Exception) -> None:
    if isinstance(error, JobStopped):
        message = str(error)
        log.warning("Job %s stopped: %s", current.job.pk, message)
    else:
        message = sentence_for(error, again="Then launch it again: it goes on where it stopped.")
        log.error("Job %s failed.", current.job.pk, exc_info=error)
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    mine(current).update(
        state=Job.State.FAILED, error=message, result=current.job.result, finished=Now(), heartbeat=Now()
    )


def sentence_for(error: Exception, *, again: str) -> str:
    """Return what to tell people of an error that stopped a job; `again` says how it goes on once that is seen to."""
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return f"The disk of the media store ({settings.MEDIA_ROOT}) is full. Make room. {again}"
    if isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", "") == _DISK_FULL:
        return f"The database's disk is full. Make room. {again}"
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
def beating(job_id: int, hung: Callable[[], None] | None = None) -> Iterator[None]:
    """Give signs of life while the block computes, from a thread with a database connection of its own.

    None are given any more once the block has not moved for HUNG_SECONDS; `hung` is called then.
    """
    over = Event()

    def beat() -> None:
        try:
            while not over.wait(BEAT_SECONDS):
                if time.monotonic() - last[0] > HUNG_SECONDS:
                    log.critical("Job %s has not moved for %.0f minutes: it hangs.", job_id, HUNG_SECONDS / 60)
                    if hung is not None:
                        hung()
                    return
                _give_sign_of_life(job_id)
        finally:
            connection.close()

    with pulse() as last:
        thread = Thread(target=beat, name=f"heartbeat of job {job_id}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def _give_sign_of_life(job_id: int) -> None:
    try:
        Job.objects.filter(pk=job_id, state=Job.State.RUNNING).update(heartbeat=Now())
    except (OperationalError, InterfaceError) as error:
        log.warning("Job %s could not give a sign of life: the database did not answer (%s).", job_id, error)
        connection.close()


def run_here(job: Job, watch: Callable[[Job], None] | None = None) -> Job:
    """Run all slices of a job in this process; `watch` sees the job after each slice. Return it as it ended."""
    following: Next | None = Next(job.slices, DEFAULT)
    while following is not None:
        following = run_slice(job.pk, following.number, patient=False)
        job.refresh_from_db()
        if watch is not None:
            watch(job)
    return job
