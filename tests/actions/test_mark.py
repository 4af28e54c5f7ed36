"""Marking pages as no document's pages."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from clustering.actions import Refused, mark_pages, undo_edit
from clustering.models import Edit, Page, User
from tests.actions.conftest import GroupOf, PageAt
from tests.conftest import MakeCollection


def test_it_sets_the_role_and_leaves_pages_in_their_groups(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[2, 1])
    edit = mark_pages([page_at(collection, 1), page_at(collection, 3)], role="target", actor=alice)
    assert list(collection.pages.in_scan_order().values_list("role", flat=True)) == ["target", "", "target"]
    assert edit.summary == "Marked pages 1 and 3 as target or calibration card."
    assert edit.pages == [page_at(collection, 1).pk, page_at(collection, 3).pk]
    assert set(edit.groups) == {group_of(collection, 1).pk, group_of(collection, 2).pk}
    assert group_of(collection, 1).version == 1
    undo_edit(collection, actor=alice)
    assert set(collection.pages.values_list("role", flat=True)) == {""}


def test_undoing_is_refused_where_somebody_marked_the_page_since(
    make_collection: MakeCollection, page_at: PageAt, alice: User, bob: User
) -> None:
    collection = make_collection(pages=1)
    mark_pages([page_at(collection, 1)], role=Page.Role.EMPTY, actor=alice)
    mark_pages([page_at(collection, 1)], role=Page.Role.OTHER, actor=bob)
    with pytest.raises(Refused, match=r"bob: “Marked page 1 as not a document\.”"):
        undo_edit(collection, actor=alice)


def test_it_refuses_bad_input(make_collection: MakeCollection, page_at: PageAt, alice: User) -> None:
    one, two = make_collection("one", pages=1), make_collection("two", pages=1)
    with pytest.raises(Refused, match="Select pages"):
        mark_pages([], role="target", actor=alice)
    with pytest.raises(Refused, match="“blue” is not a valid page mark"):
        mark_pages([page_at(one, 1)], role="blue", actor=alice)
    with pytest.raises(Refused, match="different collections"):
        mark_pages([page_at(one, 1), page_at(two, 1)], role="target", actor=alice)
    with pytest.raises(Refused, match="already marked as “page of a document"):
        mark_pages([page_at(one, 1)], role="", actor=alice)
    assert not Edit.objects.exists()


def test_it_refuses_a_person_who_may_only_look(make_collection: MakeCollection, page_at: PageAt, victor: User) -> None:
    collection = make_collection(pages=1)
    with pytest.raises(PermissionDenied):
        mark_pages([page_at(collection, 1)], role="target", actor=victor)


def test_it_does_an_act_that_is_sent_twice_once(make_collection: MakeCollection, page_at: PageAt, alice: User) -> None:
    collection = make_collection(pages=1)
    mark = uuid4()
    first = mark_pages([page_at(collection, 1)], role="target", actor=alice, act_id=mark)
    assert mark_pages([page_at(collection, 1)], role="target", actor=alice, act_id=mark) == first
