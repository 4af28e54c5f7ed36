"""Giving the pages of a group another reading order."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from clustering.actions import Refused, StaleVersion, confirm_groups, flag_group, reorder_pages
from clustering.models import Group, User
from tests.actions.conftest import GroupOf, PageAt
from tests.actions.partition_checks import arrangement, check_partition
from tests.conftest import MakeCollection


def test_it_keeps_the_new_reading_order(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[1, 3])
    order = [page_at(collection, position).pk for position in (4, 3, 2)]
    edit = reorder_pages(group_of(collection, 2), order=order, actor=alice, version=1)
    assert arrangement(collection) == {1: [1], 2: [4, 3, 2]}
    assert edit.summary == "Reordered 2: pages 2 and 4 changed order."
    assert set(edit.pages) == {order[0], order[2]}
    assert group_of(collection, 2).first_position == 2
    assert group_of(collection, 2).confidence == 0.9, "the same pages still belong together"
    check_partition(collection)


def test_it_makes_a_confirmed_group_changed(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[2])
    confirm_groups(collection.groups.all(), actor=alice)
    order = [page_at(collection, 2).pk, page_at(collection, 1).pk]
    reorder_pages(group_of(collection, 1), order=order, actor=alice)
    assert group_of(collection, 1).state == Group.State.CHANGED


def test_it_refuses_an_order_that_is_not_of_exactly_these_pages_and_the_order_there_is(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[2, 1])
    one, two, three = (page_at(collection, position).pk for position in (1, 2, 3))
    for order in ([two], [two, one, three], [one, one], [two, one, one], []):
        with pytest.raises(Refused, match="must list each page of document 1 once"):
            reorder_pages(group_of(collection, 1), order=order, actor=alice)
    with pytest.raises(Refused, match="already in this order"):
        reorder_pages(group_of(collection, 1), order=[one, two], actor=alice)


def test_it_refuses_a_stale_version_and_a_person_who_may_only_look(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User, bob: User, victor: User
) -> None:
    collection = make_collection(groups=[2])
    order = [page_at(collection, 2).pk, page_at(collection, 1).pk]
    flag_group(group_of(collection, 1), actor=bob)
    with pytest.raises(StaleVersion):
        reorder_pages(group_of(collection, 1), order=order, actor=alice, version=1)
    with pytest.raises(PermissionDenied):
        reorder_pages(group_of(collection, 1), order=order, actor=victor)
    assert arrangement(collection) == {1: [1, 2]}


def test_it_does_an_act_that_is_sent_twice_once(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[2])
    order, mark = [page_at(collection, 2).pk, page_at(collection, 1).pk], uuid4()
    first = reorder_pages(group_of(collection, 1), order=order, actor=alice, version=1, act_id=mark)
    assert reorder_pages(group_of(collection, 1), order=order, actor=alice, version=1, act_id=mark) == first
