"""Scores of whole segments and priors of length, against sums written out."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustering.engine.segmentation import (
    LengthPrior,
    banded_similarities,
    by_length,
    decode,
    mean_pairs,
    pair_sums,
    patterns,
)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9), st.integers(1, 12), st.integers(0, 999))
def test_pair_sums_add_up_all_pairs_of_a_segment(n: int, longest: int, seed: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(n, 3))
    band = banded_similarities(vectors, longest)
    sums, means = pair_sums(band), mean_pairs(band, baseline=0.25, alone=-0.5)
    assert sums.shape == means.shape == (n, longest)
    for start in range(n):
        for size in range(1, longest + 1):
            pages = range(start, start + size)
            if start + size > n:
                assert sums[start, size - 1] == means[start, size - 1] == 0
                continue
            pairs = [float(vectors[i] @ vectors[j]) for i, j in itertools.combinations(pages, 2)]
            assert sums[start, size - 1] == pytest.approx(sum(pairs), abs=1e-9)
            expected = np.mean(pairs) - 0.25 if pairs else -0.5
            assert means[start, size - 1] == pytest.approx(expected, abs=1e-9)


def test_a_score_by_length_stands_at_its_segments() -> None:
    table = by_length(lambda m: np.arange(5 - m + 1) * 10 + m, 5, 3)
    assert table.tolist() == [[1, 2, 3], [11, 12, 13], [21, 22, 23], [31, 32, 0], [41, 0, 0]]


def test_a_recognised_booklet_wins_over_its_seams() -> None:
    n = 12
    seams = np.full(n - 1, -2.0)
    seams[[3, 4, 6]] = 1.5  # cover, spreads, back: the seams inside look like boundaries
    assert range(4, 8) not in decode(seams).groups
    booklet = patterns([(4, 4, 9.0)], n, 20)
    assert range(4, 8) in decode(seams, cohesion=booklet, longest=20).groups


def test_patterns_of_one_segment_add_up_and_must_lie_in_the_stream() -> None:
    assert patterns([(1, 2, 1.5), (1, 2, 1.0), (0, 4, 9.0)], 4, 3).tolist() == [
        [0, 0, 0],
        [0, 2.5, 0],
        [0] * 3,
        [0] * 3,
    ]
    for row in ((-1, 2, 1.0), (3, 2, 1.0), (0, 0, 1.0)):
        with pytest.raises(ValueError):
            patterns([row], 4, 3)


def test_a_geometric_prior_is_that_of_boundaries_by_chance() -> None:
    prior = LengthPrior.geometric(4.0)
    np.testing.assert_allclose(np.exp(prior.log_probabilities(3)), [1 / 4, 3 / 16, 9 / 64])
    assert np.exp(prior.log_probabilities(500)).sum() == pytest.approx(1.0)
    with pytest.raises(ValueError):
        LengthPrior.geometric(1.0)


def test_chance_divided_by_itself_says_nothing() -> None:
    plain = LengthPrior.geometric(4.0).beyond_chance(4.0)
    assert np.ptp(plain.log_probabilities(50)) == pytest.approx(0.0, abs=1e-9)
    odds = [0.3, -1.0, 2.0]
    np.testing.assert_allclose(decode(odds, lengths=plain).seams, decode(odds).seams)


def test_a_learned_prior_knows_the_habits_and_forbids_nothing() -> None:
    lengths = [1] * 40 + [2] * 10 + [4] * 60 + [8] * 20 + [120]
    prior = LengthPrior.from_lengths(lengths)
    p = np.exp(prior.log_probabilities(300))
    assert np.all(p > 0)
    assert p[3] > p[0] > p[1] > p[19]
    assert p[7] > p[6] > p[2] > p[19]  # 7 pages learn from 8; 3 stand alone
    assert p[:80].sum() == pytest.approx(1.0)
    assert prior.tail < 0


def test_a_little_said_stays_near_the_geometric() -> None:
    once = LengthPrior.from_lengths([3])
    np.testing.assert_allclose(
        np.exp(once.log_probabilities(6)), np.exp(LengthPrior.geometric(3.0).log_probabilities(6)), atol=1 / 13
    )


@pytest.mark.parametrize("lengths", [[], [0], [-1, 3]])
def test_a_prior_is_not_learned_from_documents_without_pages(lengths: list[int]) -> None:
    with pytest.raises(ValueError):
        LengthPrior.from_lengths(lengths)


@pytest.mark.parametrize(("table", "tail"), [((), 0.0), ((float("-inf"),), 0.0), ((0.0,), 0.1), ((0.0,), float("nan"))])
def test_a_prior_under_which_a_length_is_impossible_is_refused(table: tuple[float, ...], tail: float) -> None:
    with pytest.raises(ValueError):
        LengthPrior(table, tail)


def test_an_array_of_lengths_falls_on_at_its_own_slope() -> None:
    table = np.log(0.25 * 0.75 ** np.arange(20))
    by_array = decode(np.full(99, -3.0), lengths=table, longest=20)
    by_prior = decode(np.full(99, -3.0), lengths=LengthPrior.geometric(4.0), longest=20)
    np.testing.assert_allclose(by_array.seams, by_prior.seams)
