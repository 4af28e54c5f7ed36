"""Restricted pages with a log of looks, showing one, and pages with likely personal data."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clustering.access import access_collection, access_page, may_launch, open_findings, signed_in
from clustering.actions import ActError, Scope, restrict_pages
from clustering.actions.base import MOST
from clustering.jobs import personal
from clustering.models import Collection, PersonalFinding, RestrictedLook
from clustering.request_values import whole_number, whole_numbers
from clustering.restricted_looks import SHOWN_MINUTES, look_at
from clustering.selectors.likely_personal import likely_personal, places_of
from clustering.views.paging import paged

PAGES_SHOWN = 100
LOOKS_SHOWN = 200
DISMISSED_SHOWN = 30
SECONDS = 1.5
"""Time for searching texts that weren't searched yet; the sweep does the rest."""
KINDS = {
    "social security": _lazy("Social security number"),
    "card": _lazy("Card number"),
    "bank account": _lazy("Bank account"),
    "e-mail": _lazy("Email address"),
    "phone": _lazy("Phone number"),
    "date of birth": _lazy("Date of birth"),
    "medical": _lazy("Medical word"),
}
"""Labels for the kinds of `engine.personal`."""


@require_GET
def restricted(request: HttpRequest, slug: str) -> HttpResponse:
    """List restricted pages to people who edit, and to people who manage also who looked at them, newest first."""
    collection = access_collection(request.user, slug, edit=True)
    manages = may_launch(request.user, collection)
    looks = RestrictedLook.objects.filter(page__collection=collection).select_related("page")
    context = {
        "collection": collection,
        "shown": paged(request.GET, collection.pages.restricted().in_scan_order(), PAGES_SHOWN),
        "looks": looks[:LOOKS_SHOWN] if manages else [],
        "minutes": SHOWN_MINUTES,
        "open_findings": open_findings(collection).count(),
        "mode": "stream",
        "may_launch": manages,
    }
    return render(request, "restricted.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def likely(request: HttpRequest, slug: str) -> HttpResponse:
    """List unrestricted pages with likely personal data (?from=120), and the findings dismissed last.

    POST: restrict the ticked pages, `dismiss` a finding, or `take_back` a dismissal.
    """
    collection = access_collection(request.user, slug, edit=True)
    first = whole_number(request.GET.get("from")) or 1
    if request.method == "POST":
        if "dismiss" in request.POST:
            _dismiss(request, collection, request.POST["dismiss"])
        elif "take_back" in request.POST:
            _take_back(request, collection, whole_number(request.POST["take_back"]) or 0)
        else:
            _restrict_ticked(request, collection)
        return redirect(request.get_full_path())
    unsearched = personal.search_left(collection, seconds=SECONDS)
    pages, further = likely_personal(collection, first=min(first, MOST))
    dismissed = PersonalFinding.objects.dismissed().filter(page__collection=collection).select_related("page")
    context = {
        "collection": collection,
        "found": [(one.page, [(KINDS[finding.finding.kind], finding) for finding in one.places]) for one in pages],
        "dismissed": [(KINDS[finding.finding.kind], finding) for finding in places_of(dismissed[:DISMISSED_SHOWN])],
        "unsearched": unsearched,
        "first": first,
        "further": further,
        "closed": collection.closed is not None,
        "mode": "stream",
        "may_launch": may_launch(request.user, collection),
    }
    return render(request, "likely_personal.html", context)


def _dismiss(request: HttpRequest, collection: Collection, sent: str) -> None:
    """Store that this person dismissed a finding."""
    pk = min(whole_number(sent) or 0, MOST)
    finding = open_findings(collection).filter(pk=pk).select_related("page").first()
    if finding is None:
        messages.error(request, _("The text of this page has changed. Look again."))
        return
    finding.dismissed, finding.person = timezone.now(), signed_in(request)
    finding.username = finding.person.get_username()
    finding.save(update_fields=["dismissed", "person", "username"])
    messages.success(
        request, _("Dismissed on page %(position)s. It is now listed below.") % {"position": finding.page.position}
    )


def _take_back(request: HttpRequest, collection: Collection, pk: int) -> None:
    finding = PersonalFinding.objects.filter(page__collection=collection, pk=min(pk, MOST))
    if finding.update(dismissed=None, person=None, username=""):
        messages.success(request, _("The line is listed again."))


def _restrict_ticked(request: HttpRequest, collection: Collection) -> None:
    ticked = [page for page in whole_numbers(request.POST.getlist("pages")) if 0 < page <= MOST]
    try:
        pages = Scope(collection, signed_in(request)).pages(ticked)
        edit = restrict_pages(pages, (_("Personal data"), None), actor=signed_in(request))
    except ActError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, edit.sentence)


@require_POST
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a restricted page to a person who may edit, log it, and redirect to the page."""
    page = access_page(request.user, pk)
    if not page.is_restricted:
        raise Http404(_("This page is not restricted. Reload the page."))
    look_at(page, signed_in(request))
    return redirect("page", pk=page.pk)
