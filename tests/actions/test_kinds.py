"""Drafted types follow the types that people give documents of the same collection."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks

from clustering import tasks
from clustering.actions import confirm_groups, merge_groups, undo_edit
from clustering.actions.describe import describe_groups
from clustering.engine.records import Drafted, GroupDraft
from clustering.models import Collection, Group, User
from clustering.redecode import renewing
from clustering.redecode.kinds import draft_here, kinds_in, renew_all_kinds
from clustering.selectors.desk_index import index
from clustering.selectors.desk_rows import changes
from tests.actions.conftest import GroupOf
from tests.actions.partition_checks import check_partition
from tests.conftest import MakeCollection
from tests.describing import describe_group

FLYER = {"flyer": 0.7, "other": 0.3}
LETTER = {"letter": 0.97, "flyer": 0.02, "other": 0.01}


@pytest.fixture
def wills(make_collection: MakeCollection) -> Collection:
    """Eight documents drafted as flyers, and a letter that says so."""
    collection = make_collection(groups=[1] * 9)
    for group in collection.groups.order_by("number"):
        kind, chances = ("letter", LETTER) if group.number == 9 else ("flyer", FLYER)
        draft = GroupDraft(kind=Drafted(kind, chances[kind], "one leaf", chances=chances))
        Group.objects.filter(pk=group.pk).update(draft=draft.to_json())
    return collection


def kinds(collection: Collection) -> list[str]:
    return [group.kind or group.draft["kind"]["value"] for group in collection.groups.order_by("first_position")]


def call(collection: Collection, group_of: GroupOf, numbers: range, actor: User) -> None:
    facts = {group_of(collection, number).pk: {"kind": "will"} for number in numbers}
    describe_groups(collection.pk, facts, actor=actor)


def test_drafts_take_the_type_that_people_give(wills: Collection, group_of: GroupOf, alice: User) -> None:
    seen = wills.version
    call(wills, group_of, range(1, 5), alice)
    assert kinds(wills) == ["will"] * 8 + ["letter"]
    kept = group_of(wills, 7).draft["kind"]
    assert 0.5 < kept["confidence"] < 1
    assert kept["evidence"] == "one leaf; 4 of 4 documents described here"
    wills.refresh_from_db()
    shown = {row["number"] for row in changes(wills, seen, me=alice)["groups"]}
    assert {5, 6, 7, 8} <= shown, "every browser is told"
    assert group_of(wills, 7).version == 1, "nobody's view is stale by what the machine thinks"
    check_partition(wills)


def test_one_correction_among_many_accepted_types_changes_no_other(
    wills: Collection, group_of: GroupOf, alice: User
) -> None:
    confirm_groups([group_of(wills, number) for number in range(1, 7)], actor=alice)
    assert kinds_in(wills).counts == {"flyer": 6}
    edit = describe_group(group_of(wills, 1), kind="will", actor=alice)
    assert kinds(wills) == ["will", *["flyer"] * 7, "letter"]
    assert not edit.summary.endswith("type.")


def test_undo_and_redo_go_back_and_forth(wills: Collection, group_of: GroupOf, alice: User) -> None:
    before = [group.draft for group in wills.groups.order_by("number")]
    call(wills, group_of, range(1, 5), alice)
    after = [group.draft for group in wills.groups.order_by("number")]
    undo_edit(wills, actor=alice)
    assert [group.draft for group in wills.groups.order_by("number")] == before
    call(wills, group_of, range(1, 5), alice)
    assert [group.draft for group in wills.groups.order_by("number")] == after


def test_types_from_a_list_stay(wills: Collection, group_of: GroupOf, alice: User) -> None:
    given = {"kind": {"value": "flyer", "confidence": 1.0, "evidence": "list", "given": True, "chances": FLYER}}
    wills.groups.filter(number=8).update(draft=given)
    call(wills, group_of, range(1, 5), alice)
    assert group_of(wills, 8).draft == given


def test_drafts_of_earlier_versions_stay(wills: Collection, group_of: GroupOf, alice: User) -> None:
    wills.groups.filter(number__in=[1, 8]).update(draft={"kind": {"value": "flyer", "evidence": "page 1"}})
    call(wills, group_of, range(1, 5), alice)
    assert kinds(wills) == [*["will"] * 7, "flyer", "letter"]


def test_new_drafts_begin_with_what_is_described(wills: Collection, group_of: GroupOf, alice: User) -> None:
    call(wills, group_of, range(1, 5), alice)
    fresh = GroupDraft(kind=Drafted("flyer", 0.7, "one leaf", chances=FLYER))
    drafted = draft_here(fresh, kinds_in(wills)).kind
    assert drafted is not None and drafted.value == "will"


def test_an_accepted_type_has_the_address_that_people_chose(wills: Collection, group_of: GroupOf, alice: User) -> None:
    address = "http://vocab.getty.edu/aat/300027764"
    facts = {group_of(wills, number).pk: {"kind": "will", "kind_uri": address} for number in range(1, 5)}
    describe_groups(wills.pk, facts, actor=alice)
    confirm_groups([group_of(wills, 7)], actor=alice)
    accepted = group_of(wills, 7)
    assert (accepted.kind, accepted.accepted_drafts, accepted.details) == ("will", ["kind"], {"kind_uri": address})
    merge_groups([accepted, group_of(wills, 8)], actor=alice)
    assert group_of(wills, 7).details == {}, "it was about exactly the pages that were there"


def test_drafts_far_away_follow_by_a_worker(
    wills: Collection,
    group_of: GroupOf,
    alice: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    monkeypatch.setattr(renewing, "NEAR", 2)
    monkeypatch.setattr(renewing, "RENEWED_AT_ONCE", 2)
    sent: list[tuple[str, list[int]]] = []
    monkeypatch.setattr(
        "clustering.redecode.renewing.current_app.send_task", lambda name, *, args, queue: sent.append((name, args))
    )
    with django_capture_on_commit_callbacks(execute=True):
        call(wills, group_of, range(1, 5), alice)
    assert kinds(wills) == [*["will"] * 6, "flyer", "flyer", "letter"]
    assert sent == [(tasks.renew_kinds.name, [wills.pk])]
    wills.refresh_from_db()
    known = changes(wills, wills.version, me=alice)["redrafted"]
    tasks.renew_kinds(wills.pk)
    assert kinds(wills) == [*["will"] * 8, "letter"]
    wills.refresh_from_db()
    assert changes(wills, wills.version, me=alice)["redrafted"] == index(wills)["redrafted"] > known, (
        "the desk hears it"
    )
    tasks.renew_kinds(wills.pk)
    assert Collection.objects.get().redrafted == wills.redrafted, "nothing changed"
    check_partition(wills)
    with CaptureQueriesContext(connection) as queries:
        renew_all_kinds(wills)
    assert not any("jsonb_to_recordset" in query["sql"] for query in queries), "only what changes is written"
