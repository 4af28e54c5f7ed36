"""Every export format, and how to read it back as groups of pages."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

import openpyxl
import pypdfium2
from lxml import etree

from clustering.exports.contract import Material
from clustering.exports.registry import FORMATS

Files = dict[str, bytes]
Titled = list[tuple[str, int]]
"""(title, number of pages) of each document, in the order of the export."""
MODS = {"m": "http://www.loc.gov/mods/v3"}
METS = {"m": "http://www.loc.gov/METS/", "x": "http://www.w3.org/1999/xlink"}
DC_TITLE = "http://purl.org/dc/elements/1.1/title"


def written(material: Material, name: str) -> Files:
    """The files of a format; the one file of a text format under the name of its suffix."""
    known = FORMATS[name]
    if known.write is not None:
        return {known.suffix: "".join(known.write(material)).encode()}
    assert known.files is not None
    return {path: b"".join(pieces) for path, pieces in known.files(material)}


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def parsed(content: bytes) -> Any:
    return etree.fromstring(content, etree.XMLParser(no_network=True, huge_tree=True))


def _counted(pairs: list[tuple[str, str]]) -> Titled:
    """Rows per page, as (key, title)."""
    seen: dict[str, tuple[str, int]] = {}
    for key, title in pairs:
        seen[key] = (title, seen.get(key, ("", 0))[1] + 1)
    return list(seen.values())


def _by_number(files: Files, pattern: str) -> list[bytes]:
    """Files that match a pattern, by the number in it."""
    numbered = [(match[1], content) for path, content in files.items() if (match := re.fullmatch(pattern, path))]
    return [content for _, content in sorted(numbered, key=lambda pair: int(pair[0]))]


def _mods(contents: list[bytes]) -> Titled:
    records = [parsed(content) for content in contents]
    return [
        (r.findtext("m:titleInfo/m:title", namespaces=MODS), len(r.findall("m:relatedItem[@type='constituent']", MODS)))
        for r in records
    ]


def _mets(content: bytes) -> Titled:
    root = parsed(content)
    links = [link.get(f"{{{METS['x']}}}from") for link in root.iterfind(".//m:smLink", METS)]
    divs = root.iterfind(".//m:structMap[@TYPE='LOGICAL']//m:div[@DMDID]", METS)
    return [(div.get("LABEL"), links.count(div.get("ID"))) for div in divs]


def _iiif(contents: list[bytes]) -> Titled:
    manifests = [json.loads(content) for content in contents]
    return [(manifest["label"]["none"][0], len(manifest["items"])) for manifest in manifests]


def _islandora(files: Files) -> Titled:
    table = rows(files["islandora.csv"])
    titles = {row["id"]: row["title"] for row in table if not row["parent_id"]}
    return _counted([(row["parent_id"], titles[row["parent_id"]]) for row in table if row["parent_id"]])


def _archivesspace(files: Files) -> Titled:
    codes, _, *table = list(csv.reader(io.StringIO(files["archivesspace.csv"].decode(), newline="")))
    records = [dict(zip(codes, row, strict=True)) for row in table]
    return [(row["digital_object_title"], int(row["number"])) for row in records]


def _contentdm(files: Files) -> Titled:
    tables = _by_number(files, r"contentdm/[\w-]+-(\d+)/[\w-]+\.txt")
    lines = [content.decode().removesuffix("\r\n").split("\r\n") for content in tables]
    return [(table[1].split("\t")[0], len(table) - 2) for table in lines]


def _pdf(files: Files) -> Titled:
    documents = []
    for content in _by_number(files, r"pdf/[\w-]+-(\d+)\.pdf"):
        with pypdfium2.PdfDocument(content) as document:
            documents.append((document.get_metadata_dict()["Title"], len(document)))
    return documents


def _xlsx(files: Files) -> Titled:
    book = openpyxl.load_workbook(io.BytesIO(files["groups.xlsx"]), read_only=True)
    table = list(book["Groups"].iter_rows(values_only=True))
    head = [str(cell) for cell in table[0]]
    records = [dict(zip(head, row, strict=True)) for row in table[1:]]
    return [(str(row["dcterms:title"]), len(str(row["dcterms:hasPart"]).split("|"))) for row in records]


def _unguarded(cell: str) -> str:
    return cell.removeprefix("'")


def _pages_of_extent(text: str) -> int:
    return int(text.split()[0])


READERS: dict[str, Callable[[Files], Titled]] = {
    "groups": lambda files: [
        (_unguarded(r["dcterms:title"]), _pages_of_extent(r["dcterms:extent"])) for r in rows(files["-groups.csv"])
    ],
    "xlsx": _xlsx,
    "mods": lambda files: _mods(_by_number(files, r"mods/[\w-]+-(\d+)\.xml")),
    "mets": lambda files: _mets(files["mets.xml"]),
    "iiif": lambda files: _iiif(_by_number(files, r"(\d+)/manifest\.json")),
    "bdr": lambda files: _mods(_by_number(files, r"parents/[\w-]+-(\d+)\.mods\.xml")),
    "islandora": _islandora,
    "omeka-s": lambda files: [(r["dcterms:title"], len(r["media_url"].split("|"))) for r in rows(files["omeka-s.csv"])],
    "archivesspace": _archivesspace,
    "contentdm": _contentdm,
    "tropy": lambda files: [(item[DC_TITLE], len(item["photo"])) for item in json.loads(files["tropy.json"])["@graph"]],
    "pdf": _pdf,
    "bagit": lambda files: _mods(_by_number(files, r"data/metadata/mods/[\w-]+-(\d+)\.xml")),
}
"""Formats that show a title to people, read as those systems do. The others have it as it was entered."""
RAW: dict[str, Callable[[Files], Titled]] = {
    "csv": lambda files: _counted([(row["group"], _unguarded(row["title"])) for row in rows(files[".csv"])]),
    "json": lambda files: [(g["title"], len(g["pages"])) for g in json.loads(files[".json"])["groups"]],
    "jsonl": lambda files: [
        (group["title"], len(group["pages"])) for group in map(json.loads, files[".jsonl"].splitlines())
    ],
}
