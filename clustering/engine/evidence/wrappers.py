"""What goes around documents and is none itself: the envelope of a letter, the slip in front of what it routes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from clustering.engine.evidence.alone import FEW_WORDS, word_count
from clustering.engine.evidence.colors import is_blank
from clustering.engine.evidence.columns import Column, column, silenced
from clustering.engine.evidence.outlines import lies_sideways, sheet_size
from clustering.engine.evidence.prose import Prose
from clustering.engine.evidence.sizes import Sizes
from clustering.engine.paper import GRID
from clustering.engine.records import PageRecord

Bools = npt.NDArray[np.bool_]

ENVELOPES = (1.1, 2.8)
"""Width over height of envelopes: nearly square ones for cards, long ones for sheets folded in three (2.3)."""
BARE = 0.1
"""Mean darkness up to which a sheet is bare paper with a few lines on it, its edges left out: stamps and mourning
borders are there."""
MOSTLY = 0.5
"""Share of pages that are wider than high from which that tells no envelope: cards, prints, slides."""
SIDES = 2.0
"""What an envelope counts: on which side of its letter it is scanned is a rule of the house, and houses differ more in
it than in what else is seen, so that a few answers must be able to tell."""
SLIP_HEAD = 0.15
"""Share of the page within which a slip tells what it is."""
SLIP_LINE = 60
"""Characters up to which a line is a heading."""

OPENINGS = frozenset({
    "salutation", "dateline", "announced", "issue_number", "letterhead", "opening", "page_one", "title", "starts_low",
    "heading_returns", "type_differs", "pitch_differs", "margin_differs",
})  # fmt: skip
"""Facts that are to be expected behind a slip: what it routes begins there, set in another type than the form."""
CONTRASTS = frozenset({
    "size_gap", "paper_colour", "paper_colour_fold", "looks_different", "valley", "sparse_next", "sparse_before",
    "title_page", "type_differs", "pitch_differs", "margin_differs", "unlike_look", "unlike_layout", "unlike_size",
    "unlike_paper", "unlike_ink", "unlike_letters", "unlike_gaps", "unlike_type", "unlike_pitch", "unlike_margin",
    "unlike_length", "unlike_legibility",
})  # fmt: skip
"""Facts in which an envelope differs from any sheet, that in it included: they tell nothing, unless both are alike."""


def find_envelopes(pages: Sequence[PageRecord], proses: Sequence[Prose | None], sizes: Sizes) -> Bools:
    """(n,) whether a page looks like an envelope: wider than high, nearly bare, a few words, no part of a leaflet.

    Pages whose reading or paper is not known are none; nor is any where most pages are wider than high.
    """
    ratios = np.array([_width_over_height(page) for page in pages])
    low, high = ENVELOPES
    likely = np.array(
        [
            low <= ratio <= high and word_count(prose) < FEW_WORDS and _is_bare(page) and not is_blank(page)
            for page, prose, ratio in zip(pages, proses, ratios, strict=True)
        ],
        dtype=bool,
    )
    folded = (np.maximum(sizes.opens, sizes.closes) >= 2) & ~sizes.down
    likely[:-1] &= ~folded
    likely[1:] &= ~folded
    return likely if len(likely) and float((ratios > low).mean()) <= MOSTLY else np.zeros(len(pages), dtype=bool)


def _width_over_height(page: PageRecord) -> float:
    width, height = sheet_size(page)
    return height / width if lies_sideways(page) else width / height


def _is_bare(page: PageRecord) -> bool:
    grid = np.asarray((page.paper or {}).get("grid") or [], dtype=np.float64)
    return grid.size == GRID * GRID and float(grid.reshape(GRID, GRID)[1:-1, 1:-1].mean()) <= BARE


def find_slips(proses: Sequence[Prose | None]) -> Bools:
    """(n,) whether a page says at its head that it is a routing slip, a fax cover sheet, or the like."""
    return np.array([prose is not None and _is_slip(prose) for prose in proses], dtype=bool)


def _is_slip(prose: Prose) -> bool:
    return any(
        len(line.text) <= SLIP_LINE and prose.phrases.slip.search(line.text) is not None
        for line in prose.head(SLIP_HEAD)
    )


def wrapper_columns(envelopes: Bools, slips: Bools) -> list[Column]:
    """Facts that speak both ways: above 0 where an envelope comes after a page or a slip before one, below 0 at its
    other side."""
    behind = SIDES * (envelopes[1:] & ~envelopes[:-1]) - SIDES * (envelopes[:-1] & ~envelopes[1:])
    before = 1.0 * (slips[:-1] & ~slips[1:]) - 1.0 * (slips[1:] & ~slips[:-1])
    return [
        column(
            "kind",
            "envelope",
            -1,
            behind,
            lambda i: "The next page looks like an envelope." if behind[i] > 0 else "This page looks like an envelope.",
            both_ways=True,
        ),
        column(
            "text",
            "cover_slip",
            -1,
            before,
            lambda i: (
                "This page is a routing slip or cover sheet."
                if before[i] > 0
                else "The next page is a routing slip or cover sheet."
            ),
            both_ways=True,
        ),
    ]


def without_expected(columns: Sequence[Column], envelopes: Bools, slips: Bools) -> list[Column]:
    """Return the columns, silent where a slip or an envelope makes a fact a matter of course."""
    kept = silenced(columns, OPENINGS, slips[:-1] & ~slips[1:])
    return silenced(kept, CONTRASTS, envelopes[:-1] != envelopes[1:], but_against=True)
