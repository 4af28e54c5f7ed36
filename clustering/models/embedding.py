"""Embeddings: vectors of pages by encoders."""

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
    """An L2-normalized vector of a page by one encoder. A page may have one by each; their dimensions differ."""

    page = models.ForeignKey("clustering.Page", models.CASCADE, related_name="embeddings")
    encoder = models.CharField(max_length=200, help_text="Key of the encoder, e.g. efficientnet-lite0@224.")
    vector = VectorField()
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["page", "encoder"], name="embedding_once_per_page_and_encoder"),
        ]
        indexes = [
            # How many pages an encoder has embedded, and similar pages by an encoder.
            models.Index(fields=["encoder", "page"], name="embedding_by_encoder"),
        ]

    def __str__(self) -> str:
        return f"{self.page_id} by {self.encoder}"


def write_vectors(pages: Iterable[int], encoder: str, vectors: Iterable[npt.NDArray[np.float32]]) -> None:
    """Write a vector for each page id, unless the page has one by this encoder.

    Numbers are sent in PostgreSQL's binary format; as text, they would take a millisecond per page.
    """
    rows = [(page, encoder, vector) for page, vector in zip(pages, vectors, strict=True)]
    with transaction.atomic(), connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.adapters.register_dumper(np.ndarray, _Reals)
        cursor.executemany(_WRITE, rows)


_WRITE = f"""
INSERT INTO "{Embedding._meta.db_table}" (page_id, encoder, vector, created)
VALUES (%s, %s, %s::vector, now()) ON CONFLICT DO NOTHING
"""


SENT_VECTOR = models.Func("vector", function="vector_send", output_field=models.BinaryField())
"""A vector in pgvector's binary format. As text, it takes more time to read than all else about a page."""


def received_vector(sent: bytes) -> npt.NDArray[np.float32]:
    """Return the numbers of a vector in this format: their count and two empty bytes, then big-endian floats."""
    return np.frombuffer(sent, ">f4", offset=4).astype(np.float32)


class _Reals(Dumper):
    """Dump numbers as binary `real[]`: dimensions, null flag, type, length, and lower bound; then each number's length
    and value."""

    format = Format.BINARY
    oid = 1021

    def dump(self, obj: Any) -> bytes:
        numbers = np.empty(len(obj), [("length", ">i4"), ("number", ">f4")])
        numbers["length"], numbers["number"] = 4, obj
        return np.array([1, 0, 700, len(obj), 1], ">i4").tobytes() + numbers.tobytes()
