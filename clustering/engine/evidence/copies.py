"""Duplicate copies: a page that repeats the text of a page shortly before it begins a second copy, its own document.

A page that comes back keeps its role: the back that all leaflets of a series share is always a back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import count

import numpy as np

from clustering.engine.evidence.columns import Column, Floats, column
from clustering.engine.evidence.prose import Prose, vocabulary
from clustering.engine.evidence.sizes import Sizes

BACK = 24
"""Pages back in which the first copy is looked for."""
ENOUGH = 8
"""Shingles from which a page can be recognized as a copy; shorter texts occur on too many pages."""
ALIKE = 0.6
"""Jaccard similarity of shingles from which two pages are copies; OCR reads the same page twice with 0.7 to 0.95."""
MANY = 40
ALIKE_SHORT = 0.85
"""The same for pages with fewer shingles than MANY: the publisher's blocks on back covers are alike."""
NEXT_DOOR = 1.5
"""Factor for a copy right after its original, which looks like one document in every other way."""
_AT_ONCE = 1000
"""Pages that are compared together."""


def copy_offsets(proses: Sequence[Prose | None]) -> list[dict[int, float]]:
    """Return for each page the distances back at which it has a copy, each with its similarity."""
    offsets: list[dict[int, float]] = [{} for _ in range(len(proses))]
    for start in range(0, len(proses), _AT_ONCE):
        first = max(start - BACK, 0)
        sizes, pairs = _shared(proses[first : start + _AT_ONCE])
        for page, distance, both in pairs:
            alike = _alike(sizes[page], sizes[page - distance], both)
            if alike and first + page >= start:
                offsets[first + page][distance] = alike
    return offsets


def _shared(proses: Sequence[Prose | None]) -> tuple[list[int], list[tuple[int, int, int]]]:
    """Return how many shingles of three words each page has, and which pages share some with one up to BACK before:
    page, distance, how many."""
    numbers: defaultdict[str, int] = defaultdict(count().__next__)
    words = []
    for different, text in map(vocabulary, proses):
        known = np.array([numbers[word] for word in different], dtype=np.int64)
        words.append(known[np.frombuffer(text, dtype=np.int32)])
    # Some pages have fewer than two million different words, so three numbers fit into one integer.
    runs = [(one[:-2] << 42) | (one[1:-1] << 21) | one[2:] for one in words]
    pages = np.repeat(np.arange(len(runs)), [len(one) for one in runs])
    order = np.argsort(shingles := np.concatenate(runs), kind="stable")
    shingles, pages = shingles[order], pages[order]
    new = np.ones(len(pages), dtype=bool)
    new[1:] = (np.diff(shingles) != 0) | (np.diff(pages) != 0)
    shingles, pages = shingles[new], pages[new]
    met = [np.zeros(0, dtype=np.int64)]
    for ahead in range(1, BACK + 1):
        same = shingles[ahead:] == shingles[:-ahead]
        if not same.any():
            break
        after, distance = pages[ahead:][same], (pages[ahead:] - pages[:-ahead])[same]
        met.append((after * (BACK + 1) + distance)[distance <= BACK])
    pairs, counts = np.unique(np.concatenate(met), return_counts=True)
    sizes = np.bincount(pages, minlength=len(runs)).tolist()
    return sizes, list(zip(*(each.tolist() for each in (*np.divmod(pairs, BACK + 1), counts)), strict=True))


def _alike(one: int, other: int, both: int) -> float:
    """Return the similarity of two pages with these numbers of shingles if they are copies, or else 0."""
    fewer, more = sorted((one, other))
    if fewer < ENOUGH or 2 * fewer <= more:
        return 0.0
    alike = both / (fewer + more - both)
    return alike if alike >= (ALIKE if fewer >= MANY else ALIKE_SHORT) else 0.0


def copy_columns(proses: Sequence[Prose | None], bound: Sequence[bool] = ()) -> list[Column]:
    """Return the evidence of the family "hand": where a copy begins, and where it continues.

    Parameters
    ----------
    proses : sequence of Prose or None, (n,)
    bound : sequence of bool, (n - 1,), optional
        Whether the paper itself joins two pages (`bound_leaves`); by default none.
    """
    bound = bound or [False] * max(len(proses) - 1, 0)
    offsets = copy_offsets(proses)
    seams = max(len(proses) - 1, 0)
    begins, goes_on, beside = np.zeros(seams), np.zeros(seams), np.ones(seams)
    for i in range(seams):
        left, right = offsets[i], offsets[i + 1]
        first = max(right, default=0)
        came_as_back = 0 < first <= i and bound[i - first]
        if not came_as_back:
            begins[i] = max((alike for distance, alike in right.items() if distance not in left), default=0.0)
        beside[i] = NEXT_DOOR if right.get(1, 0.0) > 0 else 1.0
        goes_on[i] = max((min(alike, left[d]) for d, alike in right.items() if d in left and d > 1), default=0.0)
    begins = np.where(goes_on > 0, 0.0, begins)
    return [
        column(
            "hand",
            "copy_begins",
            1,
            beside * scaled(begins),
            "The next page repeats the text of an earlier page and may be a copy.",
        ),
        column("hand", "copy_goes_on", -1, scaled(goes_on), "Both pages repeat two earlier pages in the same order."),
    ]


def bound_leaves(sizes: Sizes, leaves: Sequence[Column]) -> list[bool]:
    """Return whether the paper itself joins neighbors: two sides of a leaf, a spread and its back cover, an opened
    leaflet."""
    proven = next(column.values for column in leaves if column.name == "shines_through") > 0
    folded = (np.maximum(sizes.opens, sizes.closes) >= 2) & ~sizes.down
    return list(map(bool, proven | folded))


def scaled(alike: Floats) -> Floats:
    """Scale ALIKE … 1 to 0.5 … 1; below ALIKE, 0."""
    return np.asarray(np.where(alike >= ALIKE, 0.5 + 0.5 * (alike - ALIKE) / (1 - ALIKE), 0.0))
