"""Uploads: their page, and the addresses to which the browser sends files piece by piece."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clustering.access import access_intake, access_upload, access_uploaded_file
from clustering.jobs import uploading
from clustering.jobs.launching import AlreadyActive
from clustering.jobs.upload_checks import Announced, UploadRefused
from clustering.jobs.upload_files import CutShort
from clustering.models import Upload, UploadedFile
from clustering.upload_config import upload_config
from clustering.written import json_of, whole_number

FILES_SHOWN = 200
MOST_MODIFIED = 2**53
"""A time in milliseconds as JavaScript can say it."""

View = Callable[..., HttpResponse]


def refusals_as_json(view: View) -> View:
    """Refusals come as {message, received} with their status, so that the browser can go on from there."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except UploadRefused as error:
            answer = JsonResponse({"message": error.sentence, "received": error.received}, status=error.status)
            if error.received is not None:
                answer["Upload-Offset"] = str(error.received)
            return answer
        except AlreadyActive as error:
            return JsonResponse({"message": str(error)}, status=409)

    return wrapped


@require_GET
@never_cache
def upload(request: HttpRequest, key: UUID) -> HttpResponse:
    """How far it is, and the way to go on; once it was handed over, its job."""
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
def upload_files(request: HttpRequest, key: UUID) -> HttpResponse:
    """Files that will come: {"files": [{name, size, modified, fingerprint, sha256}]}; each is answered in its place."""
    shown = access_upload(request.user, key)
    answers = uploading.expect_files(shown, _announced(request))
    return JsonResponse(
        {
            "files": [
                {"name": answer.name, "refused": answer.refusal}
                if answer.file is None
                else {"name": answer.name, "id": answer.file.pk, "received": answer.file.received}
                for answer in answers
            ]
        }
    )


@require_http_methods(["GET", "HEAD", "PUT", "DELETE"])
@never_cache
@refusals_as_json
def upload_file(request: HttpRequest, key: UUID, pk: int) -> HttpResponse:
    """How far one file is; by PUT a chunk of it, from the header Upload-Offset on; by DELETE it is left out."""
    file = access_uploaded_file(request.user, key, pk)
    if request.method == "DELETE":
        uploading.leave_out(file)
        return HttpResponse(status=204)
    if request.method == "PUT":
        offset = _whole_number(request.headers.get("Upload-Offset", ""), "Upload-Offset")
        size = _whole_number(request.headers.get("Content-Length", ""), "Content-Length")
        digest = request.headers.get("Content-Digest", "")
        file = uploading.receive_chunk(file, _Line(request), offset=offset, size=size, digest=digest)
    return _how_far(file)


@require_POST
@refusals_as_json
def finish(request: HttpRequest, key: UUID) -> HttpResponse:
    """Hand it to the import; the answer is the job's address. A plain form is led there."""
    actor = access_intake(request.user)
    shown = access_upload(request.user, key)
    if not _is_plain(request):
        job = uploading.finish_upload(shown, actor=actor)
        return JsonResponse({"address": reverse("job", args=[job.pk])})
    try:
        job = uploading.finish_upload(shown, actor=actor)
    except (UploadRefused, AlreadyActive) as error:
        messages.error(request, str(error))
        return redirect("upload", key=key)
    return redirect("job", pk=job.pk)


@require_POST
def abandon(request: HttpRequest, key: UUID) -> HttpResponse:
    """Remove it with all that came."""
    shown = access_upload(request.user, key)
    title = shown.collection.title
    if uploading.abandon_upload(shown):
        messages.success(
            request, _("The upload for %(title)s was cancelled, and its files were removed.") % {"title": title}
        )
        return redirect("collections")
    messages.error(request, _("The import has already started. Cancel the job instead."))
    return redirect("upload", key=key)


class _Line:
    """The request's body; a line that breaks is told from a disk that fails."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def read(self, size: int, /) -> bytes:
        try:
            return self.request.read(size)
        except UnreadablePostError as error:
            raise CutShort(str(error)) from error


def _how_far(file: UploadedFile) -> HttpResponse:
    answer = JsonResponse({"received": file.received, "size": file.size})
    answer["Upload-Offset"] = str(file.received)
    answer["Upload-Length"] = str(file.size)
    return answer


def _is_plain(request: HttpRequest) -> bool:
    return not request.headers.get("Accept", "").startswith("application/json")


def _whole_number(text: str, header: str) -> int:
    """Return the whole number. Raises UploadRefused."""
    number = whole_number(text)
    if number is None:
        raise UploadRefused(f"The header {header} must be a whole number of bytes.", status=400)
    return number


def _announced(request: HttpRequest) -> list[Announced]:
    """Return the files announced. Raises UploadRefused where the body is none."""
    wrong = UploadRefused('Send {"files": [{"name": …, "size": …}]} in UTF-8.', status=400)
    try:
        items = json_of(request)["files"]
        return [_one(item) for item in items]
    except (ValueError, KeyError, TypeError) as error:
        raise wrong from error


def _one(item: dict[str, Any]) -> Announced:
    """Return one announced file. Raises ValueError, KeyError or TypeError for what is none."""
    name, size, modified = item["name"], item["size"], item.get("modified", 0)
    fingerprint, sha256 = item.get("fingerprint", ""), item.get("sha256", "")
    texts = all(isinstance(text, str) for text in (name, fingerprint, sha256)) and len(fingerprint) <= 64
    numbers = all(isinstance(n, int) and not isinstance(n, bool) and abs(n) < MOST_MODIFIED for n in (size, modified))
    if not (texts and numbers and fingerprint.isascii() and fingerprint.isprintable()):
        raise ValueError("a file is described wrongly")
    return Announced(name, size, modified, fingerprint, sha256.lower())
