"""MODS 3.7 or 3.8, by setting: one record per group, with its pages as constituents.

https://www.loc.gov/standards/mods/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lxml import etree

from clustering.engine.description import Details
from clustering.engine.edtf import is_edtf
from clustering.engine.language_names import language_name
from clustering.exports.contract import File, GroupRecord, Material
from clustering.exports.delimited import write_arrangement
from clustering.exports.mods.resource_types import resource_type
from clustering.exports.mods.settings import ModsSettings
from clustering.exports.naming import (
    clean,
    extent_of,
    genre_uri,
    label_of,
    left_out_of,
    local_id,
    manifest_url,
    origin,
    rights_of,
    title_of,
    vocabulary_of,
)

NS = "http://www.loc.gov/mods/v3"
AAT = "http://vocab.getty.edu/aat/"
Element = Any


def write_mods(material: Material) -> Iterator[File]:
    """Yield mods/<id>.xml per group, and pages.csv."""
    for group in material.groups:
        name = f"mods/{local_id(material.collection, group)}.xml"
        yield name, [document(mods_record(material, group))]
    yield "pages.csv", (piece.encode() for piece in write_arrangement(material))


def document(root: Element) -> bytes:
    """Return the record as a file."""
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def mods_record(material: Material, group: GroupRecord, *, prefix: str | None = None) -> Element:
    """Return one record; with a prefix inside other XML, for readers that expect the usual one."""
    root = etree.Element(
        f"{{{NS}}}mods", {"version": material.settings.of(ModsSettings).mods_version}, nsmap={prefix: NS}
    )
    _describe(root, material, group)
    host = _child(root, "relatedItem", {"type": "host"})
    _text(_child(host, "titleInfo"), "title", material.collection.title or material.collection.slug)
    if material.collection.identifier:
        _text(host, "identifier", material.collection.identifier, {"type": "local"})
    if group.copy_of:
        other = local_id(material.collection, replace(group, number=group.copy_of))
        _text(_child(root, "relatedItem", {"type": "otherVersion"}), "identifier", other, {"type": "local"})
    for page in group.pages:
        part_of = _child(root, "relatedItem", {"type": "constituent"})
        _text(part_of, "identifier", page.identifier, {"type": "local"})
        if page.pid:
            _text(part_of, "identifier", page.pid, {"type": "pid"})
        part = _child(part_of, "part", {"order": str(page.sequence)})
        _text(_child(part, "detail", {"type": "page"}), "number", label_of(page, otherwise=page.sequence))
    if material.settings.published and not group.is_machine_proposed:
        given = {"displayLabel": "IIIF manifest", "access": "object in context"}
        _text(_child(root, "location"), "url", manifest_url(material, group), given)
    if group.details.box:
        _text(_child(root, "location"), "shelfLocator", group.details.box)
    if rights_of(material, group):
        _text(root, "accessCondition", rights_of(material, group), {"type": "use and reproduction"})
    if left_out_of(group):
        _text(root, "accessCondition", left_out_of(group), {"type": "restriction on access"})
    info = _child(root, "recordInfo")
    if material.settings.publisher:
        _text(info, "recordContentSource", material.settings.publisher)
    _text(info, "recordIdentifier", local_id(material.collection, group))
    _text(info, "recordOrigin", origin(group))
    return root


def _describe(root: Element, material: Material, group: GroupRecord) -> None:
    """Write the description: title, kind, date, language, extent, note, and id."""
    _text(_child(root, "titleInfo"), "title", title_of(group, material.settings))
    for term in group.details.creators:
        name = _child(root, "name", _value_uri(term.uri))
        _text(name, "namePart", term.label)
        _text(_child(name, "role"), "roleTerm", "creator", {"type": "text", "authority": "marcrelator"})
    _text(root, "typeOfResource", resource_type(genre_uri(group)))
    if group.kind:
        uri = genre_uri(group)
        in_aat = uri.startswith(AAT)
        given = {"authority": "aat", "authorityURI": AAT, "valueURI": clean(uri)} if in_aat else _value_uri(uri)
        _text(root, "genre", group.kind, given)
    if group.date:
        _text(_child(root, "originInfo"), "dateCreated", group.date, _dated(group.date))
    if group.language:
        language = _child(root, "language")
        _text(language, "languageTerm", language_name(group.language), {"type": "text"})
        _text(language, "languageTerm", group.language, {"type": "code", "authority": "rfc5646"})
    described = _child(root, "physicalDescription")
    _text(described, "extent", extent_of(group), {"unit": "pages"})
    _text(described, "digitalOrigin", "reformatted digital")
    if group.details.summary:
        _text(root, "abstract", group.details.summary)
    if group.note:
        _text(root, "note", group.note)
    _subjects(root, group.details)
    if group.details.identifier:
        _text(root, "identifier", group.details.identifier, {"displayLabel": "Identifier"})
    _text(root, "identifier", local_id(material.collection, group), {"type": "local"})


def _subjects(root: Element, details: Details) -> None:
    for term in details.subjects:
        _text(_child(root, "subject"), "topic", term.label, _value_uri(term.uri))
    for term in details.people:
        _text(_child(_child(root, "subject"), "name", _value_uri(term.uri)), "namePart", term.label)
    for term in details.places:
        _text(_child(root, "subject"), "geographic", term.label, _value_uri(term.uri))


def _value_uri(uri: str) -> dict[str, str]:
    code, known = vocabulary_of(uri), clean(uri)
    return ({"authority": code} if code else {}) | ({"valueURI": known} if known else {})


def _dated(date: str) -> dict[str, str]:
    """Write a date, marked as EDTF only if it is."""
    return {"encoding": "edtf", "keyDate": "yes"} if is_edtf(date) else {"keyDate": "yes"}


def _child(parent: Element, name: str, given: dict[str, str] | None = None) -> Element:
    return etree.SubElement(parent, f"{{{NS}}}{name}", given or {})


def _text(parent: Element, name: str, text: str, given: dict[str, str] | None = None) -> None:
    _child(parent, name, given).text = clean(text)
