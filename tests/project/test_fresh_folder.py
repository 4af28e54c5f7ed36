"""Any command may be the first one in a new data folder: it starts the servers and prepares the database."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from clustering.management import commands
from hhreview import schema
from hhreview.servers.starting import Places
from tests.jobs.conftest import draw_page

ROOT = Path(__file__).resolve().parents[2]


def _start(data: Path, *arguments: str, **more: str) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HHREVIEW_")}
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**kept, "HHREVIEW_DATA_DIR": str(data), **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _said(process: subprocess.Popen[str]) -> tuple[int, str]:
    out, err = process.communicate(timeout=180)
    return process.returncode, out + err


def test_two_first_commands_at_once_both_find_a_prepared_database(tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    scans.mkdir()
    draw_page("MINUTES").save(scans / "a_0001.jpg")
    importing = _start(tmp_path / "data", "import_pages", "afl", str(scans))
    asking = _start(tmp_path / "data", "propose", "zunz")
    code, said = _said(importing)
    assert code == 0, said
    assert "1 page added" in said
    code, heard = _said(asking)
    assert code == 1
    assert "There is no collection zunz" in heard
    assert (said + heard).count("Preparing the database") == 1
    assert "migrate" not in said + heard


def test_every_command_of_ours_prepares_the_database_or_needs_none() -> None:
    ours = {file.stem for file in Path(commands.__path__[0]).glob("*.py")}
    assert "import_pages" in ours
    assert not ours & schema.ABOUT_MIGRATIONS


@pytest.fixture
def operators_database(embedded_servers: None) -> Iterator[str]:
    """An empty database that DATABASE_URL names."""
    places = Places(Path(os.environ["HHREVIEW_DATA_DIR"]))
    with psycopg.connect(f"host={places.sockets} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE operators")
        yield f"postgresql://postgres@/operators?host={places.sockets}"
        connection.execute("DROP DATABASE operators WITH (FORCE)")


def test_a_database_of_the_operator_is_not_migrated_unasked(operators_database: str, tmp_path: Path) -> None:
    asking = _start(
        tmp_path, "propose", "zunz", DATABASE_URL=operators_database, REDIS_URL="redis://", HHREVIEW_SECRET_KEY="a"
    )
    code, heard = _said(asking)
    assert code == 1
    assert "Run `manage.py migrate`" in heard
    assert "Traceback" not in heard
