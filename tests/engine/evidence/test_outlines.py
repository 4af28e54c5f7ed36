"""Drawn pages that are no white rectangles: discs, torn clippings, cards lost on the bed, covers in solid color."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from PIL import ImageOps

from clustering.engine.evidence.colors import Papers, color_columns, is_blank
from clustering.engine.evidence.leaves import leaf_columns, torn_corners
from clustering.engine.evidence.outlines import FILLED, FOUND, share_filled
from clustering.engine.evidence.sizes import compare_sizes, size_columns
from clustering.engine.paper import measure_paper
from clustering.engine.records import PageRecord
from clustering.samples.face import BLACK, Ink
from clustering.samples.scanning import scan
from tests.engine.evidence.drawing import STRAIGHT, drawn, fact_of, letter, sheet, size_columns_of

RED, NAVY = (170, 30, 36), (30, 44, 110)


def test_a_straight_sheet_fills_its_box_and_a_disc_does_not() -> None:
    assert share_filled(letter()) > FILLED
    assert share_filled(drawn(sheet(612, 792, rows=20), glass=(1000, 1260))) > FILLED
    disc = drawn(replace(sheet(220, 220, rows=4), round=True))
    assert FOUND < share_filled(disc) < FILLED


def test_a_card_that_is_lost_on_the_bed_has_no_size() -> None:
    card = drawn(sheet(216, 144, rows=4), glass=(930, 1200))
    assert share_filled(card) < FOUND
    facts = size_columns(compare_sizes([letter(), card]))
    assert all(fact_of(facts, name)[0] == 0.0 for name in ("same_size", "opens", "closes", "folds_down", "size_gap"))


def test_what_an_outline_leaves_open_is_no_difference_in_size() -> None:
    straight = compare_sizes([drawn(sheet(220, 220, rows=4)), letter()])
    disc = compare_sizes([drawn(replace(sheet(220, 220, rows=4), round=True)), letter()])
    assert 0 < disc.gap[0] < straight.gap[0]
    assert fact_of(size_columns(disc), "size_gap")[1] == "The next sheet has a different size or outline."
    torn = compare_sizes([drawn(replace(sheet(150, 300, stock="newsprint", rows=9), torn=True)), letter()])
    assert torn.gap[0] > 0.5, "a clipping beside a letter is still seen"


@pytest.mark.parametrize(
    ("size", "sentence"),
    [
        ((560, 700), "smaller and isn’t part of a fold."),
        ((300, 396), "about 4 times smaller and isn’t part of a fold."),
        ((90, 120), "more than 10 times smaller and isn’t part of a fold."),
        # Leaflets folded to unequal panels: whether they are unfolded nobody has seen.
        ((900, 792), "The sheets are equally tall, but the next is 47% wider."),
        ((612, 500), "The sheets are equally wide, but the next is 37% shorter."),
        ((180, 792), "The sheets are equally tall, but the next is about 3 times narrower."),
    ],
)
def test_great_differences_are_told_in_round_numbers(size: tuple[int, int], sentence: str) -> None:
    facts = size_columns(compare_sizes([letter(), drawn(sheet(*size, rows=4))]))
    assert fact_of(facts, "size_gap")[1].endswith(sentence)


@pytest.mark.parametrize("ground", [RED, NAVY, BLACK])
def test_a_cover_in_solid_color_is_not_blank(ground: Ink) -> None:
    cover = drawn(sheet(400, 600, ground=ground))
    assert not is_blank(cover)
    pages = [cover, drawn(sheet(400, 600, rows=8))]
    facts = color_columns(pages, compare_sizes([cover, letter()]), Papers(pages))
    assert fact_of(facts, "blank_before")[0] == 0.0
    assert fact_of(facts, "paper_colour")[1] == "The background color differs."


@pytest.mark.parametrize("stock", ["bond", "goldenrod", "salmon", "blue", "kraft", "newsprint"])
def test_the_empty_back_of_any_paper_is(stock: str) -> None:
    # Scanned a little tight: the shadow of an edge is as dark as ink.
    image = ImageOps.crop(scan(sheet(612, 792, stock=stock), 0, STRAIGHT, Random(4)), 8)
    back = PageRecord("p", *image.size, paper=measure_paper(image))
    assert is_blank(back)
    pages = [letter(), back]
    facts = color_columns(pages, compare_sizes(pages), Papers(pages))
    assert fact_of(facts, "blank_follows") == (1.0, "Nothing is printed on the next page, as on the back of a sheet.")


def test_what_all_pages_share_joins_none_of_them() -> None:
    ruled = drawn(sheet(360, 216, stock="canary", rows=4))
    assert ruled.paper is not None
    card = replace(ruled, paper={**ruled.paper, "spot": 0.02, "hues": [1.0] + [0.0] * 11, "holes": [2, 0]})
    plain = replace(letter(), paper={**(letter().paper or {}), "spot": 0.0})
    names = ("same_tint", "same_ink", "punched_alike")
    cards = [card] * 30
    index = color_columns(cards, compare_sizes(cards), Papers(cards))
    pair = [card, card, *[plain] * 28]
    folder = color_columns(pair, compare_sizes(pair), Papers(pair))
    assert all(fact_of(index, name)[0] == 0.0 < 0.9 < fact_of(folder, name)[0] for name in names)


def test_cards_that_are_wider_than_high_are_no_spreads() -> None:
    card, single = drawn(sheet(360, 216, rows=4)), drawn(sheet(180, 216, rows=4))
    assert all(fact_of(size_columns_of([card] * 3), name)[0] == 0.0 for name in ("spreads", "opens"))
    spreads = next(c for c in size_columns_of([single, card, card, card]) if c.name == "spreads")
    assert spreads.values.tolist() == [0.0, 1.0, 1.0]
    spreads = next(c for c in size_columns_of([card, card, single, card, card]) if c.name == "spreads")
    assert spreads.values.tolist() == [1.0, 0.0, 0.0, 1.0]


def test_ragged_corners_of_clippings_prove_no_leaf() -> None:
    facts = letter().paper
    torn = [{**(facts or {}), "corners": corners} for corners in ([0.4, 0.0, 0.0, 0.0], [0.0, 0.4, 0.0, 0.0])]
    straight, ragged = ([replace(letter(), paper={**each, "bed": bed}) for each in torn] for bed in (0.003, 0.04))
    assert torn_corners(straight)[0] == 1.0
    assert torn_corners(ragged)[0] == 0.0
    assert fact_of(leaf_columns(straight, compare_sizes(straight)), "torn_alike")[0] == 1.0
