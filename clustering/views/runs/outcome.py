"""The pages behind a number in the outcome of processing."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clustering.access import access_collection, may_launch
from clustering.dashboard.outcome import pages_behind
from clustering.engine.language_names import language_name
from clustering.engine.languages import known
from clustering.views.paging import paged

PAGES_SHOWN = 120


@require_GET
def pages_with(request: HttpRequest, slug: str, which: str) -> HttpResponse:
    """Show the blank pages, those that could not be read, or those in one language."""
    collection = access_collection(request.user, slug)
    titles = {"blank": _("Blank pages"), "unread": _("Pages that could not be read")}
    if which not in titles and known(which) is None:
        raise Http404(_("There is no list of pages called “%(name)s”.") % {"name": which})
    spoken = language_name(which, locale=get_language() or "en")
    pages = pages_behind(collection, which).select_related("reading", "group")
    context = {
        "collection": collection,
        "which": which,
        "title": titles.get(which) or _("Pages in %(language)s") % {"language": spoken},
        "shown": paged(request.GET, pages, PAGES_SHOWN),
        "mode": "stream",
        "may_launch": may_launch(request.user, collection),
    }
    return render(request, "found.html", context)
