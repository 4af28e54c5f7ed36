"""Confirming groups and taking it back."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from clustering.actions import Refused, StaleVersion, confirm_groups, flag_group, split_group, unconfirm_groups
from clustering.journal import writing
from clustering.models import Edit, Group, User
from tests.actions.conftest import GroupOf
from tests.actions.partition_checks import check_partition
from tests.conftest import MakeCollection


def test_it_keeps_who_confirmed_and_when_and_the_flag_goes(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[2, 1])
    flag_group(group_of(collection, 1), note="two letters?", actor=alice)
    edit = confirm_groups([group_of(collection, 1)], actor=alice, versions={group_of(collection, 1).pk: 2})
    group = group_of(collection, 1)
    assert (group.state, group.confirmed_by, group.flagged, group.flag_note) == ("confirmed", alice, False, "")
    assert group.confirmed_at is not None
    assert group.edited
    assert edit.summary == "Confirmed document 1, pages 1 to 2."
    assert group_of(collection, 2).state == Group.State.PROPOSED
    check_partition(collection)


def test_it_confirms_many_and_leaves_those_that_are(
    make_collection: MakeCollection,
    group_of: GroupOf,
    alice: User,
    bob: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    collection = make_collection(groups=[1] * 60)
    confirm_groups([group_of(collection, 7)], actor=bob)
    groups = list(collection.groups.all())
    with django_assert_max_num_queries(13):
        edit = confirm_groups(groups, actor=alice, versions={group.pk: group.version for group in groups})
    assert collection.groups.filter(state="confirmed").count() == 60
    assert group_of(collection, 7).confirmed_by == bob
    assert len(edit.groups) == 59


def test_unconfirming_makes_it_changed(make_collection: MakeCollection, group_of: GroupOf, alice: User) -> None:
    collection = make_collection(groups=[1, 1])
    confirm_groups([group_of(collection, 1)], actor=alice)
    unconfirm_groups(collection.groups.all(), actor=alice)
    first, second = group_of(collection, 1), group_of(collection, 2)
    assert (first.state, first.confirmed_by, first.confirmed_at) == ("changed", None, None)
    assert (second.state, second.version) == ("proposed", 1)


def test_it_refuses_where_nothing_would_change_and_where_nothing_is_selected(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection, other = make_collection("one", groups=[1]), make_collection("two", groups=[1])
    with pytest.raises(Refused, match="Document 1 is not confirmed"):
        unconfirm_groups(collection.groups.all(), actor=alice)
    confirm_groups(collection.groups.all(), actor=alice)
    with pytest.raises(Refused, match="Document 1 is already confirmed"):
        confirm_groups(collection.groups.all(), actor=alice)
    with pytest.raises(Refused, match="Select at least one document"):
        confirm_groups([], actor=alice)
    with pytest.raises(Refused, match="different collections"):
        confirm_groups([group_of(collection, 1), group_of(other, 1)], actor=alice)


def test_it_refuses_all_of_them_where_one_is_stale(
    make_collection: MakeCollection, group_of: GroupOf, alice: User, bob: User
) -> None:
    collection = make_collection(groups=[1, 1])
    seen = {group.pk: group.version for group in collection.groups.all()}
    flag_group(group_of(collection, 2), actor=bob)
    with pytest.raises(StaleVersion) as refusal:
        confirm_groups(collection.groups.all(), actor=alice, versions=seen)
    assert [group.number for group in refusal.value.groups] == [2]
    assert not collection.groups.filter(state="confirmed").exists()


def test_it_refuses_a_person_who_may_only_look(make_collection: MakeCollection, victor: User) -> None:
    collection = make_collection(groups=[1])
    for verb in (confirm_groups, unconfirm_groups):
        with pytest.raises(PermissionDenied):
            verb(collection.groups.all(), actor=victor)


def test_it_does_an_act_that_is_sent_twice_once(make_collection: MakeCollection, alice: User) -> None:
    collection = make_collection(groups=[1])
    mark = uuid4()
    first = confirm_groups(collection.groups.all(), actor=alice, act_id=mark)
    assert confirm_groups(collection.groups.all(), actor=alice, act_id=mark) == first
    assert Edit.objects.count() == 1


def test_a_stale_act_tells_whose_change_it_was(make_collection: MakeCollection, alice: User, bob: User) -> None:
    afl = make_collection("afl", groups=[2, 1])
    seen = {group.pk: group.version for group in afl.groups.all()}
    split_group(afl.groups.get(number=1), before=afl.pages.get(position=2), actor=alice)
    for person, who in ((alice, "Your last change"), (bob, "Someone else just changed this. alice")):
        with pytest.raises(StaleVersion) as refused:
            confirm_groups(afl.groups.filter(number=1), actor=person, versions=seen)
        assert refused.value.sentence.startswith(who)


@pytest.mark.parametrize("count", [2, 3])
def test_the_planner_learns_of_many_confirmed_documents_at_once(
    make_collection: MakeCollection,
    alice: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    monkeypatch: pytest.MonkeyPatch,
    count: int,
) -> None:
    monkeypatch.setattr(writing, "MANY_ROWS", 3)
    collection = make_collection(groups=[1] * 4)
    with CaptureQueriesContext(connection) as caught, django_capture_on_commit_callbacks(execute=True):
        confirm_groups(list(collection.groups.all()[:count]), actor=alice)
    refreshed = [query["sql"] for query in caught if query["sql"].startswith("ANALYZE")]
    assert ["clustering_group" in sql for sql in refreshed] == [True] * (count == 3)
