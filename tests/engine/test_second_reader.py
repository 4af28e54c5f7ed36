"""What Tesseract is unsure of is read by a second reader; what it reads well is not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from clustering.engine.reading import Reader, reading_version
from clustering.engine.records import PageReading
from clustering.engine.second_reader import SecondReader, not_too_tall, second_reader_name
from clustering.samples.fonts import font
from tests.handwriting import LINES, faint_handwriting, written


@pytest.fixture(scope="module")
def both() -> Iterator[Reader]:
    with Reader() as reader:
        yield reader


@contextmanager
def passes() -> Iterator[list[Image.Image]]:
    """What Tesseract is given meanwhile."""
    given: list[Image.Image] = []
    read = Reader._read_page

    def counted(self: Reader, gray: Image.Image) -> Any:
        given.append(gray)
        return read(self, gray)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Reader, "_read_page", counted)
        yield given


@pytest.fixture(scope="module")
def upright(both: Reader) -> tuple[PageReading, int]:
    """What both read of faint handwriting, and how often Tesseract was asked."""
    with passes() as given:
        return both.read_image(faint_handwriting()), len(given)


def test_faint_handwriting_is_read_by_the_second_reader(upright: tuple[PageReading, int]) -> None:
    page = faint_handwriting()
    with Reader(second=False) as alone, passes() as given:
        before = alone.read_image(page)
    assert len(given) >= 4, "every way up is tried"
    after, asked = upright
    assert asked == 1, "it stands upright, since the second reader reads it"
    assert before.is_unread
    assert not after.is_unread
    assert "my last will and testament" in after.text
    assert "my last will and testament" not in before.text
    # The lines are where they were written, from top to bottom, within the page.
    tops = [line.top for line in after.lines]
    assert tops == sorted(tops)
    assert len(tops) == len(LINES)
    for place, line in enumerate(after.lines):
        assert line.top < 150 + 95 * place + 40 < line.bottom
        assert 0 <= line.left < line.right <= page.width


def test_what_only_the_second_reader_reads_is_turned_if_it_stands_on_its_head(
    both: Reader, upright: tuple[PageReading, int]
) -> None:
    turned = both.read_image(faint_handwriting().rotate(180))
    assert (upright[0].rotation, turned.rotation) == (0, 180)
    assert turned.is_second
    assert "my last will and testament" in turned.text
    tops = [line.top for line in turned.lines]
    assert tops == sorted(tops)
    assert len(tops) == len(LINES)


def test_print_that_tesseract_reads_is_left_to_it() -> None:
    with Reader() as both:
        read = both.read_image(written("grotesque", ink=20, paper=240))
        assert LINES[0] in read.text
        assert both.second is not None
        assert not both.second.is_loaded


def test_a_blank_page_stays_blank(both: Reader) -> None:
    grain = np.random.default_rng(2).normal(240, 3, (700, 500))
    read = both.read_image(Image.fromarray(grain.astype(np.uint8)))
    assert (read.text, read.lines, read.is_unread) == ("", (), False)


def test_a_reading_says_who_read(both: Reader) -> None:
    assert second_reader_name().startswith("rapidocr-")
    assert second_reader_name() in reading_version()
    assert second_reader_name() not in reading_version(second=False)


def test_a_narrow_strip_is_widened_so_that_the_engine_does_not_enlarge_it_to_a_huge_page() -> None:
    strip = np.full((3000, 40), 236, dtype=np.uint8)
    strip[100:120] = 0
    widened = not_too_tall(strip)
    assert widened.shape == (3000, 750)
    assert (widened[:, :40] == strip).all()
    assert (widened[:, 40:] == 236).all()
    for shape in ((1400, 1000), (2000, 250), (40, 3000), (1, 1)):
        page = np.zeros(shape, dtype=np.uint8)
        assert not_too_tall(page) is page


def test_words_of_a_narrow_strip_are_within_it() -> None:
    strip = Image.new("L", (200, 2400), 240)
    ImageDraw.Draw(strip).text((20, 1000), "August", font=font("grotesque", 50), fill=20)
    reading = SecondReader().read(strip)
    assert "August" in reading.text
    assert all(0 <= line.left < line.right <= 200 for line in reading.lines)
    assert all(960 < line.top < line.bottom < 1100 for line in reading.lines)
