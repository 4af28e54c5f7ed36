"""Parts of a page that are read separately: pieces of a long strip, and parts pasted in at an angle.

Also whether a page without readable text looks written on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import scipy
from PIL import Image

from clustering.engine.lines import SURE, Print
from clustering.engine.skew import Bools, spread

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""

STRIP = 2.4
"""Ratio of sides from which an image is a strip: a newspaper column, a till roll, a scroll."""
STRIP_EDGE = 3000
"""Pixels of a strip's long edge from which it is read in pieces; shorter ones are legible as a whole."""
PIECE = 1.6
"""Length of a piece, in widths of the strip."""
_SEARCH = 0.25
"""Share of a piece's length in which to look for the whitest row to cut at."""


def pieces_of(gray: Image.Image) -> Iterator[Box]:
    """Yield the pieces of an image, from its beginning; the whole image if it isn't a long strip.

    A strip is cut where there is least ink, so that lines are seldom cut.
    """
    width, height = gray.size
    if max(width, height) < max(STRIP_EDGE, STRIP * min(width, height)):
        yield 0, 0, width, height
        return
    is_upright = height > width
    cuts = _cuts(gray if is_upright else gray.transpose(Image.Transpose.TRANSPOSE))
    for first, last in pairwise(cuts):
        yield (0, first, width, last) if is_upright else (first, 0, last, height)


def _cuts(strip: Image.Image) -> list[int]:
    """Return the rows at which an upright strip is cut, including its ends."""
    profile = np.asarray(strip.resize((32, strip.height), Image.Resampling.BOX), dtype=np.float64).min(axis=1)
    length = round(PIECE * strip.width)
    cuts = [0]
    while strip.height - cuts[-1] > 1.5 * length:
        wanted, slack = cuts[-1] + length, max(1, round(_SEARCH * length))
        window = scipy.ndimage.minimum_filter1d(profile[wanted - slack : wanted + slack], 5)
        best = np.flatnonzero(window >= window.max() - 1)
        cuts.append(wanted - slack + int(best[len(best) // 2]))
    return [*cuts, strip.height]


LEAST_LEFT = 0.1
"""Share of a page's ink that must be unread before parts of it are read separately."""
LEAST_PART = 0.04
"""Smallest share of a page's ink in such a part."""
MOST_PARTS = 3
_GAP = 45
"""Pixels of the small copy within which ink belongs together: the space between two widely set lines."""
_GROWN = 0.4
"""Line heights around a read line that are also its ink: ascenders, marks, its shadow."""


FEW_WORDS = 12
"""Correctly read words from which a page counts as read."""
_LETTERS = 3
MOSTLY = 0.6
"""Share of the ink without correctly read words from which a page is unread."""
STROKE = (5, 60)
"""Height of a letter or stroke, in pixels of the small copy: 1.5 to 17 mm of a letter page."""
WIDEST = 200
STROKES = 50
"""Strokes from which a page looks written on; envelopes and title pages have fewer beside their few words."""
STROKES_ALONE = 30
"""The same if nothing was read."""


def leaning_parts(gray: Image.Image, print_: Print, inked: tuple[Bools, float]) -> Iterator[tuple[Box, Image.Image]]:
    """Yield (box, picture) of parts with much unread ink, the largest first; the rest of the picture is blank paper.

    `inked` is the result of `ink_of` for the image.
    """
    ink, share = inked
    left = ink & ~_read(ink.shape, print_, share)
    least = max(LEAST_PART * ink.sum(), 1)
    if left.sum() < LEAST_LEFT * ink.sum():
        return
    around = spread(left, _GAP, _GAP)
    labels, count = scipy.ndimage.label(around)
    inks = np.bincount(labels[left], minlength=count + 1)[1:]
    boxes = scipy.ndimage.find_objects(labels)
    for pick in np.argsort(inks)[::-1][:MOST_PARTS]:
        if inks[pick] < least:
            return
        rows, columns = boxes[pick]
        box = (
            int(columns.start / share), int(rows.start / share),
            min(gray.width, round(columns.stop / share)), min(gray.height, round(rows.stop / share)),
        )  # fmt: skip
        inside = labels[rows, columns] == pick + 1
        part = gray.crop(box)
        paper = Image.new("L", part.size, int(np.percentile(np.asarray(part), 90)))
        mask = Image.fromarray(inside.astype(np.uint8) * 255).resize(part.size, Image.Resampling.NEAREST)
        yield box, Image.composite(part, paper, mask)


def _read(shape: tuple[int, ...], print_: Print, share: float) -> Bools:
    """Return where text was read, on the small copy."""
    read = np.zeros(shape, dtype=np.bool_)
    for word in print_.words:
        grown = _GROWN * (word.bottom - word.top)
        rows = slice(max(0, int((word.top - grown) * share)), int((word.bottom + grown) * share) + 1)
        columns = slice(max(0, int((word.left - grown) * share)), int((word.right + grown) * share) + 1)
        read[rows, columns] = True
    return read


def looks_unread(inked: tuple[Bools, float], print_: Print) -> bool:
    """Whether a page looks written on although hardly anything was read correctly.

    True for handwriting, faint and embossed print, and notes that OCR turned into noise; not for envelopes, covers, and
    photographs.
    """
    sure = [word for word in print_.words if word.confidence >= SURE]
    if sum(sum(map(str.isalpha, word.text)) >= _LETTERS for word in sure) >= FEW_WORDS:
        return False
    ink, share = inked
    left = ink & ~_read(ink.shape, replace(print_, words=tuple(sure)), share)
    if left.sum() < MOSTLY * max(ink.sum(), 1):
        return False
    labels, _ = scipy.ndimage.label(left, np.ones((3, 3)))
    sizes = [
        (rows.stop - rows.start, columns.stop - columns.start) for rows, columns in scipy.ndimage.find_objects(labels)
    ]
    strokes = sum(STROKE[0] <= high <= STROKE[1] and wide <= WIDEST for high, wide in sizes)
    return bool(strokes >= (STROKES if print_.words else STROKES_ALONE))
