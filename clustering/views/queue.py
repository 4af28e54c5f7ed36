"""The queue: one seam after the other, the one first where looking is expected to save most."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from clustering.access import access_collection, may_edit, may_launch
from clustering.actions.queue import open_seams
from clustering.lookups.desk_run import desk_run
from clustering.models import Collection, Page
from clustering.views.chrome import desk_config

SEAMS_AT_ONCE = 200


@require_GET
def queue(request: HttpRequest, slug: str) -> HttpResponse:
    """The page; the seams come as data."""
    collection = access_collection(request.user, slug)
    config = desk_config(request, collection) | {"queue": reverse("queue-seams", args=[slug])}
    context = {
        "collection": collection,
        "config": config,
        "mode": "queue",
        "may_edit": may_edit(request.user) and collection.closed is None,
        "may_launch": may_launch(request.user),
    }
    return render(request, "desk/queue.html", context)


@require_GET
def queue_seams(request: HttpRequest, slug: str) -> JsonResponse:
    """{total, version, seams: [{left, right, percent, groups: {id: version}}]}, most expected edits saved first."""
    collection = access_collection(request.user, slug)
    total, seams = doubtful_seams(collection)
    return JsonResponse({"total": total, "version": collection.version, "seams": seams})


def doubtful_seams(collection: Collection) -> tuple[int, list[dict[str, Any]]]:
    """How many seams are worth a look, and the first of them by the expected edits that looking saves."""
    run = desk_run(collection)
    if run is None:
        return 0, []
    found = open_seams(collection, run)
    shown = found[:SEAMS_AT_ONCE]
    near = {position for seam in shown for position in (seam.left, seam.left + 1)}
    pages = {
        p.position: p for p in Page.objects.filter(collection=collection, position__in=near).select_related("group")
    }
    seams = []
    for seam in shown:
        one, other = pages[seam.left], pages[seam.left + 1]
        seams.append(
            {
                "left": _page(one),
                "right": _page(other),
                "percent": round(100 * seam.probability),
                "joined": seam.joined,
                "groups": {str(group.pk): group.version for group in (one.group, other.group) if group is not None},
            }
        )
    return len(found), seams


def _page(page: Page) -> dict[str, Any]:
    return {
        "position": page.position,
        "identifier": page.identifier,
        "group": page.group_id,
        "address": reverse("scan", args=[page.pk, "1280", page.sha256[:16]]),
    }
