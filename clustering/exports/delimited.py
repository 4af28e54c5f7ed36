"""Text in columns: CSV for people, which no spreadsheet takes for formulas, and CSV for systems, cell by cell as it is.

RFC 4180 with CRLF and UTF-8. In a table for people a cell that a spreadsheet would take for a formula gets an
apostrophe before it; `unguarded` takes it off again. A system that loads a table takes cells as they are, so there
nothing is guarded.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from clustering.exports.contract import File, Material
from clustering.exports.naming import one_line

PAGES_COLUMNS = ("group_id", "sequence", "identifier", "pid", "filename")
BOM = "\ufeff"
PIECE = 1 << 15
"""Characters that are sent at once: a row at a time would make 50,000 tiny packets."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
SEPARATOR = "|"
"""Between the values of a cell, where a system takes several."""


def guarded(cell: object) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = "" if cell is None else str(cell)
    # The apostrophe itself is doubled, so that taking it off gives back what stood there.
    return f"'{text}" if text.startswith((*FORMULA_STARTS, "'")) else text


def unguarded(cell: str) -> str:
    """Return what `guarded` was given."""
    return cell[1:] if cell.startswith("'") else cell


def guarded_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, bom: bool = False) -> Iterator[str]:
    """Yield a table for people, piece by piece; with `bom` it begins with a byte order mark."""
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


def csv_pieces(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """RFC 4180 in UTF-8. Control characters are taken out, and line breaks but in `Paragraphs`."""
    piece = io.StringIO()
    writer = csv.writer(piece, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_in_table(cell) for cell in row])
        if piece.tell() >= PIECE:
            yield piece.getvalue().encode()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue().encode()


class Paragraphs(str):
    """A text whose line breaks its cell keeps."""


def in_lines(text: str) -> str:
    """Return the text of such a cell: without control characters and blanks at the ends of lines."""
    return "\n".join(map(one_line, text.strip().splitlines()))


def _in_table(cell: object) -> object:
    if isinstance(cell, Paragraphs):
        return in_lines(cell)
    return one_line(cell) if isinstance(cell, str) else cell


def joined(values: Iterable[str]) -> str:
    """Return values in one cell, divided by semicolons; for one inside a value stands a comma."""
    return "; ".join(value.replace(";", ",") for value in values)


def one_value(text: str) -> str:
    """Text without the bar that divides the values of a cell."""
    return text.replace(SEPARATOR, "/")


def write_arrangement(material: Material) -> Iterator[str]:
    """Yield pages.csv: group, place in it, and which page. Never with a byte order mark: it is for programs."""
    return guarded_table(
        PAGES_COLUMNS,
        (
            (group.number, page.sequence, page.identifier, page.pid, page.filename)
            for group in material.groups
            for page in group.pages
        ),
    )


def pages_csv(material: Material) -> File:
    """Return the file that every target comes with."""
    return "pages.csv", (piece.encode() for piece in write_arrangement(material))
