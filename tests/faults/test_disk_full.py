"""A disk is really full: a small one, where the tests may mount it, else a limit on what the worker may write."""

from __future__ import annotations

import resource
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from PIL import Image

from clustering.sentences import from_text
from tests.embedded import prepare
from tests.faults.desk import ROOT, Desk, reviewing
from tests.strangers import MAY_BECOME_ANOTHER as IS_ROOT

SCANS = 16


def _mounted(place: Path, size: str) -> bool:
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", str(place)]
    return IS_ROOT and subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def disks(home: Path) -> Iterator[dict[str, bool]]:
    """Two small disks, for the data folder and for the scans; whether each could be mounted."""
    disks = {"data": _mounted(home / "data", "300m"), "media": _mounted(home / "media", "2m")}
    yield disks
    for name, mounted in disks.items():
        if mounted:
            subprocess.run(["umount", "--lazy", str(home / name)], check=True)


@pytest.fixture(scope="module")
def desk(home: Path, disks: dict[str, bool]) -> Iterator[Desk]:
    """A desk at work on these disks."""
    desk = Desk(home / "data" / "desk", home, HHREVIEW_MEDIA_ROOT=str(home / "media"))
    prepare(desk.data)
    try:
        desk.start()
        desk.fill("embed")
        desk.goes_on()
        yield desk
    finally:
        desk.stop()


@pytest.fixture(scope="module")
def acts(desk: Desk) -> Iterator[list[uuid.UUID]]:
    with reviewing(desk) as answered:
        yield answered


def _importing(desk: Desk) -> Any:
    rows = desk.sql("SELECT state, error FROM clustering_job WHERE kind = 'import' ORDER BY id DESC LIMIT 1")
    return rows[0]


def test_an_import_waits_for_room_in_the_media_store(desk: Desk, disks: dict[str, bool]) -> None:
    scans = desk.home / "more scans"
    scans.mkdir()
    for number in range(SCANS):
        Image.effect_noise((600, 800), 20 + number).save(scans / f"cio_{number:04}.jpg")  # large, as real scans are
    worker = desk.part("default@").pid
    given = resource.prlimit(worker, resource.RLIMIT_FSIZE)
    if not disks["media"]:
        resource.prlimit(worker, resource.RLIMIT_FSIZE, (30_000, given[1]))
    command = [sys.executable, "manage.py", "import_pages", "cio", str(scans)]
    importing = subprocess.Popen(command, cwd=ROOT, env=desk.environment, stdout=subprocess.PIPE, text=True)
    try:
        desk.until(lambda: "is full" in _importing(desk)[1], "the job says that it waits")
        state, error = _importing(desk)
        assert state in {"queued", "running"}
        assert from_text(error).endswith("Free up space. The job then continues automatically.")
        if disks["media"]:
            subprocess.run(["mount", "-o", "remount,size=200m", str(desk.home / "media")], check=True)
        resource.prlimit(worker, resource.RLIMIT_FSIZE, given)
        output, _ = importing.communicate(timeout=120)
    finally:
        importing.kill()
    assert importing.returncode == 0
    assert f"{SCANS} pages added. It now has {SCANS} pages" in output
    assert _importing(desk) == ("done", "")


def test_when_the_disk_of_the_database_is_full_nothing_that_was_answered_is_lost(
    desk: Desk, acts: list[uuid.UUID], disks: dict[str, bool]
) -> None:
    """Everything lies on it: PostgreSQL, what Redis keeps, the logs. Where nothing can be mounted, only acts go on."""
    desk.until(lambda: acts, "acts are taken")
    if disks["data"]:
        ballast = desk.home / "data" / "ballast"
        with pytest.raises(OSError, match="No space left"), ballast.open("wb", buffering=0) as target:
            while True:
                target.write(bytes(1 << 16))
        with suppress(psycopg.OperationalError), psycopg.connect(desk.conninfo, autocommit=True) as connection:
            connection.execute("SELECT pg_switch_wal()")  # so that it needs room now, not when the present part is full
        mark = {"pages": [30_000], "role": "empty"}
        desk.until(lambda: desk.ask("/api/v1/collections/afl/acts/mark", mark)[0] == 503, "acts are refused")
        ballast.unlink()
    desk.goes_on()
    before = len(acts)
    desk.until(lambda: len(acts) > before, "acts are taken again")
