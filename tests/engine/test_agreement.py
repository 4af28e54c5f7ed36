"""Agreement beyond chance."""

from __future__ import annotations

import numpy as np
import pytest

from clustering.engine.agreement import ENOUGH, cohen


def test_it_is_cohens_kappa() -> None:
    from sklearn.metrics import cohen_kappa_score

    rng = np.random.default_rng(1)
    first = rng.random(80) < 0.3
    second = np.where(rng.random(80) < 0.15, ~first, first)
    agreement = cohen(zip(first.tolist(), second.tolist(), strict=True))
    assert agreement.kappa == pytest.approx(cohen_kappa_score(first, second))
    assert agreement.agreed == int((first == second).sum())
    assert agreement.kappa is not None
    assert agreement.low is not None
    assert agreement.high is not None
    assert agreement.low < agreement.kappa < agreement.high


def test_the_interval_is_as_wide_as_repeating_shows() -> None:
    rng = np.random.default_rng(2)
    kappas, reach = [], []
    for _ in range(400):
        first = rng.random(60) < 0.4
        second = np.where(rng.random(60) < 0.2, ~first, first)
        agreement = cohen(zip(first.tolist(), second.tolist(), strict=True))
        assert agreement.kappa is not None
        assert agreement.high is not None
        kappas.append(agreement.kappa)
        reach.append(agreement.high - agreement.kappa)
    assert np.median(reach) == pytest.approx(1.96 * np.std(kappas), rel=0.15)


def test_few_pairs_have_no_interval_and_one_sided_ones_no_kappa() -> None:
    assert cohen([]).count == 0
    assert cohen([(True, True)] * 30).kappa is None
    few = cohen([(True, True), (False, False), (True, False)] * 3)
    assert few.count == 9 < ENOUGH
    assert few.kappa is not None
    assert few.low is None
