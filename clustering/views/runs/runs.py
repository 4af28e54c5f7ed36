"""Runs: compare two, and publish one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clustering.access import access_collection, access_run, may_change, may_launch, signed_in
from clustering.actions.publish import publish_run
from clustering.forms.finding import CompareForm
from clustering.journal.errors import ActError
from clustering.models import Collection, Page, Run, RunMembership
from clustering.request_values import whole_number

DESK = "desk"
STRIPS_AT_ONCE = 60
_SHOWN = ("position", "identifier", "sha256", "chosen_rotation", "restricted", "restricted_until")
"""What the page shows of a scan; what was measured on it takes more memory than all else."""


@dataclass(frozen=True, slots=True)
class Strip:
    """Pages between two places at which both sides begin a document: the smallest part to compare."""

    pages: list[tuple[Page, bool, bool]]
    """Each page, with whether a document begins there on the left and on the right."""
    differs: bool


@require_GET
def runs(request: HttpRequest, slug: str) -> HttpResponse:
    """Show all runs, and the differences between two, or between one and the desk: ?left=3&right=desk."""
    collection = access_collection(request.user, slug)
    ready = collection.runs.select_related("job", "actor").order_by("-created")
    form = CompareForm(request.GET)
    sides = form.cleaned_data if form.is_valid() else {}
    newest = [str(run.pk) for run in ready if run.state == Run.State.READY][:1]
    left = sides.get("left") or (newest[0] if newest else "")
    right = sides.get("right") or DESK
    strips = _strips(collection, left, right) if left else []
    differing = [strip for strip in strips if strip.differs]
    context = {
        "collection": collection,
        "runs": ready,
        "left": left,
        "right": right,
        "strips": differing[:STRIPS_AT_ONCE],
        "differing": len(differing),
        "alike": len(strips) - len(differing),
        "hidden": max(0, len(differing) - STRIPS_AT_ONCE),
        "mode": "runs",
        "may_edit": may_change(request.user, collection),
        "may_launch": may_launch(request.user, collection),
    }
    return render(request, "runs.html", context)


@require_POST
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish a run: only unsettled pages move, and it can be undone."""
    collection = access_collection(request.user, slug, edit=True)
    run = access_run(request.user, whole_number(request.POST.get("run")) or 0)
    if run.collection_id != collection.pk:
        messages.error(request, _("That proposal is from another collection. Choose one from this list."))
        return redirect("runs", slug=slug)
    try:
        edit = publish_run(run, actor=signed_in(request))
    except ActError as error:
        messages.error(request, error.sentence)
        return redirect("runs", slug=slug)
    messages.success(request, edit.sentence)
    return redirect("desk", slug=slug)


def _strips(collection: Collection, left: str, right: str) -> list[Strip]:
    """Return the collection, cut where both sides begin a document. Four queries."""
    first, second = _groups_of(collection, left), _groups_of(collection, right)
    strips: list[Strip] = []
    open_strip: list[tuple[Page, bool, bool]] = []
    seen: tuple[set[object], set[object]] = (set(), set())
    pages = list(Page.objects.filter(collection=collection).order_by("position").only(*_SHOWN))
    before: tuple[object, object] | None = None
    for page in pages:
        now = (first.get(page.pk), second.get(page.pk))
        begins = (before is None or now[0] != before[0], before is None or now[1] != before[1])
        fresh = now[0] not in seen[0] and now[1] not in seen[1]
        if all(begins) and fresh and open_strip:
            strips.append(_closed(open_strip))
            open_strip = []
        open_strip.append((page, *begins))
        seen[0].add(now[0])
        seen[1].add(now[1])
        before = now
    if open_strip:
        strips.append(_closed(open_strip))
    return strips


def _closed(pages: list[tuple[Page, bool, bool]]) -> Strip:
    return Strip(pages=pages, differs=any(left != right for _, left, right in pages))


def _groups_of(collection: Collection, side: str) -> dict[int, object]:
    """Return the group of each page id in a run or on the desk; an unassigned page is a group of its own."""
    if side == DESK:
        rows = list(Page.objects.filter(collection=collection).order_by().values_list("pk", "group_id"))
    else:
        members = RunMembership.objects.filter(run=whole_number(side) or 0, run__collection=collection)
        rows = [(page, index) for page, index in members.values_list("page_id", "group_index")]
    groups: dict[int, object] = defaultdict(object)
    groups.update({page: group if group is not None else ("none", page) for page, group in rows})
    return groups
