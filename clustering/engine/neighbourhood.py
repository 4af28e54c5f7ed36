"""Deciding a part of a stream again: what one decision changes nearby, in milliseconds.

A semi-Markov decoder forgets at every certain boundary: given that a document ends at a seam, nothing on one side of
it tells anything about the other. So a stream is divided once, by its proposal, at **anchors**: seams that are
boundaries by their own evidence as well as in the whole stream. A decision changes probabilities only between the two
anchors around it; an anchor of probability p makes them wrong by at most 1 - p (total variation).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import scipy

from clustering.engine.records import Constraints, ScoredSeam
from clustering.engine.segmentation import Cut, Independent, cut_out, decode_independent

Floats = npt.NDArray[np.float64]

NEAR = 30
"""Fewest pages between two anchors: there should be something to change."""
FAR = 90
"""Pages after which the surest seam so far is taken: so many are decoded again in some 5 ms."""
JOINT = 4.0
"""Log-odds added where two pages meet that were no neighbours: what stood between them was another document."""


def anchors_of(seams: Sequence[ScoredSeam]) -> tuple[int, ...]:
    """Return the indices of the anchors: between NEAR and FAR pages apart, each the surest boundary that may be had
    there.

    Sure are seams of which the whole stream and their own evidence say so: what only a decision makes certain may be
    taken back.
    """
    p = np.array([seam.probability for seam in seams])
    log_odds = np.array([-np.inf if seam.log_odds is None else seam.log_odds for seam in seams])
    sure = np.minimum(p, scipy.special.expit(log_odds))
    found: list[int] = []
    start = -1
    while start + FAR < len(sure):
        window = sure[start + NEAR : start + FAR]
        start = start + NEAR + int(window.argmax())
        found.append(start)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Decided:
    """A stretch decoded again."""

    probability: Floats
    """(n - 1,) that a document ends there, given what is decided; groups that were only edited stay open to doubt."""
    boundary: npt.NDArray[np.bool_]
    """(n - 1,) the best partition that keeps the edited groups as well."""
    cut: Cut | None = None
    found: Independent | None = None

    def chance_of(self, first: int, stop: int) -> float | None:
        """Probability that exactly the pages first … stop - 1 are one document; None where one of them is spoken for
        by a group with gaps."""
        if self.cut is None or self.found is None:
            return None
        place = bisect_left(self.cut.pages, first)
        if self.cut.pages[place : place + stop - first] != tuple(range(first, stop)):
            return None
        return float(np.clip(self.found.probability_of([place], [place + stop - first])[0], 0.0, 1.0))


def decide(log_odds: npt.ArrayLike, constraints: Constraints) -> Decided:
    """Decode n = len(log_odds) + 1 pages (nan: unknown, an even chance) under these decisions.

    Raises ContradictoryConstraints.
    """
    known = np.nan_to_num(np.asarray(log_odds, dtype=np.float64), nan=0.0)
    n = len(known) + 1
    if sum(map(len, constraints.fixed)) == n:
        owner = _owners(n, constraints.fixed)
        return Decided((owner[1:] != owner[:-1]).astype(np.float64), owner[1:] != owner[:-1])
    hard, found = _decoded(known, constraints.hardened())
    open_, believed = (hard, found) if not constraints.held else _decoded(known, constraints.decided())
    owner = _owners(n, [*(hard.restore(found.groups) if found else ()), *hard.removed])
    probability = open_.restore_seams(believed.seams if believed else np.zeros(0))
    return Decided(np.clip(probability, 0.0, 1.0), owner[1:] != owner[:-1], hard, found)


def _owners(n: int, groups: Iterable[Sequence[int]]) -> npt.NDArray[np.intp]:
    """Per page the number of its group."""
    owner = np.full(n, -1, dtype=np.intp)
    for number, pages in enumerate(groups):
        owner[list(pages)] = number
    return owner


def _decoded(log_odds: Floats, constraints: Constraints) -> tuple[Cut, Independent | None]:
    cut = cut_out(len(log_odds) + 1, replace(constraints, count=None))
    if not cut.pages:
        return cut, None
    left = np.array([log_odds[one] if other == one + 1 else JOINT for one, other in pairwise(cut.pages)])
    return cut, decode_independent(left, cut.constraints)
