"""Jobs for the staff area: at work, waiting, failed and not made up for, and lately done."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from clustering.models import Job

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class JobLists:
    """Each in the order in which people look at them."""

    running: list[Job]
    queued: list[Job]
    failed: list[Job]
    failed_count: int
    ended: list[Job]


def failed_jobs(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """Failed, and no later job of the same kind in the same collection."""
    later = Job.objects.filter(collection=OuterRef("collection"), kind=OuterRef("kind"), pk__gt=OuterRef("pk"))
    return jobs.filter(~Exists(later), state=Job.State.FAILED)


def job_lists(*, words: str = "", kind: str = "") -> JobLists:
    """Five queries, for any number of jobs."""
    jobs = Job.objects.select_related("collection", "actor").filter(collection__deleted=None)
    for word in words.split():
        jobs = jobs.filter(Q(collection__title__icontains=word) | Q(collection__slug__icontains=word))
    if kind:
        jobs = jobs.filter(kind=kind)
    failed = failed_jobs(jobs).order_by("-pk")
    ended = jobs.filter(state__in=[Job.State.DONE, Job.State.CANCELLED]).order_by("-pk")
    return JobLists(
        running=list(jobs.filter(state=Job.State.RUNNING).order_by("priority", "pk")[:MOST_SHOWN]),
        queued=list(jobs.filter(state=Job.State.QUEUED).order_by("priority", "pk")[:MOST_SHOWN]),
        failed=list(failed[:MOST_SHOWN]),
        failed_count=failed.count(),
        ended=list(ended[:MOST_SHOWN]),
    )
