"""Search in the text that was read on the pages."""

from __future__ import annotations

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clustering.access import access_collection, may_launch
from clustering.forms import SearchForm
from clustering.models import Page

PAGES_SHOWN = 40
MARK = ("\ue000", "\ue001")
"""Private characters around what was found; the template turns them into <mark>, everything else stays escaped."""


@require_GET
def search(request: HttpRequest, slug: str) -> HttpResponse:
    """Pages whose text has these words, best first. Quotes, OR and - work as in other search engines."""
    collection = access_collection(request.user, slug)
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"].replace("\0", "") if form.is_valid() else ""
    found = Page.objects.none()
    if words:
        query = SearchQuery(words, search_type="websearch", config="english")
        found = (
            Page.objects.filter(collection=collection, reading__search=query)
            .annotate(rank=SearchRank(F("reading__search"), query))
            .order_by("-rank", "position")
            .select_related("group", "reading")
        )
    pages = Paginator(found, PAGES_SHOWN).get_page(form.cleaned_data.get("page") if form.is_valid() else 1)
    headlines: dict[int, str] = {}
    if words:
        headline = SearchHeadline(
            "reading__text", query, config="english", start_sel=MARK[0], stop_sel=MARK[1], max_words=28, min_words=12
        )
        shown = Page.objects.filter(pk__in=[page.pk for page in pages]).annotate(headline=headline)
        headlines = dict(shown.values_list("pk", "headline"))
    context = {
        "collection": collection,
        "words": words,
        "pages": pages,
        "found": [(page, headlines.get(page.pk, "")) for page in pages],
        "read": collection.pages.filter(reading__isnull=False).count(),
        "total": collection.pages.count(),
        "mode": "search",
        "may_launch": may_launch(request.user),
    }
    return render(request, "search.html", context)
