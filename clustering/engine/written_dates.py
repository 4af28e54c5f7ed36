"""Read dates as people enter them into EDTF: the forms of `drafting.date_forms`, and what catalogs add to them.

"Jan. 14, 1954", "1954 January 14", "1/14/1954", "c. 1964", "[1954?]", "1950s", "19th century", "Spring 1972",
"1954-56", "between 1954 and 1956", "before 1960", "n.d.". Words around a date are known in all languages of
`engine/languages`, whatever the interface language: "um 1960", "années 1950", "14 de enero de 1954". EDTF itself is
returned unchanged. A text is read as a whole or refused: nothing that was typed is ignored.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass

from clustering.engine.drafting.calendar_words import month_of
from clustering.engine.drafting.date_forms import TYPED, find_dates, repair
from clustering.engine.drafting.date_words import date_in_words
from clustering.engine.edtf import NO_DATE, is_edtf, is_in_order
from clustering.engine.languages import every, languages
from clustering.sentences import Sentence, say

HOW_TO = say(
    "Write it like Jan. 14, 1954; 1/14/1954; January 1954; spring 1972; c. 1964; 1954?; 1950s; 1954 to 1956; "
    "before 1960; or n.d. for no date."
)
LONGEST = 200
"""Longest text of a date, in characters."""

_ROMAN = {"i": 1, "v": 5, "x": 10}


def _words(form: str, *names: str) -> re.Pattern[str]:
    """Compile a form in which {name} stands for the words of all languages."""
    return re.compile(form.format(*(every("dates", name) for name in names)), re.IGNORECASE)


def _each(name: str) -> list[re.Pattern[str]]:
    """Compile the entries of a list separately, since they contain named groups."""
    tables = [language.tables.get("dates", {}) for language in languages().values()]
    return [re.compile(entry, re.IGNORECASE) for table in tables for entry in table.get(name, ())]


_NO_DATE = _words(r"(?:{})", "no_date")
_NO_DATE_BUT = _words(r"(?:{})[,;]?\s+(?=\S)", "no_date")
_ABOUT = _words(r"(?:{}|~)\s*(?=\S)", "about")
_PERHAPS = _words(r"(?:{})\s+", "perhaps")
_ABOUT_BEHIND = re.compile(r"\s*(?:\((?:approx\.?|ca?\.?|circa)\)|~)$", re.IGNORECASE)
_PERHAPS_BEHIND = re.compile(r"\s*(?:\?|\(\?\)|\[\?\])$")
_UNTIL = _words(r"(?:(?P<outside>{})|{})\s+", "before", "until")
_SINCE = _words(r"(?:(?P<outside>{})|{})\s+", "after", "since")
_SINCE_BEHIND = _words(r"\s*(?:-|\b(?:{}))$", "onward")
_BETWEEN = _words(r"(?:{})\s+(?P<first>.+?)\s+(?:{})\s+(?P<last>.+)", "between", "between_and")
_FROM = _words(r"(?:{})\s+", "from")
_TO = _words(r"\s*(?:/|\b(?:{})\b|-)\s*", "to")
_DECADES, _CENTURIES = _each("decade"), _each("century")
_BESIDE = _words(r"(?:{})[.,]{{0,2}}\s+(?=\S)", "beside")
_LINK = re.compile(r"(?<=[^\W\d])\s+(?:de|del|du|des)\s+(?=\d)", re.IGNORECASE)
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})[\s,.]+(?P<month>[A-Za-zÀ-ÿ]{3,10}\.?(?:\s?-\s?[A-Za-zÀ-ÿ]{3,10}\.?)?)"
    r"(?:\s+(?P<rest>\d{1,2}(?:\s?-\s?\d{1,2})?))?"
)
_YEAR_FIGURES = re.compile(r"(?P<year>\d{4})(?P<sign>[-/.])(?P<month>\d{1,2})(?:(?P=sign)(?P<day>\d{1,2}))?")
_MONTH_FIGURES = re.compile(r"(?P<month>\d{1,2})[-/.](?P<year>\d{4})")
_HYPHENED = re.compile(r"(?:\d{1,2}-)?[A-Za-zÀ-ÿ]{3,10}-(?:\d{4}|\d\d)")
_DAYS = (
    re.compile(r"(?P<month>[A-Za-zÀ-ÿ]{3,10})\.?\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4})"),
    re.compile(r"(?P<day>\d{1,2})\s+(?P<month>[A-Za-zÀ-ÿ]{3,10})\.?,?\s+(?P<year>\d{4})"),
    re.compile(r"(?P<month>\d{1,2})[/-](?P<day>\d{1,2})[/-](?P<year>\d{4})"),
    re.compile(r"(?P<year>\d{4})[/-](?P<month>\d{1,2})[/-](?P<day>\d{1,2})"),
)
_CLEAR = re.compile(r"[\w\s.,/'’–-]+")
"""A date in which OCR misread no letter as another sign."""
_ANY_YEAR = re.compile(r"\d{4}")
_LONE_YEAR = re.compile(r"\D*(?P<year>\d{4})(?:s|'s|er)?\??")
_SHORT_YEAR = re.compile(r"(?P<year>\d\d)(?:s|'s|er)?\??")
_YEAR_BEHIND = re.compile(r",?\s*(?P<year>\d{4})\D*$")


class UnreadableDate(ValueError):
    """The text isn't a date; the message says so and how to write one."""


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date that was read."""

    edtf: str
    words: str
    """In words: "January 14, 1954", "about 1964"."""


def read_written_date(text: str) -> WrittenDate:
    """Return the date that a person entered, as EDTF of level 0 or 1 ("XXXX" if undated) and in words.

    Months come before days in figures ("1/14/1954"), unless there is no such month. Raises UnreadableDate.
    """
    plain = _plain(text)
    reading = _whole(plain) if 0 < len(plain) <= LONGEST else None
    if reading is None or not is_edtf(reading):
        raise UnreadableDate(_why_not(text.strip(), plain))
    if not is_in_order(reading):
        raise UnreadableDate(
            say("The range “%(range)s” ends before it begins. Write the earlier date first.", range=text.strip())
        )
    return WrittenDate(reading, date_in_words(reading))


def date_within(text: str) -> str:
    """Return what to write for the first date in OCR text: "March 9, 1959" for "Washington, D. C.--March 9, 1959".

    As printed, if it can be read like that; as EDTF, where OCR misread letters of it; else the text as it is.
    """
    try:
        read_written_date(text)
    except UnreadableDate:
        for date in find_dates(repair(text)):
            printed = repair(text)[date.start : date.end]
            return printed if _CLEAR.fullmatch(printed) and _reads_as(printed, date.edtf) else date.edtf
    return text


def _reads_as(text: str, edtf: str) -> bool:
    try:
        return read_written_date(text).edtf == edtf
    except UnreadableDate:
        return False


def _plain(text: str) -> str:
    """Return one line with plain dashes and quotes, without the brackets of a supplied date, a final period, or the
    midnight that spreadsheets add to a day."""
    plain = " ".join(text.split())
    plain = re.sub(r"[‐‑‒–—−]", "-", plain).translate(str.maketrans("‘’`´", "''''"))
    while plain[:1] + plain[-1:] in {"[]", "()"}:
        plain = plain[1:-1].strip()
    plain = re.sub(r"(?<=^\d{4}-\d\d-\d\d)[ T]00:00(?::00(?:\.0+)?)?Z?$", "", plain)
    return re.sub(r"(?<=\w)[.,;]+$", "", plain)


def _whole(text: str) -> str | None:
    """Return a date, a range, or an open range; None if it is none of them."""
    edtf = text.replace("x", "X")
    if is_edtf(edtf):
        return edtf
    if _NO_DATE.fullmatch(text):
        return NO_DATE
    if match := _NO_DATE_BUT.match(text):
        return _whole(_plain(text[match.end() :]))
    between = _BETWEEN.fullmatch(text)
    if between:
        return _range(between["first"], between["last"], both=False)
    if match := _UNTIL.match(text):
        return _open("../{}", text[match.end() :], digit="0" if match["outside"] else "9")
    if match := _SINCE.match(text):
        return _open("{}/..", text[match.end() :], digit="9" if match["outside"] else "0")
    return _marked(text) or _split(text) or _since_behind(text)


def _open(form: str, text: str, *, digit: str) -> str | None:
    """Return a range with one open end.

    Few readers of EDTF accept 195X/.., so `digit` completes the year: "since the 1950s" is since 1950, "until the
    1950s" until 1959.
    """
    one = _marked(text)
    if not one or "/" in one or one == NO_DATE:
        return None
    return form.format(one.replace("X", digit))


def _since_behind(text: str) -> str | None:
    match = _SINCE_BEHIND.search(text)
    return _open("{}/..", text[: match.start()], digit="0") if match else None


def _split(text: str) -> str | None:
    """Return a range, split at the first word or sign between two dates."""
    text = text[match.end() :] if (match := _FROM.match(text)) else text
    for match in _TO.finditer(text):
        reading = _range(text[: match.start()], text[match.end() :], both=True)
        if reading:
            return reading
    return None


def _range(first: str, last: str, *, both: bool) -> str | None:
    """Return the range from the first to the last date.

    A year that only the last date has applies to the first ("May 30 - June 2, 1961"), "56" after 1954 is 1956, and
    "ca." before a range applies to `both` ends.
    """
    year = _YEAR_BEHIND.search(last)
    if year and not _ANY_YEAR.search(first):
        first = f"{first}, {year['year']}" if first[-1:].isdigit() else f"{first} {year['year']}"
    full, short = _LONE_YEAR.fullmatch(first), _SHORT_YEAR.fullmatch(last)
    if full and short and short["year"] > full["year"][2:]:
        last = full["year"][:2] + last
    begin, end = _marked(first), _marked(last)
    if not begin or not end or "/" in begin + end or NO_DATE in (begin, end):
        return None
    if both and _ABOUT.match(first) and end[-1] not in "~%":
        end = _with_mark(end, about=True, perhaps=False)
    if "X" in begin + end and {begin[-1], end[-1]} & set("?~%"):  # as with open ends
        begin, end = begin.replace("X", "0"), end.replace("X", "9")
    return f"{begin}/{end}"


def _marked(text: str) -> str | None:
    """Return one date with its marks of "about" and "uncertain"."""
    text, about, perhaps = _plain(text), False, False
    while True:
        before = text
        for pattern in (_ABOUT, _PERHAPS):
            if match := pattern.match(text):
                text = text[match.end() :]
                about, perhaps = about or pattern is _ABOUT, perhaps or pattern is _PERHAPS
        for pattern in (_ABOUT_BEHIND, _PERHAPS_BEHIND):
            if match := pattern.search(text):
                text = text[: match.start()]
                about, perhaps = about or pattern is _ABOUT_BEHIND, perhaps or pattern is _PERHAPS_BEHIND
        text = _plain(text)
        if text == before:
            break
    one = _one(text)
    if one is None or not (about or perhaps):
        return one
    if one == NO_DATE:
        return None
    return "/".join(_with_mark(part, about=about, perhaps=perhaps) for part in one.split("/"))


def _with_mark(edtf: str, *, about: bool, perhaps: bool) -> str:
    about, perhaps = about or edtf[-1] in "~%", perhaps or edtf[-1] in "?%"
    return edtf.rstrip("?~%") + ("%" if about and perhaps else "~" if about else "?" if perhaps else "")


def _one(text: str) -> str | None:
    """Return one date without marks; days of one month may be a range ("Jan. 11-13, 1960")."""
    if text in ("", NO_DATE) or _NO_DATE.fullmatch(text):
        return None
    while match := _BESIDE.match(text):
        text = text[match.end() :]
    if is_edtf(text) and "/" not in text:
        return text
    if _HYPHENED.fullmatch(text):
        text = re.sub(r"-(\d\d)$", r"-'\1", text).replace("-", " ")
    return _rounded(text) or _in_figures(text) or _in_words(text)


def _rounded(text: str) -> str | None:
    """Return a decade or a century."""
    for pattern in _DECADES:
        match = pattern.fullmatch(text)
        groups = match.groupdict() if match else {}
        if short := groups.get("short"):
            return f"19{short}X"
        if start := groups.get("start"):
            # "1900s" is a decade to some and a century to others.
            return None if start.endswith("0") else f"{start}X"
    for pattern in _CENTURIES:
        if match := pattern.fullmatch(text):
            groups = match.groupdict()
            number = int(groups["number"]) if groups.get("number") else _roman(groups.get("roman", ""))
            return f"{number - 1:02d}XX" if number else None
    return None


def _roman(text: str) -> int:
    """Return a number up to 39; 0 if it isn't one."""
    values = [_ROMAN[sign] for sign in text.lower()]
    return sum(-value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True))


def _in_figures(text: str) -> str | None:
    match = _YEAR_FIGURES.fullmatch(text) or _MONTH_FIGURES.fullmatch(text)
    if not match:
        return None
    day = match.groupdict().get("day")
    date = f"{match['year']}-{int(match['month']):02d}" + (f"-{int(day):02d}" if day else "")
    return date if is_edtf(date) and 1 <= int(match["month"]) <= 12 else None


def _in_words(text: str) -> str | None:
    text = _LINK.sub(" ", text)
    if match := _YEAR_FIRST.fullmatch(text):
        text = (
            f"{match['month']} {match['rest']}, {match['year']}"
            if match["rest"]
            else f"{match['month']} {match['year']}"
        )
    for pattern, reads in TYPED:
        match = pattern.fullmatch(text)
        reading = reads(match) if match else None
        if match is None or reading is None:
            continue
        # A day that its month doesn't have is refused, not skipped.
        days = [name for name in ("day", "day2") if match.groupdict().get(name)]
        whole = reading.precision == "day" and ("/" in reading.edtf or "day2" not in days)
        return reading.edtf if is_edtf(reading.edtf) and (not days or whole) else None
    return None


def _why_not(text: str, plain: str) -> Sentence:
    starts = [
        match["start"] for pattern in _DECADES if "start" in pattern.groupindex for match in pattern.finditer(plain)
    ]
    if start := next((start for start in starts if start.endswith("0")), ""):
        return say(
            "“%(text)s” can mean ten years or a hundred. "
            "Write %(decade)s for the decade or %(century)s for the century.",
            text=text,
            decade=f"{start}X",
            century=f"{start[:2]}XX",
        )
    short = text[:80]
    for pattern in _DAYS:
        if match := pattern.search(plain):
            month = int(match["month"]) if match["month"].isdigit() else month_of(match["month"], with_day=True)
            if month and 1 <= month <= 12 and int(match["day"]) > monthrange(int(match["year"]) or 4, month)[1]:
                return say(
                    "“%(text)s” is not a day in the calendar. Check the day, or write only the month and year.",
                    text=short,
                )
    return say("“%(text)s” isn’t a date we recognize. %(how_to)s", text=short, how_to=HOW_TO)
