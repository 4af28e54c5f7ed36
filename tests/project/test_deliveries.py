"""What the bench of travelling does to pages is what it says: boxes stay on their ink, truth stays true."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from PIL import Image, ImageDraw

from bench.deliveries import DELIVERIES, Setting, carried, otsu, spoilt
from clustering.engine.records import Line, PageReading

SIZE = (300, 400)
MARK = (90, 120, 210, 140)
"""The only ink on the page: its box is known before and after."""


def scan() -> Image.Image:
    image = Image.new("RGB", SIZE, (232, 226, 210))
    ImageDraw.Draw(image).rectangle((MARK[0], MARK[1], MARK[2] - 1, MARK[3] - 1), fill=(30, 30, 40))
    return image


def reading(words: int = 20) -> PageReading:
    line = Line("word " * words, *MARK, 93.0)
    return PageReading(line.text, (line,), *SIZE, confidence=93.0)


def ink_box(image: Image.Image) -> tuple[int, int, int, int]:
    """Box of what is neither paper nor a black ground: the mark lies in paper on all sides."""
    grey = np.asarray(image.convert("L")).astype(int)
    paper = np.argwhere(grey > 150)
    (top, left), (bottom, right) = paper.min(axis=0), paper.max(axis=0)
    rows, columns = np.nonzero(grey[top : bottom + 1, left : right + 1] < 110)
    return left + columns.min(), top + rows.min(), left + columns.max() + 1, top + rows.max() + 1


@pytest.mark.parametrize("delivery", DELIVERIES, ids=lambda d: d.name)
def test_boxes_stay_on_their_ink(delivery: object) -> None:
    found = next(each for each in DELIVERIES if each is delivery)
    setting = Setting("p", (500, 600), (0.3, 0.3, 0.7, 0.35))
    placed = found.draw(scan(), setting)
    moved = carried(reading(), placed, found, setting)
    upright = placed.image.rotate(placed.turned, expand=True) if placed.turned else placed.image
    assert (moved.width, moved.height) == upright.size
    if moved.lines:
        line = moved.lines[0]
        assert (line.left, line.top, line.right, line.bottom) == pytest.approx(ink_box(upright), abs=3)


def test_a_page_without_print_is_not_turned_by_its_reading() -> None:
    sideways = next(each for each in DELIVERIES if each.name == "sideways")
    names = [f"p{number}" for number in range(60)]
    for name in names:
        setting = Setting(name, (500, 600), (0.3, 0.3, 0.7, 0.35))
        placed = sideways.draw(scan(), setting)
        assert carried(reading(words=2), placed, sideways, setting).rotation == 0
        assert carried(reading(), placed, sideways, setting).rotation == (360 - placed.turned) % 360
    turned = [sideways.draw(scan(), Setting(name, SIZE, (0, 0, 1, 1))).turned for name in names]
    assert 5 <= sum(map(bool, turned)) <= 20


def test_spoiling_keeps_its_rate_and_is_the_same_every_time() -> None:
    page = PageReading("", tuple(Line("a" * 60, 0, 20 * i, 100, 20 * i + 12, 90.0) for i in range(200)), *SIZE)
    once, again = spoilt(page, 0.1, Random("x")), spoilt(page, 0.1, Random("x"))
    assert once == again
    assert 0.85 <= len(once.lines) / 200 <= 0.95
    wrong = np.mean([char != "a" for line in once.lines for char in line.text])
    assert 0.07 <= wrong <= 0.13


def test_otsu_parts_ink_from_paper() -> None:
    assert 31 <= otsu(np.asarray(scan().convert("L"))) < 226, "all paper above, all ink at or below"


def test_what_was_looked_at_stands_apart() -> None:
    names = [delivery.name for delivery in DELIVERIES]
    assert len(set(names)) == len(names)
    flags = [delivery.looked_at for delivery in DELIVERIES]
    assert flags == sorted(flags, reverse=True)
