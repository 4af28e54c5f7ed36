"""Parts of an image that are not the sheet: scanner bed, the background of a film, the dark rim of a photocopy.

Almost black areas connected with the edge of the image are bed. But many lids, films, and copiers are dark gray, like
printed covers. Gray therefore counts only if something lighter lies on it, clear of at least two edges of the image.
Black that leaves no visible sheet is print: a cover, a negative.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy

from clustering.engine.lab import Lab

Bools = npt.NDArray[np.bool_]

BED_LIGHTNESS = 18.0
"""CIE L* below which pixels at the edge of the image are bed: printed black is scanned lighter."""
DARK = 35.0
"""L* below which a gray may be that of a lid, a film, or toner."""
COLORLESS = 12.0
"""Chroma up to which it is gray or black: navy and maroon covers have three times as much."""
ALIKE = 7.0
"""CIE76 difference up to which pixels are of one background: scanner noise and uneven light."""
LIGHTER = 25.0
"""L* by which paper is lighter than a gray background."""
SMALLEST = 0.015
"""Smallest share of the image that a sheet covers: a card on a large bed. Perforations of film are smaller."""
COMPACT = 0.6
"""Smallest share of its box that a sheet fills: a disc 0.79, a torn clipping more; letters on a cover less."""
MOSTLY = 0.6
"""Share of a row or column from which it belongs to the bed."""
CLEAR = 0.008
"""Share of an edge from which bed is more than the shadow of the paper's edge."""
SIDES = 2
"""Edges of the image that a sheet on a gray background must be clear of; one dark strip may be the foot of a cover."""

WHOLE = (0.0, 0.0, 1.0, 1.0)


class Bed(NamedTuple):
    """The box of an image without a visible sheet."""

    mask: Bools
    box: list[float]
    """Left, top, right, and bottom of the sheet, in shares of the image."""


def find_bed(lab: Lab) -> Bed:
    """Separate bed and sheet in an image in L*a*b*, shape (height, width, 3)."""
    colorless = np.hypot(lab[..., 1], lab[..., 2]) < COLORLESS
    black = joined_to_edge((lab[..., 0] < BED_LIGHTNESS) & colorless)
    gray = black
    for color in _gray_corners(lab):
        gray = gray | joined_to_edge(np.linalg.norm(lab - color, axis=-1) < ALIKE)
    if gray is not black:
        bed = _around(gray)
        if bed is not None and clear_sides(bed.box) >= SIDES and _is_lighter(lab[..., 0], bed.mask):
            return bed
    return _around(black) or Bed(np.zeros_like(black), list(WHOLE))


def clear_sides(box: Sequence[float]) -> int:
    """Return how many edges of the image a box, in shares of it, is clear of: 0 … 4."""
    return sum(abs(at - edge) > CLEAR for at, edge in zip(box, WHOLE, strict=True))


def joined_to_edge(pixels: Bools) -> Bools:
    """Return the pixels connected with the edge of the image."""
    labels, _ = scipy.ndimage.label(pixels)
    edge = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    return np.asarray(np.isin(labels, edge[edge > 0]))


def corner_colors(lab: Lab) -> list[npt.NDArray[np.float32]]:
    """Return the median colors of the corners of an image, clockwise from the top left."""
    patches = (lab[:4, :4], lab[:4, -4:], lab[-4:, -4:], lab[-4:, :4])
    return [np.median(patch.reshape(-1, 3), axis=0) for patch in patches]


def _gray_corners(lab: Lab) -> list[npt.NDArray[np.float32]]:
    out: list[npt.NDArray[np.float32]] = []
    for color in corner_colors(lab):
        is_dark = BED_LIGHTNESS - ALIKE < color[0] < DARK and float(np.hypot(*color[1:])) < COLORLESS
        if is_dark and all(float(np.linalg.norm(color - other)) >= ALIKE / 2 for other in out):
            out.append(color)
    return out


def _around(bed: Bools) -> Bed | None:
    """Return the bed around what it leaves, and all else outside the sheet's box; None if that is not a sheet."""
    if not bed.any():
        return Bed(bed, list(WHOLE))
    things, count = scipy.ndimage.label(scipy.ndimage.binary_opening(~bed, np.ones((3, 3), dtype=bool)))
    sizes = np.bincount(things.ravel(), minlength=count + 1)
    large = [number for number in range(1, count + 1) if sizes[number] >= SMALLEST * bed.size]
    if not large:
        return None
    rows, columns = np.nonzero(np.isin(things, large))
    left, top, right, bottom = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    inside = bed[top:bottom, left:right]
    down, across = np.flatnonzero(inside.mean(axis=1) < MOSTLY), np.flatnonzero(inside.mean(axis=0) < MOSTLY)
    if not len(down) or not len(across) or 1 - inside.mean() < COMPACT:
        return None
    top, bottom, left, right = top + down[0], top + down[-1] + 1, left + across[0], left + across[-1] + 1
    outside = np.ones_like(bed)
    outside[top:bottom, left:right] = False
    height, width = bed.shape
    box = (left / width, top / height, right / width, bottom / height)
    return Bed(bed | outside, [round(float(share), 4) for share in box])


def _is_lighter(lightness: npt.NDArray[np.float32], bed: Bools) -> bool:
    return bool(np.median(lightness[~bed]) > np.median(lightness[bed]) + LIGHTER)
