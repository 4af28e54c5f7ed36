"""The tour comes once for each person, and again when asked for."""

from __future__ import annotations

from django.test import Client

from clustering.models import User
from tests.conftest import MakeCollection
from tests.views.conftest import Signed


def shown(client: Client) -> bool:
    return '"tour": true' in client.get("/c/afl/").content.decode()


def test_it_comes_until_it_is_closed_for_this_person_only(
    alice: User, victor: User, make_collection: MakeCollection, signed: Signed
) -> None:
    make_collection(groups=[2])
    assert shown(signed(alice))
    answer = signed(alice).post("/tour/", "{}", content_type="application/json", headers={"Accept": "application/json"})
    assert answer.json() == {"tour": False}
    assert not shown(signed(alice))
    assert shown(signed(victor))


def test_it_comes_again_by_a_plain_form(alice: User, make_collection: MakeCollection, signed: Signed) -> None:
    make_collection(groups=[2])
    client = signed(alice)
    client.post("/tour/", headers={"Accept": "text/html"})
    assert not shown(client)
    answer = client.post("/tour/", {"again": "yes"}, headers={"Accept": "text/html"}, follow=True)
    assert "starts the next time you open a collection" in answer.content.decode()
    assert shown(client)


def test_own_keys_stay_when_the_tour_is_closed(alice: User, make_collection: MakeCollection, signed: Signed) -> None:
    make_collection(groups=[2])
    client = signed(alice)
    client.post("/keys/mine/", {"split": "b"})
    client.post("/tour/", headers={"Accept": "text/html"})
    assert 'value="b"' in client.get("/keys/mine/").content.decode()


def test_strangers_have_none(charlie: User, signed: Signed) -> None:
    assert signed(charlie).post("/tour/").status_code == 403
    assert Client().post("/tour/").status_code == 302
