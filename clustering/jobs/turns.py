"""Whose slice is next. A message calls a worker to the slice of one job; the tables decide whether another has a right
to be first, as for batches of pages: people alternate, and jobs for the night come last.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError
from django.db.models import Case, Exists, F, Max, Min, OuterRef, Value, When
from django.db.models.functions import Now

from clustering.jobs.endings import let_go_of_connection
from clustering.jobs.launching import BROKER_AWAY, send_slice
from clustering.jobs.slices import Next
from clustering.jobs.stages import queue_of
from clustering.models import Job, PageBatch
from clustering.models.job import JobQuerySet
from clustering.selectors.job_list import NIGHTLY

LOOKED_BACK = timedelta(hours=1)
MOST_LOOKED_AT = 50
"""Jobs of one person, the first in line, among which one for this queue is looked for."""

ASSUMED = 300
"""Units of work, such as files, assumed of a job that has not begun: longer ones let it begin, shorter ones go on."""


def next_turn(job_id: int, number: int) -> tuple[int, int]:
    """Return the job and slice that a worker should run, called to this one. If it is another, this one is sent again.

    Without it, whoever starts 200 imports would make everyone else wait for 200 slices before each of theirs.
    """
    try:
        return _next_turn(job_id, number)
    except (OperationalError, InterfaceError):
        let_go_of_connection()  # the slice meets the same, and the job waits
        return job_id, number


def _next_turn(job_id: int, number: int) -> tuple[int, int]:
    waiting = _waiting()
    own = waiting.filter(pk=job_id, slices=number).first()
    if own is None:
        return job_id, number  # void, or tried again after an error
    queue = queue_of(own)
    for line in _lines(waiting):
        for job in waiting.filter(**line).order_by(_left(), "pk")[:MOST_LOOKED_AT]:
            if job.pk == own.pk:
                return job_id, number
            if queue_of(job) == queue:
                with suppress(*BROKER_AWAY):  # the sweep finds it by its silence
                    send_slice(own.pk, Next(number, queue))
                return job.pk, job.slices
    return job_id, number


def _left() -> Case:
    """Return what is left of a job, to order by: of those of one person, the shortest is done first."""
    return Case(When(claimed=None, then=Value(ASSUMED)), default=F("total") - F("done"))


def _waiting() -> JobQuerySet:
    """Return jobs whose current slice waits for a worker: not with the workers page by page, nor after an error."""
    batches = PageBatch.objects.filter(job=OuterRef("pk"))
    return Job.objects.active().filter(~Exists(batches), error="").exclude(claimed=F("slices"))


def _lines(waiting: JobQuerySet) -> list[dict[str, Any]]:
    """Return the people whose jobs wait, as filters: those a worker has served most recently come last."""
    lately = Job.objects.exclude(claimed=None).exclude(NIGHTLY).filter(heartbeat__gt=Now() - LOOKED_BACK)
    served = dict(lately.order_by().values_list("actor").annotate(Max("heartbeat")))

    def rank(line: tuple[int, int | None, datetime]) -> tuple[int, bool, datetime]:
        priority, actor, since = line
        return priority, actor in served, served.get(actor, since)

    lines = waiting.order_by().values_list("priority", "actor").annotate(Min("heartbeat"))
    return [{"priority": priority, "actor": actor} for priority, actor, _ in sorted(lines, key=rank)]
