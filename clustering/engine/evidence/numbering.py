"""Printed page numbers: finding them on a page, and following them over several pages.

One number may be noise; a sequence is not. Each number gives an **origin**: the number minus the count of booklet pages
since the start of the stream (a spread counts two). Pages of one document share an origin, so two distant pages support
all seams between them, and a page without a readable number in between does no harm.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from clustering.engine.evidence.phrases import NumberPhrases, number_phrases
from clustering.engine.evidence.single_page import is_unread
from clustering.engine.records import Line, PageRecord

BAND = 0.13
"""Share of the height, at the top and at the bottom, where page numbers are."""
HIGHEST = 999
"""Higher numbers are years, postal codes, and counts."""
UNSURE = 35.0
"""OCR confidence below which a number is ignored."""
_WRAPPED = re.compile(r"^[^\w$£€#%]*_*(\d{1,3})_*[^\w$£€#%]*$")
_DASHED = re.compile(r"^\W{0,2}[-–—~«•.]\s?(\d{1,3})\s?[-–—~»•.]\W{0,2}$")
_TRIPLE = re.compile(r"^\W*(\d{1,2})\s?/\s?\1\s?/\s?(\d{1,2})\W*$")
_ROMAN = re.compile(r"^\W*([ivxl]{1,7})\W*$")
_EDGE = re.compile(r"^(\d{1,3})(?=\s{1,}\S.*[^\W\d_]{3})|(?<=[^\W\d_]|[.)\]])\s+[/|•—–-]?\s*(\d{1,3})$")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50}


@dataclass(frozen=True, slots=True)
class PageNumber:
    """A number that may be a page number."""

    value: int
    strength: float
    """0 … 1: how much it looks like one."""
    top: bool
    """Whether it is at the top of the page."""
    across: float
    """Middle of the number, 0 (left) … 1 (right)."""
    total: int | None = None
    """The 5 in "page 2 of 5"."""
    roman: bool = False


def page_numbers(page: PageRecord, *, usual: str = "en") -> tuple[PageNumber, ...]:
    """Return all candidates of one page, strongest first; empty without a reading.

    `usual` is the language of pages with too little text to tell theirs.
    """
    reading = page.reading
    if reading is None or reading.height <= 0 or reading.width <= 0:
        return ()
    phrases = number_phrases(reading.language or usual)
    numbers: dict[tuple[int, bool, bool], PageNumber] = {}
    for line in reading.lines:
        middle = (line.top + line.bottom) / 2 / reading.height
        if BAND < middle < 1 - BAND or line.confidence < UNSURE:
            continue
        for number in _numbers_in(line, reading.width, phrases, top=middle < 0.5):
            key = (number.value, number.top, number.across > 0.5)
            if key not in numbers or numbers[key].strength < number.strength:
                numbers[key] = number
    return tuple(sorted(numbers.values(), key=lambda number: -number.strength))[:6]


def _numbers_in(line: Line, width: int, phrases: NumberPhrases, *, top: bool) -> list[PageNumber]:
    text = line.text.strip()
    across = (line.left + line.right) / 2 / width
    sure = 0.6 + 0.4 * min(max(line.confidence - UNSURE, 0) / 40, 1)
    if match := _DASHED.match(text):
        return _made(match[1], 1.0 * sure, across, top=top)
    if match := _TRIPLE.match(text):
        return _made(match[1], 0.7 * sure, across, top=top)
    if match := phrases.of.match(text):
        return _made(match[1], 0.8 * sure, across, match[2], top=top) if int(match[1]) <= int(match[2]) else []
    worded = list(phrases.worded.finditer(text))
    for match in worded:
        if not phrases.elsewhere.search(text[: match.start()]):
            return _made(match[1], 1.0 * sure, across, match[2], top=top)
    if worded:
        return []  # "continued on page 2" is on any page but 2
    if match := _WRAPPED.match(text):
        return _made(match[1], 0.9 * sure, across, top=top)
    if match := _ROMAN.match(text):
        value = _roman(match[1])
        return (
            [PageNumber(value, 0.5 * sure, top, across, roman=True)]
            if value and (len(match[1]) > 1 or value == 1)
            else []
        )
    numbers: list[PageNumber] = []
    if phrases.address.search(text):
        return numbers
    for match in _EDGE.finditer(text):
        first = match[1] is not None
        edge = line.left if first else line.right
        digits = match[1] or match[2]
        if phrases.no_page.search(text[: match.start(2)] if match[2] else "") or len(digits) > 2:
            continue
        if _is_in_sentence(text[match.end() :].split()[:1] if first else text[: match.start()].split()[-1:]):
            continue
        numbers += _made(digits, 0.45 * sure, edge / width, top=top)
    return numbers


def _is_in_sentence(beside: list[str]) -> bool:
    """Whether a number is beside a word in lower case, as in running text but not in a running head."""
    return any(any(c.isalpha() for c in word) and word == word.lower() for word in beside)


def _made(digits: str, strength: float, across: float, total: str | None = None, *, top: bool) -> list[PageNumber]:
    value = int(digits)
    if not 0 < value <= HIGHEST or (len(digits) > 1 and digits[0] == "0"):
        return []
    return [PageNumber(value, strength, top, across, int(total) if total else None)]


def _roman(text: str) -> int:
    """Return the value of a lower-case roman numeral up to 89; 0 if it isn't one."""
    total = 0
    for this, following in zip(text, text[1:] + " ", strict=True):
        value = _ROMAN_VALUES[this]
        total += -value if _ROMAN_VALUES.get(following, 0) > value else value
    written = ""
    rest = total
    for value, sign in ((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):
        while rest >= value:
            written += sign
            rest -= value
    return total if written == text else 0


def page_language(page: PageRecord) -> str:
    """Return the ISO 639-1 code of the language of a page; empty if unknown."""
    return page.reading.language if page.reading else ""


def believed_numbers(page: PageRecord, *, usual: str) -> tuple[PageNumber, ...]:
    """Return `page_numbers` of a page. On one that could hardly be read, only numbers like "page 2 of 5" count: a bare
    number may be what OCR makes of handwriting or pictures."""
    numbers = page_numbers(page, usual=usual)
    return tuple(number for number in numbers if number.total) if numbers and is_unread(page) else numbers
