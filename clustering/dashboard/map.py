"""The map of a collection: its pages by visual similarity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, F

from clustering.engine.projection import project
from clustering.models import Collection, Embedding, Page

MOST_PAGES = 2000
"""More dots than this cannot be told apart, and reading their vectors takes over a second: larger collections show
an even sample of this many."""
CACHE_SECONDS = 30 * 24 * 3600
_GRID = 10_000
"""Coordinates are sent in ten-thousandths."""


@dataclass(frozen=True, slots=True)
class MapPage:
    """Pages on a plane: rows of [position, x, y] in ten-thousandths."""

    encoder: str
    embedded: int
    explained: float
    places: list[list[int]]


def sheet(collection: Collection) -> MapPage | None:
    """Return the map by the encoder that most pages have; None with fewer than three vectors. Computed once for a
    number of pages: vectors do not change, and a new one changes the number."""
    vectors = Embedding.objects.filter(page__collection=collection)
    # Prefer vectors of images to those of text.
    counted = dict(vectors.order_by().values_list("encoder").annotate(n=Count("pk")))
    if not counted or max(counted.values()) < 3:
        return None
    encoder = max(counted, key=lambda key: (counted[key], key == settings.ENCODER, key))
    count = counted[encoder]
    key = f"map:{collection.pk}:{''.join(c if c.isalnum() else '-' for c in encoder)}:{count}:{collection.reordered}"
    kept: MapPage | None = cache.get(key)
    if kept is None:
        kept = _drawn(collection, encoder, count)
        cache.set(key, kept, CACHE_SECONDS)
    return kept


def _drawn(collection: Collection, encoder: str, count: int) -> MapPage:
    step = max(1, -(-count // MOST_PAGES))
    rows = Embedding.objects.filter(page__collection=collection, encoder=encoder).order_by("page__position")
    if step > 1:
        rows = rows.annotate(place=F("page__position") % step).filter(place=0)
    held = list(rows.values_list("page__position", "vector")[:MOST_PAGES])
    drawn = project(np.asarray([np.asarray(vector, np.float32) for _, vector in held]))
    grid = np.rint(drawn.points * _GRID).astype(int).tolist()
    places = [[position, x, y] for (position, _), (x, y) in zip(held, grid, strict=True)]
    return MapPage(encoder, count, drawn.explained, places)


def map_rows(collection: Collection) -> dict[str, Any]:
    """For the browser: [position, x, y, group number or 0, page id, identifier, beginning of the SHA-256] a page.

    Groups are as they are now, coordinates as they were computed.
    """
    drawn = sheet(collection)
    if drawn is None:
        return {"pages": [], "encoder": "", "embedded": 0, "explained": 0}
    wanted = [label[0] for label in drawn.places]
    pages = Page.objects.filter(collection=collection)
    if len(wanted) < drawn.embedded:
        pages = pages.filter(position__in=wanted)
    rows = pages.values_list("position", "group__number", "pk", "identifier", "sha256")
    facts = {position: [number or 0, pk, name, sha[:16]] for position, number, pk, name, sha in rows}
    return {
        "pages": [[*label, *facts[label[0]]] for label in drawn.places if label[0] in facts],
        "encoder": drawn.encoder,
        "embedded": drawn.embedded,
        "explained": round(100 * drawn.explained),
    }
