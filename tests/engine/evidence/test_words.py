"""Words at the seam, the same hand, and copies."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from clustering.engine.evidence import copies, gather
from clustering.engine.evidence.copies import copy_columns, copy_offsets
from clustering.engine.evidence.hand import Wording, compare_issues, grams, hand_columns, returning_heads
from clustering.engine.evidence.image_similarity import Cosines, Vectors
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
from clustering.engine.evidence.single_page import single_page_columns
from clustering.engine.evidence.sizes import compare_sizes
from clustering.engine.evidence.text_overlap import Sets
from clustering.engine.records import PageRecord
from tests.engine.evidence.making import LETTER, body, line, page


def prose(*lines: object) -> object:
    return prose_of(page(LETTER, *lines))  # type: ignore[arg-type]


def seam(left: PageRecord, right: PageRecord) -> dict[str, float]:
    proses = [prose_of(left), prose_of(right)]
    columns = [
        *prose_columns(proses),
        *hand_columns(proses, Wording.of(proses), Cosines(Vectors([left, right], text=True))),
        *copy_columns(proses),
    ]
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


def test_stories_go_on_from_the_end_of_any_column() -> None:
    left = page(LETTER, *body(), line("(Continued on page 3)", 0.5, left=0.5))
    right = page(LETTER, *body(), line("Repeater Report, continued from page 1", 0.45))
    assert {"more", "continued"} <= seam(left, right).keys()
    assert not {"more", "continued"} & seam(right, left).keys()


@pytest.mark.parametrize(
    ("text", "cue"),
    [("Vol. 12", "announced"), ("4 Park Ave.", "letterhead"), ("Tel. 227", "letterhead")],
)
def test_abbreviations_are_seen_that_end_in_a_period(text: str, cue: str) -> None:
    assert opening_cues(prose(line(text, 0.1), *body()))[cue]  # type: ignore[arg-type]


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
    prose = prose_of(page(LETTER, *body(count=4), line(text, 0.6)), usual=language)
    assert prose is not None
    assert closing_cues(replace(prose, language=language))["end_mark"] == float(ends)


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
    assert compare_issues(designations(first), designations(second)) == -1  # type: ignore[arg-type]
    assert compare_issues(designations(first), designations(first)) == 1  # type: ignore[arg-type]
    assert compare_issues(designations(first), frozenset()) == 0  # type: ignore[arg-type]


def test_number_1_of_another_volume_is_another_issue() -> None:
    last, this = "Volume 21 Number 1", "Vol. 22, No. 1"
    assert seam(page(LETTER, line(last, 0.05)), page(LETTER, line(this, 0.05)))["issue_differs"] == 1.0
    assert seam(page(LETTER, line(this, 0.05)), page(LETTER, line("Volume 22 Number 1", 0.05)))["same_issue"] == 1.0
    assert seam(page(LETTER, line(this, 0.05)), page(LETTER, line("No. 1", 0.05)))["same_issue"] == 1.0, (
        "a running head"
    )


def test_dates_at_the_head_are_told_apart() -> None:
    assert head_dates(prose(line("March 24, 1963", 0.1))) != head_dates(prose(line("April 2, 1963", 0.1)))  # type: ignore[arg-type]


def test_the_date_of_a_running_head_opens_nothing_and_another_date_does() -> None:
    def sheet(day: str) -> PageRecord:
        return page(LETTER, line("CLERKS’ HANDBOOK, CHAPTER 3", 0.04), line(day, 0.07), *body(top=0.12))

    facts = seam(sheet("25 November 1974"), sheet("25 November 1974"))
    assert facts["same_date"] == 1.0
    assert not {"dateline", "date_differs", "masthead_repeats"} & facts.keys()
    assert facts["running_head"] > 0.5
    facts = seam(sheet("25 November 1974"), sheet("2 March 1975"))
    assert facts["dateline"] == facts["date_differs"] == 1.0
    assert "same_date" not in facts


def test_a_repeated_letterhead_with_a_new_salutation_is_a_masthead_not_a_running_head() -> None:
    def letter(day: str) -> PageRecord:
        head = line("PORT AVERILL COUNCIL OF CONGREGATIONS", 0.04)
        return page(LETTER, head, line(day, 0.1), line("Dear Miss Lindqvist:", 0.2), *body(count=15, top=0.3))

    values = seam(letter("March 24, 1963"), letter("April 2, 1963"))
    assert values["masthead_repeats"] > 0.3
    assert "running_head" not in values


def test_a_table_of_contents_is_inside_a_document() -> None:
    assert has_contents(prose(line("CONTENTS", 0.1), line("1. The library ........ 3", 0.2)))  # type: ignore[arg-type]


def test_headings_that_come_back_open_the_next_of_a_series_as_memo_from_cope_does() -> None:
    memo, other = grams("MEMO FROM COPE published by the committee"), grams("Odds n ends and what is being said")
    assert returning_heads(Sets([memo, other, memo]))[2] > 0.5
    assert returning_heads(Sets([memo, memo, memo]))[2] == 0.0


def test_too_little_text_is_not_compared() -> None:
    assert Sets([grams("abc"), grams("abc")]).apart(1) == [0.0]


def test_a_second_copy_begins_where_the_text_repeats() -> None:
    front = page(LETTER, *body("we call on every member to attend the meeting in the hall", 20))
    back = page(LETTER, *body("printed on the other side are the names of all officers elected", 20))
    proses = [prose_of(p) for p in (front, back, front, back)]
    begins, goes_on = copy_columns(proses)
    assert begins.values.tolist()[1] > 0.9
    assert begins.values[2] == 0.0
    assert goes_on.values[2] > 0.9


def test_minutes_that_tell_another_date_in_their_first_lines_begin_anew() -> None:
    def minutes(date: str) -> PageRecord:
        head = f"MINUTES of the meeting of Friends of the River, held on {date} at Osgood, in the hall"
        return page(LETTER, line(head, 0.08, right=0.9), *body("the board heard of the dam", 18))

    values = seam(minutes("May 21, 1952"), minutes("June 4, 1952"))
    assert values["masthead_repeats"] > 0.3
    assert "running_head" not in values
    assert seam(minutes("May 21, 1952"), minutes("May 21, 1952"))["running_head"] > 0.3


def test_what_is_printed_on_all_forms_joins_none_of_them() -> None:
    head = [line("APPLICATION FOR MEMBERSHIP in the Union of Teachers", 0.05), line("Name, address and town", 0.12)]
    form, other = page(LETTER, *head), page(LETTER, *body())

    def running(pages: list[PageRecord]) -> float:
        proses = [prose_of(each) for each in pages]
        return float(
            next(
                c
                for c in hand_columns(proses, Wording.of(proses), Cosines(Vectors(pages, text=True)))
                if c.name == "running_head"
            ).values[0]
        )

    assert running([form] * 20) == 0.0
    assert running([form, form, *[other] * 3, *[page(LETTER) for _ in range(16)]]) > 0.5


def test_a_back_that_a_series_repeats_is_a_back_again() -> None:
    back = page(LETTER, *body("printed by the council of the valley and sent to all who ask for it", 20))
    fronts = [page(LETTER, *body(f"on {what} we have this and nothing else to say", 20)) for what in ("water", "dams")]
    proses = [prose_of(p) for p in (fronts[0], back, fronts[1], back)]
    assert copy_columns(proses)[0].values[2] > 0.9, "where nothing tells what it was, a page that repeats begins"
    assert copy_columns(proses, [True, False, False])[0].values[2] == 0.0


def test_copies_are_found_across_the_pages_that_are_compared_together(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "workers of the valley who held their vote and what came of it for all in the end"
    texts = [text.replace(" ", f"{end} ") for end in ("a", "e", "i", "o", "u")]
    proses = [prose_of(page(LETTER, *body(text, 3))) for text in (*texts, *texts, "another text altogether")]
    whole = copy_offsets(proses)
    assert [sorted(each) for each in whole] == [[]] * 5 + [[5]] * 5 + [[]]
    monkeypatch.setattr(copies, "_AT_ONCE", 2)
    assert copy_offsets(proses) == whole
    assert copy_offsets([]) == []


def test_evidence_of_a_long_stream_holds_no_page_s_words_or_pictures() -> None:
    """What gathering leaves is some numbers a seam: the sentences must not hold on to what was compared."""

    def stream(count: int) -> list[PageRecord]:
        rng = np.random.default_rng(1)
        words = [f"word{chr(97 + k % 26)}{chr(97 + k // 26)}" for k in range(600)]
        looks = rng.normal(size=(count, 1280)).astype(np.float32)
        pages = []
        for number in range(count):
            text = [" ".join(rng.choice(words, 9)) for _ in range(30)]
            lines = [line(each, 0.05 + 0.03 * place) for place, each in enumerate(text)]
            pages.append(replace(page(LETTER, *lines), vector=looks[number]))
        return pages

    pages = stream(300)
    gather(pages[:50])  # what is loaded and compiled once
    tracemalloc.start()
    try:
        evidence = gather(pages)
        left, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(evidence.names) > 50
    assert left / len(pages) < 6_000, "the columns hold more than their values"
    assert most / len(pages) < 60_000, "more than a few pages' words were held at once"


def test_a_cover_of_a_report_is_a_title_page_and_other_bare_pages_are_none() -> None:
    text = page(LETTER, *body())

    def fact(*lines: object) -> float:
        pages = [page(LETTER, *lines), text]  # type: ignore[arg-type]
        proses = [prose_of(one) for one in pages]
        columns = single_page_columns(pages, proses, compare_sizes(pages))
        return next(float(column.values[0]) for column in columns if column.name == "title_page")

    assert fact(line("THE BIG PARADE", 0.3, tall=60), line("of twelve families", 0.5)) == 1.0
    assert fact(line("A Report on Water", 0.3, left=0.4), line("by the Committee", 0.5, left=0.4)) == 1.0
    assert fact(line("P.O. Box 2282", 0.3), line("Lexington", 0.33)) == 0.0, "small type at the left"
    assert fact(line("MMRA", 0.5, tall=60), line("FIRST CLASS MAIL", 0.9)) == 0.0, "an address panel"
    assert fact(line("the last of them", 0.15, left=0.4), line("END OF MESSAGE", 0.2, left=0.4)) == 0.0
