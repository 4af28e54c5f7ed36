"""Groupings made elsewhere, or exported here: which pages are one document, in which order, and its title.

CSV with a group or with starts, METS with a logical map, IIIF manifests and Tropy's JSON-LD. Pages are named by
identifier.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from stat import S_ISDIR
from typing import Any

from clustering.sources.contract import NoSource
from clustering.sources.folder import check_spelling, found_at
from clustering.sources.tables import TABLES, NoTable, Row, read_marks, read_number, read_table

METS = "http://www.loc.gov/METS/"
MODS = "http://www.loc.gov/mods/v3"
XLINK = "http://www.w3.org/1999/xlink"
DC_TITLE = "http://purl.org/dc/elements/1.1/title"
_COLUMNS = ("identifier", "group", "group_id", "start", "group_order", "sequence", "title")


class NoArrangement(ValueError):
    """The file says of no pages which belong together. The message is a full sentence with the remedy."""


@dataclass(slots=True)
class Arranged:
    """One document as the file has it."""

    title: str = ""
    identifiers: list[str] = field(default_factory=list)
    """Its pages in reading order."""


def read_arrangement(path: Path, *, shown: str = "", notes: list[str] | None = None) -> list[Arranged]:
    """The documents of a file, or of a folder with IIIF manifests, in the file's order. Raises NoArrangement.

    `shown` names the file in sentences, if not by its own name; `notes` collects what a person should check.
    """
    shown = shown or path.name
    notes = [] if notes is None else notes
    try:
        check_spelling(str(path))
        found = found_at(path)
    except NoSource as error:
        raise NoArrangement(str(error)) from error
    if found is not None and S_ISDIR(found.st_mode):
        return _checked(shown, _iiif_folder(path))
    try:
        content = path.read_bytes()
    except OSError as error:
        raise NoArrangement(f"{path} cannot be read ({error.strerror}). Check the path.") from error
    readers: dict[str, Callable[[bytes], list[Arranged]]] = {".xml": _mets, ".json": _json, ".jsonld": _json}
    suffix = path.suffix.lower()
    try:
        if suffix in TABLES:
            return _checked(shown, _table(content, shown, notes))
        if suffix in readers:
            return _checked(shown, readers[suffix](content))
    except NoTable as error:
        raise NoArrangement(str(error)) from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        if isinstance(error, NoArrangement):
            raise
        raise NoArrangement(f"{shown} cannot be understood ({error}). Export it again.") from error
    raise NoArrangement(f"{shown} is no arrangement. Give a .csv, a METS .xml, or a IIIF or Tropy .json.")


def _checked(shown: str, found: list[Arranged]) -> list[Arranged]:
    """Refuses what names a page twice or none at all."""
    found = [document for document in found if document.identifiers]
    if not found:
        raise NoArrangement(f"{shown} names no pages. Give a file that says which pages belong together.")
    seen: set[str] = set()
    for document in found:
        for identifier in document.identifiers:
            if identifier in seen:
                raise NoArrangement(f"{shown} names page {identifier} twice. A page is in one document only.")
            seen.add(identifier)
    return found


def _table(content: bytes, shown: str, notes: list[str]) -> list[Arranged]:
    """Columns `identifier` with `group` (or `group_id`, and `group_order` or `sequence`), or with `start`."""
    table = read_table(content, shown, wanted=_COLUMNS)
    group = next((name for name in ("group", "group_id") if name in table.columns), None)
    if "identifier" not in table.columns or (group is None and "start" not in table.columns):
        raise NoArrangement(
            f"{shown} needs the column identifier, and group (a name for each document) or start (1 where one begins). "
            f"Its columns are {', '.join(table.columns)[:200]}."
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
            found = places.setdefault(key, [])
            found.append((_place(row, shown, len(found)), _named(row, shown)))
    for key, document in documents.items():
        document.identifiers = [identifier for _, identifier in sorted(places[key], key=lambda pair: pair[0])]
    return list(documents.values())


def _place(row: Row, shown: str, otherwise: int) -> float:
    order = row.cells.get("group_order") or row.cells.get("sequence")
    try:
        return read_number(order) if order else float(otherwise)
    except ValueError as error:
        raise NoArrangement(f"{shown}, line {row.line}: the order is {order!r}. Write a number.") from error


def _named(row: Row, shown: str) -> str:
    identifier = _unguarded(row.cells["identifier"])
    if not identifier:
        raise NoArrangement(f"{shown}, line {row.line}: the identifier is missing. Write it, or delete the line.")
    return identifier


def _unguarded(cell: str) -> str:
    """Without the apostrophe that our exports set before what looks like a formula."""
    return cell[1:] if cell.startswith("'") else cell


def _mets(content: bytes) -> list[Arranged]:
    """The logical map's documents; pages are named by their constituents in MODS, else by their file's address."""
    from lxml import etree

    try:
        root: Any = etree.fromstring(content, etree.XMLParser(no_network=True, resolve_entities=False, huge_tree=True))
    except etree.XMLSyntaxError as error:
        raise NoArrangement(f"The XML is damaged ({error}). Export it again.") from error
    ns = {"m": METS, "o": MODS, "x": XLINK}
    sections = {section.get("ID"): section for section in root.findall("m:dmdSec", ns)}
    files = {
        file.get("ID"): file.find("m:FLocat", ns).get(f"{{{XLINK}}}href", "").rstrip("/").rpartition("/")[2]
        for file in root.iterfind(".//m:file", ns)
        if file.find("m:FLocat", ns) is not None
    }
    pages = {
        div.get("ID"): files.get(div.find("m:fptr", ns).get("FILEID"), "")
        for div in root.iterfind(".//m:structMap[@TYPE='PHYSICAL']//m:div", ns)
        if div.find("m:fptr", ns) is not None
    }
    links: dict[str, list[str]] = {}
    for link in root.iterfind(".//m:smLink", ns):
        links.setdefault(link.get(f"{{{XLINK}}}from"), []).append(link.get(f"{{{XLINK}}}to"))
    found = []
    for div in root.iterfind(".//m:structMap[@TYPE='LOGICAL']//m:div[@DMDID]", ns):
        section = sections.get(div.get("DMDID"))
        path = ".//o:relatedItem[@type='constituent']/o:identifier[@type='local']"
        named = [element.text or "" for element in section.iterfind(path, ns)] if section is not None else []
        linked = [pages[to] for to in links.get(div.get("ID"), ()) if pages.get(to)]
        found.append(Arranged(div.get("LABEL", ""), named or linked))
    return found


def _json(content: bytes) -> list[Arranged]:
    stored = json.loads(content)
    if isinstance(stored, dict) and isinstance(stored.get("@graph"), list):
        return [_tropy_item(item) for item in stored["@graph"]]
    if isinstance(stored, dict) and stored.get("type") == "Manifest":
        return [_manifest(stored)]
    if isinstance(stored, dict) and stored.get("format") == "hhreview-groups":
        return [Arranged(group["title"], [page["identifier"] for page in group["pages"]]) for group in stored["groups"]]
    raise NoArrangement("The JSON is neither a IIIF manifest nor Tropy's nor ours. Give one of these.")


def _tropy_item(item: dict[str, Any]) -> Arranged:
    photos = item.get("photo", [])
    return Arranged(str(item.get(DC_TITLE, "")), [str(photo[DC_TITLE]) for photo in photos])


def _manifest(stored: dict[str, Any]) -> Arranged:
    """Canvases in order, each named by its metadata "Identifier", else by the end of its image's address."""
    title = " ".join(_first(stored.get("label", {})))
    return Arranged(title, [_canvas_name(canvas) for canvas in stored.get("items", [])])


def _canvas_name(canvas: dict[str, Any]) -> str:
    for entry in canvas.get("metadata", []):
        if "Identifier" in _first(entry.get("label", {})):
            return next(iter(_first(entry["value"])), "")
    body = canvas["items"][0]["items"][0]["body"]["id"]
    return str(body).rstrip("/").rpartition("/")[2]


def _first(text: dict[str, list[str]]) -> Iterable[str]:
    return next(iter(text.values()), [])


def _iiif_folder(folder: Path) -> list[Arranged]:
    """As our own export lays it: collection.json, <number>/manifest.json."""
    manifests = sorted(folder.glob("*/manifest.json"), key=lambda path: (len(path.parent.name), path.parent.name))
    if not manifests:
        raise NoArrangement(f"{folder} holds no manifests. Name a folder with <number>/manifest.json in it.")
    return [_manifest(json.loads(path.read_bytes())) for path in manifests]
