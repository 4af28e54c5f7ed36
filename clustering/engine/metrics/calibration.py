"""Whether stated probabilities are reliable, and how much can be accepted without checking because of them.

`probabilities` are 0 … 1, shape (m,); `happened` is bool, shape (m,): whether it was a boundary, or the group was
exactly right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

BINS = 10


def _pair(probabilities: npt.ArrayLike, happened: npt.ArrayLike) -> tuple[Floats, Bools]:
    p, y = np.asarray(probabilities, dtype=np.float64), np.asarray(happened, dtype=bool)
    if p.ndim != 1 or p.shape != y.shape or not len(p):
        raise ValueError("Probabilities and outcomes must be two rows of the same length, at least 1.")
    if not np.all((p >= 0) & (p <= 1)):
        raise ValueError("Probabilities must lie between 0 and 1.")
    return p, y


def brier(probabilities: npt.ArrayLike, happened: npt.ArrayLike) -> float:
    """Return the mean squared difference of probability and outcome (Brier 1950)."""
    p, y = _pair(probabilities, happened)
    return float(np.mean((p - y) ** 2))


@dataclass(frozen=True, slots=True)
class Reliability:
    """One bin of a reliability curve."""

    low: float
    high: float
    count: int
    predicted: float
    """Mean probability in the bin."""
    observed: float
    """Share that happened."""


def reliability(probabilities: npt.ArrayLike, happened: npt.ArrayLike) -> list[Reliability]:
    """Return the non-empty bins of equal width; a probability on an edge belongs to the upper bin, 1.0 to the last."""
    p, y = _pair(probabilities, happened)
    bin_of = np.minimum((p * BINS).astype(np.intp), BINS - 1)
    return [
        Reliability(
            b / BINS,
            (b + 1) / BINS,
            int((bin_of == b).sum()),
            float(p[bin_of == b].mean()),
            float(y[bin_of == b].mean()),
        )
        for b in np.unique(bin_of).tolist()
    ]


def expected_calibration_error(probabilities: npt.ArrayLike, happened: npt.ArrayLike) -> float:
    """Return the mean distance of predicted and observed over the bins, weighted by their size (Naeini et al. 2015)."""
    curve = reliability(probabilities, happened)
    total = sum(point.count for point in curve)
    return sum(point.count * abs(point.predicted - point.observed) for point in curve) / total


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """Errors among the most certain, for every share that could be accepted; arrays of shape (k,).

    Equal probabilities are accepted together.
    """

    coverage: Floats
    """Share accepted, rising to 1."""
    risk: Floats
    """Share of those that are wrong."""
    threshold: Floats
    """Least probability accepted, falling."""
    accepted: npt.NDArray[np.intp]
    """Number accepted."""

    @property
    def area(self) -> float:
        """Return AURC: mean risk over the number accepted, 1 … m, ties spread evenly; 0 is perfect."""
        steps = np.diff(np.concatenate([[0], self.accepted]))
        wrong = np.concatenate([[0.0], self.risk * self.accepted])
        total = 0.0
        for index, step in enumerate(steps.tolist()):
            done = self.accepted[index] - step
            taken = np.arange(1, step + 1)
            total += float(((wrong[index] + (wrong[index + 1] - wrong[index]) * taken / step) / (done + taken)).sum())
        return total / int(self.accepted[-1])


def risk_coverage(probabilities: npt.ArrayLike, right: npt.ArrayLike) -> RiskCoverage:
    """Return the errors for each share that could be accepted, the most certain first."""
    p, y = _pair(probabilities, right)
    order = np.argsort(-p, kind="stable")
    p, wrong = p[order], np.cumsum(~y[order])
    last = np.flatnonzero(np.append(p[1:] != p[:-1], True))
    accepted = last + 1
    return RiskCoverage(accepted / len(p), wrong[last] / accepted, p[last], accepted)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """How many can be accepted without checking."""

    share: float
    count: int
    wrong: int
    threshold: float | None
    """Least probability to accept; None if nothing may be accepted."""


def acceptance(probabilities: npt.ArrayLike, right: npt.ArrayLike, *, precision: float = 0.99) -> Acceptance:
    """Return the largest number of the most certain of which at least `precision` are right, as observed."""
    curve = risk_coverage(probabilities, right)
    wrong = np.rint(curve.risk * curve.accepted).astype(np.intp)
    reached = 1 - wrong / curve.accepted
    enough = np.flatnonzero(reached >= precision - 1e-12)
    if not len(enough):
        return Acceptance(0.0, 0, 0, None)
    best = int(enough[-1])
    return Acceptance(
        float(curve.coverage[best]), int(curve.accepted[best]), int(wrong[best]), float(curve.threshold[best])
    )
