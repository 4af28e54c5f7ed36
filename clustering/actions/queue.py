"""The queue of seams: what is open, and in which order looking saves most."""

from __future__ import annotations

from collections.abc import Collection as Sized
from dataclasses import dataclass

from django.db.models import F

from clustering.models import Answer, Collection, Group, LiveScore, Page, Run, SeamScore

WORTH_A_LOOK = 0.05
"""Expected edits saved below which a seam is not shown: twenty looks for one error."""


@dataclass(frozen=True, slots=True)
class OpenSeam:
    """One seam that nobody has decided."""

    left: int
    """Position of the page before it; the other is the next position."""
    probability: float
    """What the machine says for a boundary."""
    joined: bool
    """Whether the desk has both pages in one group."""

    @property
    def saved(self) -> float:
        """Expected edits that looking saves: the chance that the desk is wrong here."""
        return self.probability if self.joined else 1.0 - self.probability


def open_seams(
    collection: Collection, run: Run, *, least: float = WORTH_A_LOOK, only: Sized[int] | None = None
) -> list[OpenSeam]:
    """Seams that are neither answered nor between confirmed groups, most expected edits saved first.

    Probabilities are those that people's decisions since the run leave (`live`). Equal ones stand in scan order.
    `least` leaves out what is not worth a look, `only` (positions) all others. Four queries; some 100 ms at 50,000
    pages.
    """
    scores = SeamScore.objects.filter(run=run, probability__gte=least, probability__lte=1 - least)
    live = LiveScore.objects.filter(run=run)
    if only is not None:
        scores, live = scores.filter(page__position__in=only), live.filter(page__position__in=only)
    answered = set(
        Answer.objects.filter(collection=collection, second__position=F("first__position") + 1).values_list(
            "first__position", flat=True
        )
    )
    rows = dict(scores.values_list("page__position", "probability"))
    for left, probability in live.values_list("page__position", "probability"):
        rows.pop(left, None)
        if least <= probability <= 1 - least:
            rows[left] = probability
    pages = Page.objects.filter(collection=collection, group__isnull=False)
    if len(rows) < 10_000:
        pages = pages.filter(position__in={at for left in rows for at in (left, left + 1)})
    places = {
        position: (group, state) for position, group, state in pages.values_list("position", "group_id", "group__state")
    }
    seams = []
    for left, probability in rows.items():
        one, other = places.get(left), places.get(left + 1)
        if one is None or other is None or left in answered:
            continue
        if one[1] == other[1] == Group.State.CONFIRMED:
            continue
        seams.append(OpenSeam(left, probability, one[0] == other[0]))
    return sorted((seam for seam in seams if seam.saved >= least), key=lambda seam: (-seam.saved, seam.left))
