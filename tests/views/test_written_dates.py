"""What a typed date means, told while it is typed."""

from __future__ import annotations

from django.test import Client

from clustering.models import User
from tests.views.conftest import Signed


def test_it_tells_how_a_date_is_read(alice: User, signed: Signed) -> None:
    answer = signed(alice).get("/dates/", {"text": "Jan. 14, 1954"})
    assert (answer.status_code, answer.json()) == (200, {"edtf": "1954-01-14", "words": "January 14, 1954"})


def test_it_says_how_to_write_what_it_cannot_read(alice: User, signed: Signed) -> None:
    for text in ("last spring", "a\0b", ""):
        answer = signed(alice).get("/dates/", {"text": text})
        assert answer.status_code == 200
        assert "Write it like Jan. 14, 1954" in answer.json()["message"]
    assert "message" in signed(alice).get("/dates/").json()


def test_only_who_may_look_is_answered(charlie: User, signed: Signed, client: Client) -> None:
    assert signed(charlie).get("/dates/", {"text": "1954"}).status_code == 403
    assert client.get("/dates/", {"text": "1954"}).status_code == 302
