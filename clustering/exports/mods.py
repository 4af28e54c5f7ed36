"""MODS 3.7: a record a group, its pages as constituents. The records are valid under 3.8 as well, but for `version`.

https://www.loc.gov/standards/mods/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from clustering.exports.contract import File, GroupRecord, Material
from clustering.exports.naming import clean, genre_uri, local_id, title_of
from clustering.exports.tables import write_arrangement

NS = "http://www.loc.gov/mods/v3"
VERSION = "3.7"
Element = Any


def write_mods(material: Material) -> Iterator[File]:
    """mods/<id>.xml a group, and pages.csv."""
    for group in material.groups:
        name = f"mods/{local_id(material.collection, group)}.xml"
        yield name, [document(mods_record(material, group))]
    yield "pages.csv", (piece.encode() for piece in write_arrangement(material.collection, material.groups))


def document(root: Element) -> bytes:
    """As a file."""
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def mods_record(material: Material, group: GroupRecord) -> Element:
    """One record."""
    root = etree.Element(f"{{{NS}}}mods", {"version": VERSION}, nsmap={None: NS})
    _text(_child(root, "titleInfo"), "title", title_of(group))
    _text(root, "typeOfResource", "text")
    if group.kind:
        uri = genre_uri(group)
        given = {"authority": "aat", "valueURI": uri} if uri else {}
        _text(root, "genre", group.kind, given)
    if group.date:
        _text(_child(root, "originInfo"), "dateCreated", group.date, {"encoding": "edtf", "keyDate": "yes"})
    if group.language:
        _text(_child(root, "language"), "languageTerm", group.language, {"type": "code", "authority": "rfc3066"})
    extent = "1 page" if len(group.pages) == 1 else f"{len(group.pages)} pages"
    _text(_child(root, "physicalDescription"), "extent", extent, {"unit": "pages"})
    if group.note:
        _text(root, "note", group.note)
    _text(root, "identifier", local_id(material.collection, group), {"type": "local"})
    host = _child(root, "relatedItem", {"type": "host"})
    _text(_child(host, "titleInfo"), "title", material.collection.title)
    if material.collection.identifier:
        _text(host, "identifier", material.collection.identifier, {"type": "local"})
    for page in group.pages:
        part_of = _child(root, "relatedItem", {"type": "constituent"})
        _text(part_of, "identifier", page.identifier, {"type": "local"})
        if page.pid:
            _text(part_of, "identifier", page.pid, {"type": "pid"})
        part = _child(part_of, "part", {"order": str(page.sequence)})
        _text(_child(part, "detail", {"type": "page"}), "number", str(page.sequence))
    if material.settings.rights:
        _text(root, "accessCondition", material.settings.rights, {"type": "use and reproduction"})
    info = _child(root, "recordInfo")
    if material.settings.publisher:
        _text(info, "recordContentSource", material.settings.publisher)
    _text(info, "recordIdentifier", local_id(material.collection, group))
    _text(info, "recordOrigin", origin(group))
    return root


def origin(group: GroupRecord) -> str:
    """Who grouped the pages, in words."""
    machine = f"Grouped by machine (run {group.run}, {group.method})" if group.run else "Grouped by hand"
    if group.is_machine_proposed:
        return f"{machine}; not confirmed by a person."
    return f"{machine}; confirmed by {group.confirmed_by or 'an archivist'} at {group.confirmed_at}."


def _child(parent: Element, name: str, given: dict[str, str] | None = None) -> Element:
    return etree.SubElement(parent, f"{{{NS}}}{name}", given or {})


def _text(parent: Element, name: str, text: str, given: dict[str, str] | None = None) -> None:
    _child(parent, name, given).text = clean(text)
