"""Settings of a collection: whoever writes some loses nobody's others."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection, transaction

from clustering.collection_settings import keep_export_settings, keep_settings
from clustering.exports.settings import ExportSettings
from clustering.models import Collection, User
from tests.conftest import MakeCollection
from tests.views.conftest import Signed, signed  # noqa: F401 - the fixture


def kept(collection: Collection) -> dict[str, object]:
    return dict(Collection.objects.values_list("settings", flat=True).get(pk=collection.pk))


def test_what_was_written_since_the_collection_was_read_stays(make_collection: MakeCollection, sam: User) -> None:
    collection = make_collection(pages=1)
    early, late = (Collection.objects.get(pk=collection.pk) for _ in range(2))
    keep_settings(early, {"learn_every": 20}, actor=sam, called=lambda _: "Learns")
    keep_export_settings(late, ExportSettings(rights="In copyright"), actor=sam)
    assert kept(collection) == {"learn_every": 20, "export": {"rights": "In copyright"}} == late.settings
    assert [entry.change_message for entry in LogEntry.objects.order_by("pk")] == [
        "Learns.",
        "Export settings: rights.",
    ]
    collection.refresh_from_db()
    assert collection.version == 0


def test_what_changes_nothing_is_not_in_the_log(make_collection: MakeCollection, sam: User) -> None:
    collection = make_collection(pages=1)
    assert keep_export_settings(collection, ExportSettings(), actor=sam) == []
    keep_settings(collection, {}, actor=sam, called=lambda _: "Nothing")
    assert kept(collection) == {}
    assert not LogEntry.objects.exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_second_writer_waits_for_the_first_and_keeps_what_it_wrote(
    make_collection: MakeCollection, sam: User
) -> None:
    collection = make_collection(pages=1)
    began, done = threading.Event(), threading.Event()

    def second() -> None:
        try:
            began.set()
            keep_settings(collection, {"check_share": 5}, actor=sam, called=lambda _: "Checks")
            done.set()
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        keep_settings(Collection.objects.get(pk=collection.pk), {"drafts": {}}, actor=sam, called=lambda _: "Drafts")
        thread.start()
        assert began.wait(timeout=30)
        assert not done.wait(timeout=0.5)
    thread.join(timeout=30)
    assert kept(collection) == {"drafts": {}, "check_share": 5}


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_many_writers_at_once_all_keep_theirs(make_collection: MakeCollection, sam: User) -> None:
    collection = make_collection(pages=1)
    barrier = threading.Barrier(6)

    def write(number: int) -> None:
        try:
            mine = Collection.objects.get(pk=collection.pk)
            barrier.wait(timeout=30)
            for turn in range(5):
                keep_settings(mine, {f"setting {number}": turn}, actor=sam, called=lambda _: "Changed")
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))
    assert kept(collection) == {f"setting {number}": 4 for number in range(6)}


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_forms_for_staff_go_through_it(make_collection: MakeCollection, sam: User, signed: Signed) -> None:  # noqa: F811
    collection = make_collection(pages=1)
    forms = [
        ("learning/", {"wish": "every", "every": "20"}),
        ("learning/", {"wish": "checks", "share": "5"}),
        ("settings/", {"accept": "on", "least": "70"}),
    ]
    client = signed(sam)
    blocked = threading.Event()

    def post(form: tuple[str, dict[str, str]]) -> int:
        try:
            blocked.set()
            return client.post(f"/c/afl/{form[0]}", form[1]).status_code
        finally:
            connection.close()

    for form in forms:
        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic():
                keep_settings(collection, {f"before {form[1]}": 1}, actor=sam, called=lambda _: "Before")
                answer = pool.submit(post, form)
                assert blocked.wait(timeout=30)
                threading.Event().wait(0.4)  # the request has read the collection as it was, and waits for the lock
            assert answer.result(timeout=30) == 302
    found = kept(collection)
    assert {name: found[name] for name in ("learn_every", "check_share", "drafts")} == {
        "learn_every": 20,
        "check_share": 5,
        "drafts": {"accept": True, "least": 70},
    }
    assert len(found) == 6
