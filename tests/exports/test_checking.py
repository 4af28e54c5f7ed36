"""Checks before an export: what is found, of which documents, and what to do; nothing where nothing is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from clustering.engine.description import Details, NamedTerm
from clustering.exports.checking import CheckResult, check
from clustering.exports.common_rules import COLLECTION_RULES, GROUP_RULES
from clustering.exports.contract import GroupRecord, Material
from clustering.exports.format import CollectionRule, Rule
from clustering.exports.iiif.soundness import manifest_problems
from clustering.exports.iiif.writer import manifest
from clustering.exports.registry import FORMATS
from clustering.exports.schemas import mets_schema, mods_schema
from clustering.exports.settings import ExportSettings
from tests.exports.conftest import AWKWARD, SETTINGS, MakeMaterial, adjusted, group_record, page_record

READY = adjusted(
    SETTINGS,
    published=True,
    image_service="https://images.example.org/iiif/{pid}",
    islandora_host="https://islandora.example.edu",
    islandora_collection="12",
    archivesspace_ead="HH018977",
    archivesspace_object="abc",
)
TWO = (NamedTerm("Delano"), NamedTerm("Fresno"))
GOOD = group_record(1, [1, 2], title="A letter", kind="letter", date="1959-03")


def codes(material: Material, name: str) -> dict[str, str]:
    return {finding.code: finding.level for finding in check(material, [name])[name].findings}


def broken(group: GroupRecord, make: MakeMaterial, name: str, settings: ExportSettings = READY) -> dict[str, str]:
    return codes(make([group], settings), name)


def test_nothing_is_found_where_all_is_in_order(make_material: MakeMaterial) -> None:
    results = check(make_material([GOOD], READY), FORMATS)
    assert {name: [finding.code for finding in result.findings] for name, result in results.items()} == {
        name: [] for name in FORMATS
    }
    assert results["mods"].checked and results["mods"].level == "ok"
    assert any("MODS record matches" in words for words in results["mods"].checked)
    assert any("METS 1.12.1" in words for words in results["mets"].checked)


def test_every_rule_is_about_some_target_and_says_what_to_do() -> None:
    shared: list[Rule | CollectionRule] = [*GROUP_RULES, *COLLECTION_RULES]
    for rule in shared:
        assert any(rule.applies(known) for known in FORMATS.values()), rule.code
    for rule in (*shared, *(rule for known in FORMATS.values() for rule in known.rules)):
        assert rule.message.endswith(".") and rule.remedy.endswith(".")


@pytest.mark.parametrize(
    ("name", "change", "code", "level"),
    [
        ("mods", {"title": ""}, "no-title", "warning"),
        ("mods", {"title": " \n"}, "no-title", "warning"),
        ("mets", {"date": "last spring"}, "no-edtf", "error"),
        ("csv", {"date": "last spring"}, "no-edtf", "warning"),
        ("csv", {"kind": "other"}, "no-term", "note"),
        ("mods", {"note": "\x0b"}, "control", "note"),
        ("omeka-s", {"title": "a|b"}, "bar", "note"),
        ("islandora", {"title": "x" * 250}, "long-title", "error"),
        ("omeka-s", {"details": Details(creators=(NamedTerm("a|b"),))}, "bar", "note"),
        ("islandora", {"details": Details(box="1|2")}, "bar", "note"),
        ("xlsx", {"note": "x" * 40_000}, "long-cell", "warning"),
        (
            "xlsx",
            {"details": Details(subjects=(NamedTerm("x" * 300, "http://example.org/"),) * 110)},
            "long-cell",
            "warning",
        ),
        ("xlsx", {"pages": tuple(page_record(at, at) for at in range(1, 2500))}, "long-cell", "warning"),
        ("bagit", {"pages": ()}, "no-pages", "error"),
        ("islandora", {"details": Details(summary="Wages.")}, "no-field", "warning"),
        ("archivesspace", {"details": Details(places=TWO)}, "no-room", "warning"),
        ("archivesspace", {"details": Details(people=TWO * 3)}, "no-room", "warning"),
        ("archivesspace", {"details": Details(summary="=1+1")}, "formula", "warning"),
        ("mods", {"details": Details(creators=(NamedTerm("\x0b"),))}, "control", "note"),
    ],
)
def test_what_is_wrong_with_a_document_is_found(
    name: str, change: dict[str, object], code: str, level: str, make_material: MakeMaterial
) -> None:
    findings = broken(replace(GOOD, **change), make_material, name)  # type: ignore[arg-type]
    assert findings[code] == level


@pytest.mark.parametrize(
    ("name", "change", "code", "level"),
    [
        ("iiif", {"base_url": "http://127.0.0.1:8000"}, "local-address", "error"),
        ("mets", {"base_url": "http://localhost:8000"}, "local-address", "warning"),
        ("archivesspace", {"published": False}, "not-published", "warning"),
        ("iiif", {"image_service": ""}, "no-image-service", "note"),
        ("omeka-s", {"image_service": "", "omeka_media": "info"}, "no-info", "warning"),
        ("mods", {"rights": ""}, "no-rights", "note"),
        ("iiif", {"rights": "ask us"}, "rights-no-uri", "warning"),
        ("bagit", {"publisher": ""}, "no-holder", "note"),
        ("islandora", {"islandora_host": "https://islandora.example.org"}, "islandora-host", "warning"),
        ("islandora", {"islandora_collection": ""}, "islandora-collection", "warning"),
        ("archivesspace", {"archivesspace_ead": ""}, "archivesspace-place", "error"),
        ("archivesspace", {"archivesspace_object": ""}, "archivesspace-object", "error"),
    ],
)
def test_what_settings_lack_is_found(
    name: str, change: dict[str, object], code: str, level: str, make_material: MakeMaterial
) -> None:
    findings = broken(GOOD, make_material, name, adjusted(READY, **change))  # type: ignore[arg-type]
    assert findings[code] == level


def test_pages_are_found_that_a_target_cannot_take(make_material: MakeMaterial, tmp_path: Path) -> None:
    nameless = replace(GOOD, pages=tuple(replace(page, pid="") for page in GOOD.pages))
    assert broken(nameless, make_material, "bdr")["no-pid"] == "error"
    assert broken(nameless, make_material, "iiif")["no-service"] == "warning"
    gone = replace(make_material([GOOD], READY), image=lambda page: tmp_path / "gone.jpg", has_image=lambda page: False)
    for name in ("pdf", "contentdm", "bagit"):
        assert codes(gone, name)["scan-gone"] == "error"
    assert "scan-gone" not in codes(gone, "mods")


def test_a_finding_counts_names_and_says_what_to_do(make_material: MakeMaterial) -> None:
    untitled = [group_record(number, [number], kind="letter") for number in range(1, 21)]
    (finding,) = (f for f in check(make_material(untitled, READY), ["mods"])["mods"].findings if f.code == "no-title")
    assert finding.message == "20 documents have no title and will be named by type and pages."
    assert (finding.count, finding.groups) == (20, tuple(range(1, 13)))
    assert finding.remedy.startswith("Add a title")
    (one,) = (f for f in check(make_material(untitled[:1], READY), ["mods"])["mods"].findings if f.code == "no-title")
    assert one.message == "1 document has no title and will be named by type and pages."


def test_errors_come_first_and_a_result_outlives_json(make_material: MakeMaterial) -> None:
    result = check(make_material(AWKWARD, ExportSettings()), ["archivesspace"])["archivesspace"]
    assert [finding.level for finding in result.findings] == sorted(
        (finding.level for finding in result.findings), key=["error", "warning", "note"].index
    )
    assert result.level == "error"
    assert CheckResult.from_json(result.to_json()) == result


def test_an_empty_export_says_that_it_is_empty(make_material: MakeMaterial) -> None:
    assert codes(make_material([], READY), "csv") == {"empty": "warning"}
    assert codes(replace(make_material([], READY), everything=True), "csv") == {"none-at-all": "warning"}


def test_the_awkward_cases_are_valid_by_the_schemas_at_export_time(
    make_material: MakeMaterial, shared_schemas: Path | None
) -> None:
    for version, folder in (("3.7", None), ("3.8", shared_schemas)):
        if mods_schema(version, folder) is None:
            assert version == "3.8", "make install-test brings the schema of MODS 3.7"
            continue  # it is in no package: judged where ../shared/schemas is there
        settings = adjusted(READY, mods_version=version)
        results = check(make_material(AWKWARD, settings), ["mods", "mets", "bdr"], schemas=folder)
        for result in results.values():
            assert not [finding for finding in result.findings if "schema" in finding.code]
            assert any("MODS record matches" in words for words in result.checked)


def test_a_record_that_is_not_valid_is_reported_with_its_document(
    make_material: MakeMaterial, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clustering.exports.mods import writer as mods

    def spoilt(material: Material, group: GroupRecord) -> object:
        record = real(material, group)
        record.set("version", "9.9")
        return record

    real = mods.mods_record
    monkeypatch.setattr(mods, "mods_record", spoilt)
    result = check(make_material([GOOD], READY), ["mods"])["mods"]
    assert result.findings[0].code == "mods-schema"
    assert "9.9" in result.findings[0].message and result.findings[0].groups == (1,)


def test_schemas_are_found_where_they_are_installed_only(tmp_path: Path) -> None:
    assert mets_schema(None) is not None
    assert mods_schema("3.7", tmp_path) is not None
    assert mods_schema("3.9", tmp_path) is None


def test_a_manifest_that_does_not_hang_together_is_found(make_material: MakeMaterial) -> None:
    material = make_material([GOOD], READY)

    def problems(**change: object) -> list[str]:
        return list(manifest_problems(manifest(material, GOOD) | change))

    assert problems() == []
    assert problems(items=[]) == ["it has no pages"]
    canvas = manifest(material, GOOD)["items"][0]
    assert any("used twice" in problem for problem in problems(items=[canvas, canvas]))
    assert problems(items=[canvas | {"width": 0}]) == [f"{canvas['id']} has no size"]
    assert any("not a web address" in problem for problem in problems(id="manifest"))
    swapped = manifest(material, GOOD)
    swapped["items"][0]["items"][0]["items"][0]["target"] = swapped["items"][1]["id"]
    assert any("another page" in problem for problem in manifest_problems(swapped))
