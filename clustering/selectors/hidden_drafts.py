"""What a machine read on restricted pages, kept from those who may not see the pages."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from clustering.models import Group, Page


def leave_out_hidden_drafts(groups: Iterable[Group | None], hidden: QuerySet[Page]) -> None:
    """Take the drafts, accepted ones too, from these groups where one of their pages is hidden. One query."""
    known = [group for group in groups if group is not None]
    if not known:
        return
    partly = set(hidden.filter(group__in={group.pk for group in known}).values_list("group", flat=True))
    for group in known:
        if group.pk in partly:
            group.leave_out_drafts()
