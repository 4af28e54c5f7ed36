"""Restricted pages: the list of them with who looked, and asking to see one."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clustering.access import access_collection, access_page, may_launch
from clustering.looking import SHOWN_MINUTES, look_at
from clustering.models import RestrictedLook, User

PAGES_SHOWN = 100
LOOKS_SHOWN = 200


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


@require_POST
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a restricted page to whoever asks and may edit; kept in the log. Leads to the page."""
    page = access_page(request.user, pk)
    if not page.is_restricted:
        raise Http404(_("This page is not restricted. Reload the page."))
    assert isinstance(request.user, User)  # access_page let this person in
    look_at(page, request.user)
    return redirect("page", pk=page.pk)
