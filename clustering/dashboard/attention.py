"""What needs attention: stuck and failed jobs, flags, pages left out, and answers that documents contradict."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from clustering.dashboard.progress import Several
from clustering.models import Answer, Embedding, Group, Job, Page
from clustering.selectors.job_list import unresponsive_jobs

SHOWN = 6
"""Most items listed of each kind; the count covers all."""


@dataclass(frozen=True, slots=True)
class Stuck:
    """Counts, and the first few of each."""

    failed: list[Job] = field(default_factory=list)
    silent: list[Job] = field(default_factory=list)
    flagged: list[Group] = field(default_factory=list)
    flagged_count: int = 0
    contradictions: list[Answer] = field(default_factory=list)
    contradiction_count: int = 0
    unread: int = 0
    illegible: list[Page] = field(default_factory=list)
    """Pages that look written on, but gave no text."""
    illegible_count: int = 0
    unembedded: int = 0
    loose: int = 0

    def __bool__(self) -> bool:
        return bool(
            self.failed
            or self.silent
            or self.flagged_count
            or self.contradiction_count
            or self.unread
            or self.illegible_count
            or self.unembedded
            or self.loose
        )


def stuck(collections: Several) -> Stuck:
    """Of these collections together; the number of queries does not grow."""
    jobs = Job.objects.filter(collection__in=collections).select_related("collection")
    flagged = Group.objects.filter(collection__in=collections, flagged=True).select_related("collection")
    pages = Page.objects.filter(collection__in=collections)
    embedded = Embedding.objects.filter(page=OuterRef("pk"), encoder=settings.ENCODER)
    against = contradictions(collections)
    illegible = pages.filter(reading__is_unread=True).select_related("collection")
    counts = pages.order_by().aggregate(
        unread=Count("pk", filter=Q(reading__isnull=True)),
        illegible=Count("pk", filter=Q(reading__is_unread=True)),
        loose=Count("pk", filter=Q(group__isnull=True)),
    )
    return Stuck(
        failed=list(_failed(jobs)[:SHOWN]),
        silent=list(jobs.filter(pk__in=unresponsive_jobs().values("pk"))[:SHOWN]),
        flagged=list(flagged.prefetch_related("pages").order_by("collection", "first_position")[:SHOWN]),
        flagged_count=flagged.count(),
        contradictions=list(against[:SHOWN]),
        contradiction_count=against.count(),
        unread=counts["unread"],
        illegible=list(illegible.order_by("collection", "position")[:SHOWN]),
        illegible_count=counts["illegible"],
        unembedded=pages.filter(~Exists(embedded)).count(),
        loose=counts["loose"],
    )


def _failed(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """Return failed jobs without a later job of the same kind."""
    later = Job.objects.filter(collection=OuterRef("collection"), kind=OuterRef("kind"), pk__gt=OuterRef("pk"))
    return jobs.filter(state=Job.State.FAILED).exclude(Exists(later)).order_by("-created")


def contradictions(collections: Several) -> QuerySet[Answer]:
    """Answers that the desk does not obey: "same" in two groups, or "different" in one."""
    apart = Q(verdict=Answer.Verdict.SAME) & ~Q(first__group=F("second__group"))
    together = Q(verdict=Answer.Verdict.DIFFERENT, first__group=F("second__group"))
    placed = Answer.objects.filter(first__group__isnull=False, second__group__isnull=False)
    return (
        placed.filter(apart | together, collection__in=collections)
        .select_related("collection", "first", "second")
        .order_by("collection", "first__position")
    )
