"""Dates as people enter them become EDTF, or are refused with a sentence that helps."""

from __future__ import annotations

import re
from datetime import date as Day

import pytest
from edtf import parse_edtf
from hypothesis import given
from hypothesis import strategies as st

from clustering.engine.drafting.date_words import date_in_words
from clustering.engine.edtf import is_edtf, is_in_order
from clustering.engine.written_dates import UnreadableDate, read_written_date

READ = {
    "January 14, 1954": "1954-01-14",
    "Jan. 14, 1954": "1954-01-14",
    "Jan 14 1954": "1954-01-14",
    "January 14th, 1954": "1954-01-14",
    "Thursday, January 14, 1954": "1954-01-14",
    "14 January 1954": "1954-01-14",
    "the 14th of January, 1954": "1954-01-14",
    "1954 January 14": "1954-01-14",
    "14-Jan-1954": "1954-01-14",
    "14-Jan-54": "1954-01-14",
    "1/14/1954": "1954-01-14",
    "1954-01-14 00:00:00": "1954-01-14",
    "1954-01-14T00:00": "1954-01-14",
    "1/14/54": "1954-01-14",
    "14/1/1954": "1954-01-14",
    "14.1.1954": "1954-01-14",
    "1954-1-14": "1954-01-14",
    "14 March 1656": "1656-03-14",
    "le 14 juillet 1936": "1936-07-14",
    "Jan. 1954": "1954-01",
    "1/1954": "1954-01",
    "1954, January": "1954-01",
    "1954-3": "1954-03",
    " 1954. ": "1954",
    "[1954]": "1954",
    "c. 1964": "1964~",
    "c1964": "1964~",
    "ca. 1964": "1964~",
    "ca 1964": "1964~",
    "Circa 1964": "1964~",
    "[ca. 1964]": "1964~",
    "about Jan. 14, 1954": "1954-01-14~",
    "1954?": "1954?",
    "[1954?]": "1954?",
    "1954 (?)": "1954?",
    "probably 1954": "1954?",
    "ca. 1954?": "1954%",
    "1950s": "195X",
    "the 1950's": "195X",
    "ca. 1950s": "195X~",
    "'50s": "195X",
    "19th century": "18XX",
    "Spring 1972": "1972-21",
    "fall of 1964": "1964-23",
    "Winter 1963-64": "1963-24",
    "1954-1956": "1954/1956",
    "1954–56": "1954/1956",
    "from 1954 to 1956": "1954/1956",
    "between 1954 and 1956": "1954/1956",
    "between January 1954 and March 1955": "1954-01/1955-03",
    "1954 or 1955": "1954/1955",
    "between c. 1954 and 1956": "1954~/1956",
    "Jan-Mar 1954": "1954-01/1954-03",
    "Jan. 14-16, 1954": "1954-01-14/1954-01-16",
    "14-16 January 1954": "1954-01-14/1954-01-16",
    "May 30 - June 2, 1961": "1961-05-30/1961-06-02",
    "1/14/1954 - 1/16/1954": "1954-01-14/1954-01-16",
    "Spring - Fall 1972": "1972-21/1972-23",
    "1950s-60s": "195X/196X",
    "ca. 1954-1956": "1954~/1956~",
    "1954?-1956": "1954?/1956",
    "before 1960": "../1960",
    "since the 1950s": "1950/..",
    "about 1948 to the 1950s": "1948~/1959~",
    "1950s -": "1950/..",
    "after the 1950s": "1959/..",
    "until the 1950s": "../1959",
    "before c. 1950s": "../1950~",
    "after Jan. 1960": "1960-01/..",
    "1960-": "1960/..",
    "1960 to present": "1960/..",
    "n.d.": "XXXX",
    "[N.D.]": "XXXX",
    "undated": "XXXX",
    "n.d., ca. 1960": "1960~",
}
ELSEWHERE = {
    "14. Januar 1954": "1954-01-14",
    "Montag, den 14. Jänner 1954": "1954-01-14",
    "am 14. Januar 1954": "1954-01-14",
    "im Januar 1954": "1954-01",
    "1954 bis 1956": "1954/1956",
    "von 1954 bis 1956": "1954/1956",
    "zwischen 1954 und 1956": "1954/1956",
    "30. Mai bis 2. Juni 1961": "1961-05-30/1961-06-02",
    "14. bis 16. Januar 1954": "1954-01-14/1954-01-16",
    "Januar bis März 1954": "1954-01/1954-03",
    "um 1960": "1960~",
    "etwa 1960": "1960~",
    "vermutlich 1960": "1960?",
    "Frühjahr 1972": "1972-21",
    "im Herbst 1972": "1972-23",
    "o. D.": "XXXX",
    "o.D.": "XXXX",
    "ohne Datum": "XXXX",
    "o. D. [um 1960]": "1960~",
    "1950er": "195X",
    "1950er Jahre": "195X",
    "die 50er Jahre": "195X",
    "um die 1950er": "195X~",
    "1950er bis 60er": "195X/196X",
    "19. Jahrhundert": "18XX",
    "19. Jh.": "18XX",
    "vor 1960": "../1960",
    "bis 1960": "../1960",
    "seit 1960": "1960/..",
    "nach 1960": "1960/..",
    "1960 bis heute": "1960/..",
    "1er janvier 1954": "1954-01-01",
    "lundi 14 janvier 1954": "1954-01-14",
    "de 1954 à 1956": "1954/1956",
    "entre 1954 et 1956": "1954/1956",
    "vers 1960": "1960~",
    "printemps 1972": "1972-21",
    "été 1972": "1972-22",
    "s. d.": "XXXX",
    "sans date": "XXXX",
    "les années 1950": "195X",
    "années 50": "195X",
    "XIXe siècle": "18XX",
    "avant 1960": "../1960",
    "jusqu’en 1960": "../1960",
    "depuis 1960": "1960/..",
    "à partir de 1960": "1960/..",
    "14 de enero de 1954": "1954-01-14",
    "enero de 1954": "1954-01",
    "de 1954 a 1956": "1954/1956",
    "entre 1954 y 1956": "1954/1956",
    "hacia 1960": "1960~",
    "primavera de 1972": "1972-21",
    "s. f.": "XXXX",
    "sin fecha": "XXXX",
    "años 1950": "195X",
    "década de los 50": "195X",
    "siglo XIX": "18XX",
    "antes de 1960": "../1960",
    "desde 1960": "1960/..",
}
"""German, French, and Spanish, whatever the language of the interface."""
KEPT = ["1959", "1960-02-29", "1964~", "195X", "19XX", "1959-XX", "1959-03-XX", "1959-21", "../1960", "1960/", "XXXX"]
KEPT += ["1959~/1961?", "-0044", "195X/1960"]
NO_DATES = {
    "February 30, 1960": "not a day in the calendar",
    "1960-02-30": "not a day in the calendar",
    "2/30/1960": "not a day in the calendar",
    "31 June 1960": "not a day in the calendar",
    "1956-1954": "ends before it begins",
    "1961/1959": "ends before it begins",
    "1900s": "Write 190X for the decade or 19XX for the century",
    "January 14, 1954 and more": "isn’t a date we recognize. Write it like",
    "l954": "Write it like",
    "early 1950s": "Write it like",
    "last spring": "Write it like",
    "13/45/1954": "Write it like",
    "1959-13": "Write it like",
    "1959-00": "Write it like",
    "1959-21-01": "Write it like",
    "1959-XX-03": "Write it like",
    "1959-03-12T10:00": "Write it like",
    "1954, 1956": "Write it like",
    "1959/1960/1961": "Write it like",
    "January 5": "Write it like",
    "59": "Write it like",
    "../..": "Write it like",
    "/": "Write it like",
    "?": "Write it like",
    "c.": "Write it like",
    "to": "Write it like",
    "1900er Jahre": "Write 190X for the decade or 19XX for the century",
    "Anfang 1954": "Write it like",
    "": "Write it like",
    "1" * 5000: "Write it like",
}


@pytest.mark.parametrize(("text", "edtf"), [*READ.items(), *ELSEWHERE.items()])
def test_what_people_write_becomes_edtf(text: str, edtf: str) -> None:
    assert read_written_date(text).edtf == edtf
    assert parse_edtf(edtf) is not None


@pytest.mark.parametrize("edtf", KEPT)
def test_edtf_stays_as_it_is(edtf: str) -> None:
    assert read_written_date(edtf).edtf == edtf


@pytest.mark.parametrize(("text", "why"), NO_DATES.items(), ids=lambda value: value[:30])
def test_what_is_no_date_is_refused_with_the_way_to_write_one(text: str, why: str) -> None:
    with pytest.raises(UnreadableDate, match=why):
        read_written_date(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1/14/54", "January 14, 1954"),
        ("c. 1964", "about 1964"),
        ("ca. 1954?", "about 1954?"),
        ("1950s", "1950s"),
        ("19th century", "19th century"),
        ("n.d.", "no date"),
        ("before 1960", "1960 or earlier"),
        ("1960-", "1960 or later"),
        ("Spring - Fall 1972", "Spring-Fall 1972"),
        ("1959-XX", "1959, month unknown"),
        ("1959-03-XX", "March 1959, day unknown"),
        ("1954?-1956", "1954? - 1956"),
        ("-0044", "45 BC"),
        ("1954-03/1954-05-12", "March 1954 - May 12, 1954"),
    ],
)
def test_the_reading_is_said_in_words(text: str, words: str) -> None:
    assert read_written_date(text).words == words


DAYS = st.dates(min_value=Day(1000, 1, 1), max_value=Day(2099, 12, 31))


@given(DAYS, st.sampled_from(["%B %d, %Y", "%b. %d, %Y", "%d %B %Y", "%Y %B %d", "%m/%d/%Y", "%d-%b-%Y", "%Y-%m-%d"]))
def test_every_day_comes_back_from_every_form(day: Day, form: str) -> None:
    assert read_written_date(day.strftime(form)).edtf == day.isoformat()


@given(DAYS, DAYS, st.sampled_from(["{} - {}", "{} to {}", "between {} and {}", "from {} through {}"]))
def test_two_days_make_a_range(one: Day, other: Day, form: str) -> None:
    first, last = sorted([one, other])
    written = form.format(*(day.strftime("%B %d, %Y") for day in (first, last)))
    assert read_written_date(written).edtf == f"{first}/{last}"


PIECES = [
    "c. ",
    "1954",
    "Jan. ",
    "14",
    ", ",
    " - ",
    "?",
    "[",
    "]",
    "1950s",
    "/",
    "between ",
    " and ",
    "spring ",
    "X",
    "~",
    "n.d.",
    "um ",
    " bis ",
    "o. D.",
    "er",
    "à ",
    " y ",
    "siglo ",
]


@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES), max_size=7).map("".join)))
def test_whatever_is_typed_is_edtf_that_reads_as_itself_or_refused(text: str) -> None:
    try:
        date = read_written_date(text)
    except UnreadableDate as refusal:
        assert "Write" in str(refusal) or "write" in str(refusal)
        return
    assert is_edtf(date.edtf)
    assert is_in_order(date.edtf)
    # The library reads "?", "~" and "%" after dates, but not after seasons.
    assert parse_edtf(re.sub(r"(-2[1-4])[?~%]", r"\1", date.edtf)) is not None
    assert read_written_date(date.edtf) == date
    assert date.words


@given(
    st.from_regex(r"(-?\d{4}|\d{3}X|\d\dXX)(-(\d\d|XX)(-(\d\d|XX))?)?[?~%]?(/(\d{4}|\.\.)(-\d\d)?)?", fullmatch=True)
)
def test_every_edtf_has_words(text: str) -> None:
    if is_edtf(text):
        assert date_in_words(text)
