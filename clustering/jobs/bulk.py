"""Launch, bring forward, and cancel thousands of jobs at once, each in a handful of queries."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from clustering.jobs.launching import call_workers, cancelled_by, enqueue_on_commit, fail_stuck
from clustering.jobs.params import checked
from clustering.models import Job, User
from clustering.selectors.job_list import NIGHTLY

_ROWS = 1000


def launch_jobs(orders: Sequence[Job]) -> list[Job]:
    """Create these jobs, which are not saved yet, and on commit send their first slices. Return those created.

    A job whose collection has an active one of its kind is left out; stuck ones are replaced, as by `launch_job`.
    Raises WrongParams.
    """
    for job in orders:
        job.params = checked(job.kind, job.params)
    collections = {job.collection_id for job in orders}
    for kind in {job.kind for job in orders}:
        fail_stuck(collections, kind)
    with suppress(IntegrityError):  # someone else launched one of them meanwhile
        return _created(orders)
    return _created(orders)


def _created(orders: Sequence[Job]) -> list[Job]:
    collections = {job.collection_id for job in orders}
    active = set(Job.objects.active().filter(collection__in=collections).values_list("collection", "kind"))
    wanted = {(job.collection_id, job.kind): job for job in orders}  # one of each, as the table allows
    with transaction.atomic():
        made = Job.objects.bulk_create([job for place, job in wanted.items() if place not in active], batch_size=_ROWS)
        for job in made:
            enqueue_on_commit(job)
    return made


def bring_all_forward(jobs: QuerySet[Job]) -> int:
    """Let those of these jobs that wait for the night run now. Return how many."""
    waiting = Job.objects.active().filter(NIGHTLY, pk__in=jobs.order_by().values("pk"))
    count = waiting.update(priority=Job.Priority.WAITED_FOR, heartbeat=Now())
    if count:
        transaction.on_commit(call_workers, robust=True)
    return count


def cancel_jobs(jobs: QuerySet[Job], *, actor: User | None) -> int:
    """Cancel those of these jobs that are active. Return how many."""
    active = Job.objects.active().filter(pk__in=jobs.order_by().values("pk"))
    return active.update(state=Job.State.CANCELLED, error=cancelled_by(actor), finished=Now(), slices=F("slices") + 1)
