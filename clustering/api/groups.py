"""Groups: the current documents of a collection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Literal

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Query, Router
from pydantic import Field

from clustering import models
from clustering.access import access_collection, hidden_in, open_findings, shown_groups
from clustering.api.paging import Sheet, Window, part_of
from clustering.api.responses.groups import Group, State, group_responses
from clustering.api.shapes import MOST, ById, Slug, file_response
from clustering.api.unchanged import unchanged
from clustering.selectors.desk_rows import drafting
from clustering.wording import say

router = Router(tags=["Groups"])

NDJSON = "application/x-ndjson"
_GROUPS_PER_QUERY = 500


class GroupFilter(Window):
    """Which groups."""

    state: State | None = Field(None, description="Only groups in this state.")
    flagged: Literal["true", "false"] | None = Field(
        None, description="Only groups that are flagged, or only those that are not."
    )
    likely_personal: Literal["true"] | None = Field(
        None,
        description="Only groups with lines that may be personal data and that nobody has decided on. "
        "Lists none if you may not edit the collection.",
    )
    number: int | None = Field(None, ge=1, le=MOST, description="Only the group with this document number.")
    changed_since: int | None = Field(
        None,
        ge=0,
        le=MOST,
        description="Only groups that changed after this version of the collection: "
        "how a script keeps up. The edits after that version name those that are gone.",
    )


@router.get("/{slug:slug}/groups", response=Sheet[Group], summary="List groups")
def list_groups(request: HttpRequest, slug: Slug, wanted: Query[GroupFilter]) -> Sheet[Group]:
    """Return groups, oldest first. `after` is the ID of a group."""
    collection = access_collection(request.user, slug, whole=False)
    rows = _filtered(collection, wanted).filter(pk__gt=wanted.after).order_by("pk")
    return part_of(
        request,
        rows,
        wanted,
        position_of=lambda group: group.pk,
        respond=lambda shown: group_responses(shown, hidden_in(collection)),
    )


@router.get(
    "/{slug:slug}/groups.ndjson",
    summary="Stream all groups, one per line",
    openapi_extra={
        "responses": {
            200: file_response("One group per line.", NDJSON),
            304: {"description": "Nothing has changed since your version."},
        }
    },
)
def all_groups(request: HttpRequest, slug: Slug) -> HttpResponse | StreamingHttpResponse:
    """All groups in scan order, streamed: 50,000 pages take no more memory than 500.

    Each line is a group, as in the list. Has an ETag that changes with every change.
    """
    collection = access_collection(request.user, slug, whole=False)
    tagged = HttpResponse()
    hidden = hidden_in(collection)
    drafts = drafting(collection), collection.redrafted
    same = unchanged(request, tagged, collection.pk, collection.version, hidden.count(), *drafts)
    if same is not None:
        return same
    response = StreamingHttpResponse(_lines(collection), content_type=NDJSON)
    for name in ("ETag", "Cache-Control"):
        response[name] = tagged[name]
    return response


@router.get("/{slug:slug}/groups/{int:group}", response=Group, summary="Get a group")
def get_group(request: HttpRequest, response: HttpResponse, slug: Slug, group: ById) -> Any:
    """One group by its ID. Has an ETag. For its pages: GET …/pages?group=…"""
    collection = access_collection(request.user, slug, whole=False)
    row = _rows(collection).filter(pk=group).first()
    if row is None:
        raise Http404(say("No such group. It may have been joined to another: the edits with ?group= show that."))
    record = group_responses([row], hidden_in(collection))[0]
    return unchanged(request, response, record) or record


def _rows(collection: models.Collection) -> QuerySet[models.Group]:
    return shown_groups(collection).select_related("confirmed_by")


def _filtered(collection: models.Collection, wanted: GroupFilter) -> QuerySet[models.Group]:
    rows = _rows(collection)
    if wanted.state is not None:
        rows = rows.filter(state=wanted.state)
    if wanted.flagged is not None:
        rows = rows.filter(flagged=wanted.flagged == "true")
    if wanted.likely_personal:
        rows = rows.filter(Exists(open_findings(collection).filter(page__group=OuterRef("pk"))))
    if wanted.number is not None:
        rows = rows.filter(number=wanted.number)
    if wanted.changed_since is not None:
        # A group's version is one more than the sequence of the edit that wrote it.
        rows = rows.filter(version__gt=wanted.changed_since + 1)
    return rows


def _lines(collection: models.Collection) -> Iterator[str]:
    rows = _rows(collection).order_by("first_position", "pk").iterator(chunk_size=_GROUPS_PER_QUERY)
    hidden = hidden_in(collection)
    chunk: Sequence[models.Group]
    while chunk := list(islice(rows, _GROUPS_PER_QUERY)):
        yield "".join(f"{group.model_dump_json()}\n" for group in group_responses(chunk, hidden))
