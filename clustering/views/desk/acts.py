"""Acts as the desk sends them, and what others did meanwhile."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from clustering.access import access_collection
from clustering.journal.errors import Refused, StaleVersion
from clustering.models import Collection, Page, User
from clustering.presence import be_here
from clustering.selectors import changes as news
from clustering.views.desk.verbs import Ask, perform_verb
from clustering.written import json_of, versions_of, whole_number


@require_POST
def acts(request: HttpRequest, slug: str) -> JsonResponse:
    """One act: {verb, act_id, since, versions, …}.

    200 with what changed since the version that the browser knew; 409 with the same where the act was based on
    something that is no longer so; 403 and 422 with a sentence.
    """
    collection = access_collection(request.user, slug)
    since: int | None = None
    try:
        ask = read_act(request, collection)
        since = whole_number(ask.body.get("since"))
        edit = perform_verb(ask)
    except PermissionDenied as error:
        return JsonResponse({"message": str(error)}, status=403)
    except StaleVersion as error:
        ids = [group.pk for group in error.groups]
        asked = list(ask.versions or ())
        state = news.changes(collection, since, me=request.user, also=[*ids, *asked])
        return JsonResponse({**state, "message": error.sentence}, status=409)
    except Refused as error:
        return JsonResponse({"message": error.sentence}, status=422)
    state = news.changes(collection, since, me=request.user, also=edit.groups, edit=edit)
    focus = Page.objects.filter(pk__in=edit.pages).order_by("position").values_list("position", flat=True).first()
    known = {"id": edit.pk, "sequence": edit.sequence, "summary": edit.summary}
    return JsonResponse({**state, "edit": known, "message": edit.summary, "focus": focus})


@require_GET
def changes(request: HttpRequest, slug: str) -> JsonResponse:
    """What changed since a version, and who else is here: ?since=41&at=12, the page that this person is at."""
    collection = access_collection(request.user, slug)
    since = whole_number(request.GET.get("since"))
    if since is None:
        return JsonResponse({"message": "Give the version to start from: ?since=41."}, status=400)
    assert isinstance(request.user, User)  # access_collection let this person in
    here = be_here(collection, request.user, whole_number(request.GET.get("at")))
    return JsonResponse(news.changes(collection, since, me=request.user) | {"here": here})


def read_act(request: HttpRequest, collection: Collection) -> Ask:
    """The act in the request's body. Raises Refused."""
    try:
        body: Any = json_of(request)
        act_id = UUID(str(body["act_id"])) if body.get("act_id") else None
        sent = body.get("versions")
        versions = None if sent is None else versions_of(f"{pk}:{version}" for pk, version in sent.items())
    except (ValueError, TypeError, AttributeError) as error:
        raise Refused("The request could not be read. Reload the page and try again.") from error
    assert isinstance(request.user, User)  # access_collection let this person in
    return Ask(collection=collection, body=body, actor=request.user, act_id=act_id, versions=versions)
