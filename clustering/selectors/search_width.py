"""How wide a search in a vector index must be, measured on the index itself: wider finds more, and takes longer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F, TextField
from django.db.models.functions import MD5, Cast

from clustering.models import Embedding
from clustering.selectors import vector_index
from clustering.selectors.similar import SIMILAR, SPARE, near_by_index

WIDTHS = (60, 80, 100, 130, 160, 200, 300, 400, 600)
"""Widths to try, from the narrowest. Twice the vectors need only a little more width, so finer steps gain nothing."""
WIDEST = 1000
"""The largest that the index accepts; other widths are compared with its results."""
ASKED = 100
"""Vectors to search with, from anywhere in the index."""
NEAREST = 10
WANTED = 0.985
"""Share of the nearest that a search must find: above the promised .97 by more than the error of this measurement."""


@dataclass(frozen=True, slots=True)
class Width:
    """What was measured, and is used from now on."""

    width: int
    recall: float
    """Share of the ten nearest that the widest search finds."""


def choose_width(encoder: str, dimensions: int) -> Width | None:
    """Measure an index and set the narrowest width that finds enough; takes some seconds.

    Returns None if there are no vectors to search with. The index must exist.
    """
    same = Embedding.objects.filter(encoder=encoder)
    anywhere = MD5(Cast("page_id", TextField()))
    asked = [row for row in same.order_by(anywhere, F("page_id"))[:ASKED] if any(row.vector)]
    if not asked:
        return None
    nearest = [_found(row, WIDEST)[:NEAREST] for row in asked]
    chosen = Width(WIDEST, 1.0)
    for width in WIDTHS:
        hits = sum(len({*near} & {*_found(row, width)}) for row, near in zip(asked, nearest, strict=True))
        recall = hits / max(1, sum(map(len, nearest)))
        if recall >= WANTED:
            chosen = Width(width, recall)
            break
    vector_index.keep_width(encoder, dimensions, chosen.width)
    return chosen


def _found(row: Embedding, width: int) -> list[Any]:
    """Return the pages from which the site would choose the nearest."""
    others = Embedding.objects.filter(encoder=row.encoder).exclude(page=row.page_id)
    with vector_index.searching(width):
        return list(near_by_index(others, row.vector, len(row.vector))[: SIMILAR + SPARE])
