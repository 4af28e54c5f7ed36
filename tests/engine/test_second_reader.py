"""What Tesseract is unsure of is read by a second reader; what it reads well is not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PIL import Image

from clustering.engine.reading import Reader, reading_version
from clustering.engine.second_reader import second_reader_name
from tests.handwriting import LINES, faint_handwriting, written


@pytest.fixture
def both() -> Iterator[Reader]:
    with Reader() as reader:
        yield reader


def test_faint_handwriting_is_read_by_the_second_reader(both: Reader) -> None:
    page = faint_handwriting()
    with Reader(second=False) as alone:
        before = alone.read_image(page)
    after = both.read_image(page)
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


def test_print_that_tesseract_reads_is_left_to_it(both: Reader) -> None:
    read = both.read_image(written("grotesque", ink=20, paper=240))
    assert LINES[0] in read.text
    assert both.second is not None
    assert not both.second.is_loaded


def test_a_blank_page_stays_blank(both: Reader) -> None:
    read = both.read_image(Image.new("RGB", (1000, 1400), "white"))
    assert (read.text, read.lines, read.is_unread) == ("", (), False)


def test_a_reading_says_who_read(both: Reader) -> None:
    assert second_reader_name().startswith("rapidocr-")
    assert second_reader_name() in reading_version()
    assert second_reader_name() not in reading_version(second=False)
