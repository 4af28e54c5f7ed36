"""What Tropy makes of the file: expanded as JSON-LD and read by the rules of its own importer."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from pyld import jsonld

from clustering.exports.contract import TextLine
from tests.exports.cases import written
from tests.exports.conftest import AWKWARD, SETTINGS, MakeMaterial, adjusted, group_record

TROPY = "https://tropy.org/v1/tropy#"
PHOTO_PROPERTIES = ("path", "protocol", "filename", "mimetype", "width", "height", "angle")


def no_network(url: str, options: object) -> Any:
    raise AssertionError(f"The file must hold its context itself, not name {url}.")


def taken_in(content: bytes) -> list[dict[str, Any]]:
    """The items as Tropy's import has them (src/common/import.js: normalize, eachItem, getPhoto, getNote)."""
    graph = jsonld.expand(json.loads(content), {"documentLoader": no_network})
    items = [item for part in graph for item in part.get("@graph", [part])]
    return [
        {
            "template": item[f"{TROPY}template"][0]["@id"],
            "tags": [tag["@value"] for tag in item.get(f"{TROPY}tag", [])],
            "photos": [_photo(photo) for photo in _flat(item[f"{TROPY}photo"])],
        }
        for item in items
    ]


def _flat(node: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [part for container in node for part in container.get("@list", [container])]


def _photo(node: dict[str, Any]) -> dict[str, Any]:
    properties = {name: _first(node, name) for name in PHOTO_PROPERTIES if f"{TROPY}{name}" in node}
    notes = [_first(note, "html") for note in _flat(node.get(f"{TROPY}note", []))]
    return {**properties, "notes": notes}


def _first(node: dict[str, Any], name: str) -> Any:
    values = node.get(f"{TROPY}{name}")
    return values[0]["@value"] if values else None


def address(photo: dict[str, Any]) -> str:
    """Where Tropy fetches a photo (src/asset/asset.js: the path is only taken apart where there is no protocol)."""
    return f"{photo['protocol']}://{photo['path']}"


class Paragraphs(HTMLParser):
    """The text of a note, a paragraph a line, as an editor of HTML shows it."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        assert tag == "p", f"a note holds <{tag}>"
        self.lines.append("")

    def handle_data(self, data: str) -> None:
        self.lines[-1] += data


def shown(note: str) -> list[str]:
    parser = Paragraphs()
    parser.feed(note)
    return parser.lines


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, "https://desk.example.org/iiif/afl-cio/images/HH018977_0062"),
        ({"base_url": "http://127.0.0.1:8022/"}, "http://127.0.0.1:8022/iiif/afl-cio/images/HH018977_0062"),
        ({"image_service": "https://i.example.org/{pid}"}, "https://i.example.org/bdr:pid62/full/full/0/default.jpg"),
    ],
)
def test_tropy_finds_every_photo(change: dict[str, str], wanted: str, make_material: MakeMaterial) -> None:
    material = make_material([AWKWARD[2]], adjusted(SETTINGS, **change))
    (item,) = taken_in(written(material, "tropy")["tropy.json"])
    assert address(item["photos"][0]) == wanted
    assert len({address(photo) for photo in item["photos"]}) == 3


def test_tropy_shows_what_was_read_as_notes(make_material: MakeMaterial) -> None:
    lines = [TextLine(text, 0, 0, 9, 9) for text in ("A & B <b>bold</b>", 'said "no"', "naïve \x0b– مرحبا")]
    material = replace(make_material([AWKWARD[0]]), lines=lambda page: lines)
    (item,) = taken_in(written(material, "tropy")["tropy.json"])
    (photo,) = item["photos"]
    (note,) = photo["notes"]
    assert shown(note) == ["A & B <b>bold</b>", 'said "no"', "naïve – مرحبا"]


def test_a_page_without_text_has_no_note(make_material: MakeMaterial) -> None:
    material = replace(make_material([AWKWARD[0]]), lines=lambda page: [])
    (item,) = taken_in(written(material, "tropy")["tropy.json"])
    assert item["photos"][0]["notes"] == []


def test_tropy_turns_photos_and_marks_what_nobody_confirmed(make_material: MakeMaterial) -> None:
    pages = tuple(replace(page, rotation=at) for page, at in zip(AWKWARD[2].pages, (0, 90, 180), strict=True))
    proposed = group_record(9, [80], state="proposed", confirmed_by="", confirmed_at="")
    items = taken_in(written(make_material([replace(AWKWARD[2], pages=pages), proposed]), "tropy")["tropy.json"])
    assert [photo["angle"] for photo in items[0]["photos"]] == [0, 90, 180]
    assert [item["tags"] for item in items] == [[], ["machine-proposed"]]
    assert items[0]["template"] == "https://tropy.org/v1/templates/generic"
