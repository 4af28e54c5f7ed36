"""Round marks at the top of a sheet: seals, stamps, and badges, but not letters, text, or empty circles."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from clustering.engine.evidence import gather
from clustering.engine.paper import measure_paper
from clustering.engine.round_marks import round_mark
from tests.engine.evidence.making import LETTER, body, page

SHEET = (850, 1100)


def sheet(*, bed: int = 0) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """Return a sheet with twenty lines of text below its head, on a black bed of this width."""
    image = Image.new("RGB", (SHEET[0] + 2 * bed, SHEET[1] + 2 * bed), "black" if bed else "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((bed, bed, bed + SHEET[0] - 1, bed + SHEET[1] - 1), fill=(240, 236, 225))
    for line in range(20):
        draw.text(
            (bed + 100, bed + 320 + 34 * line),
            "and nothing says where one of them ends " * 2,
            fill="black",
            font_size=18,
        )
    return image, draw


def seal(draw: ImageDraw.ImageDraw, x: int, y: int, radius: int = 50) -> None:
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline="black", width=6, fill=(150, 145, 140))
    draw.text((x - 30, y - 10), "SEAL", fill="black", font_size=22)


@pytest.mark.parametrize("radius", [40, 50, 100])
@pytest.mark.parametrize("x", [150, 425, 700])
def test_a_seal_at_the_top_is_found_in_any_size_and_place(x: int, radius: int) -> None:
    image, draw = sheet()
    seal(draw, x, 160, radius)
    assert measure_paper(image)["round"] > 0.8


def test_the_bed_around_a_sheet_does_not_matter() -> None:
    image, draw = sheet(bed=120)
    seal(draw, 270, 280)
    assert measure_paper(image)["round"] > 0.8


def test_text_alone_has_no_round_mark() -> None:
    image, draw = sheet()
    draw.text((100, 100), "COOKBOOK OF OHIO", fill="black", font_size=60)
    draw.text((100, 180), "October 8, 1908", fill="black", font_size=30)
    assert measure_paper(image)["round"] <= 0.5


def test_a_circle_around_blank_paper_is_a_flourish() -> None:
    image, draw = sheet()
    draw.ellipse((300, 60, 500, 260), outline="black", width=3)
    assert measure_paper(image)["round"] <= 0.5


def test_a_seal_at_the_bottom_does_not_count() -> None:
    image, draw = sheet()
    seal(draw, 425, 1000)
    assert measure_paper(image)["round"] <= 0.5


@pytest.mark.parametrize("shape", [(1, 1), (5, 320), (320, 5), (320, 240)])
def test_any_size_is_measured(shape: tuple[int, int]) -> None:
    assert round_mark(np.full(shape, 255, dtype=np.uint8)) == 0.0


def test_a_mark_is_evidence_by_how_much_more_than_half_of_its_rim_is_there() -> None:
    pages = [
        page(LETTER, *body(), paper=paper) for paper in (None, {"round": 1.0}, {"round": 0.75}, {"round": 0.5}, {})
    ]
    marks = next(column for column in gather(pages).columns if column.name == "round_mark")
    assert marks.values.tolist() == [1.0, 0.5, 0.0, 0.0]
