"""Tropy: JSON-LD for its "Import items": one item per group, photos in order, with their text as notes.

https://docs.tropy.org
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from typing import Any

from clustering.engine.description import labels
from clustering.engine.media_types import web_type
from clustering.exports.contract import ExportedPage, File, GroupRecord, Material
from clustering.exports.delimited import joined, write_arrangement
from clustering.exports.drafts import tags_of
from clustering.exports.naming import (
    clean,
    genre_uri,
    local_id,
    rights_of,
    service_url,
    stored_url,
    subjects_of,
    title_of,
)
from clustering.exports.tropy.settings import TropySettings

DC = "http://purl.org/dc/elements/1.1/"
DCTERMS = "http://purl.org/dc/terms/"
TROPY = "https://tropy.org/v1/tropy#"
CONTEXT = {
    "@version": 1.1,
    "@vocab": TROPY,
    "photo": {"@id": f"{TROPY}photo", "@container": "@list"},
    "note": {"@id": f"{TROPY}note", "@container": "@list"},
    "tag": {"@id": f"{TROPY}tag", "@container": "@set"},
    "template": {"@type": "@id"},
}
MACHINE_PROPOSED = "machine-proposed"
"""The tag of unconfirmed documents."""
DUPLICATE = "duplicate"


def write_tropy(material: Material) -> Iterator[File]:
    """Yield tropy.json and pages.csv."""
    yield "tropy.json", _graph(material)
    yield "pages.csv", (piece.encode() for piece in write_arrangement(material))


def _graph(material: Material) -> Iterator[bytes]:
    yield f'{{"@context": {json.dumps(CONTEXT)}, "version": "1.17.0", "@graph": ['.encode()
    separator = "\n"
    for group in material.groups:
        yield (separator + json.dumps(_item(material, group), ensure_ascii=False)).encode()
        separator = ",\n"
    yield b"\n]}\n"


def _item(material: Material, group: GroupRecord) -> dict[str, Any]:
    fields = {
        f"{DC}title": title_of(group, material.settings),
        f"{DC}identifier": local_id(material.collection, group),
        f"{DC}date": group.date,
        f"{DC}type": group.kind,
        f"{DCTERMS}type": genre_uri(group),
        f"{DC}language": group.language,
        f"{DC}description": group.note,
        f"{DC}source": material.collection.title,
        f"{DC}rights": rights_of(material, group),
        f"{DC}creator": joined(labels(group.details.creators)),
        f"{DC}subject": joined(labels(subjects_of(group))),
        f"{DC}coverage": joined(labels(group.details.places)),
        f"{DCTERMS}abstract": group.details.summary,
        f"{TROPY}box": group.details.box,
        f"{DCTERMS}identifier": group.details.identifier,
    }
    item: dict[str, Any] = {"@type": "Item", "template": material.settings.of(TropySettings).tropy_template}
    item |= {name: value for name, value in fields.items() if value}
    tags = [MACHINE_PROPOSED] * group.is_machine_proposed + [DUPLICATE] * bool(group.copy_of) + tags_of(group)
    if tags:
        item["tag"] = tags
    item["photo"] = [_photo(material, page) for page in group.pages]
    return item


def _photo(material: Material, page: ExportedPage) -> dict[str, Any]:
    """Return a page. Tropy adds the protocol and "://" to the path itself, and reads a note only from its HTML."""
    protocol, _, path = stored_url(material, page).partition("://")
    photo: dict[str, Any] = {
        "@type": "Photo",
        f"{DC}title": page.identifier,
        "path": path,
        "protocol": protocol,
        "filename": page.filename,
        "mimetype": "image/jpeg" if service_url(material, page) else web_type(page.media_type),
        "width": page.width,
        "height": page.height,
        "angle": page.rotation,
    }
    lines = [clean(line.text) for line in material.lines(page)]
    if lines:
        html = "".join(f"<p>{escape(line, quote=False)}</p>" for line in lines)
        photo["note"] = [{"@type": "Note", "html": html}]
    return photo
