"""Files of an upload come in by tus 1.0 (https://tus.io): the core, creation, termination, and checksum."""

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
"""What JavaScript can say as a whole number."""

View = Callable[..., HttpResponse]


def refusals_as_json(view: View) -> View:
    """Refusals come as {message} with their status, and say how far the file is."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except UploadRefused as error:
            answer = JsonResponse({"message": translated(error)}, status=error.status)
            if error.received is not None:
                answer["Upload-Offset"] = str(error.received)
            return answer
        except AlreadyActive as error:
            return JsonResponse({"message": translated(error)}, status=409)

    return wrapped


def _speaks_tus(view: View) -> View:
    """Answer OPTIONS with what is spoken here, and refuse other versions."""
    inner = refusals_as_json(view)

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            answer = HttpResponse(status=204)
            answer["Tus-Extension"] = "creation,termination,checksum"
            answer["Tus-Checksum-Algorithm"] = ",".join(ALGORITHMS)
            answer["Tus-Max-Size"] = str(settings.MAX_UPLOAD_BYTES)
        elif request.headers.get("Tus-Resumable") != VERSION:
            answer = JsonResponse(
                {"message": translated(say("Send the header Tus-Resumable: %(version)s.", version=VERSION))}, status=412
            )
        else:
            answer = inner(request, *args, **kwargs)
        answer["Tus-Version"] = answer["Tus-Resumable"] = VERSION
        return answer

    return wrapped


@require_http_methods(["OPTIONS", "POST"])
@never_cache
@_speaks_tus
def upload_files(request: HttpRequest, key: UUID) -> HttpResponse:
    """Begin a file, or find the one that came in part: Location is its address."""
    shown = access_upload(request.user, key)
    known = _metadata(request.headers.get("Upload-Metadata", ""))
    size = _length(request, "Upload-Length")
    if size > settings.MAX_UPLOAD_BYTES:
        later, status = (0, 0), 413
    else:
        later, status = (_number_in(known, "files"), _number_in(known, "bytes")), 422
    (answer,) = uploading.expect_files(shown, [_announced(known, size)], later=later)
    if answer.file is None:
        raise UploadRefused(answer.refusal, status=status)
    created = HttpResponse(status=201)
    created["Location"] = reverse("upload-file", args=[key, answer.file.pk])
    created["Upload-Offset"] = str(answer.file.received)
    return created


@require_http_methods(["OPTIONS", "HEAD", "PATCH", "DELETE"])
@never_cache
@_speaks_tus
def upload_file(request: HttpRequest, key: UUID, pk: int) -> HttpResponse:
    """How far one file is; by PATCH the bytes that follow; by DELETE it is left out."""
    file = access_uploaded_file(request.user, key, pk)
    if request.method == "DELETE":
        uploading.leave_out(file)
        return HttpResponse(status=204)
    if request.method == "PATCH":
        return _patched(request, file)
    answer = HttpResponse()
    answer["Upload-Offset"] = str(file.received)
    answer["Upload-Length"] = str(file.size)
    answer["Upload-Metadata"] = _as_metadata(file)
    return answer


def _patched(request: HttpRequest, file: UploadedFile) -> HttpResponse:
    if request.content_type != CHUNK_TYPE:
        raise UploadRefused(say("Send the bytes as %(type)s.", type=CHUNK_TYPE), status=415)
    offset, size = _length(request, "Upload-Offset"), _length(request, "Content-Length")
    checksum = _checksum(request.headers.get("Upload-Checksum"))
    file = uploading.receive_chunk(file, _Line(request), offset=offset, size=size, checksum=checksum)
    answer = HttpResponse(status=204)
    answer["Upload-Offset"] = str(file.received)
    return answer


class _Line:
    """The request's body. It tells a lost connection from a failing disk."""

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
    """Return what Upload-Metadata says. Raises UploadRefused."""
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
    """Return the file that is announced. Raises UploadRefused."""
    fingerprint = known.get("fingerprint", "")
    if len(fingerprint) > 64 or not (fingerprint.isascii() and fingerprint.isprintable()):
        raise UploadRefused(say("The fingerprint in Upload-Metadata has at most 64 ASCII characters."), status=400)
    if "filename" not in known:
        raise UploadRefused(say("Upload-Metadata must have a filename."), status=400)
    modified = _number_in(known, "modified")
    return Announced(known["filename"], size, modified, fingerprint, known.get("sha256", "").lower())


def _number_in(known: dict[str, str], name: str) -> int:
    """Return the whole number of this name in Upload-Metadata, or 0. Raises UploadRefused."""
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
    """Return what Upload-Checksum says. Raises UploadRefused."""
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
