"""Undo and redo."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from pytest_django import DjangoAssertNumQueries

from clustering.actions import (
    Refused,
    answer_seam,
    close_collection,
    confirm_groups,
    flag_group,
    last_act,
    mark_pages,
    merge_groups,
    move_pages,
    next_redo,
    publish_run,
    redo_edit,
    restore_collection,
    restore_group,
    split_group,
    undo_edit,
)
from clustering.models import Answer, Collection, Page, Run, User
from tests.actions.conftest import GroupOf, MakeRun, PageAt
from tests.actions.partition_checks import arrangement, check_partition, content, whole_state
from tests.conftest import MakeCollection
from tests.describing import describe_group


def test_a_merge_comes_undone_with_ids_numbers_and_facts(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[2, 1, 2])
    describe_group(group_of(collection, 2), title="Handbill", actor=alice)
    confirm_groups([group_of(collection, 2)], actor=alice)
    start, ids = whole_state(collection), set(collection.groups.values_list("pk", flat=True))
    merged = merge_groups(collection.groups.all(), actor=alice)
    edit = undo_edit(collection, actor=alice)
    assert content(whole_state(collection)) == content(start)
    assert set(collection.groups.values_list("pk", flat=True)) == ids
    assert edit.summary == "Undid: Joined 1, 2, and 3, pages 1 to 5."
    assert edit.undoes == merged
    merged.refresh_from_db()
    assert merged.undone
    assert group_of(collection, 2).confirmed_by == alice
    check_partition(collection)


def test_versions_rise_even_for_a_group_that_comes_back(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1, 1])
    seen = []
    merge_groups(collection.groups.all(), actor=alice)
    for turn in (undo_edit, redo_edit, undo_edit):
        turn(collection, actor=alice)
        seen += list(collection.groups.filter(number=2).values_list("version", flat=True))
    assert seen == sorted(set(seen))
    assert len(seen) == 2


def test_what_was_undone_is_done_again_in_order(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[6])
    states = [whole_state(collection)]
    for number, position in ((1, 5), (1, 3)):
        split_group(group_of(collection, number), before=page_at(collection, position), actor=alice)
        states.append(whole_state(collection))
    for state in (states[1], states[0]):
        undo_edit(collection, actor=alice)
        assert content(whole_state(collection)) == content(state)
    for state in (states[1], states[2]):
        redo_edit(collection, actor=alice)
        assert content(whole_state(collection)) == content(state)
        check_partition(collection)
    with pytest.raises(Refused, match="nothing to redo"):
        redo_edit(collection, actor=alice)


def test_a_new_act_forgets_what_could_have_been_redone(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[4, 1])
    split_group(group_of(collection, 1), before=page_at(collection, 3), actor=alice)
    undo_edit(collection, actor=alice)
    flag_group(group_of(collection, 2), actor=alice)
    assert next_redo(collection, actor=alice) is None
    with pytest.raises(Refused, match="nothing to redo"):
        redo_edit(collection, actor=alice)


def test_each_person_undoes_their_own(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User, bob: User
) -> None:
    collection = make_collection(groups=[4, 2])
    split_group(group_of(collection, 1), before=page_at(collection, 3), actor=alice)
    split_group(group_of(collection, 2), before=page_at(collection, 6), actor=bob)
    undo_edit(collection, actor=alice)
    assert arrangement(collection) == {1: [1, 2, 3, 4], 2: [5], 4: [6]}
    with pytest.raises(Refused, match="nothing left to undo"):
        undo_edit(collection, actor=alice)
    act = last_act(collection, actor=bob)
    assert act is not None
    assert act.verb == "split"


def test_it_says_who_did_what_in_the_way(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User, bob: User
) -> None:
    collection = make_collection(groups=[4])
    split_group(group_of(collection, 1), before=page_at(collection, 3), actor=alice)
    confirm_groups([group_of(collection, 2)], actor=bob)
    with pytest.raises(Refused, match=r"bob: “Confirmed document 2, pages 3 to 4\.”"):
        undo_edit(collection, actor=alice)
    assert arrangement(collection) == {1: [1, 2], 2: [3, 4]}
    undo_edit(collection, actor=bob)
    undo_edit(collection, actor=alice)
    assert arrangement(collection) == {1: [1, 2, 3, 4]}


def test_it_says_so_where_pages_went_on_to_another_group(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User, bob: User
) -> None:
    collection = make_collection(groups=[4, 1])
    split_group(group_of(collection, 1), before=page_at(collection, 3), actor=alice)
    merge_groups([group_of(collection, 2), group_of(collection, 3)], actor=bob)
    with pytest.raises(Refused, match=r"bob: “Joined 2 and 3, pages 3 to 5\.”"):
        undo_edit(collection, actor=alice)


def test_it_refuses_against_an_answer_that_somebody_gave_since(
    make_collection: MakeCollection, page_at: PageAt, make_run: MakeRun, alice: User, sam: User
) -> None:
    collection = make_collection(pages=4)
    publish_run(make_run(collection, [[1, 2], [3, 4]]), actor=sam)
    publish_run(make_run(collection, [[1, 2, 3], [4]]), actor=sam)
    answer_seam(page_at(collection, 2), verdict="same", actor=alice)
    with pytest.raises(Refused, match="alice answered since then that pages 2 and 3 are one document"):
        undo_edit(collection, actor=sam)


def test_acts_on_the_same_group_are_taken_back_last_first_even_where_it_stands_as_before(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User, bob: User
) -> None:
    collection = make_collection(groups=[2])
    good = describe_group(group_of(collection, 1), title="Letter", actor=alice)
    describe_group(group_of(collection, 1), title="Latter", actor=bob)
    restore_collection(collection, to=good, actor=bob)
    with pytest.raises(Refused, match="bob: “Restored the collection"):
        undo_edit(collection, actor=alice)
    for person in (bob, bob, alice):
        undo_edit(collection, actor=person)
    assert group_of(collection, 1).title == ""


def test_it_refuses_where_a_group_that_would_come_back_is_there_with_other_pages(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User, bob: User
) -> None:
    collection = make_collection(groups=[1, 1, 1])
    second = group_of(collection, 2)
    good = flag_group(second, actor=bob)
    move_pages([page_at(collection, 3)], to=group_of(collection, 2), actor=bob)
    move_pages([page_at(collection, 2)], actor=bob)
    assert arrangement(collection) == {1: [1], 2: [3], 4: [2]}
    merge_groups([group_of(collection, 1), group_of(collection, 2)], actor=alice)
    restore_group(collection, group=second.pk, to=good, actor=bob)
    assert arrangement(collection) == {1: [1, 3], 2: [2]}
    with pytest.raises(Refused, match="bob: “Restored 2, page 2"):
        undo_edit(collection, actor=alice)
    assert arrangement(collection) == {1: [1, 3], 2: [2]}


def test_an_answer_that_agrees_and_a_mark_are_in_nobodys_way(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User, bob: User
) -> None:
    collection = make_collection(groups=[4])
    split_group(group_of(collection, 1), before=page_at(collection, 3), actor=alice)
    answer_seam(page_at(collection, 1), verdict="same", actor=bob)
    mark_pages([page_at(collection, 4)], role="empty", actor=bob)
    undo_edit(collection, actor=alice)
    assert arrangement(collection) == {1: [1, 2, 3, 4]}


def test_answers_and_roles_are_taken_back_too(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User, bob: User
) -> None:
    collection = make_collection(groups=[2, 2])
    answer_seam(page_at(collection, 1), verdict="same", actor=bob)
    split_group(group_of(collection, 1), before=page_at(collection, 2), actor=alice)
    undo_edit(collection, actor=alice)
    answer = Answer.objects.get()
    assert (answer.verdict, answer.actor) == ("same", bob)
    undo_edit(collection, actor=bob)
    assert not Answer.objects.exists()
    mark_pages([page_at(collection, 4)], role="empty", actor=alice)
    undo_edit(collection, actor=alice)
    assert page_at(collection, 4).role == Page.Role.DOCUMENT


def test_a_named_act_of_ones_own_comes_undone_and_nobody_elses(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User, bob: User
) -> None:
    collection = make_collection(groups=[2, 2])
    first = split_group(group_of(collection, 1), before=page_at(collection, 2), actor=alice)
    split_group(group_of(collection, 2), before=page_at(collection, 4), actor=alice)
    with pytest.raises(Refused, match="Only the person who made this change"):
        undo_edit(collection, actor=bob, edit=first)
    with pytest.raises(Refused, match="already in effect"):
        redo_edit(collection, actor=alice, edit=first)
    undone = undo_edit(collection, actor=alice, edit=first)
    assert arrangement(collection) == {1: [1, 2], 2: [3], 4: [4]}
    with pytest.raises(Refused, match="already been undone"):
        undo_edit(collection, actor=alice, edit=first)
    with pytest.raises(Refused, match="on its own"):
        undo_edit(collection, actor=alice, edit=undone)


def test_a_group_comes_back_though_its_run_and_its_archivist_are_gone(
    make_collection: MakeCollection, group_of: GroupOf, make_run: MakeRun, alice: User, bob: User
) -> None:
    collection = make_collection(pages=3)
    publish_run(make_run(collection, [[1, 2], [3]]), actor=None)
    confirm_groups([group_of(collection, 2)], actor=bob)
    merge_groups(collection.groups.all(), actor=alice)
    Run.objects.all().delete()
    bob.delete()
    undo_edit(collection, actor=alice)
    check_partition(collection)
    group = group_of(collection, 2)
    assert (group.state, group.confirmed_by, group.run) == ("confirmed", None, None)


def test_it_refuses_a_person_who_may_only_look_and_a_closed_collection(
    make_collection: MakeCollection, group_of: GroupOf, alice: User, victor: User
) -> None:
    collection = make_collection(groups=[1])
    flag_group(group_of(collection, 1), actor=alice)
    for verb in (undo_edit, redo_edit):
        with pytest.raises(PermissionDenied):
            verb(collection, actor=victor)
    close_collection(collection, actor=alice)
    with pytest.raises(Refused, match=r"is closed\. Reopen it"):
        undo_edit(collection, actor=alice)


def test_an_undo_that_is_sent_twice_is_done_once(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[4])
    split_group(group_of(collection, 1), before=page_at(collection, 3), actor=alice)
    split_group(group_of(collection, 1), before=page_at(collection, 2), actor=alice)
    mark = uuid4()
    first = undo_edit(collection, actor=alice, act_id=mark)
    assert undo_edit(collection, actor=alice, act_id=mark) == first
    assert arrangement(collection) == {1: [1, 2], 2: [3, 4]}


@pytest.mark.parametrize("groups", [30, 200])
def test_its_queries_do_not_grow(
    make_collection: MakeCollection, alice: User, groups: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    collection: Collection = make_collection(groups=[2] * groups)
    move_pages(collection.pages.filter(position__gt=1, position__lte=groups), actor=alice)
    with django_assert_max_num_queries(18):
        undo_edit(collection, actor=alice)
    assert arrangement(collection)[groups // 2] == [groups - 1, groups]
