"""Read a page: Tesseract OCR with lines, boxes, and confidences, in pixels of the upright page.

A `Reader` holds one Tesseract API, since loading its data takes longer than reading a page; use one per thread or
process. Tesseract's own threads are off: reading pages side by side scales better.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from PIL import Image

from clustering.engine import margins
from clustering.engine.frames import frame_of
from clustering.engine.images import ANY_SIZE, HUGE, open_scan
from clustering.engine.languages import language_of
from clustering.engine.lines import Print, Word, in_reading_order, joined, without
from clustering.engine.pieces import leaning_parts, looks_unread, pieces_of
from clustering.engine.records import Line, PageReading
from clustering.engine.second_reader import SecondReader, second_reader_available, second_reader_name
from clustering.engine.skew import LEVEL, Bools, Lean, ink_of, lean_of, levelled, unlevelled
from clustering.engine.tessdata import DEFAULT, Folder, missing_data, one_folder
from clustering.sentences import say

_VERSION = 3
"""Raise this whenever the same scan would be read differently, so that stored readings can be told apart."""


def reading_version(language: str = DEFAULT, *, second: bool = True) -> str:
    """Return who read a page, as stored with the reading: program, languages of the data, version."""
    other = second_reader_name() if second else ""
    return f"tesseract-fast-{language}{'+' if other else ''}{other}/{_VERSION}"


READING_VERSION = reading_version()
"""For readings in English."""

ENLARGE = 1.5
"""Factor for scans of some 110 dpi: the smallest that keeps small print (mean confidence 83 at 1.0, 94 at 1.5), and
half the time of 2.0, which reads no better."""
LONG_EDGE = 2600
"""Pixels of a page; larger scans are reduced to this, about 220 dpi for a letter page, where reading is best."""

LOST_WORDS = 12
"""A page with fewer correctly read words may be upside down; other rotations are then tried."""
UPRIGHT_SHARE = 0.15
"""A page with a smaller share of correctly read words may be upside down too: such pages have up to 11% by chance,
while the faintest copies have 18%."""
SECOND_SHARE = 0.4
"""A page is upright if the second reader reads this share of it: upside down, it reads at most 0.28 (18 scans of four
archives). It reads less of a third of handwritten pages, which are then rotated as well."""
TURN_GAIN = 3.0
"""A rotated reading must have this many times the correctly read words, so that photographs aren't rotated."""
TURN_WORDS = 6
"""Fewest correctly read words that justify rotating a page."""


@dataclass(frozen=True, slots=True)
class _Way:
    """How a page is prepared for reading: rotated, then leveled."""

    rotation: int
    """Degrees clockwise: 0, 90, 180 or 270."""
    lean: Lean


class ReaderUnavailable(RuntimeError):
    """Text recognition can't be used here; the message says why and what to install."""


def reader_available(folder: Folder | None = None, *, language: str = DEFAULT) -> str:
    """Return "" if pages can be read in these languages ("deu+eng"), else a sentence with the reason and the remedy."""
    if find_spec("tesserocr") is None:
        return say("OCR is not installed. Install the package tesserocr.")
    return missing_data(language, folder)


class Reader:
    """A context manager that reads pages in one or several languages, in Tesseract's codes: "eng", "deu+eng".

    With `second`, pages with low confidence are also read by a second reader, if installed. Raises ReaderUnavailable on
    entering if OCR or the data of a language are missing.
    """

    def __init__(self, *, tessdata: Folder | None = None, language: str = DEFAULT, second: bool = True) -> None:
        self.tessdata = tessdata
        self.language = language
        self.second = SecondReader() if second and second_reader_available() else None
        self._api: Any = None

    def __enter__(self) -> Reader:
        missing = reader_available(self.tessdata, language=self.language)
        if missing:
            raise ReaderUnavailable(missing)
        # Read when Tesseract starts: its threads only slow down pages that are read side by side.
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        import tesserocr

        tesserocr.set_leptonica_log_level(tesserocr.LeptLogLevel.NONE)
        with one_folder(self.language, self.tessdata) as data:  # read here, not needed afterwards
            self._api = tesserocr.PyTessBaseAPI(path=str(data), lang=self.language, psm=tesserocr.PSM.AUTO)
        self._api.SetVariable("debug_file", os.devnull)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._api is not None:
            self._api.End()
            self._api = None

    def read(self, path: str | os.PathLike[str]) -> PageReading:
        """Read one scan, about 1.5 s per page and core. Raises BadScan if the file isn't an image."""
        return self.read_image(open_scan(Path(path), max_pixels=ANY_SIZE))

    def read_image(self, image: Image.Image) -> PageReading:
        """Read one open image; a page without print gives an empty reading."""
        gray = _handy(image.convert("L"))
        if _has_one_tone(gray):
            return PageReading(text="", lines=(), width=gray.width, height=gray.height)
        inked = ink_of(gray)
        way, words, other = self._upright(gray, lean_of(inked[0]))
        upright = _rotated(gray, way.rotation)
        level = levelled(upright, way.lean)
        words = self._with_margin_numbers(level, words)
        inked = inked if level is gray else ink_of(level)
        words = self._with_leaning_parts(level, words, inked)
        is_second = False
        if self.second and not _is_readable(words):
            other = other or self.second.read(level)
            is_second = other.sure_words > words.sure_words
            words = other if is_second else words
        unread = looks_unread(inked, words)
        words = unlevelled(words, way.lean, upright.size, level.size)
        return PageReading(
            text=words.text,
            lines=words.lines,
            width=upright.width,
            height=upright.height,
            rotation=way.rotation,
            confidence=words.confidence,
            language=language_of(words.text),
            is_unread=unread,
            is_second=is_second,
        )

    def _upright(self, gray: Image.Image, lean: Lean) -> tuple[_Way, Print, Print | None]:
        """Return the page's rotation and its reading, in pixels of the rotated and leveled page.

        Also returns the second reader's result, if it was needed: most pages that Tesseract can't read are upright
        handwriting, and trying other rotations takes longer than the second reader.
        """
        way = _Way(0, lean)
        level = levelled(gray, way.lean)
        best = self._read_page(level)
        if _is_readable(best):
            return way, best, None
        second = self.second.read(level) if self.second else None
        if second and _is_readable(second) and second.sure_words >= SECOND_SHARE * len(second.words):
            return way, best, second
        needed = max(TURN_WORDS, TURN_GAIN * best.sure_words)
        across = lean_of(ink_of(_rotated(gray, 90))[0])
        ways = [_Way(180, way.lean), _Way(90, across), _Way(270, across)]
        if way.lean.is_to_be_levelled:
            ways.append(_Way(0, LEVEL))  # what seemed skewed may be a picture
        for other in ways:
            other_reading = self._read_page(levelled(_rotated(gray, other.rotation), other.lean))
            if other_reading.sure_words >= needed and other_reading.sure_words > best.sure_words:
                way, best, second = other, other_reading, None
                if _is_readable(best):
                    break
        if self.second and second and not _is_readable(best) and not _is_readable(second):
            # What only the second reader reads may be upside down. It doesn't read sideways pages.
            level = levelled(_rotated(gray, ways[0].rotation), ways[0].lean)
            head = self.second.read(level)
            if head.sure_words >= max(TURN_WORDS, TURN_GAIN * max(best.sure_words, second.sure_words)):
                return ways[0], self._read_page(level), head
        return way, best, second

    def _read_page(self, gray: Image.Image) -> Print:
        """Read a page without rotating it; a long strip in pieces, since it would be too small to read as a whole."""
        print_ = Print()
        for box in pieces_of(gray):
            piece = self._read_piece(gray.crop(box) if box != (0, 0, *gray.size) else gray)
            print_ = joined(print_, piece, across=box[0], down=box[1])
        return print_

    def _with_leaning_parts(self, level: Image.Image, print_: Print, inked: tuple[Bools, float]) -> Print:
        """Add parts pasted in at an angle: unread parts with ink, each leveled and read separately."""
        for box, part in leaning_parts(level, print_, inked):
            lean = lean_of(ink_of(part)[0])
            if not lean.is_to_be_levelled:
                continue
            straight = levelled(part, lean)
            more = unlevelled(self._read_page(straight), lean, part.size, straight.size)
            if more.sure_words >= TURN_WORDS:
                print_ = joined(without(print_, box), more, across=box[0], down=box[1])
        return print_

    def _read_piece(self, gray: Image.Image) -> Print:
        import tesserocr

        scale = reading_scale(gray.width, gray.height)
        enlarged = gray.resize(
            (max(1, round(gray.width * scale)), max(1, round(gray.height * scale))), Image.Resampling.LANCZOS
        )
        api = self._api
        api.SetPageSegMode(tesserocr.PSM.AUTO)
        api.SetVariable("tessedit_char_whitelist", "")
        api.SetImage(enlarged)
        api.Recognize()
        iterator = api.GetIterator()
        if iterator is None:
            return Print()
        blocks: list[list[list[Word]]] = []
        for level in tesserocr.iterate_level(iterator, tesserocr.RIL.WORD):
            word = _word(level, scale, gray)
            if word is None:
                continue
            if level.IsAtBeginningOf(tesserocr.RIL.BLOCK) or not blocks:
                blocks.append([])
            if level.IsAtBeginningOf(tesserocr.RIL.TEXTLINE) or not blocks[-1]:
                blocks[-1].append([])
            blocks[-1][-1].append(word)
        return in_reading_order(
            [[tuple(line) for line in block] for block in blocks], width=gray.width, height=gray.height
        )

    def _read_strip(self, strip: Image.Image, *, digits_only: bool) -> tuple[str, float]:
        import tesserocr

        api = self._api
        api.SetPageSegMode(tesserocr.PSM.SINGLE_LINE)
        api.SetVariable("tessedit_char_whitelist", "0123456789-" if digits_only else "")
        api.SetImage(strip)
        return api.GetUTF8Text().strip(), float(api.MeanTextConf())

    def _with_margin_numbers(self, upright: Image.Image, print_: Print) -> Print:
        """Replace what OCR of the whole page made of the page numbers in the margins."""
        gray = np.asarray(upright, dtype=np.uint8)
        lines, breaks = list(print_.lines), set(print_.breaks)
        # If nothing else could be read, a mark is more likely a face in a crowd or handwriting.
        votes = margins.VOTES if print_.sure_words >= LOST_WORDS else margins.VOTES_ALONE
        above: list[Line] = []
        below: list[Line] = []
        for sheet, paper, across, down, local in _marks(gray):
            island = local.moved(across, down)
            over = [index for index, line in enumerate(lines) if _overlap(line, island)]
            if any(not _replaceable(lines[index], island) for index in over):
                continue
            number = margins.read_number(sheet, local, self._read_strip, paper=paper, votes=votes)
            if number is None:
                continue
            line = Line(number.text, island.left, island.top, island.right, island.bottom, number.confidence)
            if over:
                lines[over[0]] = line
            elif island.top < upright.height / 2:
                above.append(line)
            else:
                below.append(line)
        if above:
            breaks = {0, *(index + len(above) for index in breaks)}
        if below:
            breaks.add(len(above) + len(lines))
        return replace(print_, lines=(*above, *lines, *below), breaks=frozenset(breaks))


def _marks(gray: margins.Gray) -> Iterator[tuple[margins.Gray, float, int, int, margins.Island]]:
    """Yield what may be page numbers: marks in the margins of the image, and in those of a sheet inside a frame.

    Each comes with the gray levels it was found in, that of its paper, and the position of its upper left corner in
    pixels of the page. If the frame isn't one, this costs a few readings of marks that aren't numbers, and those
    outside the top and bottom of the page are ignored later.
    """
    paper = margins.paper_of(gray)
    marks = [(gray, paper, 0, 0, island) for island in margins.find_islands(gray, paper)]
    box = frame_of(Image.fromarray(gray))
    if box is not None:
        left, top = round(box[0] * gray.shape[1]), round(box[1] * gray.shape[0])
        sheet = gray[top : round(box[3] * gray.shape[0]), left : round(box[2] * gray.shape[1])]
        known = {island for *_, island in marks}
        paper = margins.paper_of(sheet)
        marks += [
            (sheet, paper, left, top, island)
            for island in margins.find_islands(sheet, paper)
            if not any(_beside(island.moved(left, top), other) for other in known)
        ]
    yield from marks


def _beside(one: margins.Island, other: margins.Island) -> bool:
    """Whether two islands overlap."""
    return one.left < other.right and other.left < one.right and one.top < other.bottom and other.top < one.bottom


def _is_readable(print_: Print) -> bool:
    """Whether enough was read correctly that the page must be upright."""
    return print_.sure_words >= LOST_WORDS and print_.sure_words >= UPRIGHT_SHARE * len(print_.words)


def reading_scale(width: int, height: int) -> float:
    """Return the factor by which a scan is scaled before it is read."""
    return min(ENLARGE, LONG_EDGE / max(width, height, 1))


def _handy(gray: Image.Image) -> Image.Image:
    """Return a plan of hundreds of megapixels at a size whose pieces can still be read fully."""
    return gray.reduce(2) if gray.width * gray.height > HUGE else gray


def _has_one_tone(gray: Image.Image) -> bool:
    """Whether nothing is visible, as on blank pages of a PDF, on which both readers would try every rotation."""
    darkest, lightest = gray.getextrema()
    return darkest == lightest


def _rotated(gray: Image.Image, clockwise: int) -> Image.Image:
    return gray.rotate(-clockwise, expand=True) if clockwise else gray


def _word(level: Any, scale: float, gray: Image.Image) -> Word | None:
    """Return the word at Tesseract's iterator, in pixels of the page."""
    import tesserocr

    unit = tesserocr.RIL.WORD
    if level.Empty(unit):
        return None
    text, box = level.GetUTF8Text(unit).strip(), level.BoundingBox(unit)
    if not text or box is None:
        return None
    left, top, right, bottom = box
    return Word(
        text=text,
        left=max(0, int(left / scale)),
        top=max(0, int(top / scale)),
        right=min(gray.width, round(right / scale)),
        bottom=min(gray.height, round(bottom / scale)),
        confidence=float(level.Confidence(unit)),
    )


def _overlap(line: Line, island: margins.Island) -> bool:
    return (
        line.left < island.right and island.left < line.right and line.top < island.bottom and island.top < line.bottom
    )


def _replaceable(line: Line, island: margins.Island) -> bool:
    """Whether the line is only this island, not a line of print that continues beside it."""
    return line.right - line.left <= 1.5 * (island.right - island.left) + 10
