"""Every target with every awkward case: valid by the official schema where there is one, and nothing lost."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import bagit
import openpyxl
import pypdfium2
import pytest
from iiif_prezi3 import Collection as PreziCollection
from iiif_prezi3 import Manifest as PreziManifest
from jsonschema import Draft7Validator
from lxml import etree

from clustering.exports.archivesspace.writer import CODES, FIRST_CELL
from clustering.exports.contract import Material
from clustering.exports.naming import ranges, title_of
from clustering.exports.packing import to_folder, to_zip
from clustering.exports.registry import FORMATS
from clustering.exports.settings import ExportSettings, WrongSettings
from clustering.exports.stored_settings import from_json
from tests.exports.conftest import AWKWARD, MakeMaterial, schema_folder

FILES = [name for name, known in FORMATS.items() if known.files is not None]
PAGES = sum(len(group.pages) for group in AWKWARD)


def written(material: Material, name: str) -> dict[str, bytes]:
    files = FORMATS[name].files
    assert files is not None
    return {path: b"".join(pieces) for path, pieces in files(material)}


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def parsed(content: bytes) -> Any:
    return etree.fromstring(content, etree.XMLParser(no_network=True, huge_tree=True))


@pytest.fixture(scope="session")
def mods_schema() -> Any:
    folder = schema_folder("bdrxml", "schemas")
    return _schema(folder / "mods-3-7.xsd", {"xlink.xsd": folder / "xlink.xsd", "xml.xsd": folder / "xml.xsd"})


@pytest.fixture(scope="session")
def newer_mods_schema(shared_schemas: Path | None) -> Any:
    """MODS 3.8, which no package brings."""
    if shared_schemas is None:
        return None
    known = {path.name: path for path in shared_schemas.glob("*.xsd")} | {"xml.xsd": shared_schemas / "mods-xml.xsd"}
    return _schema(shared_schemas / "mods-3-8.xsd", known)


@pytest.fixture(scope="session")
def mets_schema() -> Any:
    folder = schema_folder("ocrd_validators")
    return _schema(folder / "mets.xsd", {"xlink.xsd": folder / "xlink.xsd"})


def _schema(path: Path, known: dict[str, Path]) -> Any:
    """A schema whose imports come from the disk."""

    class Local(etree.Resolver):  # type: ignore[misc] # lxml has no types
        def resolve(self, url: str, public: str, context: object) -> Any:
            place = known.get(url.rpartition("/")[2])
            return self.resolve_filename(str(place), context) if place else None

    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Local())
    return etree.XMLSchema(etree.parse(str(path), parser))


@pytest.mark.parametrize("name", FILES)
def test_the_same_records_give_the_same_bytes(name: str, make_material: MakeMaterial) -> None:
    material = make_material()
    assert written(material, name) == written(material, name)


@pytest.mark.parametrize("name", [name for name in FILES if name not in {"xlsx", "comparison", "bagit"}])
def test_pages_csv_comes_along_and_rebuilds_the_grouping(name: str, make_material: MakeMaterial) -> None:
    rebuilt: dict[str, list[str]] = {}
    for row in rows(written(make_material(), name)["pages.csv"]):
        rebuilt.setdefault(row["group_id"], []).append(row["identifier"])
    assert rebuilt == {str(group.number): [page.identifier for page in group.pages] for group in AWKWARD}


def test_mods_is_valid_and_names_every_page_in_order(
    make_material: MakeMaterial, mods_schema: Any, newer_mods_schema: Any
) -> None:
    files = written(make_material(), "mods")
    ns = {"m": "http://www.loc.gov/mods/v3"}
    for group in AWKWARD:
        record = parsed(files[f"mods/afl-cio-{group.number}.xml"])
        mods_schema.assertValid(record)
        assert record.findtext("m:titleInfo/m:title", namespaces=ns) == title_of(group)
        parts = record.findall("m:relatedItem[@type='constituent']", ns)
        assert [part.findtext("m:identifier", namespaces=ns) for part in parts] == [p.identifier for p in group.pages]
        assert [part.find("m:part", ns).get("order") for part in parts] == [str(p.sequence) for p in group.pages]
        machine = "not confirmed" in record.findtext("m:recordInfo/m:recordOrigin", namespaces=ns)
        assert machine is group.is_machine_proposed
        if newer_mods_schema is not None:
            record.set("version", "3.8")
            newer_mods_schema.assertValid(record)


def test_mets_is_valid_and_every_link_leads_somewhere(make_material: MakeMaterial, mets_schema: Any) -> None:
    root = parsed(written(make_material(), "mets")["mets.xml"])
    mets_schema.assertValid(root)
    ns = {"m": "http://www.loc.gov/METS/", "x": "http://www.w3.org/1999/xlink"}
    ids = set(root.xpath("//@ID"))
    ends = root.xpath("//m:smLink/@x:from | //m:smLink/@x:to", namespaces=ns)
    assert {*ends, *root.xpath("//@FILEID"), *root.xpath("//@DMDID")} <= ids
    assert len(root.xpath("//m:div[@TYPE='page']", namespaces=ns)) == PAGES
    assert len(root.xpath("//m:structMap[@TYPE='LOGICAL']/m:div/m:div", namespaces=ns)) == len(AWKWARD)


def test_an_empty_collection_is_valid_too(make_material: MakeMaterial, mets_schema: Any) -> None:
    for name in FILES:
        files = written(make_material([]), name)
        if name == "mets":
            mets_schema.assertValid(parsed(files["mets.xml"]))


def test_manifests_are_valid_by_schema_and_library(make_material: MakeMaterial, shared_schemas: Path | None) -> None:
    files = written(make_material(), "iiif")
    collection = json.loads(files["collection.json"])
    PreziCollection(**collection)
    for group in AWKWARD:
        manifest = json.loads(files[f"{group.number}/manifest.json"])
        PreziManifest(**manifest)
        assert manifest["id"] == collection["items"][AWKWARD.index(group)]["id"]
        assert len(manifest["items"]) == len(group.pages) >= 1
        canvases = [canvas["id"] for canvas in manifest["items"]]
        assert len(set(canvases)) == len(canvases)
        for canvas in manifest["items"]:
            painted = canvas["items"][0]["items"][0]
            assert painted["target"] == canvas["id"]
            assert (canvas["width"], canvas["height"]) == (painted["body"]["width"], painted["body"]["height"])
        if shared_schemas is not None:
            schema = json.loads((shared_schemas / "iiif_3_0.json").read_text(encoding="utf-8"))
            assert not [error.message for error in Draft7Validator(schema).iter_errors(manifest)]


def test_an_image_service_is_named_where_the_collection_has_one(make_material: MakeMaterial) -> None:
    settings = ExportSettings(image_service="https://images.example.org/iiif/{pid}")
    manifest = json.loads(written(make_material(settings=settings), "iiif")["1/manifest.json"])
    body = manifest["items"][0]["items"][0]["items"][0]["body"]
    assert body["service"][0]["id"] == "https://images.example.org/iiif/bdr:pid1"
    assert body["id"] == "https://images.example.org/iiif/bdr:pid1/full/full/0/default.jpg"


def test_islandora_has_each_parent_before_its_pages(make_material: MakeMaterial) -> None:
    files = written(make_material(), "islandora")
    seen: set[str] = set()
    weights: dict[str, list[int]] = {}
    for row in rows(files["islandora.csv"]):
        assert "\n" not in row["title"]
        if row["parent_id"]:
            assert row["parent_id"] in seen
            weights.setdefault(row["parent_id"], []).append(int(row["field_weight"]))
        else:
            assert (row["file"], row["field_weight"]) == ("", "")
            seen.add(row["id"])
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in weights.values())
    assert len(weights) == len(AWKWARD)
    assert b"allow_missing_files: true" in files["workbench.yml"]


def test_omeka_has_one_row_an_item_and_no_bar_but_between_pages(make_material: MakeMaterial) -> None:
    table = rows(written(make_material(), "omeka-s")["omeka-s.csv"])
    assert [row["dcterms:identifier"] for row in table] == [
        f"afl-cio-{group.number}{'|MS-17' * (group.number == 4)}" for group in AWKWARD
    ]
    for row, group in zip(table, AWKWARD, strict=True):
        assert len(row["media_url"].split("|")) == len(group.pages)
        names = ("identifier", "type", "creator", "subject", "spatial")
        several = {"media_url", *(f"dcterms:{name}" for name in names)}
        assert not any("|" in value for name, value in row.items() if name not in several)
    assert table[3]["dcterms:creator"] == 'The "Committee" / of 100|Ñoño, José'
    assert table[3]["dcterms:subject"] == "Peace; and war|=Chavez, Cesar"


def test_archivesspace_keeps_its_first_row_byte_for_byte(make_material: MakeMaterial) -> None:
    content = written(make_material(), "archivesspace")["archivesspace.csv"].decode()
    first = content.split("\r\n")[0]
    assert first == ",".join(CODES)
    assert first.startswith(FIRST_CELL) and len(CODES) == 114 and CODES[25] == "rep_file_uri"
    table = list(csv.reader(io.StringIO(content, newline="")))
    assert len(table) == 2 + len(AWKWARD)
    assert all(len(row) == len(CODES) for row in table)
    row = dict(zip(CODES, table[2], strict=True))
    assert row["rep_file_uri"] == "https://desk.example.org/iiif/afl-cio/1/manifest.json"
    assert (row["digital_object_id"], row["number"], row["begin"]) == ("afl-cio-1", "1", "1959-03")


def test_contentdm_has_a_table_of_each_folders_name(make_material: MakeMaterial) -> None:
    files = written(make_material(), "contentdm")
    for group in AWKWARD:
        name = f"afl-cio-{group.number}"
        table = files[f"contentdm/{name}/{name}.txt"].decode().splitlines()
        assert len(table) == 2 + len(group.pages)
        assert len({line.count("\t") for line in table}) == 1, "a tab in a title would shift its row"
        scans = [path for path in files if path.startswith(f"contentdm/{name}/scans/")]
        assert sorted(scans) == scans and len(scans) == len(group.pages)
    assert b"BOYCOTT GRAPES" in files["contentdm/afl-cio-1/transcripts/0001.txt"]


def test_pages_are_called_as_their_source_calls_them(make_material: MakeMaterial) -> None:
    """12r, none and [cover]: the label where the target has a place for it, the place that is counted elsewhere."""
    material = make_material([AWKWARD[2]])
    canvases = json.loads(written(material, "iiif")["3/manifest.json"])["items"]
    assert [canvas["label"]["none"] for canvas in canvases] == [["12r"], ["2"], ["[cover]"]]
    divs = parsed(written(material, "mets")["mets.xml"]).findall(".//{*}structMap[@TYPE='PHYSICAL']//{*}div[@ORDER]")
    assert [(div.get("ORDER"), div.get("ORDERLABEL")) for div in divs] == [("1", "12r"), ("2", "65"), ("3", "[cover]")]
    parts = parsed(written(material, "mods")["mods/afl-cio-3.xml"]).findall(".//{*}part")
    assert [part.get("order") for part in parts] == ["1", "2", "3"]
    assert [part.findtext(".//{*}number") for part in parts] == ["12r", "2", "[cover]"]
    table = written(material, "contentdm")["contentdm/afl-cio-3/afl-cio-3.txt"].decode().splitlines()
    assert [line.partition("\t")[0] for line in table[2:]] == ["12r", "Page 2", "[cover]"]
    with pypdfium2.PdfDocument(written(material, "pdf")["pdf/afl-cio-3.pdf"]) as document:
        assert [document.get_page_label(at) for at in range(3)] == ["12r", "2", "[cover]"]
    book = openpyxl.load_workbook(io.BytesIO(written(material, "xlsx")["groups.xlsx"]))
    assert [cell.value for cell in book["Pages"]["AD"]] == ["page_label", "12r", None, "[cover]"]


def test_brown_gets_parents_children_and_relations(make_material: MakeMaterial, mods_schema: Any) -> None:
    files = written(make_material(), "bdr")
    children = rows(files["children.csv"])
    assert [row["pagination"] for row in children if row["parent_local_id"] == "afl-cio-3"] == ["1", "2", "3"]
    assert len(children) == PAGES
    mods_schema.assertValid(parsed(files["parents/afl-cio-2.mods.xml"]))
    relation = parsed(files["rels-ext/bdr_pid62.xml"])
    assert relation.xpath("//*[local-name()='hasPagination']/text()") == ["1"]


def test_tropy_has_photos_in_order_with_what_was_read(make_material: MakeMaterial) -> None:
    graph = json.loads(written(make_material(), "tropy")["tropy.json"])["@graph"]
    assert len(graph) == len(AWKWARD)
    names = [photo["http://purl.org/dc/elements/1.1/title"] for photo in graph[2]["photo"]]
    assert names == [page.identifier for page in AWKWARD[2].pages]
    assert "BOYCOTT GRAPES" in graph[0]["photo"][0]["note"][0]["html"]


def test_a_bag_is_valid_by_its_own_library(make_material: MakeMaterial, tmp_path: Path) -> None:
    files = FORMATS["bagit"].files
    assert files is not None
    to_folder(files(make_material()), tmp_path / "bag")
    bag = bagit.Bag(str(tmp_path / "bag"))
    assert bag.validate()
    assert (tmp_path / "bag" / "data" / "afl-cio-2" / "0060.jpg").exists()
    assert bag.info["External-Identifier"] == "HH018977"


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_pdf_keeps_the_original_bytes_and_has_its_words_where_they_are(
    make_material: MakeMaterial, rotation: int
) -> None:
    from dataclasses import replace

    group = replace(AWKWARD[0], pages=(replace(AWKWARD[0].pages[0], rotation=rotation),))
    material = make_material([group])
    content = written(material, "pdf")["pdf/afl-cio-1.pdf"]
    original = material.image(group.pages[0]).read_bytes()
    assert original in content
    with pypdfium2.PdfDocument(content) as document:
        page = document[0]
        width, height = page.get_size()
        assert (width > height) is (rotation % 180 == 90)
        text = page.get_textpage()
        assert "BOYCOTT GRAPES" in text.get_text_range()
        start = text.get_text_range().index("BOYCOTT")
        left, bottom, _, top = text.get_charbox(start)
        scale = 72 / 150
        assert left == pytest.approx(40 * scale, abs=3)
        assert height - top == pytest.approx(40 * scale, abs=12)
        assert height - bottom <= 75 * scale


def test_a_workbook_holds_text_not_formulas(make_material: MakeMaterial) -> None:
    book = openpyxl.load_workbook(io.BytesIO(written(make_material(), "xlsx")["groups.xlsx"]))
    titles = [row[1].value for row in book["Groups"].iter_rows(min_row=2)]
    assert titles == [title_of(group) for group in AWKWARD]
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    assert book["Pages"].max_row == 1 + PAGES


def test_the_comparison_has_a_band_a_document_and_a_picture_a_page(make_material: MakeMaterial) -> None:
    book = openpyxl.load_workbook(io.BytesIO(written(make_material(), "comparison")["comparison.xlsx"]))
    sheet = book["Comparison"]
    head = [cell.value for cell in sheet[1]]
    assert head[-4:] == ["run 1: seams", "run 2: dbscan", "desk", "confirmed"]
    assert sheet.max_row == 1 + PAGES
    bands = [sheet.cell(at, 1).fill.fgColor.rgb for at in (2, 3, 4, 63)]
    assert bands[0] != bands[1] == bands[2] != bands[3]
    assert len(sheet._images) == PAGES


def test_a_zip_is_the_same_each_time(make_material: MakeMaterial) -> None:
    sums = []
    for _ in range(2):
        out = io.BytesIO()
        files = FORMATS["iiif"].files
        assert files is not None
        to_zip(files(make_material()), out)
        sums.append(hashlib.sha256(out.getvalue()).hexdigest())
    assert sums[0] == sums[1]


def test_a_group_without_a_title_is_named_by_kind_and_pages() -> None:
    assert title_of(AWKWARD[2]) == "Untitled flyer, pages 62, 64–65"
    assert title_of(AWKWARD[3]) == 'A "quoted" title, with a newline | a bar and a tab'
    assert ranges([1, 2, 3, 5, 7, 8]) == "1–3, 5, 7–8"
    assert ranges([1, 2, 3, 5], "-") == "1-3, 5"


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        ({"licence": "x"}, "no export setting “licence"),
        ({"published": "yes"}, "Write true or false"),
        ({"base_url": "desk"}, "Write an address"),
    ],
)
def test_wrong_settings_are_refused_by_name(stored: dict[str, object], message: str) -> None:
    with pytest.raises(WrongSettings, match=message):
        from_json(stored)
