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
from clustering.actions.written_dates import check_date
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
    with pytest.raises(Refused, match="“March 1959” is not a date that can be stored"):
        describe_group(group, date="March 1959", actor=alice)
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


GOOD_DATES = [
    "1959",
    "1959-03",
    "1960-02-29",
    "1964~",
    "1964-03?",
    "1964%",
    "195X",
    "19XX",
    "1959-XX",
    "1959-03-XX",
    "1959-21",
    "1959/1961",
    "1959-03/1959-05-12",
    "1959~/1961?",
    "../1960",
    "1960/..",
    "/1960",
    "195X/1960",
    "-0044",
    "-0044-02-29",
]
BAD_DATES = [
    "59",
    "1959-13",
    "1959-00",
    "1959-02-29",
    "1959-3",
    "1959-03-32",
    "1959-25",
    "1959-21-01",
    "1959-XX-03",
    "195X-03",
    "1X59",
    "1959/1960/1961",
    "../..",
    "/",
    "~1959",
    "1959 ",
    "March 1959",
    "1959-03-12T10:00",
    "1961/1959",
    "1959-05/1959-03",
]


@pytest.mark.parametrize("text", GOOD_DATES)
def test_a_date_in_edtf_is_taken(text: str) -> None:
    check_date(text)


@pytest.mark.parametrize("text", BAD_DATES)
def test_any_other_date_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="Write"):
        check_date(text)


def test_the_dates_taken_are_those_that_the_edtf_library_reads() -> None:
    edtf = pytest.importorskip("edtf")
    for text in GOOD_DATES:
        assert edtf.parse_edtf(text) is not None


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
