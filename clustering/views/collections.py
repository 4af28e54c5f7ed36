"""The list of collections, with how far each is."""

from __future__ import annotations

from django.db.models import Prefetch, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clustering.access import access_collections, may_edit, may_launch
from clustering.models import Job, Upload


def collections(request: HttpRequest) -> HttpResponse:
    """All collections this person may see."""
    active = Prefetch("jobs", queryset=Job.objects.active(), to_attr="active_jobs")
    coming = Prefetch("uploads", queryset=Upload.objects.on_the_way(), to_attr="open_uploads")
    listed = access_collections(request.user).with_progress().prefetch_related(active, coming)
    sums = listed.aggregate(total=Sum("page_count"), confirmed=Sum("confirmed_page_count"))
    context = {
        "collections": listed,
        "total_pages": sums["total"] or 0,
        "confirmed_pages": sums["confirmed"] or 0,
        "may_edit": may_edit(request.user),
        "may_launch": may_launch(request.user),
    }
    return render(request, "collections.html", context)
