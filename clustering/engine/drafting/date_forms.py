"""Find the dates in a line of text, as EDTF (ISO 8601-2, level 1 and seasons), whatever they date.

Forms: "January 15, 1960", "Jan. 11-13, 1960", "May 30 - June 2, 1961", "15 January 1960", "den 5. Mai 1931",
"30 Sep 64", "022047Z DEC 93", "April-May 1954", "Sept/Oct 92", "Fall 1964", "Winter 1963-64", "3/16/93", "16.3.1993",
"1960-01-15", "ca. 1960", "1959?", "1963-64", each also with the usual OCR errors ("l9S9", "I959", "Janvary").
`engine.written_dates` uses the same forms for what people type.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from clustering.engine.drafting.calendar_words import FIGURE, as_number, full_year, month_of, season_of
from clustering.engine.languages import every


@dataclass(frozen=True, slots=True)
class FoundDate:
    """One date in a text."""

    edtf: str
    start: int
    """Index of its first character in the text."""
    end: int
    precision: str
    """day, month, season, or year."""
    doubt: bool = False
    """Whether a question mark, "ca.", or a misread digit makes it uncertain."""


_DOUBT = r"(?P<doubt>\s?\?|\s?\(\?\))?(?![\w%])"
_WORD = r"(?P<{0}>[A-Za-zÀ-ÿ0158]{{3,10}})"
_DASH = rf"\s?(?:-|–|—|/|&|{every('drafting', 'range_words')})\s?"
_GAP = r"[\s.,;:}{)(*_~'’-]{1,6}"
_NO_HOUR = rf"(?!\s?(?i:{every('drafting', 'hours')})\b)"
"""What must not follow a year: "May 17, 1930 hrs" has none."""
_LATE = r"(?P<short>3[2-9]|[4-9]\d)(?![\w:/'’])"
"""Two digits that are no day of a month, and therefore a year."""

_NUMBERED = re.compile(rf"\b(?:{every('drafting', 'issue')})[.:,]?\s*#?\s?$", re.IGNORECASE)
"""What turns the digits after it into an issue number rather than a day: "No. 9 September 1984"."""

Form = tuple[re.Pattern[str], Callable[[re.Match[str]], FoundDate | None]]


def _forms(*, figure: str, year: str, plain: str, short: str) -> tuple[Form, ...]:
    """Return the forms of a date, most specific first: later forms skip what an earlier one matched.

    `figure` matches one digit, `year` a year next to words, `plain` a year next to digits, `short` a two-digit year.
    """
    any_year = rf"(?:{year}{_NO_HOUR}{_DOUBT}|(?:['’‘`]\s?{short})(?!\w))"
    day = rf"(?P<{{0}}>{figure}{{{{1,2}}}})(?:\s?(?:st|nd|rd|th|er|\.))?"
    month_day = (
        rf"(?<!\w){_WORD.format('month')}(?:[\s.,}}{{)(*_-]{{1,4}}|(?=\d)){day.format('day')}"
        rf"(?:{_DASH}(?:{_WORD.format('month2')}\.?\s)?{day.format('day2')})?{_GAP}{any_year}"
    )
    day_month = (
        rf"(?<![\w/]){day.format('day')}(?:{_DASH}{day.format('day2')})?(?:\s|(?<=[\d.]))"
        rf"(?:day\s)?(?:of\s|de\s|di\s)?{_WORD.format('month')}"
        rf"(?:[\s.,]|\sde\s|\sdi\s){{1,4}}{any_year}"
    )
    service = (
        rf"(?<![\w/.-])(?=\w?\d)(?P<day>{figure}{{1,2}})(?:\d{{4}}[Z2])?(?:{_DASH}{day.format('day2')})?[\s:-]?"
        rf"{_WORD.format('month')}[\s.,:-]{{0,3}}{short}(?![\w:'’])"
    )
    month_year = (
        rf"(?<!\w){_WORD.format('month')}\.?(?:{_DASH}{_WORD.format('month2')}\.?)?(?:[\s,.]|\sof\s|"
        rf"\sde\s){{1,4}}{any_year}"
    )
    months_year = rf"(?<!\w){_WORD.format('month')}\.?\s?[-–—/&]\s?{_WORD.format('month2')}\.?[\s,.]{{1,3}}{_LATE}"
    season_year = rf"(?<!\w){_WORD.format('season')}(?:[\s,.]|\sof\s){{1,3}}{any_year}(?:[-–/]\d{{2,4}})?"
    slashed = (
        r"(?<![\w/.$-])(?P<first>\d{1,2})(?P<sign>[/.-])(?P<second>\d{1,2})(?P=sign)"
        rf"(?:{plain}|(?P<short>\d\d))(?![\w/-])"
    )
    iso = rf"(?<!\d){plain}-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)"
    span = rf"(?<![\w$£€#.,-]){plain}\s?[-–—/]\s?(?P<last>\d\d(?:\d\d)?)(?![\w%,/-])"
    lone = (
        rf"(?<![\w$£€#,/-])(?P<about>(?:ca?\.|circa|"
        rf"{every('drafting', 'about')})\s?)?(?<!No\.\s)(?<!\d\.){year}{_NO_HOUR}{_DOUBT}(?!\s?(?:[-–]\s?\d|/)|['’]s)"
    )
    return (
        (re.compile(iso), _iso),
        (re.compile(month_day), _month_day),
        (re.compile(day_month), _day_month),
        (re.compile(service), _day_month),
        (re.compile(month_year), _month_year),
        (re.compile(months_year), _month_year),
        (re.compile(season_year), _season_year),
        (re.compile(slashed), _slashed),
        (re.compile(span), _span),
        (re.compile(lone), _lone_year),
    )


def find_dates(text: str) -> list[FoundDate]:
    """Return all dates in a line, from left to right; of two that overlap, the more precise one."""
    return list(_dates_in(text)) if _DIGIT.search(text) else []


@lru_cache(maxsize=5_000)
def _dates_in(text: str) -> tuple[FoundDate, ...]:
    """Find the dates; cached, because kind, date, and title of a document need those of the same lines."""
    dates: list[FoundDate] = []
    for pattern, reads in PRINTED:
        for match in pattern.finditer(text):
            if any(match.start() < other.end and other.start < match.end() for other in dates):
                continue
            reading = reads(match)
            if reading is not None:
                dates.append(reading)
    return tuple(sorted(dates, key=lambda reading: reading.start))


def _year(match: re.Match[str]) -> int | None:
    groups = match.groupdict()
    if groups.get("typed"):
        return int(groups["typed"])
    token = groups.get("year") or groups.get("short")
    return full_year(re.sub(r"\s", "", token)) if token else None


def _found(match: re.Match[str], edtf: str, precision: str) -> FoundDate:
    groups = match.groupdict()
    years = groups.get("typed") or groups.get("year") or groups.get("short") or ""
    uncertain = bool(groups.get("doubt"))
    misread = not re.sub(r"\s", "", years).isdigit()
    if uncertain and "/" not in edtf:
        edtf += "?"
    elif groups.get("about") and "/" not in edtf:
        edtf += "~"
    return FoundDate(edtf, match.start(), match.end(), precision, uncertain or misread or bool(groups.get("about")))


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _month_day(match: re.Match[str]) -> FoundDate | None:
    month, year, day = month_of(match["month"], with_day=True), _year(match), as_number(match["day"])
    if month is None or year is None or day is None:
        return None
    first = _day(year, month, day)
    if first is None:
        return _found(match, f"{year:04d}-{month:02d}", "month")
    last_month = month_of(match["month2"]) if match["month2"] else month
    last_day = as_number(match["day2"]) if match["day2"] else None
    last = _day(year, last_month, last_day) if last_month and last_day else None
    return _found(match, f"{first}/{last}" if last and last > first else first, "day")


def _day_month(match: re.Match[str]) -> FoundDate | None:
    month, year, day = month_of(match["month"], with_day=True), _year(match), as_number(match["day"])
    first = _day(year, month, day) if month and year and day else None
    if first is None or month is None or year is None or _NUMBERED.search(match.string[: match.start()]):
        return None
    last_day = as_number(match["day2"]) if match["day2"] else None
    last = _day(year, month, last_day) if last_day else None
    return _found(match, f"{first}/{last}" if last and last > first else first, "day")


def _month_year(match: re.Match[str]) -> FoundDate | None:
    month, year = month_of(match["month"]), _year(match)
    last = month_of(match["month2"]) if match["month2"] else None
    if month is None and last is not None and year is not None:  # "The Observer - February 1991"
        return replace(_found(match, f"{year:04d}-{last:02d}", "month"), start=match.start("month2"))
    if month is None or year is None:
        return None
    if last is None:
        return _found(match, f"{year:04d}-{month:02d}", "month")
    opening = year if month < last else year - 1
    return _found(match, f"{opening:04d}-{month:02d}/{year:04d}-{last:02d}", "month")


def _season_year(match: re.Match[str]) -> FoundDate | None:
    season, year = season_of(match["season"]), _year(match)
    if season is None or year is None:
        return None
    return _found(match, f"{year:04d}-{season}", "season")


def _slashed(match: re.Match[str]) -> FoundDate | None:
    """Read the month first with slashes and hyphens, and the day first with periods or if there is no such month."""
    first, second, year = int(match["first"]), int(match["second"]), _year(match)
    if year is None:
        return None
    month, day = (second, first) if match["sign"] == "." or first > 12 else (first, second)
    whole = _day(year, month, day) if 1 <= month <= 12 else None
    return _found(match, whole, "day") if whole else None


def _iso(match: re.Match[str]) -> FoundDate | None:
    year = _year(match)
    whole = _day(year, int(match["month"]), int(match["day"])) if year is not None else None
    return _found(match, whole, "day") if whole else None


def _span(match: re.Match[str]) -> FoundDate | None:
    first = _year(match) or 0
    tail = match["last"]
    last = int(tail) if len(tail) == 4 else first // 100 * 100 + int(tail)
    return _found(match, f"{first:04d}/{last:04d}", "year") if first < last <= first + 20 else None


def _lone_year(match: re.Match[str]) -> FoundDate | None:
    year = _year(match)
    return _found(match, f"{year:04d}", "year") if year is not None else None


_DIGIT = re.compile(r"\d")
_SPLIT_MONTH = re.compile(r"\b([A-Z][a-z]{1,6}) ([a-z]{2,7})(?=[\s.,]{1,3}\d)")
_SPLIT_DAY = re.compile(r"(?<![\w.,])([0-3])[ .] ?(\d) (?=([A-Za-z]{3,9})\.? (?:1[89]|20)\d\d)")


def repair(text: str) -> str:
    """Return the text with months rejoined that OCR split ("Ja nuary 15, 1958" from a worn typewriter), and days
    ("2 7 NOV 1968" from a date stamp)."""
    if not _DIGIT.search(text):
        return text
    text = _SPLIT_DAY.sub(lambda match: f"{match[1]}{match[2]} " if month_of(match[3]) else match[0], text)
    return _SPLIT_MONTH.sub(lambda match: match[1] + match[2] if month_of(match[1] + match[2]) else match[0], text)


PRINTED = _forms(
    figure=FIGURE,
    year=rf"(?P<year>[1lI|!]\s?[7890oOgqBS]{FIGURE}{{2}}|2[0oO]{FIGURE}{{2}})",
    plain=r"(?P<year>(?:1[7-9]|20)\d\d)",
    short=rf"(?P<short>{FIGURE}{{2}})",
)
"""Dates in OCR text: years since 1700, and digits may be misread as letters."""

TYPED = _forms(figure=r"\d", year=r"(?P<typed>\d{4})", plain=r"(?P<typed>\d{4})", short=r"(?P<short>\d{2})")
"""Dates that people type: any four-digit year, and digits only."""
