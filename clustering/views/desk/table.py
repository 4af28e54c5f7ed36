"""The table: one row per document, and the check of values before many are changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from pydantic import ValidationError

from clustering.access import access_collection, may_change
from clustering.actions.describe import DescribeMany, checked_facts
from clustering.engine.drafting.date_words import date_in_words
from clustering.engine.edtf import is_edtf
from clustering.engine.language_names import language_name
from clustering.journal.errors import Refused
from clustering.models import Group
from clustering.page_config import desk_config
from clustering.request_values import json_of
from clustering.wording import translated


def _date_read(kept: str) -> str:
    return translated(date_in_words(kept)) if is_edtf(kept) else kept


def _language_read(kept: str) -> str:
    return language_name(kept, locale=get_language() or "en")


_IN_WORDS: Mapping[str, Callable[[str], str]] = {"date": _date_read, "language": _language_read}


@require_GET
def table(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the table. The browser fetches the documents afterwards, as for the stream."""
    collection = access_collection(request.user, slug, whole=False)
    context = {
        "collection": collection,
        "mode": "table",
        "config": desk_config(request, collection),
        "may_edit": may_change(request.user, collection),
    }
    return render(request, "desk/table.html", context)


@require_POST
def check(request: HttpRequest, slug: str) -> JsonResponse:
    """Check values without writing them.

    {"facts": {"12": {"date": "spring"}, "13": {"date": "1/14/54"}}} returns {"wrong": {"12": {"date": "why"}}, "read":
    {"13": {"date": "January 14, 1954"}}}. `read` has dates and languages that are stored differently than typed.
    """
    collection = access_collection(request.user, slug, edit=True)
    try:
        body = DescribeMany.model_validate(json_of(request))
    except (ValidationError, ValueError):
        message = _("The changes can’t be read. Make the texts shorter, or reload the page and try again.")
        return JsonResponse({"message": message}, status=422)
    facts = {int(pk): given.facts() for pk, given in body.facts.items()}
    groups = Group.objects.filter(collection=collection).in_bulk(list(facts))
    wrong: dict[int, dict[str, str]] = {}
    read: dict[int, dict[str, str]] = {}
    for pk, given in facts.items():
        for name, value in given.items():
            try:
                if pk not in groups:
                    raise Refused(_("This document no longer exists. Someone joined it with another."))
                ((_name, kept),) = checked_facts(groups[pk], {name: value})
            except Refused as error:
                wrong.setdefault(pk, {})[str(name)] = error.sentence
                continue
            if name in _IN_WORDS and kept != value:
                read.setdefault(pk, {})[str(name)] = _IN_WORDS[name](kept)
    return JsonResponse({"wrong": wrong, "read": read})
