"""How probable it is that a drafted title is right."""

from __future__ import annotations

import math

import pytest

from clustering.engine.drafting import draft_group, see_document
from clustering.engine.drafting.dates import draft_date
from clustering.engine.drafting.kind import draft_kind
from clustering.engine.drafting.title import weigh_title
from clustering.engine.drafting.title_trust import INTERCEPT, probability, shipped
from clustering.engine.records import Line, PageRecord
from tests.engine.drafting.pages import columns, line, page, prose

TITLE = "Boycott Lettuce in Boston"


def facts_of(*pages: PageRecord) -> dict[str, float]:
    seen = see_document(pages)
    weighed = weigh_title(seen, draft_kind(seen), draft_date(seen))
    assert weighed is not None
    return weighed[1]


def flyer(*more: Line, confidence: float = 96.0) -> PageRecord:
    return page(line(TITLE, 0.08, size=3, confidence=confidence), *prose(0.2, 20), *more)


def test_every_fact_has_a_shipped_weight_and_every_weight_a_fact() -> None:
    assert shipped().keys() == {INTERCEPT, *facts_of(flyer())}


def test_a_title_is_less_sure_the_worse_its_letters_were_read() -> None:
    again = (
        line("Join the boycott of lettuce", 0.8, left=0.1),
        line("from the fields to Boston", 0.82, left=0.1),
    )
    confused = [one._replace(confidence=66) for one in again]
    sure, unsure, guessed = flyer(*again), flyer(confidence=84), flyer(*confused, confidence=66)
    chances = [draft.title.confidence for one in (sure, unsure, guessed) if (draft := draft_group([one])).title]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] > 0.5 > chances[2]


def test_a_title_is_surer_if_its_words_are_read_elsewhere_too() -> None:
    alone = flyer()
    again = flyer(line("Join the boycott of lettuce in Boston on Saturday", 0.9, left=0.1))
    assert facts_of(alone)["no word read elsewhere"] == 1
    assert facts_of(again)["share of words read elsewhere too"] == 1
    assert probability(facts_of(again)) > probability(facts_of(alone))


def test_a_serial_is_less_sure_without_its_masthead() -> None:
    issue = "Vol. 8, No. 20      November 9, 1970"
    body = page(*columns(0.1, 30), line("Ballot and Budget is published every two weeks", 0.9, left=0.1))
    printed = page(line("Ballot and Budget", 0.05, size=4), line(issue, 0.15), *columns(0.26, 30))
    drawn = page(line(issue, 0.15), line("(Continued on page 2)", 0.95), *columns(0.26, 30))
    assert facts_of(printed, body)["a serial without a masthead"] == 0
    assert facts_of(drawn, body)["a serial without a masthead"] == 1
    assert shipped()["a serial without a masthead"] < 0


def test_a_title_behind_a_cover_is_not_on_the_first_page() -> None:
    cover = page(line("~ .", 0.5))
    inside = page(line(TITLE, 0.08, size=3), *columns(0.2, 30))
    assert facts_of(cover, inside)["not on the first page"] == 1
    assert facts_of(inside)["not on the first page"] == 0


def test_facts_add_up_in_log_odds() -> None:
    assert probability({"a": 2.0, "unknown": 9.0}, {INTERCEPT: -1.0, "a": 1.5}) == pytest.approx(1 / (1 + math.exp(-2)))
