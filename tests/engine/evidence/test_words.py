"""Words at the seam, the same hand, and copies."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clustering.engine.evidence.copies import copy_columns
from clustering.engine.evidence.hand import compare, grams, hand_columns, jaccard, returning_heads
from clustering.engine.evidence.prose import (
    closing_cues,
    designations,
    has_contents,
    head_dates,
    opening_cues,
    prose_columns,
    prose_of,
    sentence_runs_on,
)
from clustering.engine.records import PageRecord
from tests.engine.evidence.making import LETTER, body, line, page


def prose(*lines: object) -> object:
    return prose_of(page(LETTER, *lines))  # type: ignore[arg-type]


def seam(left: PageRecord, right: PageRecord) -> dict[str, float]:
    proses = [prose_of(left), prose_of(right)]
    columns = [*prose_columns(proses), *hand_columns([left, right], proses), *copy_columns(proses)]
    return {c.name: float(c.values[0]) for c in columns if c.values[0]}


def test_a_hyphen_and_a_small_letter_run_on() -> None:
    left = prose(*body(), line("and they were told to leave the informa-", 0.9, right=0.88))
    right = prose(line("tion with the clerk of the court that day", 0.1, right=0.88), *body(top=0.14))
    assert sentence_runs_on(left, right) == 1.0  # type: ignore[arg-type]


def test_a_full_stop_and_a_capital_do_not() -> None:
    left = prose(*body(), line("and that was the end of the long strike.", 0.9, right=0.88))
    right = prose(line("The committee meets again in the autumn", 0.1, right=0.88), *body(top=0.14))
    assert sentence_runs_on(left, right) < 0  # type: ignore[arg-type]


def test_more_at_the_foot_speaks_against_a_boundary_as_on_pages_3_to_31() -> None:
    left = page(LETTER, *body(), line("- more -", 0.95, left=0.8))
    assert seam(left, page(LETTER, *body()))["more"] == 1.0


@pytest.mark.parametrize(
    ("language", "text", "ends"),
    [
        ("en", "(END)", True), ("en", "END OF MESSAGE", True), ("en", "- END OF DISPATCH -- SECRET", True),
        ("en", "since the end of the war and of its reports", False),
        ("en", "end of files that nobody kept in order", False),
        ("de", "Ende der Nachricht", True), ("fr", "FIN DE MESSAGE", True), ("es", "Fin del mensaje", True),
    ],
)  # fmt: skip
def test_a_page_says_that_a_document_ends(language: str, text: str, ends: bool) -> None:
    found = prose_of(page(LETTER, *body(count=4), line(text, 0.6)), usual=language)
    assert found is not None
    assert closing_cues(replace(found, language=language))["end_mark"] == float(ends)


def test_a_letter_shows_its_beginning_and_its_end_as_254_does() -> None:
    letter = prose(
        line("May 6, 1965", 0.15), line("Mr. Gordon D. Hall", 0.2), line("Dear Mr. Hall:", 0.25),
        *body(count=12, top=0.3),
        line("Sincerely yours,", 0.8, left=0.6),
    )  # fmt: skip
    assert opening_cues(letter)["salutation"] == opening_cues(letter)["dateline"] == 1.0  # type: ignore[arg-type]
    assert closing_cues(letter)["signed"] == 1.0  # type: ignore[arg-type]


def test_issue_numbers_are_compared_as_those_of_the_fact_sheets_from_107_on() -> None:
    first, second = prose(line("Fact Sheet No. 7", 0.05)), prose(line("Fact Sheet No. 8", 0.05))
    assert compare(designations(first), designations(second)) == -1  # type: ignore[arg-type]
    assert compare(designations(first), designations(first)) == 1  # type: ignore[arg-type]
    assert compare(designations(first), frozenset()) == 0  # type: ignore[arg-type]


def test_dates_at_the_head_are_told_apart() -> None:
    assert head_dates(prose(line("March 24, 1963", 0.1))) != head_dates(prose(line("April 2, 1963", 0.1)))  # type: ignore[arg-type]


def test_a_repeated_letterhead_with_a_new_salutation_is_a_masthead_not_a_running_head() -> None:
    def letter(day: str) -> PageRecord:
        head = line("PORT AVERILL COUNCIL OF CONGREGATIONS", 0.04)
        return page(LETTER, head, line(day, 0.1), line("Dear Miss Lindqvist:", 0.2), *body(count=15, top=0.3))

    found = seam(letter("March 24, 1963"), letter("April 2, 1963"))
    assert found["masthead_repeats"] > 0.3
    assert "running_head" not in found


def test_a_table_of_contents_is_inside_a_document() -> None:
    assert has_contents(prose(line("CONTENTS", 0.1), line("1. The library ........ 3", 0.2)))  # type: ignore[arg-type]


def test_headings_that_come_back_open_the_next_of_a_series_as_memo_from_cope_does() -> None:
    memo, other = grams("MEMO FROM COPE published by the committee"), grams("Odds n ends and what is being said")
    assert returning_heads([memo, other, memo])[2] > 0.5
    assert returning_heads([memo, memo, memo])[2] == 0.0


def test_too_little_text_is_not_compared() -> None:
    assert jaccard(grams("abc"), grams("abc")) == 0.0


def test_a_second_copy_begins_where_the_text_repeats() -> None:
    front = page(LETTER, *body("we call on every member to attend the meeting in the hall", 20))
    back = page(LETTER, *body("printed on the other side are the names of all officers elected", 20))
    proses = [prose_of(p) for p in (front, back, front, back)]
    begins, goes_on = copy_columns(proses)
    assert begins.values.tolist()[1] > 0.9
    assert begins.values[2] == 0.0
    assert goes_on.values[2] > 0.9
