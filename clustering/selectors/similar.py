"""Pages that look alike: in one collection, or in all that a person may see."""

from __future__ import annotations

from math import isnan
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Cast
from pgvector.django import CosineDistance, HalfVectorField

from clustering.models import Embedding, Page
from clustering.models.collection import CollectionQuerySet
from clustering.selectors import vector_index
from hhreview.layout import COMMAND

SIMILAR = 24
SPARE = 24
"""Pages asked of an index beyond those wanted: it compares in half precision, then the best are picked in full."""
EXACT_PAGES = 5000
"""Up to so many pages all are compared, index or not: it takes some milliseconds and misses nothing."""
EXACT_MOST = 100_000
"""Beyond so many without an index, nobody is made to wait for a comparison with all."""


class NotIndexed(Exception):
    """There are too many vectors to compare with all of them, and no index."""


def similar_pages(
    shown: Page,
    *,
    limit: int = SIMILAR,
    among: CollectionQuerySet | None = None,
    hidden: QuerySet[Page] | None = None,
) -> list[tuple[Page, int]]:
    """Return the nearest pages by cosine, nearest first, each with its likeness in percent.

    From the page's own collection, or `among` these, without the `hidden` ones; by the default encoder where the page
    has its vector. Exact up to EXACT_PAGES pages and where there is no index.
    Raises NotIndexed.
    """
    mine = _vector_of(shown)
    if mine is None:
        return []
    everywhere = among is not None
    near = Embedding.objects.filter(page__collection__in=[shown.collection_id] if among is None else among)
    is_small = (
        None if everywhere else _at_most(Page.objects.filter(collection=shown.collection_id).order_by(), EXACT_PAGES)
    )
    near = near.exclude(page=shown)
    if hidden is not None:
        near = near.exclude(page__in=hidden)
    return nearest(mine.encoder, mine.vector, near, limit=limit, is_small=is_small)


def nearest(
    encoder: str, vector: Any, near: QuerySet[Embedding], *, limit: int, is_small: bool | None = None
) -> list[tuple[Page, int]]:
    """Return the pages whose vectors by this encoder are nearest, each with its likeness in percent.

    `vector` has the encoder's dimensions; `near` are the vectors to choose from, of any encoder; `is_small` says
    whether they are few enough to compare with all, if that is known. Raises NotIndexed.
    """
    near = near.filter(encoder=encoder)
    candidates = _candidates(encoder, vector, near, limit + SPARE, is_small=is_small)
    if candidates is not None:
        near = near.filter(page__in=candidates)
    found = (
        near.annotate(distance=CosineDistance("vector", vector))
        .order_by("distance", "page")
        .select_related("page__group", "page__collection")[:limit]
    )
    # A vector of zeros is at no distance from anything.
    return [(other.page, round(100 * max(0.0, 1 - other.distance))) for other in found if not isnan(other.distance)]


def near_by_index(near: QuerySet[Embedding], vector: Any) -> QuerySet[Embedding, Any]:
    """Return ids of pages, nearest first, by a query whose order the vector index of this encoder gives."""
    half = HalfVectorField(dimensions=len(vector))
    distance = CosineDistance(Cast("vector", half), vector)
    return near.order_by(distance).values_list("page_id", flat=True)


def _candidates(
    encoder: str, vector: Any, near: QuerySet[Embedding], wanted: int, *, is_small: bool | None
) -> list[int] | None:
    """Return what an index finds; None where all are to be compared."""
    everywhere = is_small is None
    same = Embedding.objects.filter(encoder=encoder).order_by()
    if is_small or (everywhere and _at_most(same, EXACT_PAGES)):
        return None
    width = vector_index.width_of(encoder, len(vector))
    if width is None:
        if everywhere and not _at_most(same, EXACT_MOST):
            raise NotIndexed(
                "There are too many pages to compare. "
                f"Ask the server’s operator to build the vector index with “{COMMAND} index_vectors”."
            )
        return None
    # A collection of its own leaves few of what a narrow search finds, and each further one costs as much again.
    with vector_index.searching(width if everywhere else max(width, vector_index.WIDTH)):
        found = list(near_by_index(near, vector)[:wanted])
    # The scan gives up after a number of vectors; where a filter left too few by then, all are compared.
    return found if len(found) == wanted else None


def _at_most(rows: QuerySet[Any], most: int) -> bool:
    return rows.values("pk")[: most + 1].count() <= most


def _vector_of(shown: Page) -> Embedding | None:
    """By the default encoder, else by any other that looks at images."""
    held = shown.embeddings.exclude(encoder=settings.TEXT_ENCODER)
    mine = held.filter(encoder=settings.ENCODER).first() or held.order_by("encoder").first()
    return mine if mine is not None and any(mine.vector) else None
