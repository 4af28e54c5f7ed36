"""Vector indexes: one HNSW index for each encoder, over its vectors in half precision.

An index covers `vector::halfvec(dimensions)` of the rows of one encoder, so vectors are stored once and in full.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from django.db import DatabaseError, connection, transaction
from psycopg import errors, sql

from clustering.models import Embedding

MOST_DIMENSIONS = 4000
"""The most that an HNSW index takes in half precision."""
OLDEST_PGVECTOR = (0, 8)
"""The first version with iterative scans."""
NODE_BYTES = 900
"""What the graph needs for a vector while it is built, besides the vector: with the default m of 16, rounded up."""
LEAST_MEMORY = 64 << 20
MOST_MEMORY = 4 << 30
"""A build takes no more by itself; larger amounts have to be asked for."""
WIDTH = 200
"""How many near vectors a search keeps at a time (pgvector's ef_search) where nobody measured how many it must."""

_LOCK = 0x68687669
"""Any number that nothing else locks: two builds at once would drop each other's half-made indexes."""


class CannotIndex(Exception):
    """An index cannot be built; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Built:
    """A vector index, as it was just built."""

    seconds: float
    size_bytes: int


def index_name(encoder: str, dimensions: int) -> str:
    """Return the name of an encoder's index; keys of encoders hold signs that names do not."""
    return f"embedding_near_{dimensions}_{blake2b(encoder.encode(), digest_size=6).hexdigest()}"


def is_indexed(encoder: str, dimensions: int) -> bool:
    """Whether the index is there and whole: one that is still being built is not used."""
    return width_of(encoder, dimensions) is not None


def width_of(encoder: str, dimensions: int) -> int | None:
    """Return how wide searches in this index are; None if it is missing or incomplete."""
    kept = _value(
        "SELECT coalesce(obj_description(indexrelid, 'pg_class'), '') FROM pg_index "
        "WHERE indexrelid = to_regclass(%s) AND indisvalid",
        [index_name(encoder, dimensions)],
    )
    if kept is None:
        return None
    return int(kept) if kept.isdecimal() else WIDTH


def keep_width(encoder: str, dimensions: int, width: int) -> None:
    """Have searches in this index be so wide. It is kept with the index, as its comment, and goes with it."""
    _execute(f"COMMENT ON INDEX {index_name(encoder, dimensions)} IS '{int(width)}'")


def encoders() -> list[str]:
    """Return the encoders that have vectors. Skips from one to the next, so it does not read all rows."""
    names: list[str] = []
    rows = Embedding.objects.order_by("encoder").values_list("encoder", flat=True)
    key = rows.first()
    while key is not None:
        names.append(key)
        key = rows.filter(encoder__gt=key).first()
    return names


def dimensions_of(encoder: str) -> int | None:
    """Return how many numbers this encoder's vectors have; None where it has none."""
    vector = Embedding.objects.filter(encoder=encoder).values_list("vector", flat=True).first()
    return None if vector is None else len(vector)


def memory_needed(count: int, dimensions: int) -> int:
    """Return the bytes of maintenance memory in which a graph of `count` vectors is built without touching the disk."""
    return max(LEAST_MEMORY, count * (2 * dimensions + NODE_BYTES))


def build_index(encoder: str, dimensions: int, *, memory: int, workers: int) -> Built:
    """Build an encoder's index while others read and write, with `memory` bytes and a number of parallel workers.

    Must not run in a transaction. What an earlier build left half done is dropped first, and nothing half done is left
    behind. Raises CannotIndex.
    """
    if dimensions > MOST_DIMENSIONS:
        raise CannotIndex(
            f"{encoder} has {dimensions} dimensions, and an index takes {MOST_DIMENSIONS} at most. "
            "Use an encoder with fewer."
        )
    _check_pgvector()
    name = index_name(encoder, dimensions)
    with _alone(), _maintenance(memory, workers):
        started = time.monotonic()
        _drop(name)
        try:
            _execute(_creation(name, encoder, dimensions))
        except BaseException as error:
            _drop(name)
            if isinstance(error, DatabaseError):
                raise CannotIndex(_reason(error, encoder)) from error
            raise
        took = time.monotonic() - started
    return Built(took, int(_value("SELECT pg_relation_size(to_regclass(%s))", [name]) or 0))


def drop_index(encoder: str, dimensions: int) -> None:
    """Drop an encoder's index, if it is there. Must not run in a transaction. Raises CannotIndex."""
    with _alone():
        _drop(index_name(encoder, dimensions))


@contextmanager
def searching(width: int = WIDTH) -> Iterator[None]:
    """Let queries within take their order from a vector index, and go on scanning where a filter leaves too few."""
    with transaction.atomic():
        _set_locally({"hnsw.ef_search": str(width), "hnsw.iterative_scan": "relaxed_order", "enable_sort": "off"})
        yield
        # An enclosing transaction goes on as before. Sorting is off because the planner takes vectors that lie outside
        # the row to cost nothing, and so prefers to compute and sort all distances.
        _set_locally({"enable_sort": "on"})


def _set_locally(values: dict[str, str]) -> None:
    pairs = [part for pair in values.items() for part in pair]
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(["set_config(%s, %s, true)"] * len(values)), pairs)


def _creation(name: str, encoder: str, dimensions: int) -> str:
    statement = sql.SQL(
        "CREATE INDEX CONCURRENTLY {} ON {} USING hnsw ((vector::halfvec({})) halfvec_cosine_ops) WHERE encoder = {}"
    ).format(
        sql.Identifier(name),
        sql.Identifier(Embedding._meta.db_table),
        sql.Literal(dimensions),
        sql.Literal(encoder),
    )
    connection.ensure_connection()
    return statement.as_string(connection.connection)


def _reason(error: DatabaseError, encoder: str) -> str:
    reason = str(error).splitlines()[0] if str(error) else "it gave no reason"
    remedy = "Run the command again once that is fixed."
    if isinstance(error.__cause__, errors.DiskFull):
        remedy = (
            "If this is about shared memory, run it with --workers 0 or raise the container's shm_size above --memory; "
            "otherwise make room on the database's disk."
        )
    elif isinstance(error.__cause__, errors.DataException):
        remedy = "Vectors of one encoder must all have the same length: delete those that differ and embed again."
    return f"The index for {encoder} was not built. PostgreSQL says: {reason}. {remedy}"


def _check_pgvector() -> None:
    version = str(_value("SELECT extversion FROM pg_extension WHERE extname = 'vector'", []) or "0")
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_PGVECTOR:
        raise CannotIndex(
            f"The database has pgvector {version}, and vector indexes need {'.'.join(map(str, OLDEST_PGVECTOR))}. "
            "Install it on the database server, then run ALTER EXTENSION vector UPDATE in the database."
        )


@contextmanager
def _alone() -> Iterator[None]:
    if not _value("SELECT pg_try_advisory_lock(%s)", [_LOCK]):
        raise CannotIndex("Another index_vectors is at work on this database. Wait until it is done.")
    try:
        yield
    finally:
        _value("SELECT pg_advisory_unlock(%s)", [_LOCK])


@contextmanager
def _maintenance(memory: int, workers: int) -> Iterator[None]:
    _execute(f"SET maintenance_work_mem = '{memory // 1024}kB'")
    _execute(f"SET max_parallel_maintenance_workers = {workers}")
    try:
        yield
    finally:
        _execute("RESET maintenance_work_mem")
        _execute("RESET max_parallel_maintenance_workers")


def _drop(name: str) -> None:
    _execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _value(query: str, values: list[str | int]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        row = cursor.fetchone()
    return None if row is None else row[0]
