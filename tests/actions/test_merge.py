"""Merging groups."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from pytest_django import DjangoAssertNumQueries

from clustering.actions import Refused, StaleVersion, confirm_groups, flag_group, merge_groups, move_pages, split_group
from clustering.models import Answer, Edit, Group, User
from tests.actions.conftest import GroupOf, PageAt
from tests.actions.partition_checks import arrangement, check_partition
from tests.conftest import MakeCollection
from tests.describing import describe_group


def test_the_earlier_group_keeps_its_number_and_pages_come_in_scan_order(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[2, 2, 2])
    move_pages([page_at(collection, 1)], to=group_of(collection, 3), actor=alice)
    assert arrangement(collection) == {1: [2], 2: [3, 4], 3: [1, 5, 6]}
    kept = group_of(collection, 3).pk
    edit = merge_groups([group_of(collection, 2), group_of(collection, 3)], actor=alice)
    assert arrangement(collection) == {1: [2], 3: [1, 3, 4, 5, 6]}
    assert group_of(collection, 3).pk == kept
    assert edit.summary == "Joined 1 and 3, pages 1 and 3 to 6."
    check_partition(collection)


def test_many_are_counted_and_not_listed(make_collection: MakeCollection, alice: User) -> None:
    collection = make_collection(groups=[1] * 12)
    edit = merge_groups(collection.groups.all(), actor=alice)
    assert edit.summary == "Joined 12 documents, pages 1 to 12."


def test_it_loses_nothing_that_a_person_wrote(make_collection: MakeCollection, group_of: GroupOf, alice: User) -> None:
    collection = make_collection(groups=[1, 1])
    describe_group(group_of(collection, 1), title="Call to the strike", note="Torn.", actor=alice)
    describe_group(group_of(collection, 2), title="Back page", kind="flyer", note="Stamped.", actor=alice)
    flag_group(group_of(collection, 2), note="two flyers?", actor=alice)
    merge_groups([group_of(collection, 2), group_of(collection, 1)], actor=alice)
    merged = group_of(collection, 1)
    assert (merged.title, merged.kind, merged.note) == ("Call to the strike", "flyer", "Torn.\n\nStamped.")
    assert (merged.flagged, merged.flag_note) == (True, "two flyers?")


def test_it_makes_a_confirmed_group_changed_wherever_it_stands(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1, 1, 1])
    confirm_groups([group_of(collection, 2)], actor=alice)
    merge_groups([group_of(collection, 1), group_of(collection, 2)], actor=alice)
    assert group_of(collection, 1).state == Group.State.CHANGED


def test_it_records_the_seams_it_joined_and_overrules_the_split_before(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User, bob: User
) -> None:
    collection = make_collection(groups=[3, 1])
    split_group(group_of(collection, 1), before=page_at(collection, 2), actor=alice)
    merge_groups([group_of(collection, 1), group_of(collection, 2), group_of(collection, 3)], actor=bob)
    answers = Answer.objects.values_list("first__position", "second__position", "verdict", "actor__username")
    assert sorted(answers) == [(1, 2, "same", "bob"), (3, 4, "same", "bob")]


def test_it_refuses_one_group_and_groups_of_two_collections(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    one, other = make_collection("one", groups=[1, 1]), make_collection("two", groups=[1])
    with pytest.raises(Refused, match="Select at least two documents"):
        merge_groups([group_of(one, 1), group_of(one, 1)], actor=alice)
    with pytest.raises(Refused, match="different collections"):
        merge_groups([group_of(one, 1), group_of(other, 1)], actor=alice)


def test_it_refuses_an_id_that_no_group_can_have(make_collection: MakeCollection, alice: User) -> None:
    collection = make_collection(groups=[1, 1])
    versions = {**{group.pk: 1 for group in collection.groups.all()}, 2**70: 1}
    with pytest.raises(Refused, match="a document that can’t exist"):
        merge_groups(collection.groups.all(), actor=alice, versions=versions)


def test_it_refuses_a_person_who_may_only_look(
    make_collection: MakeCollection, group_of: GroupOf, victor: User
) -> None:
    collection = make_collection(groups=[1, 1])
    with pytest.raises(PermissionDenied):
        merge_groups(collection.groups.all(), actor=victor)


def test_it_refuses_a_group_that_vanished_and_shows_where_its_pages_went(
    make_collection: MakeCollection, group_of: GroupOf, alice: User, bob: User
) -> None:
    collection = make_collection(groups=[1, 1, 1])
    seen = [group_of(collection, 2), group_of(collection, 3)]
    merge_groups([group_of(collection, 1), group_of(collection, 2)], actor=bob)
    with pytest.raises(StaleVersion, match="bob: Joined 1 and 2, pages 1 to 2") as refusal:
        merge_groups(seen, actor=alice, versions={group.pk: group.version for group in seen})
    assert [group.number for group in refusal.value.groups] == [1, 3]


def test_it_refuses_a_group_whose_version_was_not_sent(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1, 1])
    groups = [group_of(collection, 1), group_of(collection, 2)]
    with pytest.raises(StaleVersion):
        merge_groups(groups, actor=alice, versions={groups[0].pk: 1})


def test_it_does_an_act_that_is_sent_twice_once(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1, 1])
    groups, mark = list(collection.groups.all()), uuid4()
    first = merge_groups(groups, actor=alice, act_id=mark)
    assert merge_groups(groups, actor=alice, act_id=mark) == first
    assert Edit.objects.count() == 1


@pytest.mark.parametrize("groups", [2, 300])
def test_its_queries_do_not_grow_with_the_collection(
    make_collection: MakeCollection,
    group_of: GroupOf,
    alice: User,
    groups: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    collection = make_collection(groups=[2] * groups)
    pair = [group_of(collection, 1), group_of(collection, 2)]
    with django_assert_max_num_queries(17):
        merge_groups(pair, actor=alice, versions={group.pk: 1 for group in pair})
