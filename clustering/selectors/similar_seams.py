"""Seams similar to one just answered: with the same evidence, and the same current state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from clustering.models import Answer, Collection, Run, SeamScore
from clustering.selectors.queue import OpenSeam, open_seams

ALIKE = 0.35
"""Share of the evidence that may differ for a seam to be offered: the same two or three strong facts, others
optional."""
VERY_ALIKE = 0.15
"""Up to this share, the strength of facts differs, rarely which facts there are."""
MOST = 12
"""Most pairs that are compared one by one."""
SLACK = 3.0
"""Log-odds by which the total evidence may differ: seams further apart can't be similar, and aren't read."""
MOST_READ = 3000


@dataclass(frozen=True, slots=True)
class Look:
    """An open seam with the share of its evidence that differs from the answered one: 0 none, 1 everything."""

    seam: OpenSeam
    distance: float


def seams_alike(collection: Collection, run: Run, left: int, verdict: str) -> list[Look]:
    """Return open seams that the same answer would change and whose evidence is similar to that after position `left`.

    At most MOST seams, the most similar first. Contributions of facts in log-odds are compared: the sum of their
    differences divided by the sum of their sizes (Bray and Curtis). Empty if the run stored no evidence. Some 100 ms at
    50,000 pages.
    """
    mine = SeamScore.objects.filter(run=run, page__position=left).first()
    if mine is None or not mine.evidence:
        return []
    facts, whole = _facts(mine), sum(_facts(mine).values())
    joined = verdict == Answer.Verdict.DIFFERENT
    near = SeamScore.objects.filter(run=run, boundary=mine.boundary).exclude(page__position=left)
    if mine.log_odds is not None:
        near = near.filter(log_odds__gte=mine.log_odds - SLACK, log_odds__lte=mine.log_odds + SLACK)
    alike = {}
    for score in near.select_related("page").only("evidence", "page__position", "run")[:MOST_READ]:
        other = _facts(score)
        if abs(sum(other.values()) - whole) <= SLACK and (distance := differing(facts, other)) <= ALIKE:
            alike[score.page.position] = distance
    seams = [seam for seam in open_seams(collection, run, least=0, only=alike) if seam.joined == joined]
    looks = sorted((Look(seam, alike[seam.left]) for seam in seams), key=lambda look: (look.distance, look.seam.left))
    return [replace(look, distance=round(look.distance, 3)) for look in looks[:MOST]]


def differing(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return the share of the evidence of two seams that differs, 0 … 1."""
    size = sum(map(abs, one.values())) + sum(map(abs, other.values()))
    gap = sum(abs(one.get(name, 0.0) - other.get(name, 0.0)) for name in one.keys() | other.keys())
    return gap / size if size else 0.0


def _facts(score: SeamScore) -> dict[str, float]:
    return {str(fact.get("name")): float(fact.get("contribution") or 0.0) for fact in score.evidence}
