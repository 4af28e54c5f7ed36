"""Answering whether two pages are one document."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from clustering.actions import (
    Refused,
    StaleVersion,
    answer_seam,
    confirm_groups,
    flag_group,
    reorder_pages,
    split_group,
    undo_edit,
)
from clustering.models import Answer, Edit, Group, User
from tests.actions.conftest import GroupOf, PageAt
from tests.actions.partition_checks import arrangement, check_partition
from tests.conftest import MakeCollection


def test_an_answer_that_the_desk_agrees_with_settles_nothing_else(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[3, 1])
    edit = answer_seam(page_at(collection, 1), verdict="same", actor=alice)
    answer_seam(page_at(collection, 3), verdict=Answer.Verdict.DIFFERENT, actor=alice)
    answers = Answer.objects.order_by("first").values_list("first__position", "second__position", "verdict")
    assert list(answers) == [(1, 2, "same"), (3, 4, "different")]
    group = group_of(collection, 1)
    assert (group.version, group.edited) == (1, False)
    assert edit.summary == "Answered that pages 1 and 2 are one document."
    assert edit.groups == [group.pk], "so that its history tells it"
    assert Answer.objects.get(verdict="same").edit == edit


def test_different_splits(make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User) -> None:
    collection = make_collection(groups=[3])
    versions = {group_of(collection, 1).pk: 1}
    edit = answer_seam(page_at(collection, 2), verdict="different", actor=alice, versions=versions)
    assert arrangement(collection) == {1: [1, 2], 2: [3]}
    assert edit.verb == "answer"
    assert edit.summary == (
        "Answered that pages 2 and 3 are different documents: split 1 before page 3: page 3 became 2."
    )
    check_partition(collection)
    undo_edit(collection, actor=alice)
    assert arrangement(collection) == {1: [1, 2, 3]}
    assert not Answer.objects.exists()


def test_same_merges_also_pages_that_are_no_neighbors(
    make_collection: MakeCollection, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[1, 1, 2])
    answer_seam(page_at(collection, 4), right=page_at(collection, 1), verdict="same", actor=alice)
    assert arrangement(collection) == {1: [1, 3, 4], 2: [2]}
    answers = Answer.objects.values_list("first__position", "second__position", "verdict")
    assert set(answers) == {(1, 4, "same"), (1, 3, "same")}
    check_partition(collection)


def test_different_splits_before_the_page_that_is_read_later(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[3])
    order = [page_at(collection, position).pk for position in (3, 2, 1)]
    reorder_pages(group_of(collection, 1), order=order, actor=alice)
    answer_seam(page_at(collection, 2), verdict="different", actor=alice)
    assert arrangement(collection) == {1: [3], 2: [2, 1]}


def test_it_refuses_to_contradict_a_confirmed_group_and_names_both(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User, bob: User
) -> None:
    collection = make_collection(groups=[2, 1])
    confirm_groups([group_of(collection, 1)], actor=bob)
    named = "bob confirmed document 1, pages 1 to 2, on .* “Answered that pages 2 and 3 are one document.”"
    with pytest.raises(Refused, match=named):
        answer_seam(page_at(collection, 2), verdict="same", actor=alice)
    with pytest.raises(Refused, match="pages 1 and 2 are different documents"):
        answer_seam(page_at(collection, 1), verdict="different", actor=alice)
    assert group_of(collection, 1).state == Group.State.CONFIRMED


def test_it_refuses_to_contradict_an_answer_and_names_both(
    make_collection: MakeCollection, page_at: PageAt, alice: User, bob: User
) -> None:
    collection = make_collection(groups=[2])
    answer_seam(page_at(collection, 1), verdict="same", actor=bob)
    named = "bob answered on .* that pages 1 and 2 are one document; you answered that pages 1 and 2 are different"
    with pytest.raises(Refused, match=named):
        answer_seam(page_at(collection, 1), verdict="different", actor=alice)


def test_it_refuses_a_merge_that_would_overrule_an_answer_elsewhere(
    make_collection: MakeCollection, page_at: PageAt, alice: User, bob: User
) -> None:
    collection = make_collection(groups=[1, 2])
    answer_seam(page_at(collection, 1), verdict="different", actor=bob)
    with pytest.raises(Refused, match="pages 1 and 2 are different documents; you answered that pages 1 and 3 are one"):
        answer_seam(page_at(collection, 1), right=page_at(collection, 3), verdict="same", actor=alice)
    assert arrangement(collection) == {1: [1], 2: [2, 3]}


def test_it_refuses_a_split_through_an_answer_between_other_pages(
    make_collection: MakeCollection, page_at: PageAt, alice: User, bob: User
) -> None:
    collection = make_collection(groups=[4])
    answer_seam(page_at(collection, 1), right=page_at(collection, 4), verdict="same", actor=bob)
    with pytest.raises(
        Refused, match="that pages 1 and 4 are one document; you answered that pages 2 and 3 are different"
    ):
        answer_seam(page_at(collection, 2), verdict="different", actor=alice)
    assert arrangement(collection) == {1: [1, 2, 3, 4]}


def test_a_split_by_hand_overrules_an_answer(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User, bob: User
) -> None:
    collection = make_collection(groups=[2])
    answer_seam(page_at(collection, 1), verdict="same", actor=bob)
    split_group(group_of(collection, 1), before=page_at(collection, 2), actor=alice)
    answer = Answer.objects.get()
    assert (answer.verdict, answer.actor) == ("different", alice)


def test_agreeing_with_an_answer_leaves_it_to_who_gave_it_first(
    make_collection: MakeCollection, page_at: PageAt, alice: User, bob: User
) -> None:
    collection = make_collection(groups=[2])
    answer_seam(page_at(collection, 1), verdict="same", actor=bob)
    answer_seam(page_at(collection, 1), verdict="same", actor=alice)
    undo_edit(collection, actor=alice)
    assert Answer.objects.get().actor == bob


def test_it_refuses_bad_input(make_collection: MakeCollection, page_at: PageAt, alice: User) -> None:
    collection, other = make_collection("one", groups=[1]), make_collection("two", pages=2)
    with pytest.raises(Refused, match="Answer “same” for one document"):
        answer_seam(page_at(collection, 1), verdict="maybe", actor=alice)
    with pytest.raises(Refused, match="Page 1 is the last page"):
        answer_seam(page_at(collection, 1), verdict="same", actor=alice)
    with pytest.raises(Refused, match="two different pages"):
        answer_seam(page_at(collection, 1), right=page_at(collection, 1), verdict="same", actor=alice)
    with pytest.raises(Refused, match="not in this collection"):
        answer_seam(page_at(collection, 1), right=page_at(other, 2), verdict="same", actor=alice)
    with pytest.raises(Refused, match="Pages 1 and 2 are not both in a document yet"):
        answer_seam(page_at(other, 1), verdict="same", actor=alice)
    assert not Edit.objects.exists()


def test_it_refuses_a_stale_version_and_a_person_who_may_only_look(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User, bob: User, victor: User
) -> None:
    collection = make_collection(groups=[2])
    seen = group_of(collection, 1)
    flag_group(seen, actor=bob)
    with pytest.raises(StaleVersion):
        answer_seam(page_at(collection, 1), verdict="different", actor=alice, versions={seen.pk: seen.version})
    with pytest.raises(PermissionDenied):
        answer_seam(page_at(collection, 1), verdict="different", actor=victor)
    assert arrangement(collection) == {1: [1, 2]}


def test_it_does_an_act_that_is_sent_twice_once(make_collection: MakeCollection, page_at: PageAt, alice: User) -> None:
    collection = make_collection(groups=[2])
    mark = uuid4()
    first = answer_seam(page_at(collection, 1), verdict="different", actor=alice, act_id=mark)
    assert answer_seam(page_at(collection, 1), verdict="different", actor=alice, act_id=mark) == first
