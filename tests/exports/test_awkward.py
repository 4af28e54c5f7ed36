"""The cases that break exporters, each in every target: what comes out is read back and compared."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clustering.engine.description import Details, NamedTerm
from clustering.exports.contract import GroupRecord, TextLine
from clustering.exports.naming import title_of
from clustering.exports.registry import FORMATS
from clustering.exports.settings import ExportSettings
from tests.exports.cases import RAW, READERS, parsed, rows, written
from tests.exports.conftest import AWKWARD, SETTINGS, MakeMaterial, adjusted, group_record, page_record

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
GOLDEN = Path(__file__).parent / "golden"
CASES: dict[str, GroupRecord] = {
    "one page": group_record(1, [1], title="One page"),
    "sixty pages": group_record(2, list(range(1, 61)), title="Sixty pages"),
    "not consecutive, not in scan order": group_record(3, [5, 9, 7], title="Here and there"),
    "quotes": group_record(4, [1], title="The \"Farm Workers' Ask\", said 'no'"),
    "newline": group_record(5, [1], title="First line\nsecond line\r\nthird", note="a\nb"),
    "bar": group_record(6, [1, 2], title="This | that || those"),
    "tab": group_record(7, [1], title="Before\tafter"),
    "right to left": group_record(8, [1], title="مرحبا بالعالم (שלום) 1959"),
    "formula": group_record(9, [1], title='=HYPERLINK("http://x.example","y")', note="+1", kind="-kind"),
    "an apostrophe first": group_record(10, [1], title="'Tis the season"),
    "no title": group_record(11, [12, 13, 14], kind="flyer"),
    "no title, kind or date": group_record(12, [3], kind="", date=""),
    "after a split": group_record(13, [20, 21], title="Rest", split_from=12),
    "markup": group_record(14, [1], title="<b>bold</b> & ]]> <!-- --> &amp;"),
    "control characters": group_record(15, [1], title="a\x00b\x0bc\x1bd\ufffee\x7f", note="\x01"),
    "beyond the plane": group_record(17, [1], title="boycott 🍇 𝔘nion"),
    "a date that is none": group_record(18, [1], title="Dated", date="last spring"),
    "proposed": group_record(19, [1], title="Maybe", state="proposed", confirmed_by="", confirmed_at=""),
}
CANNOT_HOLD = {("omeka-s", "bar"): ("|", "/")}
"""What a target has no way to say, and what it says instead."""


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("name", [*READERS, *RAW])
def test_every_target_takes_every_case(name: str, case: str, make_material: MakeMaterial) -> None:
    group = CASES[case]
    wanted = title_of(group)
    if (name, case) in CANNOT_HOLD:
        wanted = wanted.replace(*CANNOT_HOLD[name, case])
    if name in RAW:
        wanted = group.title
    read = {**READERS, **RAW}[name]
    assert read(written(make_material([group]), name)) == [(wanted, len(group.pages))]


def test_all_cases_together_keep_their_order_and_names(make_material: MakeMaterial) -> None:
    together = [replace(group, pages=_apart(group, at)) for at, group in enumerate(CASES.values())]
    for name, read in READERS.items():
        documents = read(written(make_material(together), name))
        assert [pages for _, pages in documents] == [len(group.pages) for group in together], name


def _apart(group: GroupRecord, at: int) -> Any:
    """The same pages under identifiers of their own."""
    return tuple(
        replace(page, identifier=f"{page.identifier}x{at}", position=page.position + 100 * at) for page in group.pages
    )


@pytest.mark.parametrize("case", ["sixty pages", "not consecutive, not in scan order"])
def test_pages_go_in_reading_order_and_two_before_ten(case: str, make_material: MakeMaterial) -> None:
    group, material = CASES[case], make_material([CASES[case]])
    wanted = [page.identifier for page in group.pages]
    for name in FORMATS:
        files = written(material, name)
        if "pages.csv" in files:
            assert [row["identifier"] for row in rows(files["pages.csv"])] == wanted, name
    scans = [path for path in written(material, "contentdm") if "/scans/" in path]
    assert scans == sorted(scans) and len(scans) == len(wanted)
    islandora = [row for row in rows(written(material, "islandora")["islandora.csv"]) if row["parent_id"]]
    assert [row["file"] for row in islandora] == [page.filename for page in group.pages]


def test_xml_names_differ_where_identifiers_do(make_material: MakeMaterial) -> None:
    names = ["a b", "a_b", "a:b", "a_x20_b", "é", "1"]
    pages = tuple(
        replace(page, identifier=name)
        for page, name in zip(group_record(1, [1, 2, 3, 4, 5, 6]).pages, names, strict=True)
    )
    root = parsed(written(make_material([replace(CASES["one page"], pages=pages)]), "mets")["mets.xml"])
    ids = [element.get("ID") for element in root.iter() if element.get("ID")]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", name, re.ASCII) for name in ids)


def test_after_a_split_the_old_id_is_on_the_first_part(make_material: MakeMaterial) -> None:
    before = [group_record(7, [1, 2, 3], title="Whole")]
    after = [group_record(7, [1, 2], title="Whole"), group_record(8, [3], split_from=7)]
    for name in ("mods", "mets", "iiif", "bdr", "islandora", "omeka-s", "archivesspace", "contentdm", "pdf"):
        old = {path for path in written(make_material(before), name) if "7" in path}
        new = written(make_material(after), name)
        assert {path for path in old if "0003" not in path and "pid3" not in path} <= set(new), name
    table = rows(written(make_material(after), "csv")[".csv"])
    assert [(row["group"], row["split_from"]) for row in table] == [("7", ""), ("7", ""), ("8", "7")]


def test_what_nobody_confirmed_is_marked_in_every_target(make_material: MakeMaterial) -> None:
    material = make_material([CASES["proposed"]])
    marks = {
        "csv": b",1,", "groups": b"not confirmed", "json": b'"machine_proposed": true', "jsonl": b'"proposed"',
        "mods": b"not confirmed", "mets": b"not confirmed", "iiif": b"not confirmed", "bdr": b"not confirmed",
        "islandora": b"published", "omeka-s": b"not confirmed", "archivesspace": b"FALSE",
        "contentdm": b"not confirmed", "tropy": b"machine-proposed", "bagit": b"not confirmed",
        "pdf": "machine-proposed".encode("utf-16-be").hex().upper().encode(),
    }  # fmt: skip
    for name, mark in marks.items():
        assert any(mark in content for content in written(material, name).values()), name


def test_an_image_service_and_mods_3_8_reach_every_record(make_material: MakeMaterial) -> None:
    settings = adjusted(SETTINGS, mods_version="3.8", image_service="https://i.example.org/{identifier}")
    third = adjusted(settings, image_service_version="3")
    for name in ("mods", "mets", "bdr", "bagit"):
        files = written(make_material([AWKWARD[0]], settings), name)
        assert any(b'version="3.8"' in content for content in files.values()), name
    manifest = written(make_material([AWKWARD[0]], third), "iiif")["1/manifest.json"]
    assert b"ImageService3" in manifest and b"/full/max/0/default.jpg" in manifest


def test_media_of_omeka_is_as_the_settings_say(make_material: MakeMaterial) -> None:
    expected = {
        "manifest": "https://desk.example.org/iiif/afl-cio/3/manifest.json",
        "info": "https://i.example.org/bdr:pid62/info.json|https://i.example.org/bdr:pid65/info.json"
        "|https://i.example.org/bdr:pid64/info.json",
    }
    for media, wanted in expected.items():
        settings = adjusted(SETTINGS, omeka_media=media, image_service="https://i.example.org/{pid}")
        (row,) = rows(written(make_material([AWKWARD[2]], settings), "omeka-s")["omeka-s.csv"])
        assert row["media_url"] == wanted


def test_brown_keeps_the_folder_where_it_is_named(make_material: MakeMaterial) -> None:
    settings = adjusted(SETTINGS, bdr_collection="bdr:9r3a8c4a")
    relation = parsed(written(make_material([AWKWARD[0]], settings), "bdr")["rels-ext/bdr_pid1.xml"])
    parents = relation.xpath("//*[local-name()='isPartOf']/@*")
    assert parents == ["info:fedora/{afl-cio-1}", "info:fedora/bdr:9r3a8c4a"]


def test_what_is_added_to_a_page_of_brown_leaves_its_object_type(make_material: MakeMaterial) -> None:
    """The guide's way: our statements go into the RELS-EXT that is there; they say nothing of models themselves."""
    model = "info:fedora/fedora-system:def/model#"
    there = parsed(
        f'<r:RDF xmlns:r="{RDF}" xmlns:m="{model}"><r:Description r:about="info:fedora/bdr:pid1">'
        '<m:hasModel r:resource="info:fedora/bdr-cmodel:jpg-masterImage"/></r:Description></r:RDF>'.encode()
    )
    ours = parsed(written(make_material([AWKWARD[0]]), "bdr")["rels-ext/bdr_pid1.xml"])
    assert not ours.findall(f".//{{{model}}}hasModel"), "replacing would have to bring the models along"
    (page,), (ours_page,) = list(there), list(ours)
    assert page.get(f"{{{RDF}}}about") == ours_page.get(f"{{{RDF}}}about")
    page.extend(ours_page)
    assert {child.tag.rpartition("}")[2] for child in page} == {"hasModel", "isPartOf", "hasPagination"}
    guide = (Path(__file__).parents[2] / "clustering/exports/bdr/guide.md").read_text(encoding="utf-8")
    assert "Do not replace it" in guide and "Replace the" not in guide


@pytest.mark.parametrize(
    ("date", "begin", "end", "type_", "certainty"),
    [
        ("1959", "1959", "", "single", ""),
        ("1959-03~", "1959-03", "", "single", "approximate"),
        ("1960~/1962", "1960", "1962", "inclusive", "approximate"),
        ("1960/..", "1960", "", "inclusive", ""),
        ("195X", "1950", "1959", "inclusive", ""),
        ("1959-21?", "1959", "", "single", "questionable"),
        ("spring", "", "", "single", ""),
    ],
)
def test_archivesspace_has_its_own_dates(
    date: str, begin: str, end: str, type_: str, certainty: str, make_material: MakeMaterial
) -> None:
    import csv
    import io

    content = written(make_material([replace(AWKWARD[0], date=date)]), "archivesspace")["archivesspace.csv"].decode()
    codes, _, row = list(csv.reader(io.StringIO(content, newline="")))
    cells = dict(zip(codes, row, strict=True))
    assert (cells["begin"], cells["end"], cells["date_type"], cells["date_certainty"]) == (begin, end, type_, certainty)
    assert cells["expression"] == date


def test_a_byte_order_mark_stands_only_where_it_is_asked_for(make_material: MakeMaterial) -> None:
    for name in ("csv", "groups"):
        plain = next(iter(written(make_material(), name).values()))
        marked = next(iter(written(make_material(settings=adjusted(SETTINGS, csv_bom=True)), name).values()))
        assert marked == "\ufeff".encode() + plain


def test_a_template_names_what_has_no_title(make_material: MakeMaterial) -> None:
    settings = ExportSettings(untitled="[{kind} {number}: {pages}]")
    assert title_of(CASES["no title"], settings) == "[flyer 11: pages 12–14]"


ODD = "".join(map(chr, [*range(1, 32), 0x7F, *range(0x80, 0xA0), 0x2028, 0x202E, 0xFEFF, 0xFFFE, 0xFFFF, 0x10FFFF]))
ODD += "<&>\"'|;"


@pytest.mark.parametrize("name", FORMATS)
def test_any_letter_may_stand_anywhere(name: str, make_material: MakeMaterial) -> None:
    terms = (NamedTerm(f"a{ODD}", f"http://example.org/{ODD}"),)
    details = Details(terms, terms, terms, terms, *[f"t{ODD}"] * 5)
    odd = f"p{ODD}"
    page = replace(page_record(1), identifier=odd, pid=odd, filename=odd, label=odd)
    texts = dict.fromkeys(("title", "kind", "date", "note"), f"t{ODD}")
    material = make_material([group_record(1, [1], pages=(page,), details=details, **texts)])
    collection = replace(material.collection, title=f"c{ODD}", identifier=f"i{ODD}")
    lines = (TextLine(f"w{ODD}", 1, 1, 50, 20),)
    for path, content in written(replace(material, collection=collection, lines=lambda page: lines), name).items():
        if path.endswith(".xml"):
            parsed(content)
        if path.endswith(".json"):
            json.loads(content)


TABLES = {
    "csv": [".csv"], "groups": ["-groups.csv"], "pages": ["-pages.csv"],
    "islandora": ["islandora.csv", "workbench.yml"], "omeka-s": ["omeka-s.csv"],
    "archivesspace": ["archivesspace.csv"], "bdr": ["children.csv", "rels-ext/bdr_pid1.xml"],
    "contentdm": ["contentdm/afl-cio-3/afl-cio-3.txt"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "path"), [(name, path) for name, paths in TABLES.items() for path in paths])
def test_tables_are_byte_for_byte_as_they_were_agreed(name: str, path: str, make_material: MakeMaterial) -> None:
    """A change here changes what people have built upon: write the new file on purpose, and a line in CHANGELOG."""
    fixed = [replace(group, pages=group.pages[:3]) for group in AWKWARD]
    material = make_material(fixed)
    content = written(replace(material, groups=fixed), name)[path]
    golden = GOLDEN / f"{name}{'-' + Path(path).name if not path.startswith(('.', '-')) else path}"
    assert content == golden.read_bytes()
