"""Collections photographed in frames of one size: the sheets inside are what is compared."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from clustering.engine.correcting import rotated_box
from clustering.engine.evidence import gather
from clustering.engine.evidence.framing import frame_sizes, is_unknown, without_frames
from clustering.engine.evidence.numbering import page_numbers
from clustering.engine.evidence.sizes import compare_sizes
from clustering.engine.records import PageRecord
from tests.engine.evidence.making import LETTER, line, page, reading

CAMERA = (2000, 2000)
BOXES = [[0.25, 0.2, 0.715, 0.8]] * 5 + [[0.3, 0.3, 0.55, 0.6]] * 5


def framed(box: list[float] | None, *, size: tuple[int, int] = CAMERA) -> PageRecord:
    """A page in a camera's frame; its sheet's own facts lie beside those of the image."""
    facts: dict[str, Any] = {"paper": [20.0, 0.0, 0.0], "frame": box}
    if box:
        facts["framed"] = {"paper": [90.0, 0.0, 5.0]}
    return page(size, paper=facts)


def test_sheets_take_the_place_of_images_of_one_size() -> None:
    pages = without_frames([framed(box) for box in BOXES])
    assert (pages[0].width, pages[0].height) == (930, 1200)
    assert (pages[9].width, pages[9].height) == (500, 600)
    assert pages[0].paper is not None
    assert pages[0].paper["paper"] == [90.0, 0.0, 5.0]


def test_a_change_of_sheet_is_seen_inside_the_frame() -> None:
    sizes = compare_sizes(without_frames([framed(box) for box in BOXES]))
    assert sizes.gap[4] > 0.3
    assert sizes.gap[3] == pytest.approx(0.0, abs=1e-6)


def test_where_no_sheet_is_seen_one_size_says_nothing() -> None:
    pages = without_frames([framed(None) for _ in range(12)])
    assert all(is_unknown(each) for each in pages)
    evidence = gather([framed(None) for _ in range(12)])
    for name in ("size_gap", "same_size", "same_odd_size", "spreads", "opens", "closes"):
        assert not evidence.matrix[:, evidence.names.index(name)].any(), name


def test_one_unseen_sheet_among_seen_ones_is_neither_same_nor_other() -> None:
    boxes: list[list[float] | None] = [*BOXES]
    boxes[2] = None
    sizes = compare_sizes(without_frames([framed(box) for box in boxes]))
    assert sizes.gap[1] == sizes.gap[2] == 0.0
    assert sizes.exact[1] == sizes.exact[2] == 0.0


def test_paper_is_never_cut_to_the_pixel_so_varied_sizes_are_no_frames() -> None:
    pages = [framed([0.2, 0.2, 0.8, 0.8], size=(930 + i % 7, 1200 + i % 5)) for i in range(20)]
    assert frame_sizes(pages) == frozenset()
    assert without_frames(pages) is pages


def test_a_few_pages_of_one_size_are_chance() -> None:
    assert frame_sizes([page() for _ in range(7)]) == frozenset()
    assert frame_sizes([page() for _ in range(8)]) == {LETTER}


def test_a_number_at_the_foot_of_the_sheet_is_a_page_number_again() -> None:
    box = [0.25, 0.2, 0.715, 0.8]
    number = line("-3-", 0.96)._replace(left=960, right=990, top=1540, bottom=1565)
    record = replace(framed(box), reading=replace(reading(number), width=2000, height=2000))
    assert page_numbers(record) == ()
    pages = without_frames([record, *[framed(each) for each in BOXES]])
    assert [printed.value for printed in page_numbers(pages[0])] == [3]


def test_what_is_read_outside_the_sheet_is_the_operators() -> None:
    target = line("FRAME 0017", 0.02)._replace(left=100, right=300, top=40, bottom=70)
    record = replace(framed([0.25, 0.2, 0.715, 0.8]), reading=replace(reading(target), width=2000, height=2000))
    cut = without_frames([record, *[framed(each) for each in BOXES]])[0].reading
    assert cut is not None
    assert cut.lines == ()


@pytest.mark.parametrize("clockwise", [0, 90, 180, 270])
def test_a_box_turns_with_its_page(clockwise: int) -> None:
    image = np.zeros((40, 80), dtype=bool)
    image[4:20, 16:40] = True
    turned = np.rot90(image, -clockwise // 90)
    left, top, right, bottom = rotated_box((16 / 80, 4 / 40, 40 / 80, 20 / 40), 1, 1, clockwise)
    height, width = turned.shape
    rows, columns = np.nonzero(turned)
    inked = (columns.min() / width, rows.min() / height, (columns.max() + 1) / width, (rows.max() + 1) / height)
    assert (left, top, right, bottom) == pytest.approx(inked)
