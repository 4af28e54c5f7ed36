"""EDTF dates as people say them: "1965-05-06" is "May 6, 1965"."""

from __future__ import annotations

import re

from clustering.engine.edtf import NO_DATE
from clustering.sentences import say

_MONTHS = (
    say("January"), say("February"), say("March"), say("April"), say("May"), say("June"), say("July"),
    say("August"), say("September"), say("October"), say("November"), say("December"),
)  # fmt: skip
_SEASONS = {21: say("Spring"), 22: say("Summer"), 23: say("Fall"), 24: say("Winter")}


def date_in_words(edtf: str) -> str:
    """Return an EDTF date in English words, with a range shortened to what differs: "May 6-8, 1965".

    An uncertain date keeps its question mark, an approximate one gets "about". Accepts whatever `edtf.is_edtf` does.
    `wording.translated` returns the words in the reader's language.
    """
    first, stroke, last = edtf.partition("/")
    if not stroke:
        return _marked(first)
    if first in ("", ".."):
        return say("%(date)s or earlier", date=_marked(last))
    if last in ("", ".."):
        return say("%(date)s or later", date=_marked(first))
    plain = re.fullmatch(r"[\d-]+", first + last) and not edtf.startswith("-") and not last.startswith("-")
    return _range(first, last) if plain else say("%(first)s - %(last)s", first=_marked(first), last=_marked(last))


def _marked(date: str) -> str:
    one = _one(date.rstrip("?~%"))
    if date[-1] in "?%":
        one = one + "?"
    return say("about %(date)s", date=one) if date[-1] in "~%" else one


def _one(date: str) -> str:
    if date == NO_DATE:
        return say("no date")
    year, *rest = date.removeprefix("-").split("-")
    name = say("%(year)s BC", year=int(year) + 1) if date.startswith("-") else _year(year)
    if not rest:
        return name
    if rest[0] == "XX":
        return say("%(year)s, month unknown", year=name)
    month = _month(int(rest[0]))
    if len(rest) == 1:
        return say("%(month)s %(year)s", month=month, year=name)
    if rest[1] == "XX":
        return say("%(month)s %(year)s, day unknown", month=month, year=name)
    return say("%(month)s %(day)s, %(year)s", month=month, day=int(rest[1]), year=name)


def _year(year: str) -> str:
    """Return 1954 as it is, 195X as 1950s, and 19XX as 20th century."""
    if "X" not in year:
        return year
    if not year.endswith("XX"):
        return say("%(first_year)ss", first_year=f"{year[:3]}0")
    number = int(year[:2]) + 1
    ending = 0 if 10 < number < 14 else number % 10
    if ending == 1:
        return say("%(number)sst century", number=number)
    if ending == 2:
        return say("%(number)snd century", number=number)
    return say("%(number)srd century", number=number) if ending == 3 else say("%(number)sth century", number=number)


def _month(number: int) -> str:
    return _SEASONS.get(number) or _MONTHS[number - 1]


def _range(first: str, last: str) -> str:
    one, other = first.split("-"), last.split("-")
    if len(one) == len(other) == 3 and one[:2] == other[:2]:
        month = _MONTHS[int(one[1]) - 1]
        return say(
            "%(month)s %(first)s-%(last)s, %(year)s", month=month, first=int(one[2]), last=int(other[2]), year=one[0]
        )
    if len(one) == len(other) == 2 and one[0] == other[0]:
        return say("%(first)s-%(last)s %(year)s", first=_month(int(one[1])), last=_month(int(other[1])), year=one[0])
    begin, end = _one(first), _one(last)
    if len(one) > 1 or len(other) > 1:
        return say("%(first)s - %(last)s", first=begin, last=end)
    return say("%(first)s-%(last)s", first=begin, last=end)
