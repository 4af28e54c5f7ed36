"""Fixtures for tests of jobs: small scans, and a media folder for each test."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from pytest_django.fixtures import Settings

from tests.jobs.workers import empty_broker

DrawScans = Callable[..., Path]
_NOBODY = 65534
ENOUGH_WORDS = "The members will speak about\nwages, hours and the strike"
"""Pages with fewer words are also read in all orientations and by the second reader, which takes ten times as long."""


def draw_page(text: str, *, size: tuple[int, int] = (420, 540), tone: int = 235) -> Image.Image:
    """A page with a few lines of print that OCR can read."""
    image = Image.new("RGB", size, (tone, tone - 5, tone - 20))
    font = ImageFont.load_default(size=22)
    draw = ImageDraw.Draw(image)
    for line, words in enumerate(text.split("\n")):
        draw.text((30, 40 + 34 * line), words, fill=(20, 20, 25), font=font)
    return image


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    """A MEDIA_ROOT for this test only."""
    folder = tmp_path / "media"
    settings.MEDIA_ROOT = folder
    return folder


@pytest.fixture
def draw_scans(tmp_path: Path) -> DrawScans:
    """Draw a folder of JPEG scans: draw_scans(3) or draw_scans(names=["a.jpg", "b.jpg"])."""

    def draw(count: int = 0, *, names: list[str] | None = None, folder: str = "scans", marked: str = "") -> Path:
        place = tmp_path / folder
        place.mkdir(parents=True, exist_ok=True)
        for number, name in enumerate(names or [f"HH000001_{i:04}__bdr_aa{i:02}.jpg" for i in range(1, count + 1)], 1):
            heading = f"MEETING OF THE LOCAL\nPage {number} of {name[:12]}\nPlease come and vote {marked}"
            image = draw_page(f"{heading}\n{ENOUGH_WORDS}")
            image.save(place / name, quality=85)
        return place

    return draw


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder that other accounts may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="hhreview-shared-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Drop the permissions of root, who may write everywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def own_broker() -> Iterator[None]:
    """Remove messages of other tests before, and this test's after."""
    empty_broker()
    yield
    empty_broker()
