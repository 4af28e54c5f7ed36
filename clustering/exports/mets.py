"""METS 1.12.1: one file a collection, with the pages as they were scanned and the documents they make.

Written as it goes, so that memory does not grow with the collection. https://www.loc.gov/standards/mets/
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from lxml import etree

from clustering.exports.contract import File, GroupRecord, Material
from clustering.exports.mods import mods_record
from clustering.exports.naming import image_url, local_id, one_line, title_of, xml_name
from clustering.exports.tables import write_arrangement

NS = "http://www.loc.gov/METS/"
XLINK = "http://www.w3.org/1999/xlink"
PIECE = 1 << 16
METS = f"{{{NS}}}"
HREF = f"{{{XLINK}}}href"


def write_mets(material: Material) -> Iterator[File]:
    """mets.xml and pages.csv."""
    yield "mets.xml", _mets(material)
    yield "pages.csv", (piece.encode() for piece in write_arrangement(material))


def _mets(material: Material) -> Iterator[bytes]:
    buffer = io.BytesIO()
    with etree.xmlfile(buffer, encoding="UTF-8") as out:
        out.write_declaration()
        given = {
            "OBJID": material.collection.slug,
            "LABEL": one_line(material.collection.title),
            "TYPE": "archival folder",
        }
        with out.element(f"{METS}mets", given, nsmap={"mets": NS, "xlink": XLINK}):
            yield from _drained(buffer, out, _head(out))
            for part in (_descriptions, _files, _physical, _logical, _links):
                yield from _drained(buffer, out, part(out, material))
    yield buffer.getvalue()


def _drained(buffer: io.BytesIO, out: Any, steps: Iterable[None]) -> Iterator[bytes]:
    """What was written so far, a piece at a time."""
    for _ in steps:
        if buffer.tell() > PIECE:
            out.flush()
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()


def _head(out: Any) -> Iterator[None]:
    head = etree.Element(f"{METS}metsHdr")
    agent = etree.SubElement(head, f"{METS}agent", ROLE="CREATOR", TYPE="OTHER", OTHERTYPE="SOFTWARE")
    etree.SubElement(agent, f"{METS}name").text = "hhreview"
    out.write(head)
    yield


def _group_id(material: Material, group: GroupRecord) -> str:
    return xml_name(local_id(material.collection, group))


def _descriptions(out: Any, material: Material) -> Iterator[None]:
    for group in material.groups:
        section = etree.Element(f"{METS}dmdSec", ID=f"dmd-{_group_id(material, group)}")
        wrap = etree.SubElement(section, f"{METS}mdWrap", MDTYPE="MODS", MDTYPEVERSION=material.settings.mods_version)
        etree.SubElement(wrap, f"{METS}xmlData").append(mods_record(material, group))
        out.write(section)
        yield


def _files(out: Any, material: Material) -> Iterator[None]:
    with _open(out, "fileSec"), _open(out, "fileGrp", USE="MASTER"):
        empty = True
        for group in material.groups:
            for page in group.pages:
                file = etree.Element(
                    f"{METS}file", ID=f"file-{xml_name(page.identifier)}", MIMETYPE=page.media_type,
                    SEQ=str(page.position), CHECKSUM=page.sha256, CHECKSUMTYPE="SHA-256",
                )  # fmt: skip
                address = {"LOCTYPE": "URL", HREF: image_url(material, page)}
                etree.SubElement(file, f"{METS}FLocat", address)
                out.write(file)
                empty = False
            yield
        if empty:
            out.write(etree.Element(f"{METS}fileGrp"))


def _physical(out: Any, material: Material) -> Iterator[None]:
    """Every page once; ORDER is its place among those exported, ORDERLABEL its place in the scan order."""
    order = 0
    with _open(out, "structMap", TYPE="PHYSICAL"), _open(out, "div", TYPE="physSequence", ID="physical"):
        for group in material.groups:
            for page in group.pages:
                order += 1
                div = etree.Element(
                    f"{METS}div", ID=f"page-{xml_name(page.identifier)}", TYPE="page", ORDER=str(order),
                    ORDERLABEL=str(page.position),
                )  # fmt: skip
                etree.SubElement(div, f"{METS}fptr", FILEID=f"file-{xml_name(page.identifier)}")
                out.write(div)
            yield


def _logical(out: Any, material: Material) -> Iterator[None]:
    with _open(out, "structMap", TYPE="LOGICAL"):
        given = {"TYPE": "folder", "ID": "logical", "LABEL": one_line(material.collection.title)}
        with out.element(f"{METS}div", given):
            for order, group in enumerate(material.groups, start=1):
                name = _group_id(material, group)
                out.write(
                    etree.Element(
                        f"{METS}div", ID=f"group-{name}", TYPE=group.kind or "document",
                        LABEL=title_of(group, material.settings),
                        DMDID=f"dmd-{name}", ORDER=str(order),
                    )
                )  # fmt: skip
                yield


def _links(out: Any, material: Material) -> Iterator[None]:
    with _open(out, "structLink"):
        yield from ()
        out.write(_link("logical", "physical"))
        for group in material.groups:
            for page in group.pages:
                out.write(_link(f"group-{_group_id(material, group)}", f"page-{xml_name(page.identifier)}"))
            yield


def _link(one: str, other: str) -> Any:
    return etree.Element(f"{METS}smLink", {f"{{{XLINK}}}from": one, f"{{{XLINK}}}to": other})


@contextmanager
def _open(out: Any, name: str, **given: str) -> Iterator[None]:
    with out.element(f"{METS}{name}", given):
        yield
