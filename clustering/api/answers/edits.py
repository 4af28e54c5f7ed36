"""Acts that were done, as the API tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from pydantic import Field

from clustering import models
from clustering.api.answers.groups import Group, groups_of
from clustering.api.shapes import Answer

GROUPS_NAMED = 100
GROUPS_TOLD = 1000
"""An act that touched more is told without its groups: read them by `changed_since`."""


class Edit(Answer):
    """One act in the history."""

    sequence: int = Field(description="The collection's version that this act made; names it in addresses.")
    verb: str
    summary: str = Field(description="A sentence: Merged 12 and 13, pages 31 to 36.")
    who: str | None = Field(description="User name; null for the program itself.")
    act_id: UUID = Field(description="As it was sent; an act sent twice is done once.")
    created: datetime
    undone: bool
    undoes: int | None = Field(description="Sequence of the act that this one took back.")
    redoes: int | None
    run: int | None
    group_count: int
    page_count: int
    groups: list[int] = Field(description=f"Ids of the groups it touched, {GROUPS_NAMED} at most.")


class Done(Answer):
    """What an act did: its entry in the history, and the groups it touched as they stand now."""

    edit: Edit
    version: int = Field(description="The collection's version now.")
    groups: list[Group] = Field(description="Groups that the act touched, in scan order.")
    removed: list[int] = Field(description="Ids of groups that it touched and that are gone.")
    too_many: bool = Field(
        description=f"It touched more than {GROUPS_TOLD} groups: read them by GET …/groups?changed_since=…"
    )


def edits_told(edits: QuerySet[models.Edit]) -> list[Edit]:
    """These acts without their arrangements, which may be as large as the collection. One query."""
    rows = (
        edits.select_related("actor")
        .defer("before", "after", "groups", "pages")
        .annotate(
            named=F("groups")[:GROUPS_NAMED],
            group_count=F("groups__len"),
            page_count=F("pages__len"),
            undid=F("undoes__sequence"),
            redid=F("redoes__sequence"),
        )
    )
    return [_told(row) for row in rows]


def _told(row: Any) -> Edit:
    return Edit(
        sequence=row.sequence,
        verb=row.verb,
        summary=row.summary,
        who=row.actor.get_username() if row.actor else None,
        act_id=row.act_id,
        created=row.created,
        undone=row.undone,
        undoes=row.undid,
        redoes=row.redid,
        run=row.run_id,
        group_count=row.group_count or 0,
        page_count=row.page_count or 0,
        groups=row.named or [],
    )


def done_told(edit: models.Edit) -> Done:
    """What an act did. Its cost grows with what it touched, never with the collection."""
    collection = models.Collection.objects.only("pk", "version").get(pk=edit.collection_id)
    told = edits_told(models.Edit.objects.filter(pk=edit.pk))[0]
    too_many = len(edit.groups) > GROUPS_TOLD
    groups = [] if too_many else groups_of(edit.groups, collection)
    there = {group.id for group in groups}
    return Done(
        edit=told,
        version=collection.version,
        groups=groups,
        removed=[] if too_many else sorted(set(edit.groups) - there),
        too_many=too_many,
    )
