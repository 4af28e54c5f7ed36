"""Restricted pages: the list of them with who looked, asking to see one, and pages that may have to be restricted."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clustering.access import access_collection, access_page, may_launch
from clustering.actions import ActError, Scope, restrict_pages
from clustering.actions.base import MOST
from clustering.looking import SHOWN_MINUTES, look_at
from clustering.models import Collection, RestrictedLook, User
from clustering.selectors.likely_personal import likely_personal
from clustering.written import whole_number, whole_numbers

PAGES_SHOWN = 100
LOOKS_SHOWN = 200
KINDS = {
    "social security": _lazy("Social security number"),
    "card": _lazy("Card number"),
    "bank account": _lazy("Bank account"),
    "e-mail": _lazy("Email address"),
    "phone": _lazy("Phone number"),
    "date of birth": _lazy("Date of birth"),
    "medical": _lazy("Medical word"),
}
"""What `engine.personal` looks for, in words."""


@require_GET
def restricted(request: HttpRequest, slug: str) -> HttpResponse:
    """List the restricted pages to those who edit; to those who manage also who looked at one, newest first."""
    collection = access_collection(request.user, slug, edit=True)
    manages = may_launch(request.user, collection)
    looks = RestrictedLook.objects.filter(page__collection=collection).select_related("page")
    context = {
        "collection": collection,
        "shown": Paginator(collection.pages.restricted().in_scan_order(), PAGES_SHOWN).get_page(
            request.GET.get("page")
        ),
        "looks": looks[:LOOKS_SHOWN] if manages else [],
        "minutes": SHOWN_MINUTES,
        "mode": "stream",
        "may_launch": manages,
    }
    return render(request, "restricted.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def likely(request: HttpRequest, slug: str) -> HttpResponse:
    """List open pages that may hold personal data: ?from=120. POST: restrict those that a person ticked."""
    collection = access_collection(request.user, slug, edit=True)
    first = whole_number(request.GET.get("from")) or 1
    if request.method == "POST":
        _restrict_ticked(request, collection)
        return redirect(request.get_full_path())
    found, further = likely_personal(collection, first=min(first, MOST))
    context = {
        "collection": collection,
        "found": [(one.page, [(KINDS[place.kind], place) for place in one.places]) for one in found],
        "first": first,
        "further": further,
        "closed": collection.closed is not None,
        "mode": "stream",
        "may_launch": may_launch(request.user, collection),
    }
    return render(request, "likely_personal.html", context)


def _restrict_ticked(request: HttpRequest, collection: Collection) -> None:
    assert isinstance(request.user, User)  # access_collection let this person in
    ticked = [page for page in whole_numbers(request.POST.getlist("pages")) if 0 < page <= MOST]
    try:
        pages = Scope(collection, request.user).pages(ticked)
        edit = restrict_pages(pages, (_("Personal data"), None), actor=request.user)
    except ActError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, edit.sentence)


@require_POST
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a restricted page to whoever asks and may edit; kept in the log. Leads to the page."""
    page = access_page(request.user, pk)
    if not page.is_restricted:
        raise Http404(_("This page is not restricted. Reload the page."))
    assert isinstance(request.user, User)  # access_page let this person in
    look_at(page, request.user)
    return redirect("page", pk=page.pk)
