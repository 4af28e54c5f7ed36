"""What a person is told who acted on something that is no longer so."""

from __future__ import annotations

from collections.abc import Collection as Sized
from collections.abc import Mapping

from django.contrib.auth.models import User
from django.db.models import Q

from clustering.journal.errors import StaleVersion
from clustering.journal.snapshots import Snapshot
from clustering.journal.wording import name_of
from clustering.models import Collection, Edit, Group, Page

MOST_FRESH = 100
"""An act may have named thousands of groups; the desk asks for more than these by itself."""


def check_versions(
    collection: Collection, groups: Mapping[int, Group], versions: Mapping[int, int] | None, *, actor: User | None
) -> None:
    """Nothing where `versions` is None or each group has the version that it names; StaleVersion otherwise."""
    if versions is None:
        return
    changed = [pk for pk, group in groups.items() if versions.get(pk) != group.version]
    if changed:
        raise stale(collection, changed, actor=actor)


def vanished(collection: Collection, group_ids: Sized[int], *, actor: User | None) -> StaleVersion:
    """For groups of which one at least is not there any more."""
    there = set(Group.objects.filter(collection=collection, pk__in=group_ids).values_list("pk", flat=True))
    return stale(collection, set(group_ids) - there, also=there, actor=actor)


def stale(collection: Collection, changed: Sized[int], *, also: Sized[int] = (), actor: User | None) -> StaleVersion:
    """The refusal that carries these groups, and those that hold the pages they had, as they stand now.

    It names the last edit that touched them, and who made it.
    """
    edits = Edit.objects.filter(collection=collection, groups__overlap=list(changed)).select_related("actor")
    last = edits.defer("after").order_by("-sequence").first()
    found = Snapshot.from_json(last.before).groups if last else {}
    pages = {page for pk in changed if pk in found for page in found[pk].pages}
    asked = Q(pk__in=[*changed, *also]) | Q(pk__in=Page.objects.filter(pk__in=pages).values("group"))
    fresh = Group.objects.filter(asked, collection=collection).in_scan_order()
    said = f"{name_of(last.actor, to=actor)}: {last.summary} " if last else ""
    return StaleVersion(
        f"This changed since you last looked. {said}Look at the groups as they stand now and repeat your act.",
        groups=list(fresh[:MOST_FRESH]),
    )
