"""What goes out: confirmed documents by default, in reading order, the same bytes each time, safe in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from clustering.exports.contract import GroupRecord, Included
from clustering.exports.delimited import guarded, unguarded
from clustering.exports.records import group_records, material_of
from clustering.exports.registry import FORMATS
from clustering.exports.tables.writer import COLUMNS
from clustering.models import Collection, Group, User
from tests.conftest import MakeCollection
from tests.exports.conftest import MakeMaterial

pytestmark = pytest.mark.django_db


def written(collection: Collection, name: str, *, everything: bool = False) -> str:
    write = FORMATS[name].write
    assert write is not None
    return "".join(write(material_of(collection, Included(everything=everything))))


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def confirm(group: Group, by: User | None = None, **fields: str) -> None:
    Group.objects.filter(pk=group.pk).update(
        state=Group.State.CONFIRMED, confirmed_at=timezone.now(), confirmed_by=by, **fields
    )


@pytest.fixture
def collection(make_collection: MakeCollection, alice: User) -> Collection:
    made = make_collection(groups=[2, 1, 3])
    first, _, third = made.groups.in_scan_order()
    confirm(first, alice, title='A "quoted", title\nof two lines', kind="letter", date="1959-03")
    confirm(third, alice, title="=HYPERLINK(1)", note="مرحبا | tab\there")
    return made


def test_only_confirmed_groups_go_out_unless_all_are_asked_for(collection: Collection) -> None:
    assert {row["group"] for row in rows(written(collection, "csv"))} == {"1", "3"}
    everything = rows(written(collection, "csv", everything=True))
    assert [row["state"] for row in everything] == ["confirmed"] * 2 + ["proposed"] + ["confirmed"] * 3
    assert [row["machine_proposed"] for row in everything] == ["0", "0", "1", "0", "0", "0"]


def test_pages_stand_in_reading_order_not_in_scan_order(collection: Collection) -> None:
    third = collection.groups.get(number=3)
    pages = list(third.pages.order_by("-position"))
    for order, page in enumerate(pages, start=1):
        page.group_order = order
        page.save(update_fields=["group_order"])
    last = [row for row in rows(written(collection, "csv")) if row["group"] == "3"]
    assert [(row["position"], row["group_order"]) for row in last] == [("6", "1"), ("5", "2"), ("4", "3")]


def test_awkward_titles_come_back_as_they_were(collection: Collection) -> None:
    table = rows(written(collection, "csv"))
    assert table[0]["title"] == 'A "quoted", title\nof two lines'
    assert table[2]["title"] == "'=HYPERLINK(1)"
    assert unguarded(table[2]["title"]) == "=HYPERLINK(1)"
    assert table[2]["note"] == "مرحبا | tab\there"


def test_lines_end_as_rfc_4180_says(collection: Collection) -> None:
    text = written(collection, "csv")
    assert text.endswith("\r\n")
    assert text.split("\r\n")[0] == ",".join(COLUMNS)


def test_the_same_data_give_the_same_bytes(collection: Collection) -> None:
    for name in (name for name, known in FORMATS.items() if known.write is not None):
        assert written(collection, name, everything=True) == written(collection, name, everything=True)


def test_the_label_of_a_page_goes_out_as_its_source_gave_it(collection: Collection) -> None:
    collection.pages.filter(position=2).update(label="[cover]")
    assert [row["page_label"] for row in rows(written(collection, "csv"))] == ["", "[cover]", "", "", ""]
    assert [page["label"] for page in json.loads(written(collection, "json"))["groups"][0]["pages"]] == ["", "[cover]"]


def test_json_and_json_lines_say_the_same(collection: Collection) -> None:
    whole = json.loads(written(collection, "json"))
    lines = [json.loads(line) for line in written(collection, "jsonl").splitlines()]
    assert whole["collection"]["slug"] == "afl"
    assert [{"collection": "afl", **group} for group in whole["groups"]] == lines
    assert [page["sequence"] for page in lines[1]["pages"]] == [1, 2, 3]
    assert lines[0]["confirmed_by"] == "alice"


def test_pages_csv_is_the_bare_arrangement(collection: Collection) -> None:
    table = rows(written(collection, "pages"))
    assert list(table[0]) == ["group_id", "sequence", "identifier", "pid", "filename"]
    assert [(row["group_id"], row["sequence"]) for row in table] == [
        ("1", "1"), ("1", "2"), ("3", "1"), ("3", "2"), ("3", "3"),
    ]  # fmt: skip


def test_a_collection_without_confirmed_groups_gives_the_header_only(make_collection: MakeCollection) -> None:
    bare = make_collection(groups=[1, 1])
    assert rows(written(bare, "csv")) == []
    assert written(bare, "csv").startswith("identifier,position,group,group_order,state,")
    assert json.loads(written(bare, "json"))["groups"] == []


def test_the_number_of_queries_does_not_grow_with_the_groups(
    make_collection: MakeCollection, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    many = make_collection(groups=[1] * 60)
    with django_assert_num_queries(2):
        assert len(list(group_records(many, everything=True))) == 60


@given(st.text())
def test_a_guarded_cell_never_begins_a_formula_and_comes_back(cell: str) -> None:
    assert not guarded(cell).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguarded(guarded(cell)) == cell


def test_a_draft_is_never_mixed_with_what_a_person_entered(make_material: MakeMaterial) -> None:
    group = GroupRecord(
        number=1, state="proposed", title="", kind="", date="", language="", note="", confirmed_by="",
        confirmed_at="", split_from=None, run=4, method="seams", confidence=0.91234, draft_title="Read by machine",
        draft_kind="flyer", draft_date="", pages=(),
    )  # fmt: skip
    write = FORMATS["jsonl"].write
    assert write is not None
    (line,) = write(make_material([group]))
    assert json.loads(line)["title"] == ""
    assert json.loads(line)["draft_title"] == "Read by machine"
