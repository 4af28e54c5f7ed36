"""Pages with their text and images, and similar pages."""

from __future__ import annotations

from typing import Literal

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Query, Router, Status
from pydantic import BaseModel, Field

from clustering import models
from clustering.access import access_collection, access_collections, hidden_pages, shown_pages, signed_in
from clustering.api.paging import Sheet, Window, part_of
from clustering.api.responses.pages import Page, PageText, WholePage, page_response, text_response, whole_page_response
from clustering.api.shapes import MOST, AtPosition, ResponseBody, Slug, file_response
from clustering.api.unchanged import unchanged
from clustering.engine.images import BadScan
from clustering.files import ensure_thumbnail, page_path
from clustering.journal.errors import Refused
from clustering.restricted_looks import is_veiled, look_at
from clustering.selectors.similar import NotIndexed, similar_pages
from clustering.wording import say

router = Router(tags=["Pages"])


class PageFilter(Window):
    """Which pages."""

    group: int | None = Field(None, ge=1, le=MOST, description="Only pages of the group with this ID.")
    ungrouped: Literal["true"] | None = Field(None, description="Only unassigned pages.")
    role: Literal["target", "empty", "other"] | None = Field(None, description="Only pages with this mark.")
    text: Literal["true"] | None = Field(
        None, description="Include the text of the pages, but not that of restricted ones."
    )


@router.get("/{slug:slug}/pages", response=Sheet[Page], summary="List pages")
def list_pages(request: HttpRequest, slug: Slug, wanted: Query[PageFilter]) -> Sheet[Page]:
    """Pages in scan order. `after` is a position."""
    collection = access_collection(request.user, slug, whole=False)
    rows = shown_pages(collection).filter(position__gt=wanted.after).defer("paper")
    if wanted.group is not None:
        rows = rows.filter(group=wanted.group)
    if wanted.ungrouped is not None:
        rows = rows.filter(group__isnull=True)
    if wanted.role is not None:
        rows = rows.filter(role=wanted.role)
    if wanted.text is not None:
        rows = rows.select_related("reading").defer("paper", "reading__lines", "reading__search")
    return part_of(
        request,
        rows.order_by("position"),
        wanted,
        position_of=lambda page: page.position,
        respond=lambda shown: [
            page_response(page, slug=slug, text=wanted.text is not None and not page.is_restricted) for page in shown
        ],
    )


@router.get("/{slug:slug}/pages/{int:position}", response=WholePage, summary="Get a page")
def get_page(request: HttpRequest, slug: Slug, position: AtPosition) -> WholePage:
    """Return a page with its text, line by line, and the measurements of the paper.

    403 for a restricted page, until you ask for it with `POST …/show`.
    """
    return whole_page_response(_open_page(request, slug, position), slug=slug)


@router.post("/{slug:slug}/pages/{int:position}/show", response={204: None}, summary="Show a restricted page")
def show_page(request: HttpRequest, slug: Slug, position: AtPosition) -> Status[None]:
    """Open the text and the image of a restricted page for you, for 15 minutes. Your access is logged.

    Only for people who may edit the collection.
    """
    page = _page(request, slug, position)
    if not page.is_restricted:
        raise Refused(say("Page %(position)s is not restricted.", position=position))
    look_at(page, signed_in(request))
    return Status(204, None)


@router.get("/{slug:slug}/pages/{int:position}/text", response=PageText, summary="Get the text of a page")
def get_text(request: HttpRequest, slug: Slug, position: AtPosition) -> PageText:
    """Return every line as it reads now and as OCR read it, with the ID for correcting it.

    404 if the page was not read yet.
    """
    page = _open_page(request, slug, position)
    if not hasattr(page, "reading"):
        raise Http404(say("Page %(position)s has no text yet. Run OCR on it first.", position=position))
    return text_response(page)


class Size(BaseModel):
    """Which size."""

    size: Literal["original", "1280", "320"] = Field("original", description="Long edge in pixels; sent as WebP.")


@router.get(
    "/{slug:slug}/pages/{int:position}/image",
    url_name="get_image",
    summary="Get the image of a page",
    openapi_extra={
        "responses": {
            200: file_response("The image.", "image/*"),
            304: {"description": "You already have it."},
        }
    },
)
def get_image(request: HttpRequest, slug: Slug, position: AtPosition, wanted: Query[Size]) -> HttpResponseBase:
    """Return the original file, or a smaller WebP. Has an ETag."""
    page = _open_page(request, slug, position)
    tagged = HttpResponse()
    same = unchanged(request, tagged, page.sha256, wanted.size)
    if same is not None:
        return same
    if page.is_restricted:
        tagged["Cache-Control"] = "private, no-store"
    try:
        path = page_path(page) if wanted.size == "original" else ensure_thumbnail(page, int(wanted.size))
        media_type = page.media_type if wanted.size == "original" else "image/webp"
        response = FileResponse(path.open("rb"), content_type=media_type)
    except (BadScan, OSError) as error:
        raise Http404(
            say(
                "The scan of %(identifier)s is missing from the media store or can’t be opened. Tell the operator.",
                identifier=page.identifier,
            )
        ) from error
    for name in ("ETag", "Cache-Control"):
        response[name] = tagged[name]
    response["X-Content-Type-Options"] = "nosniff"
    return response


class Similar(ResponseBody):
    """A page that looks like another."""

    likeness: float = Field(description="Cosine of the two images' vectors, from 0 to 1, to two places.")
    collection: str = Field(description="Short name of the page’s collection.")
    page: Page


class Likest(BaseModel):
    """How many pages, and from which collections."""

    scope: Literal["collection", "everywhere"] = Field(
        "collection", description="Look in the page's own collection, or in all collections you may see."
    )
    limit: int = Field(24, ge=1, le=200, description="The most to return.")


@router.get("/{slug:slug}/pages/{int:position}/similar", response=list[Similar], summary="List similar pages")
def list_similar(request: HttpRequest, slug: Slug, position: AtPosition, wanted: Query[Likest]) -> list[Similar]:
    """Pages that look most like this one, most similar first. Empty if the page has not been analyzed yet.

    `scope=everywhere` is refused if there are very many pages and no vector index yet.
    """
    among = access_collections(request.user) if wanted.scope == "everywhere" else None
    try:
        page = _page(request, slug, position)
        similar = similar_pages(page, limit=wanted.limit, among=among, hidden=hidden_pages(request.user))
    except NotIndexed as error:
        raise Refused(str(error)) from error
    return [
        Similar(
            likeness=percent / 100,
            collection=page.collection.slug,
            page=page_response(page, slug=page.collection.slug),
        )
        for page, percent in similar
    ]


def _open_page(request: HttpRequest, slug: str, position: int) -> models.Page:
    page = _page(request, slug, position)
    if is_veiled(page, request.user):
        raise PermissionDenied(
            say(
                "Page %(position)s is restricted. To see it, send a POST to …/pages/%(position)s/show first. Your "
                "access is logged.",
                position=position,
            )
        )
    return page


def _page(request: HttpRequest, slug: str, position: int) -> models.Page:
    collection = access_collection(request.user, slug, whole=False)
    rows = shown_pages(collection).filter(position=position).select_related("reading")
    row = rows.first()
    if row is None:
        raise Http404(
            say(
                "“%(collection)s” has no page %(position)s. Positions count from 1 in scan order.",
                collection=collection,
                position=position,
            )
        )
    row.collection = collection
    return row
