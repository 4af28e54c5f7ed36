"""What a page looks like, in a few numbers: alike pages lie close together."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from clustering.engine.evidence import gather, image_similarity, traits
from clustering.engine.evidence.image_similarity import Vectors
from clustering.engine.evidence.traits import TRAITS, Traits, page_traits
from clustering.engine.records import PageRecord, Vector
from tests.engine.evidence.making import LETTER, body, page

LENGTH = 96


def vector(kind: int, seed: int) -> Vector:
    rng = np.random.default_rng(seed)
    made = np.random.default_rng(100 + kind).normal(0, 1, LENGTH) + rng.normal(0, 0.1, LENGTH)
    return (made / np.linalg.norm(made)).astype(np.float32)


def stream(count: int = 40) -> list[PageRecord]:
    """Pages of four kinds, one after the other, of different look, text and ink."""
    pages = []
    for place in range(count):
        kind = place % 4
        made = page(LETTER, *body(count=4 + 5 * kind), paper={"ink": 0.02 + 0.03 * kind})
        pages.append(replace(made, vector=vector(kind, place), text_vector=vector(kind + 10, place)))
    return pages


def traits_of(pages: Sequence[PageRecord]) -> Traits:
    return page_traits(pages, Vectors(pages), Vectors(pages, text=True))


def few_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (traits, image_similarity):
        monkeypatch.setattr(module, "IN_MEMORY", 100)


def apart(traits: np.ndarray) -> np.ndarray:
    return np.asarray(np.linalg.norm(traits[:, None] - traits[None], axis=2))


def without(page: PageRecord, lost: tuple[str, ...]) -> PageRecord:
    kept: dict[str, Any] = dict.fromkeys(lost)
    return replace(page, **kept)


KINDS = np.arange(40) % 4
SAME = KINDS[:, None] == KINDS[None]


@pytest.mark.parametrize("lost", [(), ("vector",), ("text_vector",), ("vector", "text_vector"), ("paper", "reading")])
def test_pages_of_one_kind_are_nearer_than_any_others(lost: tuple[str, ...]) -> None:
    pages = [without(each, lost) for each in stream()]
    distances = apart(traits_of(pages))
    assert distances[SAME].max() < distances[~SAME].min()


def test_they_are_centered_and_about_as_long_as_one() -> None:
    traits = traits_of(stream())
    assert traits.dtype == np.float32
    assert traits.shape == (40, 40)
    assert np.abs(traits.mean(axis=0)).max() < 0.1
    assert 0.6 < np.linalg.norm(traits, axis=1).mean() < 1.3


def test_distances_survive_though_few_numbers_are_kept() -> None:
    pages = stream(2 * TRAITS)
    traits = traits_of(pages)
    assert traits.shape == (2 * TRAITS, TRAITS)
    kinds = np.arange(2 * TRAITS) % 4
    distances, same = apart(traits), kinds[:, None] == kinds[None]
    assert distances[same].max() < distances[~same].min()


def test_they_are_the_same_every_time_and_move_with_their_pages() -> None:
    many, pages = stream(2 * TRAITS), stream()
    assert np.array_equal(traits_of(many), traits_of(many))
    order = np.random.default_rng(0).permutation(40)
    moved = apart(traits_of([pages[place] for place in order]))
    assert moved == pytest.approx(apart(traits_of(pages))[np.ix_(order, order)], abs=1e-3)


def test_a_page_without_a_vector_is_at_the_middle_of_them() -> None:
    bare = [PageRecord(f"p{place}", 10, 10, vector=vector(place % 4, place)) for place in range(20)]
    lengths = np.linalg.norm(traits_of([replace(bare[0], vector=None), *bare[1:]]), axis=1)
    assert lengths[0] < 0.05
    assert lengths[1:].min() > 0.3


def test_a_vector_of_another_length_or_not_finite_is_as_none() -> None:
    pages = stream()
    lacking = traits_of([replace(pages[0], vector=None), *pages[1:]])
    for broken in (np.ones(7, np.float32), np.full(LENGTH, np.nan, np.float32), np.zeros(LENGTH, np.float32)):
        assert np.array_equal(traits_of([replace(pages[0], vector=broken), *pages[1:]]), lacking)


def test_without_pages_with_one_and_between_equal_ones_there_is_nothing_to_tell() -> None:
    assert traits_of([]).shape == (0, 0)
    one = traits_of(stream(1))
    assert len(one) == 1
    assert not one.any()
    equal = traits_of([stream(1)[0]] * 5)
    assert len(equal) == 5
    assert apart(equal).max() < 1e-5


def test_broken_and_missing_measurements_leave_all_numbers_finite() -> None:
    papers = [None, {}, {"ink": 0.1, "box": [], "grid": []}, {"grid": [[0.5] * 8] * 8, "paper": [80.0, 0.0, 0.0]}]
    pages = [PageRecord(str(place), place, 0, paper=papers[place % 4]) for place in range(12)]
    assert np.isfinite(traits_of(pages)).all()


def test_evidence_carries_the_traits_of_its_pages_also_when_silenced() -> None:
    evidence = gather(stream(12))
    assert len(evidence.traits) == evidence.pages == 12
    assert np.array_equal(evidence.without_source("reading").traits, evidence.traits)


def test_of_many_pages_the_distances_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = apart(traits_of(stream(200)))
    few_in_memory(monkeypatch)
    assert np.abs(apart(traits_of(stream(200))) - exact).max() < 1e-5


def test_of_many_pages_vectors_are_kept_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty thousand pages have 350 MB of vectors."""
    few_in_memory(monkeypatch)
    length, count = 1200, 2000
    pages = [replace(one, vector=np.resize(vector(0, 1), length)) for one in stream(20) * (count // 20)]
    traits_of(pages[:200])  # loads what it needs
    tracemalloc.start()
    traits_of(pages)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * 4 * length * count
