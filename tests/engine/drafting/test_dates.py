"""Which date is the piece's own: every layout is named after what it stands for and the page it was learned from."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from clustering.engine.drafting.dates import draft_date
from clustering.engine.records import PageRecord
from tests.engine.drafting.pages import line, page, prose, seen


def date_of(*pages: PageRecord) -> str:
    drafted = draft_date(seen(*pages))
    return drafted.value if drafted else ""


def test_the_date_line_of_a_letter_wins_over_dates_in_its_text() -> None:
    letter = page(
        line("May 6, 1965", 0.2, left=0.4),
        line("Dear Sir:", 0.31, left=0.12),
        line("I have received your letter of April 28, 1965, addressed to the secretary", 0.35, left=0.12, width=0.7),
        *prose(0.37),
    )
    assert date_of(letter) == "1965-05-06"


def test_a_year_to_come_is_misread() -> None:
    later = datetime.now(UTC).year + 2
    assert not date_of(page(line(f"May 6, {later}", 0.2, left=0.4), *prose(0.37)))
    assert date_of(page(line(f"May 6, {later - 1}", 0.2, left=0.4), *prose(0.37))) == f"{later - 1}-05-06"


def test_a_dateline_after_a_place_counts() -> None:
    """The statement's place and date, with an overtyped figure."""
    assert date_of(page(line("Washington, D. C.----March 9, 1959", 0.18), *prose(0.3))) == "1959-03-09"


def test_a_masthead_date_beside_the_issue_number_is_nearly_certain() -> None:
    drafted = draft_date(seen(page(line("No. 1-60      January 15, 1960", 0.3), *prose(0.4))))
    assert drafted is not None
    assert drafted.value == "1960-01-15"
    assert drafted.confidence > 0.9
    assert "page 1, line 1" in drafted.evidence


def test_a_month_in_a_masthead_stays_a_month() -> None:
    assert date_of(page(line("DEC. 1980 / NO. 31", 0.11, left=0.2), *prose(0.3))) == "1980-12"


def test_a_release_line_dates_a_press_release() -> None:
    assert date_of(page(line("FOR RELEASE: February 14, 1964", 0.16, left=0.5), *prose(0.3))) == "1964-02-14"


@pytest.mark.parametrize(
    ("imprint", "edtf"),
    [
        ("Reprinted from April 1963", "1963-04"),
        ("Reprinted from the AFL-CIO News, Nov. 17, 1973.", "1973-11-17"),
        ("REVISED JUNE 1966", "1966-06"),
    ],
)
def test_an_imprint_at_the_foot_of_the_last_page_dates_the_piece(imprint: str, edtf: str) -> None:
    pages = (page(*prose(0.2, 20)), page(*prose(0.1, 20), line(imprint, 0.9)))
    assert date_of(*pages) == edtf


@pytest.mark.parametrize(
    "sentence",
    [
        "The Civil Rights Act of 1964 is a new bill of rights for everyone",
        "unanimously passed the Senate on November 22, 1989 and now needs",
        "On December 1, 1988 the hotel workers agreed to a contract that includes",
        "housing programs have grown since July 1965, and the number of them",
        "no later than February 6, 1989 (or 2 days after the caucus)",
    ],
)
def test_a_date_inside_a_sentence_is_not_the_date_of_the_piece(sentence: str) -> None:
    assert date_of(page(*prose(0.1, 4), line(sentence, 0.18, left=0.12, width=0.7), *prose(0.2))) == ""


def test_a_year_that_ends_a_paragraph_is_not_a_date() -> None:
    """The last word of a paragraph stands alone on its line."""
    body = page(*prose(0.3, 4), line("1950.", 0.38, left=0.12), *prose(0.45))
    assert date_of(body) == ""


def test_a_citation_is_not_a_date() -> None:
    """As in "Jan. 1961, p. 19)"."""
    assert date_of(page(*prose(0.3), line("Jan. 1961, p. 19)", 0.7, left=0.5))) == ""


def test_a_year_in_the_heading_dates_a_yearly_sheet() -> None:
    """ "1963 Fact Sheet No. 1" beside the department's name."""
    assert date_of(page(line("Legislative Department      1963 Fact Sheet No. 1", 0.07), *prose(0.2))) == "1963"


def test_a_year_below_its_month_and_day_is_joined_to_them() -> None:
    assert (
        date_of(page(line("Members' Supper, January 9,", 0.1, size=2.4), line("1983", 0.16, size=2.4))) == "1983-01-09"
    )


def test_place_and_year_behind_a_cover_date_a_booklet() -> None:
    cover = page(line("The Neglect of Diplomacy", 0.1, size=3))
    title_page = page(line("The Neglect of Diplomacy", 0.1, size=2), line("Vesper, 1960", 0.83))
    assert date_of(cover, title_page, page(*prose(0.1)), page(*prose(0.1))) == "1960"


def test_only_the_outer_pages_are_asked() -> None:
    inner = page(line("June 1, 1964", 0.1))
    assert date_of(page(*prose(0.2)), page(*prose(0.2)), inner, page(*prose(0.2)), page(*prose(0.2))) == ""


def test_pages_that_are_not_read_have_no_date() -> None:
    assert date_of(PageRecord("unread", 930, 1200)) == ""
    assert draft_date(()) is None


def test_a_calendar_and_a_list_of_dates_are_nobodys_own() -> None:
    """Mailing dates on one line, meetings below each other."""
    mailing = line("Mailing Date Sept 14, 1994! Nov 9, 1994 Jan 11, 1995 Mar 8, 1995", 0.9)
    meetings = [line(f"{day} 1995 CAMPION CENTER", 0.5 + 0.03 * place) for place, day in enumerate(MEETINGS)]
    head = [line("The Observer", 0.05, size=3), line("March 1995", 0.15)]
    assert date_of(page(*head, *prose(0.2), *meetings, mailing)) == "1995-03"
    assert date_of(page(*prose(0.1), *meetings, mailing)) == ""


MEETINGS = ("21 JAN", "17 MAR", "13 MAY")


def test_a_date_across_from_the_number_of_the_issue_is_the_issues() -> None:
    head = [line("Volume 24 Issue 4", 0.15, left=0.08), line("March 1995", 0.152, left=0.75)]
    numbered, alone = draft_date(seen(page(*head, *prose(0.2)))), draft_date(seen(page(head[1], *prose(0.2))))
    assert numbered is not None
    assert alone is not None
    assert numbered.value == alone.value == "1995-03"
    assert numbered.confidence > alone.confidence


def test_a_date_behind_a_dash_at_the_end_of_a_masthead_counts() -> None:
    masthead = line("Newsletter of the Observers of the Harbor - February - March 1991", 0.1, width=0.7)
    assert date_of(page(masthead, *prose(0.2))) == "1991-02/1991-03"


@pytest.mark.parametrize("label", ["DPOB:", "Date of birth:", "Roman Dedkov, born", "Born on"])
def test_a_date_of_birth_dates_nothing(label: str) -> None:
    assert date_of(page(line(f"{label} March 28, 1927", 0.15), *prose(0.3))) == ""
    assert date_of(page(line(f"{label} March 28, 1927", 0.15), line("May 6, 1965", 0.6, left=0.5))) == "1965-05-06"


@pytest.mark.parametrize("stamp", ["FOIA review on", "Approved for release", "Declassified", "Received"])
def test_the_day_a_paper_was_received_or_released_dates_nothing(stamp: str) -> None:
    assert date_of(page(line(f"{stamp} SEP 1976", 0.6, left=0.5), *prose(0.3))) == ""


def test_a_table_of_dates_dates_nothing() -> None:
    rows = [line(f"{day} May 1961", 0.1 + day / 50, left=0.6) for day in range(1, 25)]
    assert date_of(page(line("CASE        MARRIED", 0.05), *rows)) == ""


def test_the_day_of_a_meeting_is_not_the_date_of_its_notice() -> None:
    """A newsletter whose first page has a table of when and where its readers meet."""
    notice = [
        line("DATE November 15, 1983", 0.28, left=0.06),
        line("PLACE Town Hall, Weston", 0.295, left=0.06),
        line("TIME 7:30 PM", 0.31, left=0.06),
    ]
    newsletter = page(line("Volume 12 Number 2", 0.21, left=0.06), line("November 1983", 0.21, left=0.7), *notice)
    assert date_of(newsletter) == "1983-11"
    assert not date_of(page(line("MEMBERSHIP MEETING", 0.2, size=2), *notice))
    assert date_of(page(line("MEMORANDUM", 0.1), line("DATE: November 15, 1983", 0.28, left=0.06))) == "1983-11-15"


@pytest.mark.parametrize("other", ["REC'D WAS OCT 4 1966", "RECEIVED OCT 4 1966", "dated 4 October 1966"])
def test_when_a_paper_came_in_or_another_was_written_is_not_its_date(other: str) -> None:
    letter = page(line(other, 0.15, left=0.6), line("27 September 1966", 0.2, left=0.6), *prose(0.4))
    assert date_of(letter) == "1966-09-27"
