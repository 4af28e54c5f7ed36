"""Pages about a topic, whatever words they use."""

from __future__ import annotations

import threading
from functools import lru_cache

from django.conf import settings
from django.db.models import QuerySet

from clustering.engine.encoders import Encoder, get_encoder
from clustering.engine.encoders.contract import Vectors
from clustering.models import Embedding, Page
from clustering.models.collection import CollectionQuerySet
from clustering.selectors.similar import nearest

_LOADING = threading.Lock()


def pages_about(words: str, *, among: CollectionQuerySet, hidden: QuerySet[Page], limit: int) -> list[tuple[Page, int]]:
    """Return the pages of these collections that are nearest in meaning, each with its similarity in percent.

    `hidden` pages are left out. The text encoder compares the query with the text of the pages. Raises
    EncoderUnavailable and NotIndexed.
    """
    vector = _vector_of(words, settings.TEXT_ENCODER)
    if not vector.any():
        return []
    near = Embedding.objects.filter(page__collection__in=among).exclude(page__in=hidden)
    return nearest(settings.TEXT_ENCODER, vector, near, dimensions=len(vector), limit=limit)


@lru_cache(maxsize=256)
def _vector_of(words: str, encoder: str) -> Vectors:
    """Return one vector, cached because each page of results needs it again."""
    vector: Vectors = _loaded(encoder).encode([words])[0]
    return vector


def _loaded(key: str) -> Encoder:
    with _LOADING:  # two requests at once would load it twice
        return _load(key)


@lru_cache(maxsize=1)
def _load(key: str) -> Encoder:
    return get_encoder(key)
