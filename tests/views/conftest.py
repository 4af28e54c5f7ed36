"""Fixtures for tests of views: signed-in clients without JavaScript."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from clustering.jobs import launching
from clustering.models import User
from tests.uploads import Sender

Signed = Callable[[User], Client]
Post = Callable[..., Any]


def unpacked(packed: dict[str, Any]) -> list[dict[str, Any]]:
    """Return short rows as records."""
    return [dict(zip(packed["columns"], row, strict=True)) for row in packed["rows"]]


@pytest.fixture
def signed() -> Signed:
    """Return a client of a person: signed(alice).get("/")."""

    def enter(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return enter


@pytest.fixture
def send(signed: Signed) -> Post:
    """Send an act as the desk does: send(alice, "afl", verb="split", group=1, before=2, versions={1: 1})."""

    def post(user: User, slug: str, *, verb: str, **act: Any) -> Any:
        address = f"/api/v1/collections/{slug}/acts/{verb}"
        return signed(user).post(address, json.dumps({"since": 0, **act}), content_type="application/json")

    return post


@pytest.fixture
def store(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A media folder for this test only, and no broker."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.CACHE_ROOT = tmp_path / "cache"
    monkeypatch.setattr(launching, "send_slice", lambda job, following: None)
    return tmp_path / "media" / "uploads"


@pytest.fixture
def sender(sam: User, signed: Signed) -> Sender:
    """Staff who have begun an upload."""
    made = Sender(signed(sam))
    assert made.begin(process="on").status_code == 201
    return made
