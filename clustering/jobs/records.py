"""Pages as the engine knows them: rows in, `PageRecord`s out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from django.conf import settings

from clustering.engine.records import PageRecord, SeamOpinion, Vector
from clustering.models import Collection, Embedding, Page, Reading

ROWS_AT_ONCE = 1000
"""Rows that are read from the database together: what they take is freed before the next come."""


def page_records(collection: Collection, *, encoder: str) -> tuple[list[Page], list[PageRecord]]:
    """Return the pages of a collection in scan order, and the same as records, place by place.

    Five queries whatever the number of pages; some 20 kB of memory a page that was read.
    """
    pages = list(collection.pages.in_scan_order().defer("created"))
    readings = {row.page_id: row.as_record() for row in _readings(collection)}
    vectors = vectors_by(collection, encoder)
    texts = vectors_by(collection, settings.TEXT_ENCODER) if settings.TEXT_ENCODER else {}
    opinions = opinions_by(collection)
    records = [
        PageRecord(
            identifier=page.identifier,
            width=page.width,
            height=page.height,
            paper=page.paper,
            reading=readings.get(page.pk),
            vector=vectors.get(page.pk),
            text_vector=texts.get(page.pk),
            opinion=opinions.get(page.pk),
        )
        for page in pages
    ]
    return pages, records


def _readings(collection: Collection) -> Iterator[Reading]:
    rows = Reading.objects.filter(page__collection=collection).defer("search", "created", "engine")
    return rows.iterator(chunk_size=ROWS_AT_ONCE)


def opinions_by(collection: Collection) -> dict[int, SeamOpinion]:
    """Return by page id what a language model last said of the place after it."""
    return {
        row.page_id: SeamOpinion(after=row.next_page.identifier, model=row.model, **row.answer)
        for row in collection.opinions.of_seams()
        if row.next_page is not None
    }


def vectors_by(collection: Collection, encoder: str) -> dict[int, Vector]:
    """Return the vectors of one encoder by page id; zero vectors, which mean "nothing to encode", are left out."""
    rows = Embedding.objects.filter(page__collection=collection, encoder=encoder).values_list("page_id", "vector")
    numbers = rows.iterator(chunk_size=ROWS_AT_ONCE)
    vectors = {page: np.asarray(vector, dtype=np.float32) for page, vector in numbers}
    return {page: vector for page, vector in vectors.items() if vector.any()}
