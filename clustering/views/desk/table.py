"""The table: one row per document, and what it asks before many are changed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from pydantic import ValidationError

from clustering.access import access_collection, may_edit
from clustering.actions.describe import DescribeMany, checked_facts
from clustering.journal.errors import Refused
from clustering.models import Group
from clustering.page_config import desk_config
from clustering.written import json_of


@require_GET
def table(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the table. The page is light: documents come as the stream's data."""
    collection = access_collection(request.user, slug, whole=False)
    context = {
        "collection": collection,
        "mode": "table",
        "config": desk_config(request, collection),
        "may_edit": may_edit(request.user, collection) and collection.closed is None,
    }
    return render(request, "desk/table.html", context)


@require_POST
def check(request: HttpRequest, slug: str) -> JsonResponse:
    """{"facts": {"12": {"date": "spring"}}}: {"wrong": {"12": {"date": "why"}}}. Nothing is written."""
    collection = access_collection(request.user, slug, edit=True)
    try:
        order = DescribeMany.model_validate(json_of(request))
    except (ValidationError, ValueError):
        message = _("The changes can’t be read. Make the texts shorter, or reload the page and try again.")
        return JsonResponse({"message": message}, status=422)
    facts = {int(pk): given.facts() for pk, given in order.facts.items()}
    groups = Group.objects.filter(collection=collection).in_bulk(list(facts))
    wrong: dict[int, dict[str, str]] = {}
    for pk, given in facts.items():
        for name, value in given.items():
            try:
                if pk not in groups:
                    raise Refused(_("This document no longer exists. Someone joined it with another."))
                list(checked_facts(groups[pk], {name: value}))
            except Refused as error:
                wrong.setdefault(pk, {})[str(name)] = error.sentence
    return JsonResponse({"wrong": wrong})
