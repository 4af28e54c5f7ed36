"""A collection's model: the family's before any answer, and moved by each answer in the right direction."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from clustering.engine.adaptation import estimated_shift
from clustering.engine.collection_model import CollectionModel, RunModel, packed, sharpness_after
from clustering.engine.collection_prior import (
    MOST_FOREIGN,
    foreignness,
    model_for,
    prior_for,
    rarity,
    strangeness,
)
from clustering.engine.evidence import Evidence
from clustering.engine.family import FactPrior
from clustering.engine.records import Features, Prior
from tests.engine.streams import archive, evidence_of, family_of

SEAMS = 40
FACTS = 4


def made(seed: int, *, traits: int = 6, sharpness: float = 1.3) -> tuple[Prior, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    prior = Prior(rng.normal(0, 2, FACTS + 1), rng.uniform(0.1, 2.5, FACTS + 1), 1.5, sharpness, sharpness)
    return prior, rng.random((SEAMS, FACTS)), rng.normal(0, 0.4, (SEAMS + 1, traits))


def answers(seed: int, count: int) -> dict[int, bool]:
    rng = np.random.default_rng(seed + 1)
    return {int(seam): bool(rng.random() < 0.4) for seam in rng.permutation(SEAMS)[:count]}


def test_without_answers_it_is_the_familys_mean_flattened_by_what_is_not_known() -> None:
    prior, facts, traits = made(0)
    model = CollectionModel(prior, facts, traits).fit({})
    mean = facts @ prior.mean[:-1] + prior.mean[-1]
    looks = prior.traits_spread**2 * ((traits[1:] ** 2).sum(axis=1) + (traits[:-1] ** 2).sum(axis=1))
    variance = facts**2 @ prior.spread[:-1] ** 2 + prior.spread[-1] ** 2 + looks
    assert model.variance == pytest.approx(variance, rel=1e-4)
    assert model.log_odds == pytest.approx(1.3 * mean / np.sqrt(1 + np.pi / 8 * variance), abs=1e-4)


@given(st.integers(0, 10_000), st.integers(1, SEAMS))
@settings(max_examples=60)
def test_the_weights_are_the_most_probable_ones_and_the_variance_is_laplaces(seed: int, count: int) -> None:
    prior, facts, traits = made(seed)
    decided = answers(seed, count)
    model = CollectionModel(prior, facts, traits).fit(decided)
    ones = np.ones((SEAMS, 1))
    columns = np.hstack([np.hstack([facts, ones]) * prior.spread, 1.5 * traits[1:], 1.5 * traits[:-1]])
    mean = np.hstack([facts, ones]) @ prior.mean + columns @ model.weights_
    seams, truth = np.array(list(decided)), np.array(list(decided.values()), dtype=float)
    p = expit(mean[seams])
    assert model.weights_ == pytest.approx(columns[seams].T @ (truth - p), abs=2e-3), "no slope is left"
    precision = np.eye(columns.shape[1]) + (columns[seams].T * (p * (1 - p))) @ columns[seams]
    variance = np.einsum("ij,jk,ik->i", columns, np.linalg.inv(precision), columns)
    assert model.variance == pytest.approx(variance, rel=1e-2, abs=1e-2)
    assert model.log_odds == pytest.approx(1.3 * mean / np.sqrt(1 + np.pi / 8 * variance), rel=1e-2, abs=1e-2)


@given(st.integers(0, 10_000), st.integers(1, SEAMS))
@settings(max_examples=30)
def test_more_columns_than_answers_or_fewer_is_the_same(seed: int, count: int) -> None:
    prior, facts, traits = made(seed, traits=1)
    padded = np.hstack([traits, np.zeros((SEAMS + 1, SEAMS))])
    few, many = (CollectionModel(prior, facts, looks).fit(answers(seed, count)) for looks in (traits, padded))
    assert few.log_odds == pytest.approx(many.log_odds, abs=1e-3)
    assert few.variance == pytest.approx(many.variance, abs=1e-3)


@pytest.mark.parametrize("boundary", [True, False])
def test_an_answer_moves_seams_with_the_same_facts(boundary: bool) -> None:
    loud = np.arange(SEAMS) % 2 == 0
    model = model_for(family_of({"loud": 0.0}), evidence_of({"loud": loud}))
    before = model.fit({}).log_odds.copy()
    moved = (1 if boundary else -1) * (model.fit({0: boundary, 4: boundary}).log_odds - before)
    assert moved.min() > 0, "the intercept reaches all seams"
    assert moved[loud].min() > moved[~loud].max()


@pytest.mark.parametrize("boundary", [True, False])
def test_an_answer_moves_seams_whose_pages_look_like_the_answered_ones(boundary: bool) -> None:
    cover = np.arange(SEAMS + 1) % 4 == 1
    traits = np.where(cover[:, None], [1.0, 0.0], [0.0, 1.0])
    silent = evidence_of({"loud": np.zeros(SEAMS)}, traits=traits)
    model = model_for(family_of({"loud": 0.0}, intercept=0.0), silent)
    before = model.fit({}).log_odds.copy()
    sign = 1 if boundary else -1
    moved = sign * (model.fit({0: boundary, 2: not boundary}).log_odds - before)
    assert moved[4::4].min() > 0.2, "the same cover comes next"
    assert moved[6::4].max() < 0, "two pages of text meet"
    assert (sign * model.contributions()[1])[4::4].min() > 0
    deaf = model_for(family_of({"loud": 0.0}, traits=0.0), silent).fit({0: boundary, 2: not boundary})
    assert np.ptp(deaf.log_odds) == pytest.approx(0.0, abs=1e-6)


@given(st.integers(0, 10_000), st.integers(1, SEAMS))
@settings(max_examples=30)
def test_answers_leave_less_unknown(seed: int, count: int) -> None:
    model = CollectionModel(*made(seed))
    before = model.fit({}).variance.copy()
    after = model.fit(answers(seed, count)).variance
    assert (after <= before * (1 + 1e-4)).all()
    assert (after[list(answers(seed, count))] < before[list(answers(seed, count))]).all()


def test_fitting_again_takes_the_place_of_what_was_decided_before() -> None:
    model = CollectionModel(*made(3))
    first = model.fit(answers(3, 9)).log_odds.copy()
    model.fit(answers(4, 30))
    assert np.array_equal(model.fit(answers(3, 9)).log_odds, first)


@pytest.mark.parametrize("count", [0, 5, 35])
@pytest.mark.parametrize("neighbor", [0.0, -0.7])
def test_contributions_and_the_intercept_add_up_to_the_log_odds(count: int, neighbor: float) -> None:
    prior, *described = made(7)
    model = CollectionModel(replace(prior, neighbor=neighbor), *described).fit(answers(7, count))
    facts, looks, *beside = model.contributions()
    flat = 1.3 / np.sqrt(1 + np.pi / 8 * model.variance)
    intercept = (model.prior.mean[-1] + model.prior.spread[-1] * model.weights_[FACTS]) * flat
    assert facts.shape == (SEAMS, FACTS)
    assert facts.sum(axis=1) + looks + sum(beside) + intercept == pytest.approx(model.log_odds, abs=1e-4)


def test_a_boundary_makes_those_right_beside_it_less_likely() -> None:
    silent = evidence_of({"loud": np.zeros(SEAMS)})
    family = replace(family_of({"loud": 0.0}, intercept=0.0), intercept_spread=0.0, neighbor=-0.5)
    model = model_for(family, silent)
    usual = model.fit({}).log_odds.copy()
    assert usual[5] == pytest.approx(-0.5), "one boundary is expected beside it: half a one on either side"
    assert usual[0] == pytest.approx(-0.25), "the first page has one neighbor"
    moved = model.fit({10: True, 20: False}).log_odds - usual
    assert moved[[9, 11]] == pytest.approx([-0.25, -0.25], abs=1e-6)
    assert moved[[19, 21]] == pytest.approx([0.25, 0.25], abs=1e-6)
    assert moved[[5, 15, 30]] == pytest.approx([0.0] * 3, abs=1e-6)


def test_an_unexpected_answer_makes_the_breaks_right_beside_it_doubtful() -> None:
    silent = evidence_of({"loud": np.zeros(SEAMS)})
    family = replace(family_of({"loud": 0.0}, intercept=-3.0), intercept_spread=0.5, neighbor=0.0, surprise=1.0)
    usual = model_for(replace(family, surprise=0.0), silent)
    model = model_for(family, silent)
    assert model.fit({}).log_odds == pytest.approx(usual.fit({}).log_odds), "nothing was a surprise"
    expected, unexpected = {10: False}, {10: True}
    assert model.fit(expected).log_odds == pytest.approx(usual.fit(expected).log_odds, abs=0.02)
    moved = model.fit(unexpected).log_odds / usual.fit(unexpected).log_odds
    assert moved[[5, 8, 12, 30]] == pytest.approx([1.0] * 4)
    assert moved[[9, 11]] != pytest.approx([1.0] * 2, abs=0.2)
    assert model.contributions()[3][[9, 11]].max() < 0, "a boundary that surprises speaks against another beside it"


def test_a_run_keeps_what_neighbors_count_and_runs_from_before_that_count_none() -> None:
    prior, facts, traits = made(5)
    looks = np.linspace(-2.0, 2.0, 2 * traits.shape[1])
    prior = replace(prior, neighbor=-0.7, surprise=1.0, looks=looks)
    data = packed(
        Features(("a", "b", "c", "d"), prior, facts, traits, tuple(range(SEAMS + 1))), range(100, 141 + SEAMS)
    )
    log_odds = RunModel(data).log_odds({104: True})
    assert log_odds == pytest.approx(CollectionModel(prior, facts, traits).fit({4: True}).log_odds, abs=0.02)
    with np.load(io.BytesIO(data)) as stored:
        numbers = stored["numbers"]
        kept = {name: values for name, values in stored.items() if name not in ("looks", "numbers")}
    # Runs from before stored one number more, how sure documents are, and the oldest stored only the first three.
    first, old = io.BytesIO(), io.BytesIO()
    np.savez(first, **kept, scales=numbers[:3])
    np.savez(old, **kept, looks=looks, scales=np.insert(numbers, 4, 2.6))
    assert RunModel(old.getvalue()).log_odds({104: True}) == pytest.approx(log_odds)
    oldest = RunModel(first.getvalue()).log_odds({104: True})
    alone = CollectionModel(replace(prior, neighbor=0.0, surprise=0.0, looks=np.zeros(0)), facts, traits)
    assert oldest == pytest.approx(alone.fit({4: True}).log_odds, abs=0.02)


def test_a_fact_commoner_inside_documents_than_elsewhere_loses_weight_where_it_speaks_for_a_boundary() -> None:
    names = ("up", "either", "down", "paper")
    signs, within = {"up": 1, "down": -1, "paper": 1}, np.ones(100)
    evidence = evidence_of(dict.fromkeys(names, np.full(100, 0.3)), signs=signs, families={"paper": "paper"})

    def left(ends: float, inside: float, within: np.ndarray = within, elsewhere: float = 100.0) -> list[float]:
        sizes = {"ends": np.full(4, ends), "inside": np.full(4, inside)}
        return [round(float(share), 3) for share in rarity(evidence, within, elsewhere=elsewhere, **sizes)]

    assert left(0.8, 0.1) == [round(np.log(0.8 / 0.2) / np.log(0.8 / 0.1), 3), 1, 1, 1], "met half here, half elsewhere"
    assert left(0.2, 0.1)[0] == left(0.15, 0.1)[0] == 0, "as common inside as at ends"
    assert left(0.8, 0.1, np.zeros(100)) == [1, 1, 1, 1], "nothing lies inside"
    assert 0 < left(0.8, 0.1, elsewhere=0.0)[0] < left(0.8, 0.1)[0] < left(0.8, 0.1, elsewhere=1000.0)[0] < 1
    for ends, inside in ((0.8, 0.3), (0.8, 0.6), (0.1, 0.1), (0.05, 0.1), (0.5, 0.0)):
        assert left(ends, inside) == [1, 1, 1, 1], "rarer facts gain none, nor those that say nothing elsewhere"


def test_where_nothing_speaks_against_new_documents_headings_keep_their_weight() -> None:
    heads, joins = np.ones(100), np.where(np.arange(100) % 5, 1.0, 0.0)
    usual = {"head": FactPrior(2.0, 0.5, 0.3, 0.9, 0.1), "joined": FactPrior(-4.0, 0.5, 0.6, 0.0, 0.8)}
    family = replace(family_of({}, intercept=-1.0), facts=usual, telling=2.0, usual_end=-1.0)
    newsletters, clippings = (
        prior_for(family, evidence_of({"head": heads, "joined": joined}, signs={"head": 1, "joined": -1})).mean
        for joined in (joins, 0 * joins)
    )
    assert newsletters[0] < 1.0 < 1.5 < clippings[0]
    assert clippings[-1] > newsletters[-1], "and documents end more often"


def ends(share: float, *, seams: int = 400) -> np.ndarray:
    """Log-odds, by a model that is used to one end in four, of seams of which this share are ends."""
    rng = np.random.default_rng(5)
    seen = np.where(rng.random(seams) < share, 1.0, -1.0) + rng.normal(size=seams)
    return np.asarray(2 * seen + np.log(1 / 3))


@pytest.mark.parametrize("share", [0.1, 0.25, 0.4, 0.65])
def test_the_pages_tell_how_often_documents_end(share: float) -> None:
    usual = float(np.log(1 / 3))
    close, loose = (estimated_shift(ends(share), usual=usual, spread=spread) for spread in (0.2, 3.0))
    assert loose == pytest.approx(np.log(share / (1 - share)) - usual, abs=0.35)
    assert abs(close) < abs(loose) or share == 0.25, "held to the usual share"
    assert estimated_shift(np.zeros(0), usual=usual, spread=1.0) == pytest.approx(0.0)
    assert estimated_shift(np.full(50, usual), usual=usual, spread=1.0) == pytest.approx(0.0), "nothing is seen"


def test_what_the_pages_tell_moves_the_intercept_before_any_answer_and_no_weight() -> None:
    evidence = evidence_of({"loud": ends(0.65) - np.log(1 / 3)}, signs={"loud": 0})
    deaf = replace(family_of({"loud": 1.0}, spread=0.0, intercept=float(np.log(1 / 3))), usual_end=float(np.log(1 / 3)))
    before, after = (prior_for(replace(deaf, telling=telling), evidence).mean for telling in (0.0, 1.0))
    assert before == pytest.approx([1.0, np.log(1 / 3)])
    assert after[0] == before[0]
    assert after[1] > before[1] + 0.5


def covers(*, silent_from: int = 0) -> Evidence:
    """Evidence of 40 pages, each fourth of which has a cover: the facts are sure of covers up to `silent_from`, then
    silent."""
    cover = np.arange(SEAMS + 1) % 4 == 1
    sure = np.where(cover[1:], 1.0, -1.0) * (np.arange(SEAMS) < silent_from)
    traits = np.where(cover[:, None], [1.0, 0.0], [0.0, 1.0])
    return evidence_of({"loud": sure}, traits=traits)


def test_pages_of_which_the_facts_are_sure_teach_what_first_pages_look_like_before_any_answer() -> None:
    family = replace(family_of({"loud": 2.0}, spread=0.0, intercept=0.0), intercept_spread=0.0)
    looks = covers(silent_from=20)
    untaught, weak, taught = (
        model_for(replace(family, self_training=answers), looks).fit({}) for answers in (0.0, 0.1, 1.0)
    )
    assert untaught.log_odds[20:] == pytest.approx(0.0, abs=1e-6), "nothing is known of the second half"
    begins = np.flatnonzero(looks.traits[1:, 0] > 0)[5:]
    goes_on = begins[1:] - 2
    assert taught.log_odds[begins].min() > 2 * weak.log_odds[begins].max() > 0
    assert taught.log_odds[goes_on].max() < 2 * weak.log_odds[goes_on].min() < 0, "pages of text follow each other"
    assert taught.prior.mean == pytest.approx(untaught.prior.mean)
    facts, shown, *_ = taught.contributions()
    assert facts.sum(axis=1) + shown == pytest.approx(taught.log_odds, abs=1e-4)
    assert shown[20:] == pytest.approx(taught.log_odds[20:], abs=1e-4)


def test_where_the_facts_are_sure_of_nothing_the_looks_are_taught_nothing() -> None:
    silent = replace(family_of({"loud": 3.0}, intercept=0.0), self_training=1.0)
    assert prior_for(silent, covers()).looks == pytest.approx(np.zeros(4), abs=1e-6)
    plain = evidence_of({"loud": np.ones(SEAMS)})
    assert prior_for(silent, plain).looks.size == 0, "pages without looks"


def test_what_is_met_as_often_as_usual_is_not_strange() -> None:
    stream = archive({"a": 1.0, "b": 1.0}).evidence
    usual = np.abs(stream.matrix).mean(axis=0)
    knows = [family_of({"a": 1.0}, typical=float(usual[0]) * factor) for factor in (1.0, 2.0, 4.0)]
    amounts = [strangeness(family, stream) for family in knows]
    assert amounts[0] == pytest.approx(0.0, abs=1e-9)
    assert 0.3 < amounts[1] < amounts[2]
    assert strangeness(knows[0], evidence_of({"a": np.zeros(3)})) > 0.3
    assert strangeness(knows[0], evidence_of({"a": np.zeros(0)})) == 0.0


def test_the_stranger_a_collection_the_less_sure_it_begins_and_the_more_its_answers_count() -> None:
    stream = archive({"a": 1.0, "b": 1.0}).evidence
    family = family_of({"a": 2.0, "b": -2.0}, typical=0.02, sharpness=1.4)
    strange = strangeness(family, stream)
    at_home, foreign, alien = (replace(family, usual_strangeness=strange * share) for share in (1.0, 0.5, 0.0))
    assert [foreignness(f, stream) for f in (at_home, foreign, alien)] == pytest.approx([1.0, 2.0, MOST_FOREIGN])
    first, second = (model_for(f, stream).fit({}).log_odds.copy() for f in (at_home, foreign))
    assert (np.sign(first) == np.sign(second)).all()
    assert (np.abs(second) < 0.75 * np.abs(first)).all()
    decided = dict.fromkeys(range(0, 12, 2), True)
    moved = [model_for(f, stream).fit(decided).weights_ @ prior_for(f, stream).spread for f in (at_home, foreign)]
    assert moved[1] > moved[0] > 0


def test_a_stranger_tells_by_odds_that_are_not_sharpened_how_often_its_documents_end() -> None:
    stream = archive({"a": 1.0, "b": 1.0}).evidence
    family = replace(family_of({"a": 1.0, "b": -1.0}, typical=0.02, sharpness=3.0), telling=2.0, usual_end=1.0)
    foreign = replace(family, usual_strangeness=strangeness(family, stream) / 2)
    intercepts = {
        sharpness: [prior_for(replace(f, sharpness=sharpness), stream).mean[-1] for f in (family, foreign)]
        for sharpness in (0.7, 1.0, 3.0)
    }
    assert intercepts[3.0][1] == intercepts[1.0][1] != intercepts[0.7][1]
    assert abs(intercepts[3.0][0] - intercepts[1.0][0]) > 0.001, "at home, they are sharpened"
    assert prior_for(foreign, stream).sharpness == 3.0, "once that is told, certainty is the family's"


def test_a_prior_of_other_columns_is_refused_and_one_page_has_nothing_to_say() -> None:
    prior, facts, traits = made(0)
    with pytest.raises(ValueError, match="different columns"):
        CollectionModel(prior, facts[:, 1:], traits)
    assert CollectionModel(prior, facts[:0], traits[:1]).fit({}).log_odds.shape == (0,)


def test_what_the_family_knows_of_sharpness_gives_way_to_what_is_known_of_answered_collections() -> None:
    prior = Prior(np.zeros(2), np.ones(2), 1.0, 1.0, 2.0)
    after = [sharpness_after(prior, answers) for answers in (0, 5, 40, 4000)]
    assert after[0] == 1.0
    assert after[1] == pytest.approx(2**0.5)
    assert after == sorted(after)
    assert after[-1] == pytest.approx(2.0, abs=0.01)


def test_where_the_odds_are_even_how_often_documents_end_counts_for_nothing() -> None:
    beside, traits = np.array([0.0, 1.0, 1.0, 0.0]), np.zeros((5, 0))
    prior = Prior(np.array([0.0, -2.0]), np.array([0.0, 2.0]), 0.0, even=0)
    model = CollectionModel(prior, beside[:, None], traits).fit({})
    assert model.log_odds[[1, 2]] == pytest.approx([0.0, 0.0])
    assert model.log_odds[0] < -1
    model.fit({0: True, 3: True})
    assert model.log_odds[[1, 2]] == pytest.approx([0.0, 0.0]), "nor do answers elsewhere"
    assert model.log_odds[0] > -1
