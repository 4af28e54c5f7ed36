"""A crowd of made-up vectors, large enough that comparing all of them is not what one wants."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pytest_django.fixtures import Settings

from clustering.models import Collection, Embedding
from clustering.selectors import similar, vector_index
from tests.conftest import MakeCollection

ENCODER = "made-up's@48"
DIMENSIONS = 48


@pytest.fixture
def crowd(
    django_db_serialized_rollback: None,
    transactional_db: None,
    make_collection: MakeCollection,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[list[Collection]]:
    """A large and two small collections of documents whose pages look alike; all count as large."""
    settings.ENCODER = ENCODER
    monkeypatch.setattr(similar, "EXACT_PAGES", 50)
    rng = np.random.default_rng(7)
    made = [make_collection(slug, pages=pages) for slug, pages in (("large", 900), ("one", 150), ("two", 150))]
    for collection in made:
        pages = list(collection.pages.order_by("position"))
        documents = rng.normal(size=(len(pages) // 5, DIMENSIONS))
        vectors = documents[np.arange(len(pages)) // 5] + rng.normal(size=(len(pages), DIMENSIONS))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        Embedding.objects.bulk_create(
            Embedding(page=page, encoder=ENCODER, vector=vector.astype(np.float32))
            for page, vector in zip(pages, vectors, strict=True)
        )
    yield made
    vector_index.drop_index(ENCODER, DIMENSIONS)


@pytest.fixture
def indexed(crowd: list[Collection]) -> list[Collection]:
    """The crowd with its index."""
    vector_index.build_index(ENCODER, DIMENSIONS, memory=vector_index.LEAST_MEMORY, workers=0)
    return crowd
