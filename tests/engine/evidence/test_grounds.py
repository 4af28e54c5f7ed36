"""Drawn sheets that fill their image only in part, or not at all: on the whole glass, on film, copied, cut off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from clustering.engine.evidence.colors import Papers, is_blank, is_printed_over
from clustering.engine.evidence.framing import without_frames
from clustering.engine.evidence.outlines import is_cut_off, size_is_hidden
from clustering.engine.evidence.sizes import compare_sizes
from clustering.engine.records import PageRecord
from clustering.samples.face import BLACK
from clustering.samples.grounds import Ground
from tests.engine.evidence.drawing import BED, drawn, fact_of, letter, sheet, size_columns_of

LETTER_SIDE = sheet(612, 792, rows=30)
GRAY, LID = (70, 70, 72), (48, 48, 50)
BEDS = (BED, LID, GRAY)


def facts(page: PageRecord) -> Mapping[str, Any]:
    assert page.paper is not None
    return page.paper


@cache
def shown(ground: Ground, bed: tuple[int, int, int] = BED) -> PageRecord:
    return drawn(replace(LETTER_SIDE, ground=ground), bed=bed)


@pytest.mark.parametrize("bed", BEDS)
@pytest.mark.parametrize("ground", ["glass", "film"])
def test_a_sheet_on_dark_ground_is_measured_by_itself(ground: Ground, bed: tuple[int, int, int]) -> None:
    page, alone = shown(ground, bed), letter()
    assert Papers([page, alone]).difference(np.array([0]), np.array([1]))[0] < 2
    assert facts(page)["ink"] == pytest.approx(facts(alone)["ink"], abs=0.02)
    assert facts(page)["midtone"] < 0.02
    assert facts(page)["corners"] == pytest.approx([0.0] * 4, abs=0.12), "bed around a sheet is no missing corner"
    assert not is_printed_over(page)


@pytest.mark.parametrize("bed", BEDS)
def test_a_single_sheet_on_dark_ground_may_be_a_cover_so_its_size_says_nothing(bed: tuple[int, int, int]) -> None:
    for ground in ("glass", "film"):
        page = shown(ground, bed)
        assert size_is_hidden(page)
        columns = size_columns_of([letter(), page])
        assert all(fact_of(columns, name)[0] == 0.0 for name in ("same_size", "opens", "closes", "size_gap", "spreads"))


def test_where_most_pages_lie_on_dark_ground_the_sheets_are_compared() -> None:
    small = replace(sheet(396, 612, rows=20), ground="film")
    pages = [*(shown("film", GRAY) for _ in range(4)), *(drawn(small, bed=GRAY) for _ in range(4)), letter()]
    sheets = without_frames(pages)
    sizes = compare_sizes(sheets)
    assert sizes.gap[0] == 0.0 < sizes.exact[0]
    assert sizes.gap[3] > 0.2
    assert sizes.gap[7] > 0.2
    assert sheets[8] is pages[8]
    assert without_frames([pages[0], *(letter() for _ in range(8))])[0] is pages[0]


def test_the_dark_rim_of_a_copy_is_no_picture() -> None:
    copy = drawn(replace(LETTER_SIDE, ground="copy"), seed=7, bed=GRAY)
    assert facts(copy)["bed"] > 0.03
    assert facts(copy)["midtone"] < 0.02
    assert facts(copy)["ink"] == pytest.approx(facts(letter())["ink"], abs=0.02)


@pytest.mark.parametrize("bed", BEDS)
def test_a_disc_and_a_clipping_have_the_paper_that_they_are_of(bed: tuple[int, int, int]) -> None:
    disc = drawn(replace(sheet(220, 220, rows=4), round=True), bed=bed)
    clipping = drawn(replace(sheet(200, 340, stock="newsprint", rows=20), torn=True, ground="glass"), bed=bed)
    for page in (disc, clipping):
        assert not is_printed_over(page)
        assert not is_blank(page)
        assert facts(page)["paper"][0] > 70
        assert facts(page)["midtone"] < 0.05


def test_a_sheet_larger_than_the_glass_is_of_no_size() -> None:
    part, other = shown("too large"), drawn(replace(sheet(612, 800, rows=34), ground="too large"), seed=5)
    assert is_cut_off(part)
    assert not is_cut_off(letter())
    assert fact_of(size_columns_of([part, part]), "same_size")[0] == 0.0
    assert fact_of(size_columns_of([letter(), letter()]), "same_size")[0] > 0.9
    assert fact_of(size_columns_of([letter(), part]), "size_gap")[0] == 0.0, "as large as the letter, or larger"
    assert compare_sizes([drawn(sheet(200, 300, rows=8)), other]).gap[0] > 0.2, "larger than a card in any case"


@pytest.mark.parametrize("ground", [BLACK, (12, 12, 13), (24, 30, 70)])
def test_a_dark_cover_is_no_scanner_bed(ground: tuple[int, int, int]) -> None:
    cover = drawn(sheet(400, 600, ground=ground))
    assert facts(cover)["bed"] < 0.02
    assert not is_blank(cover)
    assert is_printed_over(cover)
    assert fact_of(size_columns_of([cover, drawn(sheet(400, 600, ground=ground))]), "same_size")[0] > 0.5
