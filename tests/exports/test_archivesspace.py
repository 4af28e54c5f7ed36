"""What ArchivesSpace's importer makes of the spreadsheet, by the rules and lists of a new ArchivesSpace."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import datetime

import pytest
from lxml import etree

from clustering.exports.archivesspace.writer import EXTENT_TYPES
from clustering.exports.contract import GroupRecord
from clustering.exports.settings import ExportSettings
from tests.exports.cases import written
from tests.exports.conftest import AWKWARD, SETTINGS, MakeMaterial, adjusted, group_record
from tests.exports.test_awkward import CASES
from tests.exports.test_checking import READY, broken

LISTS = {
    "date_label": "broadcast copyright creation deaccession digitized event issued modified publication agent_relation "
    "other usage existence record_keeping",
    "date_type": "single bulk inclusive",
    "date_certainty": "approximate inferred questionable",
    "digital_object_type": "cartographic mixed_materials moving_image notated_music software_multimedia "
    "sound_recording sound_recording_musical sound_recording_nonmusical still_image text",
    "extent_type": "cassettes cubic_feet gigabytes leaves linear_feet megabytes photographic_prints "
    "photographic_slides reels sheets terabytes volumes",
    "portion": "whole part",
    "note_type": "summary bioghist accessrestrict userestrict custodhist dimensions edition extent altformavail "
    "originalsloc note acqinfo inscription langmaterial legalstatus physdesc prefercite processinfo relatedmaterial "
    "bibliography",
    "subject_type": "cultural_context function geographic genre_form occupation style_period technique temporal "
    "topical uniform_title",
    "subject_source": "aat rbgenr tgn lcsh local mesh gmgpc",
}
"""The controlled values of its base schema, in which its importer looks up what stands in a cell."""
COLUMNS = {
    "dates_label": "date_label",
    "date_type": "date_type",
    "date_certainty": "date_certainty",
    "digital_object_type": "digital_object_type",
    "extent_type": "extent_type",
    "portion": "portion",
    "note_type": "note_type",
    "note_type_2": "note_type",
    "subject_1_type": "subject_type",
    "subject_1_source": "subject_source",
}


def rows(content: bytes) -> list[dict[str, str]]:
    """As CSV.read and row_values have them: below the codes every row whose first cell is empty, without blanks."""
    codes, *table = list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))
    records = [
        {code: cell.strip() for code, cell in zip(codes, row, strict=True)} for row in table if not row[0].strip()
    ]
    return [{code: cell for code, cell in row.items() if cell} for row in records]


def errors(row: dict[str, str]) -> list[str]:
    """What the importer would report of a row."""
    problems = [
        f"{column} {row[column]!r} is not in {name}"
        for column, name in COLUMNS.items()
        if column in row and row[column] not in LISTS[name].split()
    ]
    if not ({"ead", "res_uri"} & set(row) and {"ao_ref_id", "ao_uri"} & set(row)):
        problems.append("no resource or no archival object")
    if ("number" in row) != ("extent_type" in row):
        problems.append("an extent needs both number and type")
    return problems + _date_errors(row) + _note_errors(row)


def _date_errors(row: dict[str, str]) -> list[str]:
    dates = {name: row[name] for name in ("begin", "end") if name in row}
    days = {}
    for name, text in dates.items():
        try:
            days[name] = datetime.strptime("-".join([*text.split("-"), "01", "01"][:3]), "%Y-%m-%d")
        except ValueError:
            return [f"{name} {text!r} is not a date"]
    if len(days) == 2 and days["end"] < days["begin"] and not dates["begin"].startswith(dates["end"]):
        return ["end is before begin"]
    if row.get("date_type") == "single" and "end" in row:
        return ["a single date has an end"]
    if len(row.get("expression", "")) > 255 or ("date_type" in row and not {"begin", "end", "expression"} & set(row)):
        return ["the date says nothing, or too much"]
    return []


def _note_errors(row: dict[str, str]) -> list[str]:
    problems = []
    for column in ("note_content", "note_content_2"):
        note = row.get(column, "")
        if re.search("</?[a-zA-Z]+>", note):
            try:
                etree.fromstring(f"<root>{note}</root>")
            except etree.XMLSyntaxError as error:
                problems.append(f"{column} is not well-formed: {error}")
    return problems


LINKED = adjusted(SETTINGS, archivesspace_ead="HH018977", archivesspace_object="8f3ac0b1")
DATES = ("1970~", "195X", "1960/1965", "1959-03/..", "1959?/1961~", "1963-21", "1965/1960", "../1962", "1959-02-29?")


@pytest.mark.parametrize(
    "group",
    [
        *CASES.values(),
        *AWKWARD,
        *(group_record(1, [1], title=f"Dated {date}", date=date) for date in DATES),
        group_record(1, [1], title="x", note="He wrote <b>this & that"),
        group_record(1, [1], title="x", note="a <i>whole</i> one & another"),
        group_record(1, [1], title="x", kind="broadside"),
    ],
    ids=lambda group: f"{group.title[:20]!r} {group.date} {group.kind}",
)
def test_the_importer_takes_every_row(group: GroupRecord, make_material: MakeMaterial) -> None:
    (row,) = rows(written(make_material([group], LINKED), "archivesspace")["archivesspace.csv"])
    assert errors(row) == []
    assert (row["number"], row["extent_type"]) == (str(len(group.pages)), "leaves")
    assert row["physical_details"].startswith(str(len(group.pages)))


def test_the_lists_of_the_exporter_are_those_of_archivesspace() -> None:
    assert set(LISTS["extent_type"].split()) == EXTENT_TYPES


def test_the_kind_goes_in_as_a_genre(make_material: MakeMaterial) -> None:
    kinds = ["flyer", "broadside", "other", ""]
    groups = [group_record(at, [at], kind=kind) for at, kind in enumerate(kinds, start=1)]
    table = rows(written(make_material(groups, LINKED), "archivesspace")["archivesspace.csv"])
    assert [row.get("subject_1_term") for row in table] == ["flyer", "broadside", None, None]
    assert [row.get("subject_1_source") for row in table] == ["aat", "local", None, None]


def test_an_archival_object_may_be_named_by_its_uri(make_material: MakeMaterial) -> None:
    settings = adjusted(LINKED, archivesspace_object="/repositories/2/archival_objects/7")
    (row,) = rows(written(make_material([AWKWARD[0]], settings), "archivesspace")["archivesspace.csv"])
    assert row["ao_uri"] == "/repositories/2/archival_objects/7" and "ao_ref_id" not in row


@pytest.mark.parametrize(("kind", "code"), [("pages", "archivesspace-extent"), ("sheets", None)])
def test_an_extent_type_that_archivesspace_lacks_is_told_before(
    kind: str, code: str | None, make_material: MakeMaterial
) -> None:
    settings = adjusted(READY, archivesspace_extent=kind)
    findings = broken(replace(AWKWARD[0], title="A letter"), make_material, "archivesspace", settings)
    assert findings.get("archivesspace-extent") == ("warning" if code else None)
    (row,) = rows(written(make_material([AWKWARD[0]], settings), "archivesspace")["archivesspace.csv"])
    assert row["extent_type"] == kind


@pytest.mark.parametrize(("uri", "level"), [("/repositories/2/resources/12", None), ("12", "error")])
def test_a_resource_that_never_matches_is_told_before(uri: str, level: str | None, make_material: MakeMaterial) -> None:
    settings: ExportSettings = adjusted(READY, archivesspace_resource=uri)
    assert broken(AWKWARD[0], make_material, "archivesspace", settings).get("archivesspace-resource") == level
