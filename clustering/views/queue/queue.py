"""The queue of seams to check, ordered by the work that each check is likely to save."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clustering.access import Anyone, access_collection, may_change, may_edit, may_launch, signed_in
from clustering.actions.accept import acceptable
from clustering.dashboard.pace import seconds_a_look
from clustering.models import ROTATION, Answer, Collection, Group, Page, User
from clustering.page_config import desk_config, scan_address
from clustering.quality import draw_checks, place_of
from clustering.redecode.live import desk_run
from clustering.request_values import whole_number
from clustering.restricted_looks import is_veiled
from clustering.selectors.queue import DOUBTFUL, OpenSeam, open_seams, within
from clustering.selectors.similar_seams import VERY_ALIKE, seams_alike
from clustering.wording import percent

SEAMS_AT_ONCE = 200
SURE = 0.99
"""Threshold for confirming in bulk that the finished queue suggests."""


@dataclass(frozen=True, slots=True)
class QueueContents:
    """The queue of one person."""

    total: int
    doubtful: int
    shown: list[OpenSeam]
    """The first of them, including hidden checks."""

    @property
    def more(self) -> int:
        """Places with higher confidence that are still worth checking."""
        return self.total - self.doubtful


@require_GET
def queue(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the page. The browser fetches the seams afterwards."""
    collection = access_collection(request.user, slug)
    addresses = {"queue": "queue-seams", "alike": "queue-alike"}
    config = desk_config(request, collection)
    config["urls"] |= {name: reverse(view, args=[slug]) for name, view in addresses.items()}
    config["urls"]["around"] = reverse("queue-around", args=[slug, 0])
    context = {
        "collection": collection,
        "config": config,
        "mode": "queue",
        "may_edit": may_change(request.user, collection),
        "may_launch": may_launch(request.user, collection),
    }
    return render(request, "desk/queue.html", context)


@require_GET
def queue_seams(request: HttpRequest, slug: str) -> JsonResponse:
    """Return {total, doubtful, seconds, version, seams, unconfirmed, sure}.

    `seconds` is how long this person takes for one seam; `unconfirmed` and `sure` count documents that are left to
    confirm, and those of them that can be confirmed in bulk.
    """
    collection = access_collection(request.user, slug)
    open_queue = waiting(collection, signed_in(request))
    groups = Group.objects.filter(collection=collection).exclude(state=Group.State.CONFIRMED)
    return JsonResponse(
        {
            "total": open_queue.total,
            "doubtful": open_queue.doubtful,
            "seconds": seconds_a_look(collection.pk, signed_in(request).pk),
            "version": collection.version,
            "seams": queue_rows(collection, open_queue.shown, request.user),
            "unconfirmed": groups.count(),
            "sure": acceptable(collection, threshold=SURE).count(),
        }
    )


@require_GET
def queue_alike(request: HttpRequest, slug: str) -> JsonResponse:
    """Return {seams, ticked}, the open seams similar to one just answered: ?left=34&verdict=different."""
    collection = access_collection(request.user, slug)
    left, verdict = whole_number(request.GET.get("left")), request.GET.get("verdict", "")
    run = desk_run(collection)
    if left is None or verdict not in Answer.Verdict.values:
        return JsonResponse({"message": _("Give the place and the answer: ?left=34&verdict=same.")}, status=400)
    looks = seams_alike(collection, run, left, verdict) if run else []
    seams = queue_rows(collection, [look.seam for look in looks], request.user)
    return JsonResponse({"seams": seams, "ticked": all(look.distance <= VERY_ALIKE for look in looks)})


def waiting(collection: Collection, person: User) -> QueueContents:
    """Return the queue of a person. Hidden checks are in places that no one can guess but that don't change."""
    run = desk_run(collection)
    if run is None:
        return QueueContents(0, 0, [])
    queued = open_seams(collection, run)
    shown = queued[:SEAMS_AT_ONCE]
    checks = draw_checks(collection, run, person, among=len(shown)) if may_edit(person, collection) else []
    for left, probability in checks:
        joined = probability < 0.5
        shown.insert(place_of(left, person, len(shown)), OpenSeam(left, probability, joined))
    probabilities = [*(seam.probability for seam in queued), *(probability for _, probability in checks)]
    return QueueContents(len(probabilities), sum(within(p, DOUBTFUL) for p in probabilities), shown)


def queue_rows(collection: Collection, seams: list[OpenSeam], person: Anyone) -> list[dict[str, Any]]:
    """Return seams as the browser needs them. Two queries, and one for each restricted page."""
    near = {position for seam in seams for position in (seam.left, seam.left + 1)}
    near_pages = Page.objects.filter(collection=collection, position__in=near)
    pages = {page.position: page for page in near_pages.select_related("group")}
    rotations = dict(near_pages.annotate(shown=ROTATION).values_list("pk", "shown"))
    rows = []
    for seam in seams:
        one, other = pages[seam.left], pages[seam.left + 1]
        rows.append(
            {
                "left": _page(one, rotations[one.pk], person),
                "right": _page(other, rotations[other.pk], person),
                "percent": percent(seam.probability),
                "joined": one.group_id == other.group_id,
                "groups": {str(group.pk): group.version for group in (one.group, other.group) if group is not None},
            }
        )
    return rows


def _page(page: Page, rotation: int, person: Anyone) -> dict[str, Any]:
    veiled = is_veiled(page, person)
    return {
        "position": page.position,
        "identifier": page.identifier,
        "group": page.group_id,
        "address": scan_address(page, "1280", veiled=veiled),
        "small": scan_address(page, "320", veiled=veiled),
        "original": scan_address(page, "original", veiled=veiled),
        "rotation": rotation,
        "width": page.width,
        "height": page.height,
        "role": page.role,
    }
