"""What shows through a sheet: the faint mirror image of its other side.

Two scans are the two sides of one leaf if the faint marks on one, mirrored, match the ink of the other. This is
physics, not style: it holds for any archive with print on both sides of thin paper, and similar content can't imitate
it, because the marks match at one offset only. On the AFL-CIO scans, it proves seven of ten seams inside documents (all
booklets and two-sided sheets, no one-sided typescripts), and is wrong at one of 76 true boundaries (121|122, where the
header on the leaf's own other side is that of the next fact sheet).

Each page is reduced to two small maps of `HEIGHT` rows: where unprinted paper is slightly darker, and where the page's
own ink is. Both are stored as compressed text, about 12 kB per page.
"""

from __future__ import annotations

import base64
import zlib
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
REACH = 4
"""Offsets, in rows, that count as a match: scans of the two sides differ by a few millimeters."""
AROUND = 16
"""Offsets up to this give the chance level for the best near offset."""
LEAST = 0.01
"""Share of slightly dark places below which no paper is visible: black covers, photographs."""
CUT = 24
"""Rows by which two sides may be cropped differently despite equal size: a tenth of the height."""
FURTHEST = 60
"""Offsets, in rows, to search if a sheet was cropped close to its print."""
LUCK = 0.9
"""Standard deviations by which the best of so many offsets stands out more than the best of a few."""
SAME_SCALE = 0.005
"""Relative difference up to which two scales are equal."""
SMALLEST = 24
"""Rows or columns below which two maps aren't compared."""


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


def leaf_maps(stored: dict[str, Any]) -> LeafMaps | None:
    """Return the maps that `measure_leaf` packed; None if unreadable."""
    try:
        width = int(stored["width"])
        faint = _unpack(stored["faint"], HEIGHT * width).reshape(HEIGHT, width)
        pairs = _unpack(stored["ink"], 2 * HEIGHT * width).reshape(2, HEIGHT, width)
    except (KeyError, TypeError, ValueError, zlib.error):
        return None
    ink = (2 * pairs[0] + pairs[1]).astype(np.float32)
    ink = _level(_level(ink, (1, WINDOW)), (WINDOW, 1))
    return LeafMaps(faint.astype(np.float32) - np.float32(FAINTEST), scipy.ndimage.gaussian_filter(ink, 0.5))


def scaled_maps(maps: LeafMaps, factor: float) -> LeafMaps:
    """Return the maps at another scale, for sheets cropped to different heights, so that rows of both are equal."""
    if abs(factor - 1) < SAME_SCALE:
        return maps
    size = (max(round(maps.faint.shape[1] * factor), 1), max(round(maps.faint.shape[0] * factor), 1))
    return LeafMaps(*(_resized(each, size) for each in (maps.faint, maps.ink)))


def _resized(values: Floats, size: tuple[int, int]) -> Floats:
    image = Image.fromarray(np.ascontiguousarray(values, np.float32))
    return np.asarray(image.resize(size, Image.Resampling.BILINEAR), np.float32)


def turned_maps(maps: LeafMaps, quarters: int) -> LeafMaps:
    """Return the maps after so many quarter turns clockwise, HEIGHT rows high again."""
    if quarters % 4 == 0:
        return maps
    faint, ink = (np.rot90(each, -quarters) for each in (maps.faint, maps.ink))
    if quarters % 2 == 0:
        return LeafMaps(faint, ink)
    size = (max(round(faint.shape[1] * HEIGHT / faint.shape[0]), 1), HEIGHT)
    return LeafMaps(_resized(faint, size), _resized(ink, size))


def shine(faint: Floats, ink: Floats) -> float:
    """Return how far the best offset within REACH is above the best of all others up to AROUND, in standard deviations.

    `ink` is already mirrored. About -0.5 by chance, above 1 once in a hundred comparisons of unrelated pages, 3 to 20
    for true sides of one leaf. Maps of different width are compared over the narrower one, from the left and the top.
    """
    height, width = min(faint.shape[0], ink.shape[0]), min(faint.shape[1], ink.shape[1])
    if height < SMALLEST or width < SMALLEST:
        return 0.0
    if (faint[:height, :width] > 0).mean() < LEAST:
        return 0.0
    shape = (
        scipy.fft.next_fast_len(height + 2 * AROUND, real=True),
        scipy.fft.next_fast_len(width + 2 * AROUND, real=True),
    )
    product = scipy.fft.rfft2(faint[:height, :width], shape) * np.conj(scipy.fft.rfft2(ink[:height, :width], shape))
    agreement = np.roll(scipy.fft.irfft2(product, shape), (AROUND, AROUND), (0, 1))[: 2 * AROUND + 1, : 2 * AROUND + 1]
    near = slice(AROUND - REACH, AROUND + REACH + 1)
    best = float(agreement[near, near].max())
    others = np.ones(agreement.shape, dtype=bool)
    others[AROUND - REACH - 2 : AROUND + REACH + 3, AROUND - REACH - 2 : AROUND + REACH + 3] = False
    chance = agreement[others]
    spread = float(chance.std())
    return (best - float(chance.max())) / spread if spread > 1e-6 else 0.0


def shine_anywhere(faint: Floats, ink: Floats) -> float:
    """Return `shine` for pages cropped close to their print: the best offset that the difference in size allows,
    against all others but those around it.

    The best of many offsets is higher by chance, so LUCK is subtracted to keep the meaning of `shine`. On the AFL-CIO
    scans cut to their ink, it finds 59 of 66 leaves where `shine` finds 23, and no two unrelated pages reach 0.8.
    """
    if min(*faint.shape, *ink.shape) < SMALLEST or (faint > 0).mean() < LEAST:
        return 0.0
    tall, wide = (max(faint.shape[axis], ink.shape[axis]) for axis in (0, 1))
    down = min(abs(faint.shape[0] - ink.shape[0]) // 2 + CUT, FURTHEST) + AROUND
    across = min(abs(faint.shape[1] - ink.shape[1]) + CUT, FURTHEST) + AROUND
    shape = (scipy.fft.next_fast_len(tall + 2 * down, real=True), scipy.fft.next_fast_len(wide + 2 * across, real=True))
    product = scipy.fft.rfft2(faint, shape) * np.conj(scipy.fft.rfft2(ink, shape))
    agreement = np.roll(scipy.fft.irfft2(product, shape), (down, across), (0, 1))[: 2 * down + 1, : 2 * across + 1]
    inner = agreement[AROUND:-AROUND, AROUND:-AROUND]
    row, column = (int(x) + AROUND for x in np.unravel_index(int(inner.argmax()), inner.shape))
    best = float(agreement[row, column])
    others = np.ones(agreement.shape, dtype=bool)
    others[row - REACH - 2 : row + REACH + 3, column - REACH - 2 : column + REACH + 3] = False
    chance = agreement[others]
    spread = float(chance.std())
    return (best - float(chance.max())) / spread - LUCK if spread > 1e-6 else 0.0


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


def _level(values: Floats, size: tuple[int, int]) -> Floats:
    return np.asarray(values - scipy.ndimage.uniform_filter(values, size), np.float32)


def _pack(bits: npt.NDArray[np.bool_]) -> str:
    return base64.b64encode(zlib.compress(np.packbits(bits).tobytes(), 9)).decode("ascii")


def _unpack(text: str, count: int) -> npt.NDArray[np.uint8]:
    raw = np.frombuffer(zlib.decompress(base64.b64decode(text, validate=True)), np.uint8)
    return np.unpackbits(raw, count=count)
