"""Settings come from the environment only; a wrong value stops the start with its name."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import time
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django.fixtures import Settings

from clustering import checks
from hhreview.env import (
    database_from_url,
    email_from_url,
    env_bool,
    env_choice,
    env_device,
    env_endpoint,
    env_hosts,
    env_hours,
    env_int,
    env_languages,
    env_list,
    env_object,
    env_origins,
    env_path,
    env_price,
    env_rate,
    env_str,
    env_time_zone,
    redis_urls,
)
from hhreview.local import data_folder
from hhreview.servers.starting import ServerPaths
from tests.embedded import prepare, settings_in

ROOT = Path(__file__).resolve().parents[2]


def test_a_wrong_number_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HHREVIEW_SLICE_SECONDS", "soon")
    with pytest.raises(ImproperlyConfigured, match="HHREVIEW_SLICE_SECONDS is 'soon'; write a whole number"):
        env_int("HHREVIEW_SLICE_SECONDS", 30)


def test_a_number_below_the_minimum_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HHREVIEW_SLICE_SECONDS", "0")
    with pytest.raises(ImproperlyConfigured, match="write 1 or more"):
        env_int("HHREVIEW_SLICE_SECONDS", 30, minimum=1)


def test_a_mail_server_is_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "HHREVIEW_EMAIL_URL"
    monkeypatch.delenv(name, raising=False)
    assert email_from_url(name) == {}
    monkeypatch.setenv(name, "smtp://desk:p%40ss@mail.example.org")
    read = email_from_url(name)
    assert [read[part] for part in ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD")] == [
        "mail.example.org", 587, "desk", "p@ss",
    ]  # fmt: skip
    assert (read["USE_TLS"], read["USE_SSL"]) == (True, False)
    monkeypatch.setenv(name, "smtps://mail.example.org")
    assert [email_from_url(name)[part] for part in ("PORT", "USE_TLS", "USE_SSL")] == [465, False, True]
    monkeypatch.setenv(name, "console:")
    assert email_from_url(name)["BACKEND"].endswith("console.EmailBackend")
    for wrong in ("mail.example.org", "http://mail.example.org", "smtp://", "smtp://mail:port"):
        monkeypatch.setenv(name, wrong)
        with pytest.raises(ImproperlyConfigured, match=name):
            email_from_url(name)


def test_a_wrong_switch_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HHREVIEW_DEBUG", "perhaps")
    with pytest.raises(ImproperlyConfigured, match="HHREVIEW_DEBUG is 'perhaps'; write 1 or 0"):
        env_bool("HHREVIEW_DEBUG", default=False)


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("yes", True), ("off", False), ("", False)])
def test_switches_read_as_people_write_them(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    monkeypatch.setenv("HHREVIEW_DEBUG", value)
    assert env_bool("HHREVIEW_DEBUG", default=not expected) is expected


def test_hours_are_two_times_of_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HHREVIEW_NIGHT", "19:00-07:00")
    assert env_hours("HHREVIEW_NIGHT") == (time(19), time(7))
    for wrong in ("19:00", "7-19-20", "evening-morning", "08:00-08:00"):
        monkeypatch.setenv("HHREVIEW_NIGHT", wrong)
        with pytest.raises(ImproperlyConfigured, match="HHREVIEW_NIGHT"):
            env_hours("HHREVIEW_NIGHT")


def test_a_rate_is_a_number_per_period(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "HHREVIEW_API_RATE"
    monkeypatch.delenv(name, raising=False)
    assert env_rate(name, "6000/minute") == (6000, 60)
    for right, read in {"5/second": (5, 1), "100/hour": (100, 3600), "0": (0, 60)}.items():
        monkeypatch.setenv(name, right)
        assert env_rate(name, "6000/minute") == read
    for wrong in ("100", "0/minute", "fast", "-5/minute", "5/week", "/minute", "1.5/second"):
        monkeypatch.setenv(name, wrong)
        with pytest.raises(ImproperlyConfigured, match=r"HHREVIEW_API_RATE is .*; write a number of requests per"):
            env_rate(name, "6000/minute")


def test_a_secret_is_read_from_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from a file\n")
    monkeypatch.setenv("HHREVIEW_SECRET_KEY_FILE", str(tmp_path / "key"))
    assert env_str("HHREVIEW_SECRET_KEY") == "from a file"


def test_a_missing_secret_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HHREVIEW_SECRET_KEY_FILE", "/nowhere/key")
    with pytest.raises(ImproperlyConfigured, match="/nowhere/key, which can’t be read"):
        env_str("HHREVIEW_SECRET_KEY")


@pytest.mark.parametrize(
    ("read", "wrong", "right"),
    [
        (lambda name: env_device(name, "auto"), "gpu", "cuda:1"),
        (lambda name: env_time_zone(name, "UTC"), "Mars/Base", "Europe/Berlin"),
        (
            lambda name: env_hosts(name, []),
            "https://desk.example.org",
            ".example.org,[::1],10.0.0.1,*",
        ),
        (lambda name: env_hosts(name, []), "desk.example.org:8000", "localhost"),
        (env_origins, "desk.example.org", "https://desk.example.org:8443"),
        (env_origins, "https://desk.example.org/c/", "http://localhost"),
        (lambda name: env_int(name, 25, minimum=1, maximum=100), "101", "100"),
    ],
)
def test_a_wrong_value_stops_the_start_and_a_right_one_does_not(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[str], object], wrong: str, right: str
) -> None:
    monkeypatch.setenv("HHREVIEW_SOMETHING", wrong)
    with pytest.raises(ImproperlyConfigured, match="HHREVIEW_SOMETHING"):
        read("HHREVIEW_SOMETHING")
    monkeypatch.setenv("HHREVIEW_SOMETHING", right)
    assert read("HHREVIEW_SOMETHING")


def command(name: str, env: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    given = [sys.executable, str(ROOT / "manage.py"), name, *options]
    return subprocess.run(given, env=env, capture_output=True, text=True, check=False)


def test_up_warns_of_a_misspelt_name(tmp_path: Path) -> None:
    prepare(tmp_path)
    env = {**os.environ, "HHREVIEW_DATA_DIR": str(tmp_path), "HHREVIEW_NIGTH": "19:00-07:00"}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        run = command("up", env, "--host", "127.0.0.1", "--port", port)
    assert run.returncode == 1 and port in run.stderr, "it ends before anything starts"
    assert "hhreview.W005" in run.stderr and "HHREVIEW_NIGTH" in run.stderr


def test_a_wrong_value_is_told_in_one_line(tmp_path: Path) -> None:
    env = {**os.environ, "HHREVIEW_DATA_DIR": str(tmp_path), "HHREVIEW_LOG_LEVEL": "LOUD"}
    run = command("check", env)
    assert run.returncode == 1 and "HHREVIEW_LOG_LEVEL" in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1


def test_a_misspelt_name_is_told_with_the_right_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [warning.msg for warning in checks.check_names(None)] == []
    for name in (*checks.FOR_COMPOSE, "HHREVIEW_SECRET_KEY_FILE", "HHREVIEW_DATABASE_POOL_SIZE"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("HHREVIEW_NIGTH", "19:00-07:00")
    (warning,) = checks.check_names(None)
    assert warning.id == "hhreview.W005" and "HHREVIEW_NIGTH" in warning.msg and "HHREVIEW_NIGHT?" in str(warning.hint)


def test_folders_that_are_not_there_are_told(settings: Settings, tmp_path: Path) -> None:
    settings.IMPORT_ROOTS, settings.SCHEMA_FOLDER = [tmp_path, tmp_path / "gone"], tmp_path / "no schemas"
    messages = checks.check_folders(None)
    assert [warning.id for warning in messages] == ["hhreview.W006"] * 2
    for warning, name in zip(messages, ("gone", "no schemas"), strict=True):
        assert str(tmp_path / name) in warning.msg


@pytest.mark.parametrize("key", ["no such", "minilm"])
def test_an_encoder_that_takes_no_images_is_refused(settings: Settings, key: str) -> None:
    settings.ENCODER = key
    assert [problem.id for problem in checks.check_encoder(None)] == ["hhreview.E005"]


@pytest.mark.parametrize(
    ("given", "meant"), [("~/scans", "{home}/scans"), ("scans", "{here}/scans"), ("/scans", "/scans")]
)
def test_a_folder_may_be_named_as_in_a_shell(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: str, meant: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HHREVIEW_MEDIA_ROOT", given)
    assert str(env_path("HHREVIEW_MEDIA_ROOT")) == meant.format(home=tmp_path, here=Path.cwd())


def test_a_folder_that_leads_nowhere_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HHREVIEW_MEDIA_ROOT", "~nobody_of_this_name/x")
    with pytest.raises(ImproperlyConfigured, match="HHREVIEW_MEDIA_ROOT is '~nobody_of_this_name/x', a home folder"):
        env_path("HHREVIEW_MEDIA_ROOT")
    monkeypatch.setenv("HHREVIEW_DATA_DIR", "~nobody_of_this_name/x")
    with pytest.raises(ImproperlyConfigured, match="HHREVIEW_DATA_DIR is '~nobody_of_this_name/x', which leads to no"):
        data_folder()
    monkeypatch.delenv("HHREVIEW_CACHE_ROOT", raising=False)
    assert env_path("HHREVIEW_CACHE_ROOT") is None


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


def test_a_url_that_is_not_redis_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL"):
        redis_urls("http://redis:6379")


def test_a_redis_host_is_the_same_for_both() -> None:
    assert redis_urls("redis://redis:6379/0") == ("redis://redis:6379/0", "redis://redis:6379/0")


def test_the_address_of_a_language_model_is_a_base_address(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "HHREVIEW_LLM_URL"
    for good in ("http://127.0.0.1:11434/v1", "https://api.example.org/v1/", "http://[::1]:8080/v1"):
        monkeypatch.setenv(name, good)
        assert env_endpoint(name) == good.rstrip("/")
    for wrong in (
        "api.example.org/v1",
        "ftp://x/v1",
        "http://",
        "http://x:99999/v1",
        "http://x/v1?key=1",
        "file:///etc",
    ):
        monkeypatch.setenv(name, wrong)
        with pytest.raises(ImproperlyConfigured, match=name):
            env_endpoint(name)
    monkeypatch.setenv(name, "https://me:secret@api.example.org/v1")
    with pytest.raises(ImproperlyConfigured, match="HHREVIEW_LLM_KEY") as caught:
        env_endpoint(name)
    assert "secret" not in str(caught.value)
    monkeypatch.delenv(name)
    assert env_endpoint(name) == ""


def test_choices_prices_and_objects_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HHREVIEW_LLM_SENDS", "everything")
    with pytest.raises(ImproperlyConfigured, match="write text, pictures or both"):
        env_choice("HHREVIEW_LLM_SENDS", "text", ("text", "pictures", "both"))
    for wrong in ("cheap", "-1", "nan", "inf"):
        monkeypatch.setenv("HHREVIEW_LLM_PRICE_IN", wrong)
        with pytest.raises(ImproperlyConfigured, match="HHREVIEW_LLM_PRICE_IN"):
            env_price("HHREVIEW_LLM_PRICE_IN")
    monkeypatch.setenv("HHREVIEW_LLM_PRICE_IN", "0.15")
    assert env_price("HHREVIEW_LLM_PRICE_IN") == Decimal("0.15")
    for wrong in ("[1]", "{", "1"):
        monkeypatch.setenv("HHREVIEW_LLM_EXTRA", wrong)
        with pytest.raises(ImproperlyConfigured, match="HHREVIEW_LLM_EXTRA"):
            env_object("HHREVIEW_LLM_EXTRA")


def test_languages_are_checked_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HHREVIEW_OCR_LANGUAGE", "deu, eng")
    assert env_languages("HHREVIEW_OCR_LANGUAGE", "eng") == "deu+eng"
    monkeypatch.setenv("HHREVIEW_OCR_LANGUAGE", "d")
    with pytest.raises(ImproperlyConfigured, match="HHREVIEW_OCR_LANGUAGE: “d” names no language"):
        env_languages("HHREVIEW_OCR_LANGUAGE", "eng")


def test_pages_that_travel_unencrypted_are_warned_of(settings: Settings) -> None:
    from clustering.checks import check_language_model

    settings.LLM_MODEL = "tiny"
    for address, warned in (
        ("", 0),
        ("http://127.0.0.1/v1", 0),
        ("https://a.example/v1", 0),
        ("http://a.example/v1", 1),
    ):
        settings.LLM_URL = address
        assert len(check_language_model(None)) == warned


@pytest.mark.parametrize(
    ("written", "served_at"),
    [
        ("http://127.0.0.1:8231/ (process 7)", "http://127.0.0.1:8231"),
        ("http://0.0.0.0:8080/ (process 7)", "http://127.0.0.1:8080"),
        ("http://desk.example.org:80/ (process 7)", "http://desk.example.org:80"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_data_folder_tells_where_it_is_served(tmp_path: Path, written: str | None, served_at: str) -> None:
    paths = ServerPaths(tmp_path)
    paths.run.mkdir()
    if written is not None:
        paths.set_lock.write_text(written, encoding="utf-8")
    assert paths.served_at == served_at


def test_tests_know_no_settings_but_how_to_test() -> None:
    names = ["HHREVIEW_PORT", "HHREVIEW_TEST_SLOW", "HHREVIEW_DATA_DIR", "PATH"]
    assert settings_in(names) == ["HHREVIEW_PORT"]
