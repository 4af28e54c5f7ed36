"""Putting a run on the desk."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from pytest_django import DjangoAssertNumQueries

from clustering.actions import (
    Refused,
    StaleVersion,
    answer_seam,
    close_collection,
    confirm_groups,
    flag_group,
    merge_groups,
    move_pages,
    publish_run,
    redo_edit,
    split_group,
    undo_edit,
)
from clustering.models import Group, Run, RunGroup, User
from tests.actions.conftest import GroupOf, MakeRun, PageAt
from tests.actions.partition_checks import arrangement, check_partition, content, whole_state
from tests.conftest import MakeCollection
from tests.describing import describe_group


def test_a_first_run_gives_every_page_a_group_with_drafts_and_confidence(
    make_collection: MakeCollection, make_run: MakeRun, group_of: GroupOf, sam: User
) -> None:
    collection = make_collection(pages=5)
    run = make_run(collection, [[1, 2], [4, 3], [5]])
    edit = publish_run(run, actor=sam)
    assert arrangement(collection) == {1: [1, 2], 2: [4, 3], 3: [5]}
    group = group_of(collection, 2)
    assert (group.state, group.edited, group.run, group.confidence) == ("proposed", False, run, 0.75)
    assert group.draft["title"]["value"] == "Begins on 4"
    assert group.title == "", "the field holds only what a person accepted"
    assert (edit.verb, edit.run, edit.actor) == ("publish", run, sam)
    assert edit.summary == f"Applied proposal {run.pk} (All evidence): 3 documents, 5 pages."
    run.refresh_from_db()
    assert run.published is not None
    check_partition(collection)


def test_corrections_and_confirmed_groups_are_identical_after_another_run(
    make_collection: MakeCollection, make_run: MakeRun, group_of: GroupOf, page_at: PageAt, alice: User, sam: User
) -> None:
    collection = make_collection(pages=14)
    publish_run(make_run(collection, [[1, 2], [3, 4], [5, 6, 7, 8], [9, 10], [11, 12], [13, 14]]), actor=sam)
    confirm_groups([group_of(collection, 1)], actor=alice)
    split_group(group_of(collection, 3), before=page_at(collection, 7), actor=alice)
    move_pages([page_at(collection, 9)], to=group_of(collection, 2), actor=alice)
    describe_group(group_of(collection, 5), title="Ballot", date="1959-03", actor=alice)
    flag_group(group_of(collection, 6), actor=alice)
    settled = Group.objects.settled().filter(collection=collection)
    before = {group.pk: content_of(group) for group in settled}
    assert len(before) == 7
    publish_run(make_run(collection, [[position] for position in range(1, 15)]), actor=sam)
    publish_run(make_run(collection, [list(range(1, 15))]), actor=sam)
    assert {group.pk: content_of(group) for group in settled.all()} == before
    check_partition(collection)


def content_of(group: Group) -> tuple[object, ...]:
    fields = [getattr(group, field.attname) for field in Group._meta.concrete_fields]
    return (*fields, *group.pages.order_by("group_order").values_list("position", flat=True))


def test_a_group_of_a_run_that_settled_pages_cut_becomes_the_stretches_between(
    make_collection: MakeCollection, make_run: MakeRun, group_of: GroupOf, alice: User, sam: User
) -> None:
    collection = make_collection(groups=[2, 2, 2])
    confirm_groups([group_of(collection, 2)], actor=alice)
    publish_run(make_run(collection, [[1, 2, 3, 4, 5], [6]]), actor=sam)
    assert arrangement(collection) == {1: [1, 2], 2: [3, 4], 4: [5], 5: [6]}
    rest = group_of(collection, 4)
    assert (rest.confidence, rest.draft) == (None, {})
    head = group_of(collection, 1)
    assert head.confidence is None
    assert head.draft["title"]["value"] == "Begins on 1"
    check_partition(collection)


def test_the_same_group_again_keeps_id_number_and_version(
    make_collection: MakeCollection, make_run: MakeRun, group_of: GroupOf, sam: User
) -> None:
    collection = make_collection(pages=6)
    publish_run(make_run(collection, [[1, 2], [3, 4], [5, 6]]), actor=sam)
    old = {group.number: (group.pk, group.version) for group in collection.groups.all()}
    again = make_run(collection, [[1, 2], [3], [4, 5], [6]])
    RunGroup.objects.filter(run=again).update(probability=0.5)
    edit = publish_run(again, actor=sam)
    assert arrangement(collection) == {1: [1, 2], 4: [3], 5: [4, 5], 6: [6]}
    kept = group_of(collection, 1)
    assert (kept.pk, kept.version) == old[1]
    assert (kept.confidence, kept.run) == (0.5, again)
    assert "4 documents, 1 unchanged, 6 pages" in edit.summary


def test_an_identical_run_touches_no_group(make_collection: MakeCollection, make_run: MakeRun, sam: User) -> None:
    collection = make_collection(pages=4)
    publish_run(make_run(collection, [[1, 2], [3, 4]]), actor=sam)
    edit = publish_run(make_run(collection, [[1, 2], [3, 4]]), actor=sam)
    assert (edit.before, edit.after, edit.groups) == ([], [], [])


def test_an_answer_given_since_the_run_was_computed_counts_more(
    make_collection: MakeCollection, make_run: MakeRun, page_at: PageAt, alice: User, sam: User
) -> None:
    collection = make_collection(pages=6)
    publish_run(make_run(collection, [[1, 2, 3], [4, 5, 6]]), actor=sam)
    answer_seam(page_at(collection, 2), verdict="same", actor=alice)
    answer_seam(page_at(collection, 3), verdict="different", actor=alice)
    publish_run(make_run(collection, [[1, 2], [3, 4, 5], [6]]), actor=sam)
    assert arrangement(collection) == {1: [1, 2, 3], 3: [4, 5], 4: [6]}
    check_partition(collection)


def test_pages_that_the_run_does_not_know_stay_where_they_are(
    make_collection: MakeCollection, make_run: MakeRun, sam: User
) -> None:
    collection = make_collection(groups=[3, 2])
    publish_run(make_run(collection, [[1, 2]]), actor=sam)
    assert arrangement(collection) == {1: [3], 2: [4, 5], 3: [1, 2]}
    check_partition(collection)


def test_it_can_be_undone_and_done_again(
    make_collection: MakeCollection, make_run: MakeRun, group_of: GroupOf, alice: User, sam: User
) -> None:
    collection = make_collection(groups=[2, 3])
    confirm_groups([group_of(collection, 1)], actor=alice)
    before = whole_state(collection)
    publish_run(make_run(collection, [[1], [2, 3], [4], [5]]), actor=sam)
    after = whole_state(collection)
    undo_edit(collection, actor=sam)
    assert content(whole_state(collection)) == content(before)
    redo_edit(collection, actor=sam)
    assert content(whole_state(collection)) == content(after)
    check_partition(collection)


def test_undoing_it_is_refused_once_somebody_worked_on_its_groups(
    make_collection: MakeCollection, make_run: MakeRun, group_of: GroupOf, alice: User, sam: User
) -> None:
    collection = make_collection(pages=4)
    publish_run(make_run(collection, [[1, 2], [3, 4]]), actor=sam)
    merge_groups(collection.groups.all(), actor=alice)
    with pytest.raises(Refused, match=r"alice: “Joined 1 and 2, pages 1 to 4\.”"):
        undo_edit(collection, actor=sam)


def test_it_refuses_a_run_that_is_not_ready_and_a_closed_collection(
    make_collection: MakeCollection, make_run: MakeRun, sam: User
) -> None:
    collection = make_collection(pages=2)
    run = make_run(collection, [[1, 2]])
    Run.objects.update(state=Run.State.COMPUTING)
    with pytest.raises(Refused, match="This proposal is not ready"):
        publish_run(run, actor=sam)
    Run.objects.update(state=Run.State.READY)
    close_collection(collection, actor=sam)
    with pytest.raises(Refused, match=r"is closed\. Reopen it"):
        publish_run(run, actor=sam)
    assert arrangement(collection) == {}
    run.refresh_from_db()
    assert run.published is None


def test_it_refuses_a_person_who_may_only_look(
    make_collection: MakeCollection, make_run: MakeRun, victor: User
) -> None:
    collection = make_collection(pages=2)
    with pytest.raises(PermissionDenied):
        publish_run(make_run(collection, [[1, 2]]), actor=victor)


def test_a_view_from_before_the_run_is_stale(
    make_collection: MakeCollection, make_run: MakeRun, group_of: GroupOf, page_at: PageAt, alice: User, sam: User
) -> None:
    collection = make_collection(groups=[4])
    seen = group_of(collection, 1)
    publish_run(make_run(collection, [[1, 2], [3, 4]]), actor=sam)
    with pytest.raises(StaleVersion, match="sam: Applied proposal") as refusal:
        split_group(seen, before=page_at(collection, 3), actor=alice, version=seen.version)
    assert [group.number for group in refusal.value.groups] == [2, 3]


def test_it_does_an_act_that_is_sent_twice_once(make_collection: MakeCollection, make_run: MakeRun, sam: User) -> None:
    collection = make_collection(pages=2)
    run, mark = make_run(collection, [[1, 2]]), uuid4()
    assert publish_run(run, actor=sam, act_id=mark) == publish_run(run, actor=sam, act_id=mark)


@pytest.mark.parametrize("pages", [20, 600])
def test_its_queries_do_not_grow(
    make_collection: MakeCollection,
    make_run: MakeRun,
    sam: User,
    pages: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    collection = make_collection(pages=pages)
    publish_run(make_run(collection, [[p, p + 1] for p in range(1, pages, 2)]), actor=sam)
    run = make_run(collection, [[p] for p in range(1, pages + 1)])
    with django_assert_max_num_queries(23):
        publish_run(run, actor=sam)
