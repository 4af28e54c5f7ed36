"""An embedding: one vector of one page by one encoder."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection, models, transaction
from pgvector.django import VectorField
from psycopg import Cursor
from psycopg.adapt import Dumper
from psycopg.pq import Format


class Embedding(models.Model):
    """An L2-normalized vector of a page. Vectors of several encoders are kept; their dimensions differ."""

    page = models.ForeignKey("clustering.Page", models.CASCADE, related_name="embeddings")
    encoder = models.CharField(max_length=200, help_text="The encoder's key, e.g. efficientnet-lite0@224.")
    vector = VectorField()
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["page", "encoder"], name="embedding_once_per_page_and_encoder"),
        ]
        indexes = [
            # "How many pages has this encoder done" and "similar pages by this encoder".
            models.Index(fields=["encoder", "page"], name="embedding_by_encoder"),
        ]

    def __str__(self) -> str:
        return f"{self.page_id} by {self.encoder}"


def write_vectors(pages: Iterable[int], encoder: str, vectors: Iterable[npt.NDArray[np.float32]]) -> None:
    """Write the vector of each page (ids); where a page has one by this encoder, that stands.

    Numbers go in PostgreSQL's own form: as text they would take a millisecond a page.
    """
    rows = [(page, encoder, vector) for page, vector in zip(pages, vectors, strict=True)]
    with transaction.atomic(), connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.adapters.register_dumper(np.ndarray, _Reals)
        cursor.executemany(_WRITE, rows)


_WRITE = f"""
INSERT INTO "{Embedding._meta.db_table}" (page_id, encoder, vector, created)
VALUES (%s, %s, %s::vector, now()) ON CONFLICT DO NOTHING
"""


class _Reals(Dumper):
    """Numbers as `real[]`: how many dimensions, whether any is null, of what type, how many, counted from; then each
    behind its length."""

    format = Format.BINARY
    oid = 1021

    def dump(self, obj: Any) -> bytes:
        numbers = np.empty(len(obj), [("length", ">i4"), ("number", ">f4")])
        numbers["length"], numbers["number"] = 4, obj
        return np.array([1, 0, 700, len(obj), 1], ">i4").tobytes() + numbers.tobytes()
