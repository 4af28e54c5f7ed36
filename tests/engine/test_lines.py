"""Words in reading order: the two pages of a spread are kept apart."""

from __future__ import annotations

import pytest

from clustering.engine.lines import Word, Words, in_reading_order


def line(text: str, *, left: int, top: int, confidence: float = 90.0) -> Words:
    """Words of type 20 pixels high, 10 a sign; "|" stands for the gap at the fold of a spread."""
    words: list[Word] = []
    for part in text.split():
        if part == "|":
            left = max(left, 1000)
            continue
        right = left + 10 * len(part)
        words.append(Word(part, left, top, right, top + 20, confidence))
        left = right + 10
    return tuple(words)


def texts(*blocks: list[Words], width: int = 1800, height: int = 1200) -> list[str]:
    return [line.text for line in in_reading_order(blocks, width=width, height=height).lines]


def test_lines_that_run_across_the_fold_are_cut_and_read_page_by_page() -> None:
    block = [
        line("unfavorably; most of the time | Hearings may be public,", left=110, top=100),
        line("on the legislation | closed, or both", left=110, top=130),
        line("12 | 13", left=110, top=900),
    ]
    assert texts(block) == [
        "unfavorably; most of the time",
        "on the legislation",
        "12",
        "Hearings may be public,",
        "closed, or both",
        "13",
    ]


def test_a_line_of_one_side_stays_on_its_side() -> None:
    block = [
        line("left one | right one", left=100, top=100),
        line("right two", left=1000, top=130),
        line("left two", left=100, top=130),
    ]
    assert texts(block) == ["left one", "left two", "right one", "right two"]


def test_the_two_sides_are_blocks_of_their_own() -> None:
    reading = in_reading_order([[line("left | right", left=100, top=100)]], width=1800, height=1200)
    assert reading.text == "left\n\nright"
    assert [(part.left, part.right) for part in reading.lines] == [(100, 140), (1000, 1050)]


def test_a_headline_over_both_pages_stays_whole() -> None:
    headline = line("THE " * 40, left=100, top=20)
    assert texts([headline, line("left | right", left=100, top=100)]) == ["THE " * 39 + "THE", "left", "right"]


def test_a_table_on_an_upright_page_is_not_cut() -> None:
    assert texts([line("Wages | 1970", left=100, top=100)], width=1800, height=2400) == ["Wages 1970"]


def test_a_gap_far_from_the_fold_does_not_cut() -> None:
    words = (*line("Wages", left=100, top=100), *line("1970", left=500, top=100))
    assert texts([words]) == ["Wages 1970"]


def test_noise_is_left_out_and_end_marks_are_kept() -> None:
    reading = in_reading_order(
        [
            [
                line("The report", left=100, top=100, confidence=80),
                line("zqj vv", left=100, top=130, confidence=20),
                line("~ — .", left=100, top=160, confidence=90),
                line("# # #", left=100, top=190, confidence=60),
            ]
        ],
        width=900,
        height=1200,
    )
    assert [part.text for part in reading.lines] == ["The report", "# # #"]
    assert reading.confidence == 68.0


def test_words_on_their_side_are_not_sure() -> None:
    lying = (Word("wages", 100, 100, 120, 160, 95.0), Word("union", 100, 170, 120, 230, 95.0))
    upright = line("wages and union", left=100, top=100, confidence=95.0)
    assert in_reading_order([[lying]], width=900, height=1200).sure_words == 0
    assert in_reading_order([[upright]], width=900, height=1200).sure_words == 3


@pytest.mark.parametrize("text", ["wages and union", "für müssen größere", "décidé élève été", "Привет народ газета"])
def test_words_of_every_alphabet_are_sure(text: str) -> None:
    block = line(text, left=100, top=100, confidence=95.0)
    assert in_reading_order([[block]], width=900, height=1200).sure_words == 3


def test_a_page_without_words_has_no_lines() -> None:
    reading = in_reading_order([], width=900, height=1200)
    assert (reading.lines, reading.text, reading.confidence) == ((), "", 0.0)
