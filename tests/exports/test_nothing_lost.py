"""What was entered arrives: every value in each format that has a place for it, under the right name."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from lxml import etree
from openpyxl import load_workbook

from clustering.engine.description import Details, NamedTerm
from clustering.exports.contract import CommentRecord
from clustering.exports.settings import WrongSettings
from tests.exports.cases import written
from tests.exports.conftest import SETTINGS, MakeMaterial, adjusted, group_record

MODS = {"m": "http://www.loc.gov/mods/v3"}
LOC = "http://id.loc.gov/authorities"
PAPER = group_record(
    2,
    [5],
    title="Hearing",
    kind="memorandum",
    date="195X",
    note="First paragraph.\n\nSecond paragraph.",
    copy_of=1,
    details=Details(
        creators=(
            NamedTerm("Bureau; Dallas Office", f"{LOC}/names/n1"),
            NamedTerm("Acme, Inc."),
            NamedTerm("Ünal, A."),
        ),
        subjects=(NamedTerm("Assassination", f"{LOC}/subjects/sh1"),),
        people=(NamedTerm("Oswald, Lee", "http://viaf.org/viaf/2"),),
        places=(NamedTerm("Dallas (Tex.)", "http://vocab.getty.edu/tgn/3"),),
        summary="<all of it>",
    ),
)


def rows(content: bytes, start: int = 0) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))[start:]


def test_a_type_is_named_where_its_address_is(make_material: MakeMaterial) -> None:
    material = make_material([PAPER])
    address = "http://vocab.getty.edu/aat/300026906"
    assert rows(written(material, "omeka-s")["omeka-s.csv"])[0]["dcterms:type"] == f"memorandum|{address}"
    (item,) = json.loads(written(material, "tropy")["tropy.json"])["@graph"]
    assert item["http://purl.org/dc/elements/1.1/type"] == "memorandum"
    assert item["http://purl.org/dc/terms/type"] == address


def test_what_a_document_duplicates_is_told_everywhere(make_material: MakeMaterial) -> None:
    material = make_material([PAPER])
    files = {name: written(material, name) for name in ("csv", "groups", "json", "mods", "omeka-s", "tropy", "iiif")}
    assert [rows(files[name][path])[0]["copy_of"] for name, path in (("csv", ".csv"), ("groups", "-groups.csv"))] == [
        "1", "1",
    ]  # fmt: skip
    assert json.loads(files["json"][".json"])["groups"][0]["copy_of"] == 1
    record = etree.fromstring(files["mods"]["mods/afl-cio-2.xml"])
    assert record.xpath("m:relatedItem[@type='otherVersion']/m:identifier/text()", namespaces=MODS) == ["afl-cio-1"]
    assert "Duplicate of document 1." in rows(files["omeka-s"]["omeka-s.csv"])[0]["dcterms:provenance"]
    assert json.loads(files["tropy"]["tropy.json"])["@graph"][0]["tag"] == ["duplicate"]
    alone = written(make_material([replace(PAPER, copy_of=None)]), "mods")["mods/afl-cio-2.xml"]
    assert b"otherVersion" not in alone and b"Duplicate" not in alone


def test_vocabularies_are_called_by_their_codes(make_material: MakeMaterial) -> None:
    material = make_material([PAPER])
    record = etree.fromstring(written(material, "mods")["mods/afl-cio-2.xml"])
    codes = record.xpath("//*[@valueURI]/@authority", namespaces=MODS)
    assert codes == ["naf", "aat", "lcsh", "viaf", "tgn"]
    (row,) = rows(written(material, "archivesspace")["archivesspace.csv"], start=1)
    assert (row["subject_2_term"], row["subject_2_source"]) == ("Assassination", "lcsh")
    own = replace(PAPER, details=Details(subjects=(NamedTerm("Strikes", "http://www.wikidata.org/entity/Q1"),)))
    (row,) = rows(written(make_material([own]), "archivesspace")["archivesspace.csv"], start=1)
    assert row["subject_2_source"] == "local", "the importer drops what is not in its list"


def test_archivesspace_tells_companies_decades_and_one_page(make_material: MakeMaterial) -> None:
    (row,) = rows(written(make_material([PAPER]), "archivesspace")["archivesspace.csv"], start=1)
    corporate = [row[f"corporate_entities_agent_header_{number}"] for number in (1, 2, 3)]
    people = [row[f"people_agent_header_{number}"] for number in (1, 2, 3)]
    assert (corporate, people) == (["Bureau; Dallas Office", "Acme, Inc.", ""], ["Ünal, A.", "Oswald, Lee", ""])
    assert (row["begin"], row["end"], row["date_type"]) == ("1950", "1959", "inclusive")
    assert row["rep_caption"] == "Page 5"


@pytest.mark.parametrize(("name", "path", "column"), [
    ("archivesspace", "archivesspace.csv", "note_content_2"), ("islandora", "islandora.csv", "field_description"),
])  # fmt: skip
def test_paragraphs_stay_apart(name: str, path: str, column: str, make_material: MakeMaterial) -> None:
    table = rows(written(make_material([PAPER]), name)[path], start=name == "archivesspace")
    assert "First paragraph.\n\nSecond paragraph." in table[0][column]


def test_islandora_is_told_roles_and_vocabularies_of_names(make_material: MakeMaterial) -> None:
    fields = "creators=field_linked_agent:relators:cre:{agent} people=field_subjects_name:{agent} places=field_place"
    material = make_material([PAPER], settings=adjusted(islandora_fields=fields))
    row = rows(written(material, "islandora")["islandora.csv"])[0]
    assert row["field_linked_agent"].split("|") == [
        "relators:cre:corporate_body:Bureau; Dallas Office", "relators:cre:corporate_body:Acme, Inc.",
        "relators:cre:person:Ünal, A.",
    ]  # fmt: skip
    assert (row["field_subjects_name"], row["field_place"]) == ("person:Oswald, Lee", "Dallas (Tex.)")
    for wrong in ("genre=field_genre:aat", "creators=field_linked_agent:a b", "creators=field_linked_agent:{role}"):
        with pytest.raises(WrongSettings):
            adjusted(islandora_fields=wrong)


@pytest.mark.parametrize("name", ["contentdm", "tropy"])
def test_a_semicolon_inside_a_name_makes_no_two_of_it(name: str, make_material: MakeMaterial) -> None:
    content = b"".join(written(make_material([PAPER]), name).values()).decode(errors="replace")
    assert "Bureau, Dallas Office; Acme, Inc.; Ünal, A." in content


def test_viewers_get_addresses_and_every_letter(make_material: MakeMaterial) -> None:
    manifest = json.loads(written(make_material([PAPER]), "iiif")["2/manifest.json"])
    values = {one["label"]["en"][0]: one["value"]["none"] for one in manifest["metadata"]}
    assert values["Creator"] == [f'<a href="{LOC}/names/n1">Bureau; Dallas Office</a>', "Acme, Inc.", "Ünal, A."]
    assert values["Type"] == ['<a href="http://vocab.getty.edu/aat/300026906">memorandum</a>']
    # Presentation 3: what begins with < and ends with > is HTML, and viewers drop tags that they do not know.
    assert manifest["summary"]["none"] == ["<span>&lt;all of it&gt;</span>"]


def test_json_has_the_rights_and_the_holder_of_the_collection(make_material: MakeMaterial) -> None:
    head = json.loads(written(make_material([PAPER]), "json")[".json"])["collection"]
    assert (head["rights"], head["publisher"]) == (SETTINGS.rights, SETTINGS.publisher)


def test_a_workbook_has_the_comments_too(make_material: MakeMaterial) -> None:
    remark = CommentRecord("HH018977_0005", "alice", "2026-11-20T10:00:00+00:00", False, "Ask the donor")
    material = make_material([replace(PAPER, comments=(remark,))], settings=replace(SETTINGS, comments=True))
    book = load_workbook(io.BytesIO(written(material, "xlsx")["groups.xlsx"]))
    for name in ("Groups", "Pages"):
        head, row = book[name].iter_rows(values_only=True)
        assert dict(zip(head, row, strict=True))["comments"] == "2026-11-20 alice: Ask the donor"
