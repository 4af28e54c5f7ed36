"""Tables are emptied after a test that commits: by DELETE, which takes a millisecond where TRUNCATE takes hundreds.

PostgreSQL makes new files for each table and each of its indexes when it truncates, however little is in them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.backends.postgresql.operations import DatabaseOperations

LARGE_BYTES = 4 << 20
"""A test left so much in a table that the next ones would wade through what was deleted."""

truncating: Callable[..., list[str]] = DatabaseOperations.sql_flush


def deleting(
    operations: DatabaseOperations, style: object, tables: Sequence[str], *, reset_sequences: bool = False, **more: Any
) -> list[str]:
    """In place of Django's `sql_flush`. As TRUNCATE does, it waits for whoever is still at work on the tables."""
    names = [operations.quote_name(table) for table in tables]
    with operations.connection.cursor() as cursor:
        cursor.execute("SELECT max(pg_table_size(name::regclass)) FROM unnest(%s::text[]) AS name", [names])
        largest = cursor.fetchone()[0] or 0
    if reset_sequences or largest > LARGE_BYTES:
        return truncating(operations, style, tables, reset_sequences=reset_sequences, **more)
    lock = f"LOCK TABLE {', '.join(names)} IN ACCESS EXCLUSIVE MODE"
    alone = "SET LOCAL session_replication_role = replica"  # rows point at each other: all of them go
    return ["; ".join([lock, alone, *(f"DELETE FROM {name}" for name in names)])]
