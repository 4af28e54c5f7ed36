"""Acts, which change the desk. Each act in `actions` has an address here, for scripts and for the browser."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, Signature

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from clustering.access import access_collection, signed_in
from clustering.actions import ACTS, Act, Scope
from clustering.actions.accept import acceptable
from clustering.actions.base import GroupAct
from clustering.api.problems import problem
from clustering.api.responses.edits import Done, done_response
from clustering.api.shapes import ResponseBody, Slug
from clustering.journal.errors import StaleVersion
from clustering.selectors.desk_rows import changes
from clustering.selectors.desk_shapes import Changes

router = Router(tags=["Acts"])


def done_by(at: Scope, body: Act) -> Done | HttpResponse:
    """Do an act and return what it did, or, if the request names a version, everything that changed since."""
    try:
        edit = body.apply(at)
    except StaleVersion as error:
        if body.since is None:
            raise
        seen = body.seen if isinstance(body, GroupAct) else None
        asked = {*(group.pk for group in error.groups), *(seen or ())}
        return problem("stale", error.sentence, changes=changes(at.collection, body.since, me=at.actor, also=asked))
    if body.since is None:
        return done_response(edit)
    return JsonResponse(changes(at.collection, body.since, me=at.actor, edit=edit))


def _operation(act: type[Act]) -> Callable[..., Done | HttpResponse]:
    """Return the operation that does an act."""

    def operation(request: HttpRequest, slug: str, body: Act) -> Done | HttpResponse:
        return done_by(Scope(access_collection(request.user, slug, edit=True), signed_in(request)), body)

    parameters = {"request": HttpRequest, "slug": Slug, "body": act}
    operation.__name__ = act.address.replace("-", "_")
    operation.__doc__ = act.__doc__
    operation.__annotations__ = parameters
    operation.__signature__ = Signature(  # type: ignore[attr-defined] # what ninja reads
        [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, annotation=kind) for name, kind in parameters.items()]
    )
    return operation


for _act in ACTS.values():
    router.post(f"/{{slug:slug}}/acts/{_act.address}", response=Done | Changes, summary=_act.label)(_operation(_act))


class Threshold(BaseModel):
    """The confidence threshold."""

    threshold: float = Field(0.99, ge=0.5, le=1, description="From 0.5 to 1.")


class Outlook(ResponseBody):
    """What a bulk confirmation would confirm. To do it, send back `threshold`, `groups` and `version`."""

    threshold: float
    groups: int
    pages: int
    version: int


@router.get("/{slug:slug}/acts/accept", response=Outlook, summary="Preview a bulk confirmation")
def outlook(request: HttpRequest, slug: Slug, wanted: Query[Threshold]) -> Outlook:
    """Count the documents that are still as proposed, at this confidence or higher."""
    collection = access_collection(request.user, slug)
    groups = acceptable(collection, threshold=wanted.threshold)
    pages = groups.aggregate(pages=Sum("page_count"))["pages"] or 0
    return Outlook(threshold=wanted.threshold, groups=groups.count(), pages=pages, version=collection.version)
