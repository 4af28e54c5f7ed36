"""CSV: a row a page, and the small pages.csv from which any system can rebuild the grouping.

RFC 4180 with CRLF and UTF-8. A cell that a spreadsheet would take for a formula gets an apostrophe before it;
`unguarded` takes it off again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from clustering.exports.contract import CollectionRecord, GroupRecord, PageRecord

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
)
PAGES_COLUMNS = ("group_id", "sequence", "identifier", "pid", "filename")
PIECE = 1 << 15
"""Characters that are sent at once: a row at a time would make 50,000 tiny packets."""
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_pages(collection: CollectionRecord, groups: Iterable[GroupRecord]) -> Iterator[str]:
    """Yield the full table, a row a page, what is said of the group on each."""
    return _table(COLUMNS, (page_row(group, page) for group in groups for page in group.pages))


def write_arrangement(collection: CollectionRecord, groups: Iterable[GroupRecord]) -> Iterator[str]:
    """Yield pages.csv: group, place in it, and which page."""
    return _table(
        PAGES_COLUMNS,
        (
            (group.number, page.sequence, page.identifier, page.pid, page.filename)
            for group in groups
            for page in group.pages
        ),
    )


def guarded(cell: object) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = "" if cell is None else str(cell)
    # The apostrophe itself is doubled, so that taking it off gives back what stood there.
    return f"'{text}" if text.startswith((*_FORMULA_STARTS, "'")) else text


def unguarded(cell: str) -> str:
    """Return what `guarded` was given."""
    return cell[1:] if cell.startswith("'") else cell


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    piece = io.StringIO()
    writer = csv.writer(piece, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell if isinstance(cell, int | float) else guarded(cell) for cell in row])
        if piece.tell() >= PIECE:
            yield piece.getvalue()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue()


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
    )
