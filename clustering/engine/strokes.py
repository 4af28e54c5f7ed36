"""The texture of writing or print on a page: a description that needs no reading.

Two pages by one hand, one typewriter, or one press share the slant, width, and spacing of their strokes, in any
language and even if OCR fails. Measured on the binarized page: histograms of the direction of edges, of runs of ink, of
the gaps between them, and of the sizes of connected parts (after Schomaker and Bulacu 2004, who identify writers by
such histograms), and the color of the ink.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy
from PIL import Image

from clustering.engine.lab import to_lab
from clustering.engine.masks import grown, shrunk

LONG_EDGE = 1100
"""Pixels: some 100 dpi for a letter page, where a pen stroke is two to four pixels wide."""
INK = 0.75
"""Share of the local background's brightness below which a pixel is ink."""
BED = 60.0
"""Background brightness, 0 … 255, below which there is no paper."""
SOLID = 6
"""Pixels: ink that survives this erosion is a picture, a bar, or scanner bed, not a stroke."""
FEWEST = 400
"""Pixels of ink below which histograms are noise."""
DIRECTIONS = 16
RUNS = (1, 2, 3, 4, 5, 7, 10, 14, 20, 1e9)
GAPS = (1, 2, 3, 5, 8, 12, 18, 27, 40, 60, 1e9)
PARTS = (2, 4, 6, 8, 11, 15, 20, 28, 40, 60, 1e9)

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def measure_strokes(image: Image.Image) -> dict[str, Any] | None:
    """Describe the strokes of one sheet; None if it has too little ink.

    Returns
    -------
    dict of lists, as JSON, or None
        directions (16,) of edges over 180 degrees, by strength; runs_down, runs_across (9,) lengths of ink; gaps_down,
        gaps_across (10,) lengths between; heights, widths (10,) of connected parts: each adds up to 1 or is all 0. ink
        (3,) median CIE L*a*b* of the strokes' cores. Pixels at LONG_EDGE; about 100 ms.
    """
    rgb = _scaled(image.convert("RGB"))
    gray = np.asarray(rgb.convert("L"), dtype=np.float32)
    ink = _strokes(gray)
    if ink.sum() < FEWEST:
        return None
    between = ~grown(ink)
    tall, wide = _parts(ink)
    return {
        "directions": _share(_directions(gray, ink)),
        "runs_down": _share(np.histogram(_runs(ink.T), RUNS)[0]),
        "runs_across": _share(np.histogram(_runs(ink), RUNS)[0]),
        "gaps_down": _share(np.histogram(_runs(between.T), GAPS)[0]),
        "gaps_across": _share(np.histogram(_runs(between), GAPS)[0]),
        "heights": _share(np.histogram(tall, PARTS)[0]),
        "widths": _share(np.histogram(wide, PARTS)[0]),
        "ink": _ink_color(rgb, ink),
    }


def _scaled(rgb: Image.Image) -> Image.Image:
    factor = LONG_EDGE / max(rgb.size)
    size = (max(round(rgb.width * factor), 1), max(round(rgb.height * factor), 1))
    return rgb.resize(size, Image.Resampling.BOX if factor < 1 else Image.Resampling.BICUBIC)


def _strokes(gray: npt.NDArray[np.float32]) -> Bools:
    """Find pixels clearly darker than the paper around them, without solid areas."""
    small = scipy.ndimage.uniform_filter(scipy.ndimage.maximum_filter(gray[::4, ::4], 9), 9)
    size = (gray.shape[1], gray.shape[0])
    ground = np.asarray(Image.fromarray(small).resize(size, Image.Resampling.BILINEAR))
    ink = (gray < INK * np.maximum(ground, 1.0)) & (ground > BED)
    solid = shrunk(ink, SOLID)
    if solid.any():
        ink &= ~grown(solid, SOLID + 10)
    return np.asarray(ink)


def _directions(gray: npt.NDArray[np.float32], ink: Bools) -> Floats:
    """Return the strength of the edges of the ink by direction, over 180 degrees."""
    near = grown(ink)
    across = scipy.ndimage.gaussian_filter(gray, 1.0, order=(0, 1))[near]
    down = scipy.ndimage.gaussian_filter(gray, 1.0, order=(1, 0))[near]
    sector = (np.arctan2(down, across) % np.pi / np.pi * DIRECTIONS).astype(int)
    return np.asarray(np.bincount(np.minimum(sector, DIRECTIONS - 1), np.hypot(across, down), DIRECTIONS), dtype=float)


def _runs(mask: Bools) -> npt.NDArray[np.intp]:
    """Return the lengths of the runs of True along the rows."""
    row_by_row = np.pad(mask, ((0, 0), (1, 1))).ravel()
    ends = np.flatnonzero(row_by_row[1:] != row_by_row[:-1])
    return np.asarray(ends[1::2] - ends[::2])


def _parts(ink: Bools) -> tuple[list[int], list[int]]:
    """Return heights and widths of the connected parts."""
    boxes = scipy.ndimage.find_objects(scipy.ndimage.label(ink)[0])
    return [rows.stop - rows.start for rows, _ in boxes], [columns.stop - columns.start for _, columns in boxes]


def _ink_color(rgb: Image.Image, ink: Bools) -> list[float]:
    core = shrunk(ink)
    core = core if core.sum() >= FEWEST / 4 else ink
    lab = to_lab(np.asarray(rgb)[core][None])[0]
    return [round(float(x), 1) for x in np.median(lab, axis=0)]


def _share(counts: npt.NDArray[Any]) -> list[float]:
    total = max(float(counts.sum()), 1e-9)
    return [round(float(count) / total, 4) for count in counts]


def rotated_strokes(strokes: dict[str, Any], clockwise: int) -> dict[str, Any]:
    """Return the description as it would be of the page rotated clockwise by 0, 90, 180, or 270 degrees."""
    if clockwise not in {90, 270}:
        return strokes
    half = DIRECTIONS // 2
    rotated = dict(strokes)
    rotated["directions"] = strokes["directions"][half:] + strokes["directions"][:half]
    for one, other in (("runs_down", "runs_across"), ("gaps_down", "gaps_across"), ("heights", "widths")):
        rotated[one], rotated[other] = strokes[other], strokes[one]
    return rotated
