"""The contract between the stages of a job and the code that runs them.

A slice is one call of about SLICE_SECONDS. It reads in the tables what is missing, does and writes some of it, and
returns whether there is more. The state of the work is kept nowhere else, so a slice may run twice or be killed without
harm. `Job.slices` numbers the slices. A message names its slice and is void once that slice is finished or given up, so
a job never has two chains of slices.
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
"""Set when this worker is asked to stop: slices then end after the current chunk."""
VISION = "vision"
DEFAULT = "default"
LEARNING = "learning"
"""For what takes minutes and is one piece of work: nobody who waits for another job waits behind it."""
QUEUES = (VISION, DEFAULT, LEARNING)
MOST_LAPSES = 3
"""Workers that may die at the same page, or the same slice, before it is given up."""


_pulse: ContextVar[list[float]] = ContextVar("pulse")


@contextmanager
def pulse() -> Iterator[list[float]]:
    """Yield a list with one number: when this thread last called `moved`, in seconds of time.monotonic()."""
    last = [time.monotonic()]
    token = _pulse.set(last)
    try:
        yield last
    finally:
        _pulse.reset(token)


def moved() -> None:
    """Note that this thread’s work goes on. Work that hangs does not get here, even if other threads do."""
    last = _pulse.get(None)
    if last is not None:
        last[0] = time.monotonic()


class JobStopped(Exception):
    """The job can’t go on. The message is a `Sentence` that says why, and what to do."""


class SliceVoid(Exception):
    """Another worker has the job, or it was canceled: write nothing more."""


@dataclass(slots=True)
class Slice:
    """One slice under way: its job, its deadline, and how it reports progress."""

    job: Job
    number: int
    deadline: float
    here: bool = False
    """Whether the process that launched the job does all of it, including batches."""
    is_parked: bool = False
    """Set by a stage whose batches are with the workers. The worker that finishes the last one sends the next slice."""

    @property
    def has_time(self) -> bool:
        """Whether there is time for another chunk."""
        moved()
        return time.monotonic() < self.deadline and not STOPPING.is_set()

    def check(self) -> None:
        """Raise SliceVoid if the job was canceled, replaced, or taken over."""
        moved()
        if not mine(self).exists():
            raise SliceVoid

    def hold(self) -> None:
        """Lock the job's row until the transaction ends: only this slice writes. Raises SliceVoid like `check`."""
        if not mine(self).select_for_update().exists():
            raise SliceVoid

    def report(self, done: int, total: int) -> None:
        """Write the progress of the current stage. Raises SliceVoid like `check`."""
        moved()
        total = max(done, total)
        if not mine(self).update(done=done, total=total, heartbeat=Now()):
            raise SliceVoid
        self.job.done, self.job.total = done, total

    def keep_result(self) -> None:
        """Write the job's result so far. Raises SliceVoid like `check`."""
        if not mine(self).update(result=self.job.result):
            raise SliceVoid

    def problem(self, message: str, *, page: Page | None = None, filename: str = "", is_warning: bool = False) -> None:
        """Report what went wrong with one page or file. This job does not try it again in this stage."""
        note_problem(self.job, message, page=page, filename=filename, is_warning=is_warning)


Begin = Callable[[Job], int]
"""Counts what a stage has to do, in units of its own. 0: nothing; go on to the next stage."""
Advance = Callable[[Slice], bool]
"""Does one slice of a stage, and returns whether there is more to do."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A part of a stage whose pages workers claim in batches."""

    key: str
    """Stored with each batch, so it never changes."""
    queue: str
    most: int
    """Most pages of a batch: some seconds of work."""
    lacking: Callable[[Job], QuerySet[Page]]
    """Returns the pages that still need it, in scan order. Raises JobStopped if it can’t be done."""
    work: Callable[[Any], None]
    """Does a `Batch`, and writes the results within `Batch.finishing`."""
    get_ready: Callable[[Job], object] | None = None
    """Loads what the work needs, which may take seconds, before a batch is claimed."""
    least: int = 1
    """Fewest pages of a batch, if there are as many. Smaller batches take longer per page."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One part of a job."""

    key: Job.Stage
    """Stored with the job; its label is what people read while the stage runs."""
    queue: str
    begin: Begin
    advance: Advance
    skips: bool = False
    """Whether it skips a piece at which MOST_LAPSES workers died, in the slice after that."""
    parts: tuple[Claimed, ...] = ()
    """What is done with its pages, side by side, if workers claim them in batches."""


@dataclass(frozen=True, slots=True)
class Next:
    """The next slice of a job."""

    number: int
    queue: str


def note_problem(
    job: Job, message: str, *, page: Page | None = None, filename: str = "", is_warning: bool = False
) -> None:
    """Record what went wrong with one page or file while the rest went on."""
    name = filename or (page.filename if page else "")
    JobProblem.objects.create(job=job, page=page, filename=name[-500:], message=message, is_warning=is_warning)


def mine(current: Slice) -> JobQuerySet:
    """Return the job's row as long as this slice may write it. Update through it, and check that one row matched."""
    return Job.objects.filter(pk=current.job.pk, slices=current.number, state=Job.State.RUNNING)
