"""The confirmed truth of a real collection of 298 pages is valid in every target; a drawn one where it is absent."""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import bagit
import pypdfium2
import pytest
from iiif_prezi3 import Collection as PreziCollection
from iiif_prezi3 import Manifest as PreziManifest
from jsonschema import Draft7Validator

from clustering.exports.checking import check
from clustering.exports.contract import GroupRecord, Material
from clustering.exports.naming import title_of
from clustering.exports.packing import to_folder
from clustering.exports.pdf.writer import pdf_pieces
from clustering.exports.registry import FORMATS
from clustering.exports.schemas import mets_schema, mods_schema
from tests.exports.cases import READERS, parsed, rows, written
from tests.exports.conftest import SETTINGS, MakeMaterial, adjusted, group_record, page_record

READY = adjusted(
    SETTINGS,
    published=True,
    islandora_host="https://islandora.example.edu",
    islandora_collection="12",
    archivesspace_ead="HH018977",
    archivesspace_object="abc",
)


def truth_of(folder: Path) -> list[GroupRecord]:
    """Groups of truth.csv, as an archivist would have confirmed them."""
    scans = {path.name.partition("__")[0]: path for path in (folder / "images").glob("*.jpg")}
    groups: list[GroupRecord] = []
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as table:
        for position, row in enumerate(csv.DictReader(table), start=1):
            if row["start"] == "1":
                groups.append(group_record(len(groups) + 1, [], title=row["title"], kind=row["kind"], date=""))
            scan = scans[row["identifier"]]
            page = replace(
                page_record(position, len(groups[-1].pages) + 1), identifier=row["identifier"], filename=scan.name,
                pid=scan.stem.partition("__")[2].replace("_", ":"), size_bytes=scan.stat().st_size,
                sha256=hashlib.sha256(scan.read_bytes()).hexdigest(),
            )  # fmt: skip
            groups[-1] = replace(groups[-1], pages=(*groups[-1].pages, page))
    return groups


def drawn_truth() -> list[GroupRecord]:
    """The same shape, of our own making."""
    groups: list[GroupRecord] = []
    position = 0
    while position < 298:
        size = 1 + (len(groups) * 7) % 5
        positions = list(range(position + 1, min(position + size, 298) + 1))
        groups.append(group_record(len(groups) + 1, positions, title=f"Document {len(groups) + 1}"))
        position = positions[-1]
    return groups


@pytest.fixture
def truth(make_material: MakeMaterial, real_scans: Path | None) -> Material:
    if real_scans is None or not (real_scans / "truth.csv").exists():
        return make_material(drawn_truth(), READY)
    groups = truth_of(real_scans)
    return replace(make_material([], READY), groups=groups, image=lambda page: real_scans / "images" / page.filename)


def test_every_target_finds_nothing_wrong_with_it(truth: Material) -> None:
    findings = check(truth, FORMATS)
    assert {name: [f.message for f in result.errors] for name, result in findings.items()} == {
        name: [] for name in FORMATS
    }
    assert findings["mets"].pages == 298
    assert any("METS 1.12.1" in words for words in findings["mets"].checked)


@pytest.mark.parametrize("name", sorted(set(READERS) - {"pdf", "bagit", "contentdm"}))
def test_it_comes_back_from_every_target_as_it_went_in(name: str, truth: Material) -> None:
    files = written(truth, name)
    assert READERS[name](files) == [(title_of(group), len(group.pages)) for group in truth.groups]
    if "pages.csv" in files:
        assert [row["identifier"] for row in rows(files["pages.csv"])] == [
            p.identifier for g in truth.groups for p in g.pages
        ]


def test_it_is_valid_by_the_official_schemas(truth: Material, shared_schemas: Path | None) -> None:
    mets = mets_schema(None)
    assert mets is not None
    mets.assertValid(parsed(written(truth, "mets")["mets.xml"]))
    for version, folder in (("3.7", None), ("3.8", shared_schemas)):
        schema = mods_schema(version, folder)
        if schema is None:
            continue  # 3.8 is in no package
        material = replace(truth, settings=adjusted(READY, mods_version=version))
        records = [content for path, content in written(material, "mods").items() if path.endswith(".xml")]
        for record in records:
            schema.assertValid(parsed(record))
        assert len(records) == len(list(truth.groups))
    _manifests(truth, shared_schemas)


def _manifests(truth: Material, shared_schemas: Path | None) -> None:
    files = written(truth, "iiif")
    PreziCollection(**json.loads(files["collection.json"]))
    schema: Any = None
    if shared_schemas is not None:
        schema = Draft7Validator(json.loads((shared_schemas / "iiif_3_0.json").read_text(encoding="utf-8")))
        assert not list(schema.iter_errors(json.loads(files["collection.json"])))
    for path, content in files.items():
        if path.endswith("manifest.json"):
            PreziManifest(**json.loads(content))
            if schema is not None and int(path.partition("/")[0]) % 5 == 0:  # some 0.2 s each
                assert not [error.message for error in schema.iter_errors(json.loads(content))]


def test_a_bag_of_it_is_valid_and_a_bag_without_scans_names_them(truth: Material, tmp_path: Path) -> None:
    files = FORMATS["bagit"].files
    assert files is not None
    to_folder(files(truth), tmp_path / "bag")
    assert bagit.Bag(str(tmp_path / "bag")).validate()
    to_folder(files(replace(truth, settings=adjusted(READY, bag_fetch=True))), tmp_path / "fetch")
    bag = bagit.Bag(str(tmp_path / "fetch"))
    named = list(bag.fetch_entries())
    assert len(named) == 298 and all(url.startswith("https://desk.example.org/iiif/") for url, _, _ in named)
    assert not list((tmp_path / "fetch" / "data").glob("*/0001.jpg"))
    for _, _, path in named:  # fetched, it is a valid bag
        target = tmp_path / "fetch" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.hardlink_to(tmp_path / "bag" / path)
    assert bagit.Bag(str(tmp_path / "fetch")).validate(fast=True)


def test_its_longest_document_is_a_pdf_with_the_original_bytes(truth: Material) -> None:
    longest = max(truth.groups, key=lambda group: len(group.pages))
    content = b"".join(pdf_pieces(truth, longest))
    with pypdfium2.PdfDocument(content) as document:
        assert len(document) == len(longest.pages)
        for page in document:
            (image,) = [part for part in page.get_objects() if part.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]
            assert image.get_filters() == ["DCTDecode"]
            assert "BOYCOTT GRAPES" in page.get_textpage().get_text_range()
    assert all(truth.image(page).read_bytes() in content for page in longest.pages)
