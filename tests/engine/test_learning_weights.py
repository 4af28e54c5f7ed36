"""How near to the prior a collection's own weights are held is asked of the collection itself."""

from __future__ import annotations

import numpy as np
import pytest

from clustering.engine.adapting import USUAL, adapted, lengths_of, line_for, said, strangeness
from clustering.engine.evidence import Column, Evidence, column
from clustering.engine.learning import MOST_BLOCKS, STRENGTHS, chosen_strength, learn_weights
from clustering.engine.seams import SeamModel, SeamWeights
from clustering.engine.training import Stream, folds_of, line_without, straight_line, usual_of

PAGES = 200
PRIOR = SeamWeights({"loud": 3.0, "quiet": 0.0}, -1.5, name="prior")


def collection(*, loud: float, quiet: float, seed: int = 0, absent: frozenset[str] = frozenset()) -> Stream:
    """Two facts about every seam, with the log-odds that they are truly worth in this collection."""
    rng = np.random.default_rng(seed)
    facts = (rng.random((2, PAGES - 1)) < 0.4).astype(float)
    truth = rng.random(PAGES - 1) < 1 / (1 + np.exp(1.5 - loud * facts[0] - quiet * facts[1]))
    columns: list[Column] = [
        column("look", "loud", 0, facts[0], "It is loud."),
        column("paper", "quiet", 0, facts[1], "It is quiet."),
    ]
    starts = ("1", *("1" if boundary else "0" for boundary in truth))
    return Stream(Evidence(tuple(columns), PAGES, absent=absent), starts)


def test_a_collection_like_all_others_stays_with_the_prior() -> None:
    assert chosen_strength([collection(loud=3.0, quiet=0.0)], prior=PRIOR) >= 100


def test_a_collection_of_its_own_kind_finds_its_own_way() -> None:
    stream = collection(loud=0.0, quiet=4.0)
    learned = learn_weights([stream], prior=PRIOR, name="own")
    assert learned.strength <= 10
    assert learned.is_better
    assert learned.weights.weights["quiet"] > 2
    assert learned.weights.weights["loud"] < 1.5


def test_too_little_to_hold_anything_out_stays_with_the_prior() -> None:
    stream = collection(loud=0.0, quiet=4.0)
    few = stream.only(np.arange(PAGES - 1) < 20)
    assert chosen_strength([few], prior=PRIOR) == STRENGTHS[-1]


def test_a_given_strength_is_kept() -> None:
    assert learn_weights([collection(loud=1.0, quiet=1.0)], prior=PRIOR, name="x", strength=7.0).strength == 7.0


def leaves(documents: int, pages: int) -> Stream:
    """Documents of one length, of which no fact says anything but where they begin, half of the time."""
    starts = tuple("1" if page % pages == 0 else "0" for page in range(documents * pages))
    truth = np.array([start == "1" for start in starts[1:]])
    heard = truth & (np.arange(len(truth)) // pages % 2 == 0)
    return Stream(Evidence((column("look", "loud", 0, heard.astype(float), "It is loud."),), len(starts)), starts)


def test_how_long_documents_are_is_learned_from_those_that_are_settled() -> None:
    prior = SeamWeights({"loud": 3.0}, -1.5, name="prior", extra={"lengths": [0.3, 0.0, 0.0, 0.0], "tail": -0.1})
    before = lengths_of(prior)
    after = lengths_of(learn_weights([leaves(60, 4)], prior=prior, name="own").weights)
    assert before is not None and after is not None
    gained = after.log_probabilities(8) - before.log_probabilities(8)
    assert gained[3] > 0.2, "four pages are what documents have here"
    assert (gained[:3] < -0.1).all(), "and no other length"
    assert gained[5] < gained[3] - 0.3


def test_documents_settled_in_part_say_nothing_of_lengths() -> None:
    prior = SeamWeights({"loud": 3.0}, -1.5, name="prior", extra={"lengths": [0.3, 0.0, 0.0, 0.0], "tail": -0.1})
    stream = leaves(60, 4)
    asked = np.arange(len(stream.starts) - 1) % 2 == 1  # every other seam: no document is settled whole
    assert stream.only(asked).settled_lengths == []
    weights = learn_weights([stream.only(asked)], prior=prior, name="own").weights
    assert (weights.extra or {})["lengths"][:4] == [0.3, 0.0, 0.0, 0.0]
    assert stream.only(np.arange(len(stream.starts) - 1) < 4).settled_lengths == [4]


def test_much_that_is_confirmed_is_judged_in_a_few_stretches() -> None:
    stream = leaves(400, 4)
    learned = learn_weights([stream], prior=PRIOR, name="own")
    assert learned.blocks == MOST_BLOCKS
    assert learned.before.seams == 1599 - 49, "all seams but those that the 50 blocks begin with"
    assert learned.after.wrong <= learned.before.wrong


def test_what_is_missing_is_made_up_for_and_only_once() -> None:
    prior = SeamWeights(PRIOR.weights, PRIOR.intercept, name="prior", extra={"without": {"reading": [0.5, 1.0]}})
    stream = collection(loud=3.0, quiet=0.0, absent=frozenset({"reading"}))
    fit = adapted(prior, stream.evidence)
    odds = SeamModel.from_weights(fit, stream.evidence.names).decision_function(stream.evidence.matrix)
    plain = SeamModel.from_weights(prior, stream.evidence.names).decision_function(stream.evidence.matrix)
    assert odds == pytest.approx(0.5 * plain + 1.0)
    learned = learn_weights([stream], prior=prior, name="own")
    assert line_for(learned.weights, stream.evidence.absent) == (1.0, 0.0)


def test_nothing_missing_leaves_the_weights_as_they_are() -> None:
    assert adapted(PRIOR, collection(loud=1.0, quiet=1.0).evidence) is PRIOR
    assert line_for(PRIOR, {"reading", "vector"}) == (1.0, 0.0)


def test_several_missing_sources_come_one_after_the_other() -> None:
    weights = SeamWeights({}, 0.0, extra={"without": {"paper": [0.5, 1.0], "vector": [2.0, 0.5]}})
    assert line_for(weights, {"vector", "paper"}) == (1.0, 2.5)


def test_the_line_of_a_silenced_source_lifts_what_its_facts_no_longer_say() -> None:
    streams = [collection(loud=4.0, quiet=0.0, seed=seed) for seed in (1, 2)]
    prior = SeamWeights({"loud": 4.0, "quiet": 0.0}, -1.5)
    scale, shift = line_without("vector", folds_of(streams, prior=prior))
    left = scale * prior.intercept + shift
    assert left > -0.6, "boundaries are as frequent as before, though nothing speaks for them any more"
    assert 0.3 <= scale <= 1.5


def test_a_straight_line_finds_over_sure_odds_out() -> None:
    rng = np.random.default_rng(3)
    odds = rng.normal(0, 2, 2000)
    truth = (rng.random(2000) < 1 / (1 + np.exp(-0.5 * odds))).astype(float)
    scale, shift = straight_line(odds, truth, np.ones(2000))
    assert scale == pytest.approx(0.5, abs=0.08)
    assert shift == pytest.approx(0.0, abs=0.15)


def test_evidence_as_it_was_in_training_is_not_strange() -> None:
    stream = collection(loud=1.0, quiet=1.0)
    weights = SeamWeights({"loud": 3.0, "quiet": 1.0}, -1.5)
    knowing = SeamWeights(weights.weights, -1.5, extra={"usual": usual_of(weights, [stream])})
    assert strangeness(knowing, stream.evidence) == pytest.approx(0.0, abs=1e-3)
    assert strangeness(knowing, collection(loud=1.0, quiet=1.0, seed=5).evidence) < USUAL
    assert adapted(knowing, stream.evidence) is knowing


def test_evidence_that_falls_silent_is_strange_and_makes_less_sure() -> None:
    stream = collection(loud=1.0, quiet=1.0)
    weights = SeamWeights({"loud": 3.0, "quiet": 1.0}, -1.5)
    knowing = SeamWeights(weights.weights, -1.5, extra={"usual": usual_of(weights, [stream])})
    silent = stream.evidence.without(["look"])
    assert said(knowing, silent)["look"] == 0.0
    assert strangeness(knowing, silent) == pytest.approx(0.75, abs=0.06)
    assert adapted(knowing, silent).temperature > 1.3
    assert adapted(knowing, silent).weights == knowing.weights, "what is proposed stays the same"


def test_a_handful_of_pages_is_never_strange() -> None:
    weights = SeamWeights({"loud": 3.0}, -1.5, extra={"usual": {"look": 1.0}})
    few = Evidence((column("look", "loud", 0, np.zeros(9), "It is loud."),), 10)
    assert strangeness(weights, few) == 0.0
