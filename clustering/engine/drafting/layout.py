"""Lines of a group with their position, type size, and reliability.

Type size is an estimate in ems. A line's box is only as tall as its letters: "ace" covers .48 em, "HEAD" .72, "page"
.68, and "paper back" .94. Without this correction, headings in capitals would seem smaller than the text below them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from statistics import median

from clustering.engine.drafting.terms import Terms, terms
from clustering.engine.drafting.words import plausibility
from clustering.engine.languages import language_of
from clustering.engine.records import Line, PageRecord
from clustering.engine.word_patterns import SmallText

X_HEIGHT = 0.48
CAP_HEIGHT = 0.72
DESCENDER = 0.22
"""Shares of the em of a usual text face; typewriter and newspaper faces differ by less than a tenth."""

NARROWEST = 0.27
"""Mean width of a character in ems in the most condensed display type. A box too tall for its width includes a rule, an
ornament, or the next line (the wheelchair symbol after "Wheelchair accessible")."""

BELIEVED = 55.0
"""Least mean word confidence of a line that counts as read; Tesseract mostly gives pictures and stains less than 50."""

BODY_CHARACTERS = 25
"""Least characters of a line from which the size of running text is measured."""

_RUN = re.compile(r"[^\W\d_]{2,}")
_TALL = re.compile(r"[A-Z0-9bdfhklt!?$&%()\[\]/|“”‘’\"À-ÝßÄÖÜ]")
_DEEP = re.compile(r"[gjpqyQ,;()\[\]$|]")


@dataclass(frozen=True, slots=True)
class SeenLine:
    """One line; its edges are shares of the page's width or height, 0 … 1."""

    text: str
    page: int
    """0-based page of the group, in reading order."""
    place: int
    """0-based index on the page from top to bottom."""
    left: float
    top: float
    right: float
    bottom: float
    size: float
    """Estimated type size relative to the group's running text; 1.0 is body size."""
    confidence: float
    """0 … 100."""
    words: int
    """Number of runs of at least two letters."""
    capitals: bool
    """Whether it is in capitals: at least 11 of 12 letters."""
    language: str = "en"
    """ISO 639-1 code of the document's language."""

    @property
    def terms(self) -> Terms:
        """Patterns of the document's language."""
        return terms(self.language)

    @property
    def plausible(self) -> float:
        """How much of it looks like words, 0 … 1. Computed on demand, since few lines need it."""
        return plausibility(self.text)

    @property
    def believed(self) -> bool:
        """Whether it is reliable enough for a title."""
        return self.confidence >= BELIEVED and self.plausible >= 0.5


@dataclass(frozen=True, slots=True, eq=False)
class SeenPage:
    """One page of a group: its lines from top to bottom, and its shape. It equals only itself, to be a quick key."""

    number: int
    """0-based page of the group, in reading order."""
    width: int
    height: int
    lines: tuple[SeenLine, ...]
    text: str
    read: bool
    """Whether OCR has read the page."""
    language: str = "en"
    """ISO 639-1 code of the document's language."""
    is_second: bool = False
    """Whether the second reader read it, because the first found no print."""
    small: SmallText = field(init=False, repr=False)
    """Of its lines."""

    def __post_init__(self) -> None:
        """Join its lines once for all who look for words in them."""
        object.__setattr__(self, "small", SmallText(self.lines))

    @property
    def terms(self) -> Terms:
        """Patterns of the document's language."""
        return terms(self.language)


@lru_cache(maxsize=20_000)
def _print_of(text: str) -> tuple[float, int, bool]:
    """Return the height of a line's letters in ems, its number of words, and whether it is in capitals."""
    rise = CAP_HEIGHT if _TALL.search(text) else X_HEIGHT
    fall = DESCENDER if _DEEP.search(text) else 0.0
    letters = sum(map(str.isalpha, text))
    capitals = letters >= 3 and sum(map(str.isupper, text)) >= letters * 11 / 12
    return rise + fall, len(_RUN.findall(text)), capitals


def type_size(line: Line) -> float:
    """Return the estimated em of a line in pixels, from its box and letters."""
    by_height = max(line.bottom - line.top, 1) / _print_of(line.text)[0]
    by_width = max(line.right - line.left, 1) / max(len(line.text), 1) / NARROWEST
    return min(by_height, by_width)


def see_pages(pages: Sequence[PageRecord], *, usual: str = "en") -> tuple[SeenPage, ...]:
    """Return the pages with their lines from top to bottom, sized relative to the running text of the whole group.

    `usual` is the language of a document with too little text to tell.
    """
    printed = [_printed(page) for page in pages]
    body = _body_size([each for page in printed for each in page])
    language = language_of("\n".join(page.reading.text for page in pages if page.reading)) or usual
    return tuple(
        _see_page(record, lines, number, body, language)
        for number, (record, lines) in enumerate(zip(pages, printed, strict=True))
    )


def _printed(page: PageRecord) -> list[tuple[Line, float]]:
    """Return the lines of a page that have text, each with its `type_size`."""
    lines = page.reading.lines if page.reading else ()
    return [(line, type_size(line)) for line in lines if line.text.strip()]


def _body_size(lines: Sequence[tuple[Line, float]]) -> float:
    """Return the median em of the running text in pixels, or else that of the smallest line, or else 1.

    One size serves the whole group, since its pages were scanned at one resolution and a cover has no running text.
    """
    believed = [(line, size) for line, size in lines if line.confidence >= BELIEVED]
    running = [size for line, size in believed if len(line.text) >= BODY_CHARACTERS]
    return float(median(running)) if running else min((size for _, size in believed), default=1.0)


def _see_page(
    record: PageRecord, lines: Sequence[tuple[Line, float]], number: int, body: float, language: str
) -> SeenPage:
    reading = record.reading
    if reading is None:
        return SeenPage(number, record.width, record.height, (), "", read=False, language=language)
    width, height = max(reading.width, 1), max(reading.height, 1)
    seen = tuple(
        SeenLine(
            text=" ".join(line.text.split()),
            page=number,
            place=index,
            left=line.left / width,
            top=line.top / height,
            right=line.right / width,
            bottom=line.bottom / height,
            size=size / body,
            confidence=line.confidence,
            words=_print_of(line.text)[1],
            capitals=_print_of(line.text)[2],
            language=language,
        )
        for index, (line, size) in enumerate(sorted(lines, key=lambda each: (each[0].top, each[0].left)))
    )
    return SeenPage(
        number, width, height, seen, reading.text, read=True, language=language, is_second=reading.is_second
    )


def where(line: SeenLine, noun: str = "line") -> str:
    """Return the location of a line in words: "page 1, line 3"."""
    return f"page {line.page + 1}, {noun} {line.place + 1}"


def lines_in_words(lines: Sequence[SeenLine]) -> str:
    """Return the location of several lines in words: "page 1, lines 3 to 5"."""
    first, last = lines[0], lines[-1]
    return where(first) if first.place == last.place else f"{where(first, 'lines')} to {last.place + 1}"
