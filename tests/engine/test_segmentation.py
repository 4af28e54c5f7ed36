"""Both decoders against brute force over all partitions of short streams."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustering.engine.records import Constraints
from clustering.engine.segmentation import (
    ContradictoryConstraints,
    Counted,
    Decoded,
    Independent,
    decode_independent,
    decode_seams,
)

Partition = tuple[int, ...]
"""First pages."""


@dataclass(frozen=True)
class Stream:
    """One made-up stream with what was decided."""

    odds: np.ndarray
    constraints: Constraints

    @property
    def n(self) -> int:
        return len(self.odds) + 1

    def decode(self) -> Decoded:
        return decode_seams(self.odds, self.constraints)

    def score(self, starts: Partition) -> float:
        return float(sum(self.odds[start - 1] for start in starts[1:]))

    def allowed(self, starts: Partition) -> bool:
        boundaries = {a - 1 for a in starts[1:]}
        groups = [tuple(range(a, b)) for a, b in zip(starts, (*starts[1:], self.n), strict=True)]
        c = self.constraints
        return (
            not boundaries & c.same
            and c.apart <= boundaries
            and all(tuple(sorted(pages)) in groups for pages in c.fixed)
            and (c.count is None or len(starts) == c.count)
        )

    def partitions(self) -> list[Partition]:
        inner = range(1, self.n)
        every = ((0, *chosen) for size in range(self.n) for chosen in itertools.combinations(inner, size))
        return [starts for starts in every if self.allowed(starts)]


@st.composite
def streams(draw: st.DrawFn, *, counted: bool = False) -> Stream:
    """Log-odds, ties among them, and decisions that can all hold: each stretch is fixed, or its seams are decided."""
    n = draw(st.integers(1, 9))
    # halves make ties common
    odds = np.array(draw(st.lists(st.integers(-8, 8), min_size=n - 1, max_size=n - 1)), dtype=float) / 2
    odds *= draw(st.sampled_from([1.0, 20.0]))
    inner = list(range(1, n))
    cuts = sorted(draw(st.sets(st.sampled_from(inner), max_size=4))) if inner else []
    fixed, touched = [], set()
    for first, stop in zip([0, *cuts], [*cuts, n], strict=True):
        if draw(st.integers(0, 3)) == 0:
            fixed.append(tuple(draw(st.permutations(range(first, stop)))))
            touched |= set(range(first - 1, stop))
    signs = {seam: draw(st.sampled_from("-=|")) for seam in range(n - 1) if seam not in touched}
    same = frozenset(seam for seam, word in signs.items() if word == "=")
    apart = frozenset(seam for seam, word in signs.items() if word == "|")
    stream = Stream(odds, Constraints(fixed=tuple(fixed), same=same, apart=apart))
    if not counted:
        return stream
    count = draw(st.sampled_from(sorted({len(p) for p in stream.partitions()})))
    return replace(stream, constraints=replace(stream.constraints, count=count))


def _weights(stream: Stream) -> tuple[list[Partition], np.ndarray]:
    partitions = stream.partitions()
    scores = np.array([stream.score(p) for p in partitions])
    weights = np.exp(scores - scores.max())
    return partitions, weights / weights.sum()


@settings(max_examples=200)
@given(st.one_of(streams(), streams(counted=True)))
def test_it_finds_the_best_partition(stream: Stream) -> None:
    decoded = stream.decode()
    starts = tuple(decoded.starts.tolist())
    assert stream.allowed(starts)
    assert stream.score(starts) == pytest.approx(max(stream.score(p) for p in stream.partitions()), abs=1e-9)
    assert [group.start for group in decoded.groups] == decoded.starts.tolist()
    assert [group.stop for group in decoded.groups] == decoded.stops.tolist()
    assert (np.flatnonzero(decoded.boundaries) + 1).tolist() == decoded.starts[1:].tolist()


@settings(max_examples=200)
@given(st.one_of(streams(), streams(counted=True)))
def test_seams_and_documents_get_their_share_of_all_partitions(stream: Stream) -> None:
    partitions, weights = _weights(stream)
    seams = np.zeros(stream.n - 1)
    documents: dict[tuple[int, int], float] = dict.fromkeys(itertools.combinations(range(stream.n + 1), 2), 0.0)
    for starts, weight in zip(partitions, weights, strict=True):
        seams[[a - 1 for a in starts[1:]]] += weight
        for segment in zip(starts, (*starts[1:], stream.n), strict=True):
            documents[segment] += weight
    decoded = stream.decode()
    np.testing.assert_allclose(decoded.seams, seams, atol=1e-9)
    np.testing.assert_allclose(decoded.confidence, [documents[g.start, g.stop] for g in decoded.groups], atol=1e-9)
    if isinstance(decoded, Independent):
        first, stop = np.array(list(documents)).T
        np.testing.assert_allclose(decoded.probability_of(first, stop), list(documents.values()), atol=1e-9)


@given(streams())
@settings(max_examples=60)
def test_what_was_decided_is_certain(stream: Stream) -> None:
    decoded = stream.decode()
    assert (decoded.seams[list(stream.constraints.apart)] == 1).all()
    assert (decoded.seams[list(stream.constraints.same)] == 0).all()
    chances = {tuple(group): float(p) for group, p in zip(decoded.groups, decoded.confidence, strict=True)}
    fixed = stream.constraints.fixed
    assert [chances[tuple(sorted(pages))] for pages in fixed] == [1.0] * len(fixed)


def _by_table(odds: np.ndarray, count: int) -> np.ndarray:
    """Marginals given the number, by the whole table of numbers before and after each seam."""
    p = 1 / (1 + np.exp(-odds))
    before = [np.array([1.0])]
    after = [np.array([1.0])]
    for one, other in zip(p, p[::-1], strict=True):
        before.append(np.convolve(before[-1], [1 - one, one]))
        after.append(np.convolve(after[-1], [1 - other, other]))
    whole = before[-1][count - 1]
    wanted = []
    for seam, one in enumerate(p):
        left, right = before[seam], after[len(p) - 1 - seam]
        both = np.convolve(left, right)
        wanted.append(one * both[count - 2] / whole if count > 1 else 0.0)
    return np.array(wanted)


@pytest.mark.parametrize("count", [1, 2, 90, 180, 300])
def test_a_narrow_window_of_numbers_is_enough_on_a_longer_stream(count: int) -> None:
    odds = np.random.default_rng(count).normal(-1, 2, 299)
    decoded = decode_seams(odds, Constraints(count=count))
    assert len(decoded.starts) == count
    np.testing.assert_allclose(decoded.seams, _by_table(odds, count), atol=1e-9)


def test_probabilities_hold_on_a_stream_of_thousands_of_pages() -> None:
    n = 4000
    odds = np.random.default_rng(3).normal(-1, 3, n - 1)
    count = round(decode_seams(odds, Constraints()).seams.sum()) + 40
    decoded = decode_seams(odds, Constraints(count=count))
    assert len(decoded.starts) == count
    assert decoded.seams.sum() + 1 == pytest.approx(count, abs=1e-6)
    assert ((decoded.seams >= 0) & (decoded.seams <= 1 + 1e-9)).all()
    assert ((decoded.confidence >= 0) & (decoded.confidence <= 1 + 1e-9)).all()
    assert decoded.reward > 0
    # So many seams hardly tie each other: the rewarded odds alone say nearly the same.
    np.testing.assert_allclose(decoded.seams, decode_seams(odds + decoded.reward, Constraints()).seams, atol=0.01)


def test_a_number_of_documents_is_met_where_all_partitions_tie() -> None:
    decoded = decode_seams(np.zeros(699), Constraints(count=123))
    assert len(decoded.starts) == 123
    np.testing.assert_allclose(decoded.seams, 122 / 699, atol=1e-12)


def test_a_fully_decided_stream_comes_back_as_decided() -> None:
    fixed = (tuple(range(0, 5)), (5,), tuple(range(6, 12)))
    decoded = decode_seams(np.full(11, 3.0), Constraints(fixed=fixed, count=3))
    assert decoded.groups == [range(0, 5), range(5, 6), range(6, 12)]
    np.testing.assert_allclose(decoded.confidence, 1.0)
    assert decoded.reward == 0.0


@pytest.mark.parametrize(("odds", "groups"), [(2.0, [range(0, 1), range(1, 2)]), (-2.0, [range(0, 2)])])
def test_two_pages_follow_their_only_seam(odds: float, groups: list[range]) -> None:
    decoded = decode_seams([odds], Constraints())
    assert decoded.groups == groups
    assert decoded.seams == pytest.approx(1 / (1 + np.exp(-odds)))


@pytest.mark.parametrize("count", [None, 1])
def test_a_single_page_is_one_document(count: int | None) -> None:
    decoded = decode_seams([], Constraints(count=count))
    assert decoded.groups == [range(0, 1)]
    assert decoded.confidence.tolist() == [1.0]


def test_a_coin_joins_and_extreme_odds_stay_finite() -> None:
    decoded = decode_independent([0.0, 1e4, -1e4], Constraints())
    assert decoded.starts.tolist() == [0, 2]
    assert decoded.confidence == pytest.approx([0.5, 1.0])
    against = decode_independent([1e4, -1e4], Constraints(same=frozenset({0}), apart=frozenset({1})))
    assert against.groups == [range(2), range(2, 3)]
    assert against.confidence.tolist() == [1.0, 1.0]


@pytest.mark.parametrize(("count", "seams"), [(1, [0, 0, 0]), (2, [0, 1, 0]), (3, [1, 1, 0]), (4, [1, 1, 1])])
def test_a_number_stays_exact_at_extreme_odds(count: int, seams: list[int]) -> None:
    decoded = decode_seams([0.0, 1e4, -1e4], Constraints(count=count))
    assert isinstance(decoded, Counted)
    np.testing.assert_allclose(decoded.seams, seams, atol=1e-12)
    np.testing.assert_allclose(decoded.confidence, 1.0)
    assert np.isfinite(decoded.reward)


def test_a_number_of_documents_ties_the_seams_together() -> None:
    counted = decode_seams([2.0, -1.0, -3.0, 1.0], Constraints(count=4))
    assert counted.starts.tolist() == [0, 1, 2, 4]
    assert counted.reward > 0


@pytest.mark.parametrize("odds", [[np.nan], [np.inf], [[1.0, 2.0]]])
@pytest.mark.parametrize("count", [None, 2])
def test_what_are_no_log_odds_is_refused(odds: list[float], count: int | None) -> None:
    with pytest.raises(ValueError, match=r"finite numbers\.$"):
        decode_seams(odds, Constraints(count=count))


def test_contradictions_and_seams_out_of_range_are_refused() -> None:
    with pytest.raises(ContradictoryConstraints):
        decode_seams([1.0, 1.0], Constraints(same=frozenset({1}), apart=frozenset({1})))
    with pytest.raises(ContradictoryConstraints):
        decode_seams([1.0, 1.0], Constraints(count=4))
    with pytest.raises(ValueError, match="seam 2"):
        decode_seams([1.0, 1.0], Constraints(apart=frozenset({2})))
