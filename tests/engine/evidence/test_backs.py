"""Backs: address panels, pages scanned turned, and print that runs the other way up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clustering.engine.evidence import gather
from clustering.engine.records import Line, PageRecord
from tests.engine.evidence.making import LETTER, body, line, page


def values(name: str, *pages: PageRecord) -> list[float]:
    return next(column.values.tolist() for column in gather(pages).columns if column.name == name)


def turned(degrees: int) -> PageRecord:
    upright = page(LETTER, *body())
    assert upright.reading
    return replace(upright, reading=replace(upright.reading, rotation=degrees))


def unsure(text: str, top: float) -> Line:
    return line(text, top)._replace(confidence=40.0)


@pytest.mark.parametrize(
    "words", ["BULK RATE", "Mail/Return Address:", "First Class Mail", "Address Correction Requested"]
)
def test_an_address_panel_ends_a_document_and_begins_none(words: str) -> None:
    text = page(LETTER, *body())
    panel = page(LETTER, *body(count=8), line(words, 0.6))
    assert values("address_panel", text, panel, text) == [-1.0, 1.0]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("We ship all orders by first class mail, postage paid, within a week", id="a sentence"),
        pytest.param("Second class postage paid at Washington, D.C.", id="an imprint"),
        pytest.param("A Non-profit Organization of Members", id="no permit"),
    ],
)
def test_what_else_concerns_the_mail_is_no_panel(words: str) -> None:
    text = page(LETTER, *body())
    assert values("address_panel", text, page(LETTER, *body(count=8), line(words, 0.6)), text) == [0.0, 0.0]


def test_a_return_address_on_an_envelope_is_a_matter_of_course() -> None:
    bare = {"grid": [[0.03] * 8] * 8, "ink": 0.03, "midtone": 0.0, "spot": 0.0}
    letter = page(LETTER, *body(), paper=bare)
    envelope = page((1200, 800), line("Return Address: Salem", 0.1), line("Mrs. Anna Berger", 0.4), paper=bare)
    assert values("envelope", letter, envelope, letter) == [1.0, -1.0]
    assert values("address_panel", letter, envelope, letter) == [0.0, 0.0]


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_page_that_lies_turned_begins_nothing(degrees: int) -> None:
    upright = page(LETTER, *body())
    assert values("turned", upright, turned(degrees), turned(degrees), upright) == [1.0, 0.0, -1.0]


def test_of_a_page_that_was_not_read_nobody_knows_how_it_lies() -> None:
    assert values("turned", page(), page(LETTER, *body()), page()) == [0.0, 0.0]


def test_below_print_the_other_way_up_no_text_starts() -> None:
    text = page(LETTER, *body())
    low = body(count=14, top=0.4)
    assert values("starts_low", text, page(LETTER, *low))[0] > 0.9
    assert values("starts_low", text, page(LETTER, line("The Minuteman", 0.1), *low))[0] > 0.9
    assert values("starts_low", text, page(LETTER, unsure("~ i,", 0.1), *low))[0] > 0.9, "specks"
    assert values("starts_low", text, page(LETTER, unsure("SLLASNHOVSSVW NOLONIXYT", 0.1), *low)) == [0.0]


def test_a_page_of_which_little_could_be_read_is_set_like_no_title_page() -> None:
    title = [line("The Stock Option Scandal", 0.3, left=0.4, tall=40), line("A Report", 0.5, left=0.45)]
    text = page(LETTER, *body())
    assert values("title_page", page(LETTER, *title), text) == [1.0]
    noise = [unsure(f"oer tia nd {i}", 0.6 + 0.05 * i) for i in range(3)]
    assert values("title_page", page(LETTER, *title, *noise), text) == [0.0]
