"""What the texts of pages share, compared many pairs at a time in little memory."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence

import numpy as np
import numpy.typing as npt
import scipy

from clustering.engine.evidence.columns import Floats
from clustering.engine.evidence.prose import Prose, vocabulary

ENOUGH = 12
"""Words from which a page's vocabulary is compared."""
FEWEST = 4
"""Members below which a set is too small to compare."""
LONG = 3
"""Letters from which a word counts."""
_AT_ONCE = 4096
"""Pairs that are compared together."""

PageIndices = npt.NDArray[np.intp]


class _Rows:
    """A sparse matrix with one row per page, whose rows are multiplied without expanding them."""

    def __init__(
        self, ids: Sequence[npt.NDArray[np.int32]], values: Sequence[npt.NDArray[np.float32 | np.float64]]
    ) -> None:
        self.sizes = np.array([len(row) for row in ids], dtype=np.intp)
        starts = np.concatenate([[0], np.cumsum(self.sizes)])
        indices = np.concatenate(ids) if ids else np.zeros(0, np.int32)
        data = np.concatenate(values) if values else np.zeros(0)
        width = int(indices.max(initial=0)) + 1
        self._matrix = scipy.sparse.csr_array((data, indices, starts), shape=(len(ids), width))

    def products(self, i: PageIndices, j: PageIndices) -> Floats:
        """Return the dot product of row i and row j for each pair."""
        out = np.zeros(len(i))
        for start in range(0, len(i), _AT_ONCE):
            some = slice(start, start + _AT_ONCE)
            out[some] = (self._matrix[i[some]] * self._matrix[j[some]]).sum(axis=1)
        return out


class Sets:
    """A set for each page, and the Jaccard similarity of any two."""

    def __init__(self, sets: Iterable[Collection[Hashable]]) -> None:
        known: dict[Hashable, int] = {}
        ids = [
            np.sort(np.array([known.setdefault(member, len(known)) for member in set(one)], dtype=np.int32))
            for one in sets
        ]
        self._rows = _Rows(ids, [np.ones(len(row), dtype=np.float32) for row in ids])
        self.sizes = self._rows.sizes

    def __len__(self) -> int:
        """Return the number of pages."""
        return len(self.sizes)

    def shares(self, i: PageIndices, j: PageIndices) -> Floats:
        """Return the Jaccard similarity of two sets for each pair; 0 if one is too small."""
        both = self._rows.products(i, j)
        either = self.sizes[i] + self.sizes[j] - both
        comparable = np.minimum(self.sizes[i], self.sizes[j]) >= FEWEST
        return np.asarray(np.where(comparable, both / np.maximum(either, 1), 0.0))

    def apart(self, distance: int) -> Floats:
        """Return (n - distance,) the similarity of each page and the one so far after it."""
        first = np.arange(max(len(self) - distance, 0))
        return self.shares(first, first + distance)


class Words:
    """TF-IDF vectors of the words of each page, of length 1, weighted within the collection; 0 below ENOUGH words."""

    def __init__(self, proses: Iterable[Prose | None]) -> None:
        known: dict[str, int] = {}
        ids: list[npt.NDArray[np.int32]] = []
        counts: list[npt.NDArray[np.int32]] = []
        for prose in proses:
            words, text = vocabulary(prose)
            times = np.bincount(np.frombuffer(text, dtype=np.int32), minlength=len(words))
            are_long = np.array([len(word) >= LONG for word in words], dtype=bool)
            row = np.array([known.setdefault(word, len(known)) for word in words if len(word) >= LONG], dtype=np.int32)
            order = np.argsort(row)
            ids.append(row[order])
            counts.append(times[are_long][order].astype(np.int32))
        seen = np.bincount(np.concatenate(ids), minlength=1) if ids else np.zeros(1, int)
        rarity = np.log((max(len(ids), 1) + 1) / np.maximum(seen, 1))
        values = []
        for index, (row, count_of) in enumerate(zip(ids, counts, strict=True)):
            kept = seen[row] > 1 if count_of.sum() >= ENOUGH else np.zeros(len(row), dtype=bool)
            weights = (1 + np.log(count_of[kept])) * rarity[row[kept]]
            ids[index] = row[kept]
            values.append(weights / (float(np.linalg.norm(weights)) or 1.0))
        self._rows = _Rows(ids, values)

    def cosines(self, i: PageIndices, j: PageIndices) -> Floats:
        """Return the cosine of two pages' words for each pair; nan if one page has none to compare."""
        comparable = np.minimum(self._rows.sizes[i], self._rows.sizes[j]) > 0
        return np.asarray(np.where(comparable, self._rows.products(i, j), np.nan))

    def apart(self, distance: int) -> Floats:
        """Return (n - distance,) the cosine of each page and the one so far after it."""
        first = np.arange(max(len(self._rows.sizes) - distance, 0))
        return self.cosines(first, first + distance)
