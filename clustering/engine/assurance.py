"""What a sample that people checked proves about the rest.

If k of n in a sample are right, k/n of all need not be. The Clopper-Pearson bounds (Clopper and Pearson 1934,
Biometrika 26:404-413) say what it proves: with the requested assurance, the true share is at least `lower_bound` (or at
most `upper_bound` for wrong ones). They are exact for any n, and slightly conservative for draws without replacement
from a finite number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LADDER = (0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999)
"""The thresholds to try, fixed before any data is seen."""

ASSURANCE = 0.95

EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999, 1.0)
"""Edges of the bars in the chart: closer together near certainty, where thresholds lie and most groups are."""

_ROUNDING = 1e-9
"""0.99 typed by a person and 0.99 computed are the same threshold."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A proposed group that someone checked: its confidence, and whether it has exactly the right pages."""

    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Support:
    """What the checked groups at or above a threshold prove. `share` is None if there are none."""

    judged: int
    right: int
    share: float | None
    lower: float


@dataclass(frozen=True, slots=True)
class ConfidenceBar:
    """Groups with a confidence from `low` up to, not including, `high`; the last bar includes 1."""

    low: float
    high: float
    count: int
    accepted: bool


def lower_bound(right: int, judged: int, *, assurance: float = ASSURANCE) -> float:
    """Return the one-sided lower Clopper-Pearson bound of a share: 20 right of 20 prove 0.861 at 0.95. 0.0 without any.

    Raises ValueError for more right than judged, and for an assurance outside (0, 1).
    """
    _check(right, judged, assurance)
    if right == 0:
        return 0.0
    from scipy.special import betaincinv

    return float(betaincinv(right, judged - right + 1, 1 - assurance))


def upper_bound(wrong: int, judged: int) -> float:
    """Return the one-sided upper Clopper-Pearson bound: 0 wrong of 20 prove 0.139 at 0.95; 1.0 without any.

    Raises ValueError like `lower_bound`.
    """
    return 1.0 - lower_bound(judged - wrong, judged)


def _check(part: int, whole: int, assurance: float) -> None:
    if not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole} is no share.")
    if not 0 < assurance < 1:
        raise ValueError("An assurance lies between 0 and 1, such as 0.95.")


def reaches(confidence: float, threshold: float) -> bool:
    """Whether a confidence is at or above a threshold, up to rounding."""
    return confidence >= threshold - _ROUNDING


def support(judged: Sequence[Judged], threshold: float, *, assurance: float = ASSURANCE) -> Support:
    """Return what the groups at `threshold` or more prove."""
    among = [one.right for one in judged if reaches(one.confidence, threshold)]
    right = sum(among)
    share = right / len(among) if among else None
    return Support(len(among), right, share, lower_bound(right, len(among), assurance=assurance))


def guaranteed_threshold(
    judged: Sequence[Judged],
    *,
    precision: float,
    ladder: Sequence[float] = LADDER,
) -> float | None:
    """Return the lowest threshold from which on `precision` is proven; None if there is none.

    The best of many thresholds would promise too much, so each of the m thresholds has to hold with 1 - (1 - ASSURANCE)
    / m (Bonferroni). Whichever is chosen, the promise then holds with that assurance.
    """
    strict = 1 - (1 - ASSURANCE) / len(ladder)
    for threshold in sorted(ladder):
        if support(judged, threshold, assurance=strict).lower >= precision:
            return threshold
    return None


def histogram(confidences: Sequence[float], threshold: float) -> tuple[ConfidenceBar, ...]:
    """Return counts between EDGES, with the threshold as another edge, so that it cuts no bar."""
    edges = sorted({*(edge for edge in EDGES if abs(edge - threshold) > _ROUNDING), threshold})
    if threshold >= 1 - _ROUNDING:
        edges.append(1.0 + _ROUNDING)  # a threshold of 1 accepts those at exactly 1, which get a bar of their own
    # A confidence just below an edge by rounding counts as on it.
    counts, _ = np.histogram(np.minimum(np.asarray(confidences, np.float64) + _ROUNDING, 1.0), bins=edges)
    return tuple(
        ConfidenceBar(low, min(high, 1.0), int(count), low >= threshold - _ROUNDING)
        for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
    )
