"""Previews of confirming in bulk at a threshold, with evidence from the collection and from spot checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Q, Sum

from clustering.actions.accept import ACCEPT, LOWEST
from clustering.engine import assurance
from clustering.engine.assurance import Judged, Support
from clustering.models import AuditSample, Collection, Edit, Group, Page, Run, RunGroup, RunMembership

# Groups that a person looked at, each beside the newest run on the desk that was computed before anybody touched it.
# What was accepted unseen is left out with all its pages: people come back to such groups where they are wrong, so
# that only the audit, which draws at random, may speak of them.
_LOOKED_AT = f"""
WITH touched AS (
    SELECT g AS group_id, min(created) AS first FROM "{Edit._meta.db_table}", unnest(groups) AS g
    WHERE collection_id = %(collection)s AND verb <> 'publish' GROUP BY g
), unseen AS (
    SELECT DISTINCT page::bigint AS page_id FROM "{Edit._meta.db_table}" e, jsonb_array_elements(e.after) AS entry,
        jsonb_array_elements_text(entry -> 'pages') AS page
    WHERE e.collection_id = %(collection)s AND e.verb = 'accept' AND NOT e.undone
), judged AS MATERIALIZED (
    SELECT g.id AS group_id, g.page_count, r.id AS run_id
    FROM "{Group._meta.db_table}" g LEFT JOIN touched t ON t.group_id = g.id
    CROSS JOIN LATERAL (
        SELECT id FROM "{Run._meta.db_table}"
        WHERE collection_id = %(collection)s AND published IS NOT NULL AND created < coalesce(t.first, g.confirmed_at)
        ORDER BY published DESC LIMIT 1
    ) r
    WHERE g.collection_id = %(collection)s AND g.state = 'confirmed'
), shares AS (
    SELECT j.run_id, m.group_index, count(*) = j.page_count AS all_of_it, count(*) AS shared
    FROM judged j JOIN "{Page._meta.db_table}" p ON p.group_id = j.group_id
    JOIN "{RunMembership._meta.db_table}" m ON m.run_id = j.run_id AND m.page_id = p.id
    GROUP BY j.run_id, j.group_id, j.page_count, m.group_index
), sizes AS (
    SELECT m.run_id, m.group_index, count(*) AS size, bool_or(u.page_id IS NOT NULL) AS unseen
    FROM "{RunMembership._meta.db_table}" m LEFT JOIN unseen u ON u.page_id = m.page_id
    WHERE m.run_id IN (SELECT run_id FROM judged) GROUP BY m.run_id, m.group_index
)
SELECT g.probability, bool_or(o.all_of_it AND o.shared = s.size)
FROM shares o
JOIN sizes s ON s.run_id = o.run_id AND s.group_index = o.group_index AND NOT s.unseen
JOIN "{RunGroup._meta.db_table}" g ON g.run_id = o.run_id AND g.index = o.group_index AND g.probability IS NOT NULL
GROUP BY o.run_id, o.group_index, g.probability
"""


def judged_groups(collection: Collection) -> list[Judged]:
    """Return the machine's groups that people looked at: confirmed one by one (right if exactly these pages are one
    document now) or checked in an audit. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOKED_AT, {"collection": collection.pk})
        judged = [Judged(float(confidence), bool(right)) for confidence, right in cursor.fetchall()]
    audited = AuditSample.objects.filter(collection=collection).exclude(verdict="")
    rows = audited.values_list("confidence", "verdict")
    return judged + [Judged(confidence, verdict == AuditSample.Verdict.RIGHT) for confidence, verdict in rows]


@dataclass(frozen=True, slots=True)
class Undecided:
    """The groups that no person decided about: (confidence, pages) of those that may be accepted, and the others."""

    groups: tuple[tuple[float, int], ...]
    flagged: int
    changed: int
    unrated: int
    confirmed: int


def waiting(collection: Collection) -> Undecided:
    """All groups of a collection, sorted out for a bulk accept. Two queries."""
    groups = Group.objects.filter(collection=collection)
    proposed = Q(state=Group.State.PROPOSED)
    free = groups.filter(proposed, flagged=False, confidence__isnull=False)
    others = groups.aggregate(
        n_flagged=Count("pk", filter=proposed & Q(flagged=True)),
        n_changed=Count("pk", filter=Q(state=Group.State.CHANGED)),
        n_unrated=Count("pk", filter=proposed & Q(flagged=False, confidence__isnull=True)),
        n_confirmed=Count("pk", filter=Q(state=Group.State.CONFIRMED)),
    )
    counts = {name.removeprefix("n_"): count for name, count in others.items()}
    rows = free.order_by().values_list("confidence", "page_count")
    return Undecided(tuple((confidence, pages) for confidence, pages in rows if confidence is not None), **counts)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a threshold would confirm, the errors to expect, and accuracy so far at that confidence."""

    threshold: float
    groups: int
    pages: int
    expected_wrong: float
    """Sum of 1 - confidence over the groups: right if the machine's confidences are."""
    support: Support

    @property
    def experienced_wrong(self) -> float | None:
        """Number of errors if these groups are like those that people checked; None if there are none."""
        return None if self.support.share is None else self.groups * (1 - self.support.share)

    @property
    def feared_wrong(self) -> float:
        """The larger of the errors expected by confidence and by experience, which is the number shown."""
        return max(self.expected_wrong, self.experienced_wrong or 0.0)


def outlook(queue: Undecided, judged: Sequence[Judged], threshold: float) -> Outlook:
    """Compute previews from what `waiting` and `judged_groups` returned. No queries."""
    among = [(c, pages) for c, pages in queue.groups if assurance.reaches(c, threshold)]
    return Outlook(
        threshold=threshold,
        groups=len(among),
        pages=sum(pages for _, pages in among),
        expected_wrong=sum(1 - confidence for confidence, _ in among),
        support=assurance.support(judged, threshold),
    )


def outlooks(queue: Undecided, judged: Sequence[Judged], threshold: float) -> list[Outlook]:
    """For every threshold of the ladder that may be chosen, and the chosen one, highest first."""
    ladder = {step for step in assurance.LADDER if step >= LOWEST and abs(step - threshold) > 1e-9} | {threshold}
    return [outlook(queue, judged, step) for step in sorted(ladder, reverse=True)]


@dataclass(frozen=True, slots=True)
class Escapes:
    """Wrong groups that got through: of all accepted unseen, `sampled` were drawn and `checked` looked at."""

    accepted: int
    sampled: int
    checked: int
    wrong: int

    @property
    def share(self) -> float | None:
        """Share of wrong groups among those checked; None before one is."""
        return self.wrong / self.checked if self.checked else None

    @property
    def upper(self) -> float:
        """With 95 % assurance no larger share of the accepted groups is wrong (Clopper-Pearson)."""
        return assurance.upper_bound(self.wrong, self.checked)


def escape_rate(collection: Collection) -> Escapes:
    """Return the error rate over all bulk confirmations that weren't undone. Two queries.

    Exact where each act was sampled at the same rate; else acts that were sampled more densely weigh more.
    """
    acts = Edit.objects.filter(collection=collection, verb=ACCEPT, undone=False)
    samples = AuditSample.objects.filter(collection=collection, edit__undone=False).aggregate(
        sampled=Count("pk"),
        checked=Count("pk", filter=~Q(verdict="")),
        wrong=Count("pk", filter=Q(verdict=AuditSample.Verdict.WRONG)),
    )
    return Escapes(accepted=acts.aggregate(n=Sum("groups__len"))["n"] or 0, **samples)
