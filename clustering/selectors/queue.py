"""The queue of seams to check: which are open, and in which order checking saves the most work."""

from __future__ import annotations

from collections.abc import Collection as Sized
from dataclasses import dataclass

from django.db.models import F

from clustering.engine.queue_order import chance_wrong
from clustering.models import Answer, Collection, Group, LiveScore, Page, Run, SeamScore
from clustering.wording import percent

WORTH_A_LOOK = 5
"""Percent chance that the desk is wrong, below which checking does not pay: twenty looks for one error."""
DOUBTFUL = 20
"""A seam is doubtful if the probability of a boundary is at least this many percent, and at most 100 minus this."""


def within(probability: float, least: int) -> bool:
    """Whether both answers have a probability of at least `least` percent."""
    return least <= percent(probability) <= 100 - least


@dataclass(frozen=True, slots=True)
class OpenSeam:
    """One seam that nobody has decided."""

    left: int
    """Position of the page before it; the other is the next position."""
    probability: float
    """Probability of a boundary."""
    joined: bool
    """Whether both pages are in one group now."""

    @property
    def saved(self) -> float:
        """Expected edits that checking saves: the chance that the desk is wrong here."""
        return chance_wrong(self.probability, joined=self.joined)


def open_seams(
    collection: Collection, run: Run, *, least: int = WORTH_A_LOOK, only: Sized[int] | None = None
) -> list[OpenSeam]:
    """Return the seams that are neither answered nor between confirmed groups, those that save the most edits first.

    Probabilities include people's decisions since the run (`redecode.live`). Equal seams are in scan order. `least`
    (percent) leaves out seams that are not worth checking; `only` (positions) limits the seams. Four queries; some
    100 ms at 50,000 pages.
    """
    low = max(least - 1, 0) / 100
    scores = SeamScore.objects.filter(run=run, probability__gte=low, probability__lte=1 - low)
    live = LiveScore.objects.filter(run=run)
    if only is not None:
        scores, live = scores.filter(page__position__in=only), live.filter(page__position__in=only)
    answered = set(
        Answer.objects.filter(collection=collection, second__position=F("first__position") + 1).values_list(
            "first__position", flat=True
        )
    )
    rows = dict(scores.values_list("page__position", "probability"))
    rows |= dict(live.values_list("page__position", "probability"))
    rows = {left: probability for left, probability in rows.items() if within(probability, least)}
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
    return sorted((seam for seam in seams if percent(seam.saved) >= least), key=lambda seam: (-seam.saved, seam.left))
