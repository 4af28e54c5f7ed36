"""Sizes of neighboring sheets: two sides of one sheet, a cover before its spreads, panels of a folded leaflet.

Only ratios are used, so the resolution of the scans doesn't matter. Other evidence takes from here how many panels of a
booklet an image shows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from clustering.engine.evidence.columns import Column, Floats, column
from clustering.engine.evidence.framing import is_of_camera
from clustering.engine.evidence.outlines import (
    FILLED,
    is_cut_off,
    lies_sideways,
    share_filled,
    sheet_size,
    size_is_hidden,
)
from clustering.engine.records import PageRecord
from clustering.sentences import say

Bools = npt.NDArray[np.bool_]

SAME_EDGE = 0.02
"""Relative difference up to which two edges are of one sheet: skew, cropping, and the creep of a bound sheet."""
SAME_PANEL = 0.05
"""The same for the folded edge: gutters, bleeds, and uneven folds."""
MOST_PANELS = 4
SLIM = 0.82
"""Width over height below which a sheet is not a spread: slim booklets open to 0.87, letter paper is 0.775."""
SIDEWAYS_GAP = 0.05
"""Gap of a sheet that lies sideways: half the evidence of a clear change of size."""
MANY_TIMES = (3.0, 10.0)
"""Ratios of areas. From the first on, a difference is given in times, not in percent; from the second on, it is only
called great: a badge beside a poster, or scans of different resolution."""
USUAL = (0.2, 0.45)
"""Share of neighbors of equal size below which a change of size means little, and from which it counts in full.

At least half is usual if sheets were scanned whole; if every page was cut close to its print, hardly two are equal.
Folds don't count: of random sizes, every fourth pair looks like a fold.
"""
LEAST_TRUST = 0.3
"""Weight of a change of size if no two sheets are of one size: it may be a folder of clippings."""
CONSTANT = 0.9
"""Share of distant pages of equal size from which equal size is no longer evidence."""
FEW = 12
"""Neighbors below which no share is computed."""
FAR = (5, 9, 14, 22)
"""Distances in pages between pages taken as unrelated, to learn how often they are of one size."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Widths and heights of a stream, and how neighbors relate."""

    width: Floats
    height: Floats
    opens: npt.NDArray[np.int_]
    """(n - 1,) panels of the left page that the right one shows: 2 for a cover before its spread; 1 same; 0 unrelated.
    """
    down: Bools
    """(n - 1,) whether the fold is doubtful: it runs across the page (a slip of half a letter's height), or the larger
    sheet is too slim for a spread (a slim leaflet beside a letter)."""
    closes: npt.NDArray[np.int_]
    """(n - 1,) the same in the other direction: 2 for a spread before its back cover."""
    gap: Floats
    """(n - 1,) log difference in size that no folding explains."""
    exact: Floats
    """(n - 1,) 1 if both edges agree to a fraction of a percent, falling quickly; less if distant pages agree too."""
    telling: Floats
    """(n - 1,) 0 … 1: how much equal size means; 0 if all are equal, or if only the frame is visible."""
    trust: float
    """0 … 1: how much a change of size means; little if pages were cropped at random."""
    common: Floats
    """(n,) share of the runs of equal size in the collection that have this page's size."""
    uneven: Bools
    """(n,) whether a sheet is not a rectangle and leaves part of its box empty."""
    goes_on: Bools
    """(n,) whether a sheet extends beyond its image."""


def compare_sizes(pages: Sequence[PageRecord]) -> Sizes:
    """Compare the sizes of all neighbors, in O(n).

    Each sheet is measured with and without the dark strips along its edges, since the black foot of a cover looks like
    scanner bed; of the four combinations of a pair, the one that fits best counts.
    """
    raw, cut, filled, lying, hidden, goes_on, of_camera = _outlines(pages)
    readings = [(raw, cut), (cut, raw), (raw, raw)]
    if lying.any():
        upright = np.where(lying[:, None], cut[:, ::-1], cut)
        readings += [(upright, upright), (upright, cut), (cut, upright)]
    best = _relate(cut[:-1], cut[1:])
    for left, right in readings:
        other = _relate(left[:-1], right[1:])
        better = other.gap < best.gap - 1e-9
        best = _Relation(*(np.where(better, b, a) for a, b in zip(best, other, strict=True)))
    width, height = cut.T
    weight = float(np.clip((CONSTANT - _by_chance(cut)) / 0.4, 0, 1))
    uneven = filled < FILLED
    doubt = hidden[:-1] | hidden[1:]
    telling = np.where(doubt, 0.0, weight)
    opens = np.where(_is_shut(best, cut) | doubt & (best.opens != 1), 0, best.opens)
    return Sizes(
        width=width,
        height=height,
        opens=opens,
        down=best.down,
        closes=np.where(doubt & (best.closes != 1), 0, best.closes),
        gap=_sure_gap(
            best.gap, filled, goes_on, doubt & of_camera[:-1] & of_camera[1:], larger=np.diff(width * height) > 0
        ),
        exact=best.exact * telling * ~(goes_on[:-1] | goes_on[1:]),
        telling=telling,
        trust=_trust(best),
        common=_common(width, height),
        uneven=uneven,
        goes_on=goes_on,
    )


class _Outlines(NamedTuple):
    """What is compared of n pages."""

    raw: Floats
    """(n, 2) width and height of the image."""
    cut: Floats
    """(n, 2) width and height of the sheet."""
    filled: Floats
    lying: Bools
    hidden: Bools
    goes_on: Bools
    of_camera: Bools


def _outlines(pages: Sequence[PageRecord]) -> _Outlines:
    """Look at each page once, since that may mean reading it from a file."""
    rows = [
        (
            max(page.width, 1),
            max(page.height, 1),
            *sheet_size(page),
            share_filled(page),
            lies_sideways(page),
            size_is_hidden(page),
            is_cut_off(page),
            is_of_camera(page),
        )
        for page in pages
    ]
    table = np.array(rows, dtype=np.float64).reshape(-1, 9)
    return _Outlines(table[:, :2], table[:, 2:4], table[:, 4], *(column > 0 for column in table[:, 5:].T))


def _is_shut(relation: _Relation, sheets: Floats) -> Bools:
    """Return (n - 1,) where the left page closes a leaflet that has its cover, so it can't open into a sheet of another
    size."""
    shut = np.zeros(len(relation.opens), dtype=bool)
    is_open = is_complete = False
    for i, (opens, closes) in enumerate(zip(relation.opens, relation.closes, strict=True)):
        shut[i] = is_complete and opens >= 2 and np.abs(np.log(sheets[i + 1] / sheets[i - 1])).max() > SAME_PANEL
        is_complete = is_open and closes >= 2
        is_open = (opens >= 2 and not shut[i]) or (is_open and max(opens, closes) == 1)
    return shut


def _sure_gap(gap: Floats, filled: Floats, goes_on: Bools, unknown: Bools, *, larger: Bools) -> Floats:
    """Return the difference in size, less what is hidden of either sheet, and 0 where it is `unknown`; `larger`: where
    the right one is."""
    # What the outline leaves unknown about the size is not a difference.
    open_ = -np.log(np.where(filled < FILLED, filled, 1.0))
    gap = np.where(unknown, 0.0, np.maximum(gap - open_[:-1] - open_[1:], 0.0))
    # A sheet that extends beyond its image is at least as large as what is visible, and has no upper limit.
    return np.where(np.where(larger, goes_on[:-1], goes_on[1:]), 0.0, gap)


def _by_chance(sheets: Floats) -> float:
    """Return the share of distant pages of equal size; 0 if too few can be compared."""
    same = [
        np.abs(np.log(sheets[d:]) - np.log(sheets[:-d])).max(axis=1) < 0.5 * SAME_EDGE for d in FAR if len(sheets) > d
    ]
    sizes = np.concatenate(same) if same else np.zeros(0)
    return float(sizes.mean()) if len(sizes) >= FEW else 0.0


def _trust(relation: _Relation) -> float:
    """Return how much a change of size means here, by how often neighbors are of equal size."""
    if len(relation.gap) < FEW:
        return 1.0
    same = float(((relation.opens == 1) | (relation.closes == 1)).mean())
    low, high = USUAL
    return float(np.clip((same - low) / (high - low), LEAST_TRUST, 1.0))


class _Relation(NamedTuple):
    """Relations of pairs of sheets, as in `Sizes`."""

    opens: npt.NDArray[np.int_]
    closes: npt.NDArray[np.int_]
    down: Bools
    gap: Floats
    exact: Floats


def _relate(left: Floats, right: Floats) -> _Relation:
    """Relate sheets; `left` and `right` (pairs, 2) are width and height."""
    wide, high = (np.log(right) - np.log(left)).T
    opens, closes = np.zeros(len(wide), dtype=int), np.zeros(len(wide), dtype=int)
    down = np.zeros(len(wide), dtype=bool)
    gap = np.hypot(wide, high)
    for panels in range(MOST_PANELS, 0, -1):
        for sign, rows, larger in ((1, opens, right), (-1, closes, left)):
            upright = larger[:, 0] < SLIM * larger[:, 1]
            for folded, kept, downwards in ((high, wide, True), (wide, high, False)):
                slack = SAME_PANEL if panels > 1 else SAME_EDGE
                fits = (np.abs(folded - sign * np.log(panels)) < slack) & (np.abs(kept) < SAME_EDGE)
                rows[fits] = panels
                down[fits] = (upright[fits] | downwards) & (panels > 1)
                gap = np.minimum(gap, np.hypot(np.maximum(np.abs(folded - sign * np.log(panels)) - SAME_EDGE, 0), kept))
        if panels == 2:
            for sign, rows in ((1, opens), (-1, closes)):
                # A leaf folded twice: 2 x 2 panels.
                fits = (np.abs(wide - sign * np.log(2)) < SAME_PANEL) & (np.abs(high - sign * np.log(2)) < SAME_PANEL)
                new = fits & (rows == 0)
                rows[new] = 4
                down[new & (sign < 0)] = True
                gap[fits] = np.minimum(gap[fits], SAME_EDGE)
    # One sheet on its side: half a change of size, not proof.
    sideways = np.abs(np.log(right[:, 0] / left[:, 1])) + np.abs(np.log(right[:, 1] / left[:, 0]))
    gap = np.where((sideways < SAME_EDGE) & (gap > SIDEWAYS_GAP), SIDEWAYS_GAP, gap)
    exact = np.exp(-((np.maximum(np.abs(wide), np.abs(high)) / 0.005) ** 2))
    return _Relation(opens, closes, down, gap, exact)


def _common(width: Floats, height: Floats) -> Floats:
    """Return the share of runs, not of pages: thirty sheets of one speech are one witness for letter paper."""
    n = len(width)
    if n == 0:
        return np.zeros(0)
    cells = np.stack([np.round(np.log(width) / 0.025), np.round(np.log(height) / 0.025)], axis=1).astype(int)
    first = np.ones(n, dtype=bool)
    first[1:] = np.abs(np.diff(cells, axis=0)).max(axis=1) > 1
    counts: dict[tuple[int, int], int] = {}
    for cell in cells[first]:
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                key = (int(cell[0]) + dx, int(cell[1]) + dy)
                counts[key] = counts.get(key, 0) + 1
    counted = np.array([counts.get((int(cell[0]), int(cell[1])), 1) for cell in cells], dtype=np.float64)
    return np.asarray((counted + 1) / (first.sum() + 3))


def size_columns(sizes: Sizes) -> list[Column]:
    """Return the evidence of the family "paper" that needs only widths and heights."""
    opens, closes, down = sizes.opens, sizes.closes, sizes.down
    seams = len(opens)
    rare = np.clip(-np.log(np.maximum(sizes.common[:-1], sizes.common[1:])) / 3, 0, 1)
    leaf = np.maximum(opens, closes)
    sideways, back = np.where(down, 0, opens), np.where(down, 0, closes)
    before, came_in = np.concatenate([[0], back])[:seams], np.concatenate([[0], sideways])[:seams]
    after = np.concatenate([sideways[1:], [0]])[:seams]
    closed = (before >= 2) & (opens < 2)
    cover = (after >= 2) & (closes < 2) & (opens < 2)
    between = closed & (after >= 2) & (opens == 1)
    return [
        column("paper", "size_gap", 1, sizes.trust * np.tanh(np.maximum(sizes.gap - 0.012, 0) / 0.08), _say_gap(sizes)),
        column("paper", "same_size", -1, sizes.exact, "Both sheets have almost exactly the same size."),
        column("paper", "same_odd_size", -1, sizes.exact * rare, "Both sheets have the same unusual size."),
        column(
            "paper",
            "opens",
            -1,
            (opens >= 2) & ~down,
            lambda i: say(
                "The next image is %(times)s as wide, like a spread after its cover or an unfolded leaflet.",
                times=_times(opens[i]),
            ),
        ),
        column(
            "paper",
            "closes",
            -1,
            (closes >= 2) & ~down,
            lambda i: say(
                "This image is %(times)s as wide as the next, like a spread before its back cover or a fold.",
                times=_times(closes[i]),
            ),
        ),
        column(
            "paper",
            "folds_down",
            -1,
            (leaf >= 2) & down,
            "One sheet is a multiple of the other, like a half sheet or a leaflet that opens downward.",
        ),
        column(
            "paper", "spreads", -1, _between_spreads(sizes) * sizes.telling, "Both images are spreads of the same size."
        ),
        column(
            "paper",
            "closed",
            1,
            closed & ~between,
            "This page is a single leaf after spreads of its size, like a back cover.",
        ),
        column(
            "paper",
            "cover",
            1,
            cover & (leaf < 2),
            "The next page is a single leaf before a spread of its size, like a front cover.",
        ),
        column("paper", "closed_and_cover", 1, closed & cover, "A back cover is followed by a front cover."),
        column(
            "paper",
            "unfinished",
            1,
            (leaf == 0) & (came_in >= 2),
            "A spread is followed by a sheet that is not its back cover.",
        ),
    ]


def _between_spreads(sizes: Sizes) -> Bools:
    """Return (n - 1,) whether both images are spreads.

    They are wide, of equal size, and a single leaf half as wide comes before or after their run. Without one, they may
    be cards, envelopes, or prints that are wider than high.
    """
    alike = np.maximum(sizes.opens, sizes.closes) == 1
    wide = alike & (sizes.width[:-1] > 1.15 * sizes.height[:-1])
    run = np.cumsum(np.append(True, ~wide[1:] | ~wide[:-1])[: len(wide)])
    covered = np.zeros(len(wide) + 2, dtype=bool)
    sideways = ~sizes.down
    goes_before = np.append(False, (sizes.opens >= 2) & sideways)[:-1]
    comes_after = np.append((sizes.closes >= 2) & sideways, False)[1:]
    covered[run[wide & (goes_before | comes_after)]] = True
    return np.asarray(wide & covered[run])


def _times(panels: int) -> str:
    few = {2: say("twice"), 3: say("three times"), 4: say("four times")}
    return few.get(int(panels), say("%(count)s times", count=int(panels)))


def _by(ratio: float, more: str, less: str) -> str:
    """Describe a ratio: "47% wider", or "about 4 times wider" if percentages say little."""
    times = max(ratio, 1 / ratio)
    how = more if ratio > 1 else less
    if times >= MANY_TIMES[0]:
        return say("about %(times)s times %(how)s", times=round(times), how=how)
    return say("%(percent)s%% %(how)s", percent=round(100 * abs(ratio - 1)), how=how)


def _say_gap(sizes: Sizes) -> Callable[[int], str]:
    def sentence(i: int) -> str:
        ratio = sizes.width[i + 1] * sizes.height[i + 1] / (sizes.width[i] * sizes.height[i])
        change, times = ratio - 1, max(ratio, 1 / ratio)
        low, high = MANY_TIMES
        if sizes.goes_on[i] or sizes.goes_on[i + 1]:
            return "One of the sheets is larger than the other and goes on beyond its scan."
        if sizes.uneven[i] or sizes.uneven[i + 1]:
            return "The next sheet has a different size or outline."
        wider, taller = sizes.width[i + 1] / sizes.width[i], sizes.height[i + 1] / sizes.height[i]
        # An unevenly folded leaflet looks like this too: nothing rules out a fold.
        if abs(np.log(taller)) < SAME_EDGE < abs(np.log(wider)):
            return say(
                "The sheets are equally tall, but the next is %(how)s.", how=_by(wider, say("wider"), say("narrower"))
            )
        if abs(np.log(wider)) < SAME_EDGE < abs(np.log(taller)):
            return say(
                "The sheets are equally wide, but the next is %(how)s.", how=_by(taller, say("taller"), say("shorter"))
            )
        if abs(change) < 0.03:
            return "The next sheet has a different shape and isn’t part of a fold."
        if times >= low:
            many = (
                say("more than %(times)s", times=round(high))
                if times >= high
                else say("about %(times)s", times=round(times))
            )
            if change > 0:
                return say("The next image is %(many)s times larger and isn’t part of a fold.", many=many)
            return say("The next image is %(many)s times smaller and isn’t part of a fold.", many=many)
        percent = round(100 * abs(change))
        if change > 0:
            return say("The next sheet is %(percent)s%% larger and isn’t part of a fold.", percent=percent)
        return say("The next sheet is %(percent)s%% smaller and isn’t part of a fold.", percent=percent)

    return sentence
