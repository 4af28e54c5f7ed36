"""How probable it is that a date is the date of its document."""

from __future__ import annotations

from clustering.engine.drafting import see_document
from clustering.engine.drafting.date_trust import START, chances, log_odds, shipped
from clustering.engine.drafting.dates import date_candidates, draft_date
from clustering.engine.records import PageRecord
from tests.engine.drafting.pages import line, page, prose

DATED = line("May 6, 1965", 0.15, left=0.6)


def confidence_of(*pages: PageRecord) -> float:
    drafted = draft_date(see_document(pages))
    return drafted.confidence if drafted else 0.0


def test_every_fact_has_a_shipped_weight() -> None:
    pages = (page(DATED, line("DATE: June 1964", 0.3), line("Vol. 3, No. 2, Fall 1962", 0.5), line("© 1961", 0.9)),)
    facts = {fact for candidate in date_candidates(see_document(pages)) for fact in candidate.facts}
    assert len(facts) >= 10
    assert facts <= shipped().keys()


def test_chances_of_dates_and_of_none_add_up_to_one() -> None:
    both = chances({"1964": 0.0, "1965": 0.0})
    assert all(abs(chance - 1 / 3) < 1e-9 for chance in both.values())
    assert chances({"1964": 9.0})["1964"] > 0.99


def test_a_fact_adds_its_weight() -> None:
    weights = {START: -1.0, "alone on its line": 2.0}
    assert log_odds({"alone on its line": 1.0}, weights) == 1.0
    assert log_odds({"unknown": 5.0}, weights) == -1.0


def test_a_date_is_less_sure_if_another_could_be_meant() -> None:
    other = line("June 7, 1965", 0.2, left=0.6)
    assert confidence_of(page(DATED, *prose(0.3))) > confidence_of(page(DATED, other, *prose(0.3)))


def test_the_same_date_twice_competes_with_nothing() -> None:
    again = page(DATED, *prose(0.3), line("May 6, 1965", 0.9))
    assert confidence_of(again) >= confidence_of(page(DATED, *prose(0.3)))


def test_a_date_is_less_sure_the_worse_it_was_read() -> None:
    clear, poor = (page(DATED._replace(confidence=each), *prose(0.3)) for each in (96, 70))
    assert confidence_of(clear) > confidence_of(poor)


def test_a_year_behind_a_number_that_may_be_a_day_is_less_sure() -> None:
    whole, cut = (page(line(text, 0.1, left=0.6), *prose(0.3)) for text in ("Paris 1914", "le 2 aoit 1914"))
    assert confidence_of(whole) > confidence_of(cut) + 0.05
