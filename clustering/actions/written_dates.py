"""Dates as they are entered: EDTF, the Library of Congress's Extended Date/Time Format (ISO 8601-2:2019), levels 0
and 1 without times of day. Pure."""

from __future__ import annotations

import re
from datetime import date

from clustering.actions.errors import Refused

HOW_TO = (
    "Write 1959, 1959-03 or 1959-03-12; 1959~ for about, 1959? for uncertain; "
    "195X for a decade; 1959-03/1961 for a span; or leave it empty."
)

_ONE_DAY = re.compile(r"(?P<year>-?\d{4}|\d{3}X|\d{2}XX)(?:-(?P<month>\d\d|XX)(?:-(?P<day>\d\d|XX))?)?[?~%]?")
_OPEN = ("", "..")
SEASONS = range(21, 25)
"""EDTF numbers spring, summer, autumn and winter 21 to 24 in the month's place."""


def check_date(text: str) -> None:
    """Nothing for a date in EDTF. Raises Refused with a sentence that shows how to write one."""
    parts = text.split("/")
    if len(parts) > 2 or all(part in _OPEN for part in parts):
        raise _no_date(text)
    for part in parts:
        if not (len(parts) == 2 and part in _OPEN) and not _is_date(part):
            raise _no_date(text)
    if len(parts) == 2 and not _in_order(*parts):
        raise Refused(f"The span “{text}” ends before it begins. Write the earlier date first.")


def _no_date(text: str) -> Refused:
    return Refused(f"“{text}” is not a date that can be stored. {HOW_TO}")


def _is_date(text: str) -> bool:
    match = _ONE_DAY.fullmatch(text)
    if match is None:
        return False
    year, month, day = match["year"], match["month"], match["day"]
    if "X" in year:
        return month is None
    if month is None:
        return True
    if month == "XX":
        return day in (None, "XX")
    if day is None:
        return 1 <= int(month) <= 12 or int(month) in SEASONS
    if day == "XX":
        return 1 <= int(month) <= 12
    # A leap year of the four-digit cycle stands in for years before 1, which Python's calendar lacks.
    safe_year = int(year) if int(year) >= 1 else 2000 + int(year) % 400
    try:
        date(safe_year, int(month), int(day))
    except ValueError:
        return False
    return True


def _in_order(start: str, end: str) -> bool:
    if start in _OPEN or end in _OPEN or start.startswith("-") or end.startswith("-"):
        return True
    first, last = (re.sub(r"[?~%]", "", part) for part in (start, end))
    length = min(len(first), len(last))
    return first[:length].replace("X", "0") <= last[:length].replace("X", "9")
