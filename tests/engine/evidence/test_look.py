"""How alike pages look, whatever the encoder."""

from __future__ import annotations

import numpy as np

from clustering.engine.evidence.look import look_columns, nearness, vectors_of
from clustering.engine.records import PageRecord
from tests.engine.evidence.making import page


def stream(scale: float = 1.0, *, shift: float = 0.0) -> list[PageRecord]:
    """Ten documents of four alike pages; `shift` moves all cosines up, as some encoders do."""
    rng = np.random.default_rng(4)
    centers = rng.normal(0, 1, (10, 32)) + shift
    return [page(vector=scale * (centers[i // 4] + rng.normal(0, 0.3, 32))) for i in range(40)]


def test_seams_inside_documents_look_more_alike_than_between_them() -> None:
    near = nearness(*vectors_of(stream()))
    between = np.arange(39) % 4 == 3
    assert near[between].max() < near[~between].min()


def test_an_encoder_with_higher_cosines_says_the_same() -> None:
    columns = {c.name: c.values for c in look_columns(stream(shift=1.5))}
    between = np.arange(39) % 4 == 3
    assert columns["looks_alike"][~between].mean() > 0.5
    assert columns["looks_different"][between].mean() > columns["looks_different"][~between].mean()


def test_constant_vectors_say_nothing() -> None:
    pages = [page(vector=[1.0, 2.0, 3.0]) for _ in range(30)]
    assert all(
        not c.values.any() for c in look_columns(pages) if c.name in {"looks_alike", "looks_different", "valley"}
    )


def test_missing_vectors_and_those_of_another_length_are_left_out() -> None:
    pages = [page(vector=[1.0, 0.0]), page(), page(vector=[1.0, 0.0, 0.0]), page(vector=[0.0, 1.0])]
    _, there = vectors_of(pages)
    assert there.tolist() == [True, False, False, True]
    assert all(np.isfinite(c.values).all() for c in look_columns(pages))
