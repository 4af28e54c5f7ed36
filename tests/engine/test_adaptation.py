"""Habits of a house, as its pages tell them before any answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from clustering.engine.adaptation import SURE, estimated_habit, habit_balances
from clustering.engine.collection_prior import model_for, prior_for
from clustering.engine.evidence import Evidence
from tests.engine.streams import evidence_of, family_of


def test_a_front_that_looks_more_like_a_boundary_than_the_back_speaks_for_things_in_front() -> None:
    habit = np.array([0.0, 1.0, -1.0, 0.0, 1.0, 0.0, -1.0, 0.0])
    log_odds = np.array([9.0, 2.0, 0.5, 9.0, -1.0, 9.0, 1.0, 9.0])
    assert habit_balances(habit, log_odds) == pytest.approx([1.5, -2.0])


def test_at_the_ends_of_a_stream_documents_begin_and_end_for_sure() -> None:
    log_odds = np.array([0.2, 0.4, 0.6])
    assert habit_balances(np.array([-1.0, 0.0, 0.0]), log_odds) == pytest.approx([SURE])
    assert habit_balances(np.array([0.0, 0.0, 1.0]), log_odds) == pytest.approx([-SURE])
    assert habit_balances(np.array([-1.0, 0.0, 1.0]), log_odds) == pytest.approx([SURE, -SURE])
    assert len(habit_balances(np.zeros(3), log_odds)) == len(habit_balances(np.zeros(0), np.zeros(0))) == 0


def test_the_pages_tell_a_habit_as_far_as_houses_differ() -> None:
    habit, front = np.tile([0.0, 1.0, -1.0], 6), np.tile([9.0, 1.0, 0.0], 6)
    close, loose = (estimated_habit(habit, front, spread, 2.0) for spread in (0.3, 1.0))
    assert 0 < close < loose < 1.5
    assert estimated_habit(habit, -front, 1.0, 2.0) == pytest.approx(-loose)
    assert estimated_habit(np.zeros(18), front, 1.0, 2.0) == pytest.approx(0.0)
    assert estimated_habit(habit, front, 0.0, 2.0) == 0.0, "a habit that the family does not know"


def test_an_envelope_at_the_very_start_turns_all_envelopes_to_the_front() -> None:
    values = np.zeros(30)
    values[3::6], values[4::6] = 1.0, -1.0
    family = replace(family_of({"envelope": 0.0}, spread=1.0), telling=0.5, usual_end=-1.0)
    assert prior_for(family, habit_of(values)).mean[0] == pytest.approx(0.0, abs=1e-9)
    values[0] = -1.0
    assert prior_for(family, habit_of(values)).mean[0] > 0.2
    log_odds = model_for(family, habit_of(values)).fit({}).log_odds
    assert log_odds[3] > log_odds[1] > log_odds[4]


def habit_of(values: np.ndarray) -> Evidence:
    evidence = evidence_of({"envelope": values}, signs={"envelope": 0})
    return replace(evidence, columns=tuple(replace(column, is_habit=True) for column in evidence.columns))
