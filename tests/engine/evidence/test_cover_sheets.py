"""Slips in front of what they route, title pages in front of their text; words that nobody made out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clustering.engine.evidence import Evidence, gather
from clustering.engine.evidence.cover_sheets import EXPECTED_AFTER_SLIPS, EXPECTED_AFTER_TITLES
from clustering.engine.evidence.unreliable_text import COMPARED
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


def test_behind_a_title_page_text_and_numbers_begin_as_a_matter_of_course() -> None:
    title = page(LETTER, line("A Program for Salem", 0.4, left=0.4, tall=40), line("1965", 0.5, left=0.45), paper=BARE)
    first = page(LETTER, *body(count=14, top=0.4), line("- 1 -", 0.97, left=0.47), paper=BARE)
    evidence = gather([letter(), title, first])
    assert values(evidence, "title_page") == [0.0, 1.0]
    assert [name for name in EXPECTED_AFTER_TITLES if values(evidence, name)[1]] == []
    after_text = gather([letter(), letter(), first])
    assert values(after_text, "page_one")[1] > 0.5
    assert values(after_text, "starts_low")[1] > 0.5


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
    assert set(gather([letter(), letter()]).names) >= COMPARED | EXPECTED_AFTER_SLIPS | EXPECTED_AFTER_TITLES
