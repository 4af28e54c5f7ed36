"""Batches of pages that any number of workers claim, and what happens to pages at which workers die.

A stage creates all its batches at once. Workers claim them (`SELECT … FOR UPDATE SKIP LOCKED`) for as long as they send
heartbeats, by the database's clock. Results are written and the batch is removed in one transaction, so that no page is
left out or written twice. A batch whose worker died is split into single pages. A page at which one worker after
another dies is given up, with a sentence that names it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, QuerySet, Window
from django.db.models.functions import Least, Now
from django.utils import timezone

from clustering.jobs import slices
from clustering.jobs.slices import MOST_LAPSES, Claimed, Slice, SliceVoid, Stage, moved, note_problem
from clustering.models import Job, Page, PageBatch, PageNotes
from clustering.models.batch import PageBatchQuerySet
from clustering.wording import say

FEWEST_BATCHES = 16
"""Least number of batches of a small collection, unless they get too small, so that several workers share it."""


@dataclass(slots=True)
class Batch:
    """A batch that this worker has claimed."""

    row: PageBatch
    job: Job
    pages: list[Page]
    """In scan order, without pages removed since."""
    void: Event = field(default_factory=Event)
    """Set once another worker has the batch, or the job is over: results are discarded."""
    was_last: bool = False
    """Whether it was the last one of the stage, so that the job's next slice has to be sent."""

    @property
    def is_given_up(self) -> bool:
        """Whether too many workers died at this page for another to try."""
        return self.row.lapses >= MOST_LAPSES

    @property
    def must_end(self) -> bool:
        """Whether to begin no more pages: this worker stops, or the job is over."""
        moved()
        return self.void.is_set() or slices.STOPPING.is_set()

    def check(self) -> None:
        """Raise SliceVoid if another worker has the batch, or the job is over."""
        moved()
        if self.void.is_set():
            raise SliceVoid

    @contextmanager
    def finishing(self, left: Sequence[Page] = ()) -> Iterator[None]:
        """Write the results in the block, and remove the batch in the same transaction. Pages in `left` are not done.

        Raises SliceVoid, and writes nothing, if another worker has the batch or the job is over.
        """
        rest = [page.pk for page in left]
        with transaction.atomic():
            mine = PageBatch.objects.filter(pk=self.row.pk, claims=self.row.claims)
            met = mine.update(pages=rest, leased_until=None, claims=F("claims") + 1) if rest else mine.delete()[0]
            if not met:
                raise SliceVoid
            yield
            # Last of all, because everybody who finishes a batch of this job waits here for the others.
            running = Job.objects.filter(pk=self.job.pk, state=Job.State.RUNNING)
            done = len(self.row.pages) - len(rest)
            if not running.update(done=Least(F("done") + done, F("total")), heartbeat=Now()):
                raise SliceVoid
            self.was_last = not rest and not self.job.batches.exists()

    def problem(self, message: str, *, page: Page | None = None, is_warning: bool = False) -> None:
        """Report what went wrong with one page. This job does not try it again."""
        note_problem(self.job, message, page=page, is_warning=is_warning)

    def warn_once(self, message: str) -> None:
        """Report a warning that concerns all batches, unless another batch did."""
        if not self.job.problems.filter(message=message).exists():
            note_problem(self.job, message, is_warning=True)


def side_by_side(key: Job.Stage, *parts: Claimed) -> Stage:
    """Return a stage that creates the batches of these parts, and ends when all of them are done."""

    def begin(job: Job) -> int:
        with transaction.atomic():
            return sum(_plant(job, part) for part in parts)

    def advance(current: Slice) -> bool:
        batches = current.job.batches.all()
        if not current.here:  # the command that began it may have ended
            for part in parts:
                batches.filter(stage=part.key, queue="").update(queue=part.queue)
        current.is_parked = batches.exists()
        return current.is_parked

    return Stage(key, parts[0].queue, begin, advance, parts=parts)


def _plant(job: Job, part: Claimed) -> int:
    """Create the batches of one part, and return how many pages they have."""
    job.batches.filter(stage=part.key).delete()
    pages = list(part.lacking(job).values_list("pk", flat=True))
    size = min(part.most, max(part.least, -(-len(pages) // FEWEST_BATCHES)))
    rows = (
        PageBatch(job=job, stage=part.key, queue=part.queue, pages=pages[first : first + size])
        for first in range(0, len(pages), size)
    )
    PageBatch.objects.bulk_create(rows, batch_size=1000)
    return len(pages)


def is_night() -> bool:
    """Whether jobs for the night may run now: in the hours of HHREVIEW_NIGHT, or always if it is not set."""
    if settings.NIGHT is None:
        return True
    begins, ends = settings.NIGHT
    now = timezone.localtime().time()
    return begins <= now < ends if begins < ends else now >= begins or now < ends


def free_count(queue: str) -> int:
    """Return how many batches the workers of this queue could claim now."""
    return PageBatch.objects.free(queue, night=is_night()).count()


def claim(queue: str, *, only: Job | None = None) -> Batch | None:
    """Claim the next batch in this queue. Returns None if there is none.

    Jobs that someone waits for come first. Among them, people alternate. The jobs of one person are done one after
    another, the one with the least left first: a small collection is done soon, however large the others are, and of
    400 jobs in a night that is too short for all, most are done in the morning.
    """
    free = PageBatch.objects.free(queue, night=only is not None or is_night())
    if only is not None:
        return _claim_from(free, only.pk)
    claims = (_claim_from(free, pk) for pk in _longest_waiting(free).values_list("pk", flat=True))
    return next((batch for batch in claims if batch is not None), None)


def next_up(queue: str) -> tuple[Job, str] | None:
    """Return the job and the stage of the batch that would be claimed next in this queue."""
    free = PageBatch.objects.free(queue, night=is_night())
    job = _longest_waiting(free).select_related("collection").first()
    row = free.filter(job=job).first() if job else None
    return (job, row.stage) if job and row else None


def _longest_waiting(free: PageBatchQuerySet) -> QuerySet[Job]:
    """Return the jobs of these batches, the next one first."""
    return (
        Job.objects.filter(Exists(free.filter(job=OuterRef("pk"))))
        .annotate(person_served=Window(Max("served"), partition_by=F("actor")))
        .order_by("priority", F("person_served").asc(nulls_first=True), F("total") - F("done"), "pk")
    )


def _claim_from(free: PageBatchQuerySet, job_id: int) -> Batch | None:
    free = free.filter(job=job_id).order_by("lapses", "pk").select_for_update(skip_locked=True, of=("self",))
    while True:
        with transaction.atomic():
            row = free.all().first()
            if row is None:
                return None
            if row.leased_until is not None:
                row.lapses += 1
                if len(row.pages) > 1:
                    _split(row)
                    continue
            row.lease()
            Job.objects.filter(pk=job_id).update(served=Now(), heartbeat=Now())
        job = Job.objects.select_related("collection", "actor").get(pk=job_id)
        return Batch(row, job, list(Page.objects.filter(pk__in=row.pages).in_scan_order()))


def _split(row: PageBatch) -> None:
    """Split a batch whose worker died into single pages, because one of them may be the reason."""
    PageBatch.objects.bulk_create(
        PageBatch(job_id=row.job_id, stage=row.stage, queue=row.queue, pages=[page], lapses=row.lapses)
        for page in row.pages
    )
    row.delete()


def give_up(batch: Batch) -> None:
    """Report that workers die at this page, and go on without it."""
    with batch.finishing():
        for page in batch.pages:
            batch.problem(
                say(
                    "%(page)s was skipped (%(stage)s). %(count)s workers in a row stopped while processing it, "
                    "probably because they ran out of memory (%(file)s, %(width)s × %(height)s pixels). Give the "
                    "workers more memory or import a smaller scan, then start the job again.",
                    page=page.identifier,
                    stage=Job.Stage(batch.row.stage).label,
                    count=batch.row.lapses,
                    file=page.filename,
                    width=page.width,
                    height=page.height,
                ),
                page=page,
            )


def remove_left_over() -> None:
    """Delete the batches of jobs that are over, and what was computed in them for a proposal that was not made."""
    for model in (PageBatch, PageNotes):
        model._default_manager.exclude(job__state__in=Job.ACTIVE).delete()
