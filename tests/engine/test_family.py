"""What is shipped and stored of a family of archives."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from clustering.engine.collection_prior import model_for
from clustering.engine.evidence import gather
from clustering.engine.family import FactPrior, Family, shipped_family
from clustering.engine.records import PageRecord
from tests.engine.streams import archive, evidence_of, family_of

numbers = st.integers(-80_000, 80_000).map(lambda n: n / 10_000)
sizes = st.integers(0, 80_000).map(lambda n: n / 10_000)
facts = st.builds(FactPrior, numbers, sizes, sizes, sizes, sizes)
families = st.builds(
    Family,
    name=st.text(max_size=8),
    facts=st.dictionaries(st.text(max_size=5), facts, max_size=4),
    intercept=numbers,
    intercept_spread=sizes,
    traits_spread=sizes,
    elsewhere=sizes,
    sharpness=sizes,
    answered_sharpness=sizes,
    neighbor=numbers,
    surprise=sizes,
    usual_end=numbers,
    telling=sizes,
    self_training=sizes,
    usual_strangeness=st.one_of(sizes, st.just(float("inf"))),
    archives=st.just(({"name": "one", "pages": 3, "boundaries": 1, "sha256": "0f"},)),
)


@given(families)
def test_a_family_survives_json(family: Family) -> None:
    written = json.dumps(family.to_json(), allow_nan=False)
    assert Family.from_json(json.loads(written)) == family


def test_the_shipped_family_knows_every_fact_and_keeps_to_its_sign() -> None:
    evidence, family = gather([PageRecord("a", 10, 10), PageRecord("b", 10, 10)]), shipped_family()
    assert set(family.facts) == set(evidence.names)
    assert [c.name for c in evidence.columns if c.sign * family.facts[c.name].weight < 0] == []
    assert all(fact.spread > 0 for fact in family.facts.values()), "every fact can learn"


def test_the_shipped_family_asks_the_pages_how_often_documents_end() -> None:
    family = shipped_family()
    assert family.telling > 0
    shares = [card["boundaries"] / (card["pages"] - 1) for card in family.archives]
    assert min(shares) < expit(family.usual_end) < max(shares)


def test_the_shipped_family_names_what_taught_it() -> None:
    cards = shipped_family().archives
    assert len(cards) > 1
    assert all(0 < card["boundaries"] < card["pages"] and len(card["sha256"]) == 64 for card in cards)


def test_columns_come_in_the_order_that_is_asked_for() -> None:
    family = Family("x", {"a": FactPrior(1, 2, 3, 7, 8), "b": FactPrior(-4, 5, 6)}, 0, 1, 0)
    weights, spreads, typical, ends, inside = family.columns(["b", "new", "a"])
    assert weights.tolist() == [-4, 0, 1]
    assert spreads.tolist() == [5, 0, 2]
    assert typical.tolist() == [6, 0, 3]
    assert (ends.tolist(), inside.tolist()) == ([0, 0, 7], [0, 0, 8])


def test_a_family_stored_before_facts_were_counted_between_and_inside_documents_takes_that_from_another() -> None:
    stored = Family("x", {"a": FactPrior(1, 2, 3), "mine": FactPrior(4, 5, 6)}, 0, 1, 0)
    shown = stored.sized_like(Family("y", {"a": FactPrior(9, 9, 9, 0.7, 0.1)}, 0, 1, 0))
    assert shown.facts == {"a": FactPrior(1, 2, 3, 0.7, 0.1), "mine": FactPrior(4, 5, 6)}
    assert shown.sized_like(Family("z", {"a": FactPrior(9, 9, 9, 0.2, 0.3)}, 0, 1, 0)) == shown


def test_an_unknown_fact_weighs_nothing_before_and_after_answers() -> None:
    stream = archive({"known": 2.0, "new": 3.0})
    plain = evidence_of({"known": stream.evidence.columns[0].values})
    family = family_of({"known": 1.0})
    decided = {seam: bool(stream.truth[seam]) for seam in range(60)}
    for answers in ({}, decided):
        odds = model_for(family, stream.evidence).fit(answers).log_odds
        assert odds == pytest.approx(model_for(family, plain).fit(answers).log_odds, abs=1e-5)


GOOD = family_of({"a": 1.0}).to_json()


@pytest.mark.parametrize(
    "rubbish",
    [
        {},
        [],
        {"weights": 3},
        {**GOOD, "facts": ["a"]},
        {**GOOD, "facts": {"a": {"weight": 1.0}}},
        {**GOOD, "facts": {"a": 1.0}},
        {**GOOD, "intercept": "high"},
        {**GOOD, "usual_strangeness": []},
        {**GOOD, "archives": 5},
        {name: value for name, value in GOOD.items() if name != "traits_spread"},
    ],
)
def test_rubbish_is_refused_with_a_sentence(rubbish: Any) -> None:
    with pytest.raises(ValueError, match=r"^This is not a family of archives: .+\.$"):
        Family.from_json(rubbish)
