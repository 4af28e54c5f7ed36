"""Going back to an earlier state, as one act."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from clustering.actions import (
    Refused,
    StaleVersion,
    answer_seam,
    close_collection,
    confirm_groups,
    flag_group,
    mark_pages,
    merge_groups,
    move_pages,
    publish_run,
    reopen_collection,
    restore_collection,
    restore_group,
    split_group,
    undo_edit,
)
from clustering.models import Edit, User
from tests.actions.conftest import GroupOf, MakeRun, PageAt
from tests.actions.partition_checks import arrangement, check_partition, content, whole_state
from tests.conftest import MakeCollection
from tests.describing import describe_group


def test_the_collection_stands_as_it_stood_after_an_edit(
    make_collection: MakeCollection,
    make_run: MakeRun,
    group_of: GroupOf,
    page_at: PageAt,
    alice: User,
    bob: User,
    sam: User,
) -> None:
    collection = make_collection(pages=8)
    publish_run(make_run(collection, [[1, 2, 3, 4], [5, 6], [7, 8]]), actor=sam)
    confirm_groups([group_of(collection, 2)], actor=bob)
    good = split_group(group_of(collection, 1), before=page_at(collection, 3), actor=alice)
    stood = whole_state(collection)
    merge_groups([group_of(collection, 2), group_of(collection, 3)], actor=bob)
    answer_seam(page_at(collection, 1), verdict="different", actor=bob)
    mark_pages([page_at(collection, 8)], role="empty", actor=alice)
    move_pages([page_at(collection, 3)], to=group_of(collection, 2), actor=alice)
    undo_edit(collection, actor=alice)
    close_collection(collection, actor=alice)
    reopen_collection(collection, actor=alice)
    left = whole_state(collection)
    collection.refresh_from_db()
    edit = restore_collection(collection, to=good, actor=alice, version=collection.version)
    assert content(whole_state(collection)) == content(stood)
    assert edit.summary.startswith(f"Restored the collection to change {good.sequence}: “Split 1 before")
    check_partition(collection)
    undo_edit(collection, actor=alice)
    assert content(whole_state(collection)) == content(left)
    check_partition(collection)


def test_pages_that_were_in_no_group_then_are_in_none_again(
    make_collection: MakeCollection, make_run: MakeRun, group_of: GroupOf, page_at: PageAt, alice: User, sam: User
) -> None:
    collection = make_collection(pages=4)
    first = move_pages([page_at(collection, 1)], actor=alice)
    publish_run(make_run(collection, [[1, 2], [3, 4]]), actor=sam)
    split_group(group_of(collection, 3), before=page_at(collection, 4), actor=alice)
    restore_collection(collection, to=first, actor=alice)
    assert arrangement(collection) == {1: [1]}
    check_partition(collection)


def test_a_group_comes_back_with_its_pages_and_facts(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User, bob: User
) -> None:
    collection = make_collection(groups=[3, 2])
    group = group_of(collection, 1)
    good = describe_group(group, title="Letter", actor=alice)
    describe_group(group, title="Latter", actor=bob)
    move_pages([page_at(collection, 3)], to=group_of(collection, 2), actor=bob)
    move_pages([page_at(collection, 4)], to=group_of(collection, 1), actor=bob)
    edit = restore_group(collection, group=group.pk, to=good, actor=alice, version=group_of(collection, 1).version)
    assert arrangement(collection) == {1: [1, 2, 3], 2: [5], 3: [4]}
    assert group_of(collection, 1).title == "Letter"
    assert edit.summary.startswith("Restored 1, pages 1 to 3, to change 1: “Described 1")
    check_partition(collection)
    undo_edit(collection, actor=alice)
    assert arrangement(collection) == {1: [1, 2, 4], 2: [3, 5]}


def test_a_group_that_vanished_comes_back_with_its_number(
    make_collection: MakeCollection, group_of: GroupOf, alice: User, bob: User
) -> None:
    collection = make_collection(groups=[1, 2])
    vanished = group_of(collection, 2).pk
    good = flag_group(group_of(collection, 2), actor=alice)
    merge_groups(collection.groups.all(), actor=bob)
    restore_group(collection, group=vanished, to=good, actor=alice)
    assert arrangement(collection) == {1: [1], 2: [2, 3]}
    assert group_of(collection, 2).pk == vanished
    check_partition(collection)


def test_it_refuses_where_nothing_changed_and_where_the_group_was_not_there(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection, other = make_collection("one", groups=[2]), make_collection("two", groups=[1])
    first = flag_group(group_of(collection, 1), actor=alice)
    elsewhere = flag_group(group_of(other, 1), actor=alice)
    group = group_of(collection, 1).pk
    with pytest.raises(Refused, match="Nothing has changed since then"):
        restore_collection(collection, to=first, actor=alice)
    with pytest.raises(Refused, match="This document has not changed"):
        restore_group(collection, group=group, to=first, actor=alice)
    with pytest.raises(Refused, match="another collection"):
        restore_collection(collection, to=elsewhere, actor=alice)
    with pytest.raises(Refused, match="another collection"):
        restore_group(collection, group=group, to=elsewhere, actor=alice)
    split_group(group_of(collection, 1), before=page_at(collection, 2), actor=alice)
    with pytest.raises(Refused, match="did not exist then"):
        restore_group(collection, group=group_of(collection, 2).pk, to=first, actor=alice)
    undo_edit(collection, actor=alice)
    with pytest.raises(Refused, match="changed since then"):
        restore_collection(collection, to=first, actor=alice)
    with pytest.raises(Refused, match="changed since then"):
        restore_group(collection, group=group, to=first, actor=alice)


def test_it_refuses_a_stale_version_and_a_person_who_may_only_look(
    make_collection: MakeCollection, group_of: GroupOf, alice: User, bob: User, victor: User
) -> None:
    collection = make_collection(groups=[1])
    group = group_of(collection, 1)
    first = flag_group(group, actor=alice)
    describe_group(group, title="Letter", actor=bob)
    with pytest.raises(StaleVersion):
        restore_collection(collection, to=first, actor=alice, version=1)
    with pytest.raises(StaleVersion):
        restore_group(collection, group=group.pk, to=first, actor=alice, version=2)
    with pytest.raises(PermissionDenied):
        restore_collection(collection, to=first, actor=victor)
    with pytest.raises(PermissionDenied):
        restore_group(collection, group=group.pk, to=first, actor=victor)


def test_it_does_an_act_that_is_sent_twice_once(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1])
    first = flag_group(group_of(collection, 1), actor=alice)
    describe_group(group_of(collection, 1), title="Letter", actor=alice)
    mark = uuid4()
    done = restore_collection(collection, to=first, actor=alice, act_id=mark)
    assert restore_collection(collection, to=first, actor=alice, act_id=mark) == done
    assert Edit.objects.filter(verb="restore").count() == 1
