"""CSV: a row a page, a row a group, and the small pages.csv from which any system can rebuild the grouping.

RFC 4180 with CRLF and UTF-8. A cell that a spreadsheet would take for a formula gets an apostrophe before it;
`unguarded` takes it off again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from clustering.exports.contract import GroupRecord, Material, PageRecord
from clustering.exports.naming import (
    extent_of,
    genre_uri,
    local_id,
    manifest_url,
    one_line,
    ranges,
    title_of,
)

COLUMNS = (
    "identifier",
    "position",
    "group",
    "group_order",
    "state",
    "pid",
    "filename",
    "title",
    "kind",
    "kind_uri",
    "date",
    "language",
    "note",
    "page_count",
    "role",
    "machine_proposed",
    "confidence",
    "confirmed_by",
    "confirmed_at",
    "split_from",
    "run",
    "method",
    "draft_title",
    "draft_kind",
    "draft_date",
    "sha256",
    "width",
    "height",
    "rotation",
    "page_label",
)
PAGES_COLUMNS = ("group_id", "sequence", "identifier", "pid", "filename")
GROUP_COLUMNS = (
    "dcterms:identifier", "dcterms:title", "dcterms:type", "dcterms:date", "dcterms:language", "dcterms:description",
    "dcterms:extent", "dcterms:isPartOf", "dcterms:source", "dcterms:hasPart", "dcterms:rights", "dcterms:publisher",
    "dcterms:provenance", "group", "kind", "state", "machine_proposed", "confirmed_by", "confirmed_at", "split_from",
    "scan_order", "manifest",
)  # fmt: skip
PARTS = "|"
"""Between the identifiers of a group's pages."""
BOM = "\ufeff"
PIECE = 1 << 15
"""Characters that are sent at once: a row at a time would make 50,000 tiny packets."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_pages(material: Material) -> Iterator[str]:
    """Yield the full table, a row a page, what is said of the group on each."""
    rows = (page_row(group, page) for group in material.groups for page in group.pages)
    return _table(COLUMNS, rows, bom=material.settings.csv_bom)


def write_groups(material: Material) -> Iterator[str]:
    """Yield a row a group, under the names of Dublin Core where it has one."""
    rows = (group_row(material, group) for group in material.groups)
    return _table(GROUP_COLUMNS, rows, bom=material.settings.csv_bom)


def write_arrangement(material: Material) -> Iterator[str]:
    """Yield pages.csv: group, place in it, and which page. Never with a byte order mark: it is for programs."""
    return _table(
        PAGES_COLUMNS,
        (
            (group.number, page.sequence, page.identifier, page.pid, page.filename)
            for group in material.groups
            for page in group.pages
        ),
    )


def guarded(cell: object) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = "" if cell is None else str(cell)
    # The apostrophe itself is doubled, so that taking it off gives back what stood there.
    return f"'{text}" if text.startswith((*FORMULA_STARTS, "'")) else text


def unguarded(cell: str) -> str:
    """Return what `guarded` was given."""
    return cell[1:] if cell.startswith("'") else cell


def origin(group: GroupRecord) -> str:
    """Who grouped the pages, in words."""
    machine = f"Grouped by machine (run {group.run}, {group.method})" if group.run else "Grouped by hand"
    if group.is_machine_proposed:
        return f"{machine}; not confirmed by a person."
    return f"{machine}; confirmed by {group.confirmed_by or 'an archivist'} at {group.confirmed_at}."


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, bom: bool = False) -> Iterator[str]:
    piece = io.StringIO()
    piece.write(BOM if bom else "")
    writer = csv.writer(piece, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell if isinstance(cell, int | float) else guarded(cell) for cell in row])
        if piece.tell() >= PIECE:
            yield piece.getvalue()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue()


def group_row(material: Material, group: GroupRecord) -> tuple[object, ...]:
    """What the table says of one group, a value a column of GROUP_COLUMNS."""
    names = [page.identifier for page in group.pages]
    return (
        local_id(material.collection, group),
        title_of(group, material.settings),
        genre_uri(group) or group.kind,
        group.date,
        group.language,
        group.note,
        extent_of(group),
        one_line(material.collection.title),
        f"{names[0]} – {names[-1]}" if len(names) > 1 else "".join(names),
        PARTS.join(names),
        material.settings.rights,
        material.settings.publisher,
        origin(group),
        group.number,
        group.kind,
        group.state,
        int(group.is_machine_proposed),
        group.confirmed_by,
        group.confirmed_at,
        group.split_from,
        ranges(sorted(page.position for page in group.pages)),
        "" if group.is_machine_proposed else manifest_url(material, group),
    )


def page_row(group: GroupRecord, page: PageRecord) -> tuple[object, ...]:
    """What the table says of one page, a value a column."""
    return (
        page.identifier,
        page.position,
        group.number,
        page.sequence,
        group.state,
        page.pid,
        page.filename,
        group.title,
        group.kind,
        genre_uri(group),
        group.date,
        group.language,
        group.note,
        len(group.pages),
        page.role,
        int(group.is_machine_proposed),
        None if group.confidence is None else round(group.confidence, 4),
        group.confirmed_by,
        group.confirmed_at,
        group.split_from,
        group.run,
        group.method,
        group.draft_title,
        group.draft_kind,
        group.draft_date,
        page.sha256,
        page.width,
        page.height,
        page.rotation,
        page.label,
    )
