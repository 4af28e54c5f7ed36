"""Pages that lie askew, long strips and pasted clippings are read; what looks written on and is not read is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import scipy
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from clustering.engine.margins import VOTES, _agreed, _may_agree
from clustering.engine.pieces import PIECE, looks_unread, pieces_of
from clustering.engine.reading import Reader
from clustering.engine.skew import LEVEL, Lean, ink_of, lean_of, levelled, spread, unlevelled
from clustering.samples.fonts import font
from tests.engine.test_reading_pages import LINES, typed_page

WILLS = Path(__file__).resolve().parents[3] / "shared" / "data" / "testaments" / "images"


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(second=False) as opened:
        yield opened


def leaning(page: Image.Image, degrees: float) -> Image.Image:
    """The page with lines that rise to the right by so much."""
    return page.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=232)


def missing(text: str) -> set[str]:
    """Words of the page that were not read."""
    return {word for line in LINES for word in line.split()} - set(text.split())


@pytest.mark.parametrize("degrees", [-18.0, -8.0, -2.5, 0.0, 1.2, 3.0, 6.0, 10.0, 15.0])
def test_the_lean_of_a_page_is_told_to_a_fifth_of_a_degree(degrees: float) -> None:
    lean = lean_of(ink_of(leaning(typed_page(), degrees))[0])
    assert lean.degrees == pytest.approx(degrees, abs=0.2)
    assert lean.clearness > 4


def test_what_has_no_lines_does_not_lean() -> None:
    speckled = Image.effect_noise((600, 800), 60).convert("L")
    assert not lean_of(ink_of(speckled)[0]).is_to_be_levelled
    assert lean_of(ink_of(Image.new("L", (600, 800), 230))[0]) == LEVEL


@pytest.mark.parametrize("degrees", [-12.0, -4.0, 4.0, 8.0, 15.0])
def test_a_page_that_leans_is_read_whole(degrees: float, reader: Reader) -> None:
    page = leaning(typed_page(), degrees)
    reading = reader.read_image(page)
    assert len(missing(reading.text)) <= 2
    assert (reading.width, reading.height, reading.rotation, reading.is_unread) == (*page.size, 0, False)


def test_a_page_on_its_side_that_leans_as_well_is_turned_and_levelled(reader: Reader) -> None:
    page = leaning(typed_page(), 5.0).rotate(90, expand=True)
    reading = reader.read_image(page)
    assert reading.rotation == 90
    assert len(missing(reading.text)) <= 2


def test_boxes_of_a_leaning_page_stand_where_its_lines_are(reader: Reader) -> None:
    """Each line's middle lies on its ink, and boxes are as high as letters, not as the whole slope."""
    page = leaning(typed_page(), 10.0)
    reading = reader.read_image(page)
    dark = np.asarray(page) < 140
    assert len(reading.lines) == len(LINES)
    for line in reading.lines:
        assert line.bottom - line.top < 40
        middle = (line.left + line.right) // 2
        assert dark[line.top : line.bottom, middle - 60 : middle + 60].any()
    tops = [line.top for line in reading.lines]
    assert tops == sorted(tops)


def test_what_is_turned_back_stands_where_it_stood(reader: Reader) -> None:
    page = typed_page()
    lean = Lean(7.0, 9.0)
    turned = levelled(page, lean)
    whole = reader._read_page(page)
    moved = unlevelled(whole, Lean(-7.0, 9.0), turned.size, page.size)
    back = unlevelled(moved, lean, page.size, turned.size)
    for line, other in zip(whole.lines, back.lines, strict=True):
        assert (line.left, line.top, line.right) == pytest.approx((other.left, other.top, other.right), abs=2)


def test_a_clipping_that_is_pasted_in_askew_is_read(reader: Reader) -> None:
    page = Image.new("L", (930, 1500), 232)
    page.paste(typed_page().crop((0, 100, 930, 600)), (0, 60))
    clipping = Image.new("L", (760, 330), 225)
    draw = ImageDraw.Draw(clipping)
    news = ("Strikers win higher wages", "after eleven weeks outside", "the gates of the mill in")
    for place, words in enumerate(news):
        draw.text((40, 40 + 60 * place), words, fill=40, font=font("pica", 26))
    page.paste(clipping.rotate(9, Image.Resampling.BICUBIC, expand=True, fillcolor=232), (60, 800))
    reading = reader.read_image(page)
    assert "Strikers win higher wages" in reading.text
    assert "gates of the mill" in reading.text
    assert "treasurer on the strike fund" in reading.text
    assert reading.text.index("treasurer") < reading.text.index("Strikers")


def test_a_long_strip_is_read_in_pieces(reader: Reader) -> None:
    """Whole it would be read at a quarter of its size, where nothing is legible."""
    strip = Image.new("L", (420, 9000), 240)
    draw = ImageDraw.Draw(strip)
    lines = [LINES[place % len(LINES)][:20] for place in range(210)]
    for place, line in enumerate(lines):
        draw.text((30, 40 + 42 * place), line, fill=40, font=font("pica", 22))
    reading = reader.read_image(strip)
    words = sum(len(line.split()) for line in lines)
    assert len(reading.text.split()) > 0.97 * words
    assert (reading.width, reading.height) == strip.size
    tops = [line.top for line in reading.lines]
    assert tops == sorted(tops)
    assert tops[-1] > 8700


def test_strips_are_cut_between_lines_and_nothing_else_is_cut() -> None:
    assert list(pieces_of(Image.new("L", (2550, 3300), 255))) == [(0, 0, 2550, 3300)]
    assert list(pieces_of(Image.new("L", (300, 900), 255))) == [(0, 0, 300, 900)]
    strip = Image.new("L", (600, 6000), 240)
    draw = ImageDraw.Draw(strip)
    for top in range(0, 6000, 50):
        draw.rectangle((40, top, 560, top + 24), fill=30)
    boxes = list(pieces_of(strip))
    assert [box[1] for box in boxes[1:]] == [box[3] for box in boxes[:-1]]
    assert (boxes[0][1], boxes[-1][3]) == (0, 6000)
    assert all(box[3] - box[1] < 2 * PIECE * 600 for box in boxes)
    assert all(strip.getpixel((300, box[1])) == 240 for box in boxes[1:])
    assert next(pieces_of(strip.transpose(Image.Transpose.TRANSPOSE)))[1::2] == (0, 600)


def scribbled() -> Image.Image:
    """Rows of strokes that are no letters, as a pen makes them."""
    page = Image.new("L", (900, 1200), 235)
    draw = ImageDraw.Draw(page)
    chance = np.random.default_rng(4)
    for top in range(120, 1080, 60):
        at = 90.0
        while at < 780:
            points = [(at + 7 * step, top + float(chance.normal(0, 9))) for step in range(6)]
            draw.line(points, fill=50, width=2, joint="curve")
            at += float(chance.uniform(45, 75))
    return page


def test_writing_that_gives_no_text_is_told(reader: Reader) -> None:
    assert reader.read_image(scribbled()).is_unread


@pytest.mark.parametrize("make", [typed_page, lambda: Image.new("L", (900, 1200), 235)], ids=["typed", "blank"])
def test_what_is_read_or_empty_is_not_told(make: object, reader: Reader) -> None:
    assert callable(make)
    assert not reader.read_image(make()).is_unread


@pytest.mark.parametrize("number", [77, 125])
def test_handwritten_wills_are_told(number: int, reader: Reader) -> None:
    """Runs where the scans are; they may not be copied into the project."""
    for path in WILLS.glob(f"TDPO_{number:04}*"):
        assert reader.read(path).is_unread


def test_handwritten_wills_are_read_by_the_second_reader() -> None:
    with Reader() as both:
        for path in WILLS.glob("TDPO_0141*"):
            read = both.read(path)
            assert read.is_second
            assert len(read.text.split()) > 12


def test_a_page_of_few_words_and_little_else_is_not_told(reader: Reader) -> None:
    page = typed_page(lines=LINES[:1])
    assert not looks_unread(ink_of(page), reader._read_page(page))


@given(st.integers(1, 46), st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_ink_spreads_as_a_dilation_by_a_box_does(down: int, across: int, seed: int) -> None:
    ink = np.random.default_rng(seed).random((60, 70)) > 0.98
    right = scipy.ndimage.binary_dilation(ink, np.ones((down, across), dtype=bool))
    assert np.array_equal(spread(ink, down, across), right)


@given(st.lists(st.sampled_from(["12", "13", "1", "", "x"]), min_size=7, max_size=7))
def test_a_number_is_only_read_on_where_readings_may_still_agree(readings: list[str]) -> None:
    for read in range(1, 7):
        if not _may_agree(readings[:read], VOTES, left=7 - read):
            assert _agreed(readings, VOTES) == ""
