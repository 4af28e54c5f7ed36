"""Document structures made elsewhere, or exported here: which pages form a document, in which order, and its title.

Reads CSV with groups or starts, METS with a logical map, IIIF manifests, and Tropy's JSON-LD. Pages are named by
identifier.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from stat import S_ISDIR
from typing import Any

from clustering.sentences import failure, say
from clustering.sources.arranged import Arranged as Arranged
from clustering.sources.arranged import NoArrangement as NoArrangement
from clustering.sources.arranged import best_names
from clustering.sources.contract import NoSource
from clustering.sources.folder import check_spelling, found_at, natural_key, ways_of_reading
from clustering.sources.iiif_presentation import children_of, is_collection, is_manifest
from clustering.sources.manifest_structure import read_manifests
from clustering.sources.mets_structure import read_mets
from clustering.sources.plain_json import read_json
from clustering.sources.tables import TABLES, NoTable, TableRow, read_marks, read_number, read_table

DC_TITLE = "http://purl.org/dc/elements/1.1/title"
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""What the database can't store: NUL, and unpaired UTF-16 surrogates. JSON can contain both."""
_COLUMNS = ("identifier", "group", "group_id", "start", "group_order", "sequence", "title")


def read_arrangement(
    path: Path, *, shown: str = "", notes: list[str] | None = None, known: Collection[str] = frozenset()
) -> list[Arranged]:
    """Return the documents of a file, or of a folder with IIIF manifests, in the file's order.

    Parameters
    ----------
    path : Path
    shown : str, optional
        What sentences call the file, if not by its own name.
    notes : list of str, optional
        Collects what a person should check.
    known : collection of str, optional
        Identifiers in the collection that the documents are for; a file may give its pages several names.

    Raises
    ------
    NoArrangement
    """
    shown = shown or path.name
    notes = [] if notes is None else notes
    try:
        check_spelling(str(path))
        status = found_at(path)
    except NoSource as error:
        raise NoArrangement(str(error)) from error
    is_folder = status is not None and S_ISDIR(status.st_mode)
    suffix = path.suffix.lower()
    try:
        content = b"" if is_folder else path.read_bytes()
        if is_folder:
            return _checked(shown, read_manifests(_manifests_in(path), known, notes))
        if suffix in TABLES:
            return _checked(shown, _table(content, shown, known, notes))
        if suffix in (".xml", ".mets"):
            return _checked(shown, read_mets(content, shown, known, notes))
        if suffix in (".json", ".jsonld"):
            return _checked(shown, _json(content, shown, known, notes))
    except OSError as error:
        raise NoArrangement(
            say("%(path)s can’t be read (%(reason)s). Check the path.", path=path, reason=failure(error))
        ) from error
    except NoTable as error:
        raise NoArrangement(str(error)) from error
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        if isinstance(error, NoArrangement):
            raise
        raise NoArrangement(
            say(
                "%(shown)s can’t be read as a document structure (%(error)s). Export it again.",
                shown=shown,
                error=error,
            )
        ) from error
    raise NoArrangement(
        say("%(shown)s is not a document structure. Use a .csv, a METS .xml, or a IIIF or Tropy .json.", shown=shown)
    )


def _checked(shown: str, arranged: list[Arranged]) -> list[Arranged]:
    """Raise NoArrangement if a page is listed twice or no pages are."""
    arranged = [document for document in arranged if document.identifiers]
    if not arranged:
        raise NoArrangement(
            say("%(shown)s names no pages. Use a file that says which pages belong together.", shown=shown)
        )
    seen: set[str] = set()
    for document in arranged:
        if not all(isinstance(text, str) for text in (document.title, *document.identifiers)):
            raise NoArrangement(
                say("%(shown)s has a title or page name that is not text. Export it again.", shown=shown)
            )
        document.title = _UNSTORABLE.sub("\ufffd", document.title)
        for identifier in document.identifiers:
            if identifier in seen:
                raise NoArrangement(
                    say(
                        "%(shown)s names page %(identifier)s twice. A page can be in only one document.",
                        shown=shown,
                        identifier=identifier,
                    )
                )
            seen.add(identifier)
    return arranged


def _table(content: bytes, shown: str, known: Collection[str], notes: list[str]) -> list[Arranged]:
    """Read columns `identifier` with `group` (or `group_id`, and `group_order` or `sequence`), or with `start`."""
    table = read_table(content, shown, wanted=_COLUMNS)
    group = next((name for name in ("group", "group_id") if name in table.columns), None)
    if "identifier" not in table.columns or (group is None and "start" not in table.columns):
        raise NoArrangement(
            say(
                "%(shown)s needs the column identifier, and group (a name for each document) or start (1 "
                "where one begins). Its columns are %(names)s.",
                shown=shown,
                names=", ".join(table.columns)[:200],
            )
        )
    notes.extend(filter(None, [table.note]))
    if group is None:
        marks = read_marks(table, "start", shown, either=False)
        keys = [str(number) for number in accumulate(map(int, marks), initial=0)][1:]
    else:
        keys = [row.cells[group] for row in table.rows]
    documents: dict[str, Arranged] = {}
    places: dict[str, list[tuple[float, str]]] = {}
    for key, row in zip(keys, table.rows, strict=True):
        if key:
            document = documents.setdefault(key, Arranged())
            document.title = document.title or _unguarded(row.cells.get("title", ""))
            rows = places.setdefault(key, [])
            rows.append((_place(row, shown, len(rows)), _named(row, shown)))
    for key, document in documents.items():
        document.identifiers = [identifier for _, identifier in sorted(places[key], key=lambda pair: pair[0])]
    given = [document.identifiers for document in documents.values()]
    ways = [list(way) for way in zip(*map(ways_of_reading, given), strict=True)]
    names = best_names(ways, known) if ways else []
    return [replace(document, identifiers=own) for document, own in zip(documents.values(), names, strict=True)]


def _place(row: TableRow, shown: str, otherwise: int) -> float:
    order = row.cells.get("group_order") or row.cells.get("sequence")
    try:
        return read_number(order) if order else float(otherwise)
    except ValueError as error:
        raise NoArrangement(
            say(
                "%(shown)s, line %(line)s: the order is %(order)s. Write a number.",
                shown=shown,
                line=row.line,
                order=repr(order),
            )
        ) from error


def _named(row: TableRow, shown: str) -> str:
    identifier = _unguarded(row.cells["identifier"])
    if not identifier:
        raise NoArrangement(
            say(
                "%(shown)s, line %(line)s: the identifier is missing. Add it, or delete the line.",
                shown=shown,
                line=row.line,
            )
        )
    return identifier


def _unguarded(cell: str) -> str:
    """Remove the apostrophe that our exports put before what looks like a formula."""
    return cell[1:] if cell.startswith("'") else cell


def _json(content: bytes, shown: str, known: Collection[str], notes: list[str]) -> list[Arranged]:
    stored = read_json(content)
    if isinstance(stored, dict) and isinstance(stored.get("@graph"), list):
        return [_tropy_item(item) for item in stored["@graph"]]
    if isinstance(stored, dict) and stored.get("format") == "hhreview-groups":
        return [Arranged(group["title"], [page["identifier"] for page in group["pages"]]) for group in stored["groups"]]
    if is_manifest(stored):
        return read_manifests([stored], known, notes)
    if is_collection(stored):
        whole = [child for _, child in children_of(stored) if is_manifest(child)]
        if not whole:
            raise NoArrangement(
                say(
                    "%(shown)s is a IIIF collection that lists its manifests but does not contain them. Give the "
                    "folder that contains the manifests, or the collection's address to manage.py "
                    "import_arrangement.",
                    shown=shown,
                )
            )
        return read_manifests(whole, known, notes)
    raise NoArrangement(
        say("%(shown)s is not a IIIF manifest, a Tropy export, or an hhreview export. Use one of these.", shown=shown)
    )


def _tropy_item(item: dict[str, Any]) -> Arranged:
    photos = item.get("photo", [])
    return Arranged(str(item.get(DC_TITLE, "")), [str(photo[DC_TITLE]) for photo in photos])


def _manifests_in(folder: Path) -> list[Any]:
    """Return the manifests of a folder: <number>/manifest.json as exported here, or else all that are side by side."""
    places = [*folder.glob("*/manifest.json")] or [*folder.glob("*.json")]
    places.sort(key=lambda path: natural_key(str(path.relative_to(folder))))
    manifests = [stored for path in places if is_manifest(stored := read_json(path.read_bytes()))]
    if not manifests:
        raise NoArrangement(
            say("%(folder)s contains no manifests. Name a folder with <number>/manifest.json in it.", folder=folder)
        )
    return manifests
