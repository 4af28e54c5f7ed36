"""A contact sheet of documents to print, since the desk renders only what is on the screen."""

from __future__ import annotations

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clustering.access import access_collection, hidden_in, may_launch, shown_pages
from clustering.models import Group
from clustering.selectors.filters import FILTERS, groups_matching
from clustering.selectors.hidden_drafts import leave_out_hidden_drafts
from clustering.selectors.places import places_of
from clustering.views.desk.plain_list import FILTER_WORDS
from clustering.views.paging import paged

DOCUMENTS = 200
"""Documents per page of the site, so that a browser can print it: some ten pieces of paper."""


@require_GET
def print_sheet(request: HttpRequest, slug: str) -> HttpResponse:
    """Show documents by their first page, with title, place, state, and date. Takes ?show= as the list does."""
    collection = access_collection(request.user, slug, whole=False)
    show = request.GET.get("show", "all")
    show = show if show in FILTERS else "all"
    groups = Group.objects.filter(pk__in=groups_matching(collection, show).values("pk")).in_scan_order()
    pages = shown_pages(collection).select_related("reading").defer("reading__text", "reading__lines")
    groups = groups.prefetch_related(Prefetch("pages", pages.order_by("group_order")))
    shown = paged(request.GET, groups, DOCUMENTS)
    leave_out_hidden_drafts(shown.object_list, hidden_in(collection))
    context = {
        "collection": collection,
        "shown": shown,
        "rows": [(group, list(group.pages.all())) for group in shown],
        "places": places_of(collection, list(shown)),
        "show": show,
        "filters": FILTER_WORDS,
        "filter": dict(FILTER_WORDS)[show],
        "may_launch": may_launch(request.user, collection),
    }
    return render(request, "print_sheet.html", context)
