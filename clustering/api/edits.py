"""Edits: the history of a collection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Query, Router
from pydantic import AfterValidator, Field

from clustering import models
from clustering.access import access_collection
from clustering.api.paging import Sheet, Window, part_of
from clustering.api.responses.edits import Edit, edit_responses
from clustering.api.shapes import MOST, ById, ResponseBody, Slug
from clustering.journal.workspace import Snapshot, Standing
from clustering.wording import say

router = Router(tags=["Edits"])


def _known(verb: str) -> str:
    if verb not in models.VERBS:
        raise ValueError(say("No such verb: “%(verb)s”.", verb=verb))
    return verb


VerbName = Annotated[
    str, AfterValidator(_known), Field(json_schema_extra={"enum": [str(verb) for verb in models.VERBS]})
]


class EditFilter(Window):
    """Which changes."""

    who: str | None = Field(None, min_length=1, max_length=150, description="Username.")
    verb: VerbName | None = None
    group: int | None = Field(None, ge=1, le=MOST, description="ID of a group, even one that no longer exists.")
    position: int | None = Field(None, ge=1, le=MOST, description="A page that was moved.")


class Side(ResponseBody):
    """A group at one time: its fields that weren't empty, and its pages."""

    fields: dict[str, Any]
    pages: list[int] = Field(description="Positions in reading order.")


class GroupChange(ResponseBody):
    """A group before and after a change; null if it did not exist."""

    group: int
    number: int
    before: Side | None
    after: Side | None


@router.get("/{slug:slug}/edits", response=Sheet[Edit], summary="List edits")
def list_edits(request: HttpRequest, slug: Slug, wanted: Query[EditFilter]) -> Sheet[Edit]:
    """Return the history, oldest first. `after` is a sequence number, which is also a version of the collection."""
    collection = access_collection(request.user, slug)
    rows = models.Edit.objects.filter(collection=collection, sequence__gt=wanted.after)
    if wanted.who is not None:
        rows = rows.filter(actor__username=wanted.who.replace("\0", ""))
    if wanted.verb is not None:
        rows = rows.filter(verb=wanted.verb)
    if wanted.group is not None:
        rows = rows.filter(groups__contains=[wanted.group])
    if wanted.position is not None:
        page = models.Page.objects.filter(collection=collection, position=wanted.position).first()
        rows = rows.filter(pages__contains=[page.pk]) if page is not None else rows.none()
    return part_of(
        request,
        edit_responses(rows.order_by("sequence")[: wanted.limit + 1]),
        wanted,
        position_of=lambda edit: edit.sequence,
        respond=list,
    )


@router.get("/{slug:slug}/edits/{int:sequence}", response=Edit, summary="Get an edit")
def get_edit(request: HttpRequest, slug: Slug, sequence: ById) -> Edit:
    """Who changed what, and when."""
    collection = access_collection(request.user, slug)
    edits = edit_responses(models.Edit.objects.filter(collection=collection, sequence=sequence))
    if not edits:
        raise Http404(
            say("“%(collection)s” has no change %(sequence)s in its history.", collection=collection, sequence=sequence)
        )
    return edits[0]


@router.get(
    "/{slug:slug}/edits/{int:sequence}/groups", response=Sheet[GroupChange], summary="List what an edit changed"
)
def list_edit_groups(request: HttpRequest, slug: Slug, sequence: ById, window: Query[Window]) -> Sheet[GroupChange]:
    """Each group that the change affected, before and after. `after` is the ID of a group."""
    collection = access_collection(request.user, slug)
    rows = models.Edit.objects.filter(collection=collection, sequence=sequence).values_list("before", "after")
    first = rows.first()
    if first is None:
        raise Http404(
            say("“%(collection)s” has no change %(sequence)s in its history.", collection=collection, sequence=sequence)
        )
    before, after = (Snapshot.from_json(side).groups for side in first)
    ids = sorted(pk for pk in before.keys() | after.keys() if pk > window.after)
    return part_of(
        request,
        ids,
        window,
        position_of=lambda pk: pk,
        respond=lambda shown: _changes(collection, shown, before, after),
    )


def _changes(
    collection: models.Collection, ids: Sequence[int], before: dict[int, Standing], after: dict[int, Standing]
) -> list[GroupChange]:
    sides = [side[pk] for pk in ids for side in (before, after) if pk in side]
    pages = models.Page.objects.filter(collection=collection, pk__in={page for side in sides for page in side.pages})
    positions = dict(pages.values_list("pk", "position"))

    def side(standing: Standing | None) -> Side | None:
        if standing is None:
            return None
        fields = {name: value for name, value in standing.fields.items() if name not in ("id", "number")}
        return Side(fields=fields, pages=[positions[page] for page in standing.pages if page in positions])

    return [
        GroupChange(
            group=pk,
            number=(after.get(pk) or before[pk]).fields["number"],
            before=side(before.get(pk)),
            after=side(after.get(pk)),
        )
        for pk in ids
    ]
