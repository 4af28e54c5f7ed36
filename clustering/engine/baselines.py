"""Methods that group a stream by its image vectors alone: the first experiment and its relatives, for comparison.

Every function takes vectors (n, d) in scan order and returns a `Grouping`. Vectors need not have length 1. No method
knows constraints; only `adjacent` and `agglomerative` keep groups consecutive. scikit-learn is imported when needed.
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
    """The result of a baseline for one stream."""

    labels: Ints
    """(n,) group of each page, numbered from 0 by first appearance; a group may have gaps."""
    seams: Floats
    """(n - 1,) cosine distance of neighboring pages, clipped to 0 … 1: a score, not a probability."""

    @property
    def groups(self) -> list[tuple[int, ...]]:
        """The pages of every group, in order of first appearance."""
        groups: list[list[int]] = [[] for _ in range(int(self.labels.max(initial=-1)) + 1)]
        for page, label in enumerate(self.labels.tolist()):
            groups[label].append(page)
        return [tuple(pages) for pages in groups]


def check_vectors(vectors: npt.ArrayLike) -> Floats:
    """Return the vectors as float64 of unit length, shape (n, d).

    Raises ValueError, with a sentence for people, if the vectors can't tell pages apart: no rows, nan or infinity, a
    vector of length zero, or all vectors equal.
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
    """Return (n - 1,) the cosine distance, 0 … 2, of each page and the next; `unit` comes from `check_vectors`."""
    return np.asarray(1.0 - np.einsum("ij,ij->i", unit[:-1], unit[1:]))


def _grouping(unit: Floats, labels: npt.ArrayLike) -> Grouping:
    """Renumber by first appearance; each page that a method calls noise (-1) is a group of its own."""
    given = np.asarray(labels, dtype=np.intp)
    alone = given < 0
    distinct = np.where(alone, given.max(initial=0) + 1 + np.arange(len(given)), given)
    _, first, inverse = np.unique(distinct, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.intp)
    rank[np.argsort(first)] = np.arange(len(first))
    return Grouping(rank[inverse], np.clip(neighbor_distances(unit), 0.0, 1.0))


def dbscan(vectors: npt.ArrayLike, *, eps: float = 0.1, min_samples: int = 1) -> Grouping:
    """Run DBSCAN on cosine distance, regardless of page order: the first experiment, with its settings as defaults.

    Noise pages (only with min_samples > 1) are groups of their own. O(n²) time, bounded memory.
    """
    from sklearn.cluster import DBSCAN

    unit = check_vectors(vectors)
    return _grouping(unit, DBSCAN(eps=eps, min_samples=min_samples, metric="cosine").fit_predict(unit))


def hdbscan(vectors: npt.ArrayLike, *, min_cluster_size: int = 2) -> Grouping:
    """Run HDBSCAN on the unit vectors, whose Euclidean distances have the same order as cosine distances.

    Noise pages are groups of their own, and so are all pages if there are fewer than `min_cluster_size`.
    """
    from sklearn.cluster import HDBSCAN

    unit = check_vectors(vectors)
    if len(unit) < max(min_cluster_size, 2):
        return _grouping(unit, np.full(len(unit), -1))
    return _grouping(unit, HDBSCAN(min_cluster_size=min_cluster_size, copy=True).fit_predict(unit))


def adjacent(vectors: npt.ArrayLike, *, threshold: float = 0.3) -> Grouping:
    """Put a boundary wherever two neighboring pages have a cosine distance of at least `threshold`."""
    unit = check_vectors(vectors)
    return _grouping(unit, np.concatenate([[0], np.cumsum(neighbor_distances(unit) >= threshold)]))


def agglomerative(
    vectors: npt.ArrayLike,
    *,
    threshold: float | None = 0.4,
    count: int | None = None,
    cuts: Sequence[int] = (),
) -> Grouping:
    """Merge neighboring groups, starting with the smallest mean cosine distance over all pairs of pages.

    Stops at `count` groups if given, or else before the first merge at a distance of `threshold` or more. Groups are
    never merged across seams in `cuts`. scikit-learn's version with a chain as connectivity only compares the two pages
    at the seam, which makes it equal to `adjacent`. O(n log n) merges of d numbers. Raises ValueError if the count
    can't be met.
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
    """Return (n,) whether a group starts at each page, after at most `merges` merges at distances below `stop`."""
    n = len(unit)
    sums = unit.copy()  # for a group's first page: the sum of its unit vectors
    stops = list(range(1, n + 1))  # for a group's first page: the position after its last
    before = list(range(-1, n - 1))  # for a group's first page: the first page of the previous group
    starts = np.ones(n, dtype=bool)

    def distance(left: int, right: int) -> float:
        return 1.0 - float(sums[left] @ sums[right]) / ((stops[left] - left) * (stops[right] - right))

    # an entry is valid while both groups still end where they did; others stay in the heap and are skipped
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
