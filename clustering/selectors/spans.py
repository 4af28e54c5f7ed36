"""The pages of groups in short: which stretches of the scan order each has."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Len
from django.db.models import QuerySet

from clustering.models import Page

Span = Annotated[list[int], Len(2, 2)]
"""[first position, last position]: pages that follow each other both in scan order and in reading order."""


def spans_of(pages: QuerySet[Page]) -> dict[int, list[Span]]:
    """Of each group (by id) its pages in reading order, consecutive ones folded; pages in none must be left out.

    One query.
    """
    spans: dict[int, list[Span]] = {}
    for group, position in pages.order_by("group_id", "group_order").values_list("group_id", "position"):
        found = spans.get(group)
        if found is None:
            spans[group] = [[position, position]]
        elif found[-1][1] == position - 1:
            found[-1][1] = position
        else:
            found.append([position, position])
    return spans
