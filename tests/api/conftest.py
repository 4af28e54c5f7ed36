"""Scripts with tokens of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from clustering.actions.tokens import make_token

ROOT = "/api/v1"


class Script:
    """A script that asks with a token: script.get("/collections", limit=2), script.post("/…/acts/split", group=1)."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.client = Client(headers={"Authorization": f"Bearer {secret}"})

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(path if path.startswith(ROOT) else ROOT + path, query)

    def post(self, path: str, **body: Any) -> Any:
        return self.client.post(ROOT + path, json.dumps(body, default=str), content_type="application/json")

    def all(self, path: str, **query: Any) -> list[Any]:
        """Every item of a list, sheet by sheet."""
        items: list[Any] = []
        sheet = self.get(path, **query).json()
        items += sheet["items"]
        while sheet["next"]:
            sheet = self.get(sheet["next"]).json()
            items += sheet["items"]
        return items


Scripts = Callable[..., Script]


@pytest.fixture
def script() -> Scripts:
    """script(alice): hers, which may read and write; script(alice, scope="read")."""

    def make(user: User, *, scope: str = "write") -> Script:
        return Script(make_token(user, name=f"test {scope}", scope=scope, days=None)[1])

    return make
