"""What makes a genre: one short made-up layout for each, and what the model must never do."""

from __future__ import annotations

import re

import pytest

from clustering.engine.drafting import KIND_TERMS, KINDS, draft_group
from clustering.engine.drafting.cues import SHAPE, columns_of, observe
from clustering.engine.drafting.kind import START, WEIGHTS, draft_kind, kind_chances
from clustering.engine.records import PageRecord
from tests.engine.drafting.pages import PROSE, columns, line, page, prose, seen

LETTER = (
    page(
        line("Greater Millbrook Labor Council", 0.05, size=1.8),
        line("GEORGE O. PIKE, President", 0.09, size=0.6, left=0.1),
        line("April 25, 1972", 0.2, left=0.4),
        line("Mr. Walter Fenwick", 0.27, left=0.12),
        line("102 Academy Street", 0.29, left=0.12),
        line("Dear Mr. Fenwick:", 0.33, left=0.12),
        *prose(0.37),
        line("Sincerely yours,", 0.65, left=0.55),
        line("Edith W. Underhill, Secretary", 0.72, left=0.55),
    ),
)
RELEASE = (
    page(
        line("Taxpayers Association of Millbrook", 0.06, size=1.8),
        line("From: Harold Ives      FOR IMMEDIATE RELEASE", 0.17, left=0.12),
        line("A PLAN FOR NORTH DUNMORE", 0.25),
        *prose(0.3, 24),
        line("# # #", 0.85),
    ),
)
NEWSLETTER = (
    page(
        line("Ballot and Budget", 0.05, size=4),
        line("Vol. 8, No. 20      November 9, 1970", 0.15),
        line("Board Puts Off Decision", 0.2, size=2.2),
        *columns(0.26, 30),
        line("(Continued on Page 2)", 0.9, left=0.55),
    ),
    page(*columns(0.08, 40)),
)
SPEECH = tuple(
    [
        page(
            line("STATEMENT OF OSCAR E. THIBODEAU, TRUSTEE,", 0.1),
            line("BEFORE THE SUBCOMMITTEE ON HOUSING", 0.125),
            line("September 22, 1981", 0.17),
            *prose(0.22, 30),
        )
    ]
    + [page(*prose(0.1, 36)) for _ in range(5)]
)
FORM = (
    page(
        line("Registration Form", 0.08, size=1.5),
        line("(Please print)", 0.12),
        *[
            line(f"{label}: ____________________", 0.2 + 0.05 * place, left=0.1)
            for place, label in enumerate(("NAME", "ADDRESS", "CITY", "ZIP", "PHONE", "LOCAL UNION"))
        ],
    ),
)
FLYER = (
    page(
        line("Boycott Grapes!", 0.1, size=4),
        line("Rally Sunday at 3 p.m.", 0.3, size=2),
        line("Don't buy at stores that sell them", 0.4, size=1.6),
        *prose(0.5, 6),
    ),
)
BOOKLET = (
    page(line("The Stock Option Scandal", 0.2, size=3), width=560),
    *[page(*columns(0.1, 36), width=1120) for _ in range(6)],
    page(line("Publication No. 32", 0.9), width=560),
)
CLIPPING = (
    page(
        line("'Syndicate' Issued Death Order", 0.05, size=2.5, left=0.05),
        line("By VICTOR RIESEL", 0.11),
        *[
            line(PROSE[place % 6][:36], 0.15 + 0.03 * place, left=left, width=0.3)
            for left in (0.02, 0.35, 0.68)
            for place in range(16)
        ],
        width=930,
        height=705,
    ),
)
CARD = (page(line("For Vice President", 0.1, size=1.6), line("Marchie Doe", 0.3, size=3), width=930, height=580),)
BLANK = (page(), page())
MEMORANDUM = (
    page(
        line("M E M O R A N D U M", 0.08),
        line("TO: All Local Unions", 0.14),
        line("FROM: Walter P. Reuther, President", 0.17),
        line("SUBJECT: The lettuce boycott", 0.2),
        *prose(0.28, 14),
    ),
)
TELEGRAM = (page(line("WESTERN UNION", 0.05, size=1.5), line("TELEGRAM", 0.09), *prose(0.2, 4)),)
MANUSCRIPT = (page(*prose(0.2, 12), is_second=True),)
POSTER = (page(*[line("One World", 0.1 + 0.05 * place, size=3) for place in range(14)], is_second=True),)


@pytest.mark.parametrize(
    ("pages", "kind"),
    [
        (LETTER, "letter"),
        (RELEASE, "press release"),
        (NEWSLETTER, "newsletter"),
        (SPEECH, "speech"),
        (FORM, "form"),
        (FLYER, "flyer"),
        (BOOKLET, "booklet"),
        (CLIPPING, "clipping"),
        (CARD, "card"),
        (BLANK, "other"),
        (MEMORANDUM, "memorandum"),
        (TELEGRAM, "telegram"),
        (MANUSCRIPT, "manuscript"),
        (POSTER, "flyer"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_genre_is_known_by_its_marks(pages: tuple[PageRecord, ...], kind: str) -> None:
    drafted = draft_group(pages).kind
    assert drafted is not None
    assert drafted.value == kind


def test_the_evidence_names_the_cues_that_decided() -> None:
    drafted = draft_group(LETTER).kind
    assert drafted is not None
    assert "a salutation" in drafted.evidence
    assert 0.5 < drafted.confidence <= 1.0


def test_a_salutation_with_a_blank_makes_a_form_letter() -> None:
    lines = [
        line("Dear Congressperson __________:", 0.15, left=0.12),
        *prose(0.2),
        line("Name: ________", 0.8, left=0.1),
    ]
    drafted = draft_kind(seen(page(*lines, line("Address: ________", 0.84, left=0.1))))
    assert drafted is not None
    assert drafted.value == "form"


@pytest.mark.parametrize(("number", "strength"), [("No. 31", 1.0), ("NO 201-4524", 0.0), ("CASE #351164", 0.0)])
def test_numbers_of_files_and_cases_are_none_of_issues(number: str, strength: float) -> None:
    cues = observe(seen(page(line(f"{number}   September 30, 1964", 0.1), *prose(0.2))))
    assert cues["an issue number and date at the head"] == strength


def test_a_cable_is_known_by_its_end() -> None:
    lines = [line("TO: IMMEDIATE DIRECTOR", 0.1), *prose(0.2, 8), line("END OF MESSAGE", 0.7)]
    assert observe(seen(page(*lines)))["calls itself a telegram"] == 1.0


def test_every_weight_belongs_to_a_kind_and_to_a_cue_that_exists() -> None:
    cues = set(observe(seen(*NEWSLETTER)))
    assert set(WEIGHTS) <= set(KINDS)
    assert set(START) == set(KINDS)
    assert {cue for weights in WEIGHTS.values() for cue in weights} <= cues
    assert cues >= SHAPE


def test_chances_add_up_to_one() -> None:
    assert sum(kind_chances(observe(seen(*FLYER))).values()) == pytest.approx(1.0)


def test_every_kind_but_other_has_an_aat_term() -> None:
    assert set(KIND_TERMS) == set(KINDS)
    terms = [term for kind, term in KIND_TERMS.items() if kind != "other"]
    assert all(re.fullmatch(r"http://vocab\.getty\.edu/aat/3000?\d{5,6}", term) for term in terms)
    assert len(set(terms)) == len(terms)


def test_pages_that_are_not_read_have_no_kind() -> None:
    assert draft_kind(seen(PageRecord("unread", 930, 1200))) is None


def test_columns_are_counted() -> None:
    assert columns_of(seen(page(*columns(0.1, 20)))[0]) == 2
    assert columns_of(seen(page(*prose(0.1, 20)))[0]) <= 1
