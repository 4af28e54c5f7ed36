"""The rows of the desk, written many at a time: one statement whatever the number of groups or pages.

Only `arrangement.Desk` calls this, inside its transaction and under its locks.
"""

from __future__ import annotations

import json
from collections.abc import Collection as Sized
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection
from django.utils import timezone

from clustering.journal.snapshots import Pair, Said
from clustering.models import Answer, Edit, Group, Page

ANSWERS_AT_ONCE = 2000
"""Rows of one INSERT; PostgreSQL takes 65,535 parameters."""

_GROUP_TABLE = Group._meta.db_table
_PAGE_TABLE = Page._meta.db_table
_ANSWER_TABLE = Answer._meta.db_table
_KEPT = {"id", "collection_id", "number", "created"}
_COLUMNS = [str(field.column) for field in Group._meta.concrete_fields]
_SET = ", ".join(f'"{column}" = new."{column}"' for column in _COLUMNS if column not in _KEPT)
_SENT = f'jsonb_populate_recordset(NULL::"{_GROUP_TABLE}", %s::jsonb)'


def next_group_ids(count: int) -> list[int]:
    """Fresh primary keys, so that pages can be told their group before the group's row is there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [_GROUP_TABLE, count]
        )
        return [row[0] for row in cursor.fetchall()]


def insert_groups(groups: Sequence[Group]) -> None:
    """New rows with the primary keys they have, in one statement."""
    if not groups:
        return
    now = timezone.now()
    for group in groups:
        group.created = now
    with connection.cursor() as cursor:
        cursor.execute(f'INSERT INTO "{_GROUP_TABLE}" SELECT * FROM {_SENT}', [_sent(groups, now=now)])


def _sent(groups: Sequence[Group], *, now: datetime) -> str:
    """The groups as _SENT takes them, written now."""
    rows = []
    for group in groups:
        group.updated = now
        rows.append({column: getattr(group, column) for column in _COLUMNS})
    return json.dumps(rows, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"A group has no field of the type {type(value).__name__}.")


def update_groups(groups: Sequence[Group]) -> None:
    """All fields but id, collection, number and time of creation, in one statement."""
    if not groups:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{_GROUP_TABLE}" AS old SET {_SET} FROM {_SENT} AS new WHERE old.id = new.id',
            [_sent(groups, now=timezone.now())],
        )


def delete_groups(ids: Sized[int]) -> None:
    """Groups that no page is in any more."""
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(f'DELETE FROM "{_GROUP_TABLE}" WHERE id = ANY(%s::bigint[])', [list(ids)])


def place_pages(places: Sequence[tuple[int, int | None, int | None]]) -> None:
    """Puts pages in their places: (page id, group id, order), or (page id, None, None) for a page in no group."""
    if not places:
        return
    pages, groups, orders = (list(column) for column in zip(*places, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{_PAGE_TABLE}" AS page SET group_id = new.group_id, group_order = new.place '
            "FROM unnest(%s::bigint[], %s::bigint[], %s::integer[]) AS new (id, group_id, place) "
            "WHERE page.id = new.id",
            [pages, groups, orders],
        )


def write_roles(roles: Iterable[tuple[int, str]]) -> None:
    """Sets the role of pages."""
    pages, names = (list(column) for column in zip(*roles, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{_PAGE_TABLE}" AS page SET role = new.role '
            "FROM unnest(%s::bigint[], %s::varchar[]) AS new (id, role) WHERE page.id = new.id",
            [pages, names],
        )


def write_answers(edit: Edit, answers: Iterable[tuple[Pair, Said | None]]) -> None:
    """Records what was said of pairs of pages; None takes an answer back."""
    given, taken = [], []
    for (first, second), said in answers:
        if said is None:
            taken.append((first, second))
        else:
            verdict, actor = said
            given.append(
                Answer(
                    collection_id=edit.collection_id,
                    first_id=first,
                    second_id=second,
                    verdict=verdict,
                    actor_id=actor,
                    edit=edit,
                )
            )
    if given:
        Answer.objects.bulk_create(
            given,
            update_conflicts=True,
            unique_fields=["first", "second"],
            update_fields=["verdict", "actor", "edit", "created"],
            batch_size=ANSWERS_AT_ONCE,
        )
    if taken:
        firsts, seconds = (list(column) for column in zip(*taken, strict=True))
        with connection.cursor() as cursor:
            cursor.execute(
                f'DELETE FROM "{_ANSWER_TABLE}" AS answer USING unnest(%s::bigint[], %s::bigint[]) '
                "AS old (first_id, second_id) "
                "WHERE answer.first_id = old.first_id AND answer.second_id = old.second_id",
                [firsts, seconds],
            )


def refresh_statistics() -> None:
    """Tells the planner about many new rows now. Until autovacuum comes by, a minute later, it would read a
    whole collection for an act on three pages."""
    with connection.cursor() as cursor:
        cursor.execute(f'ANALYZE "{_PAGE_TABLE}", "{_GROUP_TABLE}", "{_ANSWER_TABLE}"')
