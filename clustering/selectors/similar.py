"""Pages that look alike: in one collection, or in all that a person may see."""

from __future__ import annotations

from math import isnan
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import FloatField, Func, IntegerField, QuerySet, Subquery
from django.db.models.functions import Cast
from pgvector.django import CosineDistance, HalfVectorField

from clustering.models import Embedding, Page
from clustering.models.collection import CollectionQuerySet
from clustering.selectors import vector_index
from clustering.wording import say
from hhreview.layout import COMMAND

SIMILAR = 24
SPARE = 24
"""Pages requested from an index beyond those wanted: it compares in half precision, then the best are picked in
full."""
EXACT_PAGES = 5000
"""Most pages that are all compared, even with an index: that takes milliseconds and misses nothing."""
EXACT_MOST = 100_000
"""Most pages that are all compared without an index; more would take too long."""


class NotIndexed(Exception):
    """There are too many vectors to compare with all of them, and no index."""


class _Look(NamedTuple):
    """The vector of the page to compare with."""

    encoder: str
    dimensions: int
    vector: Subquery
    """An expression in the database: reading the vector and sending it back would take longer than the search."""


def similar_pages(
    shown: Page,
    *,
    limit: int = SIMILAR,
    among: CollectionQuerySet | None = None,
    hidden: QuerySet[Page] | None = None,
) -> list[tuple[Page, int]]:
    """Return the nearest pages by cosine, nearest first, each with its similarity in percent.

    Searches the page's own collection, or `among` these, without the `hidden` ones, by the default encoder if the page
    has its vector. Exact up to EXACT_PAGES pages and without an index. Raises NotIndexed.
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
    return nearest(mine.encoder, mine.vector, near, dimensions=mine.dimensions, limit=limit, is_small=is_small)


def nearest(
    encoder: str,
    vector: Any,
    near: QuerySet[Embedding],
    *,
    dimensions: int,
    limit: int,
    is_small: bool | None = None,
) -> list[tuple[Page, int]]:
    """Return the pages whose vectors by this encoder are nearest, each with its likeness in percent.

    `vector` is an array of the encoder's `dimensions`, or an expression that gives one in the database; `near` are the
    vectors to choose from, of any encoder; `is_small` says whether they are few enough to compare with all, if that is
    known. Raises NotIndexed.
    """
    same = Embedding.objects.filter(encoder=encoder).order_by()
    near = near.filter(encoder=encoder)
    candidates = _candidates(encoder, vector, near, limit + SPARE, dimensions=dimensions, is_small=is_small)
    if candidates is not None:
        near = same.filter(page__in=candidates)
    # Pages come afterward: joined to all candidates, or with their vectors, they would take longer than the search.
    ranked = near.annotate(distance=CosineDistance("vector", vector)).order_by("distance", "page_id")
    # A vector of zeros has no distance from anything.
    far = {page: far for page, far in ranked.values_list("page_id", "distance")[:limit] if not isnan(far)}
    pages = Page.objects.select_related("group", "collection").defer("paper").in_bulk(far)
    return [(pages[page], round(100 * max(0.0, 1 - far[page]))) for page in far if page in pages]


def near_by_index(near: QuerySet[Embedding], vector: Any, dimensions: int) -> QuerySet[Embedding, Any]:
    """Return ids of pages, nearest first, by a query in the order of this encoder's vector index."""
    half = HalfVectorField(dimensions=dimensions)
    distance = CosineDistance(Cast("vector", half), Cast(vector, half) if isinstance(vector, Subquery) else vector)
    return near.order_by(distance).values_list("page_id", flat=True)


def _candidates(
    encoder: str, vector: Any, near: QuerySet[Embedding], wanted: int, *, dimensions: int, is_small: bool | None
) -> list[int] | None:
    """Return what an index finds; None if all have to be compared."""
    everywhere = is_small is None
    same = Embedding.objects.filter(encoder=encoder).order_by()
    if is_small or (everywhere and _at_most(same, EXACT_PAGES)):
        return None
    width = vector_index.width_of(encoder, dimensions)
    if width is None:
        if everywhere and not _at_most(same, EXACT_MOST):
            raise NotIndexed(
                say(
                    "There are too many pages to compare. Ask the server’s operator to build the vector index "
                    "with “%(command)s index_vectors”.",
                    command=COMMAND,
                )
            )
        return None
    # A small collection keeps little of what a narrow search finds, and each further one costs as much again.
    with vector_index.searching(width if everywhere else max(width, vector_index.WIDTH)):
        candidates = list(near_by_index(near, vector, dimensions)[:wanted])
    # The scan stops after a number of vectors; if a filter left too few by then, all are compared.
    return candidates if len(candidates) == wanted else None


def _at_most(rows: QuerySet[Any], most: int) -> bool:
    return not rows[most : most + 1].exists()


def _vector_of(shown: Page) -> _Look | None:
    """Return the vector by the default encoder, or else by any other image encoder."""
    held = shown.embeddings.exclude(encoder=settings.TEXT_ENCODER)
    facts = held.annotate(
        dimensions=Func("vector", function="vector_dims", output_field=IntegerField()),
        length=Func("vector", function="vector_norm", output_field=FloatField()),
    ).values_list("pk", "encoder", "dimensions", "length")
    mine = facts.filter(encoder=settings.ENCODER).first() or facts.order_by("encoder").first()
    if mine is None or not mine[3]:
        return None
    vector = Subquery(Embedding.objects.filter(pk=mine[0]).order_by().values("vector"))
    return _Look(encoder=mine[1], dimensions=mine[2], vector=vector)
