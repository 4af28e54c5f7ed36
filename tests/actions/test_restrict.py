"""Restricting pages: an act like others, with a reason and a last day, that ends by itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from clustering.actions import Refused, redo_edit, restore_collection, restrict_pages, rotate_pages, undo_edit
from clustering.journal.workspace import Snapshot
from clustering.models import Collection, Edit, Page, User
from clustering.selectors.before_after import compare
from clustering.selectors.desk_rows import changes, page_rows
from tests.conftest import MakeCollection


@pytest.fixture
def collection(make_collection: MakeCollection) -> Collection:
    return make_collection(groups=[2, 1])


def at(collection: Collection, *positions: int) -> list[Page]:
    return list(collection.pages.filter(position__in=positions).order_by("position"))


def restricted(collection: Collection) -> list[int]:
    return [page.position for page in collection.pages.restricted().order_by("position")]


def test_pages_are_restricted_with_a_reason_until_it_is_lifted(collection: Collection, alice: User) -> None:
    edit = restrict_pages(at(collection, 1, 3), ("A record  of health", None), actor=alice)
    assert edit.summary == "Restricted pages 1 and 3."
    assert sorted(edit.pages) == sorted(page.pk for page in at(collection, 1, 3))
    assert restricted(collection) == [1, 3]
    collection.pages.update(placeholder="blurred")
    rows = page_rows(collection, at=[1, 2])
    assert [row["restricted"] for row in rows] == [("A record of health", None), None]
    assert [row["placeholder"] for row in rows] == ["", "blurred"]
    news = changes(collection, 0, me=alice)
    assert news["restricted"] == [(1, ("A record of health", None)), (3, ("A record of health", None))]
    sides = [Snapshot.from_json(side) for side in Edit.objects.values_list("before", "after").get()]
    assert [(fact.before, fact.after) for fact in compare(collection, *sides).facts] == [
        ("no", "yes: A record of health")
    ] * 2
    lifted = restrict_pages(at(collection, 1, 2), None, actor=alice)
    assert lifted.summary == "Lifted the restriction on page 1."
    assert restricted(collection) == [3]
    assert not collection.groups.filter(edited=True).exists(), "nothing is said of documents"


def test_it_ends_by_itself_after_its_last_day(collection: Collection, alice: User) -> None:
    today = timezone.localdate()
    edit = restrict_pages(at(collection, 2), ("", today), actor=alice)
    assert str(edit.summary).startswith("Restricted page 2 through ")
    assert restricted(collection) == [2]
    Page.objects.filter(position=2).update(restricted_until=today - timedelta(days=1))
    assert restricted(collection) == []
    assert [page.position for page in collection.pages.unrestricted().order_by("position")] == [1, 2, 3]
    assert not at(collection, 2)[0].is_restricted
    assert page_rows(collection, at=[2])[0]["restricted"] is None


def test_it_is_undone_and_redone(collection: Collection, alice: User, bob: User) -> None:
    restrict_pages(at(collection, 1), ("", date(2100, 1, 31)), actor=alice)
    rotate_pages(at(collection, 1), by=90, actor=bob)
    undo_edit(collection, actor=alice)
    assert restricted(collection) == []
    redo_edit(collection, actor=alice)
    assert restricted(collection) == [1]
    assert at(collection, 1)[0].restricted_until == date(2100, 1, 31)
    restrict_pages(at(collection, 1), None, actor=bob)
    with pytest.raises(Refused, match="later change by bob"):
        undo_edit(collection, actor=alice)


def test_going_back_to_an_earlier_arrangement_lifts_nothing(collection: Collection, alice: User) -> None:
    first = rotate_pages(at(collection, 1), by=90, actor=alice)
    restrict_pages(at(collection, 1), ("", None), actor=alice)
    rotate_pages(at(collection, 1), by=90, actor=alice)
    restore_collection(collection, to=first, actor=alice)
    assert restricted(collection) == [1]
    assert at(collection, 1)[0].chosen_rotation == 90


def test_what_it_refuses(collection: Collection, alice: User) -> None:
    for pages, restriction, why in (
        ([], ("", None), "Select pages"),
        (at(collection, 1), None, "not restricted"),
        (at(collection, 1), ("", date(2001, 1, 1)), "has passed"),
    ):
        with pytest.raises(Refused, match=why):
            restrict_pages(pages, restriction, actor=alice)
    restrict_pages(at(collection, 1), ("", None), actor=alice)
    with pytest.raises(Refused, match="already restricted"):
        restrict_pages(at(collection, 1), ("", None), actor=alice)
