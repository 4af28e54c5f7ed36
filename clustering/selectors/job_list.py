"""Jobs for the staff area: running, waiting, failed and not repeated, and recently done."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from clustering.models import Job

MOST_SHOWN = 50
_IN_BATCHES = (Job.Stage.EMBEDDING_AND_READING, Job.Stage.EMBEDDING, Job.Stage.READING)
WAITING = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, served=None, stage__in=_IN_BATCHES)
"""Queued, or with no page that a worker took: its pages are counted out, no more."""


NIGHTLY = WAITING & Q(priority=Job.Priority.NIGHT)
"""Waiting, and ordered for the night."""


@dataclass(frozen=True, slots=True)
class JobLists:
    """Each list in its display order."""

    running: list[Job]
    running_count: int
    queued: list[Job]
    queued_count: int
    nightly_count: int
    """How many of those were ordered for the night."""
    failed: list[Job]
    failed_count: int
    ended: list[Job]
    """The latest first, each with `problem_count`."""

    @property
    def queued_more(self) -> int:
        """Number of waiting jobs that are not shown."""
        return self.queued_count - len(self.queued)

    @property
    def running_more(self) -> int:
        """Number of running jobs that are not shown."""
        return self.running_count - len(self.running)

    @property
    def failed_more(self) -> int:
        """Number of failed jobs that are not shown."""
        return self.failed_count - len(self.failed)


def waits_for_night(job: Job) -> bool:
    """Whether this job is one of NIGHTLY. No query."""
    is_counted_out = job.state == Job.State.RUNNING and job.served is None and job.stage in _IN_BATCHES
    return job.priority == Job.Priority.NIGHT and (job.state == Job.State.QUEUED or is_counted_out)


def unresponsive_jobs() -> QuerySet[Job]:
    """Return active jobs without a recent heartbeat, but those that wait for the night: these have nothing to say."""
    return Job.objects.stuck().exclude(NIGHTLY)


def failed_jobs(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """Failed jobs without a later one of the same kind in the same collection."""
    later = Job.objects.filter(collection=OuterRef("collection"), kind=OuterRef("kind"), pk__gt=OuterRef("pk"))
    return jobs.filter(~Exists(later), state=Job.State.FAILED)


def jobs_named(*, words: str = "", kind: str = "") -> QuerySet[Job]:
    """Return jobs of this kind whose collection has each of these words in its title or short name; no deleted ones."""
    jobs = Job.objects.select_related("collection", "actor").filter(collection__deleted=None)
    for word in words.split():
        jobs = jobs.filter(Q(collection__title__icontains=word) | Q(collection__slug__icontains=word))
    return jobs.filter(kind=kind) if kind else jobs


def job_lists(*, words: str = "", kind: str = "") -> JobLists:
    """Return all lists, in eight queries for any number of jobs."""
    jobs = jobs_named(words=words, kind=kind)
    running = jobs.filter(state=Job.State.RUNNING).exclude(WAITING).order_by("priority", "pk")
    queued = jobs.filter(WAITING).order_by("priority", "pk")
    failed = failed_jobs(jobs).order_by("-pk")
    ended = jobs.filter(state__in=[Job.State.DONE, Job.State.CANCELLED]).order_by("-finished", "-pk")
    return JobLists(
        running=list(running[:MOST_SHOWN]),
        running_count=running.count(),
        queued=list(queued[:MOST_SHOWN]),
        queued_count=queued.count(),
        nightly_count=queued.filter(priority=Job.Priority.NIGHT).count(),
        failed=list(failed[:MOST_SHOWN]),
        failed_count=failed.count(),
        ended=list(ended.annotate(problem_count=Count("problems"))[:MOST_SHOWN]),
    )
