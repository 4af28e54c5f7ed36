"""Remove what killed workers left in the folders where files wait to be imported."""

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
"""Seconds since a copy was written. Work that takes half as long on one counts as hung already."""


def remove_left_over() -> int:
    """Remove abandoned copies, and return how many. Safe from any number of processes."""
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
    """Yield files that are too old by the clock of the disk, which several machines may share."""
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    with NamedTemporaryFile(dir=folder) as probe:
        now = Path(probe.name).stat().st_mtime
        for path in folder.iterdir():
            with suppress(FileNotFoundError):  # imported in the meantime
                if now - path.stat().st_mtime > LEFT_SECONDS:
                    yield path
