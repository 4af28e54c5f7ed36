"""Fixtures for tests of the API: scripts with tokens."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from clustering.accounts.tokens import make_token
from clustering.jobs import launching
from clustering.jobs.slices import Next
from clustering.models import User

ROOT = "/api/v1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each operation of the API has an id of its own.

    What schemathesis makes of one function loses the operation's name under pytest 9.2, and where tests run in several
    processes all but one of those that are called the same would be dropped without a word.
    """
    for item in items:
        label = getattr(item, "operation_label", None)
        if label and label not in item.nodeid and item.parent is not None:
            item._id = item.parent.id.child(item.name)
    twice = [nodeid for nodeid, count in Counter(item.nodeid for item in items).items() if count > 1]
    if twice:
        raise pytest.UsageError(f"Several tests are called {twice[0]}, and only one of them would run.")


class Script:
    """A script with a token: script.get("/collections", limit=2), script.post("/…/acts/split", group=1)."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.client = Client(headers={"Authorization": f"Bearer {secret}"})

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(path if path.startswith(ROOT) else ROOT + path, query)

    def post(self, path: str, **body: Any) -> Any:
        return self.client.post(ROOT + path, json.dumps(body, default=str), content_type="application/json")

    def all(self, path: str, **query: Any) -> list[Any]:
        """Every item of a list, part by part."""
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
    """Create a person's script, which may read and write: script(alice), script(alice, scope="read")."""

    def make(user: User, *, scope: str = "write") -> Script:
        return Script(make_token(user, name=f"test {uuid4()}", scope=scope, days=None)[1])

    return make


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Jobs sent to workers; the broker is replaced here.

    Tests run in a transaction that never commits, so what waits for the commit is done at once.
    """
    seen: list[int] = []
    monkeypatch.setattr(launching, "send_slice", lambda job_id, following: seen.append(job_id))
    monkeypatch.setattr(launching, "enqueue_on_commit", lambda job: launching.send_slice(job.pk, Next(0, "default")))
    return seen
