"""Tables as the systems read them that load them: escape characters, bars, dates, formulas, fields of their own."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustering.engine.description import Details
from clustering.exports.dates import plain_date
from clustering.exports.delimited import csv_pieces
from clustering.exports.naming import one_line
from clustering.exports.omeka_s.writer import OMEKA_COLUMNS, for_php
from clustering.exports.settings import WrongSettings
from clustering.exports.stored_settings import from_json
from tests.exports import php
from tests.exports.cases import rows, written
from tests.exports.conftest import AWKWARD, SETTINGS, MakeMaterial, adjusted, group_record
from tests.exports.test_checking import READY, broken

BACKSLASHES = [
    'C:\\path\\"quoted\\"',
    "a, b\\", "back\\slash", "\\", '\\"', '"\\', '\\\\"', "x\\\\", "a\\,b", 'a\\"b, c\\', "end\\",
]  # fmt: skip


def test_a_backslash_swallows_nothing_in_omeka(make_material: MakeMaterial) -> None:
    groups = [group_record(at, [at, at + 50], title=text, note=text) for at, text in enumerate(BACKSLASHES, start=1)]
    head, *table = php.rows(written(make_material(groups), "omeka-s")["omeka-s.csv"])
    assert tuple(head) == OMEKA_COLUMNS
    assert [len(row) for row in table] == [len(OMEKA_COLUMNS)] * len(groups)
    for row, text in zip(table, BACKSLASHES, strict=True):
        assert row[1].replace("\\", "") == text.replace("\\", "")
        assert row[-1].count("|") == 1


CELLS = st.lists(st.text(st.sampled_from('ab\\",|; \n'), max_size=8), min_size=1, max_size=4)


@given(st.lists(CELLS, min_size=1, max_size=4))
def test_php_and_rfc_4180_read_the_same_cells(table: list[list[str]]) -> None:
    rows = [["row", *map(for_php, row), "end"] for row in table]
    content = b"".join(csv_pieces(["head", "end"], rows))
    wanted = [["head", "end"], *([one_line(cell) for cell in row] for row in rows)]
    assert php.rows(content) == list(csv.reader(io.StringIO(content.decode(), newline=""))) == wanted


def test_omeka_gets_paragraphs_as_they_were_written(make_material: MakeMaterial) -> None:
    note = 'First paragraph,\n\nsecond "one".\nA path C:\\'
    group = group_record(1, [1], note=note, details=Details(summary="One\nTwo\\"), title="One\nline")
    head, row = php.rows(written(make_material([group]), "omeka-s")["omeka-s.csv"])
    cells = dict(zip(head, row, strict=True))
    # The backslash before the closing quotation mark is doubled, as the check of the export says.
    assert cells["dcterms:description"] == note + "\\"
    assert cells["dcterms:abstract"] == "One\nTwo\\\\"
    assert cells["dcterms:title"] == "One line"
    assert broken(replace(group, note="One\nTwo\\", details=Details()), make_material, "omeka-s")["backslash"] == "note"


def test_cells_without_a_backslash_before_a_quote_are_as_they_were() -> None:
    for text in ("plain", "back\\slash", 'say "hi"', "a, b", "end\\"):
        assert for_php(text) == text


def test_our_php_reads_as_php_does() -> None:
    """What PHP 8.2 made of these lines."""
    content = (
        'n,text\r\n0,"C:\\p\\""q\\"""\r\n1,"a, b\\"\r\n2, "x ""y"" z"tail\r\n3,back\\slash\r\n'
        '4,"\\\\"\r\n5,un"quoted"\r\n'
    )
    assert php.rows(content.encode()) == [
        ["n", "text"],
        ["0", 'C:\\p\\"q\\"""'],
        ["1", 'a, b\\"\r\n2, x ""y"" z"tail'],
        ["3", "back\\slash"],
        ["4", "\\\\"],
        ["5", 'un"quoted"'],
    ]


@pytest.mark.parametrize(
    ("date", "plain"),
    [
        ("1970~", "1970"), ("195X", "1950-1959"), ("19XX", "1900-1999"), ("1960/1965", "1960-1965"),
        ("1959-03/..", "1959-03"), ("../1960", "1960"), ("1959?/1961~", "1959-1961"), ("1963-21", "1963"),
        ("1959-03-XX", "1959-03"), ("1959-03-12", "1959-03-12"), ("1960-03/1960-05", "1960"),
        ("-0044", ""), ("last spring", ""), ("1965/1960", ""), ("", ""),
    ],
)  # fmt: skip
def test_contentdm_has_dates_that_its_date_fields_take(date: str, plain: str, make_material: MakeMaterial) -> None:
    assert plain_date(date) == plain
    material = make_material([replace(AWKWARD[0], title="x", date=date)])
    head, document, *_ = written(material, "contentdm")["contentdm/afl-cio-1/afl-cio-1.txt"].decode().split("\r\n")
    cells = dict(zip(head.split("\t"), document.split("\t"), strict=True))
    assert (cells["Date"], cells["Date EDTF"]) == (plain, date)
    assert broken(replace(AWKWARD[0], date=date), make_material, "contentdm").get("plain-date") == (
        None if plain == date else "note"
    )


def test_contentdm_ends_with_the_last_word_of_the_last_line(make_material: MakeMaterial) -> None:
    files = written(make_material(), "contentdm")
    tables = [content for path, content in files.items() if path.count("/") == 2]
    assert len(tables) == len(AWKWARD)
    assert all(content.endswith(b".jpg") for content in tables)


def test_islandora_has_what_is_known_of_a_document(make_material: MakeMaterial) -> None:
    group = replace(AWKWARD[2], title="A flyer", kind="flyer", date="1970~", language="de", note="One | two")
    parent, first, *_ = rows(written(make_material([group]), "islandora")["islandora.csv"])
    assert {name: parent[name] for name in parent if name.startswith("field_") and parent[name]} == {
        "field_model": "28",
        "field_local_identifier": "afl-cio-3",
        "field_genre": "flyer",
        "field_edtf_date_created": "1970~",
        "field_language": "German",
        "field_description": "One / two",
        "field_rights": SETTINGS.rights,
        "field_extent": "3 pages",
        "field_note": "Grouped by machine (run 3, seams); confirmed by alice at 2026-11-20T10:00:00+00:00.",
    }
    assert first["field_local_identifier"] == "HH018977_0062" and first["field_genre"] == ""


def test_islandora_is_told_no_date_that_it_would_stop_at(make_material: MakeMaterial) -> None:
    parent, *_ = rows(written(make_material([replace(AWKWARD[0], date="last spring")]), "islandora")["islandora.csv"])
    assert parent["field_edtf_date_created"] == ""


def test_islandora_has_only_the_fields_that_the_settings_name(make_material: MakeMaterial) -> None:
    for setting, wanted in (
        ("none", set()),
        ("genre=field_type note=field_abstract", {"field_type", "field_abstract"}),
    ):
        settings = adjusted(SETTINGS, islandora_fields=setting)
        parent, *_ = rows(written(make_material([AWKWARD[0]], settings), "islandora")["islandora.csv"])
        assert set(parent) - {
            "id", "parent_id", "field_weight", "file", "title", "field_model", "field_member_of", "published"
        } == wanted  # fmt: skip


@pytest.mark.parametrize(
    ("setting", "message"),
    [("color=field_color", "The values you can export are"), ("genre", "pairs such as"), ("genre=f date=f", "twice")],
)
def test_fields_of_islandora_that_are_not_understood_are_refused(setting: str, message: str) -> None:
    with pytest.raises(WrongSettings, match=message):
        from_json({"islandora_fields": setting})


@pytest.mark.parametrize(
    ("name", "level"), [("archivesspace", "warning"), ("omeka-s", "note"), ("islandora", "note"), ("contentdm", "note")]
)
def test_what_a_spreadsheet_would_take_for_a_formula_is_told(
    name: str, level: str, make_material: MakeMaterial
) -> None:
    assert broken(replace(AWKWARD[0], title="=HYPERLINK(1)"), make_material, name)["formula"] == level
    assert broken(replace(AWKWARD[0], note="- 2 -"), make_material, name)["formula"] == level
    assert "formula" not in broken(replace(AWKWARD[0], title="2 = 2"), make_material, name)


def test_a_backslash_that_is_doubled_is_told(make_material: MakeMaterial) -> None:
    assert broken(replace(AWKWARD[0], title='a\\"b'), make_material, "omeka-s", READY)["backslash"] == "note"
    assert "backslash" not in broken(replace(AWKWARD[0], title="a\\b"), make_material, "omeka-s", READY)
