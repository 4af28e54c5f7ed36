"""Two sides of one leaf: the neighbor's print shows through, or a torn corner is mirrored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from clustering.engine.bed import WHOLE
from clustering.engine.evidence.columns import Column, Floats, column
from clustering.engine.evidence.glances import PageGlance
from clustering.engine.evidence.outlines import lies_sideways, sheet_size
from clustering.engine.evidence.sizes import Sizes
from clustering.engine.leaf_matching import CHANCE, Leaf, cut_shine, pair_shine
from clustering.engine.paper import CORNER
from clustering.engine.records import PageRecord
from clustering.engine.showthrough import leaf_maps

SURE = 8.0
"""Score at which the evidence no longer grows."""
TIE = 0.8
"""Share of its own score from which a match with the other neighbor is as good."""
RAGGED = 2.0
"""Area missing along the edges, relative to the corners, from which a sheet is ragged or askew."""
TORN = 0.12
"""Share of a corner's box that must be bed for the corner to count as missing."""


Pair = tuple[str, str]
"""Identifiers of two neighbors."""
NOTHING_KNOWN: Mapping[Pair, float] = {}


def leaf_columns(
    pages: Sequence[PageRecord], sizes: Sizes, known: Mapping[Pair, float] = NOTHING_KNOWN
) -> list[Column]:
    """Return the evidence of the family "leaf", in about 2 ms per seam whose score is not known."""
    scores = shine_scores(pages, is_cut=sizes.trust < 1, known=known)
    sheet = sizes.width[:-1] < 1.15 * sizes.height[:-1]
    next_sheet = sizes.width[1:] < 1.15 * sizes.height[1:]
    before = np.concatenate([[0.0], scores[:-1]]) if len(scores) else scores
    after = np.concatenate([scores[1:], [0.0]]) if len(scores) else scores
    # A single sheet has only one other side, so a weaker match than with its other neighbor is a shared header.
    taken = (sheet & (before > scores)) | (next_sheet & (after > scores) & (after > 2 * CHANCE) & (scores < 3.0))
    # Equally strong on both sides: the neighbor is a copy of the other side, and which is which is unknown.
    torn = (sheet & (before > TIE * scores)) | (next_sheet & (after > TIE * scores) & (after > 2.0))
    proven = np.where(torn, 0.5, 1.0) * np.where(
        taken, 0.0, np.log1p(np.clip(scores - CHANCE, 0, SURE)) / np.log1p(SURE)
    )
    weak = np.clip(scores, 0, CHANCE) / CHANCE * ~taken
    complete = (sheet & (before > 2.0)).astype(float) * (proven == 0)
    complete_next = (next_sheet & (after > 2.0)).astype(float) * (proven == 0)
    corners = torn_corners(pages) * ~(sizes.uneven[:-1] | sizes.uneven[1:])
    return [
        column("leaf", "shines_through", -1, proven, "Show-through suggests two sides of one sheet."),
        column(
            "leaf", "shines_faintly", -1, weak * (proven == 0), "Faint show-through suggests two sides of one sheet."
        ),
        column(
            "leaf",
            "leaf_complete",
            1,
            complete,
            "Show-through suggests that this page and the one before it are two sides of one sheet.",
        ),
        column(
            "leaf",
            "leaf_begins",
            1,
            complete_next,
            "Show-through suggests that the next two pages are two sides of one sheet.",
        ),
        column(
            "leaf", "torn_alike", -1, corners, "The same corner is missing on both pages, as on two sides of one sheet."
        ),
    ]


def shine_scores(
    pages: Sequence[PageRecord], *, is_cut: bool = False, known: Mapping[Pair, float] = NOTHING_KNOWN
) -> Floats:
    """Return (n - 1,) the best `shine` of each pair of neighbors, 0 if one has no maps. Holds two pages' maps at a
    time.

    `is_cut`: the pages were cropped at random, so the two sides of a leaf rarely match edge to edge. Searching for them
    anywhere costs as much again. `known` are scores that were computed before.
    """
    leaf = lru_cache(2)(lambda at: _leaf(pages[at]))

    def score(at: int) -> float:
        neighbors = pages[at], pages[at + 1]
        before = known.get((neighbors[0].identifier, neighbors[1].identifier))
        if before is not None:
            return before
        left, right = leaf(at), leaf(at + 1)
        return 0.0 if left is None or right is None else _score(left, right, *neighbors, is_cut=is_cut)

    return np.array([score(at) for at in range(len(pages) - 1)], dtype=np.float64)


def _score(left: Leaf, right: Leaf, page: PageRecord, following: PageRecord, *, is_cut: bool) -> float:
    score = pair_shine(left, right)
    quarters = _upright_quarters(page), _upright_quarters(following)
    if quarters[0] != quarters[1]:
        score = max(score, pair_shine(left.rotated(quarters[0]), right.rotated(quarters[1])))
    if is_cut and score < SURE:
        score = max(score, cut_shine(left, right, sheet_size(page)[1] / sheet_size(following)[1]))
    return score


@PageGlance.told_once
def _upright_quarters(page: PageRecord) -> int:
    """Return how many times 90 degrees, 0, 1, or 3, a sideways sheet is rotated clockwise to be upright."""
    return page.reading.rotation // 90 if page.reading and lies_sideways(page) else 0


def torn_corners(pages: Sequence[PageRecord]) -> Floats:
    """Return (n - 1,) how well missing corners agree when the sheet is turned over, 0 … 1 (scans 41-42 and 120-121 of
    the AFL-CIO collection)."""
    torn = np.zeros(max(len(pages) - 1, 0))
    turned: tuple[Callable[[list[float]], list[float]], ...] = (
        lambda c: [c[1], c[0], c[3], c[2]],
        lambda c: [c[3], c[2], c[1], c[0]],
    )
    for i in range(len(torn)):
        left, right = _corners(pages[i]), _corners(pages[i + 1])
        if left is None or right is None:
            continue
        for turn in turned:
            mirrored = turn(right)
            both = [min(a, b) / max(a, b) for a, b in zip(left, mirrored, strict=True) if min(a, b) > TORN]
            odd = [
                max(a, b)
                for a, b in zip(left, mirrored, strict=True)
                if min(a, b) < 0.4 * max(a, b) and max(a, b) > TORN
            ]
            if both and not odd and len(both) <= 2:
                torn[i] = max(torn[i], max(both))
    return torn


@PageGlance.told_once
def _corners(page: PageRecord) -> list[float] | None:
    """Return how much of each corner is missing; None if not measured, or if the edges are ragged too: some corners of
    two clippings are always alike."""
    facts = page.paper or {}
    corners: Any = facts.get("corners")
    if not (isinstance(corners, list) and len(corners) == 4):
        return None
    left, top, right, bottom = facts.get("sheet") or WHOLE
    sheet = (right - left) * (bottom - top)
    missing = sum(corners) * CORNER**2 * sheet
    ragged = float(facts.get("bed", 0.0)) - (1 - sheet) - missing
    return [float(x) for x in corners] if ragged <= RAGGED * missing else None


def _leaf(page: PageRecord) -> Leaf | None:
    stored: Any = (page.paper or {}).get("leaf")
    maps = leaf_maps(stored) if isinstance(stored, Mapping) else None
    return Leaf(maps) if maps else None
