"""Title, kind, date, language and note of a document."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from clustering.actions import (
    Refused,
    StaleVersion,
    accept_group_drafts,
    confirm_groups,
    describe_groups,
    flag_group,
    merge_groups,
    undo_edit,
)
from clustering.engine.drafting.date_words import date_in_words
from clustering.models import Edit, Group, User
from tests.actions.conftest import GroupOf
from tests.conftest import MakeCollection
from tests.describing import describe_group


def test_it_sets_what_is_given_and_leaves_the_rest(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1])
    describe_group(group_of(collection, 1), title=" The farm workers ask ", date="1966-05~", actor=alice, version=1)
    edit = describe_group(group_of(collection, 1), kind="flyer", date="", note="Line 1\nline 2", actor=alice)
    group = group_of(collection, 1)
    facts = (group.title, group.kind, group.date, group.language, group.note)
    assert facts == ("The farm workers ask", "flyer", "", "", "Line 1\nline 2")
    assert edit.summary == "Described 1: type “flyer”, no date, and note “Line 1 line 2”."


def test_a_confirmation_stays_as_it_speaks_of_the_pages(
    make_collection: MakeCollection, group_of: GroupOf, alice: User, bob: User
) -> None:
    collection = make_collection(groups=[1])
    confirm_groups([group_of(collection, 1)], actor=alice)
    describe_group(group_of(collection, 1), title="Letter", actor=bob)
    group = group_of(collection, 1)
    assert (group.state, group.confirmed_by, group.title) == ("confirmed", alice, "Letter")


def test_it_refuses_bad_texts_and_what_changes_nothing(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1])
    group = group_of(collection, 1)
    with pytest.raises(Refused, match="501 characters; the limit is 500"):
        describe_group(group, title="x" * 501, actor=alice)
    for unstorable in ("a\0b", "a\ud800b"):
        with pytest.raises(Refused, match="The note contains a character that can’t be stored"):
            describe_group(group, note=unstorable, actor=alice)
    for unreadable in ("last spring", "1959\0", "1" * 5000):
        with pytest.raises(Refused, match="isn’t a date we recognize"):
            describe_group(group, date=unreadable, actor=alice)
    with pytest.raises(Refused, match="ends before it begins"):
        describe_group(group, date="1961 to 1959", actor=alice)
    with pytest.raises(Refused, match="already has this description"):
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
    assert (group_of(collection, 1).date, edit.summary) == (stored, f"Described 1: date “{date_in_words(stored)}”.")
    with pytest.raises(Refused, match="already has this description"):
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
    assert (group_of(collection, 2).copy_of, edit.summary) == (1, "Described 2: a duplicate of 1.")
    undo_edit(collection, actor=alice)
    assert group_of(collection, 2).copy_of is None
    with pytest.raises(Refused, match="can’t be a duplicate of itself"):
        describe_group(group_of(collection, 2), copy_of=2, actor=alice)
    with pytest.raises(Refused, match="There is no document 9"):
        describe_group(group_of(collection, 2), copy_of=9, actor=alice)


def test_a_copy_joined_with_its_original_is_none_any_more(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1, 2])
    describe_group(group_of(collection, 1), copy_of=2, actor=alice)
    merge_groups([group_of(collection, 1), group_of(collection, 2)], actor=alice)
    assert group_of(collection, 1).copy_of is None


def test_all_other_fields_are_kept_merged_and_undone(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1, 1])
    chavez = {"label": "Chavez, Cesar", "uri": "https://names.example.org/chavez"}
    one = {"people": [chavez], "creators": "United Farm Workers; Huerta, Dolores", "box": "Box 3, folder 2"}
    edit = describe_group(group_of(collection, 1), details=one, actor=alice)
    assert edit.summary == (
        "Described 1: people “Chavez, Cesar”, creators “United Farm Workers; Huerta, Dolores”, and box and folder "
        "“Box 3, folder 2”."
    )
    kept = {
        "people": [chavez],
        "creators": [{"label": "United Farm Workers"}, {"label": "Huerta, Dolores"}],
        "box": "Box 3, folder 2",
    }
    assert group_of(collection, 1).details == kept
    describe_group(group_of(collection, 2), details={"people": [chavez, "Itliong"], "box": "Box 4"}, actor=alice)
    merge_groups([group_of(collection, 1), group_of(collection, 2)], actor=alice)
    merged = group_of(collection, 1).details
    assert merged["people"] == [chavez, {"label": "Itliong"}]
    assert merged["box"] == "Box 3, folder 2; Box 4"
    undo_edit(collection, actor=alice)
    assert group_of(collection, 1).details == kept
    describe_group(group_of(collection, 1), details={"people": [], "creators": "", "box": " "}, actor=alice)
    assert group_of(collection, 1).details == {}


def test_a_type_chosen_from_a_vocabulary_keeps_its_address_until_it_is_another(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1])
    uri = "http://vocab.getty.edu/aat/300027219"
    edit = describe_group(group_of(collection, 1), kind="petitions", details={"kind_uri": uri}, actor=alice)
    assert (group_of(collection, 1).details, edit.summary) == ({"kind_uri": uri}, "Described 1: type “petitions”.")
    describe_group(group_of(collection, 1), kind="petition of 1964", actor=alice)
    assert group_of(collection, 1).details == {}


def test_a_language_is_kept_as_its_tag_and_named_in_words(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1])
    edit = describe_group(group_of(collection, 1), language="Spanish", actor=alice)
    assert (group_of(collection, 1).language, edit.summary) == ("es", "Described 1: language “Spanish”.")
    with pytest.raises(Refused, match="“Spnish” is not a language that hhreview knows"):
        describe_group(group_of(collection, 1), language="Spnish", title="Not kept", actor=alice)
    assert (group_of(collection, 1).language, group_of(collection, 1).title) == ("es", "")
    Group.objects.filter(collection=collection).update(language="Old Eng")  # as an earlier version kept it
    describe_group(group_of(collection, 1), language="Old Eng", title="A title", actor=alice)
    assert (group_of(collection, 1).language, group_of(collection, 1).title) == ("Old Eng", "A title")


@pytest.mark.parametrize(
    ("details", "sentence"),
    [
        ({"people": [3]}, "The people are not a list of names"),
        ({"people": "x" * 301}, "under people is longer than 300 characters"),
        ({"people": ["a\0b"]}, "The people contains a character that can’t be stored"),
        ({"people": [{"label": "Chavez", "uri": "javascript:alert(1)"}]}, "is not a web address"),
        ({"people": [str(n) for n in range(101)]}, "There are 101 people, but 100 is the most"),
        ({"summary": 3}, "The summary is not text"),
        ({"shoe_size": "9"}, "Documents have no field called “shoe_size”"),
    ],
)
def test_it_refuses_what_a_field_cannot_hold(
    make_collection: MakeCollection, group_of: GroupOf, alice: User, details: dict[str, object], sentence: str
) -> None:
    collection = make_collection(groups=[1])
    with pytest.raises(Refused, match=sentence):
        describe_group(group_of(collection, 1), details=details, actor=alice)
    assert group_of(collection, 1).details == {}


def test_many_are_described_as_one_act_all_or_none(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1, 1, 1])
    ids = [group_of(collection, number).pk for number in (1, 2, 3)]
    with pytest.raises(Refused, match="Document 2: “one fine day” isn’t a date we recognize"):
        describe_groups(collection.pk, {ids[0]: {"title": "A"}, ids[1]: {"date": "one fine day"}}, actor=alice)
    assert group_of(collection, 1).title == ""
    facts = {pk: {"date": "Jan. 14, 1954", "title": f"Letter {pk}"} for pk in ids}
    edit = describe_groups(collection.pk, facts, actor=alice, versions=dict.fromkeys(ids, 1))
    assert edit.summary == "Described 3 documents: date and title."
    with pytest.raises(StaleVersion):
        describe_groups(collection.pk, {ids[0]: {"title": "B"}}, actor=alice, versions={ids[0]: 1})
    undo_edit(collection, actor=alice)
    assert {group.date for group in collection.groups.all()} == {""}


def test_drafts_are_accepted_without_a_confirmation_and_a_saved_field_is_a_persons(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1, 1])
    draft = {"title": {"value": "Boycott grapes", "confidence": 0.9}, "kind": {"value": "flyer", "confidence": 0.3}}
    collection.groups.update(draft=draft)
    edit = accept_group_drafts([group_of(collection, 1), group_of(collection, 2)], actor=alice)
    group = group_of(collection, 1)
    assert (group.title, group.kind, group.state, group.accepted_drafts) == (
        "Boycott grapes",
        "",
        "proposed",
        ["title"],
    )
    assert edit.summary == "Accepted the drafts of 2 documents."
    with pytest.raises(Refused, match="There are no drafts to accept here that are at least 50 % sure"):
        accept_group_drafts([group], actor=alice)
    describe_group(group, title="Boycott grapes", actor=alice)
    assert group_of(collection, 1).accepted_drafts == []
