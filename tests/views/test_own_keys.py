"""A person's own keys stand wherever a key is named; two commands never share one."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clustering.models import Preference, User
from tests.conftest import MakeCollection
from tests.views.conftest import Signed

SIGN = re.compile(r'<kbd data-key="([^"]+)">([^<]*)</kbd>')


def test_signs_and_titles_are_the_persons_own(alice: User, make_collection: MakeCollection, signed: Signed) -> None:
    make_collection(groups=[2])
    Preference.objects.create(user=alice, keys={"new-group": "b", "doubt-next": "off", "rotate": "Shift+q", "why": "0"})
    text = signed(alice).get("/c/afl/").content.decode()
    signs = dict(SIGN.findall(text))
    assert signs["new-group"] == "B"
    assert signs["merge-selected"] == "Shift+M"
    assert "doubt-next" not in signs
    assert 'title="Rotate (Shift+Q)"' in text
    assert "for the current page (0)" in text
    queue = dict(SIGN.findall(signed(alice).get("/c/afl/queue/").content.decode()))
    assert queue == {"back": "←", "same": "M", "different": "S", "keep": "O", "skip": "→"}


def test_the_keys_of_a_page_cost_one_query(alice: User, make_collection: MakeCollection, signed: Signed) -> None:
    make_collection(groups=[2])
    client = signed(alice)
    with CaptureQueriesContext(connection) as counted:
        client.get("/c/afl/")
    assert (
        sum("clustering_preference" in query["sql"] and '"keys"' in query["sql"] for query in counted.captured_queries)
        == 1
    )


@pytest.mark.parametrize(("name", "key"), [("search", "s"), ("rotate", "?"), ("same", "/"), ("map-document", "?")])
def test_what_works_everywhere_meets_every_other(alice: User, signed: Signed, name: str, key: str) -> None:
    answer = signed(alice).post("/keys/mine/", {name: key})
    assert answer.status_code == 422
    assert "is used twice" in answer.content.decode()
    assert not Preference.objects.filter(user=alice).exclude(keys={}).exists()


def test_one_key_does_different_things_at_different_places(alice: User, signed: Signed) -> None:
    assert signed(alice).post("/keys/mine/", {"rotate-pair": "e"}).status_code == 302
    assert Preference.objects.get(user=alice).keys == {"rotate-pair": "e"}
