"""The kind of a document in a collection of which some are described."""

from __future__ import annotations

import pytest

from clustering.engine.drafting.kind import KINDS, SHAPE_ALONE, DescribedKinds, draft_kind, kind_here
from clustering.engine.drafting.layout import see_pages
from clustering.engine.records import Drafted
from tests.engine.drafting.pages import line, page, prose

FLYER = Drafted("flyer", 0.6, "one leaf", chances={"flyer": 0.6, "letter": 0.1, "form": 0.3})


def here(draft: Drafted, counts: dict[str, int], *like: dict[str, float]) -> Drafted:
    """As it is where so many documents are described, those of a new kind looking like these."""
    (new,) = set(counts) - set(KINDS) or ("",)
    return kind_here(draft, DescribedKinds.of(counts, [(new, chances) for chances in like]))


def test_nothing_moves_while_nothing_is_described() -> None:
    assert here(FLYER, {}) == FLYER


def test_a_draft_of_an_earlier_version_stays() -> None:
    assert here(Drafted("flyer", 0.6), {"letter": 90}) == Drafted("flyer", 0.6)


def test_a_frequent_kind_becomes_likelier_and_a_rare_one_less() -> None:
    once, often = here(FLYER, {"form": 1}), here(FLYER, {"form": 20})
    assert often.value == "form" and often.confidence > once.confidence > 0.3


def test_a_kind_that_the_machine_does_not_know_is_learned() -> None:
    assert here(FLYER, {"will": 9}).value == "will"


def test_a_new_kind_looks_like_the_documents_that_have_it() -> None:
    letter = Drafted("letter", 0.99, "a salutation", chances={"letter": 0.99, "flyer": 0.01})
    flyers = [{"flyer": 0.9, "form": 0.1}] * 9
    assert here(FLYER, {"will": 9}, *flyers).value == "will"
    assert here(letter, {"will": 9}, *flyers).value == "letter"
    assert here(letter, {"will": 9}, *[{"letter": 0.9, "form": 0.1}] * 9).value == "will"


def test_pages_that_speak_clearly_are_heard_against_the_rest() -> None:
    letter = Drafted("letter", 0.999, "a salutation", chances={"letter": 0.999, "flyer": 0.001})
    assert here(letter, {"flyer": 10}).value == "letter"


@pytest.mark.parametrize("described", [{"form": 20}, {"will": 20}])
def test_evidence_comes_back_with_the_kind(described: dict[str, int]) -> None:
    moved = here(FLYER, described)
    assert moved.evidence == "one leaf; 20 of 20 documents described here"
    assert here(moved, {"flyer": 20}).evidence == "one leaf"


def test_a_draft_keeps_the_chances_of_all_kinds() -> None:
    drafted = draft_kind(see_pages([page(line("Dear Mr. Hall:", 0.3), line("Yours truly,", 0.6))]))
    assert drafted is not None and drafted.value == "letter"
    assert set(drafted.chances) <= set(KINDS)
    assert sum(drafted.chances.values()) == pytest.approx(1, abs=0.01)


def test_a_kind_for_which_only_the_shape_speaks_stays_doubtful_until_people_enter_it() -> None:
    drafted = draft_kind(see_pages([page(*prose(0.2, 12))]))
    assert drafted is not None
    assert drafted.confidence == SHAPE_ALONE < 0.5
    assert here(drafted, {}) == drafted
    assert here(drafted, {drafted.value: 9}).confidence > 0.5
