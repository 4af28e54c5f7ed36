"""Settings come from the environment only; a wrong value stops the start with its name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from hhreview.env import database_from_url, env_bool, env_int, env_list, env_str, redis_urls

ROOT = Path(__file__).resolve().parents[2]


def test_a_wrong_number_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HHREVIEW_SLICE_SECONDS", "soon")
    with pytest.raises(ImproperlyConfigured, match="HHREVIEW_SLICE_SECONDS is 'soon'; write a whole number"):
        env_int("HHREVIEW_SLICE_SECONDS", 30)


def test_a_number_below_the_minimum_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HHREVIEW_SLICE_SECONDS", "0")
    with pytest.raises(ImproperlyConfigured, match="write 1 or more"):
        env_int("HHREVIEW_SLICE_SECONDS", 30, minimum=1)


def test_a_wrong_switch_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HHREVIEW_DEBUG", "perhaps")
    with pytest.raises(ImproperlyConfigured, match="HHREVIEW_DEBUG is 'perhaps'; write 1 or 0"):
        env_bool("HHREVIEW_DEBUG", default=False)


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("yes", True), ("off", False), ("", False)])
def test_switches_read_as_people_write_them(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    monkeypatch.setenv("HHREVIEW_DEBUG", value)
    assert env_bool("HHREVIEW_DEBUG", default=not expected) is expected


def test_a_secret_is_read_from_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from a file\n")
    monkeypatch.setenv("HHREVIEW_SECRET_KEY_FILE", str(tmp_path / "key"))
    assert env_str("HHREVIEW_SECRET_KEY") == "from a file"


def test_a_missing_secret_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HHREVIEW_SECRET_KEY_FILE", "/nowhere/key")
    with pytest.raises(ImproperlyConfigured, match="/nowhere/key, which cannot be read"):
        env_str("HHREVIEW_SECRET_KEY")


def test_lists_drop_blanks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HHREVIEW_ALLOWED_HOSTS", "desk.example.org, ,localhost")
    assert env_list("HHREVIEW_ALLOWED_HOSTS", []) == ["desk.example.org", "localhost"]


def test_a_database_url_is_taken_apart() -> None:
    database = database_from_url("postgresql://desk:p%40ss@db:5433/hhreview?sslmode=require")
    assert (database["HOST"], database["PORT"], database["USER"]) == ("db", "5433", "desk")
    assert (database["NAME"], database["PASSWORD"]) == ("hhreview", "p@ss")
    assert database["OPTIONS"] == {"sslmode": "require"}


def test_a_socket_folder_is_the_host() -> None:
    assert database_from_url("postgresql://postgres@/hhreview?host=/run/pg")["HOST"] == "/run/pg"


@pytest.mark.parametrize("url", ["sqlite:///db.sqlite3", "postgresql://db/", "postgresql://db:port/hhreview"])
def test_a_url_that_is_no_postgresql_database_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        database_from_url(url)


@pytest.mark.parametrize("url", ["unix:///run/redis.sock?db=3", "redis+socket:///run/redis.sock?virtual_host=3"])
def test_a_redis_socket_is_spelt_for_both_its_users(url: str) -> None:
    expected = ("unix:///run/redis.sock?db=3", "redis+socket:///run/redis.sock?virtual_host=3")
    assert redis_urls(url) == expected


def test_a_redis_host_is_the_same_for_both() -> None:
    assert redis_urls("redis://redis:6379/0") == ("redis://redis:6379/0", "redis://redis:6379/0")


def test_every_setting_is_documented() -> None:
    source = "".join((ROOT / "hhreview" / name).read_text() for name in ("settings.py", "local.py"))
    read = set(re.findall(r'"((?:HHREVIEW_|DATABASE_URL|REDIS_URL)[A-Z_]*)"', source)) - {"HHREVIEW_"}
    documented = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs" / "reference" / "settings.md").read_text()))
    assert read
    assert read - {name for name in read if name.endswith("_FILE")} <= documented
