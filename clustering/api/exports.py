"""Exports: what there is to download, and the files."""

from __future__ import annotations

from typing import Literal

from django.http import Http404, HttpRequest, StreamingHttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from clustering.access import access_collection
from clustering.actions.errors import Refused
from clustering.api.shapes import Answer, Slug
from clustering.exports.packing import pieces_of
from clustering.exports.records import material_of, one_state
from clustering.exports.registry import FORMATS
from clustering.exports.settings import WrongSettings

router = Router(tags=["Exports"])


class Format(Answer):
    """One way to write groups down."""

    name: str = Field(description="Names it in the address of the download.")
    label: str
    description: str
    media_type: str


class Extent(BaseModel):
    """How much of the collection."""

    all: Literal["true"] | None = Field(None, description="With proposed groups, marked as such; without, confirmed.")


@router.get("/{slug:slug}/exports", response=list[Format], summary="List export formats")
def list_formats(request: HttpRequest, slug: Slug) -> list[Format]:
    """All formats, with what each is for."""
    access_collection(request.user, slug)
    return [
        Format(name=known.name, label=known.label, description=known.description, media_type=known.media_type)
        for known in FORMATS.values()
    ]


@router.get(
    "/{slug:slug}/exports/{slug:name}",
    summary="Download an export",
    openapi_extra={
        "responses": {200: {"description": "The file.", "content": {"*/*": {"schema": {"type": "string"}}}}}
    },
)
def download(request: HttpRequest, slug: Slug, name: Slug, wanted: Query[Extent]) -> StreamingHttpResponse:
    """The confirmed groups in one format, sent as it is written. `name` is one of those that the list tells."""
    collection = access_collection(request.user, slug)
    chosen = FORMATS.get(name)
    if chosen is None:
        raise Http404(f"There is no export called {name}. Known are {', '.join(FORMATS)}.")
    try:
        material = material_of(collection, everything=wanted.all is not None)
    except WrongSettings as error:
        raise Refused(f"{error} Staff can mend it in the export settings.") from error
    answer = StreamingHttpResponse(one_state(pieces_of(chosen, material)), content_type=chosen.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{chosen.filename(material.collection)}"'
    return answer
