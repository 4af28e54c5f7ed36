"""The dashboard of one collection or all: progress, pace, agreement, what needs attention, and the map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clustering.access import access_collection, access_whole_collections, may_launch
from clustering.dashboard import figures
from clustering.dashboard.attention import stuck
from clustering.dashboard.calibration import agreements, believed
from clustering.dashboard.map import MOST_PAGES, map_rows
from clustering.dashboard.pace import IDLE_SECONDS, paces
from clustering.dashboard.progress import Several, history, progress, with_seams
from clustering.dashboard.reviewers import Reviewers, reviewers
from clustering.engine.agreement import Agreement
from clustering.keys import keys_as_data
from clustering.models import Collection, Edit
from clustering.page_config import my_keys
from clustering.views.paging import paged

ACTS_SHOWN = 10
COLLECTIONS_SHOWN = 50


@require_GET
def dashboard(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the dashboard of one collection. The browser fetches the map's coordinates afterwards."""
    collection = access_collection(request.user, slug)
    counted = with_seams(progress([collection.pk]), collection.pk)
    trust = believed(collection.pk)
    opinions = reviewers(collection.pk)
    context = {
        **_shared([collection.pk], counted.pages, person=request.user.pk or 0),
        "collection": collection,
        "counted": counted,
        "bars": figures.progress_bars(counted),
        "agreements": agreements(collection.pk),
        "trust": trust,
        "reviewers": opinions,
        "reviewer_rows": _opinions(opinions),
        "plots": _plots(trust.seams, trust.groups) if trust else [],
        "map_config": _map_config(request, collection),
        "most_pages": MOST_PAGES,
        "mode": "dashboard",
        "may_launch": may_launch(request.user, collection),
    }
    return render(request, "dashboard/collection.html", context)


@require_GET
def dashboard_map(request: HttpRequest, slug: str) -> JsonResponse:
    """Return the map's coordinates of pages. Takes a second or two the first time, later one query."""
    return JsonResponse(map_rows(access_collection(request.user, slug)))


@require_GET
def all_dashboard(request: HttpRequest) -> HttpResponse:
    """Show one dashboard for all collections this person may see, except those with pages hidden from them."""
    visible = access_whole_collections(request.user)
    ids = list(visible.values_list("pk", flat=True))
    shown = paged(request.GET, ids, COLLECTIONS_SHOWN)
    every = visible.order_by().values("pk")
    counted = progress(every)
    context = {
        **_shared(every, counted.pages, person=request.user.pk or 0),
        "collections": ids,
        "shown": shown,
        "counted": counted,
        "bars": figures.progress_bars(counted),
        "rows": [(each, _row(each)) for each in visible.filter(pk__in=list(shown)).with_progress()],
        "may_launch": may_launch(request.user),
    }
    return render(request, "dashboard/all.html", context)


def _shared(ids: Several, pages: int, *, person: int) -> dict[str, Any]:
    """Return the context that both pages share."""
    acts = Edit.objects.filter(collection__in=ids).select_related("actor", "collection")
    return {
        "course": figures.course(history(ids), pages),
        "paces": paces(ids, person=person),
        "idle_seconds": IDLE_SECONDS,
        "stuck": stuck(ids),
        "acts": acts.defer("before", "after").order_by("-created")[:ACTS_SHOWN],
    }


def _opinions(opinions: Reviewers) -> list[tuple[str, Agreement]]:
    """Return a row for each kind of pair that occurs."""
    named = (
        (_("Different reviewers agree"), opinions.between),
        (_("Same reviewer agrees"), opinions.oneself),
        (_("Confirmed in bulk, found right"), opinions.unseen),
    )
    return [(name, one) for name, one in named if one.count]


def _row(collection: Collection) -> figures.Bar:
    """Return the progress bar of a collection annotated by `with_progress`."""
    confirmed: int = collection.confirmed_page_count  # type: ignore[attr-defined] # annotated by with_progress
    pages: int = collection.page_count  # type: ignore[attr-defined] # annotated by with_progress
    return figures.bar(
        collection.title,
        [("confirmed", _("confirmed"), confirmed), ("proposed", _("not confirmed"), pages - confirmed)],
    )


def _plots(seams: Sequence[Any], groups: Sequence[Any]) -> list[dict[str, Any]]:
    named = (
        ("seams", _("Page breaks"), _("stated confidence that a document ends here"), seams),
        ("groups", _("Whole documents"), _("stated confidence that exactly these pages belong together"), groups),
    )
    return [
        {"id": key, "name": name, "axis": axis, "dots": figures.dots(bins), "count": sum(one.count for one in bins)}
        for key, name, axis, bins in named
    ]


def _map_config(request: HttpRequest, collection: Collection) -> dict[str, Any]:
    return {
        "keys": keys_as_data(my_keys(request)),
        "slug": collection.slug,
        "map": reverse("dashboard-map", args=[collection.slug]),
        "desk": collection.get_absolute_url(),
        "scan": reverse("scan", args=[0, "320", "0"]),
    }
