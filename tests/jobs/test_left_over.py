"""What a killed worker left in the rooms where files wait is removed, and what is at work is not."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from clustering import files
from clustering.jobs import left_over, sweeping
from clustering.jobs.left_over import LEFT_SECONDS
from clustering.jobs.stages.taking import sheets_folder


@pytest.fixture(autouse=True)
def cache(settings: Settings, tmp_path: Path) -> None:
    settings.CACHE_ROOT = tmp_path / "cache"


def written(path: Path, *, seconds_ago: float) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"half of a scan")
    then = time.time() - seconds_ago
    os.utime(path, (then, then))
    return path


def test_copies_that_nobody_takes_in_any_more_are_removed(tmp_path: Path) -> None:
    left = written(files.incoming_folder() / "a.tif", seconds_ago=LEFT_SECONDS + 60)
    at_work = written(files.incoming_folder() / "b.tif", seconds_ago=LEFT_SECONDS - 60)
    sheet = written(sheets_folder() / "room" / "0.tif", seconds_ago=LEFT_SECONDS + 60)
    os.utime(sheet.parent, (sheet.stat().st_mtime, sheet.stat().st_mtime))
    assert left_over.remove_left_over() == 2
    assert [at_work.exists(), left.exists(), sheet.parent.exists()] == [True, False, False]
    assert list(files.incoming_folder().iterdir()) == [at_work]
    assert left_over.remove_left_over() == 0


def test_the_clock_of_the_disk_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is days ahead shares the folder."""
    at_work = written(files.incoming_folder() / "a.tif", seconds_ago=10)
    monkeypatch.setattr(time, "time", lambda: at_work.stat().st_mtime + 5 * LEFT_SECONDS)
    assert left_over.remove_left_over() == 0


@pytest.mark.django_db
def test_the_sweep_does_it() -> None:
    left = written(files.incoming_folder() / "a.tif", seconds_ago=LEFT_SECONDS + 60)
    sweeping.sweep()
    assert not left.exists()
