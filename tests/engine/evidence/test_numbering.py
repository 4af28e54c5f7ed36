"""Printed page numbers and what they say across seams."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clustering.engine.evidence.number_sequences import number_columns
from clustering.engine.evidence.numbering import page_numbers
from clustering.engine.evidence.reading_order import headline, reading_order
from clustering.engine.evidence.sizes import compare_sizes
from clustering.engine.records import PageRecord
from tests.engine.evidence.making import LETTER, SPREAD, all_numbers, body, line, page


def numbered(text: str, *, top: float = 0.03, left: float = 0.88) -> PageRecord:
    return page(LETTER, line(text, top, left=left), *body())


def facts(pages: list[PageRecord], seam: int) -> dict[str, float]:
    columns = number_columns(all_numbers(pages), compare_sizes(pages))
    return {c.name: float(c.values[seam]) for c in columns if c.values[seam]}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-12-", 12), ("12", 12), ("Page 12", 12), ("- 12 -", 12), ("12 of 40", 12), ("xii", 12), ("Seite 12", 12),
        ("REF: 94-5394206 PAGE: 2", 2), ("PAGE : 001", 1), ("IN 3123036 PAGE 002", 2), ("Page 02 of 09", 2),
    ],
)  # fmt: skip
def test_it_reads_the_ways_in_which_pages_are_numbered(text: str, value: int) -> None:
    assert [n.value for n in page_numbers(numbered(text))][:1] == [value]


@pytest.mark.parametrize("text", ["1954", "No. 31", "Local 66", "civil", "0", "007", "Page 000", "$3"])
def test_years_issues_and_words_are_no_page_numbers(text: str) -> None:
    assert not page_numbers(numbered(text))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "(Continued on page 2)"), ("en", "The report continues on page 4"), ("en", "Continued from Page 3"),
        ("en", "See page 4"), ("de", "Fortsetzung auf Seite 3"), ("fr", "Suite en page 5"),
        ("es", "Sigue en la página 4"),
    ],
)  # fmt: skip
def test_the_number_of_another_page_is_not_that_of_its_own(language: str, text: str) -> None:
    one = numbered(text, top=0.95, left=0.3)
    assert one.reading is not None
    assert not page_numbers(replace(one, reading=replace(one.reading, language=language)))


def test_a_page_that_names_another_page_may_still_tell_its_own_number() -> None:
    both = numbered("Continued on page 4. The Minuteman, page 3", top=0.95, left=0.1)
    assert [n.value for n in page_numbers(both)] == [3]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("15 cents per copy, 50 for $7", None), ("vides retirement benefits to 19", None),
        ("8 Beacon Street, Boston", None),
        ("2 / SOCIAL JUSTICE", 2), ("The Minuteman 7", 7), ("La Liberté 7", 7), ("Правда 7", 7),
        ("12 Rivière à été", 12),
    ],
)  # fmt: skip
def test_running_text_and_addresses_hold_no_page_number_and_running_heads_do(text: str, value: int | None) -> None:
    assert [n.value for n in page_numbers(numbered(text, left=0.1))] == ([value] if value else [])


def test_a_number_in_the_middle_of_the_page_is_none() -> None:
    assert not page_numbers(numbered("7", top=0.5))


def test_page_3_follows_page_2_and_says_so() -> None:
    pages = [numbered("2"), numbered("3")]
    columns = {c.name: c for c in number_columns(all_numbers(pages), compare_sizes(pages))}
    assert columns["runs_on"].values[0] > 0.6
    assert columns["runs_on"].say(0) == "Printed page number 3 follows 2."


def test_numbers_run_on_over_pages_that_could_not_be_read_as_from_4_to_31() -> None:
    pages = [numbered("4"), page(LETTER, *body()), page(LETTER, *body()), numbered("7")]
    assert all(facts(pages, seam)["runs_on"] > 0.4 for seam in range(3))


def test_two_numbers_on_a_spread_run_on_as_from_129_to_130() -> None:
    def spread(a: str, b: str) -> PageRecord:
        made = page(LETTER, line(a, 0.95, left=0.07), line(b, 0.95, left=0.92), *body())
        return PageRecord("s", *SPREAD, reading=made.reading)

    assert facts([page(), spread("2", "3"), spread("4", "5")], 1)["runs_on"] > 0.8


def test_many_numbers_that_agree_with_one_stray_number_are_one_witness_as_at_31() -> None:
    stray = page(LETTER, line("twelve hundred members on December 9", 0.03, left=0.3), *body())
    pages = [*(numbered(str(n)) for n in range(2, 9)), stray]
    assert facts(pages, 6).get("runs_on", 0.0) < 0.5


def test_the_page_before_a_page_2_is_a_page_1() -> None:
    assert facts([page(LETTER, *body()), page(LETTER, *body()), numbered("2")], 0)["page_one"] > 0.8


def test_a_number_that_does_not_follow_contradicts() -> None:
    assert facts([numbered("8"), numbered("3")], 0)["numbers_clash"] > 0.8


def test_two_sheets_in_reverse_are_read_forwards_as_220_before_219() -> None:
    numbers = all_numbers([numbered("2"), page(LETTER, *body())])
    order, why = reading_order((0, 1), numbers)
    assert order == (1, 0)
    assert "back to front" in why


def test_a_packet_in_reverse_is_read_forwards_as_268_before_267() -> None:
    numbers = all_numbers([numbered("8"), numbered("7"), numbered("6")])
    assert reading_order((0, 1, 2), numbers)[0] == (2, 1, 0)


def test_scan_order_stays_where_numbers_are_missing() -> None:
    numbers = all_numbers([numbered("3"), page(LETTER, *body()), numbered("1")])
    assert reading_order((0, 1, 2), numbers) == ((0, 1, 2), "")


def test_a_falling_pair_is_seen_beside_other_numbers_as_on_267_and_268() -> None:
    first = page(LETTER, line("19", 0.03, left=0.04), line("8", 0.95, left=0.5), *body())
    second = page(LETTER, line("7", 0.95, left=0.51), *body())
    order, why = reading_order((0, 1), all_numbers([first, second]))
    assert order == (1, 0)
    assert "fall from 8 to 7" in why


def test_a_packet_whose_other_sheets_say_1_is_reversed_as_a_whole_as_266_to_272() -> None:
    pages = [numbered("1"), numbered("8"), numbered("7"), numbered("1"), page(LETTER, *body())]
    assert reading_order(range(5), all_numbers(pages))[0] == (4, 3, 2, 1, 0)


def test_the_two_numbers_of_spreads_are_no_packet_in_reverse_as_at_81() -> None:
    leaf = page(LETTER, line("3", 0.95, left=0.8), *body())
    spread = page(LETTER, line("2", 0.95, left=0.24), line("3", 0.95, left=0.74), *body())
    assert reading_order((0, 1), all_numbers([leaf, spread])) == ((0, 1), "")


def test_the_side_with_the_larger_heading_is_the_front_as_220_before_219() -> None:
    back, front = page(LETTER, *body()), page(LETTER, line("BOYCOTT GRAPES", 0.05, tall=48), *body())
    headlines = [headline(back), headline(front)]
    order, why = reading_order((0, 1), all_numbers([back, front]), headlines)
    assert order == (1, 0)
    assert "larger heading" in why
    assert reading_order((1, 0), all_numbers([back, front]), headlines) == ((1, 0), "")


def test_numbers_do_not_run_on_over_a_page_with_another_number_as_over_266() -> None:
    plain = [numbered("4"), page(LETTER, *body()), page(LETTER, *body()), numbered("7")]
    broken = [numbered("4"), numbered("1"), page(LETTER, *body()), numbered("7")]
    assert facts(broken, 0).get("runs_on", 0.0) < 0.5 * facts(plain, 0)["runs_on"]


def test_a_number_that_ocr_sees_in_handwriting_is_none() -> None:
    scrawl = [words._replace(confidence=50.0) for words in body()]
    pages = [page(LETTER, line(text, 0.03), *scrawl) for text in ("3", "Page 3 of 5")]
    assert all(page_numbers(sheet) for sheet in pages)
    bare, spelled = all_numbers(pages)
    assert bare == ()
    assert [(number.value, number.total) for number in spelled] == [(3, 5)]
