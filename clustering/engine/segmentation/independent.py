"""The decoder for independent seams, in a few array operations.

Only seams are scored. The best partition therefore cuts wherever log-odds are positive, a seam's marginal is its own
probability, and a document's probability is the product over its seams. A requested number of documents ties the seams
together (`counted`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import scipy

from clustering.engine.records import Constraints
from clustering.engine.segmentation.constraints import check_constraints, hard_seams
from clustering.engine.segmentation.counted import Counted, decode_counted
from clustering.engine.segmentation.partition import Floats, Partition


@dataclass(frozen=True, slots=True)
class Independent(Partition):
    """The best partition into any number of documents."""

    _boundary: Floats = field(kw_only=True)
    """(n + 1,) log-probability that a document ends before position p; the stream's two ends are certain."""
    _joined: Floats = field(kw_only=True)
    """(n + 1,) running sum of the finite log-probabilities that the pages around a position belong together."""
    _walls: npt.NDArray[np.intp] = field(kw_only=True)
    """(n + 1,) running count of positions that must be boundaries."""

    @property
    def reward(self) -> float:
        """Log-odds added to every seam for a requested number of documents: none here."""
        return 0.0

    @property
    def confidence(self) -> Floats:
        """Probability that exactly these pages are one document, for each proposed one."""
        return self.probability_of(self.starts, self.stops)

    def probability_of(self, starts: npt.ArrayLike, stops: npt.ArrayLike) -> Floats:
        """Return the probability that the pages start … stop - 1 are exactly one document, for arrays of any
        documents."""
        first, last = np.asarray(starts, dtype=np.intp), np.asarray(stops, dtype=np.intp)
        log = self._boundary[first] + self._boundary[last] + self._joined[last - 1] - self._joined[first]
        chance = np.exp(np.minimum(log, 0.0))
        return np.asarray(np.where(self._walls[last - 1] > self._walls[first], 0.0, chance))


def decode_independent(log_odds: npt.ArrayLike, constraints: Constraints) -> Independent:
    """Decode a stream seam by seam; the constraints' count is ignored.

    Parameters and errors as for `decode_seams`.
    """
    finite, forced, forbidden = _checked(log_odds, constraints)
    boundaries = forced | (~forbidden & (finite > 0))
    ends = np.where(forced, 0.0, np.where(forbidden, -np.inf, scipy.special.log_expit(finite)))
    on = np.where(forced | forbidden, 0.0, scipy.special.log_expit(-finite))
    return Independent(
        starts=np.append(0, np.flatnonzero(boundaries) + 1).astype(np.intp),
        seams=np.where(forced, 1.0, np.where(forbidden, 0.0, scipy.special.expit(finite))),
        boundaries=boundaries,
        _boundary=np.concatenate([[0.0], ends, [0.0]]),
        _joined=np.concatenate([[0.0], np.cumsum(on), [0.0]]),
        _walls=np.concatenate([[0], np.cumsum(forced), [0]]).astype(np.intp),
    )


def _checked(
    log_odds: npt.ArrayLike, constraints: Constraints
) -> tuple[Floats, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return finite log-odds, and (n - 1,) seams that must be a boundary and that must not."""
    finite = np.asarray(log_odds, dtype=np.float64)
    if finite.ndim != 1 or not np.isfinite(finite).all():
        raise ValueError("'log_odds' must be a row of finite numbers.")
    n = len(finite) + 1
    check_constraints(n, constraints)
    return (finite, *hard_seams(n, constraints))


Decoded = Independent | Counted
"""The result of either decoder: both have starts, groups, seams, boundaries, confidence, and reward."""


def decode_seams(log_odds: npt.ArrayLike, constraints: Constraints) -> Decoded:
    """Find the most probable documents of a stream under all constraints, including a number of documents.

    Parameters
    ----------
    log_odds : (n - 1,)
        Natural log-odds that a document ends at each seam of n pages; finite.
    constraints : Constraints
        People's decisions. Every fixed group must be a run of pages (use `cut_out`).

    Returns
    -------
    Independent or Counted
        Counted if the constraints have a count: all probabilities are then given that number.

    Raises
    ------
    ContradictoryConstraints
        If decisions contradict each other, or make the count impossible.
    ValueError
        For log-odds that aren't a row of finite numbers, and for pages and seams that don't exist.
    """
    if constraints.count is None:
        return decode_independent(log_odds, constraints)
    return decode_counted(*_checked(log_odds, constraints), constraints.count)
