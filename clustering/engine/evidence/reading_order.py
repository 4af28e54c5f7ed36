"""Reading order within a document if printed page numbers differ from the scan order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from clustering.engine.evidence.glances import PageGlance
from clustering.engine.evidence.numbering import PageNumber
from clustering.engine.records import PageRecord
from clustering.sentences import say

CLEAR = 0.5
"""Strength from which a number may move a page."""
CLEAR_PRINT = 60
"""OCR confidence from which the height of a line is reliable."""
LARGER = 1.5
"""How much taller the heading of a sheet's front must be than anything on its back."""
NEAR = 0.12
"""How far apart, in page widths, two page numbers may be and still count as in the same place."""


@PageGlance.told_once
def headline(page: PageRecord) -> float:
    """Return the height of the tallest line of clear print as a share of the page's; 0 without any."""
    if page.reading is None or page.reading.height <= 0:
        return 0.0
    clear = (line for line in page.reading.lines if line.confidence > CLEAR_PRINT)
    tallest = sorted(clear, key=lambda line: line.top - line.bottom)
    return next((line.bottom - line.top for line in tallest if _letters(line.text) >= 4), 0) / page.reading.height


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def reading_order(
    group: Sequence[int], numbers: Sequence[tuple[PageNumber, ...]], headlines: Sequence[float] = ()
) -> tuple[tuple[int, ...], str]:
    """Return the pages of a document in reading order, and a sentence that says why if that isn't the scan order.

    Either the whole document was scanned backward, or two pages are swapped because the second has number 1, or nothing
    changes. Every page needs one clear number, but in a document of two, one may be inferred. Two sides without numbers
    are told apart by their headings.

    Parameters
    ----------
    group : sequence of int
        Indices of its pages in the stream, in scan order.
    numbers : sequence of tuple of PageNumber, (n,)
        Page numbers of the whole stream.
    headlines : sequence of float, (n,), optional
        `headline` of each page of the stream.
    """
    pages = tuple(group)
    if len(pages) < 2:
        return pages, ""
    values = [clear_number(numbers[page]) for page in pages]
    known = [value for value in values if value is not None]
    if len(pages) == 2 and values[0] == 2 and values[1] is None:
        return pages[::-1], "The first scan has the printed number 2, so the pages were scanned back to front."
    chain = _falling([numbers[page] for page in pages])
    if chain:
        return pages[::-1], _falls(chain[0], chain[-1])
    if len(pages) == 2 and not known and headlines and 0 < LARGER * headlines[pages[0]] < headlines[pages[1]]:
        return pages[::-1], "The second scan has a much larger heading and may be the front."
    if len(known) < len(pages) or len(set(known)) < len(known):
        return _reversed_run(pages, values)
    order = sorted(range(len(pages)), key=lambda place: known[place])
    if order == list(range(len(pages))) or known[order[-1]] - known[order[0]] > 2 * len(pages):
        return pages, ""
    listed = ", ".join(str(value) for value in known)
    reason = say("The printed page numbers are %(numbers)s in scan order.", numbers=listed)
    return tuple(pages[index] for index in order), reason


def _falls(first: int, last: int) -> str:
    return say(
        "The printed page numbers fall from %(first)s to %(last)s, so the pages were scanned back to front.",
        first=first,
        last=last,
    )


def _falling(numbers: Sequence[tuple[PageNumber, ...]]) -> list[int]:
    """Return the longest run of numbers that fall by one from page to page; empty if any rise.

    Each sheet of a packet may be numbered 1, or not at all: only a step from one page to the next shows the direction.
    Numbers in outer corners change sides from page to page, but so do the two numbers of a booklet's spreads: two
    falling numbers must be in one place, three may change sides.
    """
    if any(_step(one, other, 1, mirrored=True) for one, other in pairwise(numbers)):
        return []
    straight = _longest([_step(one, other, -1, mirrored=False) for one, other in pairwise(numbers)])
    turning = _longest([_step(one, other, -1, mirrored=True) for one, other in pairwise(numbers)])
    return turning if len(turning) > max(2, len(straight)) else straight


def _longest(steps: Sequence[tuple[int, ...]]) -> list[int]:
    """Return the longest chain of connected steps; [] if there is none."""
    longest: list[int] = []
    chain: list[int] = []
    for step in steps:
        chain = [*chain, step[1]] if step and chain and chain[-1] == step[0] else list(step)
        longest = max(longest, chain, key=len)
    return longest


def _step(one: tuple[PageNumber, ...], other: tuple[PageNumber, ...], by: int, *, mirrored: bool) -> tuple[int, ...]:
    """Return (8, 7) if two neighbors have such numbers in the same place of the page, else ()."""
    for a in one:
        for b in other:
            if a.roman or b.roman or min(a.strength, b.strength) < CLEAR or b.value != a.value + by:
                continue
            away = abs(a.across - b.across)
            if a.top == b.top and min(away, abs(1 - a.across - b.across) if mirrored else away) < NEAR:
                return a.value, b.value
    return ()


def _reversed_run(pages: tuple[int, ...], values: Sequence[int | None]) -> tuple[tuple[int, ...], str]:
    """Reverse the pages if numbers fall by one on at least three pages and on most: the packet was scanned backward."""
    known = [(index, value) for index, value in enumerate(values) if value is not None]
    falling = sum(b[1] - a[1] == -(b[0] - a[0]) for a, b in pairwise(known))
    if len(known) >= 3 and falling == len(known) - 1 and 2 * len(known) > len(pages):
        return pages[::-1], _falls(known[0][1], known[-1][1])
    return pages, ""


def clear_number(numbers: tuple[PageNumber, ...]) -> int | None:
    """Return the page's number if exactly one is clear."""
    clear = [number for number in numbers if number.strength >= CLEAR and not number.roman]
    return (
        clear[0].value
        if clear
        and all(other.value == clear[0].value or other.strength < 0.8 * clear[0].strength for other in clear[1:])
        else None
    )
