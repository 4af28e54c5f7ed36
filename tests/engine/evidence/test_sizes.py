"""Sizes of neighboring sheets, by the pages that the rules were written for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clustering.engine.evidence.number_sequences import panels_of
from clustering.engine.evidence.sizes import compare_sizes, size_columns
from tests.engine.evidence.making import LETTER, SPREAD, line, page, reading


def facts(*sizes: tuple[int, int], seam: int) -> dict[str, float]:
    columns = size_columns(compare_sizes([page(size) for size in sizes]))
    return {c.name: float(c.values[seam]) for c in columns if c.values[seam]}


def test_a_cover_opens_into_its_spread_as_43_does() -> None:
    assert facts((434, 987), (866, 988), seam=0)["opens"] == 1.0


def test_a_spread_closes_into_its_back_as_54_does() -> None:
    assert facts((892, 999), (453, 1001), seam=0)["closes"] == 1.0


def test_a_leaflet_of_three_panels_unfolds_as_87_does() -> None:
    assert facts((404, 916), (1201, 916), seam=0)["opens"] == 1.0


def test_a_sheet_folded_twice_unfolds_as_96_does() -> None:
    values = facts((599, 964), (1188, 1914), seam=0)
    assert "opens" in values
    assert values.get("size_gap", 0.0) < 0.2


def test_the_back_of_a_leaflet_opens_into_no_sheet_of_another_size() -> None:
    leaflet = (463, 603), (931, 603), (467, 604)
    values = facts(*leaflet, (930, 1205), seam=2)
    assert values["closed"] == 1.0
    assert "opens" not in values
    assert "opens" in facts(*leaflet, (931, 603), seam=2), "the same sheet once more"
    assert "opens" in facts((931, 603), (467, 604), (930, 1205), seam=1), "it may be a cover: the spread has none"


def test_a_wider_neighbor_of_the_same_height_is_no_fold_as_284_and_285_show() -> None:
    assert "closes" not in facts((1523, 925), (406, 928), seam=0)


def test_half_a_sheet_below_a_letter_is_weaker_than_a_spread() -> None:
    values = facts((933, 1207), (933, 605), seam=0)
    assert "closes" not in values
    assert values["folds_down"] == 1.0


def test_a_back_cover_meets_a_front_cover_as_at_137_and_138() -> None:
    values = facts((1266, 470), (636, 468), (744, 437), (1485, 440), seam=1)
    assert values["closed"] == values["cover"] == values["closed_and_cover"] == 1.0


def test_a_single_page_between_two_spreads_is_no_back_cover_as_296_is_none() -> None:
    assert "closed" not in facts(SPREAD, LETTER, SPREAD, seam=1)


def test_an_unrelated_size_is_a_gap() -> None:
    assert facts(LETTER, (594, 382), seam=0)["size_gap"] > 0.9


def test_a_sheet_on_its_side_counts_half_as_page_2_does() -> None:
    assert 0.1 < facts((930, 1199), (1198, 930), seam=0)["size_gap"] < 0.6


def test_an_unusual_size_says_more_than_a_common_one() -> None:
    letters = [page(LETTER), page((500, 700))] * 6
    odd = [page((609, 929)), page((609, 929))]
    columns = {c.name: c for c in size_columns(compare_sizes([*letters, *odd, page(LETTER), page(LETTER)]))}
    rare = columns["same_odd_size"].values
    assert rare[12] > rare[14]


def test_the_bed_around_a_sheet_is_not_its_size() -> None:
    bedded = page((930, 1224), paper={"sheet": [0.0, 0.0, 1.0, 0.98]})
    assert compare_sizes([bedded]).height[0] == pytest.approx(1199.5, abs=1)


def test_spreads_that_are_taller_than_wide_count_two_panels_as_45_does() -> None:
    sizes = compare_sizes([page((434, 992)), page((866, 990)), page((864, 990)), page((864, 992)), page((453, 1000))])
    assert panels_of(sizes).tolist() == [1, 2, 2, 2, 1]


@pytest.mark.parametrize("count", [0, 1])
def test_streams_without_seams_give_empty_columns(count: int) -> None:
    assert all(len(c.values) == 0 for c in size_columns(compare_sizes([page()] * count)))


def test_where_every_page_was_cut_as_it_came_a_change_of_size_says_little() -> None:
    sheets = compare_sizes([page((930 + i % 3, 1200 + i % 2)) if i % 6 < 4 else page((600, 900)) for i in range(40)])
    cut = compare_sizes([page((500 + 37 * (i * 7 % 11), 700 + 41 * (i * 5 % 13))) for i in range(40)])
    assert sheets.trust == 1.0
    assert cut.trust == pytest.approx(0.3)
    gap = {c.name: c for c in size_columns(cut)}["size_gap"]
    assert gap.values.max() <= 0.3


def test_a_few_pages_are_trusted() -> None:
    assert compare_sizes([page((500 + 60 * i, 900 - 50 * i)) for i in range(6)]).trust == 1.0


def test_a_sheet_that_lay_on_its_side_is_compared_upright_too() -> None:
    lying = replace(page((1200, 930)), reading=replace(reading(line("words", 0.2)), rotation=90))
    upright = compare_sizes([page((930, 1200)), lying])
    assert upright.gap[0] == pytest.approx(0.0, abs=1e-9)
    assert compare_sizes([page((930, 1200)), page((1200, 930))]).gap[0] > 0.04
