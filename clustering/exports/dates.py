"""EDTF for systems that only know plain dates."""

from __future__ import annotations

import re

from clustering.engine.edtf import is_edtf, is_in_order

_PART = re.compile(r"(?P<year>\d{4}|\d{3}X|\d{2}XX)(?:-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>\d\d))?)?(?!\d)")


def plain_date(date: str) -> str:
    """Return EDTF as yyyy-mm-dd, yyyy-mm, yyyy, or yyyy-yyyy, the formats of a date field in CONTENTdm.

    1970~ is 1970, 195X is 1950-1959, 1960/1965 is 1960-1965, a season is its year, an open span its known end. Empty
    for other text and for years before 1.
    """
    if not (is_edtf(date) and is_in_order(date)):
        return ""
    first, slash, last = date.partition("/")
    (begin, latest), (earliest, end) = _bounds(first), _bounds(last if slash else first)
    if not (begin and end):
        begin, end = begin or earliest, end or latest
    if begin == end:
        return begin
    return begin[:4] if begin[:4] == end[:4] else f"{begin[:4]}-{end[:4]}"


def _bounds(part: str) -> tuple[str, str]:
    """Return the first and last possible date, as far as known; empty if not."""
    match = _PART.match(part)
    if match is None:
        return "", ""
    known = "-".join(filter(None, match.groups()))
    return known.replace("X", "0"), known.replace("X", "9")
