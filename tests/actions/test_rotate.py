"""Rotating pages: what is shown and exported is rotated, the stored files and what was read stay."""

from __future__ import annotations

import importlib
import json

import pytest
from django.db import connection
from django.test import Client

from clustering.actions import Refused, redo_edit, rotate_pages, undo_edit
from clustering.exports.contract import Included
from clustering.exports.records import group_records, material_of
from clustering.models import ROTATION, Collection, Page, Reading, User
from clustering.selectors.desk_index import index
from clustering.selectors.desk_rows import changes
from tests.conftest import MakeCollection

MIGRATION = "clustering.migrations.0031_rotation"


@pytest.fixture
def collection(make_collection: MakeCollection) -> Collection:
    """Documents of 2 and 1 pages; page 2 lies on its side, as OCR found out."""
    made = make_collection(groups=[2, 1])
    made.pages.update(width=100, height=200)
    for page in made.pages.all():
        sideways = page.position == 2
        Reading.objects.create(
            page=page,
            text="GRAPES",
            lines=[["GRAPES", 10, 20, 60, 30, 90.0]],
            width=200 if sideways else 100,
            height=100 if sideways else 200,
            rotation=90 if sideways else 0,
            engine="drawn",
        )
    return made


def at(collection: Collection, *positions: int) -> list[Page]:
    return list(collection.pages.filter(position__in=positions).order_by("position"))


def shown(collection: Collection) -> list[int]:
    return list(collection.pages.order_by("position").annotate(by=ROTATION).values_list("by", flat=True))


def test_pages_rotate_on_top_of_how_they_are_shown(collection: Collection, alice: User) -> None:
    assert shown(collection) == [0, 90, 0]
    edit = rotate_pages(at(collection, 1, 2), by=90, actor=alice)
    assert edit.summary == "Rotated pages 1 to 2 to the right."
    assert shown(collection) == [90, 180, 0]
    assert [page.rotation for page in at(collection, 1, 2, 3)] == [90, 180, 0]
    rotate_pages(at(collection, 2), by=270, actor=alice)
    assert shown(collection) == [90, 90, 0]
    assert at(collection, 2)[0].chosen_rotation is None, "back at what OCR found"
    assert set(collection.groups.values_list("edited", flat=True)) == {False}


def test_it_is_undone_and_redone_after_other_acts(collection: Collection, alice: User, bob: User) -> None:
    rotate_pages(at(collection, 1), by=180, actor=alice)
    rotate_pages(at(collection, 3), by=90, actor=bob)
    undo_edit(collection, actor=alice)
    assert shown(collection) == [0, 90, 90]
    redo_edit(collection, actor=alice)
    assert shown(collection) == [180, 90, 90]
    rotate_pages(at(collection, 1), by=90, actor=bob)
    with pytest.raises(Refused, match="later change by bob"):
        undo_edit(collection, actor=alice)


def test_what_it_refuses(collection: Collection, alice: User) -> None:
    with pytest.raises(Refused, match="Select pages"):
        rotate_pages([], by=90, actor=alice)
    with pytest.raises(Refused, match="90, 180, or 270"):
        rotate_pages(at(collection, 1), by=45, actor=alice)


def test_every_export_and_the_desk_are_told(collection: Collection, alice: User) -> None:
    version = collection.version
    rotate_pages(at(collection, 1), by=90, actor=alice)
    collection.refresh_from_db()
    record = next(group_records(collection, everything=True))
    assert [page.rotation for page in record.pages] == [90, 90]
    (line,) = material_of(collection, Included(everything=True)).lines(record.pages[0])
    # On the stored page, 100 x 200, from 10, 20 to 60, 30; turned right, 200 x 100, its left edge is its bottom.
    assert (line.left, line.top, line.right, line.bottom) == (170, 10, 180, 60)
    news = changes(collection, version, me=alice)
    assert news["rotations"] == [(1, 90)]
    aspects = index(collection)["aspects"]
    undo_edit(collection, actor=alice)
    collection.refresh_from_db()
    assert index(collection)["aspects"] != aspects


def test_a_new_reading_leaves_the_page_as_it_was_rotated(collection: Collection, alice: User) -> None:
    rotate_pages(at(collection, 2), by=90, actor=alice)
    Reading.objects.filter(page__position=2).update(rotation=270)
    assert shown(collection) == [0, 180, 0]


@pytest.mark.parametrize("by, box", [(90, [170, 10, 180, 60]), (180, [40, 170, 90, 180]), (270, [20, 40, 30, 90])])
def test_boxes_rotate_with_the_page(by: int, box: list[int]) -> None:
    reading = Reading(lines=[["GRAPES", 10, 20, 60, 30, 90.0]], width=100, height=200)
    width, height, lines = reading.shown_lines(by)
    assert (width, height) == ((200, 100) if by % 180 else (100, 200))
    assert lines == [["GRAPES", *box, 90.0]]


def test_the_api_rotates_and_images_come_rotated(collection: Collection, alice: User) -> None:
    browser = Client()
    browser.force_login(alice)
    sent = {"pages": [1], "by": 90, "since": 0}
    answer = browser.post("/api/v1/collections/afl/acts/rotate", json.dumps(sent), content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["rotations"] == [[1, 90]]
    page = at(collection, 1)[0]
    assert f"/{page.sha256[:16]}/?rotation=90" in browser.get("/c/afl/list/").content.decode()
    assert browser.get(f"/scans/{page.pk}/320/{page.sha256[:16]}/?rotation=45").status_code == 404


def test_rotations_in_the_history_of_earlier_versions_can_be_undone(collection: Collection, alice: User) -> None:
    edit = rotate_pages(at(collection, 1, 3), by=90, actor=alice)
    renamed = importlib.import_module(MIGRATION).renamed_in_snapshots
    kept = [{"rotations": [[page.pk, degrees] for page in at(collection, 1, 3)]} for degrees in (None, 90)]
    for old, new in (("rotations", "turns"), ("turns", "rotations")):
        with connection.cursor() as cursor:
            for statement in renamed(old, new):
                cursor.execute(statement)
        edit.refresh_from_db()
        assert (edit.before, edit.after) == tuple([{new: entry["rotations"]}] for entry in kept)
    undo_edit(collection, actor=alice)
    assert shown(collection) == [0, 90, 0]
