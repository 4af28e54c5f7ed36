"""Seam by seam is what the whole decoder says where no length is weighed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustering.engine.records import Constraints
from clustering.engine.segmentation import (
    ContradictoryConstraints,
    Independent,
    LengthPrior,
    decode,
    decode_independent,
    decode_seams,
)


@st.composite
def streams(draw: st.DrawFn) -> tuple[np.ndarray, Constraints]:
    """Log-odds, none of them 0, and decisions that can all hold: each stretch is fixed, or its seams are decided."""
    odd = st.integers(-40, 40).map(lambda eighths: (2 * eighths + 1) / 16)
    odds = np.array(draw(st.lists(odd, max_size=14)), dtype=float)
    n = len(odds) + 1
    inner = list(range(1, n))
    cuts = sorted(draw(st.sets(st.sampled_from(inner), max_size=4))) if inner else []
    fixed, touched = [], set()
    for first, stop in zip([0, *cuts], [*cuts, n], strict=True):
        if draw(st.booleans()):
            fixed.append(tuple(draw(st.permutations(range(first, stop)))))
            touched |= set(range(first - 1, stop))
    said = {seam: draw(st.sampled_from(["same", "apart", "open"])) for seam in range(n - 1) if seam not in touched}
    same = frozenset(seam for seam, word in said.items() if word == "same")
    apart = frozenset(seam for seam, word in said.items() if word == "apart")
    return odds, Constraints(fixed=tuple(fixed), same=same, apart=apart)


@given(streams())
@settings(max_examples=120)
def test_it_equals_the_semi_markov_decoder_of_flat_lengths(given_stream: tuple[np.ndarray, Constraints]) -> None:
    odds, constraints = given_stream
    n = len(odds) + 1
    quick, whole = (
        decode_independent(odds, constraints),
        decode(odds, lengths=LengthPrior.flat(), constraints=constraints),
    )
    assert quick.starts.tolist() == whole.starts.tolist()
    assert quick.stops.tolist() == whole.stops.tolist()
    assert quick.groups == whole.groups
    assert quick.boundaries.tolist() == whole.boundaries.tolist()
    assert quick.seams == pytest.approx(whole.seams, abs=1e-9)
    assert quick.confidence == pytest.approx(whole.confidence, abs=1e-9)
    assert quick.reward == whole.reward
    first, last = (
        np.array(places) for places in zip(*((a, b) for a in range(n) for b in range(a + 1, n + 1)), strict=True)
    )
    assert quick.probability_of(first, last) == pytest.approx(whole.probability_of(first, last), abs=1e-9)


@given(streams())
@settings(max_examples=60)
def test_what_was_decided_is_certain(given_stream: tuple[np.ndarray, Constraints]) -> None:
    odds, constraints = given_stream
    found = decode_independent(odds, constraints)
    assert (found.seams[list(constraints.apart)] == 1).all()
    assert (found.seams[list(constraints.same)] == 0).all()
    chances = {tuple(group): float(p) for group, p in zip(found.groups, found.confidence, strict=True)}
    assert [chances[tuple(sorted(pages))] for pages in constraints.fixed] == [1.0] * len(constraints.fixed)


def test_a_page_is_in_exactly_one_document() -> None:
    odds = np.random.default_rng(0).normal(0, 3, 30)
    found = decode_independent(odds, Constraints(same=frozenset({4}), apart=frozenset({9})))
    first, last = np.meshgrid(np.arange(16), np.arange(16, 32))
    assert found.probability_of(first.ravel(), last.ravel()).sum() == pytest.approx(1.0)


def test_a_coin_joins_and_extreme_odds_stay_finite() -> None:
    found = decode_independent([0.0, 1e4, -1e4], Constraints())
    assert found.starts.tolist() == [0, 2]
    assert found.confidence == pytest.approx([0.5, 1.0])
    against = decode_independent([1e4, -1e4], Constraints(same=frozenset({0}), apart=frozenset({1})))
    assert against.groups == [range(2), range(2, 3)]
    assert against.confidence.tolist() == [1.0, 1.0]


def test_a_number_of_documents_ties_the_seams_together() -> None:
    odds = [2.0, -1.0, -3.0, 1.0]
    assert isinstance(decode_seams(odds, Constraints()), Independent)
    counted = decode_seams(odds, Constraints(count=4))
    assert not isinstance(counted, Independent)
    assert counted.starts.tolist() == [0, 1, 2, 4]
    assert counted.reward > 0


@pytest.mark.parametrize("odds", [[np.nan], [np.inf], [[1.0, 2.0]]])
def test_what_are_no_log_odds_is_refused(odds: list[float]) -> None:
    with pytest.raises(ValueError, match=r"finite numbers\.$"):
        decode_independent(odds, Constraints())


def test_contradictions_and_seams_out_of_range_are_refused() -> None:
    with pytest.raises(ContradictoryConstraints):
        decode_independent([1.0, 1.0], Constraints(same=frozenset({1}), apart=frozenset({1})))
    with pytest.raises(ValueError, match="seam 2"):
        decode_independent([1.0, 1.0], Constraints(apart=frozenset({2})))
