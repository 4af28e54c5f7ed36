"""Names of months and seasons in all known languages, and digits as OCR misreads them."""

from __future__ import annotations

import re

from clustering.engine.languages import languages, months

MONTHS = {name: number for code in languages() for number, names in enumerate(months(code), start=1) for name in names}
"""Names and abbreviations of the months in all known languages; none names different months in two of them."""

_SEASON_CODES = {"spring": 21, "summer": 22, "autumn": 23, "winter": 24}
"""EDTF's codes (ISO 8601-2)."""
SEASONS = {
    name: _SEASON_CODES[season]
    for language in languages().values()
    for season, names in language.tables.get("calendar", {}).get("seasons", {}).items()
    for name in names.split()
}

_LONG_ENGLISH = tuple((number, names[0]) for number, names in enumerate(months("en"), start=1) if len(names[0]) > 3)

_MISREAD_LETTERS = str.maketrans("0158", "olsb")
_FIGURES = str.maketrans("lI|!iOoQDSBZzgq", "111110000582299")
"""Letters that OCR writes for digits; applied only where a digit is expected."""

FIGURE = r"[0-9lI|!iOoQSBZzgq]"
"""One digit, or a letter that OCR writes for it."""


def as_number(text: str) -> int | None:
    """Return the number that a token of digits and their look-alikes stands for; None if it isn't one."""
    plain = text.translate(_FIGURES)
    return int(plain) if plain.isdigit() else None


def month_of(word: str, *, with_day: bool = False) -> int | None:
    """Return the month that a word names, allowing for one misread letter.

    June and July may be misread only before a day and a year: "duly 8, 1957", but not "tune 1957".
    """
    key = word.strip(".,").lower()
    if key in MONTHS:
        return MONTHS[key]
    if len(key) < 4:
        return None
    plain = key.translate(_MISREAD_LETTERS)
    for number, name in _LONG_ENGLISH:
        if (len(name) >= 5 or (with_day and len(plain) == 4)) and _one_letter_apart(plain, name):
            return number
    return None


def season_of(word: str) -> int | None:
    """Return the EDTF code of the season that a word names."""
    return SEASONS.get(word.strip(".,").lower())


def _one_letter_apart(first: str, second: str) -> bool:
    """Whether one substitution, insertion, or deletion turns one word into the other."""
    if abs(len(first) - len(second)) > 1:
        return False
    start = 0
    while start < min(len(first), len(second)) and first[start] == second[start]:
        start += 1
    end = 0
    while end < min(len(first), len(second)) - start and first[-1 - end] == second[-1 - end]:
        end += 1
    return max(len(first), len(second)) - start - end <= 1


def full_year(text: str) -> int | None:
    """Return the year that a token names: four digits from 1700 to 2099, or two digits as 19xx.

    Two digits mean the twentieth century: that is when years were typed this way, and most collections end around 2000.
    """
    number = as_number(re.sub(r"^['’‘`]", "", text))
    if number is None:
        return None
    bare = re.sub(r"\D", "", text.translate(_FIGURES))
    if len(bare) == 4:
        return number if 1700 <= number <= 2099 else None
    return 1900 + number if len(bare) == 2 else None
