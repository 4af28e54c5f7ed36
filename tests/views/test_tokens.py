"""Tokens at the desk: made, shown once, revoked; nobody touches another's."""

from __future__ import annotations

import re

from django.test import Client

from clustering.accounts.tokens import MOST_TOKENS, make_token, token_for
from clustering.models import ApiToken, User
from tests.views.conftest import Signed

FORM = {"name": "nightly export", "scope": "read", "days": "90"}


def test_it_makes_a_token_and_shows_it_once(alice: User, signed: Signed) -> None:
    client = signed(alice)
    answer = client.post("/tokens/", FORM)
    assert "no-store" in answer.headers["Cache-Control"]
    secret = re.search(r'value="(hhr_[\w-]+)"', answer.content.decode())
    assert secret is not None
    token = token_for(secret[1])
    assert token is not None
    assert (token.user, token.name, token.scope) == (alice, "nightly export", "read")
    assert token.expires is not None
    assert (token.expires - token.created).days in {89, 90}
    again = client.get("/tokens/").content.decode()
    assert secret[1] not in again
    assert secret[1][:8] in again


def test_a_name_is_used_once_until_it_is_revoked(alice: User, bob: User, signed: Signed) -> None:
    client = signed(alice)
    client.post("/tokens/", FORM)
    refused = client.post("/tokens/", FORM)
    assert refused.status_code == 422
    assert "already" in refused.content.decode()
    assert signed(bob).post("/tokens/", FORM).status_code == 200, "another person's names are their own"
    client.post(f"/tokens/{ApiToken.objects.get(user=alice).pk}/revoke/")
    assert client.post("/tokens/", FORM).status_code == 200


def test_it_refuses_what_makes_no_token(alice: User, signed: Signed) -> None:
    client = signed(alice)
    for wrong in ({"name": " "}, {"scope": "all"}, {"days": "7"}, {"name": "x" * 81}):
        assert client.post("/tokens/", FORM | wrong).status_code == 422
    assert not ApiToken.objects.exists()
    assert client.post("/tokens/", FORM | {"days": ""}).status_code == 200
    assert ApiToken.objects.get().expires is None


def test_a_person_has_so_many_at_most(alice: User, signed: Signed) -> None:
    for number in range(MOST_TOKENS):
        make_token(alice, name=f"t{number}", scope="read", days=None)
    refused = signed(alice).post("/tokens/", FORM)
    assert refused.status_code == 422
    assert "Revoke some" in refused.content.decode()


def test_it_revokes_once_and_only_ones_own(alice: User, sam: User, signed: Signed) -> None:
    token, secret = make_token(alice, name="mine", scope="write", days=30)
    assert signed(sam).post(f"/tokens/{token.pk}/revoke/").status_code == 404, "not even staff"
    assert token_for(secret) is not None
    client = signed(alice)
    assert client.get(f"/tokens/{token.pk}/revoke/").status_code == 405
    assert "is revoked" in client.post(f"/tokens/{token.pk}/revoke/", follow=True).content.decode()
    assert "was already revoked" in client.post(f"/tokens/{token.pk}/revoke/", follow=True).content.decode()
    assert token_for(secret) is None


def test_nobody_makes_tokens_without_signing_in(db: None) -> None:
    assert Client().post("/tokens/", FORM).status_code == 401
    assert Client().post("/tokens/1/revoke/").headers["Location"].startswith("/sign-in/")
    assert not ApiToken.objects.exists()


def test_staff_see_tokens_in_the_admin_and_change_none(alice: User, sam: User, signed: Signed) -> None:
    token, _ = make_token(alice, name="mine", scope="write", days=30)
    client = signed(sam)
    assert "mine" in client.get("/admin/clustering/apitoken/").content.decode()
    page = client.get(f"/admin/clustering/apitoken/{token.pk}/change/").content.decode()
    assert token.digest not in page
    assert 'type="submit" value="Save"' not in page
    assert client.post(f"/admin/clustering/apitoken/{token.pk}/delete/", {"post": "yes"}).status_code == 403
