"""How far the decoder's scores are to be trusted: the temperature under which known partitions are most probable."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from clustering.engine.segmentation.lattice import Lattice
from clustering.engine.segmentation.posterior import chain_of

GOLDEN = (math.sqrt(5) - 1) / 2


def log_likelihood(lattice: Lattice, starts: npt.ArrayLike, *, temperature: float = 1.0) -> float:
    """log P(the partition with these first pages), natural log, of a lattice built at temperature 1.

    -inf for a partition that the lattice's constraints forbid. `starts` begins with 0.
    """
    first = np.asarray(starts, dtype=np.intp)
    if not len(first) or first[0] != 0 or np.any(np.diff(first) < 1) or first[-1] >= lattice.n:
        raise ValueError("First pages must rise from 0 and lie inside the stream.")
    scaled = replace(
        lattice,
        segment=lattice.segment / temperature,
        opening=lattice.opening / temperature,
        growth=lattice.growth / temperature,
        ending=lattice.ending / temperature,
    )
    score = float(scaled.score(first, np.append(first[1:], lattice.n)).sum())
    return score - chain_of(scaled).evidence


def fit_temperature(
    known: Sequence[tuple[Lattice, npt.ArrayLike]],
    *,
    low: float = 0.25,
    high: float = 8.0,
    rounds: int = 20,
) -> float:
    """The temperature that makes known partitions most probable, between `low` and `high`.

    `known` holds (`Decoding.lattice` at temperature 1, true first pages) a stream; score seams by a model that did not
    learn from these pages, or the answer is too sure. Golden-section search over its logarithm: the likelihood has
    one peak in 1 / temperature. Costs `rounds` passes a stream. Raises ValueError where a truth is forbidden by its
    lattice.
    """
    if not known:
        raise ValueError("A temperature needs at least one known partition.")
    for lattice, starts in known:
        if not math.isfinite(log_likelihood(lattice, starts)):
            raise ValueError("A known partition breaks the constraints of its own stream.")

    def total(log_temperature: float) -> float:
        return sum(log_likelihood(lattice, starts, temperature=math.exp(log_temperature)) for lattice, starts in known)

    a, b = math.log(low), math.log(high)
    left, right = b - GOLDEN * (b - a), a + GOLDEN * (b - a)
    at_left, at_right = total(left), total(right)
    for _ in range(rounds):
        if at_left >= at_right:
            b, right, at_right = right, left, at_left
            left = b - GOLDEN * (b - a)
            at_left = total(left)
        else:
            a, left, at_left = left, right, at_right
            right = a + GOLDEN * (b - a)
            at_right = total(right)
    return math.exp((a + b) / 2)
