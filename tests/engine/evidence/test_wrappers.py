"""Slips in front of what they route; words that nobody made out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clustering.engine.evidence import Evidence, gather
from clustering.engine.evidence.guesses import COMPARED
from clustering.engine.evidence.wrappers import OPENINGS
from clustering.engine.records import PageRecord
from tests.engine.evidence.making import LETTER, body, line, page

BARE = {"grid": [[0.03] * 8] * 8, "ink": 0.03, "midtone": 0.0, "spot": 0.0}


def letter(*lines: object) -> PageRecord:
    return page(LETTER, *body(), *lines, paper=BARE)  # type: ignore[arg-type]


def slip(text: str = "ROUTING AND RECORD SHEET") -> PageRecord:
    return page(LETTER, line(text, 0.05), line("Chief, Records", 0.2), paper=BARE)


def values(evidence: Evidence, name: str) -> list[float]:
    return next(column.values.tolist() for column in evidence.columns if column.name == name)


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
    assert set(gather([letter(), letter()]).names) >= COMPARED | OPENINGS
