"""The queue: one doubtful seam after the other, most uncertain first."""

from __future__ import annotations

from typing import Any

from django.db.models import F, FloatField
from django.db.models.functions import Abs, Cast
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from clustering.access import access_collection, may_edit, may_launch
from clustering.models import Answer, Collection, Group, Page, SeamScore
from clustering.views.chrome import desk_config
from clustering.views.wire import desk_run

SEAMS_AT_ONCE = 200
DOUBTFUL = (0.2, 0.8)
"""Between these the machine is called doubtful; the stream has the same bounds."""


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
    """{total, version, seams: [{left, right, percent, groups: {id: version}}]}, nearest to even odds first."""
    collection = access_collection(request.user, slug)
    total, seams = doubtful_seams(collection)
    return JsonResponse({"total": total, "version": collection.version, "seams": seams})


def doubtful_seams(collection: Collection) -> tuple[int, list[dict[str, Any]]]:
    """How many seams are doubtful and not yet answered or confirmed on both sides, and the first of them."""
    run = desk_run(collection)
    if run is None:
        return 0, []
    answered = Answer.objects.filter(collection=collection, second__position=F("first__position") + 1)
    even = Abs(Cast(F("probability") - 0.5, FloatField()))
    scores = SeamScore.objects.filter(run=run, probability__gte=DOUBTFUL[0], probability__lte=DOUBTFUL[1])
    scores = scores.exclude(page__in=answered.values("first")).exclude(page__group__isnull=True)
    rows = list(scores.order_by(even, "page").values_list("page__position", "probability"))
    near = {position for left, _ in rows for position in (left, left + 1)}
    pages = {
        p.position: p for p in Page.objects.filter(collection=collection, position__in=near).select_related("group")
    }
    seams = []
    for left, probability in rows:
        one, other = pages.get(left), pages.get(left + 1)
        if one is None or other is None or one.group is None or other.group is None:
            continue
        if all(group.state == Group.State.CONFIRMED for group in (one.group, other.group)):
            continue
        groups = {str(group.pk): group.version for group in (one.group, other.group)}
        seams.append(
            {
                "left": _page(one),
                "right": _page(other),
                "percent": round(100 * probability),
                "joined": one.group_id == other.group_id,
                "groups": groups,
            }
        )
    return len(seams), seams[:SEAMS_AT_ONCE]


def _page(page: Page) -> dict[str, Any]:
    return {
        "position": page.position,
        "identifier": page.identifier,
        "group": page.group_id,
        "address": reverse("scan", args=[page.pk, "1280", page.sha256[:16]]),
    }
