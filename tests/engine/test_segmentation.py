"""The decoder against brute force over all partitions of short streams."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustering.engine.records import Constraints
from clustering.engine.segmentation import Decoding, LengthPrior, decode, log_odds

Partition = tuple[int, ...]
"""First pages."""


@dataclass(frozen=True)
class Stream:
    """One made-up stream with everything the decoder can be told."""

    seams: np.ndarray
    start: np.ndarray
    end: np.ndarray
    lengths: LengthPrior
    cohesion: np.ndarray
    longest: int
    constraints: Constraints
    temperature: float

    @property
    def n(self) -> int:
        return len(self.start)

    def decode(self, constraints: Constraints | None = None) -> Decoding:
        return decode(
            self.seams,
            start=self.start,
            end=self.end,
            lengths=self.lengths,
            cohesion=self.cohesion,
            constraints=self.constraints if constraints is None else constraints,
            longest=self.longest,
            temperature=self.temperature,
        )

    def score(self, starts: Partition) -> float:
        """Written from the documented formula, one document after the other."""
        total = 0.0
        for a, b in zip(starts, (*starts[1:], self.n), strict=True):
            size = b - a
            width = max(2, min(self.longest, self.n))
            total += self.start[a] + self.end[b - 1] + (self.seams[a - 1] if a else 0.0)
            total += self.lengths.log_probabilities(width)[min(size, width) - 1]
            total += self.lengths.tail * max(size - width, 0)
            column = min(size, width, self.cohesion.shape[1]) - 1
            total += max(self.cohesion[a, column], -1e4)
        return total

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


def _scores(n: int, size: float = 4.0) -> st.SearchStrategy[np.ndarray]:
    # eighths make ties and points off the concave hull common
    value = st.integers(-8, 8).map(lambda k: k * size / 8)
    return st.lists(value, min_size=n, max_size=n).map(lambda x: np.array(x, dtype=float))


@st.composite
def streams(draw: st.DrawFn, *, counted: bool = False, constrained: bool = True) -> Stream:
    n = draw(st.integers(1, 9))
    longest = draw(st.integers(1, 10))
    columns = draw(st.integers(1, 9))
    cohesion = draw(_scores(n * columns, 6.0)).reshape(n, columns)
    table = draw(st.lists(st.floats(-4, 0), min_size=1, max_size=6))
    lengths = LengthPrior(tuple(table), draw(st.floats(-2, 0)))
    truth = draw(st.lists(st.booleans(), min_size=n - 1, max_size=n - 1))
    said = draw(st.lists(st.booleans(), min_size=n - 1, max_size=n - 1)) if constrained else [False] * (n - 1)
    same = frozenset(i for i in range(n - 1) if said[i] and not truth[i])
    apart = frozenset(i for i in range(n - 1) if said[i] and truth[i])
    edges = [0, *(i + 1 for i in range(n - 1) if truth[i]), n]
    groups = [tuple(range(a, b)) for a, b in itertools.pairwise(edges)]
    fixed = tuple(g for g in groups if constrained and draw(st.integers(0, 4)) == 0)
    stream = Stream(
        draw(_scores(n - 1)),
        draw(_scores(n, 2.0)),
        draw(_scores(n, 2.0)),
        lengths,
        cohesion,
        longest,
        Constraints(fixed=fixed, same=same, apart=apart),
        draw(st.sampled_from([1.0, 0.7, 2.5])),
    )
    if not counted:
        return stream
    counts = sorted({len(p) for p in stream.partitions()})
    count = draw(st.sampled_from(counts))
    return replace(stream, constraints=Constraints(fixed, same, apart, count))


def _weights(stream: Stream) -> tuple[list[Partition], np.ndarray]:
    partitions = stream.partitions()
    scores = np.array([stream.score(p) for p in partitions]) / stream.temperature
    weights = np.exp(scores - scores.max())
    return partitions, weights / weights.sum()


@settings(max_examples=150)
@given(streams())
def test_it_finds_the_best_partition(stream: Stream) -> None:
    found = tuple(stream.decode().starts.tolist())
    assert stream.allowed(found)
    assert stream.score(found) == pytest.approx(max(stream.score(p) for p in stream.partitions()), abs=1e-9)


@settings(max_examples=250)
@given(streams(counted=True))
def test_it_finds_the_best_partition_with_exactly_the_expected_number_of_documents(stream: Stream) -> None:
    found = tuple(stream.decode().starts.tolist())
    assert len(found) == stream.constraints.count
    assert stream.allowed(found)
    assert stream.score(found) == pytest.approx(max(stream.score(p) for p in stream.partitions()), abs=1e-9)


@settings(max_examples=150)
@given(st.one_of(streams(), streams(counted=True)))
def test_seam_marginals_sum_over_all_partitions(stream: Stream) -> None:
    partitions, weights = _weights(stream)
    expected = np.zeros(stream.n - 1)
    for starts, weight in zip(partitions, weights, strict=True):
        expected[[a - 1 for a in starts[1:]]] += weight
    np.testing.assert_allclose(stream.decode().seams, expected, atol=1e-6)


@settings(max_examples=100)
@given(st.one_of(streams(), streams(counted=True)))
def test_every_document_gets_its_share_of_all_partitions(stream: Stream) -> None:
    partitions, weights = _weights(stream)
    expected: dict[tuple[int, int], float] = dict.fromkeys(itertools.combinations(range(stream.n + 1), 2), 0.0)
    for starts, weight in zip(partitions, weights, strict=True):
        for segment in zip(starts, (*starts[1:], stream.n), strict=True):
            expected[segment] += weight
    decoding = stream.decode()
    starts_, stops = np.array(list(expected)).T
    np.testing.assert_allclose(decoding.probability_of(starts_, stops), list(expected.values()), atol=1e-6)
    chosen = [expected[g.start, g.stop] for g in decoding.groups]
    np.testing.assert_allclose(decoding.confidence, chosen, atol=1e-6)


@settings(max_examples=150)
@given(streams())
def test_the_posterior_of_the_number_of_documents_sums_over_all_partitions(stream: Stream) -> None:
    partitions, weights = _weights(stream)
    posterior = stream.decode().count_posterior()
    for count in range(stream.n + 2):
        expected = sum(w for p, w in zip(partitions, weights, strict=True) if len(p) == count)
        assert posterior.probability(count) == pytest.approx(expected, abs=1e-9)
    assert posterior.mean == pytest.approx(sum(w * len(p) for p, w in zip(partitions, weights, strict=True)))


def _long_stream(n: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(-1, 3, n - 1), rng.normal(0, 1, (n, 20))


def _count_table(seams: np.ndarray, cohesion: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Best score of the whole stream per number of documents, by the plain table over positions and numbers."""
    n = len(seams) + 1
    best = np.full((n + 1, n + 1), -np.inf)
    best[0, 0] = 0.0
    for b in range(1, n + 1):
        for a in range(max(0, b - len(lengths)), b):
            score = lengths[b - a - 1] + cohesion[a, b - a - 1] + (seams[a - 1] if a else 0.0)
            best[b, 1:] = np.maximum(best[b, 1:], best[a, :-1] + score)
    return np.asarray(best[n])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_number_of_documents_of_a_longer_stream_is_exact(seed: int) -> None:
    n = 60
    seams, cohesion = _long_stream(n, seed)
    cohesion = np.pad(cohesion * 3, ((0, 0), (0, n - 20)), constant_values=-30.0)
    lengths = np.log(np.linspace(1, 0.01, n))
    table = _count_table(seams, cohesion, lengths)
    for count in range(1, n + 1):
        decoding = decode(seams, cohesion=cohesion, lengths=lengths, longest=n, constraints=Constraints(count=count))
        assert len(decoding.starts) == count
        assert decoding.lattice.score(decoding.starts, decoding.stops).sum() == pytest.approx(table[count])
        assert decoding.seams.sum() + 1 == pytest.approx(count)


def test_a_number_of_documents_is_met_where_all_partitions_tie() -> None:
    n = 700
    decoding = decode(np.zeros(n - 1), longest=30, constraints=Constraints(count=123))
    assert len(decoding.starts) == 123
    assert decoding.lattice.score(decoding.starts, decoding.stops).sum() == pytest.approx(0.0, abs=1e-4)


def test_a_number_only_reached_by_a_detour_is_exact_where_documents_come_in_pairs() -> None:
    """Every block of three pages is one document or three: odd and even numbers are far apart in score."""
    n = 300
    cohesion = np.zeros((n, 3))
    cohesion[:, 1] = -9.0
    cohesion[::3, 2] = 0.3
    seams = np.full(n - 1, 0.1)
    expected = _count_table(seams, np.pad(cohesion, ((0, 0), (0, 6)), mode="edge"), np.array([0.0] * 3 + [-50.0] * 6))
    prior = LengthPrior((0.0, 0.0, 0.0, -50.0, -50.0, -50.0, -50.0, -50.0, -50.0), -50.0)
    for count in (150, 151, 201):
        found = decode(seams, cohesion=cohesion, lengths=prior, longest=9, constraints=Constraints(count=count))
        assert found.lattice.score(found.starts, found.stops).sum() == pytest.approx(expected[count])


def test_confidence_stays_a_probability_on_a_stream_of_thousands_of_pages() -> None:
    n = 4000
    seams, cohesion = _long_stream(n)
    decoding = decode(seams, cohesion=cohesion, lengths=LengthPrior.geometric(3.0), constraints=Constraints(count=1300))
    assert len(decoding.starts) == 1300
    assert np.isfinite(decoding.seams).all()
    assert decoding.seams.sum() + 1 == pytest.approx(1300, abs=1e-4)
    # the documents that may hold one page share one probability
    page = 2000
    first, last = np.meshgrid(np.arange(page - 150, page + 1), np.arange(page + 1, page + 151), indexing="ij")
    assert decoding.probability_of(first.ravel(), last.ravel()).sum() == pytest.approx(1.0, abs=1e-6)


def test_the_likeliest_numbers_of_documents_agree_with_the_marginals() -> None:
    seams, cohesion = _long_stream(3000)
    decoding = decode(seams, cohesion=cohesion)
    posterior = decoding.count_posterior()
    assert posterior.mean == pytest.approx(decoding.seams.sum() + 1)
    low, high = posterior.interval(0.95)
    assert low < posterior.likeliest < high


def test_a_document_may_be_longer_than_the_longest_that_is_scored() -> None:
    n = 300
    seams = np.full(n - 1, -12.0)
    decoding = decode(seams, lengths=LengthPrior.geometric(4.0), longest=80)
    assert decoding.groups == [range(0, n)]
    assert decoding.confidence[0] > 0.9


def test_pages_said_to_be_one_document_stay_together_beyond_the_longest() -> None:
    n = 200
    seams = np.full(n - 1, 8.0)
    decoding = decode(
        seams, lengths=LengthPrior.geometric(2.0), longest=10, constraints=Constraints(same=frozenset(range(20, 180)))
    )
    assert range(20, 181) in decoding.groups
    assert np.all(decoding.seams[20:180] == 0)


def test_a_fully_decided_stream_comes_back_as_decided() -> None:
    n = 12
    fixed = (tuple(range(0, 5)), (5,), tuple(range(6, 12)))
    decoding = decode(np.full(n - 1, 3.0), constraints=Constraints(fixed=fixed, count=3))
    assert decoding.groups == [range(0, 5), range(5, 6), range(6, 12)]
    np.testing.assert_allclose(decoding.confidence, 1.0)


@pytest.mark.parametrize(("odds", "groups"), [(2.0, [range(0, 1), range(1, 2)]), (-2.0, [range(0, 2)])])
def test_two_pages_follow_their_only_seam(odds: float, groups: list[range]) -> None:
    decoding = decode([odds])
    assert decoding.groups == groups
    assert decoding.seams == pytest.approx(1 / (1 + np.exp(-odds)))


def test_a_single_page_is_one_document() -> None:
    decoding = decode([])
    assert decoding.groups == [range(0, 1)]
    assert decoding.confidence.tolist() == [1.0]
    assert decoding.count_posterior().probability(1) == pytest.approx(1.0)


def test_a_plain_seam_probability_is_its_own_marginal() -> None:
    p = np.array([0.1, 0.5, 0.93, 0.02])
    np.testing.assert_allclose(decode(log_odds(p)).seams, p, atol=1e-9)


def test_temperature_changes_the_confidence_and_not_the_partition() -> None:
    seams, cohesion = _long_stream(80)
    sharp, soft = (decode(seams, cohesion=cohesion, temperature=t) for t in (0.5, 3.0))
    assert sharp.groups == soft.groups
    assert sharp.confidence.mean() > soft.confidence.mean()


def test_the_best_partition_without_a_count_is_kept_beside_the_counted_one() -> None:
    seams, _ = _long_stream(50)
    counted = decode(seams, constraints=Constraints(count=3))
    assert len(counted.starts) == 3
    assert counted.free_starts.tolist() == decode(seams).starts.tolist()


def test_a_function_of_the_length_scores_like_the_array() -> None:
    seams, cohesion = _long_stream(40)
    by_call = decode(seams, cohesion=lambda m: cohesion[: 40 - m + 1, m - 1], longest=20)
    assert by_call.starts.tolist() == decode(seams, cohesion=cohesion, longest=20).starts.tolist()
    prior = LengthPrior.geometric(3.0)
    called = decode(seams, lengths=lambda m: prior.log_probabilities(int(m[-1])))
    np.testing.assert_allclose(called.seams, decode(seams, lengths=prior).seams)


@pytest.mark.parametrize(
    "bad",
    [
        {"log_odds": [0.0, np.nan]},
        {"log_odds": [0.0, np.inf]},
        {"log_odds": [[0.0]]},
        {"log_odds": [0.0], "start": [0.0]},
        {"log_odds": [0.0], "cohesion": [[0.0, np.nan], [0.0, 0.0]]},
        {"log_odds": [0.0], "cohesion": [[0.0]]},
        {"log_odds": [0.0], "temperature": 0.0},
        {"log_odds": [0.0], "longest": 0},
        {"log_odds": [0.0], "lengths": []},
    ],
)
def test_it_refuses_scores_that_are_none(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        decode(**bad)  # type: ignore[arg-type]  # wrong on purpose


def test_it_refuses_what_is_no_probability() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        log_odds([0.5, 1.2])
