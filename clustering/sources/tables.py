"""Tables from people: lists of scans, document structures, and true documents, as spreadsheets write them.

One reader for all of them. Separators are commas, semicolons, tabs, and bars; encodings are UTF-8 with or without a
byte order mark, UTF-16, and Windows-1252; case in column names is ignored. Marks may be yes or no in several spellings.
"""

from __future__ import annotations

import codecs
import csv
import io
import math
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from clustering.sentences import grouped, say

TABLES = (".csv", ".tsv", ".tab")
"""Suffixes of tables."""
_DELIMITERS = (",", ";", "\t", "|")
_YES = frozenset({"1", "true", "t", "yes", "y", "x", "✓", "✔", "start", "wahr", "vrai", "verdadero", "vero"})
_NO = frozenset({"0", "false", "f", "no", "n", "-", "–", "falsch", "faux", "falso"})
"""Including how a spreadsheet in German, French, Spanish, or Italian writes true and false."""
_NO_TABLES = {
    b"pk\x03\x04": say("an Excel or OpenDocument file, or a ZIP"),
    b"\xd0\xcf\x11\xe0": say("an old Excel file"),
    b"\x1f\x8b": say("a compressed file"),
    b"%pdf-": say("a PDF"),
    b"<!doctype": say("a web page"),
    b"<html": say("a web page"),
}
"""What other files begin with, in small letters."""
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32-le",  # begins with that of UTF-16
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_ZEROS: dict[tuple[bool, ...], str] = {(False, True, False, True): "utf-16-le", (True, False, True, False): "utf-16-be"}
"""Which of the first four bytes are zero if a table begins with two letters of a Latin column name."""
_END = "\x1e"
"""A last line of our own. If it isn't read as a line, a quotation mark was never closed: `csv` itself says nothing."""
EITHER = "?"
"""Marks a start that may be right either way."""


class NoTable(ValueError):
    """The file isn't a readable table. The message is a full sentence with the remedy."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line below the header."""

    line: int
    """Line in the file, from 1, as a spreadsheet counts."""
    cells: dict[str, str]
    """By column, stripped; columns missing from the line are empty."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table without its blank lines."""

    columns: tuple[str, ...]
    """Normalized: lower case, `_` for spaces."""
    rows: tuple[TableRow, ...]
    note: str
    """What a person should check about how it was read; usually empty."""


def read_table(content: bytes, shown: str, *, wanted: Collection[str]) -> Table:
    """Parse the table in a file's bytes.

    Parameters
    ----------
    content : bytes
    wanted : collection of str
        Columns to look for; they decide between separators.
    shown : str
        What sentences call the file.

    Raises
    ------
    NoTable
        If it isn't a table, or has a wanted column twice.
    """
    text, note = _decoded(content, shown)
    blank = re.match(r"(?:[ \t]*(?:\r\n?|\n))*", text)
    above = blank[0] if blank else ""
    text, skipped = text[len(above) :], len(above.splitlines())
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep="):  # a hint that only Excel knows
        text, skipped = rest, skipped + 1
    read = _rows(text, _delimiter(text, wanted), shown, skipped)
    _, head = next(read, (0, []))
    columns = tuple(map(_column, head))
    if not any(columns):
        raise NoTable(
            say("%(shown)s is empty. The first line must name the columns. Save the table again.", shown=shown)
        )
    for column in wanted:
        if columns.count(column) > 1:
            raise NoTable(
                say(
                    "%(shown)s has the column %(column)s twice. Rename or delete one of the two.",
                    shown=shown,
                    column=column,
                )
            )
    empty = dict.fromkeys(columns, "")
    rows = tuple(
        TableRow(line, empty | dict(zip(columns, map(str.strip, cells), strict=False)))
        for line, cells in read
        if any(map(str.strip, cells))
    )
    return Table(columns, rows, note)


def _rows(text: str, delimiter: str, shown: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the line and the cells of each row.

    Raises NoTable if a quotation mark makes one cell of all rows that follow, or if a cell is too long.
    """
    lines = csv.reader(io.StringIO(f"{text}\n{_END}", newline=""), delimiter=delimiter)
    begun = begins = 1
    try:
        for cells in lines:
            if cells == [_END]:
                return
            begun, begins = begins, lines.line_num + 1
            yield lines.line_num + skipped, cells
    except csv.Error as error:
        begun = begins
        if '"' not in "".join(re.split(r"\r\n?|\n", text)[begun - 1 : begun]):
            raise NoTable(
                say(
                    "%(shown)s, line %(line)s: a cell has more than %(most)s characters. Shorten it, or save the table "
                    "as CSV again.",
                    shown=shown,
                    line=lines.line_num + skipped,
                    most=grouped(csv.field_size_limit()),
                )
            ) from error
    raise NoTable(
        say(
            "%(shown)s, line %(line)s: a quotation mark at the beginning of a cell is never closed, so the rest of the "
            "table would be one cell. Close it, or remove it.",
            shown=shown,
            line=begun + skipped,
        )
    )


def read_marks(table: Table, column: str, shown: str, *, either: bool) -> list[str]:
    """Return "1" or "0" for each row of a column that marks where documents begin; with `either` also "?".

    A blank is "0" only if all other marks are yes. Raises NoTable with the line of an unreadable mark and, unless with
    `either`, if no row is marked: a whole collection as one document is hardly what was meant. A column without any
    mark is refused in both cases.
    """
    given = [row.cells[column] for row in table.rows]
    marks = [_mark(cell) for cell in given]
    blanks = "0" not in marks
    for row, cell, mark in zip(table.rows, given, marks, strict=True):
        if mark is None or (mark == "" and not blanks) or (mark == EITHER and not either):
            choice = "1, 0 or ?" if either else "1 or 0"
            raise NoTable(
                say(
                    "%(shown)s, line %(line)s: %(column)s is %(cell)s. Write %(choice)s.",
                    shown=shown,
                    line=row.line,
                    column=column,
                    cell=repr(cell[:40]),
                    choice=choice,
                )
            )
    if (not either and len(marks) > 1 and "1" not in marks) or not any(marks):
        raise NoTable(
            say(
                "%(shown)s marks no page in the column %(column)s. Write 1 where a document begins.",
                shown=shown,
                column=column,
            )
        )
    return [mark or "0" for mark in marks]


def read_number(cell: str) -> float:
    """Return a number as spreadsheets of any country write it: 2, 2.0, 2,5. Raises ValueError."""
    number = float(cell.replace(",", "."))
    if not math.isfinite(number):
        raise ValueError(say("%(cell)s is not a number", cell=cell))
    return number


def _mark(cell: str) -> str | None:
    """Return "1", "0", "?", or "" for blank; None if it isn't a mark."""
    text = cell.casefold()
    if text in ("", EITHER):
        return text
    if text in _YES or text in _NO:
        return "1" if text in _YES else "0"
    try:
        number = read_number(text)
    except ValueError:
        return None
    return {1.0: "1", 0.0: "0"}.get(number)


def _decoded(content: bytes, shown: str) -> tuple[str, str]:
    """Return the text, and a note if the encoding should be checked."""
    if other := next((kind for begins, kind in _NO_TABLES.items() if content.lstrip().lower().startswith(begins)), ""):
        raise NoTable(say("%(shown)s is %(kind)s, not a CSV. Save it as “CSV UTF-8”.", shown=shown, kind=other))
    try:
        if encoding := _wide_encoding(content):
            text, note = content.decode(encoding).removeprefix("\ufeff"), ""
        else:
            text, note = _eight_bit(content, shown)
    except UnicodeDecodeError as error:
        raise NoTable(say("%(shown)s has an unknown encoding. Save it as “CSV UTF-8”.", shown=shown)) from error
    if "\x00" in text:
        raise NoTable(
            say("%(shown)s is not a CSV: it contains data that is not text. Save it as “CSV UTF-8”.", shown=shown)
        )
    return text, note


def _wide_encoding(content: bytes) -> str:
    """Return the encoding if each letter takes two or four bytes, as the mark or the zeros of the first ones say."""
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return encoding
    zeros = tuple(byte == 0 for byte in content[:4])
    return _ZEROS.get(zeros, "")


def _eight_bit(content: bytes, shown: str) -> tuple[str, str]:
    try:
        return content.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        # What Excel writes as plain “CSV” in most of the world.
        return content.decode("cp1252"), (
            say(
                "%(shown)s is not in UTF-8 and was read as Windows-1252. Check its accented letters. If they "
                "are wrong, save it as “CSV UTF-8” and try again.",
                shown=shown,
            )
        )


def _delimiter(text: str, wanted: Collection[str]) -> str:
    """Return the separator that finds most of the wanted columns in the first line, or else most columns."""
    head = text.partition("\n")[0]

    def matching(delimiter: str) -> tuple[int, int]:
        try:
            columns = [_column(cell) for cell in next(csv.reader([head], delimiter=delimiter), [])]
        except csv.Error:
            return 0, 0
        return sum(column in wanted for column in columns), len(columns)

    return max(_DELIMITERS, key=matching)


def _column(cell: str) -> str:
    visible = "".join(char for char in cell if unicodedata.category(char) != "Cf")  # marks of direction, zero width
    return "_".join(visible.strip().lower().replace("-", " ").replace("_", " ").split())
