"""EDTF, the Library of Congress's Extended Date/Time Format (ISO 8601-2:2019), levels 0 and 1 without times of day."""

from __future__ import annotations

import re
from datetime import date

_ONE_DAY = re.compile(r"(?P<year>-?\d{4}|\d{3}X|\d{2}XX)(?:-(?P<month>\d\d|XX)(?:-(?P<day>\d\d|XX))?)?[?~%]?", re.ASCII)
_OPEN = ("", "..")
NO_DATE = "XXXX"
"""A year without any known digit: someone looked and found no date."""
SEASONS = range(21, 25)
"""EDTF numbers spring, summer, autumn, and winter 21 to 24, in place of the month."""


def is_edtf(text: str) -> bool:
    """Whether a text is a date or a span of dates in EDTF; a span may end before it begins.

    "XXXX", a completely unknown year (level 2), is accepted: it says that the document has no date.
    """
    if text == NO_DATE:
        return True
    parts = text.split("/")
    if len(parts) > 2 or all(part in _OPEN for part in parts):
        return False
    return all((len(parts) == 2 and part in _OPEN) or _is_date(part) for part in parts)


def is_in_order(text: str) -> bool:
    """Whether a span in EDTF doesn't end before it begins; true for a single date."""
    first, _, last = text.partition("/")
    return not last or _in_order(first, last)


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
    # A leap year represents years before 1, which Python's calendar lacks.
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
