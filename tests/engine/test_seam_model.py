"""The seam model and how its numbers are made."""

from __future__ import annotations

import json

import numpy as np
import pytest

from clustering.engine.evidence import Evidence, column, gather
from clustering.engine.records import PageRecord
from clustering.engine.seams import NotFitted, SeamModel, SeamWeights, shipped_weights
from clustering.engine.training import Stream, blocks_of, cross_validate, expectations, fit, inside


def made(n: int = 240, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.3).astype(float)
    for_, against = rng.random(n) * (0.2 + 0.8 * y), rng.random(n) * (1 - 0.8 * y)
    return np.column_stack([for_, against]), y


def test_it_keeps_to_the_signs() -> None:
    X, y = made()
    model = SeamModel(strength=0.1, signs=[1, -1]).fit(X, 1 - y)
    assert model.coef_[0] >= 0 >= model.coef_[1]


def test_without_seams_it_is_its_prior() -> None:
    prior = SeamWeights({"a": 1.5, "b": -2.0}, -0.7)
    model = SeamModel(strength=1, signs=[1, -1]).fit(np.zeros((0, 2)), [], names=("a", "b"), prior=prior)
    assert model.coef_ == pytest.approx([1.5, -2.0], abs=1e-3)
    assert model.intercept_ == pytest.approx(-0.7, abs=1e-3)


def test_more_strength_stays_nearer_to_the_prior() -> None:
    X, y = made()
    prior = SeamWeights({"a": 9.0, "b": 0.0}, 0.0)
    far = [SeamModel(strength=s).fit(X, y, names=("a", "b"), prior=prior).coef_[0] for s in (0.1, 10, 1000)]
    assert abs(far[0] - 9) > abs(far[1] - 9) > abs(far[2] - 9)


def test_contributions_add_up_to_the_decision() -> None:
    X, y = made()
    model = SeamModel().fit(X, y)
    assert model.contributions(X).sum(axis=1) + model.intercept_ == pytest.approx(model.decision_function(X))
    assert model.predict_proba(X).sum(axis=1) == pytest.approx(1.0)


def test_it_keeps_scikit_learns_contract() -> None:
    from sklearn.base import clone

    model = clone(SeamModel(strength=3.0))
    assert model.get_params() == {"strength": 3.0, "signs": None}
    with pytest.raises(NotFitted):
        model.predict(np.zeros((1, 2)))


@pytest.mark.parametrize(("X", "y"), [([[np.nan]], [0]), ([[1.0]], [2]), ([[1.0]], [0, 1])])
def test_it_refuses_what_is_no_evidence(X: list[list[float]], y: list[int]) -> None:
    with pytest.raises(ValueError, match=r"Evidence|evidence"):
        SeamModel().fit(X, y)


def test_weights_survive_json() -> None:
    stored = SeamWeights({"a": 1.25}, -0.5, 0.8, "x", {"lengths": [0.1]})
    assert SeamWeights.from_json(json.loads(json.dumps(stored.to_json()))) == stored
    with pytest.raises(ValueError, match="no weights"):
        SeamWeights.from_json({"weights": 3})


@pytest.mark.parametrize("weights", [shipped_weights(), expectations()])
def test_shipped_numbers_know_every_fact_and_keep_to_its_sign(weights: SeamWeights) -> None:
    evidence = gather([PageRecord("a", 10, 10), PageRecord("b", 10, 10)])
    assert set(weights.weights) == set(evidence.names)
    assert all(c.sign * weights.weights[c.name] >= 0 for c in evidence.columns)


def test_blocks_are_cut_where_documents_start_for_sure() -> None:
    starts = ["1"] + ["0"] * 9
    blocks = blocks_of((starts + ["?"] + ["0"] * 5) * 8, size=30)
    assert [b.start % 16 for b in blocks] == [0] * len(blocks)
    assert blocks[0].start == 0
    assert blocks[-1].stop == 128
    assert min(len(b) for b in blocks) >= 30


def test_the_seams_of_all_blocks_are_all_seams_once() -> None:
    starts = (["1"] + ["0"] * 6) * 20
    total = sum(inside(b, len(starts)).astype(int) for b in blocks_of(starts))
    assert np.array_equal(total, np.ones(len(starts) - 1, dtype=int))


def test_a_held_out_block_is_never_learned_from() -> None:
    rng = np.random.default_rng(1)
    starts = tuple("1" if i % 4 == 0 else "0" for i in range(120))
    noise = rng.random(119)
    evidence = Evidence((column("text", "salutation", 1, noise, "A salutation."),), 120)
    held = cross_validate(Stream(evidence, starts))
    other = cross_validate(Stream(evidence, starts[:90] + ("0",) * 30))
    last = blocks_of(starts)[-1]
    assert held.odds[last.start : last.stop - 1] == pytest.approx(other.odds[last.start : last.stop - 1], abs=1e-6)
    assert fit([Stream(evidence, starts)], prior=expectations()).names_ == ("salutation",)
