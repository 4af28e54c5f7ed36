"""The boundary classifier keeps scikit-learn's contract, and says what the collection's model says."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from sklearn.model_selection import cross_val_score
from sklearn.utils.estimator_checks import check_estimator

from clustering.engine.boundary_classifier import BoundaryClassifier
from clustering.engine.collection_model import CollectionModel
from clustering.engine.records import Prior


@pytest.mark.parametrize("spread", [1.0, 3.0])
def test_it_keeps_the_contract(spread: float) -> None:
    checks = check_estimator(BoundaryClassifier(spread=spread), on_skip=None)
    left_out = {check["check_name"] for check in checks if check["status"] != "passed"}
    assert len(checks) > 40
    assert left_out <= {"check_array_api_input"}, "that one needs array libraries which are not installed"


def seams(seed: int, count: int = 200) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    features = chance.random((count, 3))
    log_odds = features @ [4.0, -3.0, 0.0] - 0.5
    return features, chance.random(count) < 1 / (1 + np.exp(-log_odds))


@pytest.mark.parametrize("answered", [2, 20, 150])
def test_it_says_what_the_model_of_a_collection_says(answered: int) -> None:
    features, is_boundary = seams(1)
    is_boundary[:2] = [True, False]
    prior = Prior(np.array([2.0, -1.0, 0.3, -0.2]), np.array([1.5, 1.0, 0.4, 2.0]), 0.0, 1.4, 1.2)
    model = CollectionModel(prior, features, np.zeros((201, 0)))
    model.fit(dict(enumerate(is_boundary[:answered].tolist())))
    classifier = BoundaryClassifier(prior).fit(features[:answered], is_boundary[:answered])
    assert classifier.decision_function(features) == pytest.approx(model.log_odds, abs=1e-4)


def test_it_learns_from_labels_of_any_kind() -> None:
    features, is_boundary = seams(2)
    named = np.where(is_boundary, "starts", "continues")
    assert cross_val_score(BoundaryClassifier(), features, named, cv=4).mean() > 0.7


def test_a_prior_of_other_columns_is_refused() -> None:
    features, is_boundary = seams(3)
    with pytest.raises(ValueError, match="different columns"):
        BoundaryClassifier(Prior(np.zeros(3), np.ones(3), 0.0)).fit(features, is_boundary)


def test_the_desk_does_not_load_it() -> None:
    code = "import sys, clustering.engine.proposing; sys.exit('clustering.engine.boundary_classifier' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
