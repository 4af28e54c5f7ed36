"""Measure the skew of the lines of a page from its ink alone, and rotate the page back.

Rows of print give a profile of ink with steep steps, steepest across the direction of the lines. The profile is taken
at many angles, each from the same pixels sheared (Postl's method).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy
from PIL import Image

from clustering.engine.lines import Print, Word
from clustering.engine.records import Line

Bools = npt.NDArray[np.bool_]

LONG_EDGE = 1000
"""Pixels of the copy that is measured: 6-point print is 7 pixels high there."""
MOST = 20.0
"""Degrees to try on either side; a page with more skew is probably sideways."""
LEAST = 2.0
"""Degrees from which a page is rotated back: Tesseract reads pages with less skew without loss (shared skew cases)."""
CLEAR = 2.5
"""How much steeper the profile must be at its best angle than at the median one. Print on the archives' scans has at
least 4 in 9 of 10 cases, pictures 1 to 2."""
_COARSE, _FINE = 0.5, 0.1
_LEAST_POINTS, _MOST_POINTS = 200, 40_000
"""Fewest pixels of ink that show an angle, and the most that are used."""
_PAPER = 25
"""Pixels around each one, of which the lightest are the paper that ink is compared with."""
_INK = 40
"""Gray levels by which ink is darker than its paper."""


@dataclass(frozen=True, slots=True)
class Lean:
    """The skew of the lines of an image."""

    degrees: float
    """Degrees by which they rise to the right: rotate the image clockwise by this to level them."""
    clearness: float
    """How much steeper the profile is at this angle than at the median one, from 1."""

    @property
    def is_to_be_levelled(self) -> bool:
        """Whether the skew is so large and so clear that the page has to be rotated before reading."""
        return abs(self.degrees) >= LEAST and self.clearness >= CLEAR


LEVEL = Lean(0.0, 1.0)


def ink_of(gray: Image.Image) -> tuple[Bools, float]:
    """Return where ink is on a small copy, shape (height, width), and the copy's scale. About 30 ms."""
    share = min(1.0, LONG_EDGE / max(gray.size))
    size = (max(1, round(gray.width * share)), max(1, round(gray.height * share)))
    values = np.asarray(gray.resize(size, Image.Resampling.BOX, reducing_gap=3.0), dtype=np.int16)
    paper = scipy.ndimage.uniform_filter(scipy.ndimage.maximum_filter(values, _PAPER), _PAPER)
    return paper - values > _INK, share


def spread(ink: Bools, down: int, across: int) -> Bools:
    """Return ink grown by a box in pixels: like `binary_dilation` by ones, but several times faster for a large box."""
    grown = ink.astype(np.uint8)
    for axis, size in ((0, down), (1, across)):
        # A box of even size has no middle: a dilation reaches one pixel further on the other side than a filter.
        origin = 0 if size % 2 else -1
        grown = scipy.ndimage.maximum_filter1d(grown, size, axis=axis, mode="constant", origin=origin)
    return np.asarray(grown, dtype=np.bool_)


def lean_of(ink: Bools) -> Lean:
    """Return the skew of the lines in a map of ink; none if there is too little ink. About 30 ms."""
    down, across = np.nonzero(ink)
    if len(down) < _LEAST_POINTS:
        return LEVEL
    if len(down) > _MOST_POINTS:
        chosen = np.random.default_rng(0).choice(len(down), _MOST_POINTS, replace=False)
        down, across = down[chosen], across[chosen]
    coarse = np.arange(-MOST, MOST + _COARSE / 2, _COARSE)
    steepness = np.array([_steepness(down, across, angle) for angle in coarse])
    best = coarse[int(steepness.argmax())]
    fine = np.arange(best - _COARSE, best + _COARSE + _FINE / 2, _FINE)
    finer = np.array([_steepness(down, across, angle) for angle in fine])
    return Lean(round(float(fine[int(finer.argmax())]), 1), float(finer.max() / max(np.median(steepness), 1e-9)))


def _steepness(down: npt.NDArray[np.intp], across: npt.NDArray[np.intp], degrees: float) -> float:
    """Return how steep the profile of ink is across lines with this skew."""
    rows = down + across * np.tan(np.radians(degrees))
    profile = np.bincount((rows - rows.min()).round().astype(np.intp))
    return float((np.diff(profile.astype(np.float64)) ** 2).sum())


def levelled(gray: Image.Image, lean: Lean) -> Image.Image:
    """Return the image rotated so that its lines are level, not cropped, the corners filled with its paper."""
    if not lean.is_to_be_levelled:
        return gray
    paper = int(np.percentile(np.asarray(gray.reduce(max(1, min(gray.size) // 200))), 75))
    return gray.rotate(-lean.degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=paper)


def unlevelled(print_: Print, lean: Lean, before: tuple[int, int], after: tuple[int, int]) -> Print:
    """Return a reading of a leveled image in coordinates of the original one.

    `before` and `after` are the sizes of both. Each box keeps its width and height and moves with its center, so that
    boxes of lines stay as high as their letters.
    """
    if not lean.is_to_be_levelled:
        return print_
    angle = np.radians(lean.degrees)
    sine, cosine = float(np.sin(angle)), float(np.cos(angle))

    def moved(across: float, down: float) -> tuple[float, float]:
        x, y = across - after[0] / 2, down - after[1] / 2
        return x * cosine + y * sine + before[0] / 2, y * cosine - x * sine + before[1] / 2

    return moved_by(print_, moved, before)


def moved_by(print_: Print, moved: Callable[[float, float], tuple[float, float]], size: tuple[int, int]) -> Print:
    """Return the reading with the center of each box moved, and all of it within an image of this size."""

    def box(item: Line | Word) -> dict[str, Any]:
        x, y = moved((item.left + item.right) / 2, (item.top + item.bottom) / 2)
        wide, high = (item.right - item.left) / 2, (item.bottom - item.top) / 2
        return {
            "left": min(size[0], max(0, round(x - wide))),
            "top": min(size[1], max(0, round(y - high))),
            "right": min(size[0], max(0, round(x + wide))),
            "bottom": min(size[1], max(0, round(y + high))),
        }

    return replace(
        print_,
        lines=tuple(line._replace(**box(line)) for line in print_.lines),
        words=tuple(word._replace(**box(word)) for word in print_.words),
    )
