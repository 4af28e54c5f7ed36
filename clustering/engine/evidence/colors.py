"""Paper color, printing inks, pictures, and blank pages on both sides of a seam."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from clustering.engine.evidence.columns import Column, Floats, column
from clustering.engine.evidence.image_similarity import is_bled
from clustering.engine.evidence.sizes import FAR, FEW, Sizes
from clustering.engine.records import PageRecord

JUST_SEEN = 3.0
"""CIE76 difference between two scans of the same paper, from uneven scanner light and aged edges."""
TINTED = 12.0
"""Chroma from which paper is tinted; aged white paper mostly stays below."""
SPOT = 0.003
"""Share of the sheet in colored ink from which a second printing color was used."""
BLANK = 0.0015
"""Share of ink below which a page is blank."""
PAPER_LIGHTNESS = 60.0
"""CIE L* from which an even background may be paper. Dyed papers and kraft are lighter; printed backgrounds and
photographic negatives are darker."""


def color_columns(pages: Sequence[PageRecord], sizes: Sizes) -> list[Column]:
    """Return the evidence of the families "paper" (colors) and "kind"."""
    seams = max(len(pages) - 1, 0)
    difference = np.array([paper_difference(pages[i], pages[i + 1]) for i in range(seams)])
    leaf = (sizes.opens == 1) | (sizes.closes == 1)
    bled = np.array([is_bled(page) for page in pages], dtype=bool)
    # A picture that runs to the edges hides its paper.
    seen = ~(bled[:-1] | bled[1:]) if seams else np.zeros(0, dtype=bool)
    change = seen * np.tanh(np.maximum(difference - JUST_SEEN, 0) / 10)
    holes = np.array([hole_count(page) for page in pages])
    one = (np.maximum(holes[:-1], holes[1:]) >= 2) & (np.minimum(holes[:-1], holes[1:]) == 0)
    ground = np.array([is_printed_over(page) for page in pages], dtype=bool)
    blank = np.array([is_blank(page) for page in pages], dtype=float)
    return [
        column(
            "paper",
            "paper_colour",
            1,
            change * leaf,
            lambda i: "The background color differs." if ground[i] or ground[i + 1] else "The paper differs in color.",
        ),
        column("paper", "paper_colour_fold", 1, change * ~leaf, "The background color differs."),
        column(
            "paper",
            "same_tint",
            -1,
            unusual(_same_tint, pages),
            lambda i: (
                "Both pages have a background of the same tint."
                if ground[i] or ground[i + 1]
                else "Both pages are on paper of the same tint."
            ),
        ),
        column("paper", "same_ink", -1, unusual(same_ink, pages), "Both pages use the same color besides black."),
        column(
            "paper",
            "punched_alike",
            -1,
            unusual(_punched_alike, pages),
            "Both sheets have the same number of punched holes.",
        ),
        column("paper", "punched_differs", 1, one & leaf, "Only one sheet is punched for a binder."),
        column(
            "kind",
            "blank_follows",
            -1,
            blank[1:] * (1 - blank[:-1]) if seams else blank[1:],
            "Nothing is printed on the next page, as on the back of a sheet.",
        ),
        column("kind", "blank_before", 0, blank[:-1] if seams else blank[1:], "Nothing is printed on the first page."),
    ]


def unusual(alike: Callable[[PageRecord, PageRecord], float], pages: Sequence[PageRecord]) -> Floats:
    """Return (n - 1,) how similar neighbors are, 0 … 1, reduced by how similar distant pages are: if all cards are
    ruled in red, red rules join none of them."""
    neighbors = [alike(*pair) for pair in pairwise(pages)]
    strangers = [alike(*pair) for step in FAR for pair in zip(pages, pages[step:], strict=False)]
    chance = float(np.mean(strangers)) if len(strangers) >= FEW else 0.0
    return np.asarray(neighbors, dtype=np.float64) * (1 - chance)


def _same_tint(left: PageRecord, right: PageRecord) -> float:
    """Return 0 … 1: how surely both pages are on tinted paper of the same color."""
    chroma = min(float(np.hypot(*_lab(page)[1:])) for page in (left, right))
    if chroma < TINTED or not (left.paper and right.paper):
        return 0.0
    return float(np.exp(-((paper_difference(left, right) / 5) ** 2)) * min((chroma - TINTED) / 15, 1.0))


def _punched_alike(left: PageRecord, right: PageRecord) -> float:
    return float(hole_count(left) == hole_count(right) >= 2)


def paper_difference(left: PageRecord, right: PageRecord) -> float:
    """Return the smallest CIE76 difference between the papers of two pages, or of the halves that lie together; nan if
    not measured."""
    if not left.paper or not right.paper:
        return float("nan")
    pairs = [("paper", "paper"), ("right", "left"), ("bottom", "top"), ("left", "right")]
    return min(float(np.linalg.norm(_lab(left, a) - _lab(right, b))) for a, b in pairs)


def same_ink(left: PageRecord, right: PageRecord) -> float:
    """Return 0 … 1: how surely both pages have colored ink of the same hue (scans 151-164, 183-190 of the AFL-CIO
    collection)."""
    a, b = left.paper or {}, right.paper or {}
    if not a.get("spot") or not b.get("spot"):
        return 0.0
    enough = min(1.0, float(a["spot"]) / SPOT, float(b["spot"]) / SPOT)
    overlap = float(np.minimum(a["hues"], b["hues"]).sum())
    return enough * max(0.0, (overlap - 0.4) / 0.6) if enough > 0.3 else 0.0


def hole_count(page: PageRecord) -> int:
    """Return the number of punched holes along the edge that has most of them."""
    holes: Any = (page.paper or {}).get("holes")
    return max((int(x) for x in holes), default=0) if isinstance(holes, list) else 0


def is_printed_over(page: PageRecord) -> bool:
    """Whether the background is too dark for paper, as on a cover in solid color or a negative."""
    return bool(page.paper) and _lab(page)[0] < PAPER_LIGHTNESS


def is_blank(page: PageRecord) -> bool:
    """Whether nothing is printed: almost no ink and no second color. A cover in one dark color is not blank."""
    facts = page.paper or {}
    return not is_printed_over(page) and float(facts.get("ink", 1)) < BLANK and float(facts.get("spot", 1)) < 3 * BLANK


def _lab(page: PageRecord, part: str = "paper") -> Floats:
    facts: Any = page.paper or {}
    return np.asarray(facts.get(part, facts.get("paper", (90.0, 0.0, 5.0))), dtype=np.float64)
