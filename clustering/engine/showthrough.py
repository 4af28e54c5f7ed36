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
    ink = _level(_level(2 * pairs[0].astype(np.int16) + pairs[1], 0), 1).astype(np.float32) / np.float32(WINDOW**2)
    return LeafMaps(faint.astype(np.float32) - np.float32(FAINTEST), _softened(_softened(ink, 0), 1))


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


def _level(values: npt.NDArray[np.int16], axis: int) -> npt.NDArray[np.int16]:
    """Return WINDOW times what values are above their running mean: whole numbers, as `values` are."""
    around = _around(values, WINDOW // 2, axis)
    return _within(WINDOW * around[WINDOW // 2] - sum(around[1:], start=around[0]), values.shape, WINDOW // 2, axis)


def _softened(values: Floats, axis: int) -> Floats:
    """Return `scipy.ndimage.gaussian_filter1d(values, 0.5, axis)`, which takes longer."""
    one, two = np.exp(-2.0 * np.arange(1, 3) ** 2)
    own, near, far = (np.float32(weight / (1 + 2 * (one + two))) for weight in (1, one, two))
    around = _around(values, 2, axis)
    soft = own * around[2] + near * (around[1] + around[3]) + far * (around[0] + around[4])
    return _within(soft, values.shape, 2, axis)


def _around(values: npt.NDArray[Any], reach: int, axis: int) -> list[npt.NDArray[Any]]:
    """Return the values shifted by -reach … reach along an axis, mirrored at the edges, row by row in one line.

    Whole lines are added several times as quickly as parts of rows. What lies beyond a row is for `_within` to drop.
    """
    whole = np.pad(values, [(reach, reach) if each == axis else (0, 0) for each in (0, 1)], mode="symmetric")
    step = 1 if axis else whole.shape[1]
    line, length = whole.ravel(), whole.size - 2 * reach * step
    return [line[at * step : at * step + length] for at in range(2 * reach + 1)]


def _within(line: npt.NDArray[Any], shape: tuple[int, ...], reach: int, axis: int) -> npt.NDArray[Any]:
    """Return a line that was computed from `_around` as rows again."""
    if axis == 0:
        return line.reshape(shape)
    return np.append(line, np.zeros(2 * reach, line.dtype)).reshape(shape[0], -1)[:, : shape[1]]


def _pack(bits: npt.NDArray[np.bool_]) -> str:
    return base64.b64encode(zlib.compress(np.packbits(bits).tobytes(), 9)).decode("ascii")


def _unpack(text: str, count: int) -> npt.NDArray[np.uint8]:
    raw = np.frombuffer(zlib.decompress(base64.b64decode(text, validate=True)), np.uint8)
    return np.unpackbits(raw, count=count)
