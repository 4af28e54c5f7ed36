"""Drafted titles follow the titles that people give documents of the same collection."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from clustering import tasks
from clustering.actions import confirm_groups, redo_edit, undo_edit
from clustering.actions.describe import describe_groups
from clustering.engine.records import Drafted, GroupDraft
from clustering.models import Collection, Group, User
from clustering.redecode import renewing
from clustering.redecode.titles import draft_title_here, titles_in
from clustering.selectors.desk_rows import changes
from tests.actions.conftest import GroupOf
from tests.actions.partition_checks import check_partition
from tests.conftest import MakeCollection
from tests.describing import describe_group


def drafted(number: int) -> GroupDraft:
    date = f"1962-01-{number:02}"
    title = f"Letter from Saul Miller to Member {number}, January {number}, 1962"
    parts = {"signer": "Saul Miller", "recipient": f"Member {number}", "date": date}
    kind = Drafted("letter", 0.9, "a salutation", chances={"letter": 0.9})
    return GroupDraft(title=Drafted(title, 0.8, "page 1", chances={title: 0.8}, parts=parts), kind=kind)


@pytest.fixture
def letters(make_collection: MakeCollection) -> Collection:
    collection = make_collection(groups=[1] * 9)
    for group in collection.groups.order_by("number"):
        Group.objects.filter(pk=group.pk).update(draft=drafted(group.number).to_json())
    return collection


def titles(collection: Collection) -> list[str]:
    return [group.title or group.draft["title"]["value"] for group in collection.groups.order_by("first_position")]


def drafts(collection: Collection) -> list[dict[str, Any]]:
    return [group.draft for group in collection.groups.order_by("number")]


def short(number: int) -> str:
    return f"Saul Miller to Member {number}, {number} January 1962"


def test_drafts_take_the_form_that_people_give(letters: Collection, group_of: GroupOf, alice: User) -> None:
    seen = letters.version
    confirm_groups([group_of(letters, 9)], actor=alice)
    edits = [describe_group(group_of(letters, number), title=short(number), actor=alice) for number in (2, 3)]
    assert titles(letters)[:8] == [short(number) for number in range(1, 9)]
    assert titles(letters)[8].startswith("Letter from"), "accepted titles never change"
    assert [edit.summary.endswith("title.") for edit in edits] == [False, True]
    letters.refresh_from_db()
    shown = {row["number"] for row in changes(letters, seen, me=alice)["groups"]}
    assert {1, 4, 5, 6, 7, 8} <= shown, "every browser is told"
    assert group_of(letters, 7).version == 1, "nobody's view is stale by what the machine thinks"
    assert not group_of(letters, 7).title, "it stays a draft"
    check_partition(letters)


def test_undo_and_redo_go_back_and_forth(letters: Collection, group_of: GroupOf, alice: User) -> None:
    before = drafts(letters)
    describe_group(group_of(letters, 2), title=short(2), actor=alice)
    after = drafts(letters)
    assert after != before
    undo_edit(letters, actor=alice)
    assert drafts(letters) == before
    redo_edit(letters, actor=alice)
    assert drafts(letters) == after


def test_titles_from_a_list_and_of_earlier_versions_stay(letters: Collection, group_of: GroupOf, alice: User) -> None:
    given = {"title": {"value": "Minutes", "confidence": 1.0, "evidence": "list", "given": True}}
    earlier = {"title": {"value": "Agenda", "confidence": 0.7, "evidence": "page 1"}}
    letters.groups.filter(number=7).update(draft=given)
    letters.groups.filter(number=8).update(draft=earlier)
    describe_groups(
        letters.pk, {group_of(letters, number).pk: {"title": short(number)} for number in (1, 8)}, actor=alice
    )
    assert group_of(letters, 7).draft == given
    assert group_of(letters, 8).draft == earlier
    assert titles(letters)[1] == short(2)


def test_a_type_without_confidence_is_no_obstacle(letters: Collection, group_of: GroupOf, alice: User) -> None:
    group = group_of(letters, 8)
    letters.groups.filter(number=8).update(draft=group.draft | {"kind": {"value": "letter", "evidence": "list"}})
    describe_group(group_of(letters, 2), title=short(2), actor=alice)
    assert group_of(letters, 8).draft["title"]["value"] == short(8)


def test_new_drafts_begin_with_what_is_entered(letters: Collection, group_of: GroupOf, alice: User) -> None:
    describe_group(group_of(letters, 2), title=short(2), actor=alice)
    fresh = draft_title_here(drafted(5), titles_in(letters)).title
    assert fresh is not None and fresh.value == short(5)


def test_a_draft_that_is_cleared_teaches_nothing(letters: Collection, group_of: GroupOf, alice: User) -> None:
    describe_group(group_of(letters, 2), title="", actor=alice)
    assert titles_in(letters).title("letter", Drafted(**drafted(5).to_json()["title"])).startswith("Letter from")


def test_drafts_far_away_follow_by_a_worker(
    letters: Collection,
    group_of: GroupOf,
    alice: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    monkeypatch.setattr(renewing, "NEAR", 2)
    sent: list[tuple[str, list[int]]] = []
    monkeypatch.setattr(
        "clustering.redecode.renewing.current_app.send_task", lambda name, *, args, queue: sent.append((name, args))
    )
    with django_capture_on_commit_callbacks(execute=True):
        describe_group(group_of(letters, 1), title=short(1), actor=alice)
    assert titles(letters)[:3] == [short(number) for number in (1, 2, 3)]
    assert titles(letters)[3].startswith("Letter from")
    assert sent == [(tasks.renew_titles.name, [letters.pk])]
    tasks.renew_titles(letters.pk)
    assert titles(letters) == [short(number) for number in range(1, 10)]
