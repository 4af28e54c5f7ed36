"""Empty tables after a test that commits, by DELETE, which takes a millisecond rather than TRUNCATE's hundreds.

PostgreSQL makes new files for each table and each of its indexes when it truncates, however little is in them. What
migrations wrote, as permissions and roles, is kept in a schema beside the tables and copied back: Django would write
the same rows one by one after each test, which takes a third of a second.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection
from django.db.backends.base.creation import BaseDatabaseCreation
from django.db.backends.postgresql.operations import DatabaseOperations

LARGE_BYTES = 4 << 20
"""Size of a table from which TRUNCATE is used, since dead rows would slow down later tests."""
SCHEMA = "kept"

truncating: Callable[..., list[str]] = DatabaseOperations.sql_flush


def keep_rows(creation: BaseDatabaseCreation) -> str:
    """Copy each table that has rows, in place of Django's `serialize_db_to_string`."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {SCHEMA}")
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False):
            cursor.execute(f"SELECT 1 FROM {quote(table)} LIMIT 1")
            if cursor.fetchone():
                cursor.execute(f"CREATE TABLE {SCHEMA}.{quote(table)} AS TABLE {quote(table)}")
    return f"in the schema {SCHEMA}"


def bring_back(creation: BaseDatabaseCreation, data: str) -> None:
    """Do nothing in place of Django's `deserialize_db_from_string`, since `deleting` has done it."""


def deleting(
    operations: DatabaseOperations, style: object, tables: Sequence[str], *, reset_sequences: bool = False, **more: Any
) -> list[str]:
    """Return statements in place of Django's `sql_flush`. Like TRUNCATE, they wait for others to finish."""
    names = [operations.quote_name(table) for table in tables]
    with operations.connection.cursor() as cursor:
        cursor.execute("SELECT max(pg_table_size(name::regclass)) FROM unnest(%s::text[]) AS name", [names])
        largest = cursor.fetchone()[0] or 0
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s AND tablename = ANY(%s)", [SCHEMA, list(tables)]
        )
        kept = [operations.quote_name(table) for (table,) in cursor.fetchall()]
    alone = "SET LOCAL session_replication_role = replica"  # rows point at each other: all of them go
    back = [alone, *(f"INSERT INTO {name} SELECT * FROM {SCHEMA}.{name}" for name in kept)]
    if reset_sequences or largest > LARGE_BYTES:
        return [*truncating(operations, style, tables, reset_sequences=reset_sequences, **more), "; ".join(back)]
    lock = f"LOCK TABLE {', '.join(names)} IN ACCESS EXCLUSIVE MODE"
    return ["; ".join([lock, alone, *(f"DELETE FROM {name}" for name in names), *back])]
