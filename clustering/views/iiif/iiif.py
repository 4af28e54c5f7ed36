"""IIIF Presentation 3, live: confirmed groups at permanent addresses, for Mirador and other viewers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotFound
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from clustering.access import access_collection
from clustering.engine.images import BadScan
from clustering.engine.media_types import web_type
from clustering.exports.contract import GroupRecord, Material
from clustering.exports.iiif.writer import collection_head, entry, manifest
from clustering.exports.records import group_record, material_of
from clustering.files import SMALL, THUMBNAIL_SIZES, ensure_shown, ensure_thumbnail, page_path
from clustering.models import Collection, Group, Page
from clustering.request_values import is_storable

MEDIA_TYPE = 'application/ld+json;profile="http://iiif.io/api/presentation/3/context.json"'
_PREFLIGHT_SECONDS = 86_400
"""How long a browser may cache a preflight response."""
_KEPT_SECONDS = 3_600
_YEAR = "max-age=31536000, immutable"

View = Callable[..., HttpResponseBase]


def open_to_viewers(view: View) -> View:
    """Allow GET, HEAD, and CORS preflight requests from any host.

    Other hosts send no cookie, so requests that need a session are refused.
    """

    @wraps(view)
    def with_cors(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "OPTIONS":
            response: HttpResponseBase = HttpResponse(status=204)
            response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
            response["Access-Control-Allow-Headers"] = "Accept, Content-Type, If-None-Match, Range"
            response["Access-Control-Max-Age"] = str(_PREFLIGHT_SECONDS)
        else:
            try:
                response = view(request, *args, **kwargs)
            except Http404 as error:
                # Without the header below, viewers couldn't tell this from a forbidden request.
                response = HttpResponseNotFound(f"{error}\n", content_type="text/plain; charset=utf-8")
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag, Content-Length"
        return response

    allowed: View = require_http_methods(["GET", "HEAD", "OPTIONS"])(with_cors)
    free: View = login_not_required(allowed)
    return free


@open_to_viewers
@gzip_page
def iiif_collection(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Return all confirmed groups by title and address. Cached until something changes."""
    material, collection = _material(request, slug)
    # Restrictions may end without an edit.
    restricted = collection.pages.restricted().count()
    parts = [collection.pk, collection.version, restricted, collection.title, collection.read_settings().export]
    tag = _tag(json.dumps(parts, sort_keys=True).encode())

    def body() -> bytes:
        items = [entry(material, group) for group in material.groups]
        return json.dumps(collection_head(material) | {"items": items}, ensure_ascii=False).encode()

    def kept() -> bytes:
        return bytes(cache.get_or_set(f"iiif-collection:{tag}", body, _KEPT_SECONDS) or b"")

    return _answer(request, material, tag, kept)


@open_to_viewers
@gzip_page
def iiif_manifest(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """Return the manifest of a confirmed group. A proposed one has none."""
    material, _ = _material(request, slug)
    body = json.dumps(manifest(material, _group(material, slug, number)), ensure_ascii=False).encode()
    return _answer(request, material, _tag(body), lambda: body)


@open_to_viewers
def iiif_image(request: HttpRequest, slug: str, identifier: str) -> HttpResponseBase:
    """Return the original of a page in a confirmed group."""
    material, _ = _material(request, slug)
    page = _page(slug, identifier)

    def sent() -> HttpResponseBase:
        return FileResponse(page_path(page).open("rb"), content_type=web_type(page.media_type))

    return _file(request, material, f'"{page.sha256}"', sent)


@open_to_viewers
def iiif_shown(request: HttpRequest, slug: str, identifier: str, size: str, rotation: int) -> HttpResponseBase:
    """Return a page in a confirmed group, rotated, as a JPEG of full size or, for `size` !320,320, as a WebP.

    Addresses follow the IIIF Image API.
    """
    material = _material(request, slug)[0]
    page = _page(slug, identifier)
    edge = next((edge for edge in THUMBNAIL_SIZES if size == f"!{edge},{edge}"), None)
    if rotation not in (0, 90, 180, 270) or (edge is None and size != "max"):
        raise Http404(
            _("Images are available as max, !320,320, !640,640, and !1280,1280, rotated by 0, 90, 180, or 270 degrees.")
        )

    def sent() -> HttpResponseBase:
        path = ensure_shown(page, rotation, edge)
        kind = "image/webp" if edge else web_type(page.media_type) if path == page_path(page) else "image/jpeg"
        return FileResponse(path.open("rb"), content_type=kind)

    return _file(request, material, f'"{page.sha256}-{size}-{rotation}"', sent)


@open_to_viewers
def iiif_thumbnail(request: HttpRequest, slug: str, identifier: str) -> HttpResponseBase:
    """Return a thumbnail of a page in a confirmed group, and create it if it is missing."""
    material, _ = _material(request, slug)
    page = _page(slug, identifier)

    def sent() -> HttpResponseBase:
        return FileResponse(ensure_thumbnail(page, SMALL).open("rb"), content_type="image/webp")

    return _file(request, material, f'"{page.sha256}-{SMALL}"', sent)


def _material(request: HttpRequest, slug: str) -> tuple[Material, Collection]:
    """Return a collection's material, to everyone if it is published, or else to people who may see it."""
    collection = Collection.objects.filter(slug=slug, deleted=None).first()
    if collection is not None:
        material = material_of(collection)
        if material.settings.published:
            return material, collection
    collection = access_collection(request.user, slug, whole=False)
    return material_of(collection), collection


def _group(material: Material, slug: str, number: int) -> GroupRecord:
    group = (
        Group.objects.filter(collection__slug=slug, number=number, state=Group.State.CONFIRMED)
        .select_related("confirmed_by", "run")
        .first()
    )
    record = group_record(group, drafts=material.settings.use_drafts) if group is not None else None
    if record is None or not record.pages:
        raise Http404(_("Document %(number)s is not confirmed, or does not exist.") % {"number": number})
    return record


def _page(slug: str, identifier: str) -> Page:
    confirmed = Page.objects.filter(collection__slug=slug, group__state=Group.State.CONFIRMED).unrestricted()
    page = confirmed.filter(identifier=identifier).first() if is_storable(identifier) else None
    if page is None:
        raise Http404(_("%(identifier)s is not a page of a confirmed document.") % {"identifier": identifier})
    return page


def _tag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def _answer(request: HttpRequest, material: Material, tag: str, body: Callable[[], bytes]) -> HttpResponseBase:
    """Return 304 to clients that have it; they always ask, since a document may be unconfirmed at any time."""
    response = get_conditional_response(request, etag=tag) or HttpResponse(body())
    response["Content-Type"] = MEDIA_TYPE
    response["ETag"] = tag
    response["Cache-Control"] = f"{_who(material)}, no-cache"
    return response


def _file(request: HttpRequest, material: Material, tag: str, sent: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Return a file that never changes under its ETag. Raises Http404 if it can’t be opened."""
    try:
        response = get_conditional_response(request, etag=tag) or sent()
    except (BadScan, OSError) as error:
        raise Http404(_("The image cannot be shown: %(error)s") % {"error": error}) from error
    response["ETag"] = tag
    response["Cache-Control"] = f"{_who(material)}, {_YEAR}"
    return response


def _who(material: Material) -> str:
    return "public" if material.settings.published else "private"
