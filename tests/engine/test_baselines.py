"""The baselines on made-up vectors whose right answer is known."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustering.engine.baselines import Grouping, adjacent, agglomerative, check_vectors, dbscan, hdbscan

Method = Callable[..., Grouping]


def blobs(sizes: list[int], *, noise: float = 0.02, kinds: list[int] | None = None, seed: int = 0) -> np.ndarray:
    """Pages of documents that look alike: one direction a kind, a little noise, any length of vector."""
    rng = np.random.default_rng(seed)
    wanted = kinds or list(range(len(sizes)))
    directions = np.linalg.qr(rng.normal(size=(32, 32)))[0]
    rows = [
        directions[kind] + noise * rng.normal(size=32)
        for kind, size in zip(wanted, sizes, strict=True)
        for _ in range(size)
    ]
    return np.array(rows) * rng.uniform(0.5, 2.0, size=(len(rows), 1))


SIZES = [3, 1, 4, 2]
LABELS = [0, 0, 0, 1, 2, 2, 2, 2, 3, 3]


@pytest.mark.parametrize("method", [dbscan, adjacent, agglomerative])
def test_documents_that_look_apart_are_found(method: Method) -> None:
    assert method(blobs(SIZES)).labels.tolist() == LABELS


def test_hdbscan_leaves_a_single_page_alone() -> None:
    grouping = hdbscan(blobs(SIZES))
    assert grouping.labels.tolist() == LABELS
    assert grouping.groups == [(0, 1, 2), (3,), (4, 5, 6, 7), (8, 9)]


def test_the_first_experiment_joins_pages_wherever_they_stand() -> None:
    vectors = blobs([2, 2, 2], kinds=[0, 1, 0])
    assert dbscan(vectors).groups == [(0, 1, 4, 5), (2, 3)]
    assert adjacent(vectors).labels.tolist() == [0, 0, 1, 1, 2, 2]
    assert agglomerative(vectors).labels.tolist() == [0, 0, 1, 1, 2, 2]


def test_dbscan_keeps_noise_pages_apart_from_each_other() -> None:
    assert dbscan(blobs([3, 1, 1]), min_samples=2).labels.tolist() == [0, 0, 0, 1, 2]


def test_the_score_of_a_seam_is_the_distance_of_its_pages() -> None:
    vectors = np.array([[2.0, 0.0], [1.0, 1.0], [-1.0, 1.0], [1.0, -1.0]])
    np.testing.assert_allclose(adjacent(vectors).seams, [1 - np.sqrt(0.5), 1.0, 1.0], atol=1e-12)
    assert adjacent(vectors, threshold=1.5).labels.tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize("count", range(1, 11))
def test_agglomeration_stops_at_the_number_asked_for(count: int) -> None:
    labels = agglomerative(blobs(SIZES), count=count).labels
    assert len(set(labels.tolist())) == count
    assert np.all(np.diff(labels) >= 0)
    if count == 4:
        assert labels.tolist() == LABELS


def test_agglomeration_never_merges_across_a_cut() -> None:
    grouping = agglomerative(blobs([6, 3]), cuts=[1, 3])
    assert grouping.labels.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 3]
    assert len(set(agglomerative(blobs([6, 3]), count=3, cuts=[1, 3]).labels.tolist())) == 3


@settings(max_examples=40)
@given(st.integers(2, 14), st.integers(0, 10_000), st.floats(0.1, 1.2))
def test_agglomeration_agrees_with_merging_by_hand(n: int, seed: int, threshold: float) -> None:
    vectors = np.random.default_rng(seed).normal(size=(n, 5))
    unit = check_vectors(vectors)
    groups = [[page] for page in range(n)]
    while len(groups) > 1:
        distances = [1 - float((unit[a] @ unit[b].T).mean()) for a, b in itertools.pairwise(groups)]
        best = int(np.argmin(distances))
        if distances[best] >= threshold:
            break
        groups[best : best + 2] = [groups[best] + groups[best + 1]]
    assert agglomerative(vectors, threshold=threshold).groups == [tuple(group) for group in groups]


@pytest.mark.parametrize("method", [dbscan, hdbscan, adjacent, agglomerative])
@pytest.mark.parametrize(
    ("vectors", "says"),
    [
        (np.ones((4, 3)), "the same"),
        (np.array([[1.0, 0.0], [np.nan, 1.0]]), "page 2 is not a number"),
        (np.array([[1.0, 0.0], [0.0, 0.0]]), "page 2 is all zero"),
        (np.zeros((0, 3)), "table"),
        (np.ones(4), "table"),
    ],
)
def test_vectors_that_cannot_tell_pages_apart_are_refused(method: Method, vectors: np.ndarray, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        method(vectors)


@pytest.mark.parametrize("method", [dbscan, hdbscan, adjacent, agglomerative])
def test_one_page_is_one_group(method: Method) -> None:
    grouping = method([[0.6, 0.8]])
    assert grouping.groups == [(0,)]
    assert len(grouping.seams) == 0


@pytest.mark.parametrize(
    "wrong", [{"count": 0}, {"count": 11}, {"count": 1, "cuts": [2]}, {"cuts": [9]}, {"threshold": None}]
)
def test_agglomeration_refuses_what_cannot_be_done(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        agglomerative(blobs(SIZES), **wrong)  # type: ignore[arg-type]  # wrong on purpose


def test_the_module_loads_without_scikit_learn() -> None:
    import subprocess

    code = "import sys, clustering.engine.baselines; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
