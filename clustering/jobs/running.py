"""Running a job slice by slice: which stage it is in, what a slice may do, and what comes after it.

A slice is one call of about SLICE_SECONDS. It asks the rows what is still missing, does some of it, writes it, and
says whether there is more. Nothing about the work is kept anywhere else, so a slice that is run twice, or killed
half-way, does no harm. `Job.slices` numbers them: a message names the slice it is for, and is void once that slice was
finished or given up, so that no job ever has two chains of slices.
"""

from __future__ import annotations

import errno
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone

from clustering.models import Job, JobProblem, Page
from clustering.models.job import JobQuerySet

log = logging.getLogger(__name__)

BEAT_SECONDS = 5.0
"""How often a slice gives a sign of life while it computes; a job is stuck after HEARTBEAT_SECONDS without one."""
STOPPING = Event()
"""Set when this worker was asked to stop: slices then end after the chunk they are at."""
VISION = "vision"
DEFAULT = "default"


class JobStopped(Exception):
    """The job cannot go on. The message is a full sentence with the reason and the remedy."""


class SliceVoid(Exception):
    """Somebody else has the job by now, or it was cancelled: write nothing more."""


@dataclass(slots=True)
class Slice:
    """One slice under way: what it works for, until when, and how it tells of its progress."""

    job: Job
    number: int
    deadline: float

    @property
    def has_time(self) -> bool:
        """Whether another chunk may begin."""
        return time.monotonic() < self.deadline and not STOPPING.is_set()

    def check(self) -> None:
        """Raises SliceVoid once the job was cancelled, replaced or taken over."""
        if not _mine(self).exists():
            raise SliceVoid

    def hold(self) -> None:
        """Lock the job's row until the transaction ends, so that only this slice can write what must be written once.

        Raises SliceVoid like `check`.
        """
        if not _mine(self).select_for_update().exists():
            raise SliceVoid

    def report(self, done: int, total: int) -> None:
        """Show progress of the present stage. Raises SliceVoid like `check`."""
        total = max(done, total)
        if not _mine(self).update(done=done, total=total, heartbeat=timezone.now()):
            raise SliceVoid
        self.job.done, self.job.total = done, total

    def problem(self, message: str, *, page: Page | None = None, filename: str = "", is_warning: bool = False) -> None:
        """Note what went wrong with one page or file; it is not tried again in this stage of this job."""
        name = filename or (page.filename if page else "")
        JobProblem.objects.create(job=self.job, page=page, filename=name[-500:], message=message, is_warning=is_warning)

    def pages_given_up(self) -> list[int]:
        """Ids of the pages that failed in the present stage."""
        failed = JobProblem.objects.filter(job=self.job, is_warning=False, page__isnull=False)
        if self.job.stage_started:
            failed = failed.filter(created__gte=self.job.stage_started)
        return [pk for pk in failed.values_list("page", flat=True) if pk is not None]


Begin = Callable[[Job], int]
"""Counts what a stage has to do, in its own units; 0 means: nothing, go on to the next stage."""
Advance = Callable[[Slice], bool]
"""Does one slice of a stage; True while there is more to do."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One part of a job."""

    words: str
    """What people read while it runs, also the name by which a job remembers it: unique within a job."""
    queue: str
    begin: Begin
    advance: Advance


@dataclass(frozen=True, slots=True)
class Next:
    """The slice that comes next."""

    number: int
    queue: str


def stages_of(job: Job) -> tuple[Stage, ...]:
    """Return the stages of a job in order. Raises JobStopped for a kind that nothing here can do."""
    from clustering.jobs import embedding, exporting, importing, learning, proposing, reading

    embed, text, read = embedding.IMAGE_STAGE, embedding.TEXT_STAGE, reading.STAGE
    propose = (proposing.PROPOSE_STAGE, proposing.PUBLISH_STAGE)
    plans: dict[str, tuple[Stage, ...]] = {
        Job.Kind.IMPORT: (importing.LISTING_STAGE, importing.STAGE),
        Job.Kind.EMBED: (embed,),
        Job.Kind.READ: (read, text),
        Job.Kind.PROPOSE: propose,
        Job.Kind.LEARN: (learning.STAGE,),
        Job.Kind.EXPORT: exporting.STAGES,
        Job.Kind.PROCESS: (embed, read, text, *propose),
    }
    if job.kind not in plans:
        raise JobStopped(f"This version of hhreview has no worker for {job.get_kind_display().lower()} jobs.")
    return plans[job.kind]


def queue_of(job: Job) -> str:
    """Return the queue in which the job's present stage runs."""
    try:
        stages = stages_of(job)
    except JobStopped:
        return DEFAULT
    return next((stage.queue for stage in stages if stage.words == job.stage), stages[0].queue)


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
    if not _mine(current).update(slices=F("slices") + 1, heartbeat=timezone.now()):
        return None
    return Next(number + 1, queue_of(job))


def _claim(job_id: int, number: int) -> Job | None:
    now = timezone.now()
    waiting = Job.objects.filter(pk=job_id, slices=number)
    claimed = waiting.filter(state=Job.State.QUEUED).update(state=Job.State.RUNNING, started=now, heartbeat=now)
    if not claimed and not waiting.filter(state=Job.State.RUNNING).update(heartbeat=now):
        return None
    return Job.objects.select_related("collection", "actor").get(pk=job_id)


def _mine(current: Slice) -> JobQuerySet:
    return Job.objects.filter(pk=current.job.pk, slices=current.number, state=Job.State.RUNNING)


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
    now = timezone.now()
    if not _mine(current).update(stage=stage.words, stage_started=now, done=0, total=total, heartbeat=now):
        raise SliceVoid
    job = current.job
    job.stage, job.stage_started, job.done, job.total = stage.words, now, 0, total


def _finish(current: Slice) -> None:
    """End it, and begin what follows it, both or neither."""
    from clustering.jobs.following import follow

    now = timezone.now()
    with transaction.atomic():
        ended = _mine(current).update(
            state=Job.State.DONE,
            stage="",
            done=F("total"),
            result=current.job.result,
            finished=now,
            heartbeat=now,
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
    now = timezone.now()
    _mine(current).update(state=Job.State.FAILED, error=message, result=current.job.result, finished=now, heartbeat=now)


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
                Job.objects.filter(pk=job_id, state=Job.State.RUNNING).update(heartbeat=timezone.now())
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
