"""What can be promised about things that nobody looks at, from those that somebody did look at.

A sample of n of which k are right does not show that k/n of all are right; the Clopper-Pearson bounds (Clopper and
Pearson 1934, Biometrika 26:404-413) say what it does show: with the assurance asked for, the true share is not below
`lower_bound` (not above `upper_bound` for wrong ones). They are exact for any n, and a little too careful for a draw
without replacement from a finite number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LADDER = (0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999)
"""The thresholds that are tried, decided before anything is looked at."""

ASSURANCE = 0.95

EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999, 1.0)
"""Of the picture: finer toward certainty, where thresholds lie and most groups are."""

_ROUNDING = 1e-9
"""0.99 typed by a person and 0.99 computed by a machine are the same threshold."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A machine's group that somebody looked at: how sure it was, and whether its pages were kept exactly."""

    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Support:
    """What the judged groups at or above a threshold show. `share` is None where there are none."""

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
    """One-sided lower Clopper-Pearson bound of a share: 20 right of 20 show 0.861 at 0.95. 0.0 without any.

    Raises ValueError for more right than judged, and for an assurance outside (0, 1).
    """
    _check(right, judged, assurance)
    if right == 0:
        return 0.0
    from scipy.special import betaincinv

    return float(betaincinv(right, judged - right + 1, 1 - assurance))


def upper_bound(wrong: int, judged: int) -> float:
    """One-sided upper Clopper-Pearson bound: 0 wrong of 20 show 0.139 at 0.95. 1.0 without any. Raises ValueError."""
    return 1.0 - lower_bound(judged - wrong, judged)


def _check(part: int, whole: int, assurance: float) -> None:
    if not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole} is no share.")
    if not 0 < assurance < 1:
        raise ValueError("An assurance lies between 0 and 1, such as 0.95.")


def reaches(confidence: float, threshold: float) -> bool:
    """Whether a confidence is at or above a threshold, rounding forgiven."""
    return confidence >= threshold - _ROUNDING


def support(judged: Sequence[Judged], threshold: float, *, assurance: float = ASSURANCE) -> Support:
    """Return what was found of the groups at `threshold` or more."""
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
    """Return the lowest threshold of the ladder from which on `precision` is shown; None where the evidence shows none.

    Looking at many thresholds and taking the best would promise too much, so each of the m thresholds is held to
    1 - (1 - ASSURANCE) / m (Bonferroni): whichever is taken, the promise holds with that assurance.
    """
    strict = 1 - (1 - ASSURANCE) / len(ladder)
    for threshold in sorted(ladder):
        if support(judged, threshold, assurance=strict).lower >= precision:
            return threshold
    return None


def histogram(confidences: Sequence[float], threshold: float) -> tuple[ConfidenceBar, ...]:
    """Return counts between EDGES, with the threshold as an edge of its own, so that no bar is cut by it."""
    edges = sorted({*(edge for edge in EDGES if abs(edge - threshold) > _ROUNDING), threshold})
    if threshold >= 1 - _ROUNDING:
        edges.append(1.0 + _ROUNDING)  # the threshold of 1 lets those through that are at 1, in a bar of their own
    # What is a hair below an edge by rounding counts as on it.
    counts, _ = np.histogram(np.minimum(np.asarray(confidences, np.float64) + _ROUNDING, 1.0), bins=edges)
    return tuple(
        ConfidenceBar(low, min(high, 1.0), int(count), low >= threshold - _ROUNDING)
        for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
    )
