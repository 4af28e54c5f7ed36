"""Who is here: told with the question for news, gone after a few missed ones, and no row in the database."""

from __future__ import annotations

import time

import pytest
from django.core.cache import cache
from pytest_django import DjangoAssertNumQueries

from clustering.models import User
from clustering.teamwork import presence
from tests.conftest import MakeCollection
from tests.views.conftest import Signed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_here() -> None:
    cache.clear()


def test_others_are_told_with_their_page(
    make_collection: MakeCollection, alice: User, bob: User, signed: Signed
) -> None:
    make_collection("afl", groups=[2])
    assert signed(alice).get("/c/afl/changes/?since=0&at=2").json()["here"] == []
    assert signed(bob).get("/c/afl/changes/?since=0").json()["here"] == [{"name": "alice", "position": 2}]
    assert signed(alice).get("/c/afl/changes/?since=0&at=1").json()["here"] == [{"name": "bob", "position": None}]


def test_people_are_called_as_on_every_other_page(
    make_collection: MakeCollection, alice: User, bob: User, sam: User, signed: Signed
) -> None:
    make_collection("afl", groups=[2])
    User.objects.filter(pk=alice.pk).update(first_name="Ada", last_name="Lovelace")
    signed(alice).get("/c/afl/changes/?since=0&at=2")
    assert signed(bob).get("/c/afl/changes/?since=0").json()["here"] == [{"name": "Ada Lovelace", "position": 2}]
    for question in ("close", "delete"):
        assert "Ada Lovelace is working in this" in signed(sam).get(f"/c/afl/{question}/").content.decode()


def test_who_does_not_ask_any_more_is_gone(
    make_collection: MakeCollection, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    collection, other = make_collection("afl", groups=[2]), make_collection("ufw", groups=[1])
    with django_assert_num_queries(0):
        presence.be_here(collection, alice, 1)
        assert presence.be_here(other, bob, 1) == [], "another collection"
        assert len(presence.be_here(collection, bob, 1)) == 1
    later = time.time() + presence.SECONDS
    monkeypatch.setattr(time, "time", lambda: later)
    assert presence.be_here(collection, bob, 1) == []
