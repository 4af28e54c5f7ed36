"""The decoder for a known number of documents: seams are independent except for their sum.

Given that exactly k seams are boundaries, the best partition cuts at the k with the largest log-odds. The probabilities
given k follow from the distribution of the number of boundaries among the seams before and after a place (the Poisson
binomial distribution; Wang 1993, Statistica Sinica 3:295-312), which is summed seam by seam. All terms are positive, so
nothing cancels. First, a reward per document moves the mean to k: this changes no probability given k, and keeps the
relevant numbers in a narrow window around the mean.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import scipy

from clustering.engine.segmentation.partition import Floats, Partition

SPREAD = 7
"""Half the width of the window of numbers, in standard deviations: less than 1e-10 lies outside."""
MARGIN = 16
"""Numbers added to it, for streams whose number of documents hardly varies."""
CLEAR = 0.25
"""Distance of the mean from 0 and from all seams, which no finite reward reaches."""


@dataclass(frozen=True, slots=True)
class Counted(Partition):
    """The best partition into a given number of documents. All probabilities are given that number."""

    confidence: Floats = field(kw_only=True)
    """Probability that exactly these pages are one document, for each proposed one."""
    reward: float = field(kw_only=True)
    """Log-odds that the requested number adds to every seam."""


def decode_counted(
    log_odds: Floats, forced: npt.NDArray[np.bool_], forbidden: npt.NDArray[np.bool_], count: int
) -> Counted:
    """Partition n pages into exactly `count` documents. Time and memory are O(n * sqrt(n)).

    Parameters
    ----------
    log_odds : (n - 1,)
        Natural log-odds of a boundary at each seam; finite.
    forced, forbidden : (n - 1,)
        Seams that must be a boundary, and that must not; never both.
    count : int
        A number that these allow.
    """
    n = len(log_odds) + 1
    free = np.flatnonzero(~forced & ~forbidden)
    wanted = count - 1 - int(forced.sum())
    boundaries = forced.copy()
    boundaries[free[np.argsort(-log_odds[free], kind="stable")[:wanted]]] = True
    starts = np.append(0, np.flatnonzero(boundaries) + 1).astype(np.intp)
    reward = _reward(log_odds[free], wanted)
    tilted = log_odds + reward
    # Both ends of the stream are boundaries too, so that every document lies between two.
    cut = np.concatenate([[1.0], np.where(forced, 1.0, np.where(forbidden, 0.0, scipy.special.expit(tilted))), [1.0]])
    on = np.concatenate([[0.0], np.where(forced, 0.0, np.where(forbidden, 1.0, scipy.special.expit(-tilted))), [0.0]])
    seams, confidence = _Sums(cut, on, count + 1).conditioned(np.append(starts, n))
    return Counted(starts, seams[1:-1], boundaries, confidence=confidence, reward=reward)


def _reward(log_odds: Floats, wanted: int) -> float:
    """Return what to add to all log-odds for `wanted` boundaries on average."""
    size = len(log_odds)
    if not size:
        return 0.0
    mean = float(np.clip(wanted, CLEAR, size - CLEAR))
    even = float(scipy.special.logit(mean / size))
    low, high = even - float(log_odds.max()), even - float(log_odds.min())
    return float(
        scipy.optimize.brentq(lambda reward: scipy.special.expit(log_odds + reward).sum() - mean, low - 1, high + 1)
    )


class _Sums:
    """Distributions of the number of boundaries before and after each of m places, given `total` in all.

    Rows hold the numbers low[r] … low[r] + width - 1 of boundaries among the places before r.
    """

    def __init__(self, cut: Floats, on: Floats, total: int) -> None:
        """`cut` (m,) is the probability of a boundary at each place, `on` (m,) that of none."""
        self.cut, self.on = cut, on
        reach = int(np.ceil(SPREAD * np.sqrt((cut * on).sum()))) + MARGIN
        self.width = min(2 * reach, len(cut)) + 1
        middle = np.concatenate([[0.0], np.cumsum(cut)])
        steps = np.diff(np.clip(np.floor(middle) - reach, 0, None)).clip(0, 1).astype(int)
        self.steps: list[int] = steps.tolist() if self.width > 2 * reach else [0] * len(cut)
        self.last = total - sum(self.steps)

    def conditioned(self, edges: npt.NDArray[np.intp]) -> tuple[Floats, Floats]:
        """Return the probability of each place, and of no boundary between neighboring `edges`, given the total."""
        after = self._after()
        places, documents = np.zeros(len(self.cut)), np.zeros(len(edges) - 1)
        before = np.zeros(self.width)
        before[0] = 1.0
        whole = float(before @ after[0])
        opened, number, edge_places = before, -1, set(edges.tolist())
        for index, step in enumerate(self.steps):
            cut, on = self.cut[index], self.on[index]
            # One boundary more before the next place; its row begins `step` later.
            ended = _moved(before, step - 1) * cut
            places[index] = ended @ after[index + 1]
            if index in edge_places:
                if number >= 0:
                    documents[number] = _moved(opened, step - 1) @ after[index + 1] * cut
                opened, number = ended, number + 1
            else:
                opened = _moved(opened, step) * on
            before = ended + _moved(before, step) * on
        return places / whole, documents / whole

    def _after(self) -> Floats:
        """Return (m + 1, width) the probability that all places from r on complete the total, by the number before."""
        rows = np.zeros((len(self.cut) + 1, self.width))
        if 0 <= self.last < self.width:
            rows[-1, self.last] = 1.0
        for index in range(len(self.cut) - 1, -1, -1):
            step, later = self.steps[index], rows[index + 1]
            rows[index] = self.on[index] * _moved(later, -step) + self.cut[index] * _moved(later, 1 - step)
        return rows


def _moved(row: Floats, places: int) -> Floats:
    """Return the row with the values at `places` moved to 0, and 0 where there were none."""
    if not places:
        return row
    out = np.zeros_like(row)
    if places > 0:
        out[:-places] = row[places:]
    else:
        out[-places:] = row[:places]
    return out
