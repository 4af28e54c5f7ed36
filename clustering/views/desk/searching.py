"""Search in the text that was read on the pages."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clustering.access import access_collection, may_launch
from clustering.forms import MOST_LETTERS, SearchForm
from clustering.selectors.search import found_pages, headlines_of

PAGES_SHOWN = 40


@require_GET
def search(request: HttpRequest, slug: str) -> HttpResponse:
    """Pages whose text has these words, best first. Quotes, OR and - work as in other search engines."""
    collection = access_collection(request.user, slug)
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"].replace("\0", "") if form.is_valid() else ""
    if len(request.GET.get("q", "")) > MOST_LETTERS:
        messages.error(request, f"The search has more than {MOST_LETTERS} letters. Shorten it.")
    found = found_pages(collection, words)
    pages = Paginator(found, PAGES_SHOWN).get_page(form.cleaned_data.get("page") if form.is_valid() else 1)
    headlines = headlines_of(pages, words)
    context = {
        "collection": collection,
        "words": words,
        "written": request.GET.get("q", ""),
        "pages": pages,
        "found": [(page, headlines.get(page.pk, "")) for page in pages],
        "read": collection.pages.filter(reading__is_unread=False).count(),
        "total": collection.pages.count(),
        "mode": "search",
        "may_launch": may_launch(request.user),
    }
    return render(request, "search.html", context)
