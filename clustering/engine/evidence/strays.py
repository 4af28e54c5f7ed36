"""Pages that may belong elsewhere: suggested to people, never applied.

A sheet that slipped out of its packet shows by its number: it has number 3 and is a document by itself, and a document
nearby has 1, 2, and 4 on sheets of the same size.
"""

from __future__ import annotations

from collections.abc import Sequence

from clustering.engine.evidence.numbering import PageNumber
from clustering.engine.evidence.reading_order import clear_number
from clustering.engine.evidence.sizes import Sizes
from clustering.engine.records import ProposedGroup, Stray
from clustering.sentences import say

NEAR = 60
"""Documents on either side that are searched for a gap: sheets slip within a folder, not across a room."""
SAME = 0.02
"""Relative difference of the edges up to which sheets are of equal size."""


def find_strays(
    groups: Sequence[ProposedGroup], numbers: Sequence[tuple[PageNumber, ...]], sizes: Sizes, pages: Sequence[int]
) -> list[Stray]:
    """Return single pages whose printed number fills a gap in a document nearby, at most one stray per page.

    Parameters
    ----------
    groups : sequence of ProposedGroup
        In scan order.
    numbers, sizes
        Of `pages`, in the same order.
    pages : sequence of int
        Indices in the stream.
    """
    index_of = {page: k for k, page in enumerate(pages)}
    holes = [_holes([index_of.get(page) for page in group.pages], numbers) for group in groups]
    strays = []
    for number, group in enumerate(groups):
        here = index_of.get(group.pages[0])
        if len(group.pages) != 1 or here is None:
            continue
        value = clear_number(numbers[here])
        if value is None:
            continue
        for other in sorted(
            range(max(number - NEAR, 0), min(number + NEAR + 1, len(groups))), key=lambda k: abs(k - number)
        ):
            mate = index_of.get(groups[other].pages[0])
            if other != number and value in holes[other] and mate is not None and _same_size(sizes, here, mate):
                known = ", ".join(str(x) for x in holes[other][value])
                strays.append(
                    Stray(
                        group.pages[0],
                        other,
                        0.6,
                        say(
                            "This page is numbered %(value)s; that document has %(known)s and sheets of the same size.",
                            value=value,
                            known=known,
                        ),
                    )
                )
                break
    return strays


def _holes(places: Sequence[int | None], numbers: Sequence[tuple[PageNumber, ...]]) -> dict[int, list[int]]:
    """Return the missing numbers between the lowest and highest of a document, each with the numbers it has."""
    known = sorted({v for k in places if k is not None and (v := clear_number(numbers[k])) is not None})
    if len(known) < 2 or known[-1] - known[0] > 2 * len(places):
        return {}
    return {value: known for value in range(known[0], known[-1]) if value not in known}


def _same_size(sizes: Sizes, a: int, b: int) -> bool:
    wide, high = sizes.width[a] / sizes.width[b], sizes.height[a] / sizes.height[b]
    return bool(abs(wide - 1) < SAME and abs(high - 1) < SAME)
