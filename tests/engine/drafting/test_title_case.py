"""How a title is written: in title case, short, without specks."""

from __future__ import annotations

from clustering.engine.drafting.title_case import MAX_TITLE, shorten, tidy, title_case


def test_capitals_come_back_as_title_case_and_acronyms_stay() -> None:
    assert (
        title_case("NOTES ON THE WORK OF THE AFL-CIO IN THE U.S.A.") == "Notes on the Work of the AFL-CIO in the U.S.A."
    )
    assert title_case("THE COPE MEMO", frozenset({"COPE"})) == "The COPE Memo"
    assert title_case("MCCARTHY'S LIST: A REPORT") == "McCarthy's List: A Report"
    assert title_case("Already in small letters") == "Already in small letters"


def test_titles_are_short_and_tidy() -> None:
    assert len(shorten("word " * 60)) <= MAX_TITLE
    assert shorten("word " * 60).endswith("word…")
    assert tidy("| «The Coming Crisis: ~") == "The Coming Crisis"
    assert tidy("Syndicate’ Issued “Death” Order") == "Syndicate’ Issued “Death” Order"
    assert tidy("AFL-C10 Committee") == "AFL-CIO Committee"
    assert tidy("CivilRights: Facts vs. Fiction") == "Civil Rights: Facts vs. Fiction"
