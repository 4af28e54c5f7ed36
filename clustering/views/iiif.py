"""IIIF Presentation 3, live: confirmed groups by their address, for Mirador and any other viewer."""

from __future__ import annotations

import hashlib
import json
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from clustering.access import access_collection
from clustering.exports.contract import GroupRecord, Material
from clustering.exports.iiif import collection_head, entry, manifest
from clustering.exports.records import group_record, material_of
from clustering.files import page_path
from clustering.models import Collection, Group, Page

MEDIA_TYPE = 'application/ld+json;profile="http://iiif.io/api/presentation/3/context.json"'


@login_not_required
@require_safe
def iiif_collection(request: HttpRequest, slug: str) -> HttpResponse:
    """All confirmed groups, by title and address."""
    material = _material(request, slug)
    items = [entry(material, group) for group in material.groups]
    return _answer(request, collection_head(material) | {"items": items})


@login_not_required
@require_safe
def iiif_manifest(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One confirmed group. A group that is only proposed has no manifest."""
    material = _material(request, slug)
    return _answer(request, manifest(material, _group(slug, number)))


@login_not_required
@require_safe
def iiif_image(request: HttpRequest, slug: str, identifier: str) -> HttpResponseBase:
    """The original of a page that stands in a confirmed group."""
    material = _material(request, slug)
    page = Page.objects.filter(collection__slug=slug, identifier=identifier, group__state=Group.State.CONFIRMED).first()
    if page is None:
        raise Http404(f"{identifier} is no page of a confirmed document here.")
    answer = FileResponse(page_path(page).open("rb"), content_type=page.media_type)
    answer["ETag"] = f'"{page.sha256}"'
    answer["Cache-Control"] = f"{'public' if material.settings.published else 'private'}, max-age=31536000, immutable"
    return _open(answer)


def _material(request: HttpRequest, slug: str) -> Material:
    """What may be shown: to everybody where the collection is published, else to those who may see it."""
    collection = Collection.objects.filter(slug=slug).first()
    if collection is not None:
        material = material_of(collection)
        if material.settings.published:
            return material
    return material_of(access_collection(request.user, slug))


def _group(slug: str, number: int) -> GroupRecord:
    group = (
        Group.objects.filter(collection__slug=slug, number=number, state=Group.State.CONFIRMED)
        .select_related("confirmed_by", "run")
        .first()
    )
    if group is None:
        raise Http404(f"Document {number} is not confirmed, or does not exist.")
    return group_record(group)


def _answer(request: HttpRequest, content: dict[str, Any]) -> HttpResponse:
    body = json.dumps(content, ensure_ascii=False).encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    answer = HttpResponse(status=304) if request.headers.get("If-None-Match") == tag else HttpResponse(body)
    answer["Content-Type"] = MEDIA_TYPE
    answer["ETag"] = tag
    answer["Cache-Control"] = "no-cache"
    return _open(answer)


Answer = TypeVar("Answer", bound=HttpResponseBase)


def _open(answer: Answer) -> Answer:
    """Viewers run on other hosts; what needs a sign-in is sent with no cookie from there, and refused."""
    answer["Access-Control-Allow-Origin"] = "*"
    return answer
