"""Closing a collection and reopening it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from clustering.actions import (
    Refused,
    answer_seam,
    close_collection,
    confirm_groups,
    flag_group,
    mark_pages,
    merge_groups,
    move_pages,
    redo_edit,
    reopen_collection,
    reorder_pages,
    restore_collection,
    restore_group,
    split_group,
    unconfirm_groups,
    undo_edit,
    unflag_group,
)
from clustering.models import Edit, User
from tests.actions.conftest import GroupOf, PageAt
from tests.conftest import MakeCollection
from tests.describing import describe_group


def test_a_closed_collection_refuses_every_act(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[2, 1])
    first = flag_group(group_of(collection, 1), actor=alice)
    close_collection(collection, actor=alice)
    group, page = group_of(collection, 1), page_at(collection, 2)
    acts: list[Callable[[], Edit]] = [
        lambda: split_group(group, before=page, actor=alice),
        lambda: merge_groups(collection.groups.all(), actor=alice),
        lambda: move_pages([page], actor=alice),
        lambda: reorder_pages(group, order=[page.pk], actor=alice),
        lambda: confirm_groups([group], actor=alice),
        lambda: unconfirm_groups([group], actor=alice),
        lambda: flag_group(group, actor=alice),
        lambda: unflag_group(group, actor=alice),
        lambda: describe_group(group, title="Letter", actor=alice),
        lambda: mark_pages([page], role="target", actor=alice),
        lambda: answer_seam(page, verdict="same", actor=alice),
        lambda: undo_edit(collection, actor=alice),
        lambda: redo_edit(collection, actor=alice),
        lambda: restore_collection(collection, to=first, actor=alice),
        lambda: restore_group(collection, group=group.pk, to=first, actor=alice),
    ]
    for act in acts:
        with pytest.raises(Refused, match=r"“AFL” is closed\. Reopen it before you change anything\."):
            act()
    assert Edit.objects.count() == 2


def test_both_are_logged_and_are_not_on_the_undo_stack(
    make_collection: MakeCollection, group_of: GroupOf, alice: User, bob: User
) -> None:
    collection = make_collection(groups=[1])
    flag_group(group_of(collection, 1), actor=alice)
    close_collection(collection, actor=alice)
    collection.refresh_from_db()
    assert collection.closed is not None
    reopen_collection(collection, actor=bob)
    collection.refresh_from_db()
    assert collection.closed is None
    logged = collection.edits.order_by("sequence").values_list("verb", "actor__username", "summary")
    assert list(logged)[1:] == [
        ("close", "alice", "Closed the collection."),
        ("reopen", "bob", "Reopened the collection."),
    ]
    assert undo_edit(collection, actor=alice).summary == "Undid: Flagged 1."


def test_it_refuses_what_is_so_already(make_collection: MakeCollection, alice: User) -> None:
    collection = make_collection(groups=[1])
    with pytest.raises(Refused, match="already open"):
        reopen_collection(collection, actor=alice)
    close_collection(collection, actor=alice)
    with pytest.raises(Refused, match="is already closed"):
        close_collection(collection, actor=alice)


def test_it_refuses_a_person_who_may_only_look(make_collection: MakeCollection, victor: User) -> None:
    collection = make_collection(groups=[1])
    for verb in (close_collection, reopen_collection):
        with pytest.raises(PermissionDenied):
            verb(collection, actor=victor)


def test_it_does_an_act_that_is_sent_twice_once(make_collection: MakeCollection, alice: User) -> None:
    collection = make_collection(groups=[1])
    mark = uuid4()
    assert close_collection(collection, actor=alice, act_id=mark) == close_collection(
        collection, actor=alice, act_id=mark
    )
