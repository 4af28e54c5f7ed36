"""Title, kind, date, language and note of a document."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied

from clustering.actions import (
    Refused,
    StaleVersion,
    confirm_groups,
    describe_group,
    flag_group,
    merge_groups,
    undo_edit,
)
from clustering.models import Edit
from tests.actions.conftest import GroupOf
from tests.conftest import MakeCollection


def test_it_sets_what_is_given_and_leaves_the_rest(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1])
    describe_group(group_of(collection, 1), title=" The farm workers ask ", date="1966-05~", actor=alice, version=1)
    edit = describe_group(group_of(collection, 1), kind="flyer", date="", note="Line 1\nline 2", actor=alice)
    group = group_of(collection, 1)
    facts = (group.title, group.kind, group.date, group.language, group.note)
    assert facts == ("The farm workers ask", "flyer", "", "", "Line 1\nline 2")
    assert edit.summary == "Described 1: kind “flyer”, no date and note “Line 1 line 2”."


def test_it_makes_a_confirmed_group_changed(make_collection: MakeCollection, group_of: GroupOf, alice: User) -> None:
    collection = make_collection(groups=[1])
    confirm_groups([group_of(collection, 1)], actor=alice)
    describe_group(group_of(collection, 1), title="Letter", actor=alice)
    assert group_of(collection, 1).state == "changed"


def test_it_refuses_bad_texts_and_what_changes_nothing(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1])
    group = group_of(collection, 1)
    with pytest.raises(Refused, match="The title has 501 characters, but 500 is the most"):
        describe_group(group, title="x" * 501, actor=alice)
    for unstorable in ("a\0b", "a\ud800b"):
        with pytest.raises(Refused, match="The note contains a character that cannot be stored"):
            describe_group(group, note=unstorable, actor=alice)
    for unreadable in ("last spring", "1959\0", "1" * 5000):
        with pytest.raises(Refused, match="isn’t a date we recognize"):
            describe_group(group, date=unreadable, actor=alice)
    with pytest.raises(Refused, match="ends before it begins"):
        describe_group(group, date="1961 to 1959", actor=alice)
    with pytest.raises(Refused, match="is described like this already"):
        describe_group(group, title=" ", actor=alice)
    assert not Edit.objects.exists()


def test_it_refuses_a_stale_version_and_a_person_who_may_only_look(
    make_collection: MakeCollection, group_of: GroupOf, alice: User, bob: User, victor: User
) -> None:
    collection = make_collection(groups=[1])
    flag_group(group_of(collection, 1), actor=bob)
    with pytest.raises(StaleVersion):
        describe_group(group_of(collection, 1), title="Letter", actor=alice, version=1)
    with pytest.raises(PermissionDenied):
        describe_group(group_of(collection, 1), title="Letter", actor=victor)


def test_it_does_an_act_that_is_sent_twice_once(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1])
    mark = uuid4()
    first = describe_group(group_of(collection, 1), title="Letter", actor=alice, version=1, act_id=mark)
    assert describe_group(group_of(collection, 1), title="Letter", actor=alice, version=1, act_id=mark) == first


@pytest.mark.parametrize(
    ("written", "stored"),
    [("January 14, 1954", "1954-01-14"), ("c. 1964", "1964~"), ("1950s", "195X"), ("n.d.", "XXXX"), ("1959~", "1959~")],
)
def test_a_date_is_taken_as_people_write_it_and_stored_as_edtf(
    make_collection: MakeCollection, group_of: GroupOf, alice: User, written: str, stored: str
) -> None:
    collection = make_collection(groups=[1])
    edit = describe_group(group_of(collection, 1), date=f" {written} ", actor=alice)
    assert (group_of(collection, 1).date, edit.summary) == (stored, f"Described 1: date “{stored}”.")
    with pytest.raises(Refused, match="described like this already"):
        describe_group(group_of(collection, 1), date=written, actor=alice)


def test_a_date_that_was_stored_as_typed_is_in_no_other_facts_way(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1])
    collection.groups.update(date="last spring")
    describe_group(group_of(collection, 1), title="Letter", date="last spring", actor=alice)
    assert (group_of(collection, 1).title, group_of(collection, 1).date) == ("Letter", "last spring")


def test_a_group_is_said_to_be_a_copy_of_another_and_undone(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1, 2])
    edit = describe_group(group_of(collection, 2), copy_of=1, actor=alice)
    assert (group_of(collection, 2).copy_of, edit.summary) == (1, "Described 2: a copy of 1.")
    undo_edit(collection, actor=alice)
    assert group_of(collection, 2).copy_of is None
    with pytest.raises(Refused, match="cannot be a copy of itself"):
        describe_group(group_of(collection, 2), copy_of=2, actor=alice)
    with pytest.raises(Refused, match="There is no group 9"):
        describe_group(group_of(collection, 2), copy_of=9, actor=alice)


def test_a_copy_joined_with_its_original_is_none_any_more(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1, 2])
    describe_group(group_of(collection, 1), copy_of=2, actor=alice)
    merge_groups([group_of(collection, 1), group_of(collection, 2)], actor=alice)
    assert group_of(collection, 1).copy_of is None
