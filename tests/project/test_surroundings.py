"""A machine that others use as well: what its shells have set, and how folders are called there, changes nothing."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psycopg
import pytest

from hhreview import local
from hhreview.servers import postgres, starting
from hhreview.servers.starting import ServerPaths
from tests.embedded import prepare

ROOT = Path(__file__).resolve().parents[2]
PROPOSE = ["manage.py", "propose", "zunz"]
ODD = "My Data, 100% & c++ #1?"
OTHER_DATABASE = {
    "PGHOST": "db.example.org",
    "PGHOSTADDR": "192.0.2.1",
    "PGPORT": "1234",
    "PGUSER": "somebody",
    "PGDATABASE": "else",
    "PGSERVICE": "theirs",
    "PGOPTIONS": "-c search_path=nowhere",
    "PGREQUIREAUTH": "scram-sha-256",
    "PGTARGETSESSIONATTRS": "read-only",
    "PGDATA": "/nowhere",
}

OTHER_BROKER = {
    "BROKER_URL": "redis://theirs.example.org/3",
    "CELERY_BROKER_URL": "redis://theirs.example.org/3",
    "CELERY_BROKER_READ_URL": "redis://theirs.example.org/3",
    "CONFIG_MODULE": "theirs",
    "LOADER": "theirs",
}


def _run(
    data: Path,
    command: list[str],
    more: Mapping[str, str],
    limit: Callable[[], None] | None = None,
    before: Sequence[str] = (sys.executable,),
) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HHREVIEW_")}
    return subprocess.run(
        [*before, *command],
        cwd=ROOT,
        env={**kept, "HHREVIEW_DATA_DIR": str(data), **more},
        capture_output=True,
        text=True,
        timeout=120,
        preexec_fn=limit,
    )


def _limited(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("name", [ODD, "plain"])
def test_another_database_in_the_environment_is_not_ours(tmp_path: Path, name: str) -> None:
    prepare(tmp_path / name)
    asked = _run(tmp_path / name, PROPOSE, {**OTHER_DATABASE, "TMPDIR": str(tmp_path)})
    assert (asked.returncode, "There is no collection zunz" in asked.stderr) == (1, True), asked.stderr


def test_sockets_lie_where_every_process_looks_for_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "_FOR_ALL", tmp_path / "all")
    (tmp_path / "all").mkdir()
    plain, odd, long = (ServerPaths(tmp_path / name) for name in ("plain-ü_1.2", ODD, "deep/" * 30))
    assert plain.sockets == plain.run
    before = odd.sockets, long.sockets
    assert {folder.parent for folder in before} == {tmp_path / "all"}
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert (odd.sockets, long.sockets) == before


@pytest.mark.parametrize("settings", ["another.settings", "json"])
def test_another_project_s_settings_are_refused(tmp_path: Path, settings: str) -> None:
    asked = _run(tmp_path, PROPOSE, {"DJANGO_SETTINGS_MODULE": settings})
    assert (asked.returncode, asked.stderr.count("\n")) == (1, 1), asked.stderr
    assert asked.stderr.startswith(f"DJANGO_SETTINGS_MODULE is '{settings}'")
    assert not [*tmp_path.iterdir()]


def test_another_broker_in_the_environment_is_not_ours(tmp_path: Path) -> None:
    command = ["-P", "-m", "celery", "-A", "hhreview", "report"]
    asked = _run(tmp_path, command, {"REDIS_URL": "redis://ours.example.org/0", **OTHER_BROKER})
    assert asked.returncode == 0, asked.stderr
    urls = [line for line in asked.stdout.splitlines() if "broker" in line.casefold() and "redis://" in line]
    assert urls
    assert not [line for line in urls if "theirs" in line]


def test_a_limit_on_the_size_of_files_is_named_before_anything_starts(tmp_path: Path) -> None:
    asked = _run(tmp_path, PROPOSE, {}, limit=lambda: _limited(8 << 20))
    assert (asked.returncode, asked.stderr.count("\n")) == (1, 1), asked.stderr
    assert "ulimit -f" in asked.stderr
    assert not (tmp_path / "postgres").exists()


def test_a_machine_that_shows_no_processes_is_named_before_anything_starts(tmp_path: Path) -> None:
    hidden = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /proc && exec "$@"', "sh"]
    if subprocess.run([*hidden, "true"], capture_output=True).returncode:
        pytest.skip("needs the right to hide /proc")
    asked = _run(tmp_path, PROPOSE, {}, before=[*hidden, sys.executable])
    assert (asked.returncode, asked.stderr.count("\n")) == (1, 1), asked.stderr
    assert "/proc is missing" in asked.stderr
    assert not (tmp_path / "postgres").exists()


def test_a_full_or_closed_shared_memory_is_not_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(tmp_path)
    monkeypatch.setattr(postgres, "_SHARED", tmp_path / "nowhere")
    with local.servers(tmp_path) as paths, psycopg.connect(f"host={paths.sockets} user=postgres") as connection:
        assert connection.execute("SHOW dynamic_shared_memory_type").fetchone() == ("mmap",)
