"""Authorities elsewhere: asked only where the operator allows it, by a server that answers as they do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from clustering.models import User
from clustering.sources.authorities import AUTHORITIES
from hhreview.env import LOOKUPS, env_lookups
from tests.conftest import MakeCollection

ANSWERS: dict[str, object] = {
    "/lcnaf": {"q": "cha", "hits": [{"aLabel": "Chavez, Cesar, 1927-1993", "uri": "http://names.example.org/1"}]},
    "/viaf": {"query": "cha", "result": [{"term": "Chavez, Cesar", "viafid": "77"}]},
    "/wikidata": {"search": [{"id": "Q1", "label": "Cesar Chavez", "concepturi": "http://wikidata.example.org/Q1"}]},
    "/odd": {"something": "else"},
}


class Authority(BaseHTTPRequestHandler):
    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        body = json.dumps(ANSWERS[self.path.partition("?")[0]]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def authority() -> Iterator[str]:
    Authority.asked.clear()
    cache.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Authority)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def far(user: User, field: str, text: str) -> dict[str, list[object]]:
    client = Client()
    client.force_login(user)
    answer: dict[str, list[object]] = client.get("/c/afl/terms/", {"field": field, "q": text, "far": "1"}).json()
    return answer


def test_nobody_is_asked_unless_the_operator_says_so(
    make_collection: MakeCollection, alice: User, settings: LazySettings
) -> None:
    make_collection("afl")
    assert settings.LOOKUPS == {}
    assert far(alice, "people", "chavez") == {"terms": [], "problems": []}


def test_they_are_asked_from_the_third_letter_on_and_each_text_once(
    make_collection: MakeCollection, alice: User, settings: LazySettings, authority: str
) -> None:
    make_collection("afl")
    settings.PRIVATE_SOURCES = ["127.0.0.1"]
    settings.LOOKUPS = {name: f"{authority}/{name}?q={{query}}" for name in ("lcnaf", "viaf", "wikidata")}
    assert far(alice, "people", "ch")["terms"] == []
    for _ in range(2):
        assert far(alice, "people", "cha & é")["terms"] == [
            {
                "label": "Chavez, Cesar, 1927-1993",
                "uri": "http://names.example.org/1",
                "source": AUTHORITIES["lcnaf"].title,
            },
            {"label": "Chavez, Cesar", "uri": "http://viaf.org/viaf/77", "source": "VIAF"},
            {"label": "Cesar Chavez", "uri": "http://wikidata.example.org/Q1", "source": "Wikidata"},
        ]
    query = "?q=cha%20%26%20%C3%A9"
    assert sorted(Authority.asked) == [f"/lcnaf{query}", f"/viaf{query}", f"/wikidata{query}"]
    assert [term["source"] for term in far(alice, "subjects", "cha")["terms"]] == ["Wikidata"]  # type: ignore[index]


def test_a_private_address_and_an_odd_answer_are_told_and_harm_nothing(
    make_collection: MakeCollection, alice: User, settings: LazySettings, authority: str
) -> None:
    make_collection("afl")
    settings.LOOKUPS = {"lcnaf": f"{authority}/lcnaf?q={{query}}"}
    (problem,) = far(alice, "people", "chavez")["problems"]
    assert "private address" in str(problem) and Authority.asked == []
    settings.PRIVATE_SOURCES = ["127.0.0.1"]
    settings.LOOKUPS = {"lcnaf": f"{authority}/odd?q={{query}}"}
    (problem,) = far(alice, "people", "chavez")["problems"]
    assert "can’t read" in str(problem)


def test_the_setting_names_authorities_that_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(LOOKUPS) == set(AUTHORITIES)
    monkeypatch.setenv("HHREVIEW_LOOKUPS", "lcsh, viaf=https://mirror.example.org/?q={query}")
    assert env_lookups("HHREVIEW_LOOKUPS") == {"lcsh": "", "viaf": "https://mirror.example.org/?q={query}"}
    for wrong in ("ulan", "lcsh=https://mirror.example.org/", "lcsh=file:///etc/{query}"):
        monkeypatch.setenv("HHREVIEW_LOOKUPS", wrong)
        with pytest.raises(ImproperlyConfigured):
            env_lookups("HHREVIEW_LOOKUPS")
