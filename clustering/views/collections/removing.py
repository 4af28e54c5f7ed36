"""Archive and delete collections, after a page that says what that means; list and restore deleted ones."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clustering import removing
from clustering.access import access_collection, access_staff, signed_in
from clustering.journal.errors import Refused
from clustering.models import Collection, Job
from clustering.request_values import whole_number
from clustering.teamwork.presence import be_here


@require_http_methods(["GET", "HEAD", "POST"])
def archive(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: ask. POST: act=archive or act=unarchive."""
    collection = access_collection(request.user, slug, launch=True)
    do = {"archive": removing.archive, "unarchive": removing.unarchive}.get(request.POST.get("act", ""))
    if do is None:
        return render(request, "archive.html", _context(request, collection))
    try:
        do(collection, actor=signed_in(request))
    except Refused as error:
        messages.error(request, error.sentence)
    else:
        message = _("“%(title)s” is archived.") if collection.archived else _("“%(title)s” is in the list again.")
        messages.success(request, message % {"title": collection})
    return redirect("collections")


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: ask. POST with act=delete: hide it from everyone; staff can restore it for a while. For staff."""
    actor = access_staff(request.user)
    collection = access_collection(actor, slug)
    if request.POST.get("act") != "delete":
        return render(request, "delete.html", _context(request, collection))
    try:
        removing.delete(collection, actor=actor)
    except Refused as error:
        messages.error(request, error.sentence)
        return redirect("delete-collection", slug=slug)
    messages.success(request, _("“%(title)s” is deleted. You can restore it here.") % {"title": collection})
    return redirect("deleted-collections")


@require_http_methods(["GET", "HEAD", "POST"])
def deleted(request: HttpRequest) -> HttpResponse:
    """List deleted collections and how long they can be restored. POST: restore=7."""
    actor = access_staff(request.user)
    gone = Collection.objects.filter(deleted__isnull=False)
    if request.method == "POST":
        collection = gone.filter(pk=whole_number(request.POST.get("restore")) or 0).first()
        if collection is None:
            raise Http404(_("This collection is not deleted, or it was removed for good."))
        try:
            removing.undelete(collection, actor=actor)
            messages.success(request, _("“%(title)s” is restored.") % {"title": collection})
        except Refused as error:
            messages.info(request, error.sentence)
        return redirect(collection)
    rows = [
        (one, one.deleted + timedelta(days=settings.TRASH_DAYS)) for one in gone.order_by("-deleted") if one.deleted
    ]
    context = {"rows": rows, "days": settings.TRASH_DAYS, "mode": "collections", "may_launch": True}
    return render(request, "staff/deleted.html", context)


def _context(request: HttpRequest, collection: Collection) -> dict[str, object]:
    return {
        "collection": collection,
        "pages": collection.pages.count(),
        "documents": collection.groups.count(),
        "others": be_here(collection, signed_in(request), None),
        "jobs": Job.objects.active().filter(collection=collection),
        "days": settings.TRASH_DAYS,
        "until": timezone.now() + timedelta(days=settings.TRASH_DAYS),
        "mode": "settings",
        "may_launch": True,
    }
