"""Images of pages, for people who may see them."""

from __future__ import annotations

from pathlib import Path

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clustering.access import access_page
from clustering.engine.images import BadScan
from clustering.engine.media_types import web_type
from clustering.files import THUMBNAIL_SIZES, ensure_shown, page_path, veiled_image
from clustering.models import Page
from clustering.request_values import whole_number
from clustering.restricted_looks import is_veiled
from clustering.wording import say

ORIGINAL = "original"
FOREVER = "private, max-age=31536000, immutable"
"""The address contains the SHA-256 of the content, so it never changes; private, because it needs a session."""

NEVER = "private, no-store"
"""For restricted pages, of which browsers may keep no copy."""


@require_GET
def scan(request: HttpRequest, pk: int, size: str, digest: str) -> HttpResponseBase:
    """Return the image of a page: size 320, 640, 1280, or original. TIFF and JPEG 2000 become JPEG in full size.

    ?rotation=90 rotates it clockwise, by 90, 180, or 270 degrees.
    """
    page = access_page(request.user, pk)
    if not page.sha256.startswith(digest):
        raise Http404(_("This page’s image has changed. Reload the page."))
    rotation = whole_number(request.GET.get("rotation", "0"))
    if rotation not in (0, 90, 180, 270):
        raise Http404(_("Images can be rotated by 90, 180, or 270 degrees."))
    if is_veiled(page, request.user):
        return _veiled(page, rotation)
    tag = f'"{page.sha256[:32]}-{size}{f"-{rotation}" if rotation else ""}"'
    if request.headers.get("If-None-Match") == tag and not page.is_restricted:
        response: HttpResponseBase = HttpResponseNotModified()
    else:
        path, media_type = _file(page, size, rotation)
        try:
            response = FileResponse(path.open("rb"), content_type=media_type)
        except FileNotFoundError:
            return _gone(page)
    response["Cache-Control"] = NEVER if page.is_restricted else FOREVER
    response["ETag"] = tag
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _veiled(page: Page, rotation: int) -> HttpResponse:
    """Return the page blurred so that nothing can be read."""
    try:
        response = HttpResponse(veiled_image(page, rotation), content_type="image/webp")
    except (BadScan, OSError) as error:
        raise Http404(
            say("The image of %(identifier)s can’t be shown. %(error)s", identifier=page.identifier, error=error)
        ) from error
    response["Cache-Control"] = NEVER
    return response


def _file(page: Page, size: str, rotation: int) -> tuple[Path, str]:
    """Return path and media type. Raises Http404 for an unknown size or an image that can't be opened."""
    wanted = whole_number(size) or 0
    if size != ORIGINAL and wanted not in THUMBNAIL_SIZES:
        raise Http404(_("Images are available at 320, 640, and 1280 pixels, and in full size."))
    try:
        if size == ORIGINAL:
            path = ensure_shown(page, rotation)
            return path, web_type(page.media_type) if path == page_path(page) else "image/jpeg"
        return ensure_shown(page, rotation, wanted), "image/webp"
    except (BadScan, OSError) as error:
        raise Http404(
            _("The image of %(identifier)s can’t be shown. %(error)s") % {"identifier": page.identifier, "error": error}
        ) from error


def _gone(page: Page) -> HttpResponse:
    return HttpResponse(
        _("The image file of %(identifier)s is missing on the server. Ask staff to import it again.")
        % {"identifier": page.identifier},
        status=404,
    )
