"""The sheet inside a uniform frame: black around microfilm, the lid of a flatbed, a page padded to a fixed size.

A frame differs from a page's own margin in two ways: its color is not that of the paper, and it ends in a straight
edge, as paper does and print doesn't. In a single image this is only a hint: a colored panel with a white margin looks
the same. `evidence.framing` decides for the whole collection.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import scipy
from PIL import Image

from clustering.engine.bed import ALIKE, SMALLEST, corner_colors, joined_to_edge
from clustering.engine.lab import Lab, to_lab

Bools = npt.NDArray[np.bool_]

COARSE = 320
"""Long edge, in pixels, of the copy that is searched for a frame."""
FINE = 1000
"""The same if there is one: a millimeter of a letter page on an A3 flatbed is then two pixels."""
ANOTHER = 3.5
"""Difference from which the paper inside isn't part of the frame."""
LEAST = 0.03
"""Share of the image below which a frame is the shadow of the paper's edge."""
STRAIGHT = 0.7
"""Share of an edge's pixels that must be on one line for it to be the edge of paper."""
BESIDE = 1.6
"""Pixels of the small copy by which they may be off that line."""


def frame_of(image: Image.Image) -> list[float] | None:
    """Return [left, top, right, bottom] of the sheet, in shares of the image, or None without a frame.

    Searches a small copy in about 8 ms, and measures a frame on a larger one in another 60 ms.
    """
    coarse = find_frame(_copy(image, COARSE))
    if coarse is None or max(image.size) <= COARSE:
        return coarse
    return find_frame(_copy(image, FINE)) or coarse


def _copy(image: Image.Image, edge: int) -> Lab:
    small = image.copy()
    small.thumbnail((edge, edge), Image.Resampling.BOX)
    if small.mode == "L":
        return np.asarray(_lab_of_grays()[np.asarray(small)], dtype=np.float32)
    return to_lab(np.asarray(small.convert("RGB")))


@cache
def _lab_of_grays() -> Lab:
    """Return the 256 levels of gray in L*a*b*: a lookup takes a tenth of the time of computing a page."""
    return to_lab(np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1))


def find_frame(lab: Lab) -> list[float] | None:
    """Return `frame_of` for an image in L*a*b*, shape (height, width, 3)."""
    height, width = lab.shape[:2]
    if min(height, width) < 24:
        return None
    best: tuple[float, list[float]] | None = None
    tried: list[npt.NDArray[np.float32]] = []
    for corner in corner_colors(lab):
        if any(float(np.linalg.norm(corner - color)) < ALIKE / 2 for color in tried):
            continue
        tried.append(corner)
        frame = joined_to_edge(np.linalg.norm(lab - corner, axis=-1) < ALIKE)
        box = _sheet_in(frame)
        if box is None or not _is_paper(lab, frame, box, corner):
            continue
        area = float(frame.mean())
        if area >= LEAST and (best is None or area > best[0]):
            left, top, right, bottom = box
            best = area, [left / width, top / height, right / width, bottom / height]
    return [round(x, 4) for x in best[1]] if best else None


def _sheet_in(frame: Bools) -> tuple[int, int, int, int] | None:
    """Return the box of the largest object that isn't frame, without specks: left, top, right, bottom in pixels."""
    things, count = scipy.ndimage.label(scipy.ndimage.binary_opening(~frame, np.ones((3, 3), dtype=bool)))
    if not count:
        return None
    sizes = np.bincount(things.ravel())[1:]
    if sizes.max() < SMALLEST * frame.size:
        return None
    rows, columns = scipy.ndimage.find_objects(things)[int(sizes.argmax())]
    return int(columns.start), int(rows.start), int(columns.stop), int(rows.stop)


def _is_paper(lab: Lab, frame: Bools, box: tuple[int, int, int, int], color: npt.NDArray[np.float32]) -> bool:
    """Whether the box holds a sheet: of another color than the frame, with straight edges."""
    left, top, right, bottom = box
    if right - left < 12 or bottom - top < 12:
        return False
    inside = lab[top:bottom, left:right].reshape(-1, 3)
    if float(np.linalg.norm(np.median(inside, axis=0) - color)) < ANOTHER:
        return False
    sheet = ~frame[top:bottom, left:right]
    height, width = frame.shape
    sides = (
        (left > 1, sheet),
        (right < width - 1, sheet[:, ::-1]),
        (top > 1, sheet.T),
        (bottom < height - 1, sheet[::-1].T),
    )
    return all(_is_straight(side) for framed, side in sides if framed)


def _is_straight(sheet: Bools) -> bool:
    """Whether the first pixels of the sheet in each row lie on one line, leaving out the ends."""
    rows = sheet[len(sheet) // 20 : len(sheet) - len(sheet) // 20 or None]
    there = rows.any(axis=1)
    if there.mean() < STRAIGHT:
        return False
    places = np.flatnonzero(there)
    first = rows.argmax(axis=1)[there].astype(np.float64)
    third = max(len(first) // 3, 1)
    slope = (np.median(first[-third:]) - np.median(first[:third])) / max(
        places[-third:].mean() - places[:third].mean(), 1
    )
    away = first - slope * places
    return bool((np.abs(away - np.median(away)) <= BESIDE).sum() >= STRAIGHT * len(rows))
