"""Month and season names in the usual European languages, and what OCR makes of figures."""

from __future__ import annotations

import re

_MONTHS = (
    "january jan janvier januar januari jänner enero gennaio janeiro",
    "february feb febr février februar februari febrero febbraio fevereiro",
    "march mar mars märz maart marzo março",
    "april apr avril abril aprile",
    "may mai mei mayo maggio maio",
    "june jun juin juni junio giugno junho",
    "july jul juillet juli julio luglio julho",
    "august aug août augustus agosto",
    "september sept sep septembre septiembre settembre setembro",
    "october oct octobre oktober okt octubre ottobre outubro",
    "november nov novembre noviembre novembro",
    "december dec décembre dezember dez diciembre dicembre dezembro",
)
MONTHS = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}

SEASONS = {
    "spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24,
    "printemps": 21, "été": 22, "automne": 23, "hiver": 24,
    "frühjahr": 21, "frühling": 21, "sommer": 22, "herbst": 23,
}  # fmt: skip
"""EDTF's season codes (ISO 8601-2, 21 to 24)."""

_LONG_ENGLISH = (
    "january", "february", "march", "april", "june", "july",
    "august", "september", "october", "november", "december",
)  # fmt: skip

_MISREAD_LETTERS = str.maketrans("0158", "olsb")
_FIGURES = str.maketrans("lI|!iOoQDSBZzgq", "111110000582299")
"""Letters that OCR reads for figures; used only where a figure must stand."""

FIGURE = r"[0-9lI|!iOoQSBZzgq]"
"""One figure, or a letter that OCR writes for it."""


def as_number(text: str) -> int | None:
    """The number that a token of figures and their look-alikes stands for; None where it is none."""
    plain = text.translate(_FIGURES)
    return int(plain) if plain.isdigit() else None


def month_of(word: str, *, with_day: bool = False) -> int | None:
    """The month that a word names, one misread letter allowed.

    June and July may be misread only where a day and a year follow: "duly 8, 1957", but not "tune 1957".
    """
    key = word.strip(".,").lower()
    if key in MONTHS:
        return MONTHS[key]
    if len(key) < 4:
        return None
    plain = key.translate(_MISREAD_LETTERS)
    for number, name in zip((1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12), _LONG_ENGLISH, strict=True):
        if (len(name) >= 5 or (with_day and len(plain) == 4)) and _one_letter_apart(plain, name):
            return number
    return None


def season_of(word: str) -> int | None:
    """The EDTF code of the season that a word names."""
    return SEASONS.get(word.strip(".,").lower())


def _one_letter_apart(first: str, second: str) -> bool:
    """Whether one substitution, insertion or deletion turns one word into the other."""
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
    """The year that a token names: four figures from 1700 to 2099, or two figures as 19xx.

    Two figures mean the twentieth century because that is where dates were typed so; the sources this desk is for end
    around 2000.
    """
    number = as_number(re.sub(r"^['’‘`]", "", text))
    if number is None:
        return None
    bare = re.sub(r"\D", "", text.translate(_FIGURES))
    if len(bare) == 4:
        return number if 1700 <= number <= 2099 else None
    return 1900 + number if len(bare) == 2 else None
