"""Physical facts of one scanned sheet: color of the paper, inks, missing corners, show-through. Pure and JSON-able.

Everything is measured on a small copy, so that scans of any resolution give the same facts. Nothing depends on the
page's position, its file, or its text.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy
from PIL import Image

from clustering.engine.bed import SIDES, clear_sides, find_bed
from clustering.engine.frames import LEAST, frame_of
from clustering.engine.lab import Lab, to_lab
from clustering.engine.masks import grown, shrunk
from clustering.engine.round_marks import round_mark
from clustering.engine.showthrough import measure_leaf
from clustering.engine.strokes import measure_strokes

PAPER_VERSION = 8
"""Raise this whenever the same image would give other facts; `manage.py measure_paper` measures pages again then."""

SMALL = 320
"""Long edge, in pixels, of the copy that colors are measured on."""
FAINT_GRAY = 8.0
"""CIE L* below which surroundings are not a gray of a picture."""
INK_DEPTH = 22.0
"""L* by which ink is darker than the paper."""
SPOT_DISTANCE = 15.0
"""Distance in the a*b* plane, from mixtures of the paper's color with black, from which ink is colored."""
HOLE = (0.014, 0.036)
"""Height of a punched hole as a share of the sheet's: 6 to 8 mm of 28 cm, with margin for legal and half sheets."""
HOLE_LIGHTNESS = 30.0
"""L* of a hole: bed seen through it, with light from the rim."""
HOLE_MARGIN = 0.09
"""Share of the width next to the edge where holes are punched."""
HUES = 12
"""Bins of the circle of hues."""
CORNER = 0.08
"""Size of the box at a corner, as a share of the sides."""
MARK = 0.06
"""Share of an edge up to which ink on it is one mark: a letter or a word, not a bar or picture."""
BEHIND = (3, 11)
"""Pixels of the small copy inside an edge that must have print if it is cut off: two lines of small type. Inside a
sliver of scanner bed, there is a margin."""
GRID = 8
"""Cells of the coarse darkness grid, in each direction."""


def measure_paper(image: Image.Image) -> dict[str, Any]:
    """Facts of one sheet, as JSON.

    version  PAPER_VERSION; width, height  pixels of the image that was measured
    paper    [L*, a*, b*] of the unprinted paper; left, right  the same of its left and right half, bottom and top
    likewise sheet    [left, top, right, bottom] of the sheet without the scanner bed around it, shares of the image
    holes    [left, right] punched holes along the edges
    bed      share of the image that is scanner bed, film or rim (`bed`); corners  [top left, top right, bottom right,
             bottom left] share of each corner of the sheet's box that is
    ink      share of the sheet that is darker than its paper; midtone  share that is gray, as in halftone pictures
    spot     share of the sheet in colored ink; hues  its distribution over HUES directions from the paper's color
    box      [left, top, right, bottom] of the ink, shares of the image; empty for a blank sheet
    cut      [left, top, right, bottom] marks of ink that run off the image there: the sheet goes on
    grid     GRID x GRID mean darkness, 0 … 1, rows from the top
    round    how complete the rim of a round mark at the top is, 0 … 1 (`round_marks`)
    leaf     maps of `showthrough`; strokes  what `strokes` tells of the ink, or None
    frame    where the sheet seems to lie on a uniform ground (`frames`, or else `bed`): its box, shares of the image;
             else None
    framed   there the same facts once more, of what lies in the box alone; a hint, believed by `evidence.framing`

    Any size works, down to one pixel. About 150 ms for a page, twice that where it seems framed.
    """
    rgb = image.convert("RGB")
    facts = {"version": PAPER_VERSION, **_facts(rgb)}
    lies_clear = clear_sides(facts["sheet"]) >= SIDES and facts["bed"] >= LEAST
    box = frame_of(rgb) or (facts["sheet"] if lies_clear else None)
    facts["frame"] = box
    if box is not None:
        facts["framed"] = _facts(_cut_to(rgb, box))
    return facts


def _facts(rgb: Image.Image) -> dict[str, Any]:
    small = rgb.copy()
    small.thumbnail((SMALL, SMALL), Image.Resampling.BOX)
    lab = to_lab(np.asarray(small))
    bed, box = find_bed(lab)
    sheet = ~bed
    paper = _paper_color(lab, sheet)
    height, width = bed.shape
    dark = sheet & (lab[..., 0] < paper[0] - INK_DEPTH)
    spot, hues = _spot(lab, sheet, paper)
    return {
        "width": rgb.width,
        "height": rgb.height,
        "paper": _rounded(paper),
        "left": _rounded(_paper_color(lab[:, : max(width // 2, 1)], sheet[:, : max(width // 2, 1)])),
        "right": _rounded(_paper_color(lab[:, width // 2 :], sheet[:, width // 2 :])),
        "top": _rounded(_paper_color(lab[: max(height // 2, 1)], sheet[: max(height // 2, 1)])),
        "bottom": _rounded(_paper_color(lab[height // 2 :], sheet[height // 2 :])),
        "sheet": box,
        "holes": _holes(lab[..., 0], float(paper[0])),
        "bed": round(float(bed.mean()), 4),
        "corners": _corners(_inside(bed, box)),
        "ink": round(float(dark.sum() / max(sheet.sum(), 1)), 4),
        "midtone": _midtone(lab[..., 0], sheet, float(paper[0])),
        "spot": spot,
        "hues": hues,
        "box": _box(dark),
        "cut": [_marks(ink) for ink in (dark, dark.T, dark[:, ::-1], dark[::-1].T)],
        "grid": _grid(lab[..., 0], float(paper[0])),
        "round": round_mark(np.asarray(_cut_to(small.convert("L"), box))),
        "leaf": measure_leaf(_cut_to(rgb.convert("L"), box)),
        "strokes": measure_strokes(_cut_to(rgb, box)),
    }


def _paper_color(lab: Lab, sheet: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    """Return the median color of the most common lightness and its surroundings: paper, or the background of a
    cover."""
    pixels = lab[sheet] if sheet.any() else lab.reshape(-1, 3)
    counts, edges = np.histogram(pixels[:, 0], bins=34, range=(0.0, 102.0))
    smooth = np.convolve(counts, [0.5, 1.0, 0.5], mode="same")
    mode = (edges[int(smooth.argmax())] + edges[int(smooth.argmax()) + 1]) / 2
    near = np.abs(pixels[:, 0] - mode) <= 6.0
    return np.asarray(np.median(pixels[near] if near.any() else pixels, axis=0), np.float32)


def _spot(lab: Lab, sheet: npt.NDArray[np.bool_], paper: npt.NDArray[np.float32]) -> tuple[float, list[float]]:
    """Find colored ink: unlike every mixture of the paper's color and black."""
    plane = lab[..., 1:]
    ground = paper[1:]
    along = np.clip(plane @ ground / max(float(ground @ ground), 1e-3), 0.0, 1.15)
    away = plane - along[..., None] * ground
    distance = np.hypot(away[..., 0], away[..., 1])
    colored = sheet & (distance > SPOT_DISTANCE)
    share = float(colored.sum() / max(sheet.sum(), 1))
    if not colored.any():
        return 0.0, [0.0] * HUES
    angle = np.arctan2(away[..., 1], away[..., 0])[colored] % (2 * np.pi) / (2 * np.pi) * HUES
    low = np.floor(angle).astype(int)
    part = angle - low
    weight = distance[colored]
    bins = np.bincount(low % HUES, weight * (1 - part), HUES) + np.bincount((low + 1) % HUES, weight * part, HUES)
    return round(share, 4), [round(float(x), 3) for x in bins / bins.sum()]


def _midtone(lightness: npt.NDArray[np.float32], sheet: npt.NDArray[np.bool_], paper: float) -> float:
    """Return the share of the sheet whose surroundings are neither paper nor strokes: smooth grays of a picture."""
    calm = scipy.ndimage.uniform_filter(lightness, 5)
    gray = sheet & (calm < paper - 15) & (calm > FAINT_GRAY)
    return round(float(grown(shrunk(gray, 3), 3).sum() / max(sheet.sum(), 1)), 4)


def _inside(bed: npt.NDArray[np.bool_], box: list[float]) -> npt.NDArray[np.bool_]:
    height, width = bed.shape
    left, top, right, bottom = (round(at * edge) for at, edge in zip(box, (width, height) * 2, strict=True))
    return bed[top:bottom, left:right]


def _cut_to(image: Image.Image, box: list[float]) -> Image.Image:
    """Return the sheet without its surroundings, so that the two sides of a leaf have the same scale."""
    wide, high = image.size
    left, top, right, bottom = round(box[0] * wide), round(box[1] * high), round(box[2] * wide), round(box[3] * high)
    return image.crop((left, top, max(right, left + 1), max(bottom, top + 1)))


def _holes(lightness: npt.NDArray[np.float32], paper: float) -> list[int]:
    """Count dark round spots of the size of a punched hole in the left and right margins; at most four per side."""
    height, width = lightness.shape
    holes = [0, 0]
    labels, _ = scipy.ndimage.label(lightness < min(HOLE_LIGHTNESS, paper - 40.0))
    for rows, columns in scipy.ndimage.find_objects(labels):
        tall, wide = rows.stop - rows.start, columns.stop - columns.start
        middle = (columns.start + columns.stop) / 2 / width
        if not (
            HOLE[0] <= tall / height <= HOLE[1] and 0.7 <= tall / wide <= 1.4 and min(middle, 1 - middle) < HOLE_MARGIN
        ):
            continue
        if columns.start == 0 or columns.stop == width or rows.start == 0 or rows.stop == height:
            continue
        if (labels[rows, columns] > 0).mean() > 0.65:
            holes[int(middle > 0.5)] += 1
    return [min(count, 4) for count in holes]


def _corners(bed: npt.NDArray[np.bool_]) -> list[float]:
    tall, wide = max(round(bed.shape[0] * CORNER), 1), max(round(bed.shape[1] * CORNER), 1)
    boxes = (bed[:tall, :wide], bed[:tall, -wide:], bed[-tall:, -wide:], bed[-tall:, :wide])
    return [round(float(box.mean()), 3) for box in boxes]


def _box(dark: npt.NDArray[np.bool_]) -> list[float]:
    """Return the bounding box of the ink, leaving out the outermost half percent on each side as specks."""
    if dark.sum() < 10:
        return []
    height, width = dark.shape
    down, across = np.cumsum(dark.sum(axis=1)) / dark.sum(), np.cumsum(dark.sum(axis=0)) / dark.sum()
    edges = (
        np.searchsorted(across, 0.005) / width,
        np.searchsorted(down, 0.005) / height,
        (np.searchsorted(across, 0.995) + 1) / width,
        (np.searchsorted(down, 0.995) + 1) / height,
    )
    return [round(min(float(x), 1.0), 3) for x in edges]


def _marks(dark: npt.NDArray[np.bool_]) -> int:
    """Count the short runs of ink along the left edge if there is half as much ink inside them."""
    ends = dark[:, :2].all(axis=1)
    if dark[:, slice(*BEHIND)].sum() < 0.5 * ends.sum() * (BEHIND[1] - BEHIND[0]):
        return 0
    steps = np.flatnonzero(np.diff(np.pad(ends, 1).astype(np.int8)))
    lengths = steps[1::2] - steps[::2]
    return int((lengths <= max(MARK * len(dark), 1)).sum())


def _grid(lightness: npt.NDArray[np.float32], paper: float) -> list[list[float]]:
    darkness = np.clip((paper - lightness) / max(paper, 1.0), 0.0, 1.0).astype(np.float32)
    cells = Image.fromarray(darkness).resize((GRID, GRID), Image.Resampling.BOX)
    return [[round(float(x), 3) for x in row] for row in np.asarray(cells)]


def _rounded(color: npt.NDArray[np.float32]) -> list[float]:
    return [round(float(x), 1) for x in color]
