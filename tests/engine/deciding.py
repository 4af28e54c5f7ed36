"""What decisions make of a stream, by the decoder: what the desk's columns (`redecode.seam_table`) must agree with."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from clustering.engine.anchors import JOINT
from clustering.engine.records import Constraints
from clustering.engine.segmentation import Cut, Independent, cut_out, decode_independent

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Decided:
    """A stretch decoded again."""

    probability: Floats
    """(n - 1,) that a document ends there, given what is decided; groups that were only edited stay open to doubt."""
    boundary: npt.NDArray[np.bool_]
    """(n - 1,) the best partition that keeps the edited groups as well."""
    cut: Cut | None = None
    decoded: Independent | None = None

    def chance_of(self, first: int, stop: int) -> float | None:
        """Probability that exactly the pages first … stop - 1 are one document; None where one of them is spoken for
        by a group with gaps."""
        if self.cut is None or self.decoded is None:
            return None
        place = bisect_left(self.cut.pages, first)
        if self.cut.pages[place : place + stop - first] != tuple(range(first, stop)):
            return None
        return float(np.clip(self.decoded.probability_of([place], [place + stop - first])[0], 0.0, 1.0))


def decide(log_odds: npt.ArrayLike, constraints: Constraints) -> Decided:
    """Decode n = len(log_odds) + 1 pages (nan: unknown, an even chance) under these decisions.

    Raises ContradictoryConstraints.
    """
    known = np.nan_to_num(np.asarray(log_odds, dtype=np.float64), nan=0.0)
    n = len(known) + 1
    if sum(map(len, constraints.fixed)) == n:
        owner = _owners(n, constraints.fixed)
        return Decided((owner[1:] != owner[:-1]).astype(np.float64), owner[1:] != owner[:-1])
    hard, decoded = _decoded(known, constraints.hardened())
    open_, believed = (hard, decoded) if not constraints.held else _decoded(known, constraints.decided())
    owner = _owners(n, [*(hard.restore(decoded.groups) if decoded else ()), *hard.removed])
    probability = open_.restore_seams(believed.seams if believed else np.zeros(0))
    return Decided(np.clip(probability, 0.0, 1.0), owner[1:] != owner[:-1], hard, decoded)


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
