"""EDTF dates as people say them: "1965-05-06" is "May 6, 1965"."""

from __future__ import annotations

import re

from clustering.engine.edtf import NO_DATE

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_SEASONS = {21: "Spring", 22: "Summer", 23: "Fall", 24: "Winter"}
_ORDINALS = {1: "st", 2: "nd", 3: "rd"}


def date_in_words(edtf: str) -> str:
    """Return the date in English words; ranges shortened to what differs, doubt kept as a question mark or "about".

    Takes every date that `edtf.is_edtf` takes.
    """
    first, stroke, last = edtf.partition("/")
    if not stroke:
        return _marked(first)
    if first in ("", ".."):
        return f"{_marked(last)} or earlier"
    if last in ("", ".."):
        return f"{_marked(first)} or later"
    plain = re.fullmatch(r"[\d-]+", first + last) and not edtf.startswith("-") and not last.startswith("-")
    return _range(first, last) if plain else f"{_marked(first)} - {_marked(last)}"


def _marked(date: str) -> str:
    about = "about " if date[-1] in "~%" else ""
    doubt = "?" if date[-1] in "?%" else ""
    return f"{about}{_one(date.rstrip('?~%'))}{doubt}"


def _one(date: str) -> str:
    if date == NO_DATE:
        return "no date"
    year, *rest = date.removeprefix("-").split("-")
    name = f"{int(year) + 1} BC" if date.startswith("-") else _year(year)
    if not rest:
        return name
    if rest[0] == "XX":
        return f"{name}, month unknown"
    month = _month(int(rest[0]))
    if len(rest) == 1:
        return f"{month} {name}"
    return f"{month} {name}, day unknown" if rest[1] == "XX" else f"{month} {int(rest[1])}, {name}"


def _year(year: str) -> str:
    """1954; 1950s for 195X; 20th century for 19XX."""
    if "X" not in year:
        return year
    if year.endswith("XX"):
        number = int(year[:2]) + 1
        ending = "th" if 10 < number < 14 else _ORDINALS.get(number % 10, "th")
        return f"{number}{ending} century"
    return f"{year[:3]}0s"


def _month(number: int) -> str:
    return _SEASONS.get(number) or _MONTHS[number - 1]


def _range(first: str, last: str) -> str:
    one, other = first.split("-"), last.split("-")
    if len(one) == len(other) == 3 and one[:2] == other[:2]:
        return f"{_MONTHS[int(one[1]) - 1]} {int(one[2])}-{int(other[2])}, {one[0]}"
    if len(one) == len(other) == 2 and one[0] == other[0]:
        return f"{_month(int(one[1]))}-{_month(int(other[1]))} {one[0]}"
    return f"{_one(first)} - {_one(last)}" if len(one) > 1 or len(other) > 1 else f"{first}-{last}"
