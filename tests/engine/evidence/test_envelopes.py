"""Envelopes, and what joins one to the letter on either side of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from clustering.engine.evidence import Evidence, gather
from clustering.engine.evidence.envelopes import CONTRASTS, EXPECTED_AROUND_ENVELOPES
from clustering.engine.records import Line, PageRecord
from tests.engine.evidence.making import LETTER, body, line, page

LYING = (1200, 800)
BARE = {"grid": [[0.03] * 8] * 8, "ink": 0.03, "midtone": 0.0, "spot": 0.0}


def letter(*lines: Line, paper: tuple[float, float, float] = (90.0, 0.0, 5.0)) -> PageRecord:
    return page(LETTER, *body(), *lines, paper={**BARE, "paper": list(paper)})


def envelope(**paper: object) -> PageRecord:
    address = [line("Mrs. Anna Berger", 0.4), line("17 Mill Street", 0.45), line("Salem", 0.5)]
    return page(LYING, *address, paper={**BARE, **paper})


def values(evidence: Evidence, name: str) -> list[float]:
    return next(column.values.tolist() for column in evidence.columns if column.name == name)


def test_an_envelope_is_told_on_both_of_its_sides() -> None:
    evidence = gather([letter(), letter(), envelope(), letter()])
    assert values(evidence, "envelope") == [0.0, 1.0, -1.0]
    assert values(evidence, "beside_envelope") == [0.0, 1.0, 1.0]
    assert evidence.names[evidence.even] == "beside_envelope"


def test_on_which_side_an_envelope_lies_is_the_only_habit() -> None:
    evidence = gather([letter(), envelope(), letter()])
    assert [name for name, habit in zip(evidence.names, evidence.habits, strict=True) if habit] == ["envelope"]


def test_both_faces_of_an_envelope_are_one() -> None:
    front, back = envelope(), page(LYING, line("Salem", 0.8), paper={**BARE, "ink": 0.0001})
    evidence = gather([letter(), front, back, letter()])
    assert values(evidence, "envelope") == [1.0, 0.0, -1.0]
    assert values(evidence, "envelope_faces") == [0.0, 1.0, 0.0]
    assert values(gather([letter(), back, letter()]), "envelope") == [0.0, 0.0]


def test_a_smaller_envelope_behind_another_is_that_of_another_letter() -> None:
    smaller = replace(envelope(), width=1000)
    evidence = gather([letter(), envelope(), smaller, letter()])
    assert values(evidence, "envelope_faces") == [0.0, 0.0, 0.0]
    assert values(evidence, "beside_envelope") == [1.0, 0.0, 1.0]


def test_a_mourning_border_is_at_the_edges_and_an_address_within() -> None:
    dark = np.full((8, 8), 0.9)
    dark[1:-1, 1:-1] = 0.03
    assert values(gather([letter(), envelope(grid=dark.tolist())]), "envelope") == [1.0]


@pytest.mark.parametrize(
    "sheet",
    [
        pytest.param(page(LYING, *body(), paper=BARE), id="covered with writing"),
        pytest.param(envelope(grid=[[0.4] * 8] * 8), id="a print on a card"),
        pytest.param(envelope(grid=None), id="not measured"),
        pytest.param(envelope(paper=[40.0, 0.0, 0.0]), id="a photograph"),
        pytest.param(page(LYING, line("oer", 0.4)._replace(confidence=20.0), paper=BARE), id="no word was read"),
        pytest.param(page(LYING, paper=BARE), id="not read"),
        pytest.param(page((1200, 300), line("A banner", 0.4), paper=BARE), id="a strip"),
        pytest.param(
            page(LYING, line("ORDER BLANK", 0.1), line("Name", 0.3), line("Address: Salem", 0.4), paper=BARE),
            id="a form",
        ),
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


def test_letters_scanned_as_opened_sheets_have_envelopes_too() -> None:
    front = page((600, 800), *body(), paper=BARE)
    opened = page((1200, 800), *body(), paper=BARE)
    small = replace(envelope(), width=1000, height=600)
    evidence = gather([front, opened, small, front, opened, small, opened])
    assert values(evidence, "envelope") == [0.0, 1.0, -1.0, 0.0, 1.0, -1.0]


def test_what_lies_around_any_envelope_tells_nothing() -> None:
    first = letter(line("May 6, 1965", 0.06), line("Dear Mrs. Berger:", 0.09))
    evidence = gather([letter(line("Sincerely yours,", 0.9)), envelope(), first])
    assert [name for name in EXPECTED_AROUND_ENVELOPES if any(values(evidence, name))] == []
    assert values(gather([letter(), first]), "salutation") == [1.0]


def test_of_what_an_envelope_differs_in_the_difference_between_its_sides_tells() -> None:
    gray, white = (60.0, 0.0, 0.0), (90.0, 0.0, 5.0)
    evidence = gather([letter(paper=white), envelope(paper=list(gray)), letter(paper=gray)])
    assert values(evidence, "paper_colour_fold")[0] > 0.9
    assert values(evidence, "paper_colour_fold")[1] == 0.0
    unlike = next(column for column in evidence.columns if column.name == "paper_colour_fold")
    plain = gather([letter(paper=white), letter(paper=gray)])
    sentences = {unlike.say(0), *(column.say(0) for column in plain.columns if column.name == unlike.name)}
    assert len(sentences) == 2, "it says that it compares both sides"
    alike = gather([letter(paper=white), envelope(paper=list(gray)), letter(paper=white)])
    assert values(alike, "paper_colour_fold") == values(alike, "size_gap") == [0.0, 0.0]


def test_names_on_one_side_only_tell_whose_an_envelope_is() -> None:
    addressed = letter(line("Mrs. Anna Berger", 0.05), line("Salem", 0.08))
    other = letter(line("Dr. Peter Moss", 0.05))
    assert values(gather([other, envelope(), addressed]), "envelope_names") == [0.0, 1.0]
    assert values(gather([addressed, other, envelope(), other]), "envelope_names") == [0.0, 1.0, 0.0]
    assert values(gather([addressed, envelope(), addressed]), "envelope_names") == [0.0, 0.0]


def test_names_are_not_looked_for_beyond_the_next_envelope() -> None:
    addressed, other = letter(line("Mrs. Anna Berger", 0.05)), letter()
    between = page((1000, 700), line("Town Hall", 0.4), paper=BARE)
    assert values(gather([addressed, between, other, envelope(), other]), "envelope_names")[2:] == [0.0, 0.0]


def test_facts_that_are_silenced_or_compared_exist() -> None:
    assert set(gather([letter(), letter()]).names) >= CONTRASTS | EXPECTED_AROUND_ENVELOPES
