"""Reading order inside a group, where printed page numbers say that it is not the scan order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from clustering.engine.evidence.numbering import PageNumber

CLEAR = 0.5
"""Strength from which a number may move a page."""


def reading_order(group: Sequence[int], numbers: Sequence[tuple[PageNumber, ...]]) -> tuple[tuple[int, ...], str]:
    """The pages of a group in reading order, and a sentence why where that is not the scan order.

    Either the whole group runs backwards, or two pages are exchanged because the second says 1, or nothing is said.
    Every page must have one clear number, except that of a group of two one may be read as what is missing.
    """
    pages = tuple(group)
    if len(pages) < 2:
        return pages, ""
    values = [clear_number(numbers[page]) for page in pages]
    known = [value for value in values if value is not None]
    if len(pages) == 2 and values[0] == 2 and values[1] is None:
        return pages[::-1], "The first scan carries the printed number 2: the pages were scanned back to front."
    chain = _falling([numbers[page] for page in pages])
    if chain:
        said = f"The printed page numbers fall from {chain[0]} to {chain[-1]}: the pages were scanned back to front."
        return pages[::-1], said
    if len(known) < len(pages) or len(set(known)) < len(known):
        return _reversed_run(pages, values)
    order = sorted(range(len(pages)), key=lambda place: known[place])
    if order == list(range(len(pages))) or known[order[-1]] - known[order[0]] > 2 * len(pages):
        return pages, ""
    said = ", ".join(str(value) for value in known)
    return tuple(pages[place] for place in order), f"The printed page numbers are {said} in scan order."


def _falling(numbers: Sequence[tuple[PageNumber, ...]]) -> list[int]:
    """Numbers in one place of the page that fall by one from each page to the next, where none rise so (267, 268)."""

    def chain(first: PageNumber, step: int) -> list[int]:
        values = [first.value]
        for candidates in numbers[1:]:
            wanted = values[-1] + step
            if not any(n.value == wanted and n.strength >= CLEAR and _one_place(n, first) for n in candidates):
                return []
            values.append(wanted)
        return values

    starts = [number for number in numbers[0] if number.strength >= CLEAR and not number.roman]
    if any(chain(start, 1) for start in starts):
        return []
    return next((found for start in starts if (found := chain(start, -1))), [])


def _one_place(a: PageNumber, b: PageNumber) -> bool:
    """Head or foot alike, and at the same or the mirrored place across."""
    return a.top == b.top and min(abs(a.across - b.across), abs(1 - a.across - b.across)) < 0.12


def _reversed_run(pages: tuple[int, ...], values: Sequence[int | None]) -> tuple[tuple[int, ...], str]:
    """Numbers that fall by one from page to page, on at least three pages and on most: the packet was scanned in
    reverse."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    falling = sum(b[1] - a[1] == -(b[0] - a[0]) for a, b in pairwise(known))
    if len(known) >= 3 and falling == len(known) - 1 and 2 * len(known) > len(pages):
        return pages[
            ::-1
        ], f"The printed page numbers fall from {known[0][1]} to {known[-1][1]}: scanned back to front."
    return pages, ""


def clear_number(numbers: tuple[PageNumber, ...]) -> int | None:
    """The one number a page says for sure."""
    clear = [number for number in numbers if number.strength >= CLEAR and not number.roman]
    return (
        clear[0].value
        if clear
        and all(other.value == clear[0].value or other.strength < 0.8 * clear[0].strength for other in clear[1:])
        else None
    )
