"""What a worker that was killed left behind in the folders where files wait until they are taken in."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from clustering import files
from clustering.jobs.endings import HUNG_SECONDS
from clustering.jobs.stages.taking import sheets_folder

log = logging.getLogger(__name__)

LEFT_SECONDS = 2 * HUNG_SECONDS
"""Since a copy was written. Work that takes it in for half as long counts as hung already."""


def remove_left_over() -> int:
    """Remove the copies that nobody takes in any more; return how many. Safe from any number of processes."""
    removed = 0
    for folder in (files.incoming_folder(), sheets_folder()):
        for path in list(_left_in(folder)):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
            removed += 1
    if removed:
        log.info("%s files that killed workers left behind are removed.", removed)
    return removed


def _left_in(folder: Path) -> Iterator[Path]:
    """Yield what has been there too long, by the clock of the disk, which several machines may share."""
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    with NamedTemporaryFile(dir=folder) as probe:
        now = Path(probe.name).stat().st_mtime
        for path in folder.iterdir():
            with suppress(FileNotFoundError):  # taken in meanwhile
                if now - path.stat().st_mtime > LEFT_SECONDS:
                    yield path
