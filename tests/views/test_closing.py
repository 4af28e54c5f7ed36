"""Closing asks, says what it means, and shows on every page."""

from __future__ import annotations

import html

import pytest

from clustering.actions import close_collection, confirm_groups
from clustering.models import Collection, Group, Job, User
from tests.conftest import MakeCollection
from tests.views.conftest import Signed


def text_of(answer: object) -> str:
    return html.unescape(answer.content.decode())  # type: ignore[attr-defined]


def test_it_asks_first_and_says_what_it_means(
    make_collection: MakeCollection, alice: User, bob: User, signed: Signed
) -> None:
    collection = make_collection(groups=[1, 1, 1])
    confirm_groups([Group.objects.get(number=1)], actor=bob)
    Job.objects.create(collection=collection, kind=Job.Kind.READ, state=Job.State.RUNNING)
    signed(bob).get("/c/afl/changes/?since=1&at=3")
    asked = text_of(signed(alice).get("/c/afl/close/"))
    for words in (
        "Close “AFL”?",
        "2 of 3 documents are not confirmed yet.",
        "bob is working in this collection now, on page 3.",
        "this job</a> is not finished.",
        "Nobody can split, join, move, confirm, flag, or describe anything.",
        "You can reopen it at any time",
    ):
        assert words in asked
    history = text_of(signed(alice).get("/c/afl/history/"))
    assert 'href="/c/afl/close/"' in history
    assert 'name="act" value="close"' not in history
    assert Collection.objects.get().closed is None
    # A form without the answer is the question again.
    assert "Close “AFL”?" in text_of(signed(alice).post("/c/afl/close/"))
    signed(alice).post("/c/afl/close/", {"act": "close"})
    assert Collection.objects.get().closed is not None
    assert "Reopen “AFL”?" in text_of(signed(alice).get("/c/afl/close/"))


PLACES = ["", "queue/", "queue/list/", "list/", "accept/", "runs/", "history/", "dashboard/", "export/", "search/"]


@pytest.mark.parametrize("place", PLACES)
def test_a_closed_collection_says_so_on_every_page(
    make_collection: MakeCollection, alice: User, victor: User, signed: Signed, place: str
) -> None:
    collection = make_collection(groups=[2])
    assert "This collection is closed." not in text_of(signed(alice).get(f"/c/afl/{place}"))
    close_collection(collection, actor=alice)
    shown = text_of(signed(alice).get(f"/c/afl/{place}"))
    assert "This collection is closed." in shown
    assert "Closed by alice on" in shown
    assert "lock-badge" in shown
    assert "Reopen…" in shown
    assert "Reopen…" not in text_of(signed(victor).get(f"/c/afl/{place}"))


def test_who_is_at_the_stream_hears_of_it(make_collection: MakeCollection, alice: User, signed: Signed) -> None:
    collection = make_collection(groups=[2])
    assert signed(alice).get("/c/afl/changes/?since=0").json()["closed"] is False
    close_collection(collection, actor=alice)
    assert signed(alice).get("/c/afl/changes/?since=0").json()["closed"] is True


def test_a_viewer_is_not_asked(make_collection: MakeCollection, victor: User, charlie: User, signed: Signed) -> None:
    make_collection(groups=[1])
    for send in (signed(victor).get, signed(victor).post):
        assert send("/c/afl/close/").status_code == 403
    assert signed(charlie).get("/c/afl/close/").status_code == 404
