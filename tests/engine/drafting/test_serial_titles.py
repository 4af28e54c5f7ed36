"""Titles of issues: the name on the masthead, the number, and the date."""

from __future__ import annotations

import pytest

from tests.engine.drafting.pages import columns, line, page, title_of


def test_a_serial_is_named_by_masthead_number_and_date() -> None:
    issue = page(
        line("Ballot and Budget", 0.05, size=4),
        line("Vol. 8, No. 20      November 9, 1970", 0.15),
        line("Board Puts Off Decision", 0.2, size=2.2),
        *columns(0.26, 30),
    )
    assert title_of(issue, page(*columns(0.1, 30))) == "Ballot and Budget, Vol. 8, No. 20, November 9, 1970"


@pytest.mark.parametrize(("top", "number"), [(0.5, "No. 20"), (0.15, "No. 20, November 9, 1970")])
def test_a_day_away_from_masthead_and_number_is_not_that_of_the_issue(top: float, number: str) -> None:
    issue = page(
        line("Ballot and Budget", 0.05, size=4),
        line("Vol. 8, No. 20", 0.1),
        line("November 9, 1970", top),
        *columns(0.26, 30),
    )
    assert title_of(issue, page(*columns(0.1, 30))) == f"Ballot and Budget, Vol. 8, {number}"


def test_a_one_read_as_a_letter_and_the_edge_of_the_paper_are_put_right() -> None:
    issue = page(
        line("The | Minuteman", 0.06, size=3),
        line("Volume 15 Number l", 0.15),
        line("March 1987", 0.18),
        *columns(0.3, 30),
    )
    assert title_of(issue, page(*columns(0.1, 30))) == "The Minuteman, Volume 15 Number 1, March 1987"


@pytest.mark.parametrize(("confidence", "name"), [(80, "The Minuteman"), (96, "The Minuteman 7")])
def test_specks_beside_a_masthead_are_no_part_of_the_name(confidence: float, name: str) -> None:
    """OCR made them of a drawn soldier on each side; a number that is read well stays."""
    issue = page(
        line("_ The a", 0.05, size=4.8, confidence=62),
        line("Minuteman 7", 0.1, size=6, confidence=confidence),
        line("Volume 11 Number 4", 0.2, left=0.1),
        line("March 1983", 0.2, left=0.7),
        *columns(0.3, 30),
    )
    assert title_of(issue, page(*columns(0.1, 30))) == f"{name}, Volume 11 Number 4, March 1983"


def test_half_a_masthead_is_completed_by_the_running_heads() -> None:
    """Of a drawn "SOCIAL JUSTICE" only the first word is read; inner pages print it beside the number."""
    cover = page(
        line("SOCIAL", 0.04, size=4, left=0.08),
        line("DEC. 1980 / NO. 31", 0.11, left=0.1),
        line("(Continued on page 2)", 0.95),
        *columns(0.4, 20),
    )
    inner = page(line("2 / SOCIAL JUSTICE", 0.03, left=0.05), *columns(0.1, 30))
    assert title_of(cover, inner) == "Social Justice, No. 31, December 1980"


@pytest.mark.parametrize(
    "imprint", ["ORDER BLANK FOR “POLITICAL MEMO FROM COPE”", "Political Memo from COPE is published every two weeks"]
)
def test_a_masthead_that_is_not_read_is_replaced_by_the_name_in_the_imprint(imprint: str) -> None:
    """The masthead is drawn script on a colored bar."""
    first = page(line("No. 20-63      October 7, 1963", 0.26), line("(Continued on Page 2)", 0.95), *columns(0.35, 30))
    last = page(*columns(0.1, 30), line(imprint, 0.8, left=0.5, width=0.4))
    assert title_of(first, last).replace("Cope", "COPE") == "Political Memo from COPE, No. 20-63, October 7, 1963"


def test_a_sentence_about_publishing_names_no_serial() -> None:
    """ "Another project which it is publishing …"."""
    first = page(line("Vol. IIl, No. 1", 0.2), line("Oil Workers Elected", 0.24, size=2.4), *columns(0.3, 30))
    last = page(*columns(0.1, 30), line("Another project which it is published by hand", 0.8, left=0.1))
    assert title_of(first, last) == "Oil Workers Elected, Vol. III, No. 1"


def test_an_issue_printed_in_one_line_with_the_name_is_said_once() -> None:
    head = line("Volume 20, No. 1 The Minuteman September 1990", 0.05, size=2)
    assert title_of(page(head, *columns(0.2, 30))) == "The Minuteman, Volume 20, No. 1, September 1990"
