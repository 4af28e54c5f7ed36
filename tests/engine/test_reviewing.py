"""The bench that plays a review to its end counts what a person would do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.reviewing import (
    DOUBTFUL,
    STOP_BELOW,
    Order,
    Predict,
    acts_by_hand,
    at_random,
    by_model,
    oracle,
    queue,
    review,
    review_by_documents,
    scan_order,
)
from clustering.engine.collection_prior import model_for
from clustering.selectors.queue import DOUBTFUL as AT_THE_DESK
from tests.engine.streams import archive, evidence_of, family_of, labeled

TRUTH = np.random.default_rng(0).random(30) < 0.3
STREAM = labeled(evidence_of({"loud": np.zeros(30)}), TRUTH)


def says(odds: np.ndarray) -> Predict:
    return lambda decided: odds


def knowing(sure: float, *, but: frozenset[int] = frozenset()) -> Predict:
    """Right about all seams but a few."""
    right = np.where(TRUTH, sure, -sure)
    return says(np.where(np.isin(np.arange(30), list(but)), -right, right))


def test_who_knows_everything_needs_no_look_and_no_correction() -> None:
    played = review(STREAM, knowing(9.0), moments=(0, 5))
    assert (played.looks, played.corrections, played.acts) == (0, 0, 2)
    assert [played.moments[k].wrong for k in (0, 5)] == [0, 0]
    assert played.moments[0].labels == (0, *np.cumsum(TRUTH).tolist())
    assert played.stop is played.moments[0]


def test_who_never_cuts_is_corrected_at_every_boundary() -> None:
    played = review(STREAM, says(np.full(30, -9.0)), moments=(0,), order=scan_order)
    assert played.moments[0].wrong == played.corrections == TRUTH.sum()
    assert played.looks == np.flatnonzero(TRUTH)[-1] + 1, "nobody looks on once all is right"
    assert played.acts == played.looks + played.corrections + 2


@given(st.frozensets(st.integers(0, 29)), st.sampled_from([queue, scan_order, at_random(3), oracle(STREAM)]))
@settings(max_examples=60)
def test_every_wrong_seam_is_corrected_once_in_any_order(wrong: frozenset[int], order: Order) -> None:
    played = review(STREAM, knowing(2.0, but=wrong), moments=(0,), order=order)
    assert played.moments[0].wrong == played.corrections == len(wrong)
    assert len(wrong) <= played.looks <= 30


def test_an_oracle_looks_at_nothing_but_what_is_wrong() -> None:
    played = review(STREAM, knowing(2.0, but=frozenset({3, 17, 28})), moments=(0,), order=oracle(STREAM))
    assert played.looks == played.corrections == 3


def test_the_most_doubtful_seam_is_asked_first_and_none_twice() -> None:
    asked: list[set[int]] = []

    def predict(decided: dict[int, bool]) -> np.ndarray:
        asked.append(set(decided))
        return np.asarray(np.where(TRUTH, 1.0, -1.0) * (1.0 + np.arange(30)))

    review(STREAM, predict, moments=(0, 30), order=queue)
    assert asked == [set(range(count)) for count in range(31)]


def test_by_hand_every_seam_is_looked_at_and_every_document_split_off() -> None:
    assert acts_by_hand(STREAM) == 30 + TRUTH.sum() + 1
    assert acts_by_hand(STREAM.only(np.arange(30) < 10)) == 30 + TRUTH[:10].sum() + 1


@pytest.mark.parametrize("order", [queue, scan_order])
def test_where_nobody_knows_an_answer_leaves_things_as_they_are(order: Order) -> None:
    odds = np.random.default_rng(1).normal(0, 2, 30)
    played = review(STREAM.only(np.zeros(30, dtype=bool)), says(odds), moments=(0, 10, 30), order=order)
    assert (played.looks, played.corrections) == (0, 0)
    assert played.moments[0].labels == played.moments[10].labels == played.moments[30].labels
    assert np.array_equal(played.moments[30].seams, (odds > 0).astype(float))


def test_a_document_is_one_key_and_shows_all_its_places() -> None:
    """Four documents of 8, 8, 8 and 7 pages; the third is proposed with the fourth, and one place is doubtful."""
    truth = np.isin(np.arange(30), [7, 15, 23])
    odds = np.where(truth, 9.0, -9.0)
    odds[23] = -0.5
    played = review_by_documents(labeled(evidence_of({"loud": np.zeros(30)}), truth), says(odds), questions=0)
    assert (played.questions, played.documents, played.corrections, played.keys) == (0, 1, 1, 4)
    assert played.seen == set(range(15, 30)), "its own pages, and those of what it was joined with"


def test_where_no_document_is_doubtful_the_queue_goes_on() -> None:
    odds = np.where(TRUTH, 9.0, -9.0)
    odds[3] = -odds[3] / 4
    played = review_by_documents(STREAM, says(odds), questions=0)
    assert (played.questions, played.documents, played.corrections) == (1, 0, 1)
    assert played.seen == {3}


def test_documents_are_shown_from_as_much_doubt_as_at_the_desk() -> None:
    assert DOUBTFUL == AT_THE_DESK / 100


def test_unknown_seams_are_never_wrong() -> None:
    mixed = STREAM.only(np.arange(30) >= 15)
    played = review(mixed, says(np.where(TRUTH, -3.0, 3.0)), moments=(0,))
    assert played.moments[0].wrong == played.corrections == 15


def test_a_person_stops_where_less_than_half_a_seam_is_expected_wrong() -> None:
    played = review(STREAM, knowing(2.0), moments=(0, 30))
    assert played.stop is not None
    each = 1 / (1 + np.exp(2.0))
    assert played.moments[0].expected == pytest.approx(30 * each, abs=1e-4)
    assert played.stop.answers == int(np.ceil(30 - STOP_BELOW / each + 1e-9))
    assert played.moments[30].expected == 0.0


def test_a_review_goes_on_until_the_model_says_stop_but_counts_no_looks_once_all_is_right() -> None:
    played = review(STREAM, knowing(2.0, but=frozenset({3})), moments=(0,), order=scan_order)
    assert (played.looks, played.corrections) == (4, 1)
    assert played.stop is not None
    assert played.stop.answers > 4
    assert played.stop.expected < STOP_BELOW


def test_moments_tell_how_sure_the_proposed_documents_are() -> None:
    moment = review(STREAM, knowing(2.0), moments=(0,)).moments[0]
    assert sorted(moment.confidence) == sorted(set(moment.labels))
    sure = 1 / (1 + np.exp(-2.0))
    lengths = np.bincount(moment.labels)
    assert moment.confidence[1] == pytest.approx(sure ** (lengths[1] + 1))


def test_a_model_that_learns_saves_corrections() -> None:
    stream = archive({"loud": 6.0}, intercept=-3.0, pages=200)
    model = model_for(family_of({"loud": 0.0}, spread=2.0), stream.evidence)
    taught = review(stream, by_model(model), moments=(0, 20, 500))
    deaf = model_for(family_of({"loud": 0.0}, spread=2.0), stream.evidence).fit({})
    untaught = review(stream, says(deaf.log_odds), moments=(0,))
    assert taught.corrections < untaught.corrections / 2
    assert taught.moments[20].wrong < taught.moments[0].wrong == untaught.moments[0].wrong
    assert taught.moments[500].answers == 199, "there are no more"


def test_one_page_is_right_at_once() -> None:
    single = replace(STREAM, evidence=evidence_of({"loud": []}), starts=("1",))
    played = review(single, says(np.zeros(0)), moments=(0, 10))
    assert played.acts == 2
    assert played.moments[10].labels == (0,)
