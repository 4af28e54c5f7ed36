"""The best partition with exactly K documents, exact and without a table over K.

A reward per document (a Lagrange multiplier) moves the best partition towards more or fewer documents; every
partition found that way is the best with its own number. Numbers that no reward reaches lie between two neighbours of
the concave hull. There, at the reward where the two neighbours tie, every partition is charged what it falls short of
the best by; the charge is a sum of non-negative charges of its documents. Searching all partitions up to a charge,
counting documents, and raising that limit until one with K documents turns up, proves that one best: everything cheaper
has been looked at. Charges are counted in quanta, and the numbers of documents that one charge reaches are the bits
of an integer, so that thousands of partitions that tie cost no more than one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from clustering.engine.segmentation.lattice import Floats, Ints, Lattice
from clustering.engine.segmentation.paths import Best, best_completions

QUANTUM = 1e-9
"""Natural-log score; charges are rounded to whole quanta, so partitions this close per document count as ties."""
FIRST_LIMIT = 64
"""Quanta."""
LIMIT_GROWTH = 4
ROUNDING = 1e-11
"""Relative size of score differences that count as ties at the end of the search for a reward. Speed only."""


@dataclass(frozen=True, slots=True)
class _Point:
    """The best partition at one reward."""

    reward: float
    count: int
    best: Best
    starts: Ints

    @property
    def score(self) -> float:
        """Of the partition, the reward taken out."""
        return float(self.best.value[0]) - self.reward * self.count


def _point(lattice: Lattice, reward: float) -> _Point:
    best = best_completions(lattice, reward=reward)
    starts = best.starts()
    return _Point(reward, len(starts), best, starts)


def best_with_count(lattice: Lattice, count: int, *, near: float = 0.0) -> Ints:
    """First pages of the best partition with exactly `count` documents, exact up to QUANTUM per document.

    `near` is a guess of the reward that leads there. The count must be possible (`check_constraints` sees to that).
    Costs some ten to thirty passes of the plain decoder.
    """
    low, high = _bracket(lattice, count, near)
    if low.count == count:
        return low.starts
    if high.count == count:
        return high.starts
    turn = 0
    while True:
        tie = (low.score - high.score) / (high.count - low.count)
        share = (count - low.count) / (high.count - low.count)
        # The tie proves a gap or finds a new point of the hull; steps by proportion shrink a wide bracket faster.
        proportional = turn % 2 == 0 and high.count - low.count > 8
        middle = _point(lattice, low.reward + share * (high.reward - low.reward) if proportional else tie)
        if middle.count == count:
            return middle.starts
        inside = low.count < middle.count < high.count
        if not proportional and (not inside or _ties(middle, low)):
            return _between(lattice, middle, count)
        if middle.count < count:
            low = middle
        else:
            high = middle
        turn += 1


def _ties(middle: _Point, end: _Point) -> bool:
    """Whether a partition at the end of the bracket is as good at the reward in the middle."""
    gain = float(middle.best.value[0]) - (end.score + middle.reward * end.count)
    return gain <= ROUNDING * max(1.0, abs(end.score))


def _bracket(lattice: Lattice, count: int, near: float) -> tuple[_Point, _Point]:
    """Two points of the hull with at most and at least `count` documents."""
    point = _point(lattice, near)
    low = high = point
    reach = 0.25
    while low.count > count:
        high, low = low, _point(lattice, low.reward - reach)
        reach *= 2
    while high.count < count:
        low, high = high, _point(lattice, high.reward + reach)
        reach *= 2
    return low, high


@dataclass(frozen=True, slots=True)
class _Steps:
    """What every step falls short of the best one by, at the reward of a tie, in quanta; inf where there is no step."""

    document: Floats
    """(n, longest): a document of column + 1 pages that starts at page a."""
    opening: list[float]
    """(n,): a document of more than `longest` pages starts at page a."""
    stopping: list[float]
    """(n,): such a document stops after page j."""
    going_on: list[float]
    """(n,): such a document goes on after page j."""


def _steps(lattice: Lattice, tie: _Point) -> _Steps:
    n, longest, best = lattice.n, lattice.longest, tie.best
    value = np.append(best.value, np.full(longest, -np.inf))
    grown = np.append(best.grown, np.full(longest, -np.inf))
    ahead = np.lib.stride_tricks.sliding_window_view(value[1:], longest)[:n]
    base = best.value[:n] - tie.reward

    def quanta(short: Floats) -> Floats:
        # nan is a step from a place that nothing leads to
        return np.maximum(np.rint(np.where(np.isnan(short), np.inf, short) / QUANTUM), 0.0)

    with np.errstate(invalid="ignore"):
        return _Steps(
            document=quanta(base[:, None] - (lattice.segment + ahead)),
            opening=quanta(base - (lattice.opening + grown[longest : longest + n])).tolist(),
            stopping=quanta(grown[:n] - (lattice.growth + lattice.ending + value[1 : n + 1])).tolist(),
            going_on=quanta(grown[:n] - (lattice.growth + grown[1 : n + 1])).tolist(),
        )


def _between(lattice: Lattice, tie: _Point, count: int) -> Ints:
    """Search the partitions in order of their charge at the reward of the tie."""
    steps = _steps(lattice, tie)
    limit = FIRST_LIMIT
    while True:
        found = _Search(steps, limit, count).cheapest()
        if found is not None:
            return found
        limit *= LIMIT_GROWTH


_Reached = dict[int, int]
"""Charge in quanta -> the numbers of documents from here to the end that it reaches (and no smaller charge), as
bits."""


class _Search:
    """All partitions with a charge up to a limit.

    States: p = 0 … n, a document starts at position p; n + 1 + j, page j is inside a document that is already `longest`
    pages long.
    """

    def __init__(self, steps: _Steps, limit: int, count: int) -> None:
        self.n, self.longest = steps.document.shape
        self.steps, self.limit, self.count = steps, limit, count
        rows, columns = np.nonzero(steps.document <= limit)
        self.first = np.searchsorted(rows, np.arange(self.n + 1)).tolist()
        self.stops = (rows + columns + 1).tolist()
        self.prices = steps.document[rows, columns].astype(np.int64).tolist()

    def onward(self, state: int) -> list[tuple[int, int]]:
        """Return the states that follow and the charge of going there."""
        steps, n = self.steps, self.n
        if state < n:
            span = range(self.first[state], self.first[state + 1])
            found = [(self.stops[k], self.prices[k]) for k in span]
            long = [(n + 1 + state + self.longest, steps.opening[state])]
        else:
            page = state - n - 1
            found, long = [], [(page + 1, steps.stopping[page]), (state + 1, steps.going_on[page])]
        return found + [(target, int(price)) for target, price in long if price <= self.limit]

    def cheapest(self) -> Ints | None:
        """First pages of the cheapest partition with the wanted number of documents, or None if the limit is too
        low."""
        least = self._least_charges()
        reached: list[_Reached] = [{} for _ in range(2 * self.n + 2)]
        reached[self.n][0] = 1
        for page in range(self.n - 1, -1, -1):
            for state in (self.n + 1 + page, page):
                if least[state] <= self.limit:
                    reached[state] = self._reach(state, reached, self.limit - int(least[state]))
        charges = [charge for charge, counts in reached[0].items() if counts >> self.count & 1]
        return self._walk(reached, min(charges)) if charges else None

    def _least_charges(self) -> list[float]:
        """Per state the smallest charge of getting there from the first page."""
        least = [math.inf] * (2 * self.n + 2)
        least[0] = 0
        for page in range(self.n):
            for state in (page, self.n + 1 + page):
                if least[state] <= self.limit:
                    for target, price in self.onward(state):
                        least[target] = min(least[target], least[state] + price)
        return least

    def _reach(self, state: int, reached: list[_Reached], budget: int) -> _Reached:
        document = int(state < self.n)
        sums: _Reached = {}
        for target, price in self.onward(state):
            for charge, counts in reached[target].items():
                if charge + price <= budget:
                    sums[charge + price] = sums.get(charge + price, 0) | counts << document
        seen, best = 0, {}
        useful = (2 << self.count) - 1
        for charge in sorted(sums):
            fresh = sums[charge] & useful & ~seen
            if fresh:
                best[charge] = fresh
                seen |= fresh
        return best

    def _walk(self, reached: list[_Reached], charge: int) -> Ints:
        starts, state, count = [], 0, self.count
        while state != self.n:
            document = int(state < self.n)
            if document:
                starts.append(state)
            count -= document
            state, charge = next(
                (target, charge - price)
                for target, price in self.onward(state)
                if reached[target].get(charge - price, 0) >> count & 1
            )
        return np.array(starts, dtype=np.intp)
