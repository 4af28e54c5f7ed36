"""IIIF Presentation 3: a manifest per group and a collection per collection, the same in files and live.

https://iiif.io/api/presentation/3.0/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from clustering.engine.description import NamedTerm
from clustering.engine.media_types import web_size
from clustering.exports.contract import ExportedPage, File, GroupRecord, Material
from clustering.exports.delimited import write_arrangement
from clustering.exports.naming import (
    THUMBNAIL,
    collection_url,
    extent_of,
    genre_uri,
    image_type,
    image_url,
    is_shown_as_it_is,
    label_of,
    local_id,
    manifest_url,
    origin,
    rights_of,
    service_url,
    shown_size,
    thumbnail_url,
    title_of,
)

CONTEXT = "http://iiif.io/api/presentation/3/context.json"
_RIGHTS = re.compile(r"http://(?:creativecommons\.org/(?:licenses|publicdomain)/.*|rightsstatements\.org/vocab/.*)")


def write_iiif(material: Material) -> Iterator[File]:
    """Yield collection.json, <number>/manifest.json per group, and pages.csv."""
    yield "collection.json", _collection(material)
    for group in material.groups:
        yield f"{group.number}/manifest.json", [_dumps(manifest(material, group))]
    yield "pages.csv", (piece.encode() for piece in write_arrangement(material))


def manifest(material: Material, group: GroupRecord) -> dict[str, Any]:
    """Return one document, with a canvas per page, in reading order."""
    address = manifest_url(material, group)
    made: dict[str, Any] = {
        "@context": CONTEXT,
        "id": address,
        "type": "Manifest",
        "label": {"none": [title_of(group, material.settings)]},
        "metadata": _metadata(material, group),
        "behavior": ["individuals"],
    }
    summary = group.details.summary or group.note
    if summary:
        made["summary"] = {"none": [_shown(summary)]}
    if group.pages:
        made["thumbnail"] = [_thumbnail(material, group.pages[0])]
    rights = rights_uri(rights_of(material, group))
    if rights:
        made["rights"] = rights
    if material.settings.publisher:
        made["requiredStatement"] = {"label": {"en": ["Held by"]}, "value": {"none": [material.settings.publisher]}}
    made["partOf"] = [{"id": collection_url(material), "type": "Collection"}]
    made["items"] = [_canvas(material, address, page) for page in group.pages]
    return made


def rights_uri(rights: str) -> str:
    """Return rights as Presentation 3 accepts them: Creative Commons and RightsStatements.org by their http address."""
    address = re.sub(r"^https://", "http://", rights)
    return address if _RIGHTS.fullmatch(address) else ""


def collection_head(material: Material) -> dict[str, Any]:
    """Return the collection without its items."""
    return {
        "@context": CONTEXT,
        "id": collection_url(material),
        "type": "Collection",
        "label": {"none": [material.collection.title or material.collection.slug]},
    }


def entry(material: Material, group: GroupRecord) -> dict[str, Any]:
    """Return a manifest as the collection lists it."""
    return {
        "id": manifest_url(material, group),
        "type": "Manifest",
        "label": {"none": [title_of(group, material.settings)]},
    }


def _collection(material: Material) -> Iterator[bytes]:
    head = json.dumps(collection_head(material), ensure_ascii=False)
    yield f'{head[:-1]}, "items": ['.encode()
    separator = "\n"
    for group in material.groups:
        yield (separator + json.dumps(entry(material, group), ensure_ascii=False)).encode()
        separator = ",\n"
    yield b"\n]}\n"


def _metadata(material: Material, group: GroupRecord) -> list[dict[str, Any]]:
    details = group.details
    rights = rights_of(material, group)
    fields: dict[str, str | list[str]] = {
        "Identifier": [_shown(name) for name in (local_id(material.collection, group), details.identifier) if name],
        "Creator": _linked(details.creators),
        "Type": _linked([NamedTerm(group.kind, genre_uri(group))] if group.kind else []),
        "Date": group.date,
        "Language": group.language,
        "Extent": extent_of(group),
        "Part of": material.collection.title,
        "Subject": _linked(details.subjects),
        "People": _linked(details.people),
        "Place": _linked(details.places),
        "Note": group.note if details.summary else "",
        "Box and folder": details.box,
        "Rights": "" if rights_uri(rights) else rights,
        "Record": origin(group),
    }
    return [
        {"label": {"en": [name]}, "value": {"none": value if isinstance(value, list) else [_shown(value)]}}
        for name, value in fields.items()
        if value
    ]


def _shown(text: str) -> str:
    """Return a value to be shown literally: in angle brackets, it would count as HTML."""
    is_markup = text.startswith("<") and text.endswith(">")
    return f"<span>{escape(text)}</span>" if is_markup else text


def _linked(terms: Sequence[NamedTerm]) -> list[str]:
    """Return names, each linked to its vocabulary address if it has one."""
    return [
        f'<a href="{escape(term.uri)}">{escape(term.label)}</a>'
        if term.uri.startswith(("http://", "https://"))
        else _shown(term.label)
        for term in terms
    ]


def _canvas(material: Material, address: str, page: ExportedPage) -> dict[str, Any]:
    canvas = f"{address.removesuffix('/manifest.json')}/canvas/{page.sequence}"
    width, height = shown_size(page)
    as_it_is = service_url(material, page) or is_shown_as_it_is(page)
    body_width, body_height = (width, height) if as_it_is else web_size(width, height)
    body: dict[str, Any] = {
        "id": image_url(material, page),
        "type": "Image",
        "format": image_type(material, page),
        "width": body_width,
        "height": body_height,
    }
    service = service_url(material, page)
    if service and not page.rotation:
        # Viewers show an image's tiles unrotated, so a page that needs rotation is shown as one image instead.
        kind = f"ImageService{material.settings.image_service_version}"
        body["service"] = [{"id": service, "type": kind, "profile": "level2"}]
    return {
        "id": canvas,
        "type": "Canvas",
        "label": {"none": [label_of(page, otherwise=page.sequence)]},
        "width": width,
        "height": height,
        "thumbnail": [_thumbnail(material, page)],
        "metadata": [{"label": {"en": ["Identifier"]}, "value": {"none": [page.identifier]}}],
        "items": [
            {
                "id": f"{canvas}/page",
                "type": "AnnotationPage",
                "items": [
                    {
                        "id": f"{canvas}/image",
                        "type": "Annotation",
                        "motivation": "painting",
                        "body": body,
                        "target": canvas,
                    }
                ],
            }
        ],
    }


def _thumbnail(material: Material, page: ExportedPage) -> dict[str, Any]:
    """Return a thumbnail with its size: from the image service, or with its long edge from here."""
    made: dict[str, Any] = {"id": thumbnail_url(material, page), "type": "Image"}
    width, height = shown_size(page)
    if service_url(material, page):
        made |= {"format": "image/jpeg", "width": THUMBNAIL, "height": max(1, round(height * THUMBNAIL / width))}
    else:
        share = min(1.0, THUMBNAIL / max(width, height))
        made |= {
            "format": "image/webp",
            "width": max(1, round(width * share)),
            "height": max(1, round(height * share)),
        }
    return made


def _dumps(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
