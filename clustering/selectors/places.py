"""Where documents stand in their collection: what people call them by, since numbers tell only when each was made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from clustering.models import Collection, Group


@dataclass(frozen=True, slots=True)
class Places:
    """Places of some documents among all of their collection, by their first pages: 1, 2, …"""

    of: Mapping[int, int]
    """By the group's id."""
    total: int


def places_of(collection: Collection, groups: Iterable[Group]) -> Places:
    """Places of these groups, some ten of them. One query."""
    wanted = {group.pk: group.first_position for group in groups}
    counted = {f"before_{pk}": Count("pk", filter=Q(first_position__lte=first)) for pk, first in wanted.items()}
    found = Group.objects.filter(collection=collection).aggregate(total=Count("pk"), **counted)
    return Places({pk: found[f"before_{pk}"] for pk in wanted}, found["total"])
