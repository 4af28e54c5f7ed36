"""Titles: what an archivist would copy, from made-up layouts after real pages."""

from __future__ import annotations

import pytest

from clustering.engine.drafting import draft_group
from clustering.engine.drafting.layout import CAP_HEIGHT
from clustering.engine.records import Line, PageRecord
from tests.engine.drafting.pages import BODY, HEIGHT, columns, line, page, prose, title_of


def test_a_heading_over_several_lines_is_joined() -> None:
    """A cover with a title on three lines."""
    cover = page(
        line("The ABCs", 0.32, size=5),
        line("of the", 0.4, size=5),
        line("GE Strike", 0.48, size=5),
        width=404,
        height=916,
    )
    assert title_of(cover, page(*columns(0.1, 30), width=1200, height=916)) == "The ABCs of the GE Strike"


@pytest.mark.parametrize(
    ("above", "below", "title"),
    [
        ("THE CASE FOR A STRONGER ASSEMBLY", "OF NATIONS", "The Case for a Stronger Assembly of Nations"),
        ("THE DECLINE AND FALL OF", "ORGANIZED LABOR", "The Decline and Fall of Organized Labor"),
        ("ANNEX B", "THE FILING SYSTEM", "The Filing System"),
        ("ANNUAL CONVENTION", "MEMBERSHIP BALLOTS", "Membership Ballots"),
    ],
)
def test_a_double_spaced_title_goes_on_where_its_words_do(above: str, below: str, title: str) -> None:
    capital = BODY * CAP_HEIGHT / HEIGHT
    assert title_of(page(line(above, 0.3), line(below, 0.3 + 3.33 * capital))) == title


@pytest.mark.parametrize("text", ["GENERAL STRIKE FOR", "ISSUES REQUEST FOR)", "The Decline and Fall of the"])
def test_a_title_that_breaks_off_is_never_accepted_unseen(text: str) -> None:
    drafted = draft_group([page(line(text, 0.1, size=3), *prose(0.3, 24))]).title
    again = line("this is why we call for a general strike", 0.8, left=0.12)
    whole = draft_group([page(line("GENERAL STRIKE", 0.1, size=3), *prose(0.3, 24), again)]).title
    assert drafted is not None and whole is not None
    assert drafted.confidence < 0.5 < whole.confidence


def test_a_title_that_ends_in_a_colon_goes_on_in_smaller_type() -> None:
    article = page(
        line("Auto Insurance:", 0.1, size=2.6, left=0.5),
        line("The Need for Reform", 0.14, size=1.6, left=0.5),
        *prose(0.25, 24),
    )
    assert title_of(article) == "Auto Insurance: The Need for Reform"


def test_acronyms_are_learned_from_the_running_text() -> None:
    lines = [
        line("The members of COPE have asked for a hearing on the budget and so far COPE", 0.3, left=0.1, width=0.8)
    ]
    assert title_of(page(line("LOOKING AT THE COPE RECORD", 0.1, size=1.6), *lines, *prose(0.32))) == (
        "Looking at the COPE Record"
    )


def test_a_letter_is_named_by_writer_house_addressee_and_date() -> None:
    letter = page(
        line("Oil and Atomic Workers Union", 0.05, size=1.8),
        line("May 6, 1965", 0.17, left=0.4),
        line("Mr. Gordon D. Hall", 0.25, left=0.12),
        line("222 Marlborough Street", 0.27, left=0.12),
        line("Boston, Massachusetts", 0.29, left=0.12),
        line("Dear Sir:", 0.33, left=0.12),
        *prose(0.37),
        line("Yours truly,", 0.66, left=0.55),
        line("B. R. Ramey, Secretary", 0.73, left=0.55),
    )
    assert title_of(letter) == "Letter from B. R. Ramey (Oil and Atomic Workers Union) to Gordon D. Hall, May 6, 1965"


def test_a_letter_about_something_says_so() -> None:
    letter = page(
        line("March 3, 1970", 0.1, left=0.6),
        line("Dear Friend:", 0.2, left=0.12),
        line("Re: Housing trust fund", 0.25, left=0.12),
        *prose(0.3),
        line("Sincerely,", 0.6, left=0.5),
        line("Clara Brennan", 0.68, left=0.5),
    )
    assert title_of(letter) == "Letter from Clara Brennan to Friend regarding Housing trust fund, March 3, 1970"


def letter_with(*lines: Line) -> PageRecord:
    """A letter without letterhead and typed name, and these lines."""
    usual = (line("May 6, 1965", 0.1, left=0.6), *prose(0.25), line("Yours truly,", 0.6, left=0.55))
    return page(*sorted((*usual, *lines), key=lambda one: one.top))


def test_who_a_letter_is_addressed_to_did_not_write_it() -> None:
    address = ("Dr. Dorothy F. Iverson", "86 Elm Street", "Kettle Creek")
    lines = [line(text, 0.14 + 0.015 * place, left=0.12) for place, text in enumerate(address)]
    letter = letter_with(*lines, line("Dear Dr. Iverson:", 0.21, left=0.12))
    assert title_of(letter) == "Letter to Dorothy F. Iverson, May 6, 1965"


@pytest.mark.parametrize(
    ("greeting", "title"),
    [
        ("Dear te:", ""),
        ("Dear i,", ""),
        ("Dear Jo,", "Letter to Jo"),
        ("Dear friends of labor,", "Letter to friends of labor"),
        ("Dear Éva,", "Letter to Éva"),
    ],
)
def test_what_is_left_of_a_name_addresses_nobody(greeting: str, title: str) -> None:
    drafted = title_of(letter_with(line(greeting, 0.21, left=0.12)))
    assert drafted.startswith("Letter") == bool(title)
    assert drafted.startswith(title)


@pytest.mark.parametrize("foot", ["Gordon D. Hall", "Dear Senator Wetmore"])
def test_an_address_at_the_foot_of_a_letter_and_a_greeting_sign_nothing(foot: str) -> None:
    lines = (("Mr. Gordon D. Hall", 0.18), ("Dear Mr. Hall:", 0.21), (foot, 0.7))
    letter = letter_with(*(line(text, top, left=0.12) for text, top in lines))
    assert title_of(letter) == "Letter to Gordon D. Hall, May 6, 1965"


def test_a_sentence_that_goes_on_is_no_letterhead() -> None:
    sentence = line("it was highly unlikely that he was an agent", 0.06, size=1.6)
    assert title_of(letter_with(sentence, line("Dear Friend:", 0.21, left=0.12))) == "Letter to Friend, May 6, 1965"


def test_a_memorandum_is_named_by_the_lines_at_its_head() -> None:
    memorandum = page(
        line("MEMORANDUM", 0.08),
        line("TO: All Local Unions", 0.14, left=0.12),
        line("FROM: Clara Brennan", 0.17, left=0.12),
        line("SUBJECT: Housing trust fund", 0.2, left=0.12),
        line("March 3, 1970", 0.24, left=0.6),
        *prose(0.3),
    )
    title = "Memorandum from Clara Brennan to All Local Unions regarding Housing trust fund, March 3, 1970"
    assert title_of(memorandum) == title
    assert title_of(page(line("MEMORANDUM FOR: Clara Brennan", 0.08), *prose(0.3))) == "Memorandum to Clara Brennan"


def test_a_numbered_sheet_is_named_by_series_number_and_heading() -> None:
    sheet = page(
        line("“A POSITIVE PROGRAM FOR AMERICA”   Fact Sheet #7", 0.07, left=0.09, width=0.82),
        line("Legislative Conference", 0.085, left=0.09),
        line("January 11-13, 1960", 0.1, left=0.09),
        line("DECENT HOMES FOR ALL", 0.15),
        *prose(0.2, 24),
    )
    assert title_of(sheet) == "A Positive Program for America, Fact Sheet #7: Decent Homes for All"


def test_a_speck_before_the_number_of_a_sheet_is_no_part_of_its_series() -> None:
    sheet = page(
        line("“A POSITIVE PROGRAM FOR AMERICA” 2 Fact Sheet No. 12", 0.06, left=0.09, width=0.82),
        line("PROTECT FAMILY FARMERS", 0.14),
        *prose(0.2, 24),
    )
    assert title_of(sheet) == "A Positive Program for America, Fact Sheet No. 12: Protect Family Farmers"


def test_the_whole_heading_of_a_statement_is_the_title() -> None:
    """Down to the place and date, which are not part of it."""
    first = page(
        line("Statement Prepared for Presentation to the", 0.08),
        line("Area Redevelopment Subcommittee of", 0.1),
        line("The House Banking Committee", 0.12),
        line("Washington, D. C.----March 9, 1959", 0.18),
        *prose(0.25, 30),
    )
    others = [page(*prose(0.1, 36)) for _ in range(4)]
    assert title_of(first, *others) == (
        "Statement Prepared for Presentation to the Area Redevelopment Subcommittee of The House Banking Committee"
    )


def test_a_press_release_is_named_by_its_headline_and_not_by_its_letterhead() -> None:
    release = page(
        line("Port Averill Council of Congregations", 0.06, size=2),
        line("From: Harold Ives      FOR IMMEDIATE RELEASE", 0.17, left=0.12),
        line("A PLAN FOR NORTH DUNMORE", 0.25),
        *prose(0.3, 24),
    )
    assert title_of(release) == "A Plan for North Dunmore"


def test_the_title_is_sought_behind_a_cover_without_words() -> None:
    cover = PageRecord("cover", 560, 1200, reading=page().reading)
    inside = page(line("Power for What?", 0.08, size=3), *columns(0.2, 30), width=1120)
    drafted = draft_group((cover, inside, page(*columns(0.1, 30)), page(*columns(0.1, 30)))).title
    assert drafted is not None
    assert drafted.value == "Power for What?"
    assert drafted.evidence.startswith("page 2")
    assert drafted.confidence < 0.7


def test_a_piece_without_heading_is_named_by_its_first_words() -> None:
    drafted = draft_group((page(*prose(0.1, 20)),)).title
    assert drafted is not None
    assert drafted.value == "“The members of this council have asked for a hearing…”"
    assert drafted.confidence < 0.5


@pytest.mark.parametrize(
    "noise",
    [
        "mow ns |", "JO Siaqqeu JOU ynq “APLINdaS", "GEP: eee LON Fe eee ane", "Sh xX @ ~~ |]", "t", "~, \\\\OONTBUY",
    ],
)  # fmt: skip
def test_what_ocr_makes_of_pictures_is_no_title(noise: str) -> None:
    """As they were read."""
    assert title_of(page(line(noise, 0.1, size=5, confidence=45))) == ""


def test_an_address_a_date_or_a_page_number_is_no_title() -> None:
    assert title_of(page(line("815 Sixteenth Street, N.W.", 0.1, size=2), line("- 3 -", 0.9))) == ""
    assert title_of(page(line("January 11-13, 1960", 0.1, size=2))) == ""


@pytest.mark.parametrize(
    "marking",
    [
        "CONFIDENTIAL",
        "Do not destroy",
        "SECRET / EYES ONLY",
        "File Copy",
        "AIR MAIL",
        "RUSH!",
        "INTERNALS USE ONLY",
        "RETURN TO CIA",
        "Security Information",
    ],
)
def test_how_a_paper_is_to_be_treated_is_no_title(marking: str) -> None:
    report = page(line(marking, 0.04, size=2.5), line("The Water Board of Kettle Creek", 0.12, size=1.5), *prose(0.25))
    assert title_of(report) == "The Water Board of Kettle Creek"


@pytest.mark.parametrize(
    "heading", ["Secret Police", "Do Not Buy Grapes", "Return to Normalcy", "Confidential: Report"]
)
def test_a_heading_of_such_words_is_one(heading: str) -> None:
    assert title_of(page(line(heading, 0.08, size=2.5), *prose(0.25))) == heading


def test_a_subject_line_as_the_best_heading_is_named_without_its_label() -> None:
    cable = page(line("SUBJECT: Assessment of the Harbor Strike", 0.1, size=1.6), *prose(0.25))
    assert title_of(cable) == "Assessment of the Harbor Strike"


def test_a_title_in_handwriting_is_offered_but_never_surer_than_even_odds() -> None:
    again = line("Ceci est mon testament, fait le 3 mai", 0.8, left=0.12)
    lines = (line("Ceci est mon testament", 0.08, size=2), *prose(0.2, 12), again)
    written, printed = draft_group((page(*lines, is_second=True),)), draft_group((page(*lines),))
    assert written.kind is not None
    assert written.kind.value == "manuscript"
    assert written.title is not None
    assert printed.title is not None
    assert written.title.value == printed.title.value
    assert written.title.confidence < 0.5 < printed.title.confidence


def test_an_office_of_which_the_end_is_not_read_signs_nothing() -> None:
    letter = page(
        line("May 6, 1965", 0.1, left=0.6),
        line("Dear Mr. Hall:", 0.2, left=0.12),
        *prose(0.25),
        line("Sincerely,", 0.6, left=0.5),
        line("Recording Secreta", 0.68, left=0.5),
    )
    assert title_of(letter) == "Letter to Hall, May 6, 1965"


def test_a_memorandum_for_the_record_is_named_by_its_subject() -> None:
    memo = page(
        line("MEMORANDUM FOR THE RECORD", 0.2, left=0.1, size=1.6),
        line("SUBJECT : Call from the Miami Office Concerning Frank", 0.25, left=0.1),
        line("STURGIS", 0.268, left=0.22),
        *prose(0.35, 24),
    )
    assert title_of(memo) == "Memorandum for the Record regarding Call from the Miami Office Concerning Frank STURGIS"


def test_a_cable_is_named_by_its_subject() -> None:
    cable = page(
        line("96 3123036 ASO PAGE 001 IN 3123036", 0.15, left=0.1),
        line("SUBJECT: RELEASE OF CLASSIFIED DOCUMENT", 0.25, left=0.1),
        line("REF: DIRECTOR 633349 96 3117723", 0.268, left=0.1),
        *prose(0.35, 24),
    )
    assert title_of(cable) == "Release of Classified Document"


def test_a_row_of_figures_is_no_title() -> None:
    assert not title_of(page(line("96 3123036 Aso Page 001 in 3123036", 0.15, left=0.1)))


def test_first_words_begin_where_the_text_does() -> None:
    opening = line("The members of this council have asked for a hearing on", 0.2, left=0.1, width=0.76)
    unread = line("The nenbers ot thie counci] havo", 0.2, left=0.1, width=0.76, confidence=30)
    assert title_of(page(opening, *prose(0.22, 24))).startswith("“The members of this council")
    assert not title_of(page(unread, *prose(0.22, 24)))


def test_a_misread_title_of_respect_is_no_part_of_the_name() -> None:
    letter = page(
        line("27 September 1966", 0.15, left=0.6),
        line("Dear ir. Pugh:", 0.3, left=0.1),
        *prose(0.33, 10),
        line("Sincerely yours,", 0.6, left=0.5),
        line("David R. Traylor", 0.66, left=0.5),
    )
    assert title_of(letter) == "Letter from David R. Traylor to Pugh, September 27, 1966"
