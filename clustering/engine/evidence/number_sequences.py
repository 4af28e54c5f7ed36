"""Page numbers on both sides of a seam: sequences that continue, start at 1, or contradict each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clustering.engine.evidence.columns import Column, Floats, column
from clustering.engine.evidence.numbering import PageNumber
from clustering.engine.evidence.sizes import Sizes
from clustering.sentences import say

REACH = 10
"""Images over which a sequence is followed through pages without a readable number."""
FADE = 0.88
"""Factor on the strength of a pair of numbers for each image between them."""
DOUBTED = 0.3
"""Factor for each image between them with another clear number (scan 265 has 4, 268 has 7, but 266 has 1)."""
ELSEWHERE = 0.35
"""Factor if one number is at the top of its page and the other at the bottom."""
NEXT_FADE = 0.8
PLAIN = 12
"""A number above this without a neighbor in sequence is rarely a page number."""
SURE = 0.85
"""Strength from which a number that doesn't fit is evidence against a sequence."""


_Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Link:
    """Two numbers in sequence, on images a < b."""

    a: int
    b: int
    first: PageNumber
    second: PageNumber
    strength: float

    @property
    def keys(self) -> tuple[_Key, _Key]:
        """The two numbers, each with its image."""
        return (self.a, self.first.value), (self.b, self.second.value)


def _together(witnesses: dict[_Key, float]) -> float:
    """Return the probability, 0 … 1, that at least one number on one side of a seam is right.

    The two sides are counted apart: twenty numbers before the seam that agree with one stray number after it are still
    a single witness.
    """
    doubt = 1.0
    for strength in witnesses.values():
        doubt *= 1 - 0.9 * strength
    return 1 - doubt


def panels_of(sizes: Sizes) -> Floats:
    """Return (n,) how many booklet pages each image shows: 2 for spreads, else 1."""
    n = len(sizes.width)
    panels = np.ones(n)
    for i in range(n - 1):
        if sizes.opens[i] >= 2:
            panels[i + 1] = sizes.opens[i]
        if sizes.closes[i] >= 2:
            panels[i] = max(panels[i], sizes.closes[i])
    same = (sizes.opens == 1) | (sizes.closes == 1)
    for i in range(1, n):
        if same[i - 1] and panels[i] < panels[i - 1]:
            panels[i] = panels[i - 1]
    for i in range(n - 2, -1, -1):
        if same[i] and panels[i] < panels[i + 1]:
            panels[i] = panels[i + 1]
    return np.asarray(panels)


def links(numbers: Sequence[tuple[PageNumber, ...]], panels: Floats) -> list[_Link]:
    """Return all pairs of numbers within REACH images that are in sequence, by booklet pages or by images."""
    starts = np.concatenate([[0], np.cumsum(panels)])
    chains = []
    for a, firsts in enumerate(numbers):
        for b in range(a + 1, min(a + 1 + REACH, len(numbers))):
            for first in firsts:
                for second in numbers[b]:
                    fit = _fit(first, second, a, b, starts, panels)
                    if fit > 0:
                        slot = 1.0 if first.top == second.top else ELSEWHERE
                        strength = (
                            DOUBTED ** _doubts(numbers[a + 1 : b], first, second)
                            * fit
                            * slot
                            * first.strength
                            * second.strength
                            * FADE ** (b - a - 1)
                        )
                        chains.append(_Link(a, b, first, second, strength))
    return chains


def _doubts(between: Sequence[tuple[PageNumber, ...]], first: PageNumber, second: PageNumber) -> int:
    """Count the images between two numbers whose own clear numbers don't lie between the two."""
    clear = [[n.value for n in numbers if n.strength >= SURE] for numbers in between]
    return sum(bool(values) and not any(first.value < v < second.value for v in values) for values in clear)


def _fit(first: PageNumber, second: PageNumber, a: int, b: int, starts: Floats, panels: Floats) -> float:
    if first.roman != second.roman or second.value <= first.value:
        return 0.0
    if first.total != second.total and first.total and second.total:
        return 0.0
    step = second.value - first.value
    if step == _spot(second, b, starts, panels) - _spot(first, a, starts, panels):
        return 1.0
    if step == starts[b] - starts[a]:
        return 0.7
    return 0.6 if step == b - a else 0.0


def _spot(number: PageNumber, page: int, starts: Floats, panels: Floats) -> float:
    """Return the number of booklet pages before the one that has this number."""
    return float(starts[page]) + (1.0 if panels[page] == 2 and number.across > 0.5 else 0.0)


def number_columns(numbers: Sequence[tuple[PageNumber, ...]], sizes: Sizes) -> list[Column]:
    """Return the evidence of the family "numbers"."""
    n = len(numbers)
    seams = max(n - 1, 0)
    panels = panels_of(sizes)
    best: list[_Link | None] = [None] * seams
    witnesses: list[tuple[dict[_Key, float], dict[_Key, float]]] = [({}, {}) for _ in range(seams)]
    for link in links(numbers, panels):
        for seam in range(link.a, link.b):
            for side, key in zip(witnesses[seam], link.keys, strict=True):
                side[key] = max(side.get(key, 0.0), link.strength)
            held = best[seam]
            if held is None or link.strength > held.strength:
                best[seam] = link
    runs_on = np.array([min(_together(left), _together(right)) for left, right in witnesses])
    one = np.array([_page_one(numbers, panels, i + 1) for i in range(seams)])
    later = np.array([_later(numbers, panels, i + 1) for i in range(seams)])
    clash = np.array([_clash(numbers, i) for i in range(seams)]) * (1 - runs_on)
    last = np.array([_last(numbers[i]) for i in range(seams)])

    def say_on(i: int) -> str:
        link = best[i]
        if link is None:
            return ""
        if link.b == link.a + 1:
            return say(
                "Printed page number %(second)s follows %(first)s.", second=link.second.value, first=link.first.value
            )
        return say(
            "Printed page numbers continue from %(first)s to %(second)s.",
            first=link.first.value,
            second=link.second.value,
        )

    return [
        column("numbers", "runs_on", -1, runs_on, say_on),
        column(
            "numbers",
            "page_one",
            1,
            one * (1 - 0.8 * runs_on),
            "The next page is page 1, by its own number or the numbers after it.",
        ),
        column(
            "numbers",
            "later_page",
            -1,
            later * (1 - one),
            lambda i: say("The next page is numbered %(number)s.", number=_strongest(numbers[i + 1])),
        ),
        column(
            "numbers",
            "numbers_clash",
            1,
            clash,
            lambda i: say(
                "Printed page number %(second)s does not follow %(first)s.",
                second=_strongest(numbers[i + 1]),
                first=_strongest(numbers[i]),
            ),
        ),
        column("numbers", "last_of_all", 1, last, "This page is numbered as the last page of its document."),
    ]


def _strongest(numbers: tuple[PageNumber, ...]) -> str:
    return str(numbers[0].value) if numbers else "?"


def _page_one(numbers: Sequence[tuple[PageNumber, ...]], panels: Floats, page: int) -> float:
    """Return 0 … 1: how surely `page` is a page 1, by its own number or by those of the next two images."""
    own = max((x.strength for x in numbers[page] if x.value == 1 and panels[page] == 1), default=0.0)
    best = 0.6 * own
    ahead = 0.0
    for step in range(1, 3):
        ahead += panels[page + step - 1] if page + step - 1 < len(panels) else 0
        if page + step >= len(numbers):
            break
        for number in numbers[page + step]:
            side = 1.0 if panels[page + step] == 2 and number.across > 0.5 else 0.0
            if number.value == 1 + ahead + side and not number.roman:
                contradicted = any(abs(x.value - 1) > 0 and x.strength > 0.7 for x in numbers[page])
                best = max(best, number.strength * NEXT_FADE ** (step - 1) * (0.3 if contradicted else 1.0))
    return float(best)


def _later(numbers: Sequence[tuple[PageNumber, ...]], panels: Floats, page: int) -> float:
    """Return 0 … 1: how surely `page` has a number other than 1."""
    if panels[page] != 1:
        return 0.0
    likely = [
        x.strength if x.value <= PLAIN else 0.3 * x.strength for x in numbers[page] if x.value > 1 and not x.roman
    ]
    return max(likely, default=0.0)


def _clash(numbers: Sequence[tuple[PageNumber, ...]], seam: int) -> float:
    """Return 0 … 1: how surely both pages are numbered and the second number is not higher than the first."""
    left, right = numbers[seam], numbers[seam + 1]
    if not left or not right:
        return 0.0
    sure = min(left[0].strength, right[0].strength) >= SURE and right[0].value <= left[0].value
    return left[0].strength * right[0].strength if sure else 0.0


def _last(numbers: tuple[PageNumber, ...]) -> float:
    return max((x.strength for x in numbers if x.total is not None and x.total == x.value and x.value > 1), default=0.0)
