"""Exports: what there is to download, and the files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from clustering.access import access_collection, access_collections, may_launch
from clustering.exports.contract import File
from clustering.exports.packing import to_zip
from clustering.exports.records import material_of
from clustering.exports.registry import FORMATS, ZIP
from clustering.exports.settings import WrongSettings


@require_GET
def downloads(request: HttpRequest, slug: str) -> HttpResponse:
    """All formats, with what each is for."""
    collection = access_collection(request.user, slug)
    context = {
        "collection": access_collections(request.user).with_progress().get(pk=collection.pk),
        "formats": FORMATS.values(),
        "mode": "export",
        "may_launch": may_launch(request.user),
    }
    return render(request, "export.html", context)


@require_GET
def download(request: HttpRequest, slug: str, key: str) -> HttpResponseBase:
    """One file: confirmed groups, or with ?all=1 the proposed ones as well, marked as such."""
    collection = access_collection(request.user, slug)
    chosen = FORMATS.get(key)
    if chosen is None:
        raise Http404(f"There is no export called {key}. Known are {', '.join(FORMATS)}.")
    everything = request.GET.get("all") == "1"
    try:
        material = material_of(collection, everything=everything)
    except WrongSettings as error:
        messages.error(request, f"{error} Staff can mend it in the admin.")
        return redirect("downloads", slug=slug)
    answer: FileResponse | StreamingHttpResponse
    if chosen.write is not None:
        pieces = chosen.write(material.collection, material.groups)
        answer = StreamingHttpResponse(pieces, content_type=chosen.media_type)
    elif chosen.files is not None and chosen.media_type == ZIP:
        whole = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
        to_zip(chosen.files(material), whole)
        whole.seek(0)
        answer = FileResponse(whole, content_type=chosen.media_type)
    else:
        assert chosen.files is not None
        files = chosen.files(material)
        answer = StreamingHttpResponse(_first_of(files), content_type=chosen.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{chosen.filename(material.collection)}"'
    return answer


def _first_of(files: Iterator[File]) -> Iterator[bytes]:
    """The content of the first file; the generator is held until it is sent, for what it clears up after itself."""
    _, pieces = next(files)
    yield from pieces
