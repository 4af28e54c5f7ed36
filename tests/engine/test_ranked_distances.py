"""How alike neighbors are is ranked among strangers of the same collection."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from clustering.engine.evidence.colors import Papers
from clustering.engine.evidence.hand import Wording
from clustering.engine.evidence.image_similarity import Cosines, Vectors
from clustering.engine.evidence.prose import prose_of
from clustering.engine.evidence.ranked_distances import FAR, FEWEST, Distance, distance_columns, ranked
from clustering.engine.records import PageRecord
from tests.engine.evidence.making import LETTER, body, line, page

PAGES = 60
BETWEEN = np.arange(PAGES - 1) % 4 == 3
"""Seams between documents of four pages."""


def gap(values: np.ndarray) -> Distance:
    return lambda i, j: np.abs(values[i] - values[j])


def levels() -> np.ndarray:
    """One number a document, and a little of its own for each page."""
    rng = np.random.default_rng(3)
    return np.repeat(rng.permutation(PAGES // 4) * 10.0, 4) + rng.random(PAGES)


def test_neighbors_more_alike_than_strangers_are_negative_and_others_are_not() -> None:
    ranks = ranked(gap(levels()), PAGES)
    assert ranks[~BETWEEN] == pytest.approx(-1.0)
    assert np.median(ranks[BETWEEN]) > 0


def test_neighbors_more_unlike_than_all_strangers_reach_1_and_never_more() -> None:
    assert ranked(lambda i, j: (j - i == 1).astype(float), PAGES) == pytest.approx(1.0)
    assert ranked(gap(np.arange(PAGES)), PAGES) == pytest.approx(-1.0)


def test_ranks_do_not_depend_on_the_scale() -> None:
    values = levels()
    assert ranked(gap(values * 2.0**10), PAGES) == pytest.approx(ranked(gap(values), PAGES))
    assert ranked(lambda i, j: np.sqrt(gap(values)(i, j)), PAGES) == pytest.approx(ranked(gap(values), PAGES))


def test_pages_that_are_all_the_same_say_nothing() -> None:
    assert ranked(gap(np.ones(PAGES)), PAGES) == pytest.approx(0.0)


def test_what_cannot_be_told_is_0_and_ranks_go_by_the_rest() -> None:
    values = levels()
    values[20] = np.nan
    ranks, whole = ranked(gap(values), PAGES), ranked(gap(levels()), PAGES)
    assert ranks[19] == ranks[20] == 0
    others = np.delete(np.arange(PAGES - 1), [19, 20])
    assert ranks[others] == pytest.approx(whole[others], abs=0.1)
    assert not ranked(gap(np.full(PAGES, np.nan)), PAGES).any()


def test_few_strangers_say_nothing() -> None:
    pairs = {n: sum(max(n - step, 0) for step in FAR) for n in range(40)}
    enough = next(n for n, count in pairs.items() if count >= FEWEST)
    rise = np.cumsum(np.arange(40.0))
    assert not ranked(gap(rise), enough - 1).any()
    assert ranked(gap(rise), enough).all()
    assert [len(ranked(gap(rise), n)) for n in (0, 1, 2)] == [0, 0, 1]


def strokes(peak: int, ink: float) -> dict[str, list[float]]:
    """Histograms with one direction, and one length of runs across."""
    sizes = {"directions": 16, "runs_down": 9, "runs_across": 9, "gaps_down": 10, "gaps_across": 10,
             "heights": 10, "widths": 10}  # fmt: skip
    flat = {name: [1 / size] * size for name, size in sizes.items()}
    pointed = [0.7 if place == peak else 0.02 for place in range(16)]
    return {**flat, "directions": pointed, "ink": [ink, 0.0, 0.0]}


def written(document: int) -> PageRecord:
    """A page of a document: its look, paper, strokes and words are its own."""
    words = f"{'abcdefghijklmno'[document] * 6} of the valley {document * 37}"
    vector = np.eye(15)[document] + 0.1
    paper = {
        "paper": [60.0 + 2 * document, 0.0, 0.0], "ink": 0.02 * (document + 1), "bed": 0.01 * document,
        "grid": np.full((8, 8), document / 20).tolist(), "strokes": strokes(document, 3.0 * document),
    }  # fmt: skip
    made = page((930 + 20 * document, 1200), line(f"Head {words}", 0.03), *body(words, 8 + document), paper=paper)
    return replace(made, vector=(vector / np.linalg.norm(vector)).astype(np.float32))


def columns_of(pages: list[PageRecord]) -> dict[str, np.ndarray]:
    proses = [prose_of(each) for each in pages]
    wording, looks, meanings = Wording.of(proses), Cosines(Vectors(pages)), Cosines(Vectors(pages, text=True))
    columns = distance_columns(pages, proses, Papers(pages), wording, looks, meanings)
    return {c.name: c.values for c in columns}


def test_every_measure_that_documents_differ_in_tells_them_apart() -> None:
    documents = np.random.default_rng(1).permutation(15)
    columns = columns_of([written(int(documents[place // 4])) for place in range(PAGES)])
    measures = (
        "look",
        "layout",
        "paper",
        "size",
        "ink",
        "bed",
        "slant",
        "hand",
        "ink_color",
        "words",
        "head",
        "length",
    )
    for name in measures:
        values = columns[f"unlike_{name}"]
        assert values[BETWEEN].mean() > values[~BETWEEN].mean() + 0.4, name
        assert values[~BETWEEN].max() < 0, name
    assert not columns["unlike_strokes"].any(), "runs are the same everywhere"
    assert not columns["unlike_meaning"].any(), "there is no text embedding"


def test_a_page_stored_sideways_is_compared_as_it_stands_upright() -> None:
    pages = [written(place // 4 % 2 * 8) for place in range(PAGES)]
    lying = pages[1]
    assert lying.paper is not None and lying.reading is not None
    turned = {**lying.paper, "strokes": strokes(8, 0.0)}
    sideways = replace(lying, paper=turned, reading=replace(lying.reading, rotation=90))
    upright = columns_of(pages)["unlike_slant"]
    assert columns_of([pages[0], sideways, *pages[2:]])["unlike_slant"] == pytest.approx(upright)


def test_bare_pages_say_nothing_in_any_number() -> None:
    for count in (0, 1, 2, PAGES):
        columns = columns_of([page(LETTER) for _ in range(count)])
        assert all(len(values) == max(count - 1, 0) and not values.any() for values in columns.values())
