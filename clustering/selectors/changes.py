"""What changed at the desk since a version, as the browser lays it over what it knows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from clustering.access import Anyone
from clustering.models import Answer, Collection, Edit, Page
from clustering.selectors import desk_rows
from clustering.selectors.desk_run import moved_since
from clustering.selectors.queue import percent

MOST_EDITS = 200
MOST_GROUPS = 1500
"""Beyond these the browser asks for the whole index: one request of known cost instead of many rows of changes."""
MOST_DOUBTS = 3000
MOST_ACTS_TOLD = 5


def changes(
    collection: Collection,
    since: int | None,
    *,
    me: Anyone,
    also: Iterable[int] = (),
    edit: Edit | None = None,
) -> dict[str, Any]:
    """{version, groups, removed, answered, doubts, roles, acts, reload, closed}: the groups touched after `since`
    as they stand now, those of `also` with them, and the seams whose probability moved since, with the groups beside
    them. Where `since` is None only those of `also`. `edit` is the act that is answered: one that came right after
    `since` is all there is to tell.
    """
    if since is None or (edit is not None and edit.sequence == since + 1):
        edits = [edit] if edit is not None else []
    else:
        after = Edit.objects.filter(collection=collection, sequence__gt=since).select_related(
            "actor", "undoes", "redoes"
        )
        edits = list(after.order_by("sequence").defer("before", "after")[: MOST_EDITS + 1])
    closed = collection.closed is not None
    # Every edit raises the version by one, and `collection` may have been read before the newest of them.
    version = max([collection.version, *(one.sequence for one in edits)])
    touched = {pk for one in edits for pk in one.groups} | set(also)
    doubts, beside = _doubts(collection, since) if edits and since is not None else ([], set())
    moved = any(one.verb == Edit.Verb.REIMPORT for one in edits)
    if moved or len(edits) > MOST_EDITS or len(touched) > MOST_GROUPS or len(doubts) > MOST_DOUBTS:
        return {
            "version": version,
            "groups": [],
            "removed": [],
            "reload": True,
            "acts": _told(edits, me),
            "closed": closed,
        }
    touched |= beside
    rows = desk_rows.group_rows(collection, touched) if touched else []
    there = {row[0] for row in rows}
    return {
        "version": version if since is not None else 0,
        "groups": rows,
        "removed": sorted(touched - there),
        "answered": _answered(collection, there),
        "doubts": doubts,
        "roles": _roles(edits),
        "acts": _told(edits, me),
        "reload": False,
        "closed": closed,
    }


def _answered(collection: Collection, groups: set[int]) -> list[int]:
    """Left positions of answered seams whose left page is in one of these groups."""
    if not groups:
        return []
    answers = Answer.objects.filter(collection=collection, first__group__in=groups).order_by()
    return sorted(answers.values_list("first__position", flat=True))


def _doubts(collection: Collection, since: int) -> tuple[list[list[int]], set[int]]:
    """[left position, percent] of the seams whose probability moved after a version; and the groups on both sides of
    them, whose confidence may have moved as well."""
    moved = moved_since(collection, since, most=MOST_DOUBTS + 1)
    beside = {group for seam in moved for group in (seam.group, seam.group_after) if group is not None}
    return [[seam.position, percent(seam.probability)] for seam in moved], beside


def _roles(edits: list[Edit]) -> list[list[Any]]:
    """[position, role] of the pages that were marked."""
    marked: set[int] = set()
    for edit in edits:
        act = edit.undoes or edit.redoes or edit
        if act.verb == Edit.Verb.MARK:
            marked.update(edit.pages or act.pages)
    if not marked:
        return []
    return [list(row) for row in Page.objects.filter(pk__in=marked).values_list("position", "role")]


def _told(edits: list[Edit], me: Anyone) -> list[dict[str, Any]]:
    return [
        {
            "who": edit.actor.get_username() if edit.actor else "hhreview",
            "summary": edit.summary,
            "mine": edit.actor_id == me.pk,
        }
        for edit in edits[-MOST_ACTS_TOLD:]
    ]
