"""What a slice of a job is, and what a stage has to bring: the contract between the work and who runs it.

A slice is one call of about SLICE_SECONDS. It asks the rows what is still missing, does some of it, writes it, and
says whether there is more. Nothing about the work is kept anywhere else, so a slice that is run twice, or killed
half-way, does no harm. `Job.slices` numbers them: a message names the slice it is for, and is void once that slice was
finished or given up, so that no job ever has two chains of slices.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Event
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Now

from clustering.models import Job, JobProblem, Page
from clustering.models.job import JobQuerySet

STOPPING = Event()
"""Set when this worker was asked to stop: slices then end after the chunk they are at."""
VISION = "vision"
DEFAULT = "default"
MOST_LAPSES = 3
"""Workers that may end at the same page, or the same slice, before it is given up."""


_pulse: ContextVar[list[float]] = ContextVar("pulse")


@contextmanager
def pulse() -> Iterator[list[float]]:
    """Yield one number: when the work of this thread last came by `moved`, in seconds of time.monotonic()."""
    last = [time.monotonic()]
    token = _pulse.set(last)
    try:
        yield last
    finally:
        _pulse.reset(token)


def moved() -> None:
    """Note that the work goes on. Work that hangs does not come by here, whatever the threads beside it do."""
    last = _pulse.get(None)
    if last is not None:
        last[0] = time.monotonic()


class JobStopped(Exception):
    """The job cannot go on. The message is a `Sentence` with the reason and the remedy."""


class SliceVoid(Exception):
    """Somebody else has the job by now, or it was cancelled: write nothing more."""


@dataclass(slots=True)
class Slice:
    """One slice under way: what it works for, until when, and how it tells of its progress."""

    job: Job
    number: int
    deadline: float
    here: bool = False
    """Whether the process that asked for the job does all of it, batches too."""
    is_parked: bool = False
    """Set by a stage whose batches are with the workers: who finishes the last one sends the next slice."""

    @property
    def has_time(self) -> bool:
        """Whether another chunk may begin."""
        moved()
        return time.monotonic() < self.deadline and not STOPPING.is_set()

    def check(self) -> None:
        """Raise SliceVoid once the job was cancelled, replaced or taken over."""
        moved()
        if not mine(self).exists():
            raise SliceVoid

    def hold(self) -> None:
        """Lock the job's row until the transaction ends, so that only this slice can write what must be written once.

        Raises SliceVoid like `check`.
        """
        if not mine(self).select_for_update().exists():
            raise SliceVoid

    def report(self, done: int, total: int) -> None:
        """Show progress of the present stage. Raises SliceVoid like `check`."""
        moved()
        total = max(done, total)
        if not mine(self).update(done=done, total=total, heartbeat=Now()):
            raise SliceVoid
        self.job.done, self.job.total = done, total

    def keep_result(self) -> None:
        """Write what the job has found so far. Raises SliceVoid like `check`."""
        if not mine(self).update(result=self.job.result):
            raise SliceVoid

    def problem(self, message: str, *, page: Page | None = None, filename: str = "", is_warning: bool = False) -> None:
        """Note what went wrong with one page or file; it is not tried again in this stage of this job."""
        note_problem(self.job, message, page=page, filename=filename, is_warning=is_warning)


Begin = Callable[[Job], int]
"""Counts what a stage has to do, in its own units; 0 means: nothing, go on to the next stage."""
Advance = Callable[[Slice], bool]
"""Does one slice of a stage; True while there is more to do."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A part of a stage whose pages any number of workers claim in batches."""

    key: str
    """By which a batch remembers it: never reworded."""
    queue: str
    most: int
    """Pages of a batch: some seconds of work."""
    lacking: Callable[[Job], QuerySet[Page]]
    """Pages for which it is not done yet, in scan order. Raises JobStopped where it cannot be done."""
    work: Callable[[Any], None]
    """Does a `Batch` of them, and writes it within `Batch.finishing`."""
    get_ready: Callable[[Job], object] | None = None
    """Loads what the work needs, some seconds long, before a batch is claimed: until then others may have it."""
    least: int = 1
    """Pages of a batch in a small collection, where there are as many: with fewer the work takes longer a page."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One part of a job."""

    key: Job.Stage
    """By which a job remembers it, and which has the words that people read while it runs."""
    queue: str
    begin: Begin
    advance: Advance
    skips: bool = False
    """Whether it goes on without the piece at which MOST_LAPSES workers ended, in the slice after that."""
    parts: tuple[Claimed, ...] = ()
    """Where its pages are claimed in batches: what is done with them, side by side."""


@dataclass(frozen=True, slots=True)
class Next:
    """The slice that comes next."""

    number: int
    queue: str


def note_problem(
    job: Job, message: str, *, page: Page | None = None, filename: str = "", is_warning: bool = False
) -> None:
    """Keep for people what went wrong with one page or file while the rest went on."""
    name = filename or (page.filename if page else "")
    JobProblem.objects.create(job=job, page=page, filename=name[-500:], message=message, is_warning=is_warning)


def mine(current: Slice) -> JobQuerySet:
    """Return the job's row as long as this slice may write it: update it through here and see that one row was met."""
    return Job.objects.filter(pk=current.job.pk, slices=current.number, state=Job.State.RUNNING)
