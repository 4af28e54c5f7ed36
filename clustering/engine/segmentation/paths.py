"""The best partition of a lattice, for a given reward per document."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clustering.engine.segmentation.lattice import Floats, Ints, Lattice

LONG = -1
"""Mark in `Best.choice`: the segment is longer than the lattice's `longest`."""


@dataclass(frozen=True, slots=True)
class Best:
    """The best completion from every position."""

    value: Floats
    """(n + 1,): best score of the pages p … n - 1, the reward of every document included; -inf where none may start."""
    choice: Ints
    """(n,): pages of the first document of that completion, or LONG."""
    grown: Floats
    """(n + 1,): best score from position p on inside a document that is already `longest` pages or more."""
    stops: Ints
    """(n,): position at which such a document stops, for `grown`."""
    longest: int

    def starts(self) -> Ints:
        """First pages of the documents of the best partition."""
        found, page, n = [], 0, len(self.choice)
        while page < n:
            found.append(page)
            length = int(self.choice[page])
            page = int(self.stops[page + self.longest]) if length == LONG else page + length
        return np.array(found, dtype=np.intp)


def best_completions(lattice: Lattice, *, reward: float = 0.0) -> Best:
    """Viterbi from the last page to the first; `reward` is added for every document (a Lagrange multiplier of their
    number).

    Ties go to the shorter document. O(n * longest) time.
    """
    n, longest = lattice.n, lattice.longest
    value = np.full(n + 1 + longest, -np.inf)
    value[n] = 0.0
    grown = np.full(n + 1 + longest, -np.inf)
    choice = np.zeros(n, dtype=np.intp)
    stops = np.full(n, n, dtype=np.intp)
    long = lattice.has_long
    growth, ending, opening = lattice.growth.tolist(), lattice.ending.tolist(), lattice.opening.tolist()
    totals = np.empty(longest)
    stop = n
    for page in range(n - 1, -1, -1):
        if long:
            here, on = ending[page] + value[page + 1], grown[page + 1]
            if here >= on:
                stop = page + 1
            stops[page] = stop
            grown[page] = growth[page] + max(here, on)
        np.add(lattice.segment[page], value[page + 1 : page + 1 + longest], out=totals)
        index = int(totals.argmax())
        top, length = totals[index], index + 1
        if long and opening[page] + grown[page + longest] > top:
            top, length = opening[page] + grown[page + longest], LONG
        value[page] = top + reward
        choice[page] = length
    return Best(value[: n + 1], choice, grown[: n + 1], stops, longest)
