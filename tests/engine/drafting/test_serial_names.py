"""One name for all issues of a serial."""

from __future__ import annotations

import pytest

from clustering.engine.drafting.serial_names import SerialNames, is_same_serial, serial_name
from clustering.engine.records import Drafted, GroupDraft

ISSUES = ["The Union Voice, Vol. 3, No. 1, May 1983", "The Union Voice, Vol. 3, No. 2", "The Union Voice, June 9, 1983"]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("The Union Voice, Vol. 3, No. 1, May 1983", "The Union Voice"),
        ("The Union Voice, May 1983", "The Union Voice"),
        ("The Union Voice (No. 4)", "The Union Voice"),
        ("Die Stimme, Heft 12", "Die Stimme"),
        ("The Union Voice", ""),
        ("May 1983", ""),
        ("", ""),
    ],
)
def test_the_name_stands_before_the_number_or_the_date(title: str, name: str) -> None:
    assert serial_name(title) == name


@pytest.mark.parametrize(
    ("misread", "right"),
    [
        ("The a Union Voice 7, Vol. 4, No. 1", "The Union Voice, Vol. 4, No. 1"),
        ("The nion Voice, Vol. 4, No. 1", "The Union Voice, Vol. 4, No. 1"),
        ("‘The Un Ion Voice, July 1984", "The Union Voice, July 1984"),
    ],
)
def test_an_odd_reading_gives_way_to_what_the_others_agree_on(misread: str, right: str) -> None:
    assert SerialNames([*ISSUES, misread], []).corrected(misread) == right


def test_other_serials_and_titles_without_an_issue_stay() -> None:
    names = SerialNames([*ISSUES, "Social Justice, No. 31"], [])
    for title in ("Social Justice, No. 31", "The Union Vote, No. 2", "The nion Voice", "Vol. 3, No. 1"):
        assert names.corrected(title) == title


def test_one_issue_that_is_read_alike_by_chance_proves_nothing() -> None:
    titles = ["The nion Voice, No. 1", "The Union Voice, No. 2"]
    assert [SerialNames(titles, []).corrected(title) for title in titles] == titles


def test_what_a_person_wrote_counts_more_than_what_all_issues_are_read_as() -> None:
    names = SerialNames(ISSUES, [(ISSUES[0], "Union Voice, volume 3, number 1")])
    assert names.corrected("The Union Voice, No. 9") == "Union Voice, No. 9"
    assert names.corrected("Uni0n Voice, No. 9") == "Union Voice, No. 9"


def test_a_headline_of_one_issue_names_no_other() -> None:
    names = SerialNames(ISSUES, [(ISSUES[0], "Victory at Stevens, The Union Voice, May 1983")])
    assert names.corrected(ISSUES[1]) == ISSUES[1]
    assert not is_same_serial("The Union Voice", "The")
    assert not is_same_serial("", "The Union Voice")
    assert is_same_serial("Political Memo from the Union", "Memo from the Union")


def test_only_drafts_of_serials_that_were_read_are_corrected() -> None:
    names = SerialNames(ISSUES, [])
    read = Drafted("The nion Voice, No. 7", 0.6)
    newsletter, letter = Drafted("newsletter", 0.9), Drafted("letter", 0.9)
    corrected = names.draft(GroupDraft(title=read, kind=newsletter)).title
    assert corrected is not None
    assert (corrected.value, corrected.confidence) == ("The Union Voice, No. 7", 0.6)
    given = Drafted(read.value, 1.0, given=True)
    for draft in (GroupDraft(title=read, kind=letter), GroupDraft(title=given, kind=newsletter), GroupDraft()):
        assert names.draft(draft) == draft


def test_an_article_that_was_not_read_makes_no_other_serial() -> None:
    titles = ["The Union Voice, No. 1", "The Union Voice, No. 2", "Union Voice, No. 3", "The Union Voice, No. 4"]
    names = SerialNames(titles, [])
    assert names.corrected("Union Voice, No. 3") == "The Union Voice, No. 3"
    assert names.corrected("Union Vote, No. 5") == "Union Vote, No. 5"
