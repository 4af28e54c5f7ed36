"""Splitting a group."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from pytest_django import DjangoAssertNumQueries

from clustering.actions import Refused, StaleVersion, confirm_groups, flag_group, split_group, unconfirm_groups
from clustering.models import Answer, Edit, Group, User
from tests.actions.conftest import GroupOf, PageAt
from tests.actions.partition_checks import arrangement, check_partition
from tests.conftest import MakeCollection


def test_it_keeps_the_first_part_and_numbers_the_rest(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[5, 2])
    group = group_of(collection, 1)
    edit = split_group(group, before=page_at(collection, 4), actor=alice, version=1)
    assert arrangement(collection) == {1: [1, 2, 3], 2: [6, 7], 3: [4, 5]}
    check_partition(collection)
    first, rest = group_of(collection, 1), group_of(collection, 3)
    assert first.pk == group.pk
    assert (first.version, first.edited, first.confidence) == (2, True, None)
    assert (rest.split_from, rest.edited, rest.state) == (1, True, Group.State.PROPOSED)
    assert edit.summary == "Split 1 before page 4: pages 4 to 5 became 2."
    assert (edit.verb, edit.actor, edit.sequence) == ("split", alice, 1)
    assert edit.groups == sorted([first.pk, rest.pk])
    assert edit.pages == [page_at(collection, 4).pk, page_at(collection, 5).pk]


def test_it_records_that_the_pages_at_the_cut_are_different_documents(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[3])
    edit = split_group(group_of(collection, 1), before=page_at(collection, 3), actor=alice)
    answer = Answer.objects.get()
    assert (answer.first.position, answer.second.position, answer.verdict) == (2, 3, "different")
    assert (answer.actor, answer.edit) == (alice, edit)


def test_it_makes_both_parts_of_a_confirmed_group_changed(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User, bob: User
) -> None:
    collection = make_collection(groups=[3])
    confirm_groups([group_of(collection, 1)], actor=bob)
    split_group(group_of(collection, 1), before=page_at(collection, 2), actor=alice)
    groups = Group.objects.filter(collection=collection)
    assert [(group.state, group.confirmed_by, group.confirmed_at) for group in groups] == [("changed", None, None)] * 2


def test_it_refuses_a_person_who_may_only_look(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, victor: User, charlie: User
) -> None:
    collection = make_collection(groups=[3])
    for nobody in (victor, charlie):
        with pytest.raises(PermissionDenied, match="Ask staff for edit access"):
            split_group(group_of(collection, 1), before=page_at(collection, 2), actor=nobody)
    assert not Edit.objects.exists()


def test_it_refuses_the_first_page_and_a_page_of_another_group(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[2, 2])
    with pytest.raises(Refused, match="Page 1 is the first page of document 1"):
        split_group(group_of(collection, 1), before=page_at(collection, 1), actor=alice)
    with pytest.raises(Refused, match="That page is not in document 1"):
        split_group(group_of(collection, 1), before=page_at(collection, 4), actor=alice)
    assert arrangement(collection) == {1: [1, 2], 2: [3, 4]}
    assert collection.edits.count() == 0


def test_it_refuses_a_stale_version_with_the_fresh_group_and_the_name_of_who_was_faster(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User, bob: User
) -> None:
    collection = make_collection(groups=[4])
    seen = group_of(collection, 1)
    flag_group(seen, note="two letters?", actor=bob)
    with pytest.raises(StaleVersion, match="bob: Flagged 1: two letters\\?") as refusal:
        split_group(seen, before=page_at(collection, 3), actor=alice, version=seen.version)
    assert [(group.pk, group.version) for group in refusal.value.groups] == [(seen.pk, 2)]
    assert arrangement(collection) == {1: [1, 2, 3, 4]}


def test_it_does_an_act_that_is_sent_twice_once(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[4])
    group, mark = group_of(collection, 1), uuid4()
    first = split_group(group, before=page_at(collection, 3), actor=alice, version=1, act_id=mark)
    again = split_group(group, before=page_at(collection, 3), actor=alice, version=1, act_id=mark)
    assert again == first
    assert arrangement(collection) == {1: [1, 2], 2: [3, 4]}


def test_it_refuses_the_mark_of_somebody_elses_act(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User, bob: User
) -> None:
    collection = make_collection(groups=[4])
    edit = split_group(group_of(collection, 1), before=page_at(collection, 3), actor=alice)
    with pytest.raises(Refused, match="has the ID of another change"):
        split_group(group_of(collection, 1), before=page_at(collection, 2), actor=bob, act_id=edit.act_id)


@pytest.mark.parametrize("groups", [1, 300])
def test_its_queries_do_not_grow_with_the_collection(
    make_collection: MakeCollection,
    group_of: GroupOf,
    page_at: PageAt,
    alice: User,
    groups: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    collection = make_collection(groups=[4] * groups)
    group, page = group_of(collection, 1), page_at(collection, 3)
    with django_assert_max_num_queries(18):
        split_group(group, before=page, actor=alice, version=1)


def test_it_says_that_a_confirmed_document_is_no_longer_confirmed(make_collection: MakeCollection, alice: User) -> None:
    collection = make_collection(groups=[1, 3])
    first, second = collection.groups.order_by("number")
    confirm_groups([first, second], actor=alice)
    before = second.pages.get(group_order=2)
    edit = split_group(second, before=before, actor=alice)
    assert edit.summary == "Split 2 before page 3: pages 3 to 4 became 3. Document 2 is no longer confirmed."
    unconfirm_groups([first], actor=alice)
    assert "no longer" not in collection.edits.latest("sequence").summary
