"""What a language model said is one fact among the others, and none where nobody asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from clustering.engine.collection_prior import model_for
from clustering.engine.evidence import gather
from clustering.engine.family import shipped_family
from clustering.engine.proposing import propose
from clustering.engine.records import PageRecord, SeamOpinion


def pages(count: int, opinions: dict[int, tuple[bool, float]] | None = None) -> list[PageRecord]:
    """Plain pages; `opinions` by seam."""
    opinions_of = opinions or {}
    return [
        PageRecord(
            f"p{i}",
            930,
            1200,
            opinion=SeamOpinion(f"p{i + 1}", opinions_of[i][0], opinions_of[i][1], "The letterhead is new.", "tiny")
            if i in opinions_of
            else None,
        )
        for i in range(count)
    ]


def values(records: list[PageRecord]) -> list[float]:
    evidence = gather(records)
    return [round(float(x), 3) for x in evidence.matrix[:, evidence.names.index("opinion")]]


def test_it_is_nothing_where_nobody_was_asked() -> None:
    assert values(pages(4)) == [0.0, 0.0, 0.0]


def test_it_speaks_either_way_and_a_guess_says_nothing() -> None:
    assert values(pages(4, {0: (True, 0.9), 1: (False, 1.0), 2: (True, 0.5)})) == [0.8, -1.0, 0.0]


def test_it_holds_for_the_two_pages_that_were_shown_only() -> None:
    """A page between them was taken out: a confirmed document with a gap, or an inserted scan."""
    records = pages(4, {0: (True, 0.9)})
    assert values([records[0], *records[2:]]) == [0.0, 0.0]


def test_the_sentence_says_who_thinks_what_and_why() -> None:
    evidence = gather(pages(3, {0: (True, 0.9), 1: (False, 0.75)}))
    fact = evidence.columns[evidence.names.index("opinion")]
    assert fact.say(0) == "tiny suggests that a new document begins (90% sure): The letterhead is new."
    assert fact.say(1) == "tiny suggests that the document continues (75% sure): The letterhead is new."


@pytest.mark.parametrize("opinion", [True, False])
def test_a_proposal_weighs_it_and_shows_it(opinion: bool) -> None:
    plain = propose("seams", pages(6)).seams[2]
    seam = propose("seams", pages(6, {2: (opinion, 1.0)})).seams[2]
    assert (seam.probability > plain.probability) == opinion
    (fact,) = [fact for fact in seam.facts if fact.name == "opinion"]
    assert (fact.contribution > 0) == opinion
    moved = {"opinion", "neighbor"}
    assert {fact.name for fact in plain.facts} - moved == {fact.name for fact in seam.facts} - moved


def test_its_weight_is_learned_from_what_people_decide() -> None:
    """A model that is always right earns a higher weight, one that is always wrong loses its own."""
    truth = [i % 3 == 0 for i in range(90)]

    def far(decided: list[bool]) -> float:
        opinions = {i: (decided[i + 1], 0.95) for i in range(len(truth) - 1)}
        evidence = gather(pages(len(truth), opinions))
        model = model_for(shipped_family(), evidence)
        model.fit({seam: truth[seam + 1] for seam in range(60)})
        k = evidence.names.index("opinion")
        return float(model.contributions()[0][80, k] / evidence.matrix[80, k])

    before = shipped_family().facts["opinion"].weight
    assert far(truth) > 0
    assert far([not start for start in truth]) < 0 < before


def test_a_family_that_never_heard_of_it_weighs_it_with_nothing() -> None:
    known = shipped_family()
    old = replace(known, facts={name: fact for name, fact in known.facts.items() if name != "opinion"})
    model = model_for(old, gather(pages(3, {0: (True, 1.0)}))).fit({})
    assert np.ptp(model.log_odds) == pytest.approx(0.0, abs=1e-6)
