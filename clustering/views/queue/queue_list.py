"""The queue as a page without JavaScript: seams with checkboxes and two buttons."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clustering.access import access_collection, may_change, may_launch, signed_in
from clustering.actions import answer_seams
from clustering.journal.errors import ActError, Refused
from clustering.models import Answer, Collection, Page, User
from clustering.quality import kindly, record_check
from clustering.redecode.live import desk_run
from clustering.request_values import versions_of, whole_number, whole_numbers
from clustering.selectors.similar_seams import VERY_ALIKE, seams_alike
from clustering.views.queue.queue import queue_rows, waiting

SHOWN = 12


@require_http_methods(["GET", "HEAD", "POST"])
def queue_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the first seams of the queue, or those similar to one just answered (?like=34&verdict=same)."""
    collection = access_collection(request.user, slug, edit=request.method == "POST")
    if request.method == "POST":
        on = _answer(request, collection, signed_in(request))
        if on:
            return redirect(on)
    like, verdict = whole_number(request.GET.get("like")), request.GET.get("verdict", "")
    run = desk_run(collection)
    queue = waiting(collection, signed_in(request))
    seams, ticked = queue.shown[:SHOWN], False
    if like is not None and verdict in Answer.Verdict.values and run is not None:
        looks = seams_alike(collection, run, like, verdict)
        seams, ticked = [look.seam for look in looks], all(look.distance <= VERY_ALIKE for look in looks)
    context = {
        "collection": collection,
        "seams": queue_rows(collection, seams, request.user),
        "found": queue,
        "like": like if verdict in Answer.Verdict.values else None,
        "ticked": {seam.left for seam in seams} if ticked else set(whole_numbers(request.POST.getlist("lefts"))),
        "mode": "queue",
        "may_edit": may_change(request.user, collection),
        "may_launch": may_launch(request.user, collection),
    }
    return render(request, "queue_list.html", context, status=422 if request.method == "POST" else 200)


def _answer(request: HttpRequest, collection: Collection, actor: User) -> str:
    """Give the ticked seams the same answer, and return the address to continue at; "" if it was refused.

    That is a list of similar seams, if there are any.
    """
    back = reverse("queue-list", args=[collection.slug])
    verdict = request.POST.get("verdict", "")
    wanted = whole_numbers(request.POST.getlist("lefts"))
    versions = versions_of(request.POST.getlist("version"))
    try:
        lefts = list(Page.objects.filter(collection=collection, position__in=wanted).select_related("group"))
        real = [page for page in lefts if not _checked(request, collection, page, verdict, actor, versions)]
        if not lefts:
            raise Refused(_("Select one or more places first, then choose an answer."))
        if not real:
            return back
        seen = _named(collection, real, versions)
        edit = answer_seams(real, verdict=verdict, actor=actor, versions=seen)
    except ActError as error:
        messages.error(request, error.sentence)
        return ""
    messages.success(request, edit.sentence)
    run = desk_run(collection)
    changed_groups = any("group" in entry for entry in edit.after)
    if len(real) == 1 and changed_groups and run and seams_alike(collection, run, real[0].position, verdict):
        return f"{back}?like={real[0].position}&verdict={verdict}"
    return back


def _checked(
    request: HttpRequest, collection: Collection, page: Page, verdict: str, actor: User, versions: dict[int, int]
) -> bool:
    """Store the answer if the seam is a hidden check, with a message if it differs, and return whether it is one."""
    if not collection.read_settings().check_share:
        return False
    check = record_check(page, verdict=verdict, actor=actor, versions=versions)
    if check is not None and kindly(check):
        messages.info(request, kindly(check))
    return check is not None


def _named(collection: Collection, lefts: list[Page], versions: dict[int, int]) -> dict[int, int]:
    """Return the versions of the groups at these seams, as the page showed them."""
    near = {position for page in lefts for position in (page.position, page.position + 1)}
    groups = Page.objects.filter(collection=collection, position__in=near, group__isnull=False)
    return {pk: versions.get(pk, 0) for pk in groups.values_list("group_id", flat=True) if pk is not None}
