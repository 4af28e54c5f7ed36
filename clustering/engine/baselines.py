"""Ways to group a stream by its image vectors alone: the first experiment and its relatives, kept for comparison.

Every function takes vectors (n, d) in scan order and gives a `Grouping`. None needs unit length, none knows
constraints, and only `adjacent` and `agglomerative` keep groups consecutive. scikit-learn is imported when it is
needed.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clustering.sentences import say

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Grouping:
    """What a baseline says of one stream."""

    labels: Ints
    """(n,) group of each page, numbered from 0 in order of first appearance; a group may have gaps."""
    seams: Floats
    """(n - 1,) cosine distance of neighboring pages, clipped to 0 … 1: a score of its own, not a probability."""

    @property
    def groups(self) -> list[tuple[int, ...]]:
        """Pages of every group, in order of first appearance."""
        groups: list[list[int]] = [[] for _ in range(int(self.labels.max(initial=-1)) + 1)]
        for page, label in enumerate(self.labels.tolist()):
            groups[label].append(page)
        return [tuple(pages) for pages in groups]


def check_vectors(vectors: npt.ArrayLike) -> Floats:
    """Return the vectors as float64 of unit length, shape (n, d).

    Raises ValueError, with a sentence for people, for anything that cannot tell pages apart: no rows, nan or infinity,
    a vector of length zero, or one and the same vector for every page.
    """
    pages = np.asarray(vectors, dtype=np.float64)
    if pages.ndim != 2 or not len(pages) or not pages.shape[1]:
        raise ValueError(f"Image vectors must be a table of pages by dimensions, not of shape {pages.shape}.")
    broken = np.flatnonzero(~np.isfinite(pages).all(axis=1))
    if len(broken):
        raise ValueError(
            say(
                "The image vector of page %(page)s is not a number. Analyze the images again.",
                page=int(broken[0]) + 1,
            )
        )
    size = np.linalg.norm(pages, axis=1, keepdims=True)
    empty = np.flatnonzero(size[:, 0] == 0)
    if len(empty):
        raise ValueError(
            say("The image vector of page %(page)s is all zero. Analyze the images again.", page=int(empty[0]) + 1)
        )
    unit: Floats = pages / size
    if len(unit) > 1 and np.allclose(unit, unit[0], rtol=0, atol=1e-7):
        raise ValueError(
            say("All image vectors are the same, so they can’t tell pages apart. Analyze the images again.")
        )
    return unit


def neighbor_distances(unit: Floats) -> Floats:
    """(n - 1,) cosine distance 0 … 2 of each page and the next; `unit` as `check_vectors` gives it."""
    return np.asarray(1.0 - np.einsum("ij,ij->i", unit[:-1], unit[1:]))


def _grouping(unit: Floats, labels: npt.ArrayLike) -> Grouping:
    """Renumber by first appearance; every page that a method calls noise (-1) is a group of its own."""
    given = np.asarray(labels, dtype=np.intp)
    alone = given < 0
    distinct = np.where(alone, given.max(initial=0) + 1 + np.arange(len(given)), given)
    _, first, inverse = np.unique(distinct, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.intp)
    rank[np.argsort(first)] = np.arange(len(first))
    return Grouping(rank[inverse], np.clip(neighbor_distances(unit), 0.0, 1.0))


def dbscan(vectors: npt.ArrayLike, *, eps: float = 0.1, min_samples: int = 1) -> Grouping:
    """DBSCAN on cosine distance, wherever the pages stand: the first experiment with its settings as defaults.

    Pages it calls noise (only with min_samples > 1) are groups of their own. O(n²) time, bounded memory.
    """
    from sklearn.cluster import DBSCAN

    unit = check_vectors(vectors)
    return _grouping(unit, DBSCAN(eps=eps, min_samples=min_samples, metric="cosine").fit_predict(unit))


def hdbscan(vectors: npt.ArrayLike, *, min_cluster_size: int = 2) -> Grouping:
    """HDBSCAN on the unit vectors, where Euclidean distance orders pairs as cosine does; noise pages stand alone.

    Fewer pages than `min_cluster_size` stand alone each.
    """
    from sklearn.cluster import HDBSCAN

    unit = check_vectors(vectors)
    if len(unit) < max(min_cluster_size, 2):
        return _grouping(unit, np.full(len(unit), -1))
    return _grouping(unit, HDBSCAN(min_cluster_size=min_cluster_size, copy=True).fit_predict(unit))


def adjacent(vectors: npt.ArrayLike, *, threshold: float = 0.3) -> Grouping:
    """Put a boundary wherever two neighboring pages are at a cosine distance of `threshold` or more."""
    unit = check_vectors(vectors)
    return _grouping(unit, np.concatenate([[0], np.cumsum(neighbor_distances(unit) >= threshold)]))


def agglomerative(
    vectors: npt.ArrayLike,
    *,
    threshold: float | None = 0.4,
    count: int | None = None,
    cuts: Sequence[int] = (),
) -> Grouping:
    """Merge neighboring groups, those with the smallest mean cosine distance over all their pairs of pages first.

    Stops at `count` groups where given, else before the first merge at a distance of `threshold` or more. Seams in
    `cuts` are never merged across. Not scikit-learn's: with a chain for a neighborhood graph its average linkage
    only sees the two pages at the seam, so that it falls back to `adjacent`. O(n log n) merges of d numbers. Raises
    ValueError for a count that cannot be met.
    """
    unit = check_vectors(vectors)
    n = len(unit)
    walls = set(cuts)
    if walls and not 0 <= min(walls) <= max(walls) < n - 1:
        raise ValueError("A cut names a seam that is not in the stream.")
    if count is None and threshold is None:
        raise ValueError("Give a threshold or a number of groups.")
    if count is not None and not len(walls) < count <= n:
        raise ValueError(f"{count} groups cannot be made of {n} pages in {len(walls) + 1} parts.")
    stop = threshold if count is None and threshold is not None else np.inf
    starts = _merge_neighbors(unit, walls, stop=stop, merges=n - 1 if count is None else n - count)
    return _grouping(unit, np.cumsum(starts))


def _merge_neighbors(unit: Floats, walls: set[int], *, stop: float, merges: int) -> npt.NDArray[np.bool_]:
    """(n,) whether a group starts at each page, after at most `merges` merges at distances under `stop`."""
    n = len(unit)
    sums = unit.copy()  # row of a group's first page: the sum of its unit vectors
    stops = list(range(1, n + 1))  # of a group's first page: the position after its last
    before = list(range(-1, n - 1))  # of a group's first page: the first page of the group before
    starts = np.ones(n, dtype=bool)

    def distance(left: int, right: int) -> float:
        return 1.0 - float(sums[left] @ sums[right]) / ((stops[left] - left) * (stops[right] - right))

    # an entry is good as long as both groups still end where they did; others are left in the heap and passed over
    heap = [(distance(i, i + 1), i, i + 1, i + 2) for i in range(n - 1) if i not in walls]
    heapq.heapify(heap)
    while heap and merges > 0:
        apart, left, right, end = heapq.heappop(heap)
        if not (starts[left] and starts[right] and stops[left] == right and stops[right] == end):
            continue
        if apart >= stop:
            break
        merges -= 1
        sums[left] += sums[right]
        starts[right] = False
        stops[left] = end
        if end < n:
            before[end] = left
            if end - 1 not in walls:
                heapq.heappush(heap, (distance(left, end), left, end, stops[end]))
        if left and left - 1 not in walls:
            heapq.heappush(heap, (distance(before[left], left), before[left], left, end))
    return starts
