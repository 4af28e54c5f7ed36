"""Spot checks: random groups that were confirmed in bulk, one after the other."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clustering.access import access_collection, may_change, may_launch, signed_in
from clustering.actions.accept import ACCEPT
from clustering.actions.undo import undo_edit
from clustering.dashboard.bulk import escape_rate
from clustering.journal.errors import ActError, Refused
from clustering.keys import keys_as_data
from clustering.models import AuditSample, Collection, Edit, Group, Page, User
from clustering.page_config import my_keys
from clustering.quality import judge_sample
from clustering.request_values import whole_number
from clustering.selectors.places import places_of

PAGES_SHOWN = 60


@require_http_methods(["GET", "HEAD", "POST"])
def audit(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: show the group of ?sample=7, or the first unchecked one. POST: store a verdict, or undo the whole act."""
    if request.method == "POST":
        return _act(request, slug)
    collection = access_collection(request.user, slug)
    samples = list(
        AuditSample.objects.filter(collection=collection, edit__undone=False)
        .select_related("checked_by")
        .order_by("-edit__sequence", "place")
    )
    current = _current(samples, request.GET.get("sample", ""))
    acts = Edit.objects.filter(collection=collection, verb=ACCEPT, undone=False)
    context: dict[str, Any] = {
        "collection": collection,
        "samples": samples,
        "current": current,
        "number": samples.index(current) + 1 if current else 0,
        "escapes": escape_rate(collection),
        "acts": acts.select_related("actor").defer("before", "after", "groups").order_by("-sequence"),
        "me": request.user,
        "mode": "accept",
        "may_edit": may_change(request.user, collection),
        "may_launch": may_launch(request.user, collection),
    }
    context["config"] = {
        "keys": keys_as_data(my_keys(request)),
        "mayEdit": context["may_edit"],
        "help": reverse("my-keys"),
    }
    if current:
        context |= _stage(collection, current)
    return render(request, "accept/audit.html", context)


def _current(samples: list[AuditSample], asked: str) -> AuditSample | None:
    if asked:
        chosen = next((sample for sample in samples if str(sample.pk) == asked), None)
        if chosen is None:
            raise Http404(_("There is no such sample, or its batch was undone."))
        return chosen
    return next((sample for sample in samples if not sample.verdict), None)


def _stage(collection: Collection, sample: AuditSample) -> dict[str, Any]:
    """Return the confirmed pages in reading order, and the pages before and after them in scan order."""
    pages = Page.objects.filter(collection=collection).select_related("group", "reading")
    on_screen = pages.in_bulk(sample.pages[:PAGES_SHOWN])
    shown = [on_screen[pk] for pk in sample.pages[:PAGES_SHOWN] if pk in on_screen]
    positions = sorted(pages.filter(pk__in=sample.pages).values_list("position", flat=True))
    standing = list(Page.objects.filter(group=sample.group).order_by("group_order").values_list("pk", flat=True))
    group = Group.objects.filter(pk=sample.group, collection=collection).first()
    return {
        "pages": shown,
        "hidden": len(sample.pages) - len(shown),
        "before": pages.filter(position__lt=positions[0]).order_by("-position").first() if positions else None,
        "after": pages.filter(position__gt=positions[-1]).order_by("position").first() if positions else None,
        "group": group,
        "places": places_of(collection, [group] if group else []),
        "has_changed": standing != sample.pages,
    }


def _act(request: HttpRequest, slug: str) -> HttpResponse:
    collection = access_collection(request.user, slug, edit=True)
    try:
        if collection.closed is not None:
            raise Refused(
                _("“%(collection)s” is closed. Reopen it before you change anything.") % {"collection": collection}
            )
        if request.POST.get("undo"):
            return _take_back(request, collection, signed_in(request))
        return _judge(request, collection, signed_in(request))
    except ActError as error:
        messages.error(request, error.sentence)
    return redirect("audit", slug=slug)


def _judge(request: HttpRequest, collection: Collection, actor: User) -> HttpResponse:
    samples = AuditSample.objects.filter(collection=collection).select_related("edit")
    sample = samples.filter(pk=whole_number(request.POST.get("sample")) or 0).first()
    if sample is None:
        raise Refused(_("That sample is not from this collection. Continue with the one shown here."))
    verdict = request.POST.get("verdict", "")
    judge_sample(sample, verdict=verdict, actor=actor)
    if verdict == AuditSample.Verdict.RIGHT:
        return redirect("audit", slug=collection.slug)
    page = Page.objects.filter(pk__in=sample.pages).order_by("position").first()
    anchor = f"#page/{page.identifier}" if page else ""
    messages.info(request, _("Correct this document here. Continue the spot check from “Confirm in bulk”."))
    return redirect(f"{collection.get_absolute_url()}{anchor}")


def _take_back(request: HttpRequest, collection: Collection, actor: User) -> HttpResponse:
    acts = Edit.objects.filter(collection=collection, verb=ACCEPT)
    edit = acts.filter(pk=whole_number(request.POST["undo"]) or 0).first()
    if edit is None:
        raise Refused(_("That change is not from this collection. Reload the page."))
    messages.success(request, undo_edit(collection, actor=actor, edit=edit).sentence)
    return redirect("accept", slug=collection.slug)
