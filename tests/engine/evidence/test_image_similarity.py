"""How alike pages look, whatever the encoder."""

from __future__ import annotations

import numpy as np
import pytest

from clustering.engine.evidence import ranked_distances
from clustering.engine.evidence.image_similarity import DISTANCES, FAR, Cosines, Vectors, look_columns, nearness
from clustering.engine.records import PageRecord
from tests.engine.evidence.making import page


def stream(scale: float = 1.0, *, shift: float = 0.0) -> list[PageRecord]:
    """Ten documents of four alike pages; `shift` moves all cosines up, as some encoders do."""
    rng = np.random.default_rng(4)
    centers = rng.normal(0, 1, (10, 32)) + shift
    return [page(vector=scale * (centers[i // 4] + rng.normal(0, 0.3, 32))) for i in range(40)]


def test_seams_inside_documents_look_more_alike_than_between_them() -> None:
    near = nearness(Cosines(Vectors(stream())))
    between = np.arange(39) % 4 == 3
    assert near[between].max() < near[~between].min()


def test_an_encoder_with_higher_cosines_says_the_same() -> None:
    pages = stream(shift=1.5)
    columns = {c.name: c.values for c in look_columns(pages, Cosines(Vectors(pages)))}
    between = np.arange(39) % 4 == 3
    assert columns["looks_alike"][~between].mean() > 0.5
    assert columns["looks_different"][between].mean() > columns["looks_different"][~between].mean()


def test_constant_vectors_say_nothing() -> None:
    pages = [page(vector=[1.0, 2.0, 3.0]) for _ in range(30)]
    assert all(
        not c.values.any()
        for c in look_columns(pages, Cosines(Vectors(pages)))
        if c.name in {"looks_alike", "looks_different", "valley"}
    )


def test_missing_vectors_and_those_of_another_length_are_left_out() -> None:
    pages = [page(vector=[1.0, 0.0]), page(), page(vector=[1.0, 0.0, 0.0]), page(vector=[0.0, 1.0])]
    assert np.isnan(Cosines(Vectors(pages)).apart(1)).all()
    assert np.isnan(Cosines(Vectors(pages)).apart(2)).all()
    met = Cosines(Vectors([pages[0], pages[3]]))
    assert met.apart(1).tolist() == [0.0]
    assert all(np.isfinite(c.values).all() for c in look_columns(pages, Cosines(Vectors(pages))))


def test_cosines_are_the_same_however_many_vectors_are_copied_together(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [one if number % 7 else page() for number, one in enumerate(stream(3.0))]
    whole = Cosines(Vectors(pages))
    vectors = np.array([one.vector if one.vector is not None else np.full(32, np.nan) for one in pages])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    monkeypatch.setattr("clustering.engine.evidence.image_similarity._AT_ONCE", 3)
    parts = Cosines(Vectors(pages))
    for distance in DISTANCES:
        np.testing.assert_array_equal(parts.apart(distance), whole.apart(distance))
        np.testing.assert_allclose(
            whole.apart(distance), (vectors[:-distance] * vectors[distance:]).sum(axis=1), atol=1e-6
        )
    assert {*FAR, *ranked_distances.FAR} <= {*DISTANCES}
