"""Physical facts of made-up sheets: colors, holes, bed, and the other side shining through."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from clustering.engine.evidence import gather
from clustering.engine.evidence.colors import Papers, color_columns
from clustering.engine.evidence.leaves import leaf_columns, shine_scores, torn_corners
from clustering.engine.evidence.sizes import compare_sizes
from clustering.engine.paper import PAPER_VERSION, measure_paper
from clustering.engine.records import PageRecord

SIZE = (465, 600)
CREAM = (244, 238, 222)


def printed(seed: int, *, lines: int = 14) -> Image.Image:
    """Ink of one page, mode L, 255 where there is none: words as bars, in rows."""
    rng = np.random.default_rng(seed)
    image = Image.new("L", SIZE, 255)
    draw = ImageDraw.Draw(image)
    for row in range(lines):
        x, y = 45 + int(rng.integers(0, 25)), 50 + row * 22 + int(rng.integers(0, 5))
        while x < 400:
            wide = int(rng.integers(8, 50))
            draw.rectangle((x, y, min(x + wide, 420), y + 8), fill=40)
            x += wide + int(rng.integers(8, 26))
    return image


def scanned(front: Image.Image, behind: Image.Image | None, seed: int) -> Image.Image:
    """A scan of paper with its own ink, grain, and 5 % of the mirrored other side."""
    grain = np.random.default_rng(seed).normal(0, 1.2, (SIZE[1], SIZE[0], 1))
    page = np.ones((SIZE[1], SIZE[0], 3)) * CREAM + grain
    if behind is not None:
        page *= 1 - 0.05 * (255 - np.asarray(behind, float)[:, ::-1, None]) / 255
    page *= np.asarray(front, float)[..., None] / 255
    return Image.fromarray(page.clip(0, 255).astype(np.uint8))


def record(image: Image.Image) -> PageRecord:
    facts = json.loads(json.dumps(measure_paper(image)))
    return PageRecord("p", image.width, image.height, paper=facts)


def test_two_sides_of_one_leaf_are_proven_and_strangers_are_not() -> None:
    front, back, other = printed(1, lines=12), printed(2, lines=20), printed(3, lines=16)
    pages = [
        record(scanned(front, back, 11)),
        record(scanned(back, front, 12)),
        record(scanned(other, None, 13)),
    ]
    scores = shine_scores(pages)
    assert scores[0] > 3.0
    assert scores[1] < 1.5
    columns = {c.name: c for c in leaf_columns(pages, compare_sizes(pages))}
    assert columns["shines_through"].values[0] > 0.4
    assert columns["shines_through"].values[1] == 0.0


def test_black_pages_prove_nothing() -> None:
    black = record(Image.new("RGB", SIZE, (12, 12, 12)))
    assert shine_scores([black, record(scanned(printed(1), None, 1)), black]).tolist() == [0.0, 0.0]


def test_sides_that_were_cut_close_to_their_print_are_found_as_on_38_and_39() -> None:
    front, back, other = printed(1), printed(2), printed(7)
    cuts = ((30, 40, 20, 10), (10, 5, 45, 60), (25, 30, 12, 33))
    sheets = [scanned(front, back, 1), scanned(back, front, 2), scanned(other, None, 3)]
    pages = [
        record(sheet.crop((left, top, sheet.width - right, sheet.height - bottom)))
        for sheet, (left, top, right, bottom) in zip(sheets, cuts, strict=True)
    ]
    known = shine_scores(pages)
    anywhere = shine_scores(pages, is_cut=True)
    assert anywhere[0] > max(2.0, known[0])
    assert anywhere[1] < 1.0


def test_damaged_maps_are_passed_over() -> None:
    good = record(scanned(printed(1), None, 1))
    bad = PageRecord("p", *SIZE, paper={**(good.paper or {}), "leaf": {"width": 10, "faint": "??", "ink": "no"}})
    assert shine_scores([good, bad]).tolist() == [0.0]


def test_the_color_of_the_paper_is_measured_and_told_apart() -> None:
    yellow, blue = record(Image.new("RGB", SIZE, (240, 220, 120))), record(Image.new("RGB", SIZE, (170, 200, 225)))
    assert (yellow.paper or {})["paper"][2] > 40
    pages = [yellow, yellow, blue]
    columns = {c.name: c.values for c in color_columns(pages, compare_sizes(pages), Papers(pages))}
    assert columns["paper_colour"][0] == 0.0
    assert columns["paper_colour"][1] > 0.9
    assert columns["same_tint"][0] > 0.5


def test_a_second_printing_color_is_recognised_on_another_page_as_the_teal_of_151() -> None:
    def with_ink(color: tuple[int, int, int], box: tuple[int, int, int, int]) -> PageRecord:
        image = Image.new("RGB", SIZE, CREAM)
        ImageDraw.Draw(image).rectangle(box, fill=color)
        return record(image)

    teal, teal_again = with_ink((60, 200, 170), (0, 0, 464, 120)), with_ink((70, 205, 178), (40, 40, 140, 60))
    red = with_ink((190, 50, 40), (40, 40, 140, 60))
    alike = Papers([teal, teal_again, red]).same_ink(np.array([0, 0]), np.array([1, 2]))
    assert alike[0] > 0.5
    assert alike[1] == 0.0


def test_three_holes_are_counted_as_on_33() -> None:
    image = Image.new("RGB", (930, 1200), CREAM)
    for y in (200, 600, 1000):
        ImageDraw.Draw(image).ellipse((20, y, 48, y + 28), fill=(5, 5, 5))
    assert measure_paper(image)["holes"] == [3, 0]


def test_the_scanner_bed_is_no_part_of_the_sheet() -> None:
    image = Image.new("RGB", (1000, 1200), (4, 4, 4))
    image.paste(Image.new("RGB", (900, 1200), CREAM), (0, 0))
    assert measure_paper(image)["sheet"] == pytest.approx([0.0, 0.0, 0.9, 1.0], abs=0.01)


def test_the_same_corner_is_missing_on_both_sides_as_on_41_and_42() -> None:
    def torn(x: int) -> PageRecord:
        image = Image.new("RGB", SIZE, CREAM)
        ImageDraw.Draw(image).polygon([(x, 599), (abs(x - 40), 599), (x, 540)], fill=(3, 3, 3))
        return record(image)

    whole = record(Image.new("RGB", SIZE, CREAM))
    assert torn_corners([torn(464), torn(0), whole])[0] > 0.5
    assert torn_corners([torn(464), torn(0), whole])[1] == 0.0


@pytest.mark.parametrize("size", [(1, 1), (3, 3), (1, 400), (400, 1)])
def test_it_measures_images_of_any_size(size: tuple[int, int]) -> None:
    facts = measure_paper(Image.new("RGB", size, (120, 130, 140)))
    assert facts["version"] == PAPER_VERSION
    assert json.loads(json.dumps(facts)) == facts


def test_a_stream_of_tiny_and_blank_pages_gives_finite_evidence() -> None:
    pages: list[Any] = [record(Image.new("RGB", (3, 3), c)) for c in ((0, 0, 0), (255, 255, 255), (250, 250, 250))]
    assert np.isfinite(gather(pages).matrix).all()
