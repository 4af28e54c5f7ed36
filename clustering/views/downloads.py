"""Exports: what there is to download, and the files."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clustering.access import access_collection, access_collections, may_launch
from clustering.exports.records import collection_record, group_records
from clustering.exports.registry import FORMATS


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
    record = collection_record(collection)
    groups = group_records(collection, everything=request.GET.get("all") == "1")
    answer = StreamingHttpResponse(chosen.write(record, groups), content_type=chosen.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{chosen.filename(record)}"'
    return answer
