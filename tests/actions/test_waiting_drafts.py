"""An act drafts the nearest documents itself; those that are far away are drafted right after it."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from clustering import tasks
from clustering.actions import answer_seam, confirm_groups, redo_edit, undo_edit
from clustering.jobs import sweeping
from clustering.models import Collection, Group, User
from clustering.redecode import drafting
from clustering.selectors.desk_rows import changes
from tests.actions.conftest import PageAt
from tests.actions.partition_checks import check_partition, content, whole_state
from tests.actions.test_drafting import HEADS, drafted, read
from tests.actions.test_live import Weigh, weigh
from tests.conftest import MakeCollection
from tests.describing import describe_group

__all__ = ["weigh"]


@pytest.fixture
def crowd(
    make_collection: MakeCollection, weigh: Weigh, page_at: PageAt, alice: User, monkeypatch: pytest.MonkeyPatch
) -> Collection:
    """Six documents of two pages, all cut by one answer between pages 5 and 6; the act drafts three of the twelve."""
    collection = make_collection(pages=12)
    read(collection)
    weigh(collection, [-0.3, 2.0] * 5 + [-0.3])
    collection.groups.update(awaits_draft=False)  # as if drafted, but without a word
    collection.refresh_from_db()
    monkeypatch.setattr(drafting, "DRAFTED_IN_ACT", 3)
    answer_seam(page_at(collection, 5), verdict="different", actor=alice)
    assert collection.groups.count() == 12
    return collection


def by_page(collection: Collection) -> list[str]:
    return [drafted(group) for group in collection.groups.order_by("first_position")]


def waiting(collection: Collection) -> list[int]:
    """First pages of the documents that wait for a draft."""
    groups = collection.groups.filter(awaits_draft=True).order_by("first_position")
    return list(groups.values_list("first_position", flat=True))


REST = [1, 2, 3, 7, 8, 9, 10, 11, 12]
ALL_HEADS = [HEADS[place % 5] for place in range(12)]


def test_an_act_drafts_the_nearest_and_a_worker_the_others(
    crowd: Collection,
    alice: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[tuple[object, ...]] = []
    monkeypatch.setattr(
        "clustering.redecode.drafting.current_app.send_task",
        lambda name, args, queue: sent.append((name, args, queue)),
    )
    assert waiting(crowd) == REST
    assert by_page(crowd) == ["", "", "", *ALL_HEADS[3:6], *[""] * 6]
    versions = dict(crowd.groups.values_list("pk", "version"))
    crowd.refresh_from_db()
    assert changes(crowd, crowd.version, me=alice)["drafting"] == 9
    done = whole_state(crowd)
    tasks.draft_waiting(crowd.pk)
    assert (by_page(crowd), waiting(crowd)) == (ALL_HEADS, [])
    assert dict(crowd.groups.values_list("pk", "version")) == versions
    undo_edit(crowd, actor=alice)
    assert (by_page(crowd), waiting(crowd)) == ([""] * 6, [])
    assert not sent
    with django_capture_on_commit_callbacks(execute=True):
        redo_edit(crowd, actor=alice)
    assert content(whole_state(crowd)) == content(done)
    assert sent == [(tasks.draft_waiting.name, [crowd.pk], "default")]
    sweeping.sweep()  # where that message was lost
    assert (by_page(crowd), waiting(crowd)) == (ALL_HEADS, [])
    check_partition(crowd)


def test_undo_of_what_was_done_to_a_waiting_document_keeps_the_draft_that_came(crowd: Collection, alice: User) -> None:
    describe_group(crowd.groups.get(first_position=12), note="Torn", actor=alice)
    assert waiting(crowd) == REST
    tasks.draft_waiting(crowd.pk)
    undo_edit(crowd, actor=alice)
    assert (by_page(crowd), waiting(crowd)) == (ALL_HEADS, [])


def test_confirming_drafts_a_waiting_document_first(crowd: Collection, alice: User) -> None:
    confirm_groups([crowd.groups.get(first_position=12)], actor=alice)
    assert crowd.groups.get(first_position=12).title == HEADS[1]
    assert waiting(crowd) == REST[:-1]
    undo_edit(crowd, actor=alice)
    tasks.draft_waiting(crowd.pk)
    assert (by_page(crowd), waiting(crowd)) == (ALL_HEADS, [])


def test_a_document_that_changed_meanwhile_is_drafted_again(
    crowd: Collection, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = list[int]()
    write = drafting._write_drafts

    def late(collection: Collection, groups: list[Group]) -> None:
        if not written:
            describe_group(crowd.groups.get(first_position=12), note="Torn", actor=alice)
        written.append(len(groups))
        write(collection, groups)

    monkeypatch.setattr(drafting, "_write_drafts", late)
    tasks.draft_waiting(crowd.pk)
    assert (by_page(crowd), waiting(crowd), written) == (ALL_HEADS, [], [9, 1])
    assert crowd.groups.get(first_position=12).note == "Torn"


@pytest.mark.parametrize(
    "address", ["/c/afl/export/csv/?all=1&drafts=1", "/api/v1/collections/afl/exports/csv?all=true&drafts=true"]
)
def test_exports_draft_first_what_waits(crowd: Collection, alice: User, client: Client, address: str) -> None:
    client.force_login(alice)
    answer = client.get(address)
    assert answer.status_code == 200
    table = answer.getvalue().decode()
    assert all(head in table for head in HEADS)
    assert not waiting(crowd)
