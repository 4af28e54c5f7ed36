"""Draft the titles of serials: the name on the masthead, and the number and date of the issue.

Mastheads are drawn, and OCR often reads only half of one or nothing. The name is then in plain type elsewhere: beside
the page numbers of inner pages, in the order blank, or in "… is published every two weeks".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from clustering.engine.drafting.date_forms import find_dates
from clustering.engine.drafting.date_words import date_in_words
from clustering.engine.drafting.headings import LEAST_TRUST, Heading, headings_of
from clustering.engine.drafting.layout import SeenLine, SeenPage, lines_in_words
from clustering.engine.drafting.title_case import join_lines, shorten, tidy, title_case
from clustering.engine.records import Drafted

NO_MASTHEAD = "was not read"
"""Ends the evidence of a title whose name isn't from a masthead."""
SHORT_NAME = 8
"""Characters. A name this short is probably half of a masthead, so the headline is added."""

SURE = 90.0
"""OCR confidence from which a number or letter at the end of a masthead is believed, as in "Local 7"."""

MASTHEAD = 0.3
"""Part of the first page in which the masthead is, from the top."""

_DAY = re.compile(r"^\d{4}-\d\d-\d\d")
_SPECK = re.compile(r"^(?![AI&])\S\s+|\s+(?![AI&])\S$")
_PAGE_NUMBER = re.compile(r"(?<![\w-])\d{1,3}(?![\w-])|[|/•·]")


def serial_title(pages: Sequence[SeenPage], date: Drafted | None, acronyms: frozenset[str]) -> Drafted | None:
    """Return the name, number, and date of an issue, with the main headline for a name that wasn't read."""
    first = pages[0]
    masthead = _masthead(first)
    read = _without_issue(masthead) if masthead is not None else ""
    name, ground = _full_name(read, pages)
    lines: tuple[SeenLine, ...] = masthead.lines if masthead is not None else ()
    if not name:
        ranked = [
            one for one in headings_of(first) if one.trust >= LEAST_TRUST and not one.terms.officers.search(one.text)
        ]
        if not ranked:
            return None
        lines, name, ground = ranked[0].lines, ranked[0].text, f"the main headline, the masthead {NO_MASTHEAD}"
    number = _issue_number(first)
    date = date if date is not None and _dates_the_issue(date.value, first) else None
    parts = [title_case(name, acronyms), title_case(number, acronyms), date_in_words(date.value) if date else ""]
    text = ", ".join(part for part in parts if part)
    headline = _main_headline(first, masthead) if len(name) <= SHORT_NAME else ""
    text += f": {title_case(headline, acronyms)}" if headline else ""
    trust = masthead.trust if masthead is not None else 0.8
    confidence = min(0.9, 0.3 + 0.3 * trust + (0.15 if number else 0.0) + (0.1 if date else 0.0))
    source = f"{lines_in_words(lines)}: {ground}" if lines else ground
    named = {"name": name, "number": number, "headline": headline}
    known = {part: title_case(text, acronyms) for part, text in named.items()}
    return Drafted(shorten(text), round(confidence, 2), source, parts=known)


def _dates_the_issue(date: str, first: SeenPage) -> bool:
    """Whether it is a month or season, or a day beside the masthead or the number; other days are those of meetings."""
    beside = (line for line in first.lines if line.bottom <= MASTHEAD or line.terms.issue_number.search(line.text))
    return not _DAY.search(date) or any(date == other.edtf for line in beside for other in find_dates(line.text))


def _issue_number(page: SeenPage) -> str:
    """Return the number at the head of the page as printed, such as "Vol. 8, No. 20"; empty if none was read."""
    for line in page.lines:
        match = line.terms.issue_number.search(line.text) if line.top <= 0.4 and line.words <= 12 else None
        if match:
            pointed = re.sub(r"(?<=[a-z])[:,](?=\s?\d)", ".", re.sub(r"\b[il]\b", "1", match.group()))
            return tidy(re.sub(r"\b[IVX]+l+\b", lambda roman: roman.group().replace("l", "I"), pointed))
    return ""


def _masthead(page: SeenPage) -> Heading | None:
    """Return the best heading in the top 30 % of at least 1.5 times the size of running text; higher ones count more,
    since headlines are below the masthead."""
    heads = [
        heading
        for heading in headings_of(page)
        if heading.top <= MASTHEAD
        and heading.trust >= LEAST_TRUST
        and heading.size >= 1.5
        and not heading.terms.officers.search(heading.text)
    ]
    return max(heads, key=lambda heading: heading.score + 1.5 * (1 - heading.top / MASTHEAD), default=None)


def _without_issue(masthead: Heading) -> str:
    """Return what a masthead says besides the number and the date of the issue on the same line."""
    whole = tidy(join_lines(_without_specks(line) for line in masthead.lines)) or masthead.text
    text = masthead.terms.issue_number.sub(" ", whole)
    for date in reversed(find_dates(text)):
        text = f"{text[: date.start]} {text[date.end :]}"
    rest = tidy(text)
    return rest if re.search(r"[^\W\d_]{3}", rest) else whole


def _without_specks(line: SeenLine) -> str:
    """Return a line of a masthead without single characters at its ends, which OCR makes of the drawing beside it."""
    return line.text if line.confidence >= SURE else _SPECK.sub("", line.text)


def _full_name(masthead: str, pages: Sequence[SeenPage]) -> tuple[str, str]:
    """Return the serial's name and the place it was read in; both empty if it wasn't read.

    A name elsewhere counts if it contains what was read of the masthead ("SOCIAL" of "SOCIAL JUSTICE"), or if the
    masthead wasn't read at all.
    """
    running, imprints = _running_names(pages), _imprint_names(pages)
    if masthead:
        for ground, names in (("the running head", running), ("the imprint", imprints)):
            longer = [name for name in names if masthead.lower() in name.lower() and len(name) > len(masthead)]
            if longer:
                return longer[0], f"the masthead, completed by {ground}"
        return masthead, "the masthead"
    repeated = [name for name in running if running.count(name) >= 2]
    if imprints:
        return imprints[0], f"the imprint, the masthead {NO_MASTHEAD}"
    return (repeated[0], f"the running heads, the masthead {NO_MASTHEAD}") if repeated else ("", "")


def _running_names(pages: Sequence[SeenPage]) -> list[str]:
    """Return the names beside page numbers at the top and bottom of inner pages."""
    names = [
        tidy(_PAGE_NUMBER.sub(" ", line.terms.page.sub(" ", line.text)))
        for page in pages[1:]
        for line in page.lines
        if (line.bottom <= 0.08 or line.top >= 0.94)
        and line.believed
        and 1 <= line.words <= 6
        and re.search(r"\d", line.text)
    ]
    return [name for name in names if len(name) >= 5 and not find_dates(name)]


def _imprint_names(pages: Sequence[SeenPage]) -> list[str]:
    """Return the names that order blanks quote, then those that "is published" follows."""
    names = []
    for pattern in (pages[0].terms.serial_quoted, pages[0].terms.serial_stated):
        for page in pages:
            for line in page.lines:
                match = pattern.search(line.text) if line.believed else None
                if match:
                    names.append(tidy(match["name"]))
    return names


def _main_headline(page: SeenPage, masthead: Heading | None) -> str:
    """Return the best heading below the masthead."""
    below = [
        one
        for one in headings_of(page)
        if one.trust >= LEAST_TRUST and one.size >= 1.3 and (masthead is None or one.top > masthead.top)
    ]
    return below[0].text if below else ""
