"""Moving pages."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from pytest_django import DjangoAssertNumQueries

from clustering.actions import Refused, StaleVersion, answer_seam, confirm_groups, move_pages, reorder_pages
from clustering.models import Answer, Edit, Group, Page, User
from tests.actions.conftest import GroupOf, PageAt
from tests.actions.partition_checks import arrangement, check_partition
from tests.conftest import MakeCollection


def test_pages_go_where_the_scan_order_puts_them(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[2, 1, 2])
    edit = move_pages([page_at(collection, 1)], to=group_of(collection, 3), actor=alice)
    assert arrangement(collection) == {1: [2], 2: [3], 3: [1, 4, 5]}
    assert group_of(collection, 3).first_position == 1
    assert edit.summary == "Moved page 1 from document 1 to 3."
    assert edit.pages == [page_at(collection, 1).pk]
    check_partition(collection)


def test_pages_go_to_the_end_of_a_group_that_is_not_in_scan_order(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[1, 3])
    group = group_of(collection, 2)
    ids = [page_at(collection, position).pk for position in (4, 2, 3)]
    reorder_pages(group, order=ids, actor=alice)
    move_pages([page_at(collection, 1)], to=group_of(collection, 2), actor=alice)
    assert arrangement(collection) == {2: [4, 2, 3, 1]}


def test_pages_go_before_the_page_that_is_named(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[3, 2])
    move_pages(
        [page_at(collection, 3), page_at(collection, 2)],
        to=group_of(collection, 2),
        before=page_at(collection, 5),
        actor=alice,
    )
    assert arrangement(collection) == {1: [1], 2: [4, 2, 3, 5]}
    check_partition(collection)


def test_pages_may_change_places_within_their_group(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[4])
    edit = move_pages([page_at(collection, 4)], to=group_of(collection, 1), before=page_at(collection, 1), actor=alice)
    assert arrangement(collection) == {1: [4, 1, 2, 3]}
    assert edit.summary == "Moved page 4 within 1."
    check_partition(collection)


def test_selected_pages_become_a_new_group_and_emptied_groups_vanish(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[2, 1, 2])
    pages = list(Page.objects.filter(position__in=[4, 3, 2]))
    edit = move_pages(pages, actor=alice)
    assert arrangement(collection) == {1: [1], 3: [5], 4: [2, 3, 4]}
    assert edit.summary == "Moved pages 2 to 4 from documents 1, 2, and 3 to new document 2."
    assert group_of(collection, 4).edited
    check_partition(collection)


def test_pages_in_no_group_find_one(make_collection: MakeCollection, page_at: PageAt, alice: User) -> None:
    collection = make_collection(pages=3)
    move_pages([page_at(collection, 1), page_at(collection, 2)], actor=alice)
    assert arrangement(collection) == {1: [1, 2]}
    check_partition(collection)


def test_confirmed_groups_on_both_sides_become_changed(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[2, 2])
    confirm_groups(collection.groups.all(), actor=alice)
    move_pages([page_at(collection, 2)], to=group_of(collection, 2), actor=alice)
    assert set(collection.groups.values_list("state", flat=True)) == {Group.State.CHANGED}


def test_an_answer_that_the_move_overrules_is_turned(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[2, 1])
    answer_seam(page_at(collection, 1), verdict="same", actor=alice)
    answer_seam(page_at(collection, 2), verdict="different", actor=alice)
    move_pages([page_at(collection, 2)], to=group_of(collection, 2), actor=alice)
    answers = Answer.objects.order_by("first").values_list("first__position", "verdict")
    assert list(answers) == [(1, "different"), (2, "same")]


def test_it_refuses_a_move_that_changes_nothing(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[2, 1])
    with pytest.raises(Refused, match="are already there"):
        move_pages([page_at(collection, 2)], to=group_of(collection, 1), actor=alice)
    with pytest.raises(Refused, match="Pages 1 to 2 are already a document of their own"):
        move_pages(Page.objects.filter(position__lte=2), actor=alice)
    with pytest.raises(Refused, match="Page 3 is already a document of its own"):
        move_pages([page_at(collection, 3)], actor=alice)
    assert not Edit.objects.exists()


def test_it_refuses_nothing_selected_a_wrong_place_and_another_collections_pages(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection, other = make_collection("one", groups=[2, 2]), make_collection("two", groups=[1])
    with pytest.raises(Refused, match="Select pages to move first"):
        move_pages([], actor=alice)
    with pytest.raises(Refused, match="different collections"):
        move_pages([page_at(other, 1)], to=group_of(collection, 1), actor=alice)
    with pytest.raises(Refused, match="not being moved itself"):
        move_pages([page_at(collection, 1)], to=group_of(collection, 2), before=page_at(collection, 1), actor=alice)
    with pytest.raises(Refused, match="That page is not in document 2"):
        move_pages([page_at(collection, 1)], to=group_of(collection, 2), before=page_at(collection, 2), actor=alice)
    assert arrangement(collection) == {1: [1, 2], 2: [3, 4]}


def test_it_refuses_a_person_who_may_only_look(make_collection: MakeCollection, page_at: PageAt, victor: User) -> None:
    collection = make_collection(groups=[2])
    with pytest.raises(PermissionDenied):
        move_pages([page_at(collection, 2)], actor=victor)


def test_it_refuses_when_a_page_stands_in_a_group_that_the_person_did_not_see(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User, bob: User
) -> None:
    collection = make_collection(groups=[2, 2, 1])
    seen = {group.pk: group.version for group in (group_of(collection, 1), group_of(collection, 3))}
    page = page_at(collection, 2)
    move_pages([page], to=group_of(collection, 2), actor=bob)
    with pytest.raises(StaleVersion, match="bob: Moved page 2 from document 1 to 2") as refusal:
        move_pages([page], to=group_of(collection, 3), actor=alice, versions=seen)
    assert {group.number for group in refusal.value.groups} == {1, 2}
    assert arrangement(collection) == {1: [1], 2: [2, 3, 4], 3: [5]}


def test_it_does_an_act_that_is_sent_twice_once(make_collection: MakeCollection, page_at: PageAt, alice: User) -> None:
    collection = make_collection(groups=[4])
    mark = uuid4()
    for _ in range(2):
        move_pages([page_at(collection, 3)], actor=alice, act_id=mark)
    assert arrangement(collection) == {1: [1, 2, 4], 2: [3]}


@pytest.mark.parametrize("groups", [20, 200])
def test_its_queries_do_not_grow_with_the_collection_or_the_selection(
    make_collection: MakeCollection,
    alice: User,
    groups: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    collection = make_collection(groups=[4] * groups)
    pages = list(collection.pages.filter(position__gt=2, position__lte=groups // 4 * 4))
    with django_assert_max_num_queries(19):
        move_pages(pages, actor=alice)
