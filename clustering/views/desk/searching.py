"""Search in the text of pages and in descriptions: in one collection or in all, by words or by meaning."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clustering.access import access_collection, access_collections, hidden_pages, may_launch
from clustering.engine.encoders import EncoderUnavailable
from clustering.forms.finding import MOST_LETTERS, SearchForm
from clustering.models import Collection, Page
from clustering.models.collection import CollectionQuerySet
from clustering.models.page import PageQuerySet
from clustering.page_config import MARKED
from clustering.selectors.described import described_pages
from clustering.selectors.hidden_drafts import leave_out_hidden_drafts
from clustering.selectors.meaning import pages_about
from clustering.selectors.search import found_pages
from clustering.selectors.search_results import MOST, Hit, by_document, results_of
from clustering.selectors.similar import NotIndexed
from clustering.views.paging import paged

DOCUMENTS_SHOWN = 20
NEAREST = 100
"""Most pages shown by meaning, since every page is similar to some degree."""


@require_GET
def search(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the documents of one collection that have these words or are about them."""
    collection = access_collection(request.user, slug, whole=False)
    return _search(request, Collection.objects.filter(pk=collection.pk), collection)


@require_GET
def search_everywhere(request: HttpRequest) -> HttpResponse:
    """Show the same for all collections that this person may see."""
    return _search(request, access_collections(request.user), None)


def _search(request: HttpRequest, among: CollectionQuerySet, collection: Collection | None) -> HttpResponse:
    form = SearchForm(request.GET)
    by_meaning = request.GET.get("by") == "meaning"
    words = form.cleaned_data["q"].replace("\0", "") if form.is_valid() else ""
    if len(request.GET.get("q", "")) > MOST_LETTERS:
        messages.error(
            request,
            _("The search has more than %(most_letters)s characters. Shorten it.") % {"most_letters": MOST_LETTERS},
        )
    hidden = hidden_pages(request.user)
    hits: list[Hit] = []
    refused = ""
    if words and by_meaning:
        try:
            near = pages_about(words, among=among, hidden=hidden, limit=NEAREST)
            hits = [Hit(page.pk, page.group_id, likeness) for page, likeness in near]
        except (EncoderUnavailable, NotIndexed) as error:
            refused = str(error)
    elif words:
        hits = _with_words(words, among, collection, hidden=hidden)
    described = sum(hit.described for hit in hits)
    documents = by_document(hits[: MOST + described])
    shown = paged(request.GET, documents, DOCUMENTS_SHOWN)
    pages = Page.objects.filter(collection__in=among).exclude(pk__in=hidden)
    results = results_of(list(shown), words)
    leave_out_hidden_drafts([result.page.group for result in results], hidden)
    for result in results:
        if result.page.is_restricted:
            result.snippet, result.boxes = "", []
    context: dict[str, Any] = {
        "collection": collection,
        "words": words,
        "written": request.GET.get("q", ""),
        "by_meaning": by_meaning,
        "shown": shown,
        "marking": f"?{urlencode({MARKED: words})}" if words else "",
        "results": results,
        "pages_found": len(hits) - described,
        "described": described,
        "is_cut": len(hits) - described > MOST,
        "most": MOST,
        "refused": refused,
        "save_address": f"{request.path}?{urlencode({'q': words} | ({'by': 'meaning'} if by_meaning else {}))}",
        "mode": "search",
        "may_launch": may_launch(request.user, collection),
    }
    if collection is not None:
        context |= {"read": pages.filter(reading__is_unread=False).count(), "total": pages.count()}
    return render(request, "search.html", context)


def _with_words(
    words: str, among: CollectionQuerySet, collection: Collection | None, *, hidden: PageQuerySet
) -> list[Hit]:
    """Return documents whose description has these words, then pages whose text has them, one more than MOST."""
    entered = described_pages(among, words, hidden=hidden).values_list("pk", "group_id")
    read = found_pages(collection or among, words).exclude(pk__in=hidden).values_list("pk", "group_id")
    return [
        *(Hit(page, group, described=True) for page, group in entered[:MOST]),
        *(Hit(page, group) for page, group in read[: MOST + 1]),
    ]
