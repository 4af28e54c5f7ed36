"""The effort model: gestures, the order of looking, and a whole session replayed."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustering.engine.effort import (
    Again,
    Rates,
    Work,
    effort_curve,
    effort_curves,
    expected_edits_saved,
    oracle_order,
    queue_order,
    random_order,
    review,
    scan_order,
    show_curves,
    work_by_hand,
    work_to_truth,
)
from clustering.engine.metrics import score_labels
from clustering.engine.records import Constraints
from clustering.engine.segmentation import decode

CHEAP_MOVE = Rates(move=1.0)
DEAR_MOVE = Rates(move=100.0)


def test_seconds_are_gestures_times_their_rates() -> None:
    work = Work(looks=10, confirms=4, splits=3, merges=2, moves=1)
    assert work.seconds(Rates(look=1, confirm=10, split=100, merge=1000, move=10000)) == 10 + 40 + 300 + 2000 + 10000
    assert work + work == Work(20, 8, 6, 4, 2)
    assert work.corrections == 6


def test_rates_are_seconds() -> None:
    for wrong in ({"look": -1.0}, {"merge": float("nan")}):
        with pytest.raises(ValueError):
            Rates(**wrong)


def test_a_right_proposal_costs_looking_and_confirming() -> None:
    assert work_to_truth([0, 0, 1, 2], "aabc") == Work(looks=3, confirms=3)
    assert work_to_truth([0, 0, 1, 2], "aabc", looks=0) == Work(confirms=3)


def test_by_hand_every_boundary_is_a_split() -> None:
    assert work_by_hand([0, 0, 1, 2]) == Work(looks=3, confirms=3, splits=2)


def test_a_boundary_one_page_off_is_one_move_or_a_split_and_a_merge() -> None:
    truth, proposed = [0, 0, 0, 1, 1, 1], [0, 0, 0, 0, 1, 1]
    assert work_to_truth(truth, proposed, rates=CHEAP_MOVE) == Work(looks=5, confirms=2, moves=1)
    assert work_to_truth(truth, proposed, rates=DEAR_MOVE) == Work(looks=5, confirms=2, splits=1, merges=1)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=16))
def test_gestures_are_the_edits_and_moves_pair_a_split_with_a_merge(pages: list[tuple[int, int]]) -> None:
    truth, proposed = zip(*pages, strict=True)
    figures = score_labels(truth, proposed)
    plain, moved = (work_to_truth(truth, proposed, rates=rates) for rates in (DEAR_MOVE, CHEAP_MOVE))
    edits = round(figures.edits * len(pages) / 100)
    assert plain.moves == 0
    assert plain.splits + plain.merges == edits
    assert moved.splits + moved.merges + 2 * moved.moves == edits
    # most moves: no choice of the pieces that stay allows more
    pieces = set(zip(truth, proposed, strict=True))
    best = max(
        len(chosen)
        for size in range(min(len(set(truth)), len(set(proposed))) + 1)
        for chosen in itertools.combinations(sorted(pieces), size)
        if len({t for t, _ in chosen}) == len({p for _, p in chosen}) == size
    )
    assert moved.moves == len(pieces) - len(set(truth)) - len(set(proposed)) + best


def test_looking_saves_most_where_the_proposal_is_least_sure() -> None:
    saved = expected_edits_saved([0.875, 0.6, 0.125, 0.45], [True, True, False, False])
    np.testing.assert_allclose(saved, [0.125, 0.4, 0.125, 0.45])
    assert queue_order(saved).tolist() == [3, 1, 0, 2]
    in_seconds = expected_edits_saved([0.6, 0.4], [True, False], rates=Rates(split=3, merge=4))
    np.testing.assert_allclose(in_seconds, [1.6, 1.2])
    with pytest.raises(ValueError):
        expected_edits_saved([0.5], [True, False])


def test_expected_edits_are_the_edits_on_average() -> None:
    """On truths drawn from the decoder's own posterior of independent seams, the key is what it says it is."""
    rng = np.random.default_rng(0)
    p = rng.random(4000)
    boundaries = p > 0.5
    wrong = (rng.random(4000) < p) != boundaries
    assert expected_edits_saved(p, boundaries).sum() == pytest.approx(wrong.sum(), rel=0.1)


def test_a_curve_counts_errors_found_along_an_order() -> None:
    wrong = [False, True, False, True]
    curve = effort_curve([3, 0, 1, 2], wrong)
    assert curve.looked.tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert curve.found.tolist() == [0, 0.5, 0.5, 1, 1]
    assert curve.area == pytest.approx((0.25 + 0.5 + 0.75 + 1) / 4)
    assert (curve.looks_for(0.5), curve.looks_for(0.9), curve.looks_for(0.0)) == (0.25, 0.75, 0.0)


def test_the_oracle_is_best_and_random_is_half() -> None:
    rng = np.random.default_rng(1)
    p = rng.random(3000) ** 3
    wrong = rng.random(3000) < np.minimum(p, 1 - p)
    curves = effort_curves(wrong, expected_edits_saved(p, p > 0.5))
    assert curves["oracle"].area > curves["queue"].area > 0.7
    assert curves["random"].area == pytest.approx(0.5, abs=0.05)
    assert curves["oracle"].looks_for(1.0) == pytest.approx(wrong.mean())
    assert show_curves(curves).splitlines()[1].startswith("queue")


def test_orders_hold_every_seam_once() -> None:
    for order in (scan_order(9), random_order(9), oracle_order([True, False] * 4 + [True])):
        assert sorted(order.tolist()) == list(range(9))
    assert random_order(9, random_state=2).tolist() == random_order(9, random_state=2).tolist()
    for broken in ([0, 0], [0], [0, 2]):
        with pytest.raises(ValueError):
            effort_curve(broken, [True, False])


def test_nothing_wrong_is_found_at_once() -> None:
    assert effort_curve([0, 1], [False, False]).looks_for(1.0) == 0.0
    assert effort_curve([], []).area == 0.0


def _stream(n: int = 120, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Documents of exactly four pages, seams scored with much noise: the length is what the decoder can lean on."""
    rng = np.random.default_rng(seed)
    truth = np.arange(1, n) % 4 == 0
    return rng.normal(np.where(truth, 0.5, -0.5), 2.0), truth


def _again(odds: np.ndarray) -> Again:
    lengths = np.array([-3.0, -2.0, -1.5, 0.0, -1.5, -2.0, -3.0, -3.0])

    def again(same: frozenset[int], apart: frozenset[int]) -> tuple[np.ndarray, np.ndarray]:
        decoding = decode(odds, lengths=lengths, constraints=Constraints(same=same, apart=apart))
        return decoding.seams, decoding.boundaries

    return again


def test_a_session_with_true_answers_ends_without_an_error() -> None:
    odds, truth = _stream()
    for every in (0, 1, 7):
        played = review(_again(odds), truth, every=every)
        assert played.errors[-1] == 0
        assert sorted(played.asked) == list(range(len(truth)))
        assert played.mistakes == 0


def test_without_decoding_again_each_correction_mends_one_seam() -> None:
    odds, truth = _stream()
    played = review(_again(odds), truth, every=0)
    assert played.errors[0] > 10
    assert played.corrections == played.errors[0]
    assert (played.leverage, played.changed) == (1.0, 0)


def test_decoding_again_mends_more_than_what_was_corrected() -> None:
    odds, truth = _stream()
    again = _again(odds)
    with_, without = (review(again, truth, every=every, looks=40) for every in (1, 0))
    assert with_.leverage > 1
    assert with_.errors[-1] < without.errors[-1]
    assert with_.changed > with_.spoiled


def test_wrong_answers_stay_as_errors() -> None:
    odds, truth = _stream()
    played = review(_again(odds), truth, error_rate=0.05, random_state=3)
    assert played.mistakes > 0
    assert played.errors[-1] == played.mistakes


def test_a_decoder_that_answers_for_too_few_seams_is_refused() -> None:
    with pytest.raises(ValueError, match="each of 3 seams"):
        review(lambda same, apart: ([0.5], [True]), [True, False, True])
