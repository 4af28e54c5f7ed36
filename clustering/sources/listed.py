"""A CSV that lists files or URLs: one line per page, in the order of the lines.

Columns: `file` (a path, relative to the CSV's folder) or `url`, or both with one of them filled in on each line; and
optionally `identifier`, `pid`, and `label`. Other columns are ignored.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from stat import S_ISREG
from urllib.parse import unquote, urlsplit

from clustering.sentences import failure, say
from clustering.sources.contract import Listing, NoSource, ScanFile, Skipped, why_first
from clustering.sources.fetched import FetchedReader, only_once
from clustering.sources.folder import IMAGE_SUFFIXES, begins_as, found_at, is_folder, names_of, printable, real_path
from clustering.sources.guarding import Forbidden
from clustering.sources.tables import TABLES, NoTable, Table, read_table
from clustering.sources.tools import SourceKind, Tools

MOST_BYTES = 100_000_000
MOST_LETTERS = 200
"""Longest file name or URL, the same as for a page's."""
_PLACES = {"file": "file", "path": "file", "filename": "file", "url": "url", "address": "url"}
_FACTS = ("identifier", "pid", "label")


class ListReader(FetchedReader):
    """A CSV on this machine."""

    def __init__(self, text: str, tools: Tools) -> None:
        super().__init__(text, tools)
        self.csv = Path(text)
        self.roots = [real_path(root) for root in (self.csv.parent, *tools.roots)]

    def listing(self) -> Listing:
        """Return one page per line, and the lines that give none. Raises NoSource."""
        files: list[ScanFile] = []
        skipped: list[Skipped] = []
        table = self._table()
        for row in table.rows:
            try:
                files.append(self._file(_named(row.cells)))
            except _BadLine as error:
                skipped.append(Skipped(say("Line %(number)s", number=row.line), str(error)))
        kept, twice = only_once(files)
        if not kept:
            why = say("%(file)s lists no pages that can be imported.", file=self._shown) + why_first(skipped)
            raise NoSource(say("%(one)s %(other)s", one=why, other=table.note) if table.note else why)
        return Listing(kept, (*skipped, *twice), is_natural=False, notes=(table.note,) if table.note else ())

    @property
    def _shown(self) -> str:
        return printable(self.csv.name)

    def _table(self) -> Table:
        """Return the table. Raises NoSource."""
        status = found_at(self.csv)
        if status is None or not S_ISREG(status.st_mode):
            raise NoSource(
                say("There is no file %(path)s. Check the path and its spelling.", path=printable(str(self.csv)))
            )
        try:
            if status.st_size > MOST_BYTES:
                raise NoSource(
                    say(
                        "%(shown)s is too large for a list of pages. Check that it is the right file.",
                        shown=self._shown,
                    )
                )
            table = read_table(self.csv.read_bytes(), self._shown, wanted=(*_PLACES, *_FACTS))
        except OSError as error:
            raise NoSource(
                say(
                    "%(shown)s can’t be read (%(reason)s). Give the account that runs hhreview access to it.",
                    shown=self._shown,
                    reason=failure(error),
                )
            ) from error
        except NoTable as error:
            raise NoSource(str(error)) from error
        self._check_columns(table.columns)
        return table

    def _check_columns(self, head: Sequence[str]) -> None:
        if not any(column in _PLACES for column in head):
            raise NoSource(
                say(
                    "%(file)s has neither a column file nor a column url; its columns are %(names)s. Name the columns "
                    "in the first line: identifier, file or url, pid.",
                    file=self._shown,
                    names=", ".join(head)[:200],
                )
            )

    def _file(self, row: dict[str, str]) -> ScanFile:
        given = row.get("identifier", "")
        if len(given) > MOST_LETTERS:
            raise _BadLine(
                say(
                    "The identifier has %(count)s letters; at most %(most_letters)s are kept.",
                    count=len(given),
                    most_letters=MOST_LETTERS,
                )
            )
        if "file" in row and "url" in row:
            raise _BadLine(say("It has both a file and an address. Use one of them."))
        if "url" in row:
            return self._far(row["url"], row)
        if "file" in row:
            return self._near(row["file"], row)
        raise _BadLine(say("It has no file and no address. Add one of them."))

    def _near(self, named: str, row: dict[str, str]) -> ScanFile:
        if "\x00" in named:
            raise _BadLine(say("The file name is damaged."))
        path = self.csv.parent / named
        try:
            is_inside = any(real_path(path).is_relative_to(root) for root in self.roots)
            status = found_at(path) if is_inside else None
        except NoSource as error:
            raise _BadLine(str(error)) from error
        if not is_inside:
            raise _BadLine(
                say(
                    "%(named)s is outside the list's folder. Put the list above the scans, or ask the operator "
                    "to add their folder to HHREVIEW_IMPORT_ROOTS.",
                    named=printable(named),
                )
            )
        if status is None or not S_ISREG(status.st_mode):
            raise _BadLine(
                say("There is no file %(named)s. Check the spelling and that the file exists.", named=printable(named))
            )
        if path.suffix.lower() not in IMAGE_SUFFIXES and not begins_as(path):
            raise _BadLine(say("%(named)s is not an image. Name the scan itself.", named=printable(named)))
        identifier, pid = names_of(printable(path.name))
        name = printable(PurePosixPath(named).as_posix())
        return ScanFile(path, name, row.get("identifier") or identifier, row.get("pid") or pid, row.get("label", ""))

    def _far(self, address: str, row: dict[str, str]) -> ScanFile:
        try:
            self.tools.fetcher.rules.check(address)
        except Forbidden as error:
            raise _BadLine(str(error)) from error
        last = printable(unquote(urlsplit(address).path.rstrip("/").rpartition("/")[2])) or "page"
        identifier, pid = names_of(last)
        identifier = row.get("identifier") or identifier[:MOST_LETTERS]
        suffix = Path(last).suffix.lower()
        name = f"{identifier}{suffix if suffix in IMAGE_SUFFIXES else '.jpg'}"
        return self.page(name, identifier, address, pid=row.get("pid") or pid, label=row.get("label", ""))


def _named(cells: dict[str, str]) -> dict[str, str]:
    """Return the values of a line under our own column names, without empty ones."""
    named: dict[str, str] = {}
    for column, cell in cells.items():
        known = _PLACES.get(column) or (column if column in _FACTS else "")
        if known and cell:
            named.setdefault(known, cell)
    return named


class _BadLine(ValueError):
    """A line gives no page. The message is a full sentence."""


def _table(text: str, _: str) -> str | None:
    return text if Path(text).suffix.lower() in TABLES and not is_folder(Path(text)) else None


KINDS = (SourceKind("list", ListReader, _table, place=70, is_path=True, takes_size=True),)
