"""Scores of whole segments that the seams alone do not see, as arrays of shape (n, longest).

Entry [a, m] belongs to the segment that starts at page a and has m + 1 pages; entries that run over the end of the
stream are ignored by the decoder and hold 0 here. All of it is plain numpy over the first axis, once per length.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def banded_similarities(vectors: npt.ArrayLike, longest: int) -> Floats:
    """(n, longest): entry [i, d] is the inner product of the vectors of pages i and i + d, 0 beyond the end.

    `vectors` (n, d), L2-normalised if cosines are wanted. O(n * longest * d).
    """
    pages = np.asarray(vectors)
    n = len(pages)
    band = np.zeros((n, longest))
    for distance in range(min(longest, n)):
        band[: n - distance, distance] = np.einsum("ij,ij->i", pages[: n - distance], pages[distance:])
    return band


def pair_sums(band: npt.ArrayLike) -> Floats:
    """(n, longest): per segment the sum of band[i, j - i] over its pairs of pages i < j.

    Built by inclusion and exclusion from the two segments one page shorter: O(n * longest), whatever the pair score is.
    """
    pairs = np.asarray(band, dtype=np.float64)
    n, longest = pairs.shape
    sums = np.zeros((n, longest))
    for distance in range(1, min(longest, n)):
        count = n - distance
        sums[:count, distance] = (
            sums[:count, distance - 1] + sums[1 : count + 1, distance - 1] + pairs[:count, distance]
        )
        if distance > 1:
            sums[:count, distance] -= sums[1 : count + 1, distance - 2]
    return sums


def mean_pairs(band: npt.ArrayLike, *, baseline: float = 0.0, alone: float = 0.0) -> Floats:
    """(n, longest): mean pair score of each segment minus `baseline`; `alone` for single pages, which have no pair."""
    sums = pair_sums(band)
    n, longest = sums.shape
    size = np.arange(1, longest + 1)
    means: Floats = sums / np.maximum(size * (size - 1) / 2, 1.0) - baseline
    means[:, 0] = alone
    for distance in range(1, longest):
        means[max(n - distance, 0) :, distance] = 0.0
    return means


def by_length(score: Callable[[int], npt.ArrayLike], n: int, longest: int) -> Floats:
    """(n, longest) from a function: `score(m)` gives the scores of all n - m + 1 segments of m pages, in order of
    their start."""
    table = np.zeros((n, longest))
    for length in range(1, min(longest, n) + 1):
        table[: n - length + 1, length - 1] = score(length)
    return table


def patterns(found: npt.ArrayLike, n: int, longest: int) -> Floats:
    """(n, longest) from a list of whole documents that were recognised, such as booklets: rows (start, pages, score).

    Scores of the same segment add up. Longer documents than `longest` are left out.
    """
    rows = np.asarray(found, dtype=np.float64).reshape(-1, 3)
    starts, lengths = rows[:, 0].astype(np.intp), rows[:, 1].astype(np.intp)
    if np.any(starts < 0) or np.any(lengths < 1) or np.any(starts + lengths > n):
        raise ValueError("A recognised document needs at least one page and must lie inside the stream.")
    table = np.zeros((n, longest))
    fits = lengths <= longest
    np.add.at(table, (starts[fits], lengths[fits] - 1), rows[fits, 2])
    return table
