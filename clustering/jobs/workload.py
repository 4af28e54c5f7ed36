"""What waits for workers, and what they are doing, for those who run the installation."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models import Count, DurationField, ExpressionWrapper, Min, Q
from django.db.models.functions import Now

from clustering.jobs import launching
from clustering.jobs.slices import DEFAULT, QUEUES, VISION
from clustering.models import Embedding, Job, PageBatch, Reading
from clustering.models.batch import lapsed
from clustering.selectors.job_list import unresponsive_jobs

_SAMPLES = "rows-written"
SAMPLE_SECONDS = 10
"""Shortest time between two samples of the rates; the sweep takes fewer."""
RATE_SECONDS = 120
"""Time over which a rate is averaged."""

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Metric:
    """One Prometheus metric: a gauge, or a counter that only grows."""

    name: str
    help: str
    values: tuple[tuple[Labels, float], ...]
    is_counter: bool = False


def metrics() -> Iterator[Metric]:
    """Yield all metrics, with a handful of small queries. Raises BROKER_AWAY if Redis doesn't answer."""
    batches: dict[str, dict[str, Any]] = {
        row["queue"]: dict(row)
        for row in PageBatch.objects.filter(job__state__in=Job.ACTIVE)
        .values("queue")
        .annotate(
            waiting=Count("pk", filter=Q(leased_until=None)),
            leased=Count("leased_until") - Count("pk", filter=lapsed()),
            lapsed=Count("pk", filter=lapsed()),
        )
    }
    states = ("waiting", "leased", "lapsed")
    yield Metric(
        "hhreview_batches",
        "Batches of pages: those that wait, that a worker is at, and whose worker ended.",
        tuple(
            ((("queue", queue), ("state", state)), batches.get(queue, {}).get(state, 0))
            for queue in QUEUES
            for state in states
        ),
    )
    yield Metric(
        "hhreview_messages",
        "Messages in Redis: slices of jobs, calls for workers to batches, and other tasks, such as mail.",
        tuple(
            ((("queue", queue), ("kind", kind)), launching.queue_length(key.format(queue)))
            for queue in QUEUES
            for kind, key in (("task", "{}"), ("slice", settings.SLICE_KEY), ("shift", settings.SHIFT_KEY))
        ),
    )
    yield Metric(
        "hhreview_jobs",
        "Jobs by kind and state: those queued and running, and those that ended within a day.",
        tuple(
            ((("kind", row["kind"]), ("state", row["state"])), row["count"])
            for row in Job.objects.filter(Q(state__in=Job.ACTIVE) | Q(finished__gte=Now() - timedelta(days=1)))
            .order_by("kind", "state")
            .values("kind", "state")
            .annotate(count=Count("pk"))
        ),
    )
    yield Metric(
        "hhreview_silent_jobs",
        "Active jobs without a sign of life: more than none for long means that no worker runs.",
        (((), unresponsive_jobs().count()),),
    )
    yield Metric("hhreview_oldest_job_seconds", "Age of the oldest job that is queued or running.", (((), _oldest()),))
    yield Metric(
        "hhreview_rows_written_total",
        "Vectors and readings ever written: their rate is the speed of the workers.",
        tuple(_written()),
        is_counter=True,
    )


def as_text() -> str:
    """Return all metrics in Prometheus' text format. Raises BROKER_AWAY if Redis doesn't answer."""
    lines = []
    for metric in metrics():
        lines += [f"# HELP {metric.name} {metric.help}"]
        lines += [f"# TYPE {metric.name} {'counter' if metric.is_counter else 'gauge'}"]
        for labels, value in metric.values:
            labeled = ",".join(f'{name}="{label}"' for name, label in labels)
            lines.append(f"{metric.name}{{{labeled}}} {value:g}" if labeled else f"{metric.name} {value:g}")
    return "\n".join(lines) + "\n"


def pages_a_second(*, now: float | None = None) -> dict[str, float]:
    """Return by queue how many vectors or readings per second were written recently; without queues not sampled.

    Every call takes a sample, which is kept for the next ones; the sweep takes one every SWEEP_SECONDS.
    """
    now = time.time() if now is None else now
    kinds = {"vector": VISION, "reading": DEFAULT}
    counts = {kinds[labels[0][1]]: value for labels, value in _written()}
    samples = [one for one in cache.get(_SAMPLES) or [] if 0 <= now - one[0] <= RATE_SECONDS]
    if not samples or now - samples[-1][0] >= SAMPLE_SECONDS:
        cache.set(_SAMPLES, [*samples, (now, counts)], RATE_SECONDS)
    if not samples or now - samples[0][0] < SAMPLE_SECONDS:
        return {}
    since, before = samples[0]
    # PostgreSQL loses its statistics after a crash; they then start at 0 again.
    return {queue: max(0.0, count - before.get(queue, 0.0)) / (now - since) for queue, count in counts.items()}


def _oldest() -> float:
    age = Job.objects.active().aggregate(age=ExpressionWrapper(Now() - Min("created"), DurationField()))["age"]
    return float(age.total_seconds()) if age else 0.0


def _written() -> Iterator[tuple[Labels, float]]:
    """Return counts from PostgreSQL's statistics: counting rows would take seconds in a large archive."""
    with connection.cursor() as cursor:
        for kind, model in (("vector", Embedding), ("reading", Reading)):
            cursor.execute("SELECT n_tup_ins FROM pg_stat_user_tables WHERE relname = %s", [model._meta.db_table])
            row = cursor.fetchone()
            yield (("kind", kind),), float(row[0] if row else 0)
