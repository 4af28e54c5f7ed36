"""Drafts follow the pages, and confirming takes over what is shown."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from clustering.actions import (
    answer_seam,
    confirm_groups,
    merge_groups,
    move_pages,
    publish_run,
    redo_edit,
    reorder_pages,
    restore_collection,
    restore_group,
    split_group,
    unconfirm_groups,
    undo_edit,
)
from clustering.actions.accept import BulkConsent, accept_many
from clustering.actions.confirm import Matching, confirm_matching
from clustering.journal.workspace import Snapshot
from clustering.models import Collection, Edit, Group, Reading, User
from clustering.models.collection import DraftTerms
from clustering.redecode import drafting
from tests.actions.conftest import GroupOf, MakeRun, PageAt
from tests.actions.partition_checks import check_partition, content, whole_state
from tests.conftest import MakeCollection
from tests.describing import describe_group

HEADS = ("The Grape Boycott", "Stop the Sales Tax", "Who Owns the Schools", "Housing for All", "A Fair Day in Court")
PROSE = "The members of this council have asked for a hearing on the budget and nothing has been heard of it."


def read(collection: Collection) -> None:
    """Each page with a heading of its own in large type, the day it was written, and text about it below."""
    for page in collection.pages.order_by("position"):
        head, day = HEADS[(page.position - 1) % len(HEADS)], f"January {page.position}, 1954"
        lines: list[list[Any]] = [[head.upper(), 200, 100, 700, 150, 95.0], [day, 650, 190, 840, 210, 95.0]]
        below = [PROSE] * 11 + [f"Here is what all of us have to know of {head.lower()}, and what they say."]
        lines += [[text, 100, 240 + 30 * place, 830, 258 + 30 * place, 95.0] for place, text in enumerate(below)]
        text = "\n".join(str(line[0]) for line in lines)
        Reading.objects.create(page=page, text=text, lines=lines, width=930, height=1200, confidence=95, engine="drawn")


def drafted(group: Group, name: str = "title") -> str:
    return str((group.draft.get(name) or {}).get("value", ""))


def give_drafts(collection: Collection, number: int, **fields: tuple[str, float | None]) -> None:
    """Drafts as a run left them: title=("Letter", 0.8)."""
    draft = {
        name: {"value": value, "evidence": "page 1"} | ({} if sure is None else {"confidence": sure})
        for name, (value, sure) in fields.items()
    }
    Group.objects.filter(collection=collection, number=number).update(draft=draft)


def facts(group: Group) -> tuple[str, str, str]:
    return group.title, group.kind, group.date


ALL = {"title": ("Who Owns the Schools", 0.8), "kind": ("flyer", 0.7), "date": ("1954-01-14", 0.9)}


# --- Confirming takes over what is shown ---------------------------------------------------------------------------


def test_confirming_takes_over_title_kind_and_date_and_says_so(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[2, 1])
    give_drafts(collection, 1, **ALL, language=("en", 0.9))
    edit = confirm_groups([group_of(collection, 1)], actor=alice)
    group = group_of(collection, 1)
    assert facts(group) == ("Who Owns the Schools", "flyer", "1954-01-14")
    assert (group.accepted_drafts, group.language) == (["date", "kind", "title"], "")
    assert edit.summary == "Confirmed document 1, pages 1 to 2, with its draft title, type, and date."
    with override("de"):
        assert edit.sentence.endswith("Titel, Art und Datum.")
    check_partition(collection)


def test_what_a_person_wrote_stays_and_what_is_less_sure_than_even_odds_stays_a_draft(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1])
    give_drafts(collection, 1, title=("Who Owns", 0.9), kind=("flyer", 0.49), date=("1954", None))
    describe_group(group_of(collection, 1), title="A flyer on schools", actor=alice)
    confirm_groups([group_of(collection, 1)], actor=alice)
    group = group_of(collection, 1)
    assert facts(group) == ("A flyer on schools", "", "1954")  # a draft that tells no confidence is taken
    assert group.accepted_drafts == ["date"]
    assert drafted(group, "kind") == "flyer"


def test_the_collection_may_ask_for_more_or_take_none(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1, 1])
    for number in (1, 2):
        give_drafts(collection, number, **ALL)
    Collection.objects.update(settings={"drafts": {"least": 80}, "export": {"rights": "x"}})
    confirm_groups([group_of(collection, 1)], actor=alice)
    assert facts(group_of(collection, 1)) == ("Who Owns the Schools", "", "1954-01-14")
    Collection.objects.update(settings={"drafts": {"accept": False}})
    edit = confirm_groups([group_of(collection, 2)], actor=alice)
    assert facts(group_of(collection, 2)) == ("", "", "")
    assert edit.summary == "Confirmed document 2, page 2."


@pytest.mark.parametrize("kept", [None, [], "off", {"least": "80"}, {"least": True}, {"least": 101}, {"accept": "no"}])
def test_settings_that_cannot_be_meant_count_as_not_set(make_collection: MakeCollection, kept: object) -> None:
    collection = make_collection(pages=1)
    collection.settings = {"drafts": kept}
    assert collection.read_settings().drafts == DraftTerms(accept=True, least=50)


def test_bulk_acceptance_takes_drafts_over_in_the_same_queries(
    make_collection: MakeCollection, alice: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    collection = make_collection(groups=[1] * 60)
    for number in range(1, 31):
        give_drafts(collection, number, **ALL)
    collection.refresh_from_db()
    with django_assert_max_num_queries(21):
        edit = accept_many(collection, BulkConsent(0.8, 60, collection.version), actor=alice)
    assert edit.summary == "Confirmed 60 documents in bulk at 80% or higher, with the drafts of 30 of them."
    assert collection.groups.filter(accepted_drafts=["date", "kind", "title"], title=ALL["title"][0]).count() == 30


def test_confirming_all_that_a_filter_shows_takes_drafts_over(make_collection: MakeCollection, alice: User) -> None:
    collection = make_collection(groups=[1, 1])
    for number in (1, 2):
        give_drafts(collection, number, **ALL)
    edit = confirm_matching(collection, Matching(filter="todo", groups=2, version=0), actor=alice)
    assert edit.summary == "Confirmed documents 1 and 2, pages 1 to 2, with the drafts of all of them."
    assert set(collection.groups.values_list("title", flat=True)) == {ALL["title"][0]}


def test_undo_takes_it_back_and_redo_does_it_again(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1])
    give_drafts(collection, 1, **ALL)
    start = whole_state(collection)
    confirm_groups([group_of(collection, 1)], actor=alice)
    done = whole_state(collection)
    undo_edit(collection, actor=alice)
    assert content(whole_state(collection)) == content(start)
    redo_edit(collection, actor=alice)
    assert content(whole_state(collection)) == content(done)
    assert group_of(collection, 1).accepted_drafts == ["date", "kind", "title"]


def test_a_person_who_writes_a_field_makes_it_theirs(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1])
    give_drafts(collection, 1, **ALL)
    confirm_groups([group_of(collection, 1)], actor=alice)
    describe_group(group_of(collection, 1), title="Schools", kind="flyer", actor=alice)
    assert group_of(collection, 1).accepted_drafts == ["date"]
    unconfirm_groups([group_of(collection, 1)], actor=alice)
    assert facts(group_of(collection, 1)) == ("Schools", "flyer", "1954-01-14")


def test_a_draft_that_a_person_empties_does_not_come_back_by_confirming(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1])
    give_drafts(collection, 1, **ALL)
    edit = describe_group(group_of(collection, 1), title="", actor=alice)
    assert (drafted(group_of(collection, 1)), edit.summary) == ("", "Described 1: no title.")
    confirm_groups([group_of(collection, 1)], actor=alice)
    assert facts(group_of(collection, 1)) == ("", "flyer", "1954-01-14")
    undo_edit(collection, actor=alice)
    undo_edit(collection, actor=alice)
    assert drafted(group_of(collection, 1)) == ALL["title"][0]


def test_a_title_of_a_list_is_taken_and_is_no_draft_of_the_machine(
    make_collection: MakeCollection, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1])
    given = {"value": "Letter to the board" + "!" * 600, "confidence": 1.0, "evidence": "list.csv", "given": True}
    Group.objects.update(draft={"title": given})
    confirm_groups([group_of(collection, 1)], actor=alice)
    group = group_of(collection, 1)
    assert (len(group.title), group.accepted_drafts) == (500, [])


# --- Drafts follow the pages ---------------------------------------------------------------------------------------


def titles(collection: Collection) -> dict[int, str]:
    return {group.number: drafted(group) for group in collection.groups.order_by("number")}


def test_both_parts_of_a_split_are_drafted_in_the_same_act(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[4])
    read(collection)
    start = whole_state(collection)
    edit = split_group(group_of(collection, 1), before=page_at(collection, 3), actor=alice)
    assert titles(collection) == {1: HEADS[0], 2: HEADS[2]}
    second = group_of(collection, 2)
    assert (drafted(second, "date"), drafted(second, "language")) == ("1954-01-03", "en")
    assert drafted(second, "kind")
    assert second.draft["title"]["evidence"].startswith("page 1")
    assert Snapshot.from_json(edit.after).groups[second.pk].fields["draft"] == second.draft
    undo_edit(collection, actor=alice)
    assert content(whole_state(collection)) == content(start)


def test_joined_and_moved_and_reordered_documents_are_drafted_again(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[1, 2, 2])
    read(collection)
    give_drafts(collection, 2, kind=("other", 0.9))
    merge_groups([group_of(collection, 1), group_of(collection, 2)], actor=alice)
    assert titles(collection) == {1: HEADS[0], 3: ""}  # what no act touched is as it was
    move_pages([page_at(collection, 1)], to=group_of(collection, 3), actor=alice)
    assert titles(collection) == {1: HEADS[1], 3: HEADS[0]}
    move_pages([page_at(collection, 5)], actor=alice)
    assert titles(collection) == {1: HEADS[1], 3: HEADS[0], 4: HEADS[4]}
    order = [page_at(collection, 3).pk, page_at(collection, 2).pk]
    reorder_pages(group_of(collection, 1), order=order, actor=alice)
    assert titles(collection)[1] == HEADS[2]


def test_an_answer_that_cuts_drafts_both_sides(make_collection: MakeCollection, page_at: PageAt, alice: User) -> None:
    collection = make_collection(groups=[4])
    read(collection)
    answer_seam(page_at(collection, 2), verdict="different", actor=alice)
    assert titles(collection) == {1: HEADS[0], 2: HEADS[2]}


def test_accepted_drafts_of_a_document_that_gets_other_pages_are_drafts_again(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[3, 1])
    read(collection)
    give_drafts(collection, 1, title=("Grapes", 0.9), kind=("flyer", 0.9))
    describe_group(group_of(collection, 2), title="Ours", actor=alice)
    confirm_groups([group_of(collection, 1)], actor=alice)
    split_group(group_of(collection, 1), before=page_at(collection, 2), actor=alice)
    first = group_of(collection, 1)
    assert (first.title, drafted(first), first.accepted_drafts, first.state) == ("", HEADS[0], [], "changed")
    undo_edit(collection, actor=alice)
    assert group_of(collection, 1).title == "Grapes"
    merge_groups(collection.groups.all(), actor=alice)  # what a person wrote is better than what the machine read
    assert (group_of(collection, 1).title, group_of(collection, 1).accepted_drafts) == ("Ours", [])


def test_pages_that_are_not_read_leave_the_draft_as_it_was(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[3])
    give_drafts(collection, 1, **ALL)
    split_group(group_of(collection, 1), before=page_at(collection, 3), actor=alice)
    assert titles(collection) == {1: ALL["title"][0], 2: ""}


def test_a_title_of_a_list_stays_with_the_page_it_begins_with(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[4])
    read(collection)
    given = {"title": {"value": "From the list", "confidence": 1.0, "evidence": "list.csv", "given": True}}
    Group.objects.update(draft=given)
    split_group(group_of(collection, 1), before=page_at(collection, 3), actor=alice)
    assert titles(collection) == {1: "From the list", 2: HEADS[2]}
    assert drafted(group_of(collection, 1), "date") == "1954-01-01"
    move_pages([page_at(collection, 1)], actor=alice)
    assert titles(collection) == {1: HEADS[1], 2: HEADS[2], 3: HEADS[0]}


def test_what_a_run_brings_whole_keeps_its_drafts_and_stretches_are_drafted(
    make_collection: MakeCollection, make_run: MakeRun, group_of: GroupOf, alice: User
) -> None:
    collection = make_collection(groups=[1] * 6)
    read(collection)
    confirm_groups([group_of(collection, 3)], actor=alice)
    publish_run(make_run(collection, [[1, 2, 3, 4, 5], [6]]), actor=alice)
    by_first = {group.first_position: drafted(group) for group in collection.groups.all()}
    assert by_first == {1: HEADS[0], 3: "", 4: HEADS[3], 6: "Begins on 6"}


def test_a_list_without_titles_takes_no_draft_away(
    make_collection: MakeCollection, make_run: MakeRun, alice: User
) -> None:
    collection = make_collection(groups=[2])
    give_drafts(collection, 1, **ALL)
    run = make_run(collection, [[1, 2]])
    run.groups.update(draft={})
    publish_run(run, actor=alice)
    assert titles(collection) == {1: ALL["title"][0]}


def test_restoring_brings_back_the_drafts_that_stood(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[4, 1])
    read(collection)
    give_drafts(collection, 1, **ALL)
    good = describe_group(group_of(collection, 2), title="Ours", actor=alice)
    state = whole_state(collection)
    split_group(group_of(collection, 1), before=page_at(collection, 3), actor=alice)
    merge_groups([group_of(collection, 2), group_of(collection, 3)], actor=alice)
    restore_collection(collection, to=good, actor=alice)
    assert content(whole_state(collection)) == content(state)
    split = split_group(group_of(collection, 1), before=page_at(collection, 3), actor=alice)
    restore_group(collection, group=group_of(collection, 1).pk, to=good, actor=alice)
    assert titles(collection)[1] == ALL["title"][0]
    assert Edit.objects.filter(pk=split.pk).exists()
    check_partition(collection)


@pytest.mark.parametrize("pages", [12, 300])
def test_the_text_of_a_long_document_is_not_read_whole(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User, pages: int
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    collection = make_collection(groups=[pages])
    read(collection)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        split_group(group_of(collection, 1), before=page_at(collection, 3), actor=alice)
    texts = [query["sql"] for query in asked if "reading.lines" in query["sql"]]
    assert len(texts) == 1
    asked_for = texts[0].split("reading.page_id = page.id AND page.id = ANY('{")[1].split("}")[0]
    assert len(asked_for.split(",")) == 2 + 5


def test_an_act_on_many_documents_reads_a_few_at_a_time(
    make_collection: MakeCollection, page_at: PageAt, group_of: GroupOf, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = make_collection(groups=[2] * 5)
    read(collection)
    monkeypatch.setattr(drafting, "DRAFTED_AT_ONCE", 2)
    with CaptureQueriesContext(connection) as asked:
        move_pages([page_at(collection, place) for place in (4, 6, 8, 10)], to=group_of(collection, 1), actor=alice)
    assert sum("reading.lines::text" in query["sql"] for query in asked) == 3
    titles = [drafted(group) for group in collection.groups.order_by("number")]
    assert titles == [HEADS[place] for place in (0, 2, 4, 1, 3)]


# --- An act that very many follow ----------------------------------------------------------------------------------
