"""The disk of the data folder is full before hhreview starts: one sentence names the folder and what to do."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hhreview.servers.starting import failed
from tests.embedded import prepare
from tests.faults.desk import ROOT
from tests.strangers import MAY_BECOME_ANOTHER as IS_ROOT


@pytest.fixture
def disk(home: Path) -> Iterator[Path]:
    """A small one of its own."""
    place = home / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=100m,mode=0700", "tmpfs", str(place)]
    if not IS_ROOT or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)
    place.rmdir()


def _fill(disk: Path, *, but: int = 0) -> Path:
    ballast = disk / "ballast"
    with pytest.raises(OSError, match="No space left"), ballast.open("wb", buffering=0) as target:
        while True:
            target.write(bytes(1 << 12))
    if but:
        os.truncate(ballast, ballast.stat().st_size - but)
    return ballast


def _run(data: Path, *arguments: str) -> tuple[int, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HHREVIEW_")}
    command = [sys.executable, "manage.py", *arguments]
    environment = {**kept, "HHREVIEW_DATA_DIR": str(data)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout + done.stderr


def _names_the_folder_and_the_remedy(output: str, data: Path) -> bool:
    return f"The disk of the data folder {data} is full." in output and "HHREVIEW_DATA_DIR" in output


def test_a_new_data_folder_without_room_says_so(disk: Path) -> None:
    """Nothing at all; room for the folders but not for the cluster; room for half of it, which is removed again."""
    ballast = _fill(disk)
    for free in (0, 1 << 14, 10 << 20):
        os.truncate(ballast, ballast.stat().st_size - free)
        code, output = _run(disk / "data", "up", "--once")
        assert code == 1
        assert _names_the_folder_and_the_remedy(output, disk / "data")
        assert len(output.strip().splitlines()) == 1
    ballast.unlink()
    # One application's tables show as well as all that the folder is fit for a cluster, and take a third of the time.
    code, output = _run(disk / "data", "migrate", "contenttypes", "--verbosity", "0")
    assert (code, output) == (0, "")


def test_a_data_folder_whose_disk_filled_up_says_so(disk: Path) -> None:
    data = disk / "data"
    prepare(data)
    ballast = _fill(disk)
    for command in ("up", "import_pages"):
        code, output = _run(data, command, *(["afl", str(disk)] if command == "import_pages" else ["--once"]))
        assert code == 1
        assert _names_the_folder_and_the_remedy(output, data)
        assert len(output.strip().splitlines()) == 1
    ballast.unlink()
    code, output = _run(data, "migrate", "--check")
    assert (code, output) == (0, "")


def test_a_database_that_fills_the_disk_while_it_is_prepared_says_so(disk: Path) -> None:
    """Its cluster is made, then its tables find no room."""
    _fill(disk, but=44 << 20)
    code, output = _run(disk / "data", "import_pages", "afl", str(disk))
    assert code == 1
    assert _names_the_folder_and_the_remedy(output, disk / "data")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_only_what_the_log_said_since_counts(tmp_path: Path, code: int) -> None:
    log = tmp_path / "logs" / "postgres.log"
    log.parent.mkdir()
    log.write_text(f"FATAL:  could not write: {os.strerror(code)}\n")
    before = log.stat().st_size
    assert _names_the_folder_and_the_remedy(failed("PostgreSQL", log, "it ended"), tmp_path)
    with log.open("a") as more:
        more.write("FATAL:  something else\n")
    output = failed("PostgreSQL", log, "it ended", before=before)
    assert "full" not in output
    assert output.endswith("\n    FATAL:  something else")


def test_a_data_folder_on_a_read_only_disk_says_so(disk: Path) -> None:
    data = disk / "data"
    prepare(data)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    code, output = _run(data, "up", "--once")
    assert code == 1
    assert f"The data folder {data} can’t be written" in output
    assert len(output.strip().splitlines()) == 1
