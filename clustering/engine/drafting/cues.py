"""Cues to the kind of a group, each 0 … 1: from its words, its layout, and the shape of its pages.

Every cue has a name in an archivist's words ("a salutation", "blanks to fill in"), so that the kind can be explained.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from clustering.engine.drafting.date_forms import find_dates, repair
from clustering.engine.drafting.layout import SeenLine, SeenPage
from clustering.engine.drafting.terms import terms
from clustering.engine.word_patterns import SmallText, WordPattern

HEAD = 0.4
"""Share of the first page that is its head: letterhead, masthead, heading."""

RUNNING_WORDS, RUNNING_LINE = 25, 2.5
"""Least words on a page, and words per line, of running text; display type has fewer."""

SHAPE = frozenset(
    {
        "one leaf", "three images", "four pages and more", "many pages", "spreads", "a narrow format", "an odd shape",
        "a card's shape", "letter format", "few words", "no words", "display type", "a page full of text", "columns",
        "one typed column",
    }
)  # fmt: skip
"""Cues to the number, shape, and fullness of pages, which several kinds share."""

_BLANK = re.compile(r"_{3,}|\.{6,}|(?:\s_){3,}|(?:—|-{2,}\s?){4,}|\(\s*\)")
_BLANK_SIGNS = ("_", "......", "—", "--", "(")
_FILE_NUMBER = re.compile(r"\D*(?:\d{5,}|\d+[-–]\d{3})")
"""Number of a file or a case, such as #351164 and NO 201-4524; those of issues are shorter."""

Cues = dict[str, float]
"""Strength of each cue by name, 0 … 1; an absent cue is 0 or missing."""


def observe(pages: Sequence[SeenPage]) -> Cues:
    """Return all cues of a group. Pages that weren't read yet count for shape and number only."""
    lines = [line for page in pages for line in page.lines if line.confidence >= 40.0]
    first = [line for line in lines if line.page == 0]
    return {**_of_words(lines, first, len(pages)), **_of_layout(pages, lines, first), **_of_shape(pages, lines)}


def has_blank(text: str) -> bool:
    """Whether a line has a blank to fill in."""
    return any(sign in text for sign in _BLANK_SIGNS) and _BLANK.search(text) is not None


def _share(count: float, enough: float) -> float:
    return min(count / enough, 1.0)


def _headings(lines: Sequence[SeenLine]) -> list[SeenLine]:
    """Return the lines that are not prose and are at the head of the first page or larger than its running text."""
    return [
        line
        for line in lines
        if (line.top <= HEAD or line.size >= 1.4)
        and line.words <= 12
        and (line.words <= 7 or len(re.findall(r"\b[a-z]{2,}\b", line.text)) <= 7)
    ]


def _of_words(lines: Sequence[SeenLine], first: Sequence[SeenLine], count: int) -> Cues:
    phrases = terms(lines[0].language if lines else "en")
    text = SmallText(lines)

    def times(pattern: WordPattern, some: Sequence[SeenLine]) -> int:
        return sum(1 for line in pattern.among(some, text) if pattern.search(line.text))

    def any_of(pattern: WordPattern, some: Sequence[SeenLine]) -> float:
        return 1.0 if any(pattern.search(line.text) for line in pattern.among(some, text)) else 0.0

    head, short = _headings(first), _short(lines)
    fields = sum(1 for line in phrases.field.among(short, text) for _ in phrases.field.finditer(line.text))
    blanks = sum(1 for line in lines if has_blank(line.text))
    few = max(count, 1)
    return {
        "a salutation": any_of(phrases.salutation, first),
        "a closing and signature": any_of(phrases.closing, [line for line in lines if line.words <= 6]),
        "a letterhead with officers": _share(times(phrases.officers, [line for line in first if line.words <= 9]), 4),
        "a date line of a letter": _date_line(first),
        "labels to fill in": _share(fields / few, 3),
        "blanks to fill in": _share(blanks / few, 3),
        "the words of a form": max(any_of(phrases.form_words, lines), any_of(phrases.form_names, _short(head))),
        "signatures asked for": any_of(phrases.undersigned, first),
        "a release line": max(any_of(phrases.release, head), any_of(phrases.press, head)),
        "an end mark": any_of(phrases.end_mark, lines),
        "a statement or address": any_of(phrases.speech, head),
        "an audience": any_of(phrases.audience, head),
        "a speaker's words": any_of(phrases.speaker, first),
        "an issue number and date at the head": _issue(first, text),
        "a serial's name": any_of(
            phrases.serial, [line for line in head if line.size >= 1.3 or line.capitals or line.top < 0.2]
        ),
        "continued on another page": any_of(phrases.continued, lines),
        "a byline": any_of(phrases.byline, first),
        "a reprint": any_of(phrases.reprint, lines),
        "a publication number or price": any_of(phrases.publication, short),
        "a fact sheet": any_of(phrases.fact_sheet, head),
        "the words of a report": any_of(phrases.report, head),
        "an appeal": _share(times(phrases.appeal, _loud(lines)), 3),
        "calls itself a letter": any_of(phrases.letter, head),
        "calls itself a memorandum": any_of(phrases.memorandum, [line for line in head if line.words <= 8]),
        "the head of a memorandum": _memo_head(first),
        "calls itself a telegram": max(
            any_of(phrases.telegram, [line for line in head if line.words <= 8]),
            any_of(phrases.telegram, [line for line in lines if line.words <= 4]),
        ),
        "a blank in the salutation": any_of(phrases.blank_greeting, first),
        "a date at the very top": _top_date(first),
        "a candidate's card": any_of(phrases.canvass, first),
        "an agenda or list": any_of(phrases.agenda, [line for line in short if line.page == 0]),
    }


def _memo_head(first: Sequence[SeenLine]) -> float:
    """Return 1 for recipient, sender, and subject at the head of the first page, .5 for two of them."""
    head = [line.text for line in first if line.top <= 0.5 and line.words <= 14]
    phrases = first[0].terms if first else terms("en")
    count = sum(1 for pattern in (phrases.memo_to, phrases.memo_from, phrases.subject) if any(map(pattern.match, head)))
    return _share(max(count - 1, 0), 2)


def _short(lines: Sequence[SeenLine]) -> list[SeenLine]:
    """Return the lines that are not prose: few words, hardly any in lower case."""
    few = [line for line in lines if line.words <= 8]
    return [line for line in few if line.words <= 4 or len(re.findall(r"\b[a-zà-ÿ]{2,}\b", line.text)) <= 4]


def _loud(lines: Sequence[SeenLine]) -> list[SeenLine]:
    """Return the lines that may call out: display type, or every line of a document with little text."""
    short = sum(line.words for line in lines) <= 250
    return [line for line in lines if line.size >= 1.3 or (short and line.words <= 10)]


def _top_date(first: Sequence[SeenLine]) -> float:
    """Return 1 for a date in the top tenth of the first page, as serials have it and letters don't."""
    top = [line for line in first if line.bottom <= 0.1 and line.words <= 6]
    return 1.0 if any(find_dates(repair(line.text)) for line in top) else 0.0


def _date_line(first: Sequence[SeenLine]) -> float:
    """Return 1 for a line in the upper half that is only the date of one day."""
    for line in first:
        dates = find_dates(repair(line.text)) if line.top <= 0.5 and line.words <= 4 else []
        if len(dates) == 1 and dates[0].precision == "day" and "/" not in dates[0].edtf:
            return 1.0
    return 0.0


def _issue(first: Sequence[SeenLine], text: SmallText) -> float:
    """Return 1 for the number and date of an issue near each other in the head of the first page, .5 for a number."""
    phrases = terms(first[0].language if first else "en")
    head = [line for line in _headings(first) if line.top <= HEAD]
    numbered = (line for line in phrases.issue.among(head, text) if _is_numbered(line))
    number = [line for line in numbered if not phrases.fact_sheet.search(line.text)]
    dated = [line for line in head if find_dates(repair(line.text))] if number else []
    if any(abs(one.top - other.top) < 0.06 for one in number for other in dated):
        return 1.0
    return 0.5 if number else 0.0


def _is_numbered(line: SeenLine) -> bool:
    """Whether the line has the number of an issue, or one that may be."""
    match = line.terms.issue.search(line.text)
    return match is not None and not _FILE_NUMBER.match(line.text, match.start())


def columns_of(page: SeenPage) -> int:
    """Return the number of text columns: clusters of left edges shared by at least six narrow lines."""
    prose = [line for line in page.lines if line.confidence >= 60 and line.words >= 3 and line.size < 1.4]
    narrow = [line for line in prose if line.right - line.left <= 0.47]
    edges = sorted(line.left for line in narrow)
    columns = 0
    start = 0
    for cut_at in range(1, len(edges) + 1):
        if cut_at == len(edges) or edges[cut_at] - edges[cut_at - 1] > 0.03:
            columns += 1 if cut_at - start >= 6 else 0
            start = cut_at
    return columns if len(narrow) >= 0.5 * len(prose) else min(columns, 1)


def _by_hand(page: SeenPage) -> bool:
    """Whether the page has running text that only the second reader, for handwriting, could read.

    That reader also reads display type on covers and posters, but that has few words, one or two per line.
    """
    words = sum(line.words for line in page.lines)
    return page.is_second and words >= RUNNING_WORDS and words >= RUNNING_LINE * len(page.lines)


def _of_layout(pages: Sequence[SeenPage], lines: Sequence[SeenLine], first: Sequence[SeenLine]) -> Cues:
    words = sum(line.words for line in lines)
    opening = sum(line.words for line in first)
    full = [line for line in first if line.words >= 4 and line.size < 1.4]
    characters = median([len(line.text) for line in full]) if full else 0.0
    columns = columns_of(pages[0]) if pages else 0
    by_size = sorted(first, key=lambda line: -line.size)
    largest = next((line.size for line in by_size if line.words >= 1 and line.believed), 1.0)
    reach = max((line.right for line in full), default=0.0) - min((line.left for line in full), default=1.0)
    return {
        "columns": 1.0 if columns >= 2 else 0.0,
        "one typed column": 1.0 if columns <= 1 and 50 <= characters <= 100 and opening >= 60 else 0.0,
        "a page full of text": _share(max(opening - 150, 0), 250),
        "few words": 1.0 - _share(words, 90),
        "no words": 1.0 if words < 5 else 0.0,
        "display type": _share(max(largest - 1.6, 0.0), 2.4),
        "written by hand": _share(sum(1 for page in pages if _by_hand(page)), max(len(pages), 1)),
        "a cover": 1.0 if len(pages) > 1 and opening <= 45 and words > 3 * opening else 0.0,
        "newspaper columns to the edge": 1.0
        if full and characters <= 42 and reach >= 0.82 and len(full) >= 12
        else 0.0,
    }


def _of_shape(pages: Sequence[SeenPage], lines: Sequence[SeenLine]) -> Cues:
    count = len(pages)
    widths = [page.width for page in pages if page.height > 0]
    ratio = pages[0].width / max(pages[0].height, 1) if pages else 1.0
    tall = ratio if ratio <= 1 else 1 / ratio
    spreads = sum(1 for width in widths if width >= 1.5 * min(widths)) if widths else 0
    words_a_page = sum(line.words for line in lines) / max(count, 1)
    return {
        "one leaf": 1.0 if count <= 2 else 0.0,
        "three images": 1.0 if count == 3 else 0.0,
        "four pages and more": 1.0 if count >= 4 else 0.0,
        "many pages": _share(max(count - 6, 0), 8),
        "spreads": _share(spreads, 1),
        "a narrow format": 1.0 if tall < 0.62 and count > 1 else 0.0,
        "an odd shape": 1.0 if tall < 0.5 and count == 1 else 0.0,
        "a card's shape": 1.0 if 1.25 <= ratio <= 1.9 and count <= 2 and words_a_page <= 60 else 0.0,
        "letter format": 1.0 if 0.72 <= ratio <= 0.82 else 0.0,
    }
