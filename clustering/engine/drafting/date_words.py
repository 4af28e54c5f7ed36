"""EDTF dates as a title says them: "1965-05-06" is "May 6, 1965"."""

from __future__ import annotations

import re

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_SEASONS = {21: "Spring", 22: "Summer", 23: "Fall", 24: "Winter"}


def date_in_words(edtf: str) -> str:
    """The date in English words; ranges shortened to what differs, doubt kept as a question mark or "about"."""
    about = "about " if edtf.endswith("~") else ""
    doubt = "?" if edtf.endswith("?") else ""
    first, _, last = edtf.rstrip("?~").partition("/")
    return f"{about}{_range(first, last) if last else _one(first)}{doubt}"


def _one(date: str) -> str:
    parts = [int(part) for part in re.findall(r"\d+", date)]
    if len(parts) == 3:
        return f"{_MONTHS[parts[1] - 1]} {parts[2]}, {parts[0]}"
    if len(parts) == 2:
        return f"{_SEASONS.get(parts[1]) or _MONTHS[parts[1] - 1]} {parts[0]}"
    return date


def _range(first: str, last: str) -> str:
    one, other = first.split("-"), last.split("-")
    if len(one) == len(other) == 3 and one[:2] == other[:2]:
        return f"{_MONTHS[int(one[1]) - 1]} {int(one[2])}-{int(other[2])}, {one[0]}"
    if len(one) == len(other) == 2 and one[0] == other[0]:
        return f"{_MONTHS[int(one[1]) - 1]}-{_MONTHS[int(other[1]) - 1]} {one[0]}"
    return f"{_one(first)} - {_one(last)}" if len(one) > 1 else f"{first}-{last}"
