"""Fixtures with so many made-up vectors that comparing all of them would be slow."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from django.db import connection
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker

from clustering.models import Collection, Embedding
from clustering.selectors import similar, vector_index
from tests.conftest import make_rows

ENCODER = "made-up's@48"
DIMENSIONS = 48
SIZES = {"large": 900, "one": 150, "two": 150}


@pytest.fixture(scope="module")
def crowded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[str]]:
    """A large and two small collections of documents whose pages look alike, and the index over all; their slugs.

    Made once: an index is not built in a transaction, so the tests, each in one, find it there and change nothing.
    """
    with django_db_blocker.unblock():
        gather()
        vector_index.build_index(ENCODER, DIMENSIONS, memory=vector_index.LEAST_MEMORY, workers=0)
    yield list(SIZES)
    with django_db_blocker.unblock():
        vector_index.drop_index(ENCODER, DIMENSIONS)
        Collection.objects.filter(slug__in=SIZES).delete()


def gather() -> list[Collection]:
    """Create the vectors without an index."""
    rng = np.random.default_rng(7)
    made = [make_rows(slug, pages=pages) for slug, pages in SIZES.items()]
    for collection in made:
        _embed(collection, rng)
    return made


def _embed(collection: Collection, rng: np.random.Generator) -> None:
    pages = list(collection.pages.order_by("position"))
    documents = rng.normal(size=(len(pages) // 5, DIMENSIONS))
    vectors = documents[np.arange(len(pages)) // 5] + rng.normal(size=(len(pages), DIMENSIONS))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    Embedding.objects.bulk_create(
        Embedding(page=page, encoder=ENCODER, vector=vector.astype(np.float32))
        for page, vector in zip(pages, vectors, strict=True)
    )


@pytest.fixture
def indexed(crowded: list[str], db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[Collection]:
    """The vectors with their index; all collections count as large."""
    settings.ENCODER = ENCODER
    monkeypatch.setattr(similar, "EXACT_PAGES", 50)
    return [Collection.objects.get(slug=slug) for slug in crowded]


@pytest.fixture
def crowd(indexed: list[Collection]) -> list[Collection]:
    """The vectors without an index."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {vector_index.index_name(ENCODER, DIMENSIONS)}")
    return indexed
