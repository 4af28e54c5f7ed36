"""The front page: the page where a person left off, and a table of collections to search, filter, and sort."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from clustering.access import access_collections, access_whole_collections, hidden_pages, may_edit, may_launch
from clustering.models import Collection
from clustering.selectors.collection_list import SORTS, STATUSES, counts, ids_of, left_off, rows, totals
from clustering.selectors.my_work import mine
from clustering.teamwork.saved_filters import offered
from clustering.views.paging import paged

ROWS_SHOWN = 50
LONGEST_SEARCH = 200
PLACES_FOUND = 8


def collections(request: HttpRequest) -> HttpResponse:
    """Show all collections this person may see: ?q=union&status=review&mine=1&sort=activity&page=2."""
    visible = access_collections(request.user)
    words = _words(request)
    status = _known(request.GET.get("status"), STATUSES, "")
    sort = _known(request.GET.get("sort"), SORTS, "title")
    is_mine = request.GET.get("mine") == "1"
    is_staff = may_launch(request.user)
    sums = totals(visible)
    among = mine(visible, request.user.pk) if is_mine else visible
    ids = ids_of(among, words=words, status=status, sort=sort) if sums.has_any else []
    by_status = counts(among, words=words) if words or is_mine else sums.by_status
    shown = paged(request.GET, ids, ROWS_SHOWN)
    hides = Exists(hidden_pages(request.user).filter(collection=OuterRef("pk")))  # some views of it are closed then
    context = {
        "collections": rows(visible.annotate(hides_pages=hides), list(shown)) if ids else [],
        "shown": shown,
        "sums": sums,
        "filters": _filters(by_status, words, status, sort, is_mine=is_mine),
        "is_mine": is_mine,
        "mine_query": _query(words, status, sort, is_mine=not is_mine),
        "today": timezone.localdate(),
        "sorts": SORTS,
        "words": words,
        "status": status,
        "sort": sort,
        "query": _query(words, status, sort, is_mine=is_mine),
        "left_off": left_off(access_whole_collections(request.user), request.user.pk) if sums.has_any else None,
        "saved": offered(request.user),
        "save_address": f"/?{query}" if (query := _query(words, status, sort, is_mine=is_mine)) else "",
        "mode": "collections",
        "may_edit": may_edit(request.user),
        "may_launch": is_staff,
        "deleted": Collection.objects.filter(deleted__isnull=False).count() if is_staff else 0,
    }
    return render(request, "collections.html", context)


def places(request: HttpRequest) -> JsonResponse:
    """Return collections whose name has all these words, for the command palette and invitations: ?q=union."""
    visible = access_collections(request.user)
    ids = ids_of(visible, words=_words(request))[:PLACES_FOUND]
    named = sorted(visible.filter(pk__in=ids), key=lambda collection: ids.index(collection.pk))
    collections = [{"title": one.title, "slug": one.slug, "address": one.get_absolute_url()} for one in named]
    return JsonResponse({"collections": collections})


def _words(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH]


def _known(asked: str | None, choices: Container[str], default: str) -> str:
    return asked if asked is not None and asked in choices else default


def _filters(by_status: dict[str, int], words: str, status: str, sort: str, *, is_mine: bool) -> list[dict[str, Any]]:
    """Return links that filter by status, each with the number of its collections."""
    every = sum(by_status.values()) - by_status["archived"]
    choices = [("", _("All"), every), *((key, name, by_status[key]) for key, name in STATUSES.items())]
    return [
        {"name": name, "count": count, "query": _query(words, key, sort, is_mine=is_mine), "is_chosen": key == status}
        for key, name, count in choices
        if count or key != "archived"
    ]


def _query(words: str, status: str, sort: str, *, is_mine: bool) -> str:
    """Return the query string of the address, without the page."""
    query = QueryDict(mutable=True)
    if words:
        query["q"] = words
    if status:
        query["status"] = status
    if is_mine:
        query["mine"] = "1"
    if sort != "title":
        query["sort"] = sort
    return query.urlencode()
