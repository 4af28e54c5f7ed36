"""Pages in batches that any number of workers claim, and what happens to those that end a worker.

A stage plants its batches at once. Workers claim them (`SELECT … FOR UPDATE SKIP LOCKED`) for as long as they give
signs of life, by the database's clock. What was computed and the end of the batch are one transaction, so that a page
is never left out, and never written by two workers. A batch whose worker ended is split into single pages; a page that
ends one worker after the other is given up, with a sentence that names it.
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
from clustering.models import Job, Page, PageBatch
from clustering.models.batch import PageBatchQuerySet
from clustering.wording import say

FEWEST_BATCHES = 16
"""A small collection is cut into so many, so that several workers have something to do, unless they get too small."""


@dataclass(slots=True)
class Batch:
    """Pages that this worker has claimed."""

    row: PageBatch
    job: Job
    pages: list[Page]
    """In scan order; those that were removed since are not among them."""
    void: Event = field(default_factory=Event)
    """Set once somebody else has the batch, or the job is over: what is computed now is thrown away."""
    was_last: bool = False
    """Whether it was the last one of the stage: the job's next slice is to be sent."""

    @property
    def is_given_up(self) -> bool:
        """Whether so many workers ended at this page that no other shall try it."""
        return self.row.lapses >= MOST_LAPSES

    @property
    def must_end(self) -> bool:
        """Whether no more pages are to be begun: this worker stops, or the job is over."""
        moved()
        return self.void.is_set() or slices.STOPPING.is_set()

    def check(self) -> None:
        """Raise SliceVoid once somebody else has the batch, or the job is over."""
        moved()
        if self.void.is_set():
            raise SliceVoid

    @contextmanager
    def finishing(self, left: Sequence[Page] = ()) -> Iterator[None]:
        """Write what the batch has come to, in one transaction with its end; pages that are `left` stay to be done.

        Raises SliceVoid, and nothing is written, where somebody else has the batch or the job is over.
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
        """Note what went wrong with one page; it is not tried again by this job."""
        note_problem(self.job, message, page=page, is_warning=is_warning)

    def warn_once(self, message: str) -> None:
        """Warn of what is true for all batches, unless another one did."""
        if not self.job.problems.filter(message=message).exists():
            note_problem(self.job, message, is_warning=True)


def side_by_side(key: Job.Stage, *parts: Claimed) -> Stage:
    """Return the stage that plants the batches of these parts and is over when all of them are done."""

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
    """Write the batches of one part; how many pages they have."""
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
    """Whether jobs that were ordered for the night may run: always, unless HHREVIEW_NIGHT says from when to when."""
    if settings.NIGHT is None:
        return True
    begins, ends = settings.NIGHT
    now = timezone.localtime().time()
    return begins <= now < ends if begins < ends else now >= begins or now < ends


def free_count(queue: str) -> int:
    """How many batches the workers of this queue might claim now."""
    return PageBatch.objects.free(queue, night=is_night()).count()


def claim(queue: str, *, only: Job | None = None) -> Batch | None:
    """Claim the batch that is next in this queue, or None where there is none.

    Jobs that somebody waits for come first. Among them people take turns, and of one person's jobs those that waited
    longest: a small collection is through soon, however large the others are.
    """
    free = PageBatch.objects.free(queue, night=only is not None or is_night())
    if only is not None:
        return _claim_from(free, only.pk)
    claims = (_claim_from(free, pk) for pk in _in_turn(free).values_list("pk", flat=True))
    return next((batch for batch in claims if batch is not None), None)


def next_up(queue: str) -> tuple[Job, str] | None:
    """Return the job whose batch would be claimed next in this queue, and what that batch is for."""
    free = PageBatch.objects.free(queue, night=is_night())
    job = _in_turn(free).select_related("collection").first()
    row = free.filter(job=job).first() if job else None
    return (job, row.stage) if job and row else None


def _in_turn(free: PageBatchQuerySet) -> QuerySet[Job]:
    """Return the jobs of these batches, that which is next first."""
    return (
        Job.objects.filter(Exists(free.filter(job=OuterRef("pk"))))
        .annotate(person_served=Window(Max("served"), partition_by=F("actor")))
        .order_by("priority", F("person_served").asc(nulls_first=True), F("served").asc(nulls_first=True), "pk")
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
    """Make a batch of each page of one whose worker ended: one of them may be why."""
    PageBatch.objects.bulk_create(
        PageBatch(job_id=row.job_id, stage=row.stage, queue=row.queue, pages=[page], lapses=row.lapses)
        for page in row.pages
    )
    row.delete()


def give_up(batch: Batch) -> None:
    """Note for people that this page ends whoever works on it, and go on without it."""
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
    """Remove the batches of jobs that are over."""
    PageBatch.objects.exclude(job__state__in=Job.ACTIVE).delete()
