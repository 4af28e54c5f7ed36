"""The pages of groups in short: which stretches of the scan order each has."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import Count, F, Max, Min, QuerySet

from clustering.models import Page

Span = list[int]
"""[first position, last position]: pages that follow each other both in scan order and in reading order."""


def spans_of(pages: QuerySet[Page]) -> dict[int, list[Span]]:
    """Of each group (by id) its pages in reading order, consecutive ones folded; pages in none must be left out.

    An island is where position - order stays. One query, and one more where pages of a group stand out of scan order.
    """
    islands = (
        pages.order_by()
        .annotate(island=F("position") - F("group_order"))
        .values("group_id", "island")
        .annotate(low=Min("position"), high=Max("position"), first=Min("group_order"), n=Count("pk"))
        .order_by("group_id", "first")
        .values_list("group_id", "low", "high", "n")
    )
    # Sorted by the database, and no more lists than are handed out: with 15,000 groups, garbage is what costs.
    spans: dict[int, list[Span]] = {}
    shuffled: set[int] = set()
    for group, low, high, n in islands:
        spans.setdefault(group, []).append([low, high])
        if high - low + 1 != n:  # the same difference twice, with other pages of the group between
            shuffled.add(group)
    if shuffled:
        single: dict[int, list[Span]] = defaultdict(list)
        ordered = pages.filter(group__in=shuffled).order_by("group_id", "group_order")
        for group, position in ordered.values_list("group_id", "position"):
            single[group].append([position, position])
        spans |= single
    return spans
