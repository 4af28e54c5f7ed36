"""Find short isolated marks in the top and bottom margins: page numbers that OCR of the whole page garbles or drops.

A recurrent OCR network needs neighboring characters: "-2-" alone in a margin becomes "cay" or nothing, and page numbers
are the best evidence about seams. Each small island of ink in a margin is therefore cut out, its dashes are removed,
its contrast is stretched, and it is read several times at several sizes with digits only. The number is what most
readings agree on.

Measured on the AFL-CIO scans: of the typed "-2-" to "-29-" of one report, OCR of the whole page reads 8, this 27. Of
168 page numbers, spreads included, this reads 147, and none wrong.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from clustering.engine.skew import spread

Gray = npt.NDArray[np.uint8]
"""Gray levels of a page, shape (height, width)."""


class ReadStrip(Protocol):
    """Reads a one-line image."""

    def __call__(self, strip: Image.Image, *, digits_only: bool) -> tuple[str, float]:
        """Return the text and a confidence, 0 … 100; with `digits_only`, only digits and dashes."""


MARGIN = 0.14
"""Share of the page height, at the top and at the bottom, that is searched for page numbers."""
EDGE = 0.01
"""Share of the height and width at the very edge that is ignored: scanner background and torn paper."""
INK_DEPTH = 50
"""Gray levels by which ink is darker than the paper; show-through and stains seldom reach it."""
DIGIT_HEIGHTS = (26, 32, 39)
"""Height in pixels to which a number is scaled; Tesseract's networks are trained on lines of about 36."""
MIDDLE_HEIGHT = 26
"""The same for readings with the dashes."""
REPEATED_HEIGHTS = (20, 26)
"""The same for readings of the number repeated three times."""
VOTES = 4
"""Readings, of seven, that must agree for an island to count as a number."""
VOTES_ALONE = 6
"""The same on a page with hardly any other text."""
NUMBER = re.compile(r"[1-9][0-9]{0,2}")
"""Longer numbers in a margin are years, house numbers, and printers' codes."""
AROUND = 3
"""Pixels of paper that are cut out around an island."""
SURE_WORD = 60.0
"""Confidence from which an unrestricted reading with two letters in a row proves that the island is a word."""


@dataclass(frozen=True, slots=True)
class Island:
    """A box of ink with nothing beside it, in pixels of the page: left, top inclusive; right, bottom exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    def moved(self, across: int, down: int) -> Island:
        """Return the island's box in the image it was cut out of, given the cut's corner (across, down)."""
        return Island(self.left + across, self.top + down, self.right + across, self.bottom + down)


@dataclass(frozen=True, slots=True)
class MarginNumber:
    """A page number read in a margin."""

    island: Island
    text: str
    """As printed: "-12-" if dashes were beside it, else "12"."""
    confidence: float
    """0 … 100, the share of readings that agree."""


def paper_of(gray: Gray) -> float:
    """Return the gray level of a page's paper: the median, by counting, which is much faster than sorting."""
    counts = np.asarray(Image.fromarray(gray).histogram()).cumsum()
    middle = (gray.size - 1) / 2
    low, high = (int(np.searchsorted(counts, rank, side="right")) for rank in (int(middle), int(middle + 0.5)))
    return (low + high) / 2


def find_islands(gray: Gray, paper: float) -> list[Island]:
    """Return the small isolated marks of both margins, top to bottom: as high as type, at most 12% of the width."""
    from scipy import ndimage

    height, width = gray.shape
    if height < 100 or width < 100:
        return []
    side = int(EDGE * 2 * width)
    islands: list[Island] = []
    for start, stop in ((EDGE, MARGIN), (1 - MARGIN, 1 - EDGE)):
        first, last = int(start * height), int(stop * height)
        ink = gray[first:last] < paper - INK_DEPTH
        ink[:, :side] = False
        ink[:, width - side :] = False
        # Joins the characters of a word and of "- 12 -", but not two columns.
        reach = max(3, int(width * 0.022))
        labels, _ = ndimage.label(spread(ink, 5, reach))
        for box in ndimage.find_objects(labels):
            rows, columns = np.nonzero(ink[box])
            island = Island(
                left=int(box[1].start + columns.min()),
                top=int(first + box[0].start + rows.min()),
                right=int(box[1].start + columns.max() + 1),
                bottom=int(first + box[0].start + rows.max() + 1),
            )
            if _is_number_sized(island, height, width):
                islands.append(island)
    return sorted(islands, key=lambda island: (island.top, island.left))


def _is_number_sized(island: Island, height: int, width: int) -> bool:
    tall, wide = island.bottom - island.top, island.right - island.left
    return 0.006 * height <= tall <= 0.03 * height and 0.3 * tall <= wide <= 0.12 * width


def read_number(
    gray: Gray, island: Island, read_strip: ReadStrip, *, paper: float, votes: int = VOTES
) -> MarginNumber | None:
    """Read one island as a page number on paper of this gray level; None if it isn't one.

    At most seven readings of a strip of some 100 x 50 pixels, about 17 ms; fewer if they can't agree.
    """
    cut = _cut(gray, island, paper)
    digits, dashed = _without_dashes(cut)
    if digits is None:
        return None
    plain, sure = read_strip(_strip(cut, MIDDLE_HEIGHT), digits_only=False)
    if _is_word(plain, sure):
        return None
    thrice = _three_times(digits)
    tries: list[tuple[Gray, int, Callable[[str], str]]] = [(cut, MIDDLE_HEIGHT, _bare)]
    tries += [(digits, height, _bare) for height in DIGIT_HEIGHTS]
    tries += [(thrice, height, _repeated) for height in REPEATED_HEIGHTS]
    readings = [_bare(plain)]
    for number, (sheet, height, angle) in enumerate(tries):
        if not _may_agree(readings, votes, left=len(tries) - number):
            return None
        readings.append(angle(read_strip(_strip(sheet, height), digits_only=True)[0]))
    value = _agreed(readings, votes)
    if not value:
        return None
    return MarginNumber(
        island, f"-{value}-" if dashed else value, round(100.0 * readings.count(value) / len(readings), 1)
    )


def _agreed(readings: list[str], needed: int) -> str:
    """Return the number that enough readings agree on and few contradict, or "": a wrong number is worse than none."""
    votes = Counter(reading for reading in readings if NUMBER.fullmatch(reading))
    if not votes:
        return ""
    value, most = votes.most_common(1)[0]
    return value if most >= needed and 2 * (votes.total() - most) <= most else ""


def _may_agree(readings: list[str], needed: int, *, left: int) -> bool:
    """Whether `_agreed` can still return a number after this many more readings."""
    votes = Counter(reading for reading in readings if NUMBER.fullmatch(reading))
    total = votes.total()
    return any(most + left >= needed and 2 * (total - most) <= most + left for most in (0, *votes.values()))


def _bare(reading: str) -> str:
    return reading.strip(" -~=.")


def _is_word(text: str, sure: float) -> bool:
    """Whether an unrestricted reading shows a word or "100%": two letters if confidently read, four in any case."""
    letters = [sign for sign in text if sign.isalpha() and sign not in "lIOoSBZi"]
    if sure < SURE_WORD:
        return len(letters) >= 4
    return len(letters) >= 2 or any(sign in "%$¢/&#@+" for sign in text)


def _repeated(text: str) -> str:
    """Return the number that is in the text three times, "" if the parts differ."""
    parts = re.findall(r"[0-9]+", text)
    return parts[0] if len(parts) == 3 and len(set(parts)) == 1 else ""


def _cut(gray: Gray, island: Island, paper: float) -> Gray:
    """Return the island with some paper around it, stretched to black on white."""
    height, width = gray.shape
    rows = slice(max(0, island.top - AROUND), min(height, island.bottom + AROUND))
    columns = slice(max(0, island.left - AROUND), min(width, island.right + AROUND))
    cut = gray[rows, columns].astype(np.float32)
    dark = float(cut.min())
    stretched = np.clip((cut - dark) / max(1.0, paper - dark) * 255.0, 0.0, 255.0)
    return np.asarray(stretched, dtype=np.uint8)


def _without_dashes(cut: Gray) -> tuple[Gray | None, bool]:
    """Return the digits alone, and whether dashes were beside them; None if there can't be any digits.

    Runs of inked columns count as characters, since a broken digit has parts above each other. Anything lower than 60%
    of the tallest character is removed as a dash, a period, or a speck. A dash between digits makes a date or a code
    ("4-79"), not a page number.
    """
    runs = _inked_runs(cut < 170)
    if not runs:
        return None, False
    tallest = max(bottom - top for _, _, top, bottom in runs)
    digits = [run for run in runs if run[3] - run[2] > 0.6 * tallest]
    dashes = [run for run in runs if run not in digits and run[1] - run[0] >= 0.3 * tallest]
    first, last = digits[0][0], digits[-1][1]
    if any(first < left < last for left, _, _, _ in dashes):
        return None, False
    return cut[:, max(0, first - 1) : last + 1], bool(dashes)


def _inked_runs(ink: npt.NDArray[np.bool_]) -> list[tuple[int, int, int, int]]:
    """Return (left, right, top, bottom) of each unbroken run of columns with ink, from left to right."""
    edges = np.flatnonzero(np.diff(ink.any(axis=0).astype(np.int8), prepend=0, append=0))
    runs = []
    for left, right in zip(edges[::2], edges[1::2], strict=True):
        rows = np.flatnonzero(ink[:, left:right].any(axis=1))
        runs.append((int(left), int(right), int(rows[0]), int(rows[-1]) + 1))
    return runs


def _three_times(digits: Gray) -> Gray:
    """Return "- 12 - 12 - 12 -": context for the network, with dashes so that the numbers don't run together."""
    height = digits.shape[0]
    dash = np.full((height, height), 255, dtype=np.uint8)
    thick = max(1, height // 10)
    dash[height // 2 : height // 2 + thick, height // 4 : height - height // 4] = 0
    return np.concatenate([dash, digits, dash, digits, dash, digits, dash], axis=1)


def _strip(cut: Gray, digit_height: int) -> Image.Image:
    """Return the cut on white, its type `digit_height` pixels high."""
    type_height = max(6, cut.shape[0] - 2 * AROUND)
    gap = np.full((cut.shape[0], max(2, int(cut.shape[0] * 0.6))), 255, dtype=np.uint8)
    strip = Image.fromarray(np.concatenate([gap, cut, gap], axis=1))
    scale = digit_height / type_height
    size = (max(1, round(strip.width * scale)), max(1, round(strip.height * scale)))
    return ImageOps.expand(strip.resize(size, Image.Resampling.LANCZOS), 12, fill=255)
