"""Settings of a collection: whoever writes some loses nobody's others."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection, transaction
from pydantic import ValidationError

from clustering.admin_log import message_of
from clustering.collection_settings import keep_export_settings, keep_settings
from clustering.exports.settings import ExportSettings
from clustering.models import Collection, User
from clustering.models.collection import CollectionSettings, DraftTerms
from tests.conftest import MakeCollection
from tests.views.conftest import Signed, signed  # noqa: F401 - the fixture


def kept(collection: Collection) -> dict[str, object]:
    return dict(Collection.objects.values_list("settings", flat=True).get(pk=collection.pk))


def test_what_was_written_since_the_collection_was_read_stays(make_collection: MakeCollection, sam: User) -> None:
    collection = make_collection(pages=1)
    early, late = (Collection.objects.get(pk=collection.pk) for _ in range(2))
    keep_settings(early, CollectionSettings(learn_every=20), actor=sam, called=lambda _: "Learns.")
    keep_export_settings(late, ExportSettings(rights="In copyright"), actor=sam)
    assert kept(collection) == {"learn_every": 20, "export": {"rights": "In copyright"}} == late.settings
    assert [message_of(entry) for entry in LogEntry.objects.order_by("pk")] == [
        "Learns.",
        "Export settings: rights.",
    ]
    collection.refresh_from_db()
    assert collection.version == 0


def test_what_changes_nothing_is_not_in_the_log(make_collection: MakeCollection, sam: User) -> None:
    collection = make_collection(pages=1)
    assert keep_export_settings(collection, ExportSettings(), actor=sam) == []
    keep_settings(collection, CollectionSettings(), actor=sam, called=lambda _: "Nothing")
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
            keep_settings(collection, CollectionSettings(check_share=5), actor=sam, called=lambda _: "Checks")
            done.set()
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        first = CollectionSettings(drafts=DraftTerms(accept=False))
        keep_settings(Collection.objects.get(pk=collection.pk), first, actor=sam, called=lambda _: "Drafts")
        thread.start()
        assert began.wait(timeout=30)
        assert not done.wait(timeout=0.5)
    thread.join(timeout=30)
    assert kept(collection) == {"drafts": {"accept": False}, "check_share": 5}


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_many_writers_at_once_all_keep_theirs(make_collection: MakeCollection, sam: User) -> None:
    collection = make_collection(pages=1)
    everybody = [
        [CollectionSettings(learn_every=turn) for turn in range(5)],
        [CollectionSettings(check_share=turn) for turn in range(5)],
        [CollectionSettings(drafts=DraftTerms(least=turn)) for turn in range(5)],
        [CollectionSettings(description={"": {"title": {"default": str(turn)}}}) for turn in range(5)],
        [CollectionSettings(export={"rights": str(turn)}) for turn in range(5)],
    ]
    barrier = threading.Barrier(len(everybody))

    def write(turns: list[CollectionSettings]) -> None:
        try:
            mine = Collection.objects.get(pk=collection.pk)
            barrier.wait(timeout=30)
            for wanted in turns:
                keep_settings(mine, wanted, actor=sam, called=lambda _: "Changed")
        finally:
            connection.close()

    with ThreadPoolExecutor(len(everybody)) as pool:
        list(pool.map(write, everybody))
    assert kept(collection) == {
        "learn_every": 4,
        "check_share": 4,
        "drafts": {"least": 4},
        "description": {"": {"title": {"default": "4"}}},
        "export": {"rights": "4"},
    }


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

    for number, form in enumerate(forms, start=1):
        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic():
                before = CollectionSettings(export={"rights": str(number)})
                keep_settings(collection, before, actor=sam, called=lambda _: "Before")
                answer = pool.submit(post, form)
                assert blocked.wait(timeout=30)
                threading.Event().wait(0.4)  # the request has read the collection as it was, and waits for the lock
            assert answer.result(timeout=30) == 302
    assert kept(collection) == {
        "learn_every": 20,
        "check_share": 5,
        "drafts": {"accept": True, "least": 70},
        "export": {"rights": "3"},
    }


@pytest.mark.parametrize(
    "stored",
    [
        {"learn_every": "often", "check_share": 90, "export": [], "color": "red"},
        {"learn_every": -1, "check_share": True, "drafts": {"least": "80"}, "description": "none"},
        {"drafts": {"accept": "no", "mood": 1}, "description": {"": {"title": {"use": 3}}, "letter": 7}},
    ],
)
def test_what_cannot_be_meant_counts_as_not_set(stored: dict[str, object]) -> None:
    settings = Collection(settings={"learn_every": 8, **stored}).read_settings()
    assert settings.learn_every == (0 if "learn_every" in stored else 8)
    assert (settings.check_share, settings.drafts, settings.export) == (0, DraftTerms(), {})
    assert settings.description in ({}, {"": {"title": {}}})


@pytest.mark.parametrize(
    "wanted", [{"color": "red"}, {"check_share": 21}, {"learn_every": "20"}, {"drafts": {"least": 101}}]
)
def test_nothing_else_can_be_written(wanted: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        CollectionSettings.model_validate(wanted)
