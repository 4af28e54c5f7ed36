"""The outline of a sheet: its size in the image, whether all of it is visible, and how much of its box it fills."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clustering.engine.bed import SIDES, clear_sides
from clustering.engine.evidence.framing import is_unknown
from clustering.engine.evidence.glances import PageGlance
from clustering.engine.evidence.image_similarity import is_bled
from clustering.engine.records import PageRecord

STRIP = 0.9
"""Share of an edge that must be left after bed is cut off; if less is left, the dark area is print."""
HAIR = 0.008
"""Share of an edge up to which bed is a shadow of the paper's edge, too narrow to measure."""
FILLED = 0.95
"""Share of its measured box that a straight sheet fills at least, even two degrees askew; less is round or torn."""
FOUND = 0.6
"""Share below which the box is that of the glass and the edges of a card on it were not found; a disc fills 0.8."""
CUT_MARKS = 6
"""Marks that run off one edge of an image from which the sheet was larger; a few may be notes or shadows."""


@PageGlance.told_once
def sheet_size(page: PageRecord) -> tuple[float, float]:
    """Return width and height of the sheet in pixels, without the scanner bed around it if that was measured."""
    box = _box(page)
    width, height = float(max(page.width, 1)), float(max(page.height, 1))
    if box is None:
        return width, height
    across, down = _spans(box)
    if min(across, down) < STRIP:
        return width, height
    return width * (across if across < 1 - HAIR else 1.0), height * (down if down < 1 - HAIR else 1.0)


def _box(page: PageRecord) -> list[float] | None:
    """Return the sheet's measured box in shares of the image; None if not measured or empty."""
    box = (page.paper or {}).get("sheet")
    if not isinstance(box, list) or len(box) != 4 or min(_spans(box)) <= 0:
        return None
    return [float(at) for at in box]


def _spans(box: Sequence[float]) -> tuple[float, float]:
    left, top, right, bottom = box
    return right - left, bottom - top


@PageGlance.told_once
def lies_sideways(page: PageRecord) -> bool:
    """Whether the print runs up or down the image, so that the sheet may have lain on its side."""
    return page.reading is not None and page.reading.rotation in (90, 270)


@PageGlance.told_once
def size_is_hidden(page: PageRecord) -> bool:
    """Whether the edges of the sheet were not found: a card on the glass, a page on film, a panel on a dark cover."""
    box = _box(page)
    is_within = box is not None and min(_spans(box)) < STRIP and clear_sides(box) >= SIDES
    return is_within or is_unknown(page) or share_filled(page) < FOUND


@PageGlance.told_once
def is_cut_off(page: PageRecord) -> bool:
    """Whether print runs off an edge of the image: the sheet was larger than the glass, or cropped."""
    marks: Sequence[int] = (page.paper or {}).get("cut") or [0]
    return max(marks) >= CUT_MARKS


@PageGlance.told_once
def share_filled(page: PageRecord) -> float:
    """Return the share of the box that `sheet_size` measures without bed.

    1 if nothing was measured, and for a picture to all edges, whose dark parts look like bed.
    """
    if is_bled(page):
        return 1.0
    bed = float((page.paper or {}).get("bed", 0.0))
    width, height = sheet_size(page)
    whole = float(max(page.width, 1) * max(page.height, 1))
    return float(np.clip((1 - bed) * whole / (width * height), 1e-3, 1.0))
