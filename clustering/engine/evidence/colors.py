"""Paper color, printing inks, pictures, and blank pages on both sides of a seam."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from clustering.engine.evidence.columns import Column, Floats, column
from clustering.engine.evidence.glances import PageGlance
from clustering.engine.evidence.image_similarity import is_bled
from clustering.engine.evidence.sizes import FAR, FEW, Sizes
from clustering.engine.evidence.text_overlap import PageIndices
from clustering.engine.paper import HUES
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

_PARTS = ("paper", "left", "right", "top", "bottom")
_ONE, _OTHER = [0, 2, 4, 1], [0, 1, 3, 2]
"""Which _PARTS of two pages are compared: of sheets that were folded or bound, halves lay together."""


def color_columns(pages: Sequence[PageRecord], sizes: Sizes, papers: Papers) -> list[Column]:
    """Return the evidence of the families "paper" (colors) and "kind"."""
    seams = max(len(pages) - 1, 0)
    difference = papers.difference(np.arange(seams), np.arange(1, seams + 1))
    leaf = (sizes.opens == 1) | (sizes.closes == 1)
    bled = np.array([is_bled(page) for page in pages], dtype=bool)
    # A picture that runs to the edges hides its paper.
    seen = ~(bled[:-1] | bled[1:])
    change = seen * np.tanh(np.maximum(difference - JUST_SEEN, 0) / 10)
    holes = papers.holes
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
            unusual(papers.same_tint, len(pages)),
            lambda i: (
                "Both pages have a background of the same tint."
                if ground[i] or ground[i + 1]
                else "Both pages are on paper of the same tint."
            ),
        ),
        column(
            "paper",
            "same_ink",
            -1,
            unusual(papers.same_ink, len(pages)),
            "Both pages use the same color besides black.",
        ),
        column(
            "paper",
            "punched_alike",
            -1,
            unusual(papers.punched_alike, len(pages)),
            "Both sheets have the same number of punched holes.",
        ),
        column("paper", "punched_differs", 1, one & leaf, "Only one sheet is punched for a binder."),
        column(
            "kind",
            "blank_follows",
            -1,
            blank[1:] * (1 - blank[:-1]),
            "Nothing is printed on the next page, as on the back of a sheet.",
        ),
        column("kind", "blank_before", 0, blank[:-1], "Nothing is printed on the first page."),
    ]


def unusual(alike: Callable[[PageIndices, PageIndices], Floats], pages: int) -> Floats:
    """Return (n - 1,) how similar neighbors are, 0 … 1, reduced by how similar distant pages are: if all cards are
    ruled in red, red rules join none of them."""
    every = np.arange(pages)
    neighbors = alike(every[:-1], every[1:])
    strangers = np.concatenate([alike(every[: max(pages - step, 0)], every[step:]) for step in FAR])
    chance = float(strangers.mean()) if len(strangers) >= FEW else 0.0
    return np.asarray(neighbors * (1 - chance), dtype=np.float64)


class Papers:
    """Paper, inks, and holes of a stream of pages, read once and compared many pairs at a time.

    i and j are indices of pages, arrays of equal shape.
    """

    def __init__(self, pages: Sequence[PageRecord]) -> None:
        rows = [_Measures(*_measures(page)) for page in pages]
        self.measured = np.array([row.is_measured for row in rows], dtype=bool)
        self.holes = np.array([row.holes for row in rows], dtype=np.intp)
        self._labs = np.array([row.labs for row in rows], dtype=np.float64).reshape(-1, len(_PARTS), 3)
        self._spots = np.array([row.spot for row in rows], dtype=np.float64)
        self._hues = np.array([row.hues for row in rows], dtype=np.float64).reshape(-1, HUES)

    def difference(self, i: PageIndices, j: PageIndices) -> Floats:
        """Return the smallest CIE76 difference between the papers, or of the halves that lie together; nan if one is
        not measured."""
        apart = self._labs[i][:, _ONE] - self._labs[j][:, _OTHER]
        least = np.sqrt((apart**2).sum(axis=2)).min(axis=1)
        return np.where(self.measured[i] & self.measured[j], least, np.nan)

    def same_tint(self, i: PageIndices, j: PageIndices) -> Floats:
        """Return 0 … 1: how surely both pages are on tinted paper of the same color."""
        chroma = np.hypot(*self._labs[:, 0, 1:].T)
        least = np.minimum(chroma[i], chroma[j])
        alike = np.exp(-((np.nan_to_num(self.difference(i, j)) / 5) ** 2)) * np.minimum((least - TINTED) / 15, 1.0)
        return np.where((least >= TINTED) & self.measured[i] & self.measured[j], alike, 0.0)

    def same_ink(self, i: PageIndices, j: PageIndices) -> Floats:
        """Return 0 … 1: how surely both pages have colored ink of the same hue (scans 151-164, 183-190 of the AFL-CIO
        collection)."""
        enough = np.minimum(1.0, np.minimum(self._spots[i], self._spots[j]) / SPOT)
        overlap = np.minimum(self._hues[i], self._hues[j]).sum(axis=1)
        return np.where(enough > 0.3, enough * np.maximum(0.0, (overlap - 0.4) / 0.6), 0.0)

    def punched_alike(self, i: PageIndices, j: PageIndices) -> Floats:
        """Return 1 if both sheets have the same number of holes, and several."""
        return np.asarray((self.holes[i] == self.holes[j]) & (self.holes[i] >= 2), dtype=np.float64)


class _Measures(NamedTuple):
    """What `Papers` compares of a page."""

    is_measured: bool
    labs: list[list[float]]
    spot: float
    hues: Sequence[float]
    holes: int


@PageGlance.filed
def _measures(page: PageRecord) -> tuple[Any, ...]:
    """Return `_Measures`, as a plain tuple of numbers and lists."""
    facts: Any = page.paper or {}
    hues = facts.get("hues") or ()
    return (
        bool(page.paper),
        [_lab(page, part).tolist() for part in _PARTS],
        float(facts.get("spot") or 0.0),
        hues if len(hues) == HUES else [0.0] * HUES,
        max((int(x) for x in holes), default=0) if isinstance(holes := facts.get("holes"), list) else 0,
    )


@PageGlance.told_once
def is_measured(page: PageRecord) -> bool:
    """Whether the paper was measured; that its size is the camera's is no measurement."""
    return any(name != "in_frame" for name in page.paper or {})


@PageGlance.told_once
def is_printed_over(page: PageRecord) -> bool:
    """Whether the background is too dark for paper, as on a cover in solid color or a negative."""
    return bool(page.paper) and float(_lab(page)[0]) < PAPER_LIGHTNESS


@PageGlance.told_once
def is_blank(page: PageRecord) -> bool:
    """Whether nothing is printed: almost no ink and no second color. A cover in one dark color is not blank."""
    facts = page.paper or {}
    return not is_printed_over(page) and float(facts.get("ink", 1)) < BLANK and float(facts.get("spot", 1)) < 3 * BLANK


def _lab(page: PageRecord, part: str = "paper") -> Floats:
    facts: Any = page.paper or {}
    return np.asarray(facts.get(part, facts.get("paper", (90.0, 0.0, 5.0))), dtype=np.float64)
