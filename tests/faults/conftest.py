"""One desk for the faults of each file."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.embedded import prepare
from tests.faults.desk import Desk, reviewing


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A folder with a short path: sockets lie below it."""
    folder = Path(tempfile.mkdtemp(prefix="hhreview-faults-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def desk(home: Path) -> Iterator[Desk]:
    """A desk at work: both jobs have begun."""
    desk = Desk(home / "data", home)
    prepare(desk.data)
    try:
        desk.start()
        desk.fill("embed", "read")
        desk.goes_on()
        yield desk
    finally:
        desk.stop()


@pytest.fixture(scope="module")
def acts(desk: Desk) -> Iterator[list[uuid.UUID]]:
    """The acts that were answered so far, of somebody who acts all the time. In the end all of them must be there."""
    with reviewing(desk) as answered:
        yield answered
