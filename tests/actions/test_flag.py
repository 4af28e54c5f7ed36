"""Flagging a group as unsure."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from clustering.actions import Refused, StaleVersion, confirm_groups, flag_group, unflag_group
from clustering.models import Edit, Group, User
from tests.actions.conftest import GroupOf
from tests.conftest import MakeCollection


def test_it_keeps_the_note_and_the_state(make_collection: MakeCollection, group_of: GroupOf, alice: User) -> None:
    collection = make_collection(groups=[1])
    confirm_groups([group_of(collection, 1)], actor=alice)
    edit = flag_group(group_of(collection, 1), note="  torn off?  ", actor=alice, version=2)
    group = group_of(collection, 1)
    assert (group.flagged, group.flag_note, group.state) == (True, "torn off?", Group.State.CONFIRMED)
    assert edit.summary == "Flagged 1: torn off?"
    unflag_group(group, actor=alice, version=group.version)
    group = group_of(collection, 1)
    assert (group.flagged, group.flag_note) == (False, "")


def test_runs_keep_away_from_a_flagged_group(make_collection: MakeCollection, group_of: GroupOf, alice: User) -> None:
    collection = make_collection(groups=[1, 1])
    flag_group(group_of(collection, 2), actor=alice)
    assert [group.number for group in Group.objects.settled()] == [2]


def test_it_refuses_what_changes_nothing_and_a_note_that_is_too_long(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1])
    with pytest.raises(Refused, match="has no flag"):
        unflag_group(group_of(collection, 1), actor=alice)
    with pytest.raises(Refused, match="501 characters; the limit is 500"):
        flag_group(group_of(collection, 1), note="x" * 501, actor=alice)
    flag_group(group_of(collection, 1), note="x" * 500, actor=alice)
    with pytest.raises(Refused, match="is already flagged"):
        flag_group(group_of(collection, 1), note="x" * 500, actor=alice)
    assert len(Edit.objects.get().summary) == 500


def test_it_refuses_a_stale_version_and_a_person_who_may_only_look(
    make_collection: MakeCollection, group_of: GroupOf, alice: User, bob: User, victor: User
) -> None:
    collection = make_collection(groups=[1])
    flag_group(group_of(collection, 1), actor=bob)
    for verb in (flag_group, unflag_group):
        with pytest.raises(StaleVersion):
            verb(group_of(collection, 1), actor=alice, version=1)
        with pytest.raises(PermissionDenied):
            verb(group_of(collection, 1), actor=victor)


def test_it_does_an_act_that_is_sent_twice_once(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1])
    mark = uuid4()
    first = flag_group(group_of(collection, 1), actor=alice, version=1, act_id=mark)
    assert flag_group(group_of(collection, 1), actor=alice, version=1, act_id=mark) == first
