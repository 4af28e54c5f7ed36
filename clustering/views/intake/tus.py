"""Receive the files of an upload by tus 1.0 (https://tus.io): core, creation, termination, and checksum."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clustering.access import access_upload, access_uploaded_file
from clustering.jobs import uploading
from clustering.jobs.launching import AlreadyActive
from clustering.jobs.upload_checks import Announced, Checksum, UploadRefused
from clustering.jobs.upload_files import CutShort
from clustering.models import UploadedFile
from clustering.request_values import whole_number
from clustering.sentences import listed
from clustering.wording import say, translated

VERSION = "1.0.0"
CHUNK_TYPE = "application/offset+octet-stream"
ALGORITHMS = ("sha1", "sha256")
MOST_NUMBER = 2**53
"""JavaScript's integers are below this."""

View = Callable[..., HttpResponse]


def refusals_as_json(view: View) -> View:
    """Return refusals as {message} with their status and the offset of the file."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except UploadRefused as error:
            response = JsonResponse({"message": translated(error)}, status=error.status)
            if error.received is not None:
                response["Upload-Offset"] = str(error.received)
            if error.file is not None:
                response["Location"] = _address(error.file)
            return response
        except AlreadyActive as error:
            return JsonResponse({"message": translated(error)}, status=409)

    return wrapped


def _speaks_tus(view: View) -> View:
    """Respond to OPTIONS with the supported features, and refuse other versions."""
    inner = refusals_as_json(view)

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            response = HttpResponse(status=204)
            response["Tus-Extension"] = "creation,termination,checksum"
            response["Tus-Checksum-Algorithm"] = ",".join(ALGORITHMS)
            response["Tus-Max-Size"] = str(settings.MAX_UPLOAD_BYTES)
        elif request.headers.get("Tus-Resumable") != VERSION:
            response = JsonResponse(
                {"message": translated(say("Send the header Tus-Resumable: %(version)s.", version=VERSION))}, status=412
            )
        else:
            response = inner(request, *args, **kwargs)
        response["Tus-Version"] = response["Tus-Resumable"] = VERSION
        return response

    return wrapped


@require_http_methods(["OPTIONS", "POST"])
@never_cache
@_speaks_tus
def upload_files(request: HttpRequest, key: UUID) -> HttpResponse:
    """Begin a file, or find one that was received in part; its address is in Location.

    Upload-Received-Checksum lets the sender compare what is here with its file, before it sends the rest.
    """
    shown = access_upload(request.user, key)
    known = _metadata(request.headers.get("Upload-Metadata", ""))
    size = _length(request, "Upload-Length")
    if size > settings.MAX_UPLOAD_BYTES:
        later, status = (0, 0), 413
    else:
        later, status = (_number_in(known, "files"), _number_in(known, "bytes")), 422
    announced = _announced(known, size)
    (expected,) = uploading.expect_files(shown, [announced], later=later)
    file = expected.file
    if file is None or expected.refusal:
        raise UploadRefused(expected.refusal, status=status, file=None if file is None or file.is_whole else file)
    created = HttpResponse(status=201)
    created["Location"] = _address(file)
    created["Upload-Offset"] = str(file.received)
    if checksum := uploading.received_checksum(file, announced):
        created["Upload-Received-Checksum"] = f"crc32 {checksum}"
    return created


def _address(file: UploadedFile) -> str:
    return reverse("upload-file", args=[file.upload.key, file.pk])


@require_http_methods(["OPTIONS", "HEAD", "PATCH", "DELETE"])
@never_cache
@_speaks_tus
def upload_file(request: HttpRequest, key: UUID, pk: int) -> HttpResponse:
    """HEAD: return a file's offset. PATCH: receive the bytes that follow. DELETE: leave the file out."""
    file = access_uploaded_file(request.user, key, pk)
    if request.method == "DELETE":
        uploading.leave_out(file)
        return HttpResponse(status=204)
    if request.method == "PATCH":
        return _patched(request, file)
    response = HttpResponse()
    response["Upload-Offset"] = str(file.received)
    response["Upload-Length"] = str(file.size)
    response["Upload-Metadata"] = _as_metadata(file)
    return response


def _patched(request: HttpRequest, file: UploadedFile) -> HttpResponse:
    if request.content_type != CHUNK_TYPE:
        raise UploadRefused(say("Send the bytes as %(type)s.", type=CHUNK_TYPE), status=415)
    offset, size = _length(request, "Upload-Offset"), _length(request, "Content-Length")
    checksum = _checksum(request.headers.get("Upload-Checksum"))
    file = uploading.receive_chunk(file, _RequestBody(request), offset=offset, size=size, checksum=checksum)
    response = HttpResponse(status=204)
    response["Upload-Offset"] = str(file.received)
    return response


class _RequestBody:
    """The body of a request. Raises CutShort for a lost connection, to tell it from a failing disk."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def read(self, size: int, /) -> bytes:
        try:
            return self.request.read(size)
        except UnreadablePostError as error:
            raise CutShort(str(error)) from error


def _length(request: HttpRequest, header: str) -> int:
    """Return the whole number in a header. Raises UploadRefused."""
    number = whole_number(request.headers.get(header, ""))
    if number is None or number >= MOST_NUMBER:
        raise UploadRefused(say("The header %(header)s must be a whole number of bytes.", header=header), status=400)
    return number


def _metadata(header: str) -> dict[str, str]:
    """Return the names and values in Upload-Metadata. Raises UploadRefused."""
    known = {}
    try:
        for pair in filter(None, (part.strip() for part in header.split(","))):
            name, _, value = pair.partition(" ")
            known[name] = base64.b64decode(value.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise UploadRefused(
            say("The header Upload-Metadata must be pairs of a name and a value in Base64 of UTF-8."), status=400
        ) from error
    return known


def _announced(known: dict[str, str], size: int) -> Announced:
    """Return the announced file. Raises UploadRefused."""
    fingerprint = known.get("fingerprint", "")
    if len(fingerprint) > 64 or not (fingerprint.isascii() and fingerprint.isprintable()):
        raise UploadRefused(say("The fingerprint in Upload-Metadata has at most 64 ASCII characters."), status=400)
    if "filename" not in known:
        raise UploadRefused(say("Upload-Metadata must have a filename."), status=400)
    modified = _number_in(known, "modified")
    return Announced(known["filename"], size, modified, fingerprint, known.get("sha256", "").lower())


def _number_in(known: dict[str, str], name: str) -> int:
    """Return the whole number under a name in Upload-Metadata, or 0. Raises UploadRefused."""
    text = known.get(name, "0")
    is_negative = name == "modified" and text.startswith("-")  # before 1970
    number = whole_number(text[1:] if is_negative else text)
    if number is None or number >= MOST_NUMBER:
        raise UploadRefused(say("In Upload-Metadata, %(name)s must be a whole number.", name=name), status=400)
    return -number if is_negative else number


def _as_metadata(file: UploadedFile) -> str:
    metadata = {"filename": file.name, "modified": str(file.modified), "fingerprint": file.fingerprint}
    metadata["sha256"] = file.sha256
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in metadata.items() if value)


def _checksum(header: str | None) -> Checksum | None:
    """Return the checksum in Upload-Checksum. Raises UploadRefused."""
    if header is None:
        return None
    algorithm, _, value = header.partition(" ")
    try:
        digest = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UploadRefused(say("The header Upload-Checksum must end with Base64."), status=400) from error
    if algorithm not in ALGORITHMS:
        raise UploadRefused(say("Upload-Checksum knows %(names)s only.", names=listed(list(ALGORITHMS))), status=400)
    return Checksum(algorithm, digest)
