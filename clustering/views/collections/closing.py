"""Close and reopen a collection, after a page that says what that means."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from clustering.access import access_collection, may_launch, signed_in
from clustering.actions.close import close_collection, reopen_collection
from clustering.journal.errors import ActError
from clustering.models import Group, Job
from clustering.teamwork.presence import be_here


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: ask, and say what it means. POST: close the collection (act=close) or reopen it (act=reopen).

    Everyone who may edit the collection may do both.
    """
    collection = access_collection(request.user, slug, edit=True)
    do = {"close": close_collection, "reopen": reopen_collection}.get(request.POST.get("act", ""))
    if do is not None:
        try:
            messages.success(request, do(collection, actor=signed_in(request)).sentence)
        except ActError as error:
            messages.error(request, error.sentence)
        return redirect("history", slug=slug)
    groups = Group.objects.filter(collection=collection)
    context = {
        "collection": collection,
        "documents": groups.count(),
        "unconfirmed": groups.exclude(state=Group.State.CONFIRMED).count(),
        "others": be_here(collection, signed_in(request), None),
        "jobs": Job.objects.active().filter(collection=collection),
        "mode": "history",
        "may_edit": True,
        "may_launch": may_launch(request.user, collection),
    }
    return render(request, "close.html", context)
