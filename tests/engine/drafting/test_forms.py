"""Titles of other documents follow the form of titles that people entered."""

from __future__ import annotations

import pytest

from clustering.engine.drafting import draft_group
from clustering.engine.drafting.forms import Described, DescribedTitles, fill, form_of, title_here
from clustering.engine.records import Drafted
from tests.engine.drafting.pages import columns, line, page, prose

LETTER = {"signer": "Saul Miller", "recipient": "Bill Abbott", "date": "1962-01-09"}
OTHER = {"signer": "Leo Perlis", "recipient": "Ann Hall", "date": "1976-01-29"}


def letter(parts: dict[str, str], confidence: float = 0.8) -> Drafted:
    title = fill("Letter from {signer} to {recipient}" + (", {date:long}" if "date" in parts else ""), parts)
    return Drafted(title, confidence, "page 1", chances={title: confidence}, parts=parts)


def described(*titles: str, draft: Drafted | None = None, is_accepted: bool = False) -> DescribedTitles:
    drafted = draft or letter(LETTER)
    forms = (form_of(title, drafted.parts, corrected=True) for title in titles)
    documents = (
        Described("letter", drafted, title, form, is_accepted=is_accepted)
        for title, form in zip(titles, forms, strict=True)
    )
    return DescribedTitles(documents)


@pytest.mark.parametrize(
    ("title", "form"),
    [
        ("Letter from Saul Miller to Bill Abbott, January 9, 1962", "Letter from {signer} to {recipient}, {date:long}"),
        ("Bill Abbott, from Saul Miller, 9 January 1962", "{recipient}, from {signer}, {date:day}"),
        ("Saul Miller to Bill Abbott, 1962-01-09", "{signer} to {recipient}, {date:iso}"),
        ("Saul Miller, Jan. 9, 1962", "{signer}, {date:short}"),
        ("Saul Miller, January 1962", "{signer}, {date:month}"),
        ("Saul Miller, 1962", "{signer}, {date:year}"),
        ("Saul Muller to Bill Abbot", "{signer} to {recipient}"),
        ("A list {of names}", "A list (of names)"),
    ],
)
def test_a_title_is_taken_apart(title: str, form: str) -> None:
    assert form_of(title, LETTER, corrected=True) == form


def test_a_form_needs_all_its_parts() -> None:
    assert fill("{signer}, {date:day}", OTHER) == "Leo Perlis, 29 January 1976"
    assert not fill("{signer}, {subject}", OTHER)
    assert not fill("{signer}, {date:day}", OTHER | {"date": "1976"})
    assert not fill("{signer}, {date:month}", OTHER | {"date": "1976-01/1976-02"})


def test_other_documents_take_the_form_of_an_entered_title() -> None:
    here = described("Saul Miller to Bill Abbott, 9 January 1962")
    drafted = title_here(letter(OTHER), "letter", here)
    assert drafted.value == "Leo Perlis to Ann Hall, 29 January 1976"
    assert drafted.evidence.startswith("page 1; ")
    assert title_here(drafted, "letter", DescribedTitles([])) == letter(OTHER), "it can be taken back"
    assert title_here(letter(OTHER), "flyer", here).value.startswith("Letter from")


def test_a_correction_changes_no_other_title() -> None:
    here = described("Letter from Saul Muller to Bill Abbott, January 9, 1962")
    assert title_here(letter(OTHER), "letter", here).value == letter(OTHER).value


def test_words_that_are_new_may_be_about_one_document_until_they_recur() -> None:
    first, other = (letter({name: text for name, text in parts.items() if name != "date"}) for parts in (LETTER, OTHER))
    once = "Correspondence of Saul Miller"
    assert title_here(other, "letter", described(once, draft=first)).value == other.value
    assert title_here(other, "letter", described(once, once, draft=first)).value == "Correspondence of Leo Perlis"


def test_dates_are_written_alike_in_titles_of_all_types() -> None:
    here = described("Letter from Saul Miller to Bill Abbott")
    flyer = {"heading": "Boycott Lettuce", "date": "1974-05-16"}
    title = "Boycott Lettuce, May 16, 1974"
    drafted = Drafted(title, 0.7, chances={title: 0.7}, parts=flyer)
    assert title_here(drafted, "flyer", here).value == "Boycott Lettuce"


def test_another_title_altogether_says_nothing_of_dates() -> None:
    assert title_here(letter(OTHER), "letter", described("Identity sheet")).value == letter(OTHER).value


def test_confidence_follows_how_drafts_turn_out() -> None:
    wrong = described(*["Identity sheet", "A note", "Minutes"])
    right = described(*[letter(LETTER).value] * 3)
    unseen = described(*[letter(LETTER).value] * 3, is_accepted=True)
    chances = [title_here(letter(OTHER), "letter", here).confidence for here in (wrong, unseen, right)]
    assert chances[0] < 0.5 < chances[1] == 0.8 < chances[2] < 1
    assert title_here(letter(OTHER), "flyer", wrong).confidence == 0.8


def test_the_first_title_of_another_form_makes_no_draft_less_sure() -> None:
    here = described("Saul Miller to Bill Abbott, 9 January 1962")
    assert title_here(letter(OTHER), "letter", here).confidence == 0.8


def test_issues_of_a_serial_lose_their_numbers_as_one_did() -> None:
    def issue(number: int, month: str) -> Drafted:
        head = line(f"Volume 12 Number {number}", 0.2, left=0.06), line(f"{month} 1983", 0.2, left=0.7)
        drafted = draft_group([page(line("The Minuteman", 0.06, size=4), *head, *columns(0.3, 30))])
        assert drafted.title is not None and drafted.kind is not None and drafted.kind.value == "newsletter"
        return drafted.title

    first, other = issue(2, "November"), issue(4, "March")
    assert first.value == "The Minuteman, Volume 12 Number 2, November 1983"
    title = "The Minuteman, November 1983"
    here = DescribedTitles([Described("newsletter", first, title, form_of(title, first.parts))])
    assert title_here(other, "newsletter", here).value == "The Minuteman, March 1983"


def test_a_heading_keeps_what_it_is_made_of() -> None:
    drafted = draft_group([page(line("BOYCOTT LETTUCE", 0.1, size=3), *prose(0.3, 24))]).title
    assert drafted is not None
    assert drafted.parts == {"heading": "Boycott Lettuce"}
    assert drafted.chances == {"Boycott Lettuce": drafted.confidence}
