"""People at a browser without JavaScript: clients that are signed in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

Signed = Callable[[User], Client]
Post = Callable[..., Any]


@pytest.fixture
def signed() -> Signed:
    """signed(alice).get("/")."""

    def enter(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return enter


@pytest.fixture
def send(signed: Signed) -> Post:
    """send(alice, "afl", verb="split", group=1, before=2, versions={1: 1})."""

    def post(user: User, slug: str, **act: Any) -> Any:
        return signed(user).post(f"/c/{slug}/acts/", json.dumps(act), content_type="application/json")

    return post
