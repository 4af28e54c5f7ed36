"""The page of an upload, and finishing or abandoning it. For its files, see `tus`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from clustering.access import access_intake, access_upload
from clustering.jobs import uploading
from clustering.jobs.launching import AlreadyActive
from clustering.jobs.upload_checks import UploadRefused
from clustering.models import Upload
from clustering.views.intake.tus import refusals_as_json
from clustering.views.intake.upload_config import upload_config
from clustering.wording import translated

FILES_SHOWN = 200


@require_GET
@never_cache
def upload(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show its progress and how to resume it; once its import has started, redirect to the job."""
    shown = access_upload(request.user, key)
    if shown.state != Upload.State.RECEIVING and shown.job is not None:
        return redirect("job", pk=shown.job.pk)
    counted: Any = Upload.objects.with_progress().get(pk=shown.pk)
    files = shown.files.order_by((F("received") - F("size")).asc(), "pk")
    context = {
        "upload": shown,
        "collection": shown.collection,
        "counted": counted,
        "files": files[:FILES_SHOWN],
        "is_whole": counted.file_count > 0 and counted.complete_count == counted.file_count,
        "config": upload_config(shown),
        "mode": "intake",
    }
    return render(request, "intake/upload.html", context)


@require_POST
@refusals_as_json
def finish(request: HttpRequest, key: UUID) -> HttpResponse:
    """Start the import and return the job's address; redirect a plain form there."""
    actor = access_intake(request.user)
    shown = access_upload(request.user, key)
    if not _is_plain(request):
        job = uploading.finish_upload(shown, actor=actor)
        return JsonResponse({"address": reverse("job", args=[job.pk])})
    try:
        job = uploading.finish_upload(shown, actor=actor)
    except (UploadRefused, AlreadyActive) as error:
        messages.error(request, translated(error))
        return redirect("upload", key=key)
    return redirect("job", pk=job.pk)


@require_POST
def abandon(request: HttpRequest, key: UUID) -> HttpResponse:
    """Remove an upload with all its files."""
    shown = access_upload(request.user, key)
    title = shown.collection.title
    if uploading.abandon_upload(shown):
        messages.success(
            request, _("The upload for %(title)s was canceled, and its files were removed.") % {"title": title}
        )
        return redirect("collections")
    messages.error(request, _("The import has already started. Cancel the job instead."))
    return redirect("upload", key=key)


def _is_plain(request: HttpRequest) -> bool:
    return not request.headers.get("Accept", "").startswith("application/json")
