"""Places of documents in their collection, which people call them by. Numbers only say which was made first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from clustering.access import shown_groups
from clustering.models import Collection, Group

COUNTED = 20
"""Most groups whose places are counted in the database."""


@dataclass(frozen=True, slots=True)
class Places:
    """Places of some documents among all of their collection, by their first pages: 1, 2, …"""

    of: Mapping[int, int]
    """By the group's id."""
    total: int


def at_place(collection: Collection, number: int) -> Group | None:
    """Return the document at this place. One query."""
    if number < 1:
        return None
    return shown_groups(collection).in_scan_order()[number - 1 : number].first()


def places_of(collection: Collection, groups: Iterable[Group]) -> Places:
    """Return the places of these groups. One query, which reads every document's id if there are many groups."""
    wanted = {group.pk: group.first_position for group in groups}
    if len(wanted) > COUNTED:
        ids = shown_groups(collection).in_scan_order().values_list("pk", flat=True)
        ranks = {pk: rank for rank, pk in enumerate(ids, start=1)}
        return Places({pk: ranks[pk] for pk in wanted if pk in ranks}, len(ranks))
    counted = {f"before_{pk}": Count("pk", filter=Q(first_position__lte=first)) for pk, first in wanted.items()}
    counts = shown_groups(collection).aggregate(total=Count("pk"), **counted)
    return Places({pk: counts[f"before_{pk}"] for pk in wanted}, counts["total"])


def places_by_number(collection: Collection, numbers: Iterable[int]) -> dict[int, int]:
    """Return places by document number, of those that still exist. Two queries, none for no numbers."""
    wanted = set(numbers)
    if not wanted:
        return {}
    groups = list(Group.objects.filter(collection=collection, number__in=wanted))
    of = places_of(collection, groups).of
    return {group.number: of[group.pk] for group in groups if group.pk in of}
