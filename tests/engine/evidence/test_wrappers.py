"""Envelopes and the slips in front of what they route; words that nobody made out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from clustering.engine.evidence import Evidence, gather
from clustering.engine.evidence.guesses import COMPARED
from clustering.engine.evidence.wrappers import CONTRASTS, OPENINGS, SIDES
from clustering.engine.records import PageRecord
from tests.engine.evidence.making import LETTER, body, line, page

LYING = (1200, 800)
BARE = {"grid": [[0.03] * 8] * 8, "ink": 0.03, "midtone": 0.0, "spot": 0.0}


def letter(*lines: object) -> PageRecord:
    return page(LETTER, *body(), *lines, paper=BARE)  # type: ignore[arg-type]


def envelope(**paper: object) -> PageRecord:
    address = [line("Mrs. Anna Berger", 0.4), line("17 Mill Street", 0.45), line("Salem", 0.5)]
    return page(LYING, *address, paper={**BARE, **paper})


def slip(text: str = "ROUTING AND RECORD SHEET") -> PageRecord:
    return page(LETTER, line(text, 0.05), line("Chief, Records", 0.2), paper=BARE)


def values(evidence: Evidence, name: str) -> list[float]:
    return next(column.values.tolist() for column in evidence.columns if column.name == name)


def test_an_envelope_is_told_on_both_of_its_sides() -> None:
    evidence = gather([letter(), letter(), envelope(), letter()])
    assert values(evidence, "envelope") == [0.0, SIDES, -SIDES]


def test_a_mourning_border_is_at_the_edges_and_an_address_within() -> None:
    dark = np.full((8, 8), 0.9)
    dark[1:-1, 1:-1] = 0.03
    assert values(gather([letter(), envelope(grid=dark.tolist())]), "envelope") == [SIDES]


@pytest.mark.parametrize(
    "sheet",
    [
        pytest.param(page(LYING, *body(), paper=BARE), id="covered with writing"),
        pytest.param(envelope(grid=[[0.4] * 8] * 8), id="a print on a card"),
        pytest.param(envelope(grid=None), id="not measured"),
        pytest.param(page(LYING, paper=BARE), id="not read"),
        pytest.param(page((1200, 300), line("A banner", 0.4), paper=BARE), id="a strip"),
        pytest.param(replace(envelope(), width=800, height=1200), id="upright"),
    ],
)
def test_other_sheets_are_no_envelopes(sheet: PageRecord) -> None:
    assert values(gather([letter(), sheet, letter()]), "envelope") == [0.0, 0.0]


def test_a_spread_is_no_envelope() -> None:
    cover = page((600, 800), line("Song sheet", 0.4), paper=BARE)
    assert values(gather([letter(), cover, envelope()]), "envelope") == [0.0, 0.0]


def test_where_most_pages_lie_across_none_is_an_envelope() -> None:
    card = page(LYING, *body(), paper=BARE)
    assert not any(values(gather([card, card, envelope(), card]), "envelope"))


def test_that_an_envelope_differs_from_its_letter_tells_nothing() -> None:
    facts = gather([letter(), envelope(paper=[60.0, 10.0, 30.0])])
    assert values(facts, "size_gap") == values(facts, "sparse_next") == [0.0]
    other = gather([letter(), replace(envelope(grid=[[0.4] * 8] * 8), width=1100)])
    assert values(other, "size_gap")[0] > 0 and values(other, "sparse_next") == [0.0]


def test_a_slip_begins_a_document_and_what_it_routes_follows_it() -> None:
    memo = letter(line("May 6, 1965", 0.08))
    evidence = gather([letter(), slip(), memo])
    assert values(evidence, "cover_slip") == [-1.0, 1.0]
    assert values(evidence, "dateline") == [0.0, 0.0]
    assert values(gather([letter(), letter(), memo]), "dateline") == [0.0, 1.0]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "FAX TRANSMITTAL SHEET"), ("en", "Official Routing Slip"), ("de", "Umlaufzettel"),
        ("fr", "BORDEREAU D'ENVOI"), ("es", "Hoja de ruta"),
    ],
)  # fmt: skip
def test_slips_have_names_in_each_language(language: str, text: str) -> None:
    one = slip(text)
    assert one.reading is not None
    assert values(gather([replace(one, reading=replace(one.reading, language=language)), letter()]), "cover_slip") == [
        1.0
    ]


def test_a_text_that_speaks_of_slips_is_none() -> None:
    assert values(gather([letter(line("the routing sheet was lost", 0.5)), letter()]), "cover_slip") == [0.0]


def test_words_that_no_reader_made_out_are_not_compared() -> None:
    pages = [letter(line("Signed by us the judge for the president", 0.02)) for _ in range(3)]
    assert any(values(gather(pages), "same_words"))
    readings = [page.reading for page in pages]
    guessed = [
        replace(page, reading=replace(reading, is_second=True, confidence=60.0))
        for page, reading in zip(pages, readings, strict=True)
        if reading is not None
    ]
    assert not any(any(values(gather(guessed), name)) for name in COMPARED)


def test_facts_that_are_silenced_exist() -> None:
    assert set(gather([letter(), letter()]).names) >= COMPARED | CONTRASTS | OPENINGS
