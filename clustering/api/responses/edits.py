"""Responses about edits and acts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from pydantic import Field

from clustering import models
from clustering.api.responses.groups import Group, groups_of
from clustering.api.shapes import ResponseBody

GROUPS_NAMED = 100
MOST_GROUPS = 1000
"""If an act touched more, its groups are left out: read them with `changed_since`."""


class Edit(ResponseBody):
    """One change in the history."""

    sequence: int = Field(description="The version of the collection after this change; identifies it in addresses.")
    verb: str
    summary: str = Field(description="What was done, as a sentence.")
    who: str | None = Field(description="Username; null for hhreview itself.")
    act_id: UUID = Field(description="The `act_id` that was sent; an act sent twice is done once.")
    created: datetime
    undone: bool
    undoes: int | None = Field(description="Sequence number of the change that this one undid.")
    redoes: int | None
    run: int | None
    group_count: int
    page_count: int
    groups: list[int] = Field(description=f"IDs of the groups that changed, at most {GROUPS_NAMED}.")


class Done(ResponseBody):
    """What an act did: its entry in the history, and the current state of the groups it changed."""

    edit: Edit
    version: int = Field(description="The current version of the collection.")
    groups: list[Group] = Field(description="Groups that the act changed, in scan order.")
    removed: list[int] = Field(description="IDs of groups that no longer exist.")
    too_many: bool = Field(
        description=f"It changed more than {MOST_GROUPS} groups: read them with GET …/groups?changed_since=…"
    )


def edit_responses(edits: QuerySet[models.Edit]) -> list[Edit]:
    """Return edits without their snapshots, which may be as large as the collection. One query."""
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
    return [_edit_response(row) for row in rows]


def _edit_response(row: Any) -> Edit:
    return Edit(
        sequence=row.sequence,
        verb=row.verb,
        summary=row.sentence,
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


def done_response(edit: models.Edit) -> Done:
    """Return what an act did. The cost depends on the size of the change, not of the collection."""
    collection = models.Collection.objects.only("pk", "version").get(pk=edit.collection_id)
    record = edit_responses(models.Edit.objects.filter(pk=edit.pk))[0]
    too_many = len(edit.groups) > MOST_GROUPS
    groups = [] if too_many else groups_of(edit.groups, collection)
    existing = {group.id for group in groups}
    return Done(
        edit=record,
        version=collection.version,
        groups=groups,
        removed=[] if too_many else sorted(set(edit.groups) - existing),
        too_many=too_many,
    )
