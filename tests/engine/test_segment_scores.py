"""Scores of whole segments and priors of length, against sums written out."""

from __future__ import annotations

import numpy as np
import pytest

from clustering.engine.segmentation import LengthPrior, decode


def test_a_score_by_length_stands_at_its_segments() -> None:
    """Three pages from the second on, whether told by a table or by a function of the length."""
    table = np.zeros((5, 3))
    table[1, 2] = 9.0
    seams = np.zeros(4)
    by_table = decode(seams, cohesion=table, longest=3)
    by_length = decode(seams, cohesion=lambda length: table[: 6 - length, length - 1], longest=3)
    assert range(1, 4) in by_table.groups
    assert by_table.groups == by_length.groups
    np.testing.assert_allclose(by_table.seams, by_length.seams)


def test_a_recognised_booklet_wins_over_its_seams() -> None:
    n = 12
    seams = np.full(n - 1, -2.0)
    seams[[3, 4, 6]] = 1.5  # cover, spreads, back: the seams inside look like boundaries
    assert range(4, 8) not in decode(seams).groups
    booklet = np.zeros((n, 20))
    booklet[4, 3] = 9.0
    assert range(4, 8) in decode(seams, cohesion=booklet, longest=20).groups


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
