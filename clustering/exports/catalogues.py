"""CSV for systems that load tables: Islandora Workbench, Omeka S, ArchivesSpace, and Brown's repository.

None of them is opened in a spreadsheet on its way, and each takes cells as they are: nothing is guarded here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from clustering.exports.contract import File, GroupRecord, Material
from clustering.exports.mods import document, mods_record
from clustering.exports.naming import clean, file_stem, genre_uri, image_url, local_id, manifest_url, ranges, title_of
from clustering.exports.packing import file_pieces
from clustering.exports.tables import PIECE, write_arrangement

ISLANDORA_COLUMNS = ("id", "parent_id", "field_weight", "file", "title", "field_model", "field_member_of")
OMEKA_COLUMNS = (
    "dcterms:identifier", "dcterms:title", "dcterms:type", "dcterms:date", "dcterms:language", "dcterms:description",
    "dcterms:extent", "dcterms:isPartOf", "dcterms:rights", "dcterms:publisher", "media_url",
)  # fmt: skip
BDR_COLUMNS = ("parent_local_id", "child_pid", "pagination")
SEPARATOR = "|"


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """RFC 4180 in UTF-8, control characters and line breaks in cells taken out."""
    piece = io.StringIO()
    writer = csv.writer(piece, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([" ".join(clean(str(cell)).split()) if isinstance(cell, str) else cell for cell in row])
        if piece.tell() >= PIECE:
            yield piece.getvalue().encode()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue().encode()


def _pages_csv(material: Material) -> File:
    return "pages.csv", (piece.encode() for piece in write_arrangement(material.collection, material.groups))


def write_islandora(material: Material) -> Iterator[File]:
    """The parent's row first, then its pages with weights 1 to n; and a configuration to go with it."""
    settings = material.settings

    def rows() -> Iterator[Sequence[object]]:
        for group in material.groups:
            name = local_id(material.collection, group)
            yield name, "", "", "", title_of(group), settings.islandora_model, settings.islandora_collection
            for page in group.pages:
                title = f"{title_of(group)}, page {page.sequence}"
                child = f"{name}-{page.sequence}"
                yield child, name, page.sequence, page.filename, title, settings.islandora_page_model, ""

    yield "islandora.csv", _csv(ISLANDORA_COLUMNS, rows())
    config = (
        "task: create\nhost: https://islandora.example.org\nusername: workbench\n"
        "input_dir: .\ninput_csv: islandora.csv\nid_field: id\nallow_missing_files: true\n"
        "# Put the scans beside this file, under the names of the column file.\n"
    )
    yield "workbench.yml", [config.encode()]
    yield _pages_csv(material)


def write_omeka(material: Material) -> Iterator[File]:
    """One row an item; the addresses of its pages in one cell, divided by a vertical bar."""

    def cell(text: str) -> str:
        return text.replace(SEPARATOR, "/")

    def rows() -> Iterator[Sequence[object]]:
        for group in material.groups:
            yield (
                local_id(material.collection, group), cell(title_of(group)), genre_uri(group) or group.kind, group.date,
                group.language, cell(group.note), f"{len(group.pages)} pages" if len(group.pages) > 1 else "1 page",
                cell(material.collection.title), material.settings.rights, cell(material.settings.publisher),
                SEPARATOR.join(image_url(material, page) for page in group.pages),
            )  # fmt: skip

    yield "omeka-s.csv", _csv(OMEKA_COLUMNS, rows())
    yield _pages_csv(material)


def write_bdr(material: Material) -> Iterator[File]:
    """A MODS record a parent, children.csv, and for each page with a pid the statements that name its parent."""

    def rows() -> Iterator[Sequence[object]]:
        for group in material.groups:
            for page in group.pages:
                yield local_id(material.collection, group), page.pid or page.identifier, page.sequence

    yield "children.csv", _csv(BDR_COLUMNS, rows())
    for group in material.groups:
        name = local_id(material.collection, group)
        yield f"parents/{name}.mods.xml", [document(mods_record(material, group))]
        for page in group.pages:
            if page.pid:
                yield f"rels-ext/{file_stem(page.pid)}.xml", [_rels_ext(page.pid, name, page.sequence)]
    yield _pages_csv(material)


def _rels_ext(pid: str, parent: str, sequence: int) -> bytes:
    """isPartOf and hasPagination; the parent's pid is put in for its local id once the repository has given it one."""
    about, resource = quoteattr(f"info:fedora/{pid}"), quoteattr(f"info:fedora/{{{parent}}}")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"\n'
        '         xmlns:rel="info:fedora/fedora-system:def/relations-external#"\n'
        '         xmlns:bul="http://library.brown.edu/#">\n'
        f"  <rdf:Description rdf:about={about}>\n"
        f"    <rel:isPartOf rdf:resource={resource}/>\n"
        f"    <bul:hasPagination>{escape(str(sequence))}</bul:hasPagination>\n"
        "  </rdf:Description>\n"
        "</rdf:RDF>\n"
    ).encode()


def write_archivesspace(material: Material) -> Iterator[File]:
    """The bulk template of digital objects: its two head rows as they are, then a row a group."""
    from clustering.exports.archivesspace import CODES, TEMPLATE

    settings = material.settings

    def rows() -> Iterator[Sequence[object]]:
        for group in material.groups:
            dated = bool(group.date)
            said: dict[str, object] = {
                "ead": settings.archivesspace_ead,
                "ao_ref_id": settings.archivesspace_object,
                "digital_object_id": local_id(material.collection, group),
                "digital_object_title": title_of(group),
                "digital_object_publish": "FALSE" if group.is_machine_proposed else "TRUE",
                "digital_object_type": "text",
                "dates_label": "creation" if dated else "",
                "date_type": "single" if dated else "",
                "begin": group.date if dated and group.date[:1].isdigit() and len(group.date) <= 10 else "",
                "expression": group.date,
                "rep_file_uri": manifest_url(material, group),
                "rep_caption": f"Pages {ranges(sorted(page.position for page in group.pages))}",
                "note_type": "note" if group.note else "",
                "note_content": group.note,
                "portion": "whole",
                "number": len(group.pages),
                "extent_type": "pages",
            }
            yield [said.get(code, "") for code in CODES]

    def lines() -> Iterator[bytes]:
        yield TEMPLATE
        yield from (piece for piece in _without_head(_csv(CODES, rows())))

    yield "archivesspace.csv", lines()
    yield _pages_csv(material)


def _without_head(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """A table without its row of names, which the template brings."""
    first = next(pieces)
    yield first.split(b"\r\n", 1)[1]
    yield from pieces


def write_contentdm(material: Material) -> Iterator[File]:
    """Directory structure: in each object's folder a tab-delimited text of its name, scans/ and transcripts/."""
    for group in material.groups:
        name = file_stem(local_id(material.collection, group))
        yield f"contentdm/{name}/{name}.txt", [_contentdm_table(material, group)]
        for page in group.pages:
            stem = f"{page.sequence:04}"
            suffix = file_stem(page.filename.rpartition(".")[2].lower() or "bin")
            yield f"contentdm/{name}/scans/{stem}.{suffix}", file_pieces(material.image(page))
            text = "\n".join(line.text for line in material.lines(page))
            yield f"contentdm/{name}/transcripts/{stem}.txt", [text.encode()]
    yield _pages_csv(material)


def _contentdm_table(material: Material, group: GroupRecord) -> bytes:
    def row(*cells: str) -> str:
        return "\t".join(" ".join(clean(cell).split()) for cell in cells) + "\r\n"

    head = row("Title", "Identifier", "Type", "Date", "Description", "Rights", "File Name")
    rights = material.settings.rights
    rows = row(title_of(group), local_id(material.collection, group), group.kind, group.date, group.note, rights, "")
    for page in group.pages:
        suffix = file_stem(page.filename.rpartition(".")[2].lower() or "bin")
        rows += row(f"Page {page.sequence}", page.identifier, "", "", "", "", f"{page.sequence:04}.{suffix}")
    return (head + rows).encode()
