"""How dates are written, and what OCR makes of them; every EDTF string must be valid by the edtf library."""

from __future__ import annotations

import json
from datetime import date as Day
from pathlib import Path

import pytest
from edtf import parse_edtf
from hypothesis import given
from hypothesis import strategies as st

from clustering.engine.drafting.calendar_words import full_year, month_of
from clustering.engine.drafting.date_forms import find_dates, repair
from clustering.engine.drafting.date_words import date_in_words

IN_WORDS = Path(__file__).parents[2] / "js" / "date_words.json"
"""EDTF and words; `tests/js/date_words.test.js` holds the browser to the same."""
WRITTEN = {
    "Washington, D. C.----March}9, 1959": "1959-03-09",
    "DEC. 1980 / NO. 31": "1980-12",
    "January 11-13, 1960": "1960-01-11/1960-01-13",
    "May 30 - June 2, 1961": "1961-05-30/1961-06-02",
    "APRIL-MAY 1954": "1954-04/1954-05",
    "Fall 1964": "1964-23",
    "Winter 1963-64": "1963-24",
    "Sept. 8, '78": "1978-09-08",
    "3/16/93": "1993-03-16",
    "16.3.1993": "1993-03-16",
    "25/3/1993": "1993-03-25",
    "1960-01-15": "1960-01-15",
    "den 5. Mai 1931": "1931-05-05",
    "le 14 juillet 1936": "1936-07-14",
    "5 de mayo de 1968": "1968-05-05",
    "the 8th day of May, 1964": "1964-05-08",
    "ca. 1960": "1960~",
    "1959?": "1959?",
    "88th CONGRESS, 1963-64": "1963/1964",
    "Reprinted from April 1963": "1963-04",
    "September 1995": "1995-09",
    "9 September 1984": "1984-09-09",
    "No. 9 September 1984": "1984-09",
    "Volume 25 October 1990": "1990-10",
    "The Observer - February 1991 Volume 20": "1991-02",
    "30 Sep 64": "1964-09-30",
    "10-Aug-64": "1964-08-10",
    "30SEP64": "1964-09-30",
    "SECRET 022047Z DEC 93 STAFF": "1993-12-02",
    "Volume 22, Number 1 - Sept/Oct 92": "1992-09/1992-10",
    "April-May '76": "1976-04/1976-05",
    "transcripts of 26-27 Nov 93": "1993-11-26/1993-11-27",
}

MISREAD = {
    "l9S9": "1959",
    "March I959": "1959-03",
    "June l, 1964": "1964-06-01",
    "Janvary 5, 196l": "1961-01-05",
    "Feb, 10, 1964.": "1964-02-10",
    "Ja nuary 15, 1958": "1958-01-15",
    "2 7 NOV 1968": "1968-11-27",
    "2.6 NOV 1968": "1968-11-26",
}


@pytest.mark.parametrize(("text", "edtf"), [*WRITTEN.items(), *MISREAD.items()])
def test_a_written_date_is_read_as_edtf(text: str, edtf: str) -> None:
    dates = find_dates(repair(text))
    assert [date.edtf for date in dates] == [edtf]
    assert parse_edtf(dates[0].edtf) is not None


@pytest.mark.parametrize(
    "text",
    [
        "Local 4-367",
        "Boston, Massachusetts 02116",
        "Telephone 617-423-3335",
        "$1959",
        "the late 1960's",
        "No. 2-60",
        "19. Nominations shall be made",
        "H.R. 4700",
        "12 men 15",
        "No. 3 May 64",
        "21 May 10:30",
        "the next meeting, Monday, September 21 at",
        "May Meeting - Tue, May 17, 1930 Hrs",
        "Mai, 1930 Uhr",
        "May and June 45 members",
    ],
)
def test_numbers_that_are_no_dates_are_left_alone(text: str) -> None:
    assert find_dates(text) == []


def test_a_misread_figure_is_marked_as_doubtful() -> None:
    assert find_dates("l9S9")[0].doubt
    assert not find_dates("1959")[0].doubt


def test_a_day_that_no_month_has_leaves_the_month() -> None:
    assert find_dates("February 30, 1960")[0].edtf == "1960-02"


def test_two_dates_in_a_line_are_both_found_in_order() -> None:
    assert [date.edtf for date in find_dates("June 1, 1964 and July 4, 1965")] == ["1964-06-01", "1965-07-04"]


def test_a_month_may_have_one_misread_letter_and_no_more() -> None:
    assert month_of("Febrnary") == 2
    assert month_of("Fcbrnary") is None
    assert month_of("mary") is None
    assert month_of("duly") is None
    assert month_of("duly", with_day=True) == 7


def test_two_figures_mean_the_twentieth_century() -> None:
    assert full_year("64") == 1964
    assert full_year("'07") == 1907
    assert full_year("164") is None


@given(st.dates(min_value=Day(1800, 1, 1), max_value=Day(2049, 12, 31)))
def test_every_day_written_out_comes_back(day: Day) -> None:
    written = day.strftime("%B %d, %Y")
    assert [date.edtf for date in find_dates(written)] == [str(day)]
    assert date_in_words(str(day)).endswith(str(day)[:4])


@given(st.text(max_size=60))
def test_any_text_gives_valid_edtf_or_nothing(text: str) -> None:
    for date in find_dates(repair(text)):
        assert parse_edtf(date.edtf) is not None


@pytest.mark.parametrize(("edtf", "words"), json.loads(IN_WORDS.read_text(encoding="utf-8")))
def test_edtf_is_said_in_words(edtf: str, words: str) -> None:
    assert date_in_words(edtf) == words
