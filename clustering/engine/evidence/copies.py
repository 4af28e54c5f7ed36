"""Duplicate copies: a page whose text is that of a page shortly before it begins a second copy, which is its own
document. A page that comes back plays the role that it had: the back that all leaflets of a series share is a back."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Sequence

import numpy as np

from clustering.engine.evidence.columns import Column, Floats, column
from clustering.engine.evidence.prose import Prose
from clustering.engine.evidence.sizes import Sizes

BACK = 24
"""Pages back in which the first copy is looked for."""
ENOUGH = 8
"""Shingles from which a page can be told to be a copy; fewer words are on too many pages."""
ALIKE = 0.6
"""Shared share of shingles from which two pages are copies; OCR reads one page twice with .7 to .95."""
MANY = 40
ALIKE_SHORT = 0.85
"""Below MANY shingles two pages must be more alike: publishers' blocks on backs resemble each other."""
NEXT_DOOR = 1.5
"""A copy right after its original looks like one document in every other way; that is explained by the copying."""
_WORD = re.compile(r"[^\W\d_]{2,}")


def shingles(prose: Prose | None, known: dict[str, int]) -> frozenset[int]:
    """Return the runs of three words of a page, each as one number; `known` numbers the words."""
    lines = prose.lines if prose else ()
    words = [known.setdefault(w.lower(), len(known)) for line in lines for w in _WORD.findall(line.text)]
    return frozenset((a << 48) | (b << 24) | c for a, b, c in zip(words, words[1:], words[2:], strict=False))


def copy_offsets(proses: Sequence[Prose | None]) -> list[dict[int, float]]:
    """Per page the distances back at which it has a copy, with how alike the two are.

    Only the last BACK pages are held, and only pages that share anything are met.
    """
    known: dict[str, int] = {}
    last: deque[frozenset[int]] = deque()
    where: dict[int, list[int]] = {}
    offsets: list[dict[int, float]] = []
    for i, prose in enumerate(proses):
        if len(last) == BACK + 1:
            for shingle in last.popleft():
                where[shingle].pop(0)
                if not where[shingle]:
                    del where[shingle]
        own = shingles(prose, known)
        shared = Counter(page for shingle in own for page in where.get(shingle, ()))
        here = {i - page: alike for page, both in shared.items() if (alike := _alike(own, last[page - i], both))}
        offsets.append(dict(sorted(here.items())))
        for shingle in own:
            where.setdefault(shingle, []).append(i)
        last.append(own)
    return offsets


def _alike(own: frozenset[int], other: frozenset[int], both: int) -> float:
    """How alike two pages are, where they are copies; 0 where not."""
    fewer, more = sorted((len(own), len(other)))
    if fewer < ENOUGH or 2 * fewer <= more:
        return 0.0
    alike = both / (fewer + more - both)
    return alike if alike >= (ALIKE if fewer >= MANY else ALIKE_SHORT) else 0.0


def copy_columns(proses: Sequence[Prose | None], bound: Sequence[bool] = ()) -> list[Column]:
    """Evidence of the family "hand": where a copy begins, and where it goes on.

    bound  (n - 1,) whether two pages hang together as paper does, whatever they say (`bound_leaves`); by default, none
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
    """Whether paper itself joins neighbors: two sides of one leaf, a spread and its back cover, a leaflet opened."""
    proven = next(column.values for column in leaves if column.name == "shines_through") > 0
    folded = (np.maximum(sizes.opens, sizes.closes) >= 2) & ~sizes.down
    return list(map(bool, proven | folded))


def scaled(alike: Floats) -> Floats:
    """ALIKE … 1 as .5 … 1; 0 below."""
    return np.asarray(np.where(alike >= ALIKE, 0.5 + 0.5 * (alike - ALIKE) / (1 - ALIKE), 0.0))
