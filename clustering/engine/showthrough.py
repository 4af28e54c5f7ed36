"""What shows through a sheet: the faint mirror image of its other side.

Two scans are the two sides of one leaf if the faint marks on one, mirrored, match the ink of the other. This is
physics, not style: it holds for any archive with print on both sides of thin paper, and similar content can't imitate
it, because the marks match at one offset only. On the AFL-CIO scans, it proves seven of ten seams inside documents (all
booklets and two-sided sheets, no one-sided typescripts), and is wrong at one of 76 true boundaries (121|122, where the
header on the leaf's own other side is that of the next fact sheet). `engine.leaf_matching` compares the maps.

Each page is reduced to two small maps of `HEIGHT` rows: where unprinted paper is slightly darker, and where the page's
own ink is. Both are stored as compressed text, about 12 kB per page.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy
from PIL import Image

from clustering.engine.masks import grown

Floats = npt.NDArray[np.float32]

HEIGHT = 240
"""Rows of the stored maps. 240 rows separate the marks as well as 600 (measured), in a fifth of the space."""
FINE = 600
"""Rows at which ink is separated from show-through, before reduction to HEIGHT."""
WIDEST = 1200
"""Most columns: a page more than five times as wide as high is squeezed."""
FAINTEST = 0.15
"""Share of the unprinted area that counts as slightly dark; a rank, so that it works for thin and for thick paper."""
INK = 0.18
"""Darkness relative to the paper from which a pixel is printed; show-through stays below."""
BED = 70.0
"""Gray level below which the surroundings are scanner bed, not paper."""
WINDOW = 7
"""Width, in rows of the map, of the running mean that is subtracted: removes shading, stains, and the rhythm of
lines."""
SAME_SCALE = 0.005
"""Relative difference up to which two scales are equal."""


@dataclass(frozen=True, slots=True)
class LeafMaps:
    """The two maps of one image, ready to be compared."""

    faint: Floats
    """(HEIGHT, width): 1 - FAINTEST where the unprinted paper is dark, -FAINTEST elsewhere."""
    ink: Floats
    """(HEIGHT, width): ink, with its running mean subtracted."""


def measure_leaf(gray: Image.Image) -> dict[str, Any]:
    """Return the maps of one image in mode L as JSON: {"width", "faint", "ink"}; width in columns, maps packed as
    text."""
    faint, ink = _maps(gray)
    levels = np.clip(ink * 8, 0, 3).astype(np.uint8)
    pairs = np.stack([levels >> 1, levels & 1])
    return {"width": int(faint.shape[1]), "faint": _pack(faint), "ink": _pack(pairs.astype(bool))}


def leaf_maps(stored: Mapping[str, Any]) -> LeafMaps | None:
    """Return the maps that `measure_leaf` packed; None if unreadable."""
    try:
        stored = dict(stored)  # read once, where it is in a file
        width = int(stored["width"])
        faint = _unpack(stored["faint"], HEIGHT * width).reshape(HEIGHT, width)
        pairs = _unpack(stored["ink"], 2 * HEIGHT * width).reshape(2, HEIGHT, width)
    except (KeyError, TypeError, ValueError, zlib.error):
        return None
    return LeafMaps(faint - np.float32(FAINTEST), _leveled(2 * pairs[0].astype(np.int16) + pairs[1]))


def scaled_maps(maps: LeafMaps, factor: float) -> LeafMaps:
    """Return the maps at another scale, for sheets cropped to different heights, so that rows of both are equal."""
    if abs(factor - 1) < SAME_SCALE:
        return maps
    size = (max(round(maps.faint.shape[1] * factor), 1), max(round(maps.faint.shape[0] * factor), 1))
    return LeafMaps(*(_resized(each, size) for each in (maps.faint, maps.ink)))


def _resized(values: Floats, size: tuple[int, int]) -> Floats:
    image = Image.fromarray(np.ascontiguousarray(values, np.float32))
    return np.asarray(image.resize(size, Image.Resampling.BILINEAR), np.float32)


def rotated_maps(maps: LeafMaps, quarters: int) -> LeafMaps:
    """Return the maps rotated clockwise by `quarters` times 90 degrees, scaled to HEIGHT rows."""
    if quarters % 4 == 0:
        return maps
    faint, ink = (np.rot90(each, -quarters) for each in (maps.faint, maps.ink))
    if quarters % 2 == 0:
        return LeafMaps(faint, ink)
    size = (max(round(faint.shape[1] * HEIGHT / faint.shape[0]), 1), HEIGHT)
    return LeafMaps(_resized(faint, size), _resized(ink, size))


def _maps(gray: Image.Image) -> tuple[npt.NDArray[np.bool_], Floats]:
    width = min(max(round(gray.width * FINE / max(gray.height, 1)), 3), round(WIDEST * FINE / HEIGHT))
    how = Image.Resampling.BOX if gray.height > FINE else Image.Resampling.BILINEAR
    fine = np.asarray(gray.resize((width, FINE), how), np.float32)
    paper = _paper_level(fine)
    dark = (paper - fine) / np.maximum(paper, 40.0)
    plain = ~grown(dark > INK, 2) & (paper > BED)
    plain[:6] = plain[-6:] = False
    plain[:, :6] = plain[:, -6:] = False
    ink = np.clip(dark, 0.0, 0.5)
    ink[paper < BED] = 0.0
    columns = max(round(width * HEIGHT / FINE), 1)
    share = _reduce(plain.astype(np.float32), columns)
    faint = _reduce(np.where(plain, np.clip(dark, -0.05, 0.15), 0.0), columns) / np.maximum(share, 0.05)
    there = share >= 0.3
    for size in ((1, 9), (9, 1)):
        weight = scipy.ndimage.uniform_filter(there.astype(np.float32), size)
        faint = np.where(
            there, faint - scipy.ndimage.uniform_filter(faint * there, size) / np.maximum(weight, 0.02), 0.0
        )
    if there.sum() < 50:
        return np.zeros_like(there), _reduce(ink, columns)
    return there & (faint > np.quantile(faint[there], 1 - FAINTEST)), _reduce(ink, columns)


def _paper_level(fine: Floats) -> Floats:
    """Return the brightness of the paper around each pixel: the 85th percentile of some fiftieth of the page."""
    coarse = percentiles(fine[::3, ::3])
    zoom = (fine.shape[0] / coarse.shape[0], fine.shape[1] / coarse.shape[1])
    return np.asarray(scipy.ndimage.zoom(coarse, zoom, order=1), np.float32)


def percentiles(values: Floats) -> Floats:
    """Return `scipy.ndimage.percentile_filter(values, 85, size=11)` of integers; NumPy partitions several at a time."""
    whole = np.pad(values.astype(np.int32), 5, mode="symmetric")
    around = np.lib.stride_tricks.sliding_window_view(whole, (11, 11))
    rank = int(11 * 11 * 0.85)
    rows = [np.partition(row.reshape(len(row), -1), rank, axis=1)[:, rank] for row in around]
    return np.array(rows, dtype=np.float32)


def _reduce(values: npt.NDArray[Any], columns: int) -> Floats:
    image = Image.fromarray(values.astype(np.float32))
    return np.asarray(image.resize((columns, HEIGHT), Image.Resampling.BOX), np.float32)


def _leveled(ink: npt.NDArray[np.int16]) -> Floats:
    """Return ink with the running mean of WINDOW rows and columns subtracted, softened like
    `scipy.ndimage.gaussian_filter(…, 0.5)`; mirrored at the edges.

    Whole lines are added several times as quickly as parts of rows, so all rows are in one line. What lies beyond the
    edges is mirrored once for all steps, and drops out at the end.
    """
    reach = WINDOW // 2 + 2
    whole = np.pad(ink, reach, mode="symmetric")
    row = whole.shape[1]
    level = _less_mean(_less_mean(whole.ravel(), row), 1)
    soft = _softened(_softened(level.astype(np.float32) / np.float32(WINDOW**2), row), 1)
    soft.resize(ink.shape[0] * row, refcheck=False)
    return soft.reshape(-1, row)[:, : ink.shape[1]]


def _less_mean(line: npt.NDArray[np.int16], step: int) -> npt.NDArray[np.int16]:
    """Return WINDOW times what values are above the mean of those around them: whole numbers."""
    length = len(line) - (WINDOW - 1) * step
    two = line[:-step] + line[step:]
    four = two[: -2 * step] + two[2 * step :]
    seven = four[:length] + two[4 * step :][:length]
    seven += line[6 * step :]
    level: npt.NDArray[np.int16] = WINDOW * line[WINDOW // 2 * step :][:length] - seven
    return level


def _softened(line: Floats, step: int) -> Floats:
    """Return each value with a little of those one and two steps away."""
    one, two = np.exp(-2.0 * np.arange(1, 3) ** 2)
    own, near, far = (np.float32(weight / (1 + 2 * (one + two))) for weight in (1, one, two))
    length = len(line) - 4 * step
    soft = own * line[2 * step :][:length]
    for weight, first, last in ((near, 1, 3), (far, 0, 4)):
        both = line[first * step :][:length] + line[last * step :][:length]
        both *= weight
        soft += both
    return soft


def _pack(bits: npt.NDArray[np.bool_]) -> str:
    return base64.b64encode(zlib.compress(np.packbits(bits).tobytes(), 9)).decode("ascii")


def _unpack(text: str, count: int) -> npt.NDArray[np.uint8]:
    raw = np.frombuffer(zlib.decompress(base64.b64decode(text, validate=True)), np.uint8)
    return np.unpackbits(raw, count=count)
