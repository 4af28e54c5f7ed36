"""What changed at the desk since a version, as the browser lays it over what it knows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NotRequired

from django.db import connection
from typing_extensions import TypedDict

from clustering.access import Anyone
from clustering.journal.wording import percent
from clustering.models import VERBS, Answer, Collection, Edit, Group, Page
from clustering.selectors.desk_rows import GroupRow, group_rows
from clustering.selectors.desk_run import moved_since

MOST_EDITS = 200
MOST_GROUPS = 1500
"""Beyond these the browser asks for the whole index: one request of known cost instead of many rows of changes."""
MOST_DOUBTS = 20_000
"""Some 200 KB: still less than the whole index of so many pages."""
MOST_ACTS_TOLD = 5


class ActTold(TypedDict):
    """What somebody did."""

    who: str
    summary: str
    mine: bool


class Made(TypedDict):
    """The act that is answered, in the history."""

    id: int
    sequence: int
    """Names it."""
    summary: str


class Changes(TypedDict):
    """What changed since a version; laid over what was known then it is what is so now."""

    version: int
    """The collection's version now."""
    reload: bool
    """So much changed that everything has to be read again; there are no rows then."""
    closed: bool
    """Whether the collection is closed."""
    groups: list[GroupRow]
    """Groups that were touched, as they stand now."""
    removed: list[int]
    """Ids of groups that are gone."""
    answered: list[int]
    """Positions of the pages in these groups after which a person answered."""
    doubts: list[tuple[int, int]]
    """Positions of the pages after which the probability of a boundary moved, and percent."""
    sure: list[tuple[int, int]]
    """Ids of the groups beside these places that nobody touched, and how sure each is now, in percent."""
    roles: list[tuple[int, str]]
    """Positions of pages that were marked, and as what."""
    acts: list[ActTold]
    """The last acts since."""
    edit: NotRequired[Made]
    """What this request did."""
    message: NotRequired[str]
    """The same in a sentence."""
    focus: NotRequired[int | None]
    """Position of the first page that it concerns."""


def changes(
    collection: Collection, since: int, *, me: Anyone, also: Iterable[int] = (), edit: Edit | None = None
) -> Changes:
    """The groups touched after `since` as they stand now, those of `also` with them, and the seams whose probability
    moved since, with the confidence of the groups beside them. `edit` is the act that is answered: one that came right
    after `since` is all there is to tell.
    """
    if edit is not None and edit.sequence == since + 1:
        edits = [edit]
    else:
        after = Edit.objects.filter(collection=collection, sequence__gt=since).select_related(
            "actor", "undoes", "redoes"
        )
        edits = list(after.order_by("sequence").defer("before", "after")[: MOST_EDITS + 1])
    # Every edit raises the version by one, and `collection` may have been read before the newest of them.
    told: Changes = {
        "version": max([collection.version, *(one.sequence for one in edits)]),
        "reload": True,
        "closed": collection.closed is not None,
        "groups": [],
        "removed": [],
        "answered": [],
        "doubts": [],
        "sure": [],
        "roles": [],
        "acts": _told(edits, me),
    }
    if edit is not None:
        focus = Page.objects.filter(pk__in=edit.pages).order_by("position").values_list("position", flat=True).first()
        told["edit"] = {"id": edit.pk, "sequence": edit.sequence, "summary": edit.summary}
        told |= {"message": edit.summary, "focus": focus}
    touched = {pk for one in edits for pk in one.groups} | set(also) | set(edit.groups if edit else ())
    doubts, beside = _doubts(collection, since) if edits else ([], set())
    moved = any(VERBS[one.verb].renumbers for one in edits)
    if moved or len(edits) > MOST_EDITS or len(touched) > MOST_GROUPS or len(doubts) > MOST_DOUBTS:
        return told
    told["reload"] = False
    told["groups"] = group_rows(collection, touched) if touched else []
    there = {row["id"] for row in told["groups"]}
    told["removed"] = sorted(touched - there)
    told["answered"] = _answered(collection, there)
    told["doubts"], told["roles"] = doubts, _roles(edits)
    told["sure"] = _sure(beside - there)
    return told


def _answered(collection: Collection, groups: set[int]) -> list[int]:
    """Left positions of answered seams whose left page is in one of these groups."""
    if not groups:
        return []
    answers = Answer.objects.filter(collection=collection, first__group__in=groups).order_by()
    return sorted(answers.values_list("first__position", flat=True))


def _doubts(collection: Collection, since: int) -> tuple[list[tuple[int, int]], set[int]]:
    """[left position, percent] of the seams whose probability moved after a version; and the groups on both sides of
    them, whose confidence may have moved as well."""
    moved = moved_since(collection, since, most=MOST_DOUBTS + 1)
    beside = {group for seam in moved for group in (seam.group, seam.group_after) if group is not None}
    return [(seam.position, percent(seam.probability)) for seam in moved], beside


def _sure(groups: set[int]) -> list[tuple[int, int]]:
    """[id, percent] of these groups, where they have a confidence."""
    if not groups:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_SURE, [list(groups)])
        return [(pk, percent(confidence)) for pk, confidence in cursor.fetchall()]


_SURE = f'SELECT id, confidence FROM "{Group._meta.db_table}" WHERE id = ANY(%s) AND confidence IS NOT NULL'
"""Written out: it may name thousands."""


def _roles(edits: list[Edit]) -> list[tuple[int, str]]:
    """[position, role] of the pages that were marked."""
    marked: set[int] = set()
    for edit in edits:
        act = edit.undoes or edit.redoes or edit
        if VERBS[act.verb].marks:
            marked.update(edit.pages or act.pages)
    if not marked:
        return []
    return list(Page.objects.filter(pk__in=marked).values_list("position", "role"))


def _told(edits: list[Edit], me: Anyone) -> list[ActTold]:
    return [
        {
            "who": edit.actor.get_username() if edit.actor else "hhreview",
            "summary": edit.summary,
            "mine": edit.actor_id == me.pk,
        }
        for edit in edits[-MOST_ACTS_TOLD:]
    ]
