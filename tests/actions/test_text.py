"""Correcting the text that was read: what people wrote counts everywhere, is undone, and outlives a new reading."""

from __future__ import annotations

import pytest

from clustering.actions import Refused, StaleVersion, confirm_groups, redo_edit, undo_edit
from clustering.actions.text import LineChange, correct_text
from clustering.engine.records import Line, PageReading
from clustering.exports.contentdm.writer import write_contentdm
from clustering.exports.contract import Included
from clustering.exports.drafts import tags_of
from clustering.exports.json_files.writer import group_json
from clustering.exports.records import material_of
from clustering.jobs.stages.reading import _write, reading_row
from clustering.jobs.sweeping import sweep
from clustering.models import Collection, Edit, LineCorrection, Page, PersonalFinding, Reading, User
from clustering.models.personal_finding import OPEN
from clustering.selectors.search import found_pages
from tests.conftest import MakeCollection

READ = [["GRAPE STRlKE", 10, 20, 60, 30, 90.0], ["Delano, Califomia", 10, 40, 80, 50, 70.0]]


@pytest.fixture
def collection(make_collection: MakeCollection) -> Collection:
    made = make_collection(groups=[1, 1])
    made.pages.update(width=100, height=200)
    for page in made.pages.all():
        Reading.objects.create(
            page=page, text="GRAPE STRlKE\n\nDelano, Califomia", lines=READ, width=100, height=200, engine="drawn"
        )
    return made


def first(collection: Collection) -> Page:
    return collection.pages.select_related("reading").get(position=1)


def text(collection: Collection) -> str:
    return first(collection).reading.text


def fix(collection: Collection, who: User, *lines: LineChange, checked: bool | None = None) -> Edit:
    return correct_text(first(collection), lines, checked=checked, actor=who)


STRIKE = LineChange(line="1", text="GRAPE STRIKE", was="GRAPE STRlKE")


def test_lines_are_corrected_added_and_deleted_apart_from_the_reading(collection: Collection, alice: User) -> None:
    assert fix(collection, alice, STRIKE).summary == "Corrected 1 line on page 1."
    assert text(collection) == "GRAPE STRIKE\n\nDelano, Califomia"
    added = fix(collection, alice, LineChange(text="BOYCOTT", after="1"))
    assert added.summary == "Added 1 line on page 1."
    assert text(collection) == "GRAPE STRIKE\nBOYCOTT\n\nDelano, Califomia"
    both = fix(collection, alice, LineChange(line="1", text="STRIKE"), LineChange(line="2", text=""), checked=True)
    assert both.summary == "Changed 2 lines on page 1 and marked the text as checked."
    assert text(collection) == "STRIKE\nBOYCOTT"
    read = first(collection).reading
    assert read.as_read == {"text": "GRAPE STRlKE\n\nDelano, Califomia", "lines": READ}
    assert read.checked is not None and read.checked_by == alice
    for _ in range(3):
        undo_edit(collection, actor=alice)
    assert text(collection) == "GRAPE STRlKE\n\nDelano, Califomia"
    assert (first(collection).reading.as_read, first(collection).reading.checked) == (None, None)
    assert not LineCorrection.objects.exists()
    redo_edit(collection, actor=alice)
    assert text(collection) == "GRAPE STRIKE\n\nDelano, Califomia"


def test_search_and_exports_have_it_at_once(collection: Collection, alice: User) -> None:
    fix(collection, alice, STRIKE)
    assert [page.position for page in found_pages(collection, "strike")] == [1]
    material = material_of(collection, Included(everything=True))
    group, other = material.groups
    assert [line.text for line in material.lines(group.pages[0])] == ["GRAPE STRIKE", "Delano, Califomia"]
    assert [page["text_corrected"] for one in (group, other) for page in group_json(one)["pages"]] == [True, False]
    assert (tags_of(group), tags_of(other)) == (["text-corrected"], [])
    table = b"".join(dict(write_contentdm(material))["contentdm/afl-1/afl-1.txt"]).decode()
    assert "Text corrected by a person on 1 of 1 pages." in table


def test_personal_data_is_searched_for_again(collection: Collection, alice: User) -> None:
    findings = PersonalFinding.objects.filter(OPEN).values_list("page__position", "kind", "line")
    fix(collection, alice, LineChange(line="1", text="SSN 536-90-4399"))
    assert list(findings) == [(1, "social security", 0)]
    undo_edit(collection, actor=alice)
    assert not findings.all().exists()
    lines = (Line("Call (415) 626-1234", 10, 20, 90, 30, 80.0),)
    again = PageReading("Call (415) 626-1234", lines, width=100, height=200, language="en")
    _write([reading_row(first(collection), again, engine="other", ocr_language="eng")])
    assert list(findings.all()) == [(1, "phone", 0)]
    Reading.objects.filter(page__position=2).update(text="Call (415) 626-1234", language="en", searched_by=0)
    sweep()
    assert list(findings.order_by("page__position")) == [(1, "phone", 0), (2, "phone", 0)]


def test_two_people_at_one_line_are_told_both_texts(collection: Collection, alice: User, bob: User) -> None:
    fix(collection, alice, STRIKE)
    with pytest.raises(StaleVersion, match=r"alice changed this line to “GRAPE STRIKE\.” You entered “Grape Strike\.”"):
        fix(collection, bob, LineChange(line="1", text="Grape Strike", was="GRAPE STRlKE"))
    fix(collection, bob, LineChange(line="2", text="Delano, California", was="Delano, Califomia"))
    assert text(collection) == "GRAPE STRIKE\n\nDelano, California"


def draft(collection: Collection) -> str:
    return str(collection.groups.get(number=1).draft["title"]["value"])


def test_undo_of_a_line_minds_later_corrections_of_the_same_line_alone(
    collection: Collection, alice: User, bob: User
) -> None:
    fix(collection, alice, STRIKE)
    fix(collection, bob, LineChange(line="2", text="Delano, California"))
    assert draft(collection) == "Grape Strike"
    undo_edit(collection, actor=alice)
    assert text(collection) == "GRAPE STRlKE\n\nDelano, California"
    assert draft(collection) != "Grape Strike", "drafted again from the text that is left"
    redo_edit(collection, actor=alice)
    fix(collection, bob, LineChange(line="1", text="GRAPE STRIKE!"))
    with pytest.raises(Refused, match="later change by bob"):
        undo_edit(collection, actor=alice)


def test_undo_of_other_acts_keeps_the_draft_from_text_corrected_since(
    collection: Collection, alice: User, bob: User
) -> None:
    group = collection.groups.get(number=1)
    confirm_groups([group], actor=alice)
    fix(collection, bob, STRIKE)
    undo_edit(collection, actor=alice)
    group.refresh_from_db()
    assert (group.is_confirmed, draft(collection)) == (False, "Grape Strike")


def test_what_it_refuses(collection: Collection, alice: User) -> None:
    with pytest.raises(Refused, match="no longer has this line"):
        fix(collection, alice, LineChange(line="9", text="x"))
    with pytest.raises(Refused, match="Nothing was changed"):
        fix(collection, alice, LineChange(line="1", text="GRAPE STRlKE"))
    with pytest.raises(Refused, match="Enter the text"):
        fix(collection, alice, LineChange(text=" "))
    first(collection).reading.delete()
    with pytest.raises(Refused, match="has no text yet"):
        fix(collection, alice, STRIKE)
    assert not LineCorrection.objects.exists()


def test_corrections_find_their_lines_in_a_new_reading_and_none_is_lost(collection: Collection, alice: User) -> None:
    town = LineChange(line="2", text="Delano, California")
    fix(collection, alice, STRIKE, town)
    page = first(collection)
    # Twice as large, a line more, and nothing like the second line.
    lines = (Line("No. 1", 20, 10, 60, 30, 80.0), Line("GRAPE STR1KE", 22, 40, 120, 61, 80.0))
    again = PageReading("No. 1\nGRAPE STR1KE", lines, width=200, height=400)
    _write([reading_row(page, again, engine="other", ocr_language="deu")])
    assert text(collection) == "No. 1\nGRAPE STRIKE"
    corrections = [row.as_record() for row in LineCorrection.objects.all()]
    laid = first(collection).reading.laid(corrections)
    assert [(line.text, line.state) for line in laid] == [
        ("No. 1", "read"), ("GRAPE STRIKE", "corrected"), ("Delano, California", "earlier"),
    ]  # fmt: skip
    fix(collection, alice, LineChange(line=laid[2].id, text="Delano, California"))
    assert text(collection) == "No. 1\nGRAPE STRIKE\nDelano, California"
    fix(collection, alice, checked=True)
    assert [page.position for page in collection.pages.not_read_in("fra")] == [2]
