"""Sheets found on a uniform ground, and pages that only look like that."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from clustering.engine.frames import frame_of
from clustering.engine.paper import measure_paper

SHEET = (465, 600)


def sheet(paper: int = 226) -> Image.Image:
    """A page with lines of text of uneven length on paper of one gray."""
    image = Image.new("L", SHEET, paper)
    pen = ImageDraw.Draw(image)
    for row in range(24):
        pen.rectangle((60, 60 + row * 20, 300 + 13 * (row * 7 % 9), 68 + row * 20), fill=40)
    return image


def on(ground: int, page: Image.Image, *, at: tuple[int, int] = (180, 90), noise: float = 3.0) -> Image.Image:
    grain = np.random.default_rng(1).normal(ground, noise, (800, 900))
    frame = Image.fromarray(np.clip(grain, 0, 255).astype(np.uint8))
    frame.paste(page, at)
    return frame


@pytest.mark.parametrize("ground", [8, 90, 250])
@pytest.mark.parametrize("angle", [0.0, 1.2])
def test_a_sheet_is_found_on_black_grey_and_white(ground: int, angle: float) -> None:
    page = sheet().convert("LA").rotate(angle, expand=True, resample=Image.Resampling.BICUBIC)
    frame = on(ground, Image.new("L", (1, 1), ground))
    frame.paste(page.getchannel("L"), (180, 90), page.getchannel("A"))
    box = frame_of(frame)
    assert box is not None
    assert box == pytest.approx(
        [180 / 900, 90 / 800, (180 + page.width) / 900, (90 + page.height) / 800], abs=0.006 + 0.004 * angle
    )


def test_a_sheet_in_the_corner_of_a_flatbed_is_found_too() -> None:
    scan = on(250, sheet(), at=(0, 0))
    box = frame_of(scan)
    assert box is not None
    assert frame_of(scan.convert("RGB")) == box, "gray levels are looked up, colors computed"
    assert box[:2] == [0.0, 0.0]
    assert box[2:] == pytest.approx([465 / 900, 600 / 800], abs=0.006)


def test_a_page_with_margins_lies_in_no_frame() -> None:
    assert frame_of(sheet()) is None


def test_a_ruled_border_is_no_edge_of_paper() -> None:
    image = sheet()
    ImageDraw.Draw(image).rectangle((30, 30, 435, 570), outline=30, width=3)
    assert frame_of(image) is None


def test_a_sheet_of_the_color_of_the_lid_cannot_be_seen() -> None:
    assert frame_of(on(250, sheet(paper=250))) is None


@pytest.mark.parametrize("size", [(1, 1), (3, 3), (20, 400)])
def test_tiny_images_have_no_frame(size: tuple[int, int]) -> None:
    assert frame_of(Image.new("L", size, 128)) is None


def test_a_seeming_sheet_is_measured_once_more_by_itself() -> None:
    facts = measure_paper(on(8, sheet()).convert("RGB"))
    assert facts["frame"] is not None
    assert abs(facts["framed"]["width"] - SHEET[0]) <= 4
    assert facts["framed"]["paper"][0] == pytest.approx(measure_paper(sheet().convert("RGB"))["paper"][0], abs=2)
    assert measure_paper(sheet().convert("RGB"))["frame"] is None
