"""METS 1.12.1: one file per collection, with the pages as scanned and the documents they form.

Written as it goes, so that memory doesn't grow with the collection. https://www.loc.gov/standards/mets/
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from lxml import etree

from clustering.exports.contract import File, GroupRecord, Material
from clustering.exports.delimited import write_arrangement
from clustering.exports.mods.settings import ModsSettings
from clustering.exports.mods.writer import mods_record
from clustering.exports.naming import (
    image_type,
    image_url,
    label_of,
    local_id,
    one_line,
    original_url,
    title_of,
    xml_name,
)

NS = "http://www.loc.gov/METS/"
XLINK = "http://www.w3.org/1999/xlink"
PIECE = 1 << 16
METS = f"{{{NS}}}"
HREF = f"{{{XLINK}}}href"


def write_mets(material: Material) -> Iterator[File]:
    """Yield mets.xml and pages.csv."""
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
            out.write("\n")
            yield from _drained(buffer, out, _head(out))
            for part in (_descriptions, _files, _physical, _logical, _links):
                yield from _drained(buffer, out, part(out, material))
    yield buffer.getvalue()


def _drained(buffer: io.BytesIO, out: Any, steps: Iterable[None]) -> Iterator[bytes]:
    """Yield what was written so far, in pieces."""
    for _ in steps:
        if buffer.tell() > PIECE:
            out.flush()
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()


def _head(out: Any) -> Iterator[None]:
    by = {"ROLE": "CREATOR", "TYPE": "OTHER", "OTHERTYPE": "SOFTWARE"}
    with _open(out, "metsHdr"), _open(out, "agent", **by), out.element(f"{METS}name"):
        out.write("hhreview")
    yield


def _group_id(material: Material, group: GroupRecord) -> str:
    return xml_name(local_id(material.collection, group))


def _descriptions(out: Any, material: Material) -> Iterator[None]:
    for group in material.groups:
        version = material.settings.of(ModsSettings).mods_version
        with (
            _open(out, "dmdSec", ID=f"dmd-{_group_id(material, group)}"),
            _open(out, "mdWrap", MDTYPE="MODS", MDTYPEVERSION=version),
            _open(out, "xmlData"),
        ):
            out.write(mods_record(material, group, prefix="mods"), pretty_print=True)
        yield


def _files(out: Any, material: Material) -> Iterator[None]:
    """Yield the originals with their checksums, then the upright images for browsers."""
    with _open(out, "fileSec"):
        with _open(out, "fileGrp", USE="MASTER"):
            for group in material.groups:
                for page in group.pages:
                    known = {"SEQ": str(page.position), "CHECKSUM": page.sha256, "CHECKSUMTYPE": "SHA-256"}
                    _file(
                        out, f"file-{xml_name(page.identifier)}", page.media_type, original_url(material, page), known
                    )
                yield
        with _open(out, "fileGrp", USE="DEFAULT"):
            for group in material.groups:
                for page in group.pages:
                    name = f"shown-{xml_name(page.identifier)}"
                    _file(out, name, image_type(material, page), image_url(material, page), {"SEQ": str(page.position)})
                yield


def _file(out: Any, name: str, media_type: str, address: str, known: Mapping[str, str]) -> None:
    with _open(out, "file", ID=name, MIMETYPE=media_type, **known):
        _put(out, "FLocat", {"LOCTYPE": "URL", HREF: address})


def _physical(out: Any, material: Material) -> Iterator[None]:
    """List every page once: ORDER is its place among those exported, ORDERLABEL the source's label or the scan's
    position."""
    order = 0
    with _open(out, "structMap", TYPE="PHYSICAL"), _open(out, "div", TYPE="physSequence", ID="physical"):
        for group in material.groups:
            for page in group.pages:
                order += 1
                name = xml_name(page.identifier)
                label = label_of(page, otherwise=page.position)
                with _open(out, "div", ID=f"page-{name}", TYPE="page", ORDER=str(order), ORDERLABEL=label):
                    _put(out, "fptr", {"FILEID": f"file-{name}"})
                    _put(out, "fptr", {"FILEID": f"shown-{name}"})
            yield


def _logical(out: Any, material: Material) -> Iterator[None]:
    label = one_line(material.collection.title)
    with _open(out, "structMap", TYPE="LOGICAL"), _open(out, "div", TYPE="folder", ID="logical", LABEL=label):
        for order, group in enumerate(material.groups, start=1):
            name = _group_id(material, group)
            attributes = {
                "ID": f"group-{name}",
                "TYPE": one_line(group.kind) or "document",
                "LABEL": title_of(group, material.settings),
                "DMDID": f"dmd-{name}",
                "ORDER": str(order),
            }
            _put(out, "div", attributes)
            yield


def _links(out: Any, material: Material) -> Iterator[None]:
    with _open(out, "structLink"):
        _link(out, "logical", "physical")
        for group in material.groups:
            for page in group.pages:
                _link(out, f"group-{_group_id(material, group)}", f"page-{xml_name(page.identifier)}")
            yield


def _link(out: Any, one: str, other: str) -> None:
    _put(out, "smLink", {f"{{{XLINK}}}from": one, f"{{{XLINK}}}to": other})


def _put(out: Any, name: str, given: Mapping[str, str]) -> None:
    """Write an empty element on its own line, so that a diff shows what changed."""
    with out.element(f"{METS}{name}", given):
        pass
    out.write("\n")


@contextmanager
def _open(out: Any, name: str, **given: str) -> Iterator[None]:
    with out.element(f"{METS}{name}", given):
        out.write("\n")
        yield
    out.write("\n")
