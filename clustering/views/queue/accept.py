"""Confirm in bulk: a preview for a threshold, and the act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clustering.access import access_collection, may_change, may_launch, signed_in
from clustering.actions.accept import LOWEST, BulkConsent, accept_many, acceptable, percent, sample_size
from clustering.dashboard.bars import Drawing, draw_bars
from clustering.dashboard.bulk import Outlook, escape_rate, judged_groups, outlooks, waiting
from clustering.engine import assurance
from clustering.engine.records import STRANGE
from clustering.journal.errors import ActError, Refused, StaleVersion
from clustering.models import Collection, Group, Page
from clustering.redecode.live import desk_run
from clustering.request_values import act_id, whole_number
from clustering.selectors.places import places_of

DEFAULT = 0.99
PREVIEWED = 12
PAGES_PREVIEWED = 5
FIRST_PAGES = 20
"""Pages that the warning about an unusual collection asks people to check."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A group that would be confirmed, with its first pages."""

    group: Group
    pages: list[Page]

    @property
    def more(self) -> int:
        """Pages that are not shown."""
        return self.group.page_count - len(self.pages)


@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, slug: str) -> HttpResponse:
    """GET ?at=99: show the preview. POST: confirm; 409 with new counts if the collection has changed."""
    if request.method == "POST":
        return _accept(request, slug)
    collection = access_collection(request.user, slug)
    threshold, problem = _threshold(request.GET.get("at", ""))
    if problem:
        messages.error(request, problem)
    return _page(request, collection, threshold, written=request.GET.get("at", "") if problem else "")


def _accept(request: HttpRequest, slug: str) -> HttpResponse:
    collection = access_collection(request.user, slug, edit=True)
    threshold, problem = _threshold(request.POST.get("at", ""))
    try:
        if problem:
            raise Refused(problem)
        groups, version = (whole_number(request.POST.get(name, "")) for name in ("groups", "version"))
        sample = request.POST.get("sample", "").strip()
        if sample and whole_number(sample) is None:
            raise Refused(_("Enter the sample size as a whole number."))
        if groups is None or version is None:
            raise Refused(_("The number of documents is missing. Check the counts and confirm again."))
        edit = accept_many(
            collection,
            BulkConsent(threshold, groups, version),
            actor=signed_in(request),
            act_id=act_id(request.POST.get("act_id", "")),
            sample=whole_number(sample),
        )
    except ActError as error:
        messages.error(request, error.sentence)
        collection.refresh_from_db()
        status = 409 if isinstance(error, StaleVersion) else 422
        return _page(
            request, collection, threshold, written=request.POST.get("at", "") if problem else "", status=status
        )
    messages.success(request, _("%(sentence)s Now check a random sample of them.") % {"sentence": edit.sentence})
    return redirect("audit", slug=slug)


def _page(
    request: HttpRequest, collection: Collection, threshold: float, *, written: str = "", status: int = 200
) -> HttpResponse:
    """Show what a threshold would confirm. Refused values stay in the fields as they were `written`."""
    queue, judged = waiting(collection), judged_groups(collection)
    rows = outlooks(queue, judged, threshold)
    chosen = next(row for row in rows if row.threshold == threshold)
    previews = _previews(collection, chosen)
    context: dict[str, Any] = {
        "collection": collection,
        "threshold": threshold,
        "at": number_format(percent(threshold).removesuffix("%")),
        "chosen": chosen,
        "strange": _strange(collection),
        "rows": rows,
        "waiting": queue,
        "judged": judged,
        "guaranteed": assurance.guaranteed_threshold(judged, precision=threshold),
        "drawing": _drawing([confidence for confidence, _ in queue.groups], threshold),
        "previews": previews,
        "places": places_of(collection, [preview.group for preview in previews]),
        "sample": request.POST.get("sample") or (str(sample_size(chosen.groups)) if chosen.groups else "0"),
        "written": written,
        "escapes": escape_rate(collection),
        "act_id": uuid4(),
        "mode": "accept",
        "may_edit": may_change(request.user, collection),
        "may_launch": may_launch(request.user, collection),
    }
    return render(request, "accept/accept.html", context, status=status)


def _strange(collection: Collection) -> str:
    """Return the warning that the model never learned from such a collection, until some pages are confirmed."""
    run = desk_run(collection)
    settled = collection.pages.filter(group__state=Group.State.CONFIRMED)[:FIRST_PAGES].count()
    return STRANGE if run and STRANGE in run.warnings and settled < FIRST_PAGES else ""


def _drawing(confidences: list[float], threshold: float) -> Drawing | None:
    return draw_bars(assurance.histogram(confidences, threshold)) if confidences else None


def _previews(collection: Collection, chosen: Outlook) -> list[Preview]:
    """Return the groups with the lowest confidence that would be confirmed, with first pages. Two queries."""
    groups = list(
        acceptable(collection, threshold=chosen.threshold).order_by("confidence", "first_position")[:PREVIEWED]
    )
    pages: dict[int | None, list[Page]] = {}
    for page in Page.objects.filter(group__in=groups, group_order__lte=PAGES_PREVIEWED).order_by("group_order"):
        pages.setdefault(page.group_id, []).append(page)
    return [Preview(group, pages.get(group.pk, [])) for group in groups]


def _threshold(written: str) -> tuple[float, str]:
    """Return the share for a percentage that a person typed, and what is wrong with it."""
    text = written.strip().removesuffix("%").strip().replace(",", ".")
    if not text:
        return DEFAULT, ""
    try:
        share = round(float(text) / 100, 6) if len(text) < 12 else -1.0
    except ValueError:
        share = -1.0
    if LOWEST <= share <= 1:
        return share, ""
    return DEFAULT, _("Enter a threshold between 50 and 100 percent, such as 99 or 99.5.")
