"""IIIF Presentation 3: a manifest a group, a collection a collection; the same in files and live.

https://iiif.io/api/presentation/3.0/
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from clustering.exports.contract import File, GroupRecord, Material
from clustering.exports.mods import origin
from clustering.exports.naming import collection_url, image_url, local_id, manifest_url, service_url, title_of
from clustering.exports.tables import write_arrangement

CONTEXT = "http://iiif.io/api/presentation/3/context.json"


def write_iiif(material: Material) -> Iterator[File]:
    """collection.json, <number>/manifest.json a group, and pages.csv."""
    yield "collection.json", _collection(material)
    for group in material.groups:
        yield f"{group.number}/manifest.json", [_dumps(manifest(material, group))]
    yield "pages.csv", (piece.encode() for piece in write_arrangement(material.collection, material.groups))


def manifest(material: Material, group: GroupRecord) -> dict[str, Any]:
    """One document; a canvas a page, in reading order."""
    address = manifest_url(material, group)
    made: dict[str, Any] = {
        "@context": CONTEXT,
        "id": address,
        "type": "Manifest",
        "label": {"none": [title_of(group)]},
        "metadata": _metadata(material, group),
        "behavior": ["individuals"],
        "items": [_canvas(material, address, page) for page in group.pages],
    }
    if group.note:
        made["summary"] = {"none": [group.note]}
    if material.settings.rights:
        made["rights"] = material.settings.rights
    if material.settings.publisher:
        made["requiredStatement"] = {"label": {"en": ["Held by"]}, "value": {"none": [material.settings.publisher]}}
    return made


def collection_head(material: Material) -> dict[str, Any]:
    """The collection without its items."""
    return {
        "@context": CONTEXT,
        "id": collection_url(material),
        "type": "Collection",
        "label": {"none": [material.collection.title or material.collection.slug]},
    }


def entry(material: Material, group: GroupRecord) -> dict[str, Any]:
    """A manifest as the collection names it."""
    return {"id": manifest_url(material, group), "type": "Manifest", "label": {"none": [title_of(group)]}}


def _collection(material: Material) -> Iterator[bytes]:
    head = json.dumps(collection_head(material), ensure_ascii=False)
    yield f'{head[:-1]}, "items": ['.encode()
    separator = "\n"
    for group in material.groups:
        yield (separator + json.dumps(entry(material, group), ensure_ascii=False)).encode()
        separator = ",\n"
    yield b"\n]}\n"


def _metadata(material: Material, group: GroupRecord) -> list[dict[str, Any]]:
    said = {
        "Identifier": local_id(material.collection, group),
        "Kind": group.kind,
        "Date": group.date,
        "Language": group.language,
        "Extent": f"{len(group.pages)} {'page' if len(group.pages) == 1 else 'pages'}",
        "Part of": material.collection.title,
        "Record": origin(group),
    }
    return [{"label": {"en": [name]}, "value": {"none": [value]}} for name, value in said.items() if value]


def _canvas(material: Material, address: str, page: Any) -> dict[str, Any]:
    canvas = f"{address.removesuffix('/manifest.json')}/canvas/{page.sequence}"
    body: dict[str, Any] = {
        "id": image_url(material, page),
        "type": "Image",
        "format": "image/jpeg" if service_url(material, page) else page.media_type,
        "width": page.width,
        "height": page.height,
    }
    service = service_url(material, page)
    if service:
        body["service"] = [{"id": service, "type": "ImageService2", "profile": "level2"}]
    return {
        "id": canvas,
        "type": "Canvas",
        "label": {"none": [str(page.sequence)]},
        "width": page.width,
        "height": page.height,
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


def _dumps(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
