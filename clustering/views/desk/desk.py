"""The stream: its page, the data that the browser fetches for it, and links to documents in it."""

from __future__ import annotations

from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clustering.access import (
    access_collection,
    hidden_in,
    may_change,
    may_launch,
    shown_groups,
    shown_pages,
)
from clustering.models import Collection, Page
from clustering.page_config import MARKED, desk_config
from clustering.request_values import whole_number, whole_numbers
from clustering.selectors import desk_rows, desk_shapes
from clustering.selectors.desk_index import index
from clustering.teamwork.commenting import open_comments
from clustering.teamwork.saved_filters import offered
from clustering.views.people.tour import wants_tour

PAGES_AT_ONCE = 600
"""Most pages one request may ask for: a tall screen of small thumbnails shows about 300."""


@require_GET
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the stream of a collection. The browser fetches groups and pages afterwards."""
    collection = access_collection(request.user, slug, whole=False)
    counted = Collection.objects.with_progress().get(pk=collection.pk)
    context = {
        "collection": counted,
        "mode": "stream",
        "written": request.GET.get(MARKED, ""),
        "config": desk_config(request, collection) | {"tour": wants_tour(request)},
        "may_edit": may_change(request.user, collection),
        "may_launch": may_launch(request.user, collection),
        "may_add": may_launch(request.user),
        "hides_restricted": collection.hides_restricted,
        "is_whole": not hidden_in(collection).exists(),
        "jobs": collection.jobs.active(),
        "saved": offered(request.user, collection),
    }
    return render(request, "desk/stream.html", context)


@require_GET
def desk_index(request: HttpRequest, slug: str) -> JsonResponse:
    """Return all groups, seams, and shapes of pages, in short rows."""
    collection = access_collection(request.user, slug, whole=False)
    return JsonResponse({**index(collection), "comments": open_comments(collection)})


@require_GET
def desk_pages(request: HttpRequest, slug: str) -> JsonResponse:
    """Return pages in a range of positions (?from=1&to=120) or at some positions (?at=1,12,40)."""
    collection = access_collection(request.user, slug, whole=False)
    if "at" in request.GET:
        some = whole_numbers(request.GET["at"].split(","))[:PAGES_AT_ONCE]
        rows = desk_rows.page_rows(collection, at=some)
        return JsonResponse({"pages": desk_rows.packed(desk_shapes.PageRow, rows)})
    first, last = whole_number(request.GET.get("from")), whole_number(request.GET.get("to"))
    if first is None or last is None:
        return JsonResponse({"message": _("Ask for a range of pages: ?from=1&to=120.")}, status=400)
    last = min(last, first + PAGES_AT_ONCE - 1)
    rows = desk_rows.page_rows(collection, at=range(first, last + 1))
    return JsonResponse({"pages": desk_rows.packed(desk_shapes.PageRow, rows)})


@require_GET
def find_page(request: HttpRequest, slug: str) -> JsonResponse:
    """Return the page for a number, an identifier, or a repository id that a person typed: ?q=34."""
    collection = access_collection(request.user, slug, whole=False)
    query = request.GET.get("q", "").strip()
    page = _page_meant(collection, query)
    if page is None:
        message = _("No page “%(query)s” in this collection. Enter a page number or an identifier.") % {"query": query}
        return JsonResponse({"message": message}, status=404)
    return JsonResponse({"position": page.position, "identifier": page.identifier})


def _page_meant(collection: Collection, query: str) -> Page | None:
    pages = shown_pages(collection)
    if not query or "\0" in query:
        return None
    exact = pages.filter(identifier=query).first() or pages.filter(pid=query).first()
    if exact is not None:
        return exact
    number = whole_number(query)
    if number is not None:
        by_number = pages.filter(position=number).first()
        if by_number is not None:
            return by_number
    return pages.filter(identifier__iendswith=query).order_by("position").first()


@require_GET
def document(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Redirect to the first page of a document in the stream; with ?describe=1, to its description."""
    collection = access_collection(request.user, slug, whole=False)
    group = shown_groups(collection).filter(number=number).first()
    first = shown_pages(collection).filter(group=group).order_by("group_order").first() if group else None
    if first is None:
        raise Http404(_("Document %(number)s no longer exists in this collection.") % {"number": number})
    view = "describe" if "describe" in request.GET else "page"
    return redirect(f"{collection.get_absolute_url()}#{view}/{quote(first.identifier, safe='')}")
