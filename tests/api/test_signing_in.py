"""The door: tokens and sessions, and what each may do."""

from __future__ import annotations

import json
from datetime import timedelta
from time import monotonic
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from clustering.accounts.tokens import revoke_token, token_for
from clustering.api import signing_in
from clustering.models import ApiToken, Edit, Group, User
from hhreview.cache import OpenRedisCache
from tests.api.conftest import Scripts
from tests.conftest import MakeCollection

PLACE = "/api/v1/collections"


def problem_of(answer: Any, status: int) -> str:
    """The sentence, the shape being as it should."""
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert {"type", "title", "detail"} <= body.keys()
    assert body["type"].startswith("/api/v1/#problem-")
    return str(body["detail"])


def test_a_problem_is_told_in_the_language_that_is_asked_for(client: Client, db: None) -> None:
    body = client.get("/api/v1/me", headers={"Accept-Language": "de"}).json()
    assert body["title"] == "Nicht angemeldet"
    assert body["detail"].startswith("Sie sind nicht angemeldet.")


def test_a_token_says_who_asks(alice: User, script: Scripts) -> None:
    body = script(alice).get("/me").json()
    assert (body["user"], body["signed_in_by"], body["may_edit"], body["may_launch"]) == (
        "alice",
        "token",
        True,
        False,
    )


def test_nobody_comes_in_without_one(make_collection: MakeCollection) -> None:
    make_collection(groups=[1])
    answer = Client().get(PLACE)
    assert "Tokens for scripts" in problem_of(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["Bearer hhr_wrong", "Bearer", "Basic YWxpY2U6eA==", "Bearer hhr_" + "x" * 500, ""])
def test_a_wrong_token_is_refused_even_beside_a_good_session(alice: User, header: str) -> None:
    client = Client(headers={"Authorization": header})
    client.force_login(alice)
    problem_of(client.get(PLACE), 401)


def test_a_revoked_token_is_refused_at_once(alice: User, script: Scripts) -> None:
    mine = script(alice)
    assert mine.get("/me").status_code == 200
    assert revoke_token(ApiToken.objects.get())
    assert "revoked" in problem_of(mine.get("/me"), 401)
    assert not revoke_token(ApiToken.objects.get()), "once is enough"


def test_an_expired_token_is_refused(alice: User, script: Scripts) -> None:
    mine = script(alice)
    ApiToken.objects.update(expires=timezone.now() - timedelta(seconds=1))
    problem_of(mine.get("/me"), 401)


def test_a_token_ends_with_its_person(alice: User, script: Scripts) -> None:
    mine = script(alice)
    User.objects.update(is_active=False)
    problem_of(mine.get("/me"), 401)


def test_a_token_is_kept_as_a_fingerprint_only(alice: User, script: Scripts) -> None:
    secret = script(alice).secret
    row = ApiToken.objects.values().get()
    assert secret not in str(row)
    assert (row["start"], len(row["digest"])) == (secret[:8], 64)


def test_last_use_is_noted_once_a_minute(alice: User, script: Scripts, django_assert_num_queries: Any) -> None:
    secret = script(alice).secret
    with django_assert_num_queries(2):
        token_for(secret)
    first = ApiToken.objects.get().last_used
    assert first is not None
    with django_assert_num_queries(1):
        token_for(secret)
    ApiToken.objects.update(last_used=first - timedelta(minutes=2))
    token_for(secret)
    used = ApiToken.objects.get().last_used
    assert used is not None
    assert used >= first


def test_a_token_that_only_reads_changes_nothing(alice: User, make_collection: MakeCollection, script: Scripts) -> None:
    make_collection(groups=[2])
    reader = script(alice, scope="read")
    assert reader.get("/collections/afl").status_code == 200
    assert reader.get("/me").json()["may_edit"] is False
    answer = reader.post("/collections/afl/acts/split", group=Group.objects.get().pk, before=2)
    assert "read-only" in problem_of(answer, 403)
    assert not Edit.objects.exists()


def test_a_token_never_exceeds_its_person(victor: User, make_collection: MakeCollection, script: Scripts) -> None:
    make_collection(groups=[2])
    answer = script(victor).post("/collections/afl/acts/split", group=Group.objects.get().pk, before=2)
    assert "edit access" in problem_of(answer, 403)
    victor.groups.clear()
    assert script(victor, scope="read").get("/collections").json()["items"] == []


def test_a_session_reads_and_writes_with_the_csrf_token_only(alice: User, make_collection: MakeCollection) -> None:
    make_collection(groups=[3])
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.get("/api/v1/me").json()["signed_in_by"] == "session"
    body = json.dumps({"group": Group.objects.get().pk, "before": 2})
    place = "/api/v1/collections/afl/acts/split"
    assert "CSRF" in problem_of(client.post(place, body, content_type="application/json"), 403)
    assert not Edit.objects.exists()
    client.get("/")
    token = client.get("/keys/mine/").cookies["csrftoken"].value
    headers = {"X-CSRFToken": token}
    assert client.post(place, body, content_type="application/json", headers=headers).status_code == 200


def test_a_token_needs_no_csrf_token(alice: User, make_collection: MakeCollection, script: Scripts) -> None:
    make_collection(groups=[2])
    secret = script(alice).secret
    client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {secret}"})
    body = json.dumps({"group": Group.objects.get().pk, "before": 2})
    answer = client.post("/api/v1/collections/afl/acts/split", body, content_type="application/json")
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "path",
    ["nothing", "collections/", "collections/a b/pages", "collections/a%0Ab/pages"],
)
def test_an_address_that_is_none_says_so_in_the_one_shape(alice: User, script: Scripts, path: str) -> None:
    assert "no such address" in problem_of(script(alice).get(f"/{path}"), 404)
    problem_of(Client().post(f"/api/v1/{path}"), 404)


def test_a_method_that_an_address_does_not_take_is_named(alice: User, script: Scripts) -> None:
    answer = script(alice).client.delete("/api/v1/me")
    assert "allows GET, not DELETE" in problem_of(answer, 405)
    assert answer.headers["Allow"] == "GET"


def test_what_breaks_is_told_in_the_one_shape(
    alice: User, script: Scripts, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    mine = script(alice)
    mine.client.raise_request_exception = False
    monkeypatch.setattr("clustering.api.collections.access_collections", lambda user: 1 / 0)
    assert "The log has the details" in problem_of(mine.get("/collections"), 500)
    assert "ZeroDivisionError" in caplog.text


def test_the_document_is_there_for_everybody() -> None:
    document = Client().get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert "/api/v1/collections/{slug}/acts/split" in document["paths"]


# --- How often -----------------------------------------------------------------------------------------------------


def test_requests_beyond_the_rate_are_refused_until_the_next_period(
    alice: User, victor: User, make_collection: MakeCollection, script: Scripts, settings: Settings
) -> None:
    make_collection(groups=[2])
    settings.API_RATE = (4, 86_400)
    first, second = script(alice), script(alice)
    assert [each.get("/me").status_code for each in (first, second, first, second)] == [200] * 4
    refused = second.post("/collections/afl/acts/split", group=Group.objects.get().pk, before=2)
    assert "Nothing was saved" in problem_of(refused, 429)
    assert 1 <= int(refused["Retry-After"]) <= 86_400
    assert refused.json()["type"] == "/api/v1/#problem-too-many"
    assert not Edit.objects.exists()
    assert script(victor).get("/me").status_code == 200, "nobody waits for another person"
    desk = Client()
    desk.force_login(alice)
    assert desk.get("/api/v1/me").status_code == 200, "her scripts don’t stop her work in the browser"
    settings.API_RATE = (0, 60)
    assert first.get("/me").status_code == 200


def test_a_rate_ends_with_its_period(
    alice: User, script: Scripts, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.API_RATE = (1, 60)
    mine = script(alice)
    monkeypatch.setattr(signing_in, "time", lambda: 600.0 + 10)
    assert [mine.get("/me").status_code for _ in range(2)] == [200, 429]
    assert mine.get("/me")["Retry-After"] == "50"
    monkeypatch.setattr(signing_in, "time", lambda: 600.0 + 60)
    assert mine.get("/me").status_code == 200


def test_without_the_cache_nothing_is_counted(
    alice: User, script: Scripts, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.API_RATE = (1, 60)
    monkeypatch.setattr(OpenRedisCache, "_rest_until", monotonic() + 60)
    mine = script(alice)
    assert [mine.get("/me").status_code for _ in range(3)] == [200] * 3
