"""What a sample shows of those that nobody looked at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from clustering.engine.assurance import (
    LADDER,
    Judged,
    guaranteed_threshold,
    histogram,
    lower_bound,
    support,
    upper_bound,
)


def test_twenty_right_of_twenty_show_86_percent_and_none_show_nothing() -> None:
    assert lower_bound(20, 20) == pytest.approx(0.05 ** (1 / 20))
    assert upper_bound(0, 20) == pytest.approx(1 - 0.05 ** (1 / 20))
    assert lower_bound(0, 0) == 0.0
    assert upper_bound(0, 0) == 1.0
    assert lower_bound(0, 5) == 0.0
    assert upper_bound(5, 5) == 1.0


@given(st.integers(1, 300), st.data())
def test_at_the_bound_the_tail_of_the_binomial_has_the_chance_left_over(judged: int, data: st.DataObject) -> None:
    right = data.draw(st.integers(1, judged))
    bound = lower_bound(right, judged)
    assert bound <= right / judged
    assert binom.sf(right - 1, judged, bound) == pytest.approx(0.05, abs=1e-6)


@pytest.mark.parametrize(("right", "judged", "assurance"), [(3, 2, 0.95), (-1, 2, 0.95), (1, 2, 1.0), (1, 2, 0.0)])
def test_it_refuses_what_is_no_share(right: int, judged: int, assurance: float) -> None:
    with pytest.raises(ValueError, match=r"no share|between 0 and 1"):
        lower_bound(right, judged, assurance=assurance)


def test_support_counts_what_is_at_the_threshold_or_above() -> None:
    judged = [Judged(0.99, True), Judged(0.98999999999, True), Judged(0.95, False), Judged(1.0, False)]
    counted = support(judged, 0.99)
    assert (counted.judged, counted.right) == (3, 2)
    assert counted.share == pytest.approx(2 / 3)
    assert support(judged, 1.0).right == 0
    assert support([], 0.9).share is None


def test_a_threshold_is_guaranteed_only_by_enough_evidence() -> None:
    sure = [Judged(0.995, True)] * 120
    assert guaranteed_threshold(sure[:20], precision=0.95) is None
    # The same 120 stand above every step of the ladder, and nothing below spoils it.
    assert guaranteed_threshold(sure, precision=0.95) == LADDER[0]
    spoiled = sure + [Judged(0.96, False)] * 8
    assert guaranteed_threshold(spoiled, precision=0.95) == 0.97


def test_trying_many_thresholds_costs_assurance() -> None:
    """60 right of 60 show 95 % at one threshold decided beforehand, and not at the best of a whole ladder."""
    judged = [Judged(0.999, True)] * 60
    assert guaranteed_threshold(judged, precision=0.95, ladder=[0.9]) == 0.9
    assert guaranteed_threshold(judged, precision=0.95) is None


@given(st.lists(st.floats(0, 1), max_size=60), st.floats(0.5, 1))
def test_bars_hold_every_group_and_the_threshold_cuts_none(confidences: list[float], threshold: float) -> None:
    bars = histogram(confidences, threshold)
    assert sum(bar.count for bar in bars) == len(confidences)
    above = sum(bar.count for bar in bars if bar.accepted)
    assert above == sum(confidence >= threshold - 1e-9 for confidence in confidences)


def test_a_threshold_of_one_hundred_percent_has_a_bar_of_its_own() -> None:
    last, before = histogram([1.0, 1.0, 0.9995], 1.0)[-1], histogram([1.0, 1.0, 0.9995], 1.0)[-2]
    assert (last.count, last.accepted) == (2, True)
    assert (before.count, before.accepted) == (1, False)
