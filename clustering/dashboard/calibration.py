"""Runs judged by what people confirmed after them.

A run is judged only by groups that no person had touched when it was computed: it was told of the others, so agreeing
with them is no merit. A seam is judged if such a group, now confirmed, lies on either side of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef

from clustering.engine.metrics.calibration import BINS, Reliability
from clustering.models import Edit, Group, Page, Run, RunGroup, RunMembership, SeamScore

RUNS_SHOWN = 6

_JUDGED = f"""
WITH touched AS (
    SELECT g AS group_id, min(created) AS first
    FROM "{Edit._meta.db_table}", unnest(groups) AS g
    WHERE collection_id = %(collection)s AND verb <> 'publish'
    GROUP BY g
), judged AS MATERIALIZED (
    SELECT r.id AS run_id, g.id AS group_id, g.page_count
    FROM "{Run._meta.db_table}" r
    JOIN "{Group._meta.db_table}" g ON g.collection_id = r.collection_id AND g.state = 'confirmed'
    LEFT JOIN touched t ON t.group_id = g.id
    WHERE r.id = ANY(%(runs)s) AND coalesce(t.first, g.confirmed_at) > r.created
)"""

_NEIGHBORS = f""", stream AS (
    SELECT id, group_id, lead(id) OVER w AS next, lead(group_id) OVER w AS next_group
    FROM "{Page._meta.db_table}" WHERE collection_id = %(collection)s
    WINDOW w AS (ORDER BY position)
), known AS (
    SELECT r.id AS run_id, s.id, s.next, s.group_id IS DISTINCT FROM s.next_group AS apart
    FROM "{Run._meta.db_table}" r CROSS JOIN stream s
    LEFT JOIN judged a ON a.run_id = r.id AND a.group_id = s.group_id
    LEFT JOIN judged b ON b.run_id = r.id AND b.group_id = s.next_group
    WHERE r.id = ANY(%(runs)s) AND s.next IS NOT NULL AND (a.run_id IS NOT NULL OR b.run_id IS NOT NULL)
)"""

_SEAMS_KEPT = f"""{_JUDGED}{_NEIGHBORS}, cuts AS MATERIALIZED (
    SELECT m.run_id, m.page_id, m.group_index <> lead(m.group_index) OVER w AS apart
    FROM "{RunMembership._meta.db_table}" m JOIN "{Page._meta.db_table}" p ON p.id = m.page_id
    WHERE m.run_id = ANY(%(runs)s)
    WINDOW w AS (PARTITION BY m.run_id ORDER BY p.position)
)
SELECT run_id, count(*), count(*) FILTER (WHERE c.apart = k.apart)
FROM known k JOIN cuts c USING (run_id) WHERE c.page_id = k.id AND c.apart IS NOT NULL
GROUP BY run_id
"""

_OVERLAPS = f"""{_JUDGED}, sizes AS (
    SELECT run_id, group_index, count(*) AS size
    FROM "{RunMembership._meta.db_table}" WHERE run_id = ANY(%(runs)s) GROUP BY run_id, group_index
), meetings AS (
    SELECT j.run_id, j.group_id, m.group_index, count(*) = j.page_count AND count(*) = s.size AS same
    FROM judged j
    JOIN "{Page._meta.db_table}" p ON p.group_id = j.group_id
    JOIN "{RunMembership._meta.db_table}" m ON m.run_id = j.run_id AND m.page_id = p.id
    JOIN sizes s ON s.run_id = j.run_id AND s.group_index = m.group_index
    GROUP BY j.run_id, j.group_id, j.page_count, m.group_index, s.size
)"""

_GROUPS_KEPT = f"""{_OVERLAPS}
SELECT run_id, count(DISTINCT group_id), count(*) FILTER (WHERE same) FROM meetings GROUP BY run_id
"""

_SEAM_BINS = f"""{_JUDGED}{_NEIGHBORS}
SELECT least(floor(s.probability * %(bins)s), %(bins)s - 1)::int AS bin, count(*), avg(s.probability),
    avg(k.apart::int)
FROM known k JOIN "{SeamScore._meta.db_table}" s ON s.run_id = k.run_id AND s.page_id = k.id
GROUP BY bin ORDER BY bin
"""

_GROUP_BINS = f"""{_OVERLAPS}, decided AS (
    SELECT run_id, group_index, bool_or(same) AS same FROM meetings GROUP BY run_id, group_index
)
SELECT least(floor(g.probability * %(bins)s), %(bins)s - 1)::int AS bin, count(*), avg(g.probability),
    avg(d.same::int)
FROM decided d JOIN "{RunGroup._meta.db_table}" g ON g.run_id = d.run_id AND g.index = d.group_index
WHERE g.probability IS NOT NULL
GROUP BY bin ORDER BY bin
"""


@dataclass(frozen=True, slots=True)
class KeptShare:
    """How much of one run people kept, counting only what is confirmed."""

    run: int
    method: str
    on_desk: bool
    seams: int = 0
    seams_kept: int = 0
    groups: int = 0
    groups_kept: int = 0


def agreements(collection: int) -> list[KeptShare]:
    """Return the newest runs, newest first. Three queries, whatever their number."""
    runs = list(
        Run.objects.filter(collection=collection, state=Run.State.READY).order_by("-created", "-pk")[:RUNS_SHOWN]
    )
    if not runs:
        return []
    ids = [run.pk for run in runs]
    seams = {run: (n, kept) for run, n, kept in _ask(_SEAMS_KEPT, collection, ids)}
    groups = {run: (n, kept) for run, n, kept in _ask(_GROUPS_KEPT, collection, ids)}
    return [
        KeptShare(
            run.pk, run.method, run.published is not None, *seams.get(run.pk, (0, 0)), *groups.get(run.pk, (0, 0))
        )
        for run in runs
    ]


@dataclass(frozen=True, slots=True)
class Believed:
    """Probabilities of one run compared with outcomes, without empty bins."""

    run: int
    seams: tuple[Reliability, ...]
    groups: tuple[Reliability, ...]


def believed(collection: int) -> Believed | None:
    """Of the run put on the desk last, else of the newest; None without a run that gives probabilities.

    A run's group is judged if a judged group shares a page with it; it is right if both have exactly the same pages.
    """
    sure = RunGroup.objects.filter(run=OuterRef("pk"), probability__isnull=False)
    runs = Run.objects.filter(Exists(sure), collection=collection, state=Run.State.READY)
    newest = runs.order_by("published", "created").reverse()
    run = newest.filter(published__isnull=False).first() or newest.first()
    if run is None:
        return None
    return Believed(
        run.pk, _bins(_ask(_SEAM_BINS, collection, [run.pk])), _bins(_ask(_GROUP_BINS, collection, [run.pk]))
    )


def _bins(rows: Sequence[tuple[Any, ...]]) -> tuple[Reliability, ...]:
    return tuple(
        Reliability(bin_index / BINS, (bin_index + 1) / BINS, count, float(predicted), float(observed))
        for bin_index, count, predicted, observed in rows
    )


def _ask(query: str, collection: int, runs: list[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"collection": collection, "runs": runs, "bins": BINS})
        return list(cursor.fetchall())
