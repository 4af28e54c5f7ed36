"""Duplicate copies: a page whose text is that of a page shortly before it begins a second copy, which is its own
document."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from clustering.engine.evidence.columns import Column, Floats, column
from clustering.engine.evidence.prose import Prose

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


def shingles(prose: Prose | None) -> frozenset[tuple[str, ...]]:
    """Return the runs of three words of a page."""
    words = [w.lower() for line in (prose.lines if prose else ()) for w in _WORD.findall(line.text)]
    return frozenset(zip(words, words[1:], words[2:], strict=False))


def copy_offsets(proses: Sequence[Prose | None]) -> list[dict[int, float]]:
    """Per page the distances back at which it has a copy, with how alike the two are."""
    sets = [shingles(prose) for prose in proses]
    found: list[dict[int, float]] = []
    for i, own in enumerate(sets):
        here: dict[int, float] = {}
        for distance in range(1, min(BACK, i) + 1):
            other = sets[i - distance]
            if min(len(own), len(other)) >= ENOUGH and 2 * len(own) > len(other) and 2 * len(other) > len(own):
                alike = len(own & other) / len(own | other)
                if alike >= (ALIKE if min(len(own), len(other)) >= MANY else ALIKE_SHORT):
                    here[distance] = alike
        found.append(here)
    return found


def copy_columns(proses: Sequence[Prose | None]) -> list[Column]:
    """Evidence of the family "hand": where a copy begins, and where it goes on."""
    offsets = copy_offsets(proses)
    seams = max(len(proses) - 1, 0)
    begins, goes_on, beside = np.zeros(seams), np.zeros(seams), np.ones(seams)
    for i in range(seams):
        left, right = offsets[i], offsets[i + 1]
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


def scaled(alike: Floats) -> Floats:
    """ALIKE … 1 as .5 … 1; 0 below."""
    return np.asarray(np.where(alike >= ALIKE, 0.5 + 0.5 * (alike - ALIKE) / (1 - ALIKE), 0.0))
