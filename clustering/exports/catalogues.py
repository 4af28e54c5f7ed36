"""Tables for systems that load them: Islandora Workbench, Omeka S, Brown's repository, CONTENTdm.

None of them is opened in a spreadsheet on its way, and each takes cells as they are: nothing is guarded here.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from clustering.engine.drafting.language import LANGUAGE_NAMES
from clustering.engine.edtf import is_edtf
from clustering.exports.contract import File, GroupRecord, Material, PageRecord
from clustering.exports.dates import plain_date
from clustering.exports.mods import document, mods_record
from clustering.exports.naming import (
    extent_of,
    file_stem,
    file_suffix,
    genre_uri,
    image_name,
    image_url,
    label_of,
    local_id,
    manifest_url,
    one_line,
    service_url,
    title_of,
)
from clustering.exports.packing import upright_pieces
from clustering.exports.tables import PIECE, origin, write_arrangement

ISLANDORA_COLUMNS = ("id", "parent_id", "field_weight", "file", "title", "field_model", "field_member_of")
OMEKA_COLUMNS = (
    "dcterms:identifier", "dcterms:title", "dcterms:type", "dcterms:date", "dcterms:language", "dcterms:description",
    "dcterms:extent", "dcterms:isPartOf", "dcterms:rights", "dcterms:publisher", "dcterms:provenance", "media_url",
)  # fmt: skip
BDR_COLUMNS = ("parent_local_id", "child_pid", "pagination")
SEPARATOR = "|"


def csv_pieces(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """RFC 4180 in UTF-8, control characters and line breaks in cells taken out."""
    piece = io.StringIO()
    writer = csv.writer(piece, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([one_line(cell) if isinstance(cell, str) else cell for cell in row])
        if piece.tell() >= PIECE:
            yield piece.getvalue().encode()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue().encode()


def pages_csv(material: Material) -> File:
    """The file that every target comes with."""
    return "pages.csv", (piece.encode() for piece in write_arrangement(material))


def write_islandora(material: Material) -> Iterator[File]:
    """The parent's row first, then its pages with weights 1 to n; and a configuration to go with it.

    What a document is goes into the fields that the settings name. With proposals among them a column says which may
    be published.
    """
    settings = material.settings
    fields = settings.islandora_columns()
    columns = (*ISLANDORA_COLUMNS, *fields.values())
    if material.everything:
        columns = (*columns, "published")

    def rows() -> Iterator[Sequence[object]]:
        for group in material.groups:
            name = local_id(material.collection, group)
            title = title_of(group, settings)
            published = (int(not group.is_machine_proposed),) if material.everything else ()
            parent = (name, "", "", "", title, settings.islandora_model, settings.islandora_collection)
            told = _islandora_facts(material, group)
            yield *parent, *(one_value(told[fact]) for fact in fields), *published
            for page in group.pages:
                called = f"{title}, page {page.sequence}"
                child = (f"{name}-{page.sequence}", name, page.sequence, _islandora_file(page), called)
                own = (page.identifier if fact == "identifier" else "" for fact in fields)
                yield *child, settings.islandora_page_model, "", *own, *published

    yield "islandora.csv", csv_pieces(columns, rows())
    config = (
        f"task: create\nhost: {settings.islandora_host}\nusername: workbench\n"
        "input_dir: .\ninput_csv: islandora.csv\nid_field: id\nallow_missing_files: true\n"
        "# Genres and languages that are not in their vocabularies yet are added.\nallow_adding_terms: true\n"
        "# Put the scans beside this file, under the names of the column file. Those in turned/ are there already.\n"
    )
    yield "workbench.yml", [config.encode()]
    for group in material.groups:
        for page in group.pages:
            if page.rotation:
                yield _islandora_file(page), upright_pieces(material.image(page), page.rotation)
    yield pages_csv(material)


def _islandora_file(page: PageRecord) -> str:
    """Where Workbench looks for a scan: a page that lies the wrong way comes along, turned."""
    return f"turned/{file_stem(page.identifier)}.{file_suffix(page)}" if page.rotation else page.filename


def _islandora_facts(material: Material, group: GroupRecord) -> dict[str, str]:
    """What is known of a document, under the names that the setting `islandora_fields` gives to fields of theirs."""
    return {
        "identifier": local_id(material.collection, group),
        "genre": group.kind if group.kind != "other" else "",
        "date": group.date if is_edtf(group.date) else "",
        "language": LANGUAGE_NAMES.get(group.language, group.language),
        "description": group.note,
        "rights": material.settings.rights,
        "extent": extent_of(group),
        "note": origin(group),
    }


def one_value(text: str) -> str:
    """Text without the bar that divides the values of a cell."""
    return text.replace(SEPARATOR, "/")


def write_omeka(material: Material) -> Iterator[File]:
    """One row an item; the addresses of its pages in one cell, divided by a vertical bar."""

    def rows() -> Iterator[Sequence[object]]:
        for group in material.groups:
            told = (
                local_id(material.collection, group), title_of(group, material.settings),
                genre_uri(group) or group.kind, group.date, group.language, group.note, extent_of(group),
                material.collection.title, material.settings.rights, material.settings.publisher, origin(group),
            )  # fmt: skip
            yield *(for_php(one_value(text)) for text in told), SEPARATOR.join(_media(material, group))

    yield "omeka-s.csv", csv_pieces(OMEKA_COLUMNS, rows())
    yield pages_csv(material)


def for_php(text: str) -> str:
    """Text whose cell ends where it should for PHP, which does not end a cell at a quote behind a backslash.

    Such a backslash is doubled, and arrives doubled: neither PHP nor RFC 4180 has a way to write it.
    """
    line = one_line(text)
    before_a_quote = r"(\\+)(?=\"|$)" if is_quoted(line) else r"(\\+)(?=\")"
    return re.sub(before_a_quote, r"\1\1", line)


def is_quoted(line: str) -> bool:
    """Whether a cell of one line stands in quotes."""
    return "," in line or '"' in line


def _media(material: Material, group: GroupRecord) -> list[str]:
    """What Omeka fetches: an address a page, or the manifest's alone."""
    if material.settings.omeka_media == "manifest":
        return [manifest_url(material, group)]
    if material.settings.omeka_media == "info" and all(service_url(material, page) for page in group.pages):
        return [f"{service_url(material, page)}/info.json" for page in group.pages]
    return [image_url(material, page) for page in group.pages]


def write_bdr(material: Material) -> Iterator[File]:
    """A MODS record a parent, children.csv, and for each page with a pid the statements that name its parent."""

    def rows() -> Iterator[Sequence[object]]:
        for group in material.groups:
            for page in group.pages:
                yield local_id(material.collection, group), page.pid or page.identifier, page.sequence

    yield "children.csv", csv_pieces(BDR_COLUMNS, rows())
    for group in material.groups:
        name = local_id(material.collection, group)
        yield f"parents/{name}.mods.xml", [document(mods_record(material, group))]
        for page in group.pages:
            if page.pid:
                yield f"rels-ext/{file_stem(page.pid)}.xml", [_rels_ext(material, page.pid, name, page.sequence)]
    yield pages_csv(material)


def _rels_ext(material: Material, pid: str, parent: str, sequence: int) -> bytes:
    """isPartOf and hasPagination; the parent's pid is put in for its local id once the repository has given it one.

    Where the settings name the folder's pid the page stays part of it as well.
    """
    about = quoteattr(f"info:fedora/{pid}")
    parents = [f"{{{parent}}}", *filter(None, [material.settings.bdr_collection])]
    part_of = "".join(f"    <rel:isPartOf rdf:resource={quoteattr(f'info:fedora/{one}')}/>\n" for one in parents)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"\n'
        '         xmlns:rel="info:fedora/fedora-system:def/relations-external#"\n'
        '         xmlns:bul="http://library.brown.edu/#">\n'
        f"  <rdf:Description rdf:about={about}>\n"
        f"{part_of}"
        f"    <bul:hasPagination>{escape(str(sequence))}</bul:hasPagination>\n"
        "  </rdf:Description>\n"
        "</rdf:RDF>\n"
    ).encode()


def write_contentdm(material: Material) -> Iterator[File]:
    """Directory structure: in each object's folder a tab-delimited text of its name, scans/ and transcripts/."""
    for group in material.groups:
        name = file_stem(local_id(material.collection, group))
        yield f"contentdm/{name}/{name}.txt", [_contentdm_table(material, group)]
        for page in group.pages:
            yield f"contentdm/{name}/scans/{image_name(page)}", upright_pieces(material.image(page), page.rotation)
            text = "\n".join(line.text for line in material.lines(page))
            yield f"contentdm/{name}/transcripts/{page.sequence:04}.txt", [text.encode(errors="replace")]
    yield pages_csv(material)


CONTENTDM_COLUMNS = (
    "Title", "Identifier", "Type", "Date", "Date EDTF", "Language", "Description", "Rights", "Provenance", "File Name",
)  # fmt: skip


def _contentdm_table(material: Material, group: GroupRecord) -> bytes:
    """Tabs between, no quotes around, and nothing behind the last line: a blank line would be one item more."""

    def row(*cells: str) -> str:
        return "\t".join(one_line(cell) for cell in cells)

    rights = material.settings.rights
    rows = [
        row(*CONTENTDM_COLUMNS),
        row(
            title_of(group, material.settings), local_id(material.collection, group), group.kind,
            plain_date(group.date), group.date, group.language, group.note, rights, origin(group), "",
        ),
    ]  # fmt: skip
    for page in group.pages:
        called = label_of(page, otherwise=f"Page {page.sequence}")
        rows.append(row(called, page.identifier, *[""] * 7, image_name(page)))
    return "\r\n".join(rows).encode()
