"""Write a changed desk into the database, with one statement for each kind of row, however many rows there are."""

from __future__ import annotations

import json
from collections.abc import Collection as Sized
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from clustering.journal.stored import MACHINE_FIELDS, KeptAnswer, Pair, Restriction
from clustering.journal.workspace import Desk, Snapshot, Standing, standing_of
from clustering.models import Answer, Collection, Edit, Group, Page, Verb
from clustering.sentences import Sentence
from clustering.wording import array_of, as_data

LONGEST_SUMMARY = 500

MANY_ROWS = 1000
"""From so many documents that change, or pages that come into documents or out of them, the planner needs new
statistics: a first proposal is applied, or many documents are confirmed."""

NOWHERE = (None, None)
"""The place of a page in no group."""

ANSWERS_AT_ONCE = 2000
"""Rows of one INSERT; PostgreSQL takes 65,535 parameters."""

_GROUP_TABLE = Group._meta.db_table
_PAGE_TABLE = Page._meta.db_table
_ANSWER_TABLE = Answer._meta.db_table
_KEPT = {"id", "collection_id", "number", "created"}
_COLUMNS = [str(field.column) for field in Group._meta.concrete_fields]
_SET = ", ".join(f'"{column}" = new."{column}"' for column in _COLUMNS if column not in _KEPT)
_SENT = f'jsonb_populate_recordset(NULL::"{_GROUP_TABLE}", %s::jsonb)'


def write_desk(desk: Desk, *, verb: Verb, summary: str, act_id: UUID) -> Edit:
    """Write the difference between `desk.before` and the desk, and return the Edit.

    The version of a changed group becomes the sequence of the edit plus one, so that it always rises, even if the group
    vanishes and comes back.
    """
    sequence = desk.collection.version + 1
    changed = desk.changed_groups()
    for pk in changed & desk.groups.keys():
        _refresh(desk, pk, version=sequence + 1)
    before, after = desk.difference(changed)
    _write_places(desk, before, after)
    closing = desk.closed != desk.collection.closed
    if closing:
        before.closed = (desk.collection.closed.isoformat() if desk.collection.closed else None,)
        after.closed = (desk.closed.isoformat() if desk.closed else None,)
        desk.collection.closed = desk.closed
    desk.collection.version = sequence
    fields = ["version", "next_group_number", *(["closed"] if closing else [])]
    Collection.objects.filter(pk=desk.collection.pk).update(**{name: getattr(desk.collection, name) for name in fields})
    _leave_out_new_text(desk, before, after)
    edit = Edit.objects.create(
        collection=desk.collection,
        sequence=sequence,
        act_id=act_id,
        actor=desk.actor,
        verb=verb,
        summary=str(summary) if len(summary) <= LONGEST_SUMMARY else summary[: LONGEST_SUMMARY - 1] + "…",
        message=as_data(summary) if isinstance(summary, Sentence) and len(summary) <= LONGEST_SUMMARY else None,
        before=before.to_json(),
        after=after.to_json(),
        groups=sorted(changed | desk.touched),
        pages=_moved(before, after) or sorted({*_spoken_of(before), *_spoken_of(after)}),
        run=desk.run,
        undoes=desk.undoes,
        redoes=desk.redoes,
    )
    if after.answers:
        write_answers(edit, sorted(after.answers.items()))
    update_pages({"role": "varchar"}, sorted(after.roles.items()))
    update_pages({"chosen_rotation": "smallint"}, sorted(after.rotations.items()))
    write_restrictions(sorted(after.restrictions.items()))
    return edit


def _refresh(desk: Desk, pk: int, *, version: int) -> None:
    """Set the fields that follow from a group's pages, and its new version."""
    group, pages = desk.groups[pk], desk.pages[pk]
    group.first_position = min(desk.position_of(pages))
    group.page_count = len(pages)
    old = desk.before.groups.get(pk)
    if old is None or old.pages != tuple(pages) or not _only_the_machine_wrote(old, standing_of(group, pages)):
        group.version = max(group.version + 1, version)


def _leave_out_new_text(desk: Desk, before: Snapshot, after: Snapshot) -> None:
    """Leave out documents that a correction of text only drafted again. Undo drafts them again as well, so corrections
    of different lines of a document can be undone in any order."""
    if not desk.pages_with_new_text():
        return
    for pk in before.groups.keys() & after.groups.keys():
        if _only_the_machine_wrote(before.groups[pk], after.groups[pk]):
            del before.groups[pk], after.groups[pk]


def _only_the_machine_wrote(old: Standing, new: Standing) -> bool:
    names = (old.content[0].keys() | new.content[0].keys()) - MACHINE_FIELDS
    return old.pages == new.pages and all(old.fields.get(name) == new.fields.get(name) for name in names)


def _places(snapshot: Snapshot) -> dict[int, tuple[int | None, int | None]]:
    places: dict[int, tuple[int | None, int | None]] = dict.fromkeys(snapshot.unassigned, NOWHERE)
    for pk, standing in snapshot.groups.items():
        for order, page in enumerate(standing.pages, start=1):
            places[page] = (pk, order)
    return places


def _write_places(desk: Desk, before: Snapshot, after: Snapshot) -> None:
    """Write new groups, changed groups, pages, and remove groups, in the order that keeps all references valid."""
    come = after.groups.keys() - before.groups.keys()
    insert_groups([desk.groups[pk] for pk in sorted(come)])
    update_groups([desk.groups[pk] for pk in sorted(after.groups.keys() - come)])
    old, new = _places(before), _places(after)
    places = [(page, *to) for page, to in new.items() if old.get(page) != to]
    update_pages({"group_id": "bigint", "group_order": "integer"}, places)
    placed = sum(old.get(page) == NOWHERE or group is None for page, group, _ in places)
    if max(placed, len(after.groups)) >= MANY_ROWS:
        transaction.on_commit(refresh_statistics)
    delete_groups(before.groups.keys() - after.groups.keys())


def _spoken_of(side: Snapshot) -> set[int]:
    """Return the pages with values other than their place."""
    corrected = (row[0] for row in side.corrections.values() if row)
    return {*side.roles, *side.rotations, *side.restrictions, *side.checked, *chain(*side.answers), *corrected}


def _moved(before: Snapshot, after: Snapshot) -> list[int]:
    """Return the pages that changed groups; if there are none, those that changed places within their group."""
    old, new = _places(before), _places(after)
    elsewhere = sorted(page for page, to in new.items() if old.get(page, NOWHERE)[0] != to[0])
    return elsewhere or sorted(page for page, to in new.items() if old.get(page, NOWHERE) != to)


def insert_groups(groups: Sequence[Group]) -> None:
    """Write new groups with the primary keys they have, in one statement."""
    if not groups:
        return
    now = timezone.now()
    for group in groups:
        group.created = now
    with connection.cursor() as cursor:
        cursor.execute(f'INSERT INTO "{_GROUP_TABLE}" SELECT * FROM {_SENT}', [_sent(groups, now=now)])


def _sent(groups: Sequence[Group], *, now: datetime) -> str:
    """Return the groups as the JSON that _SENT reads."""
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
    """Write all fields except id, collection, number, and time of creation, in one statement."""
    if not groups:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{_GROUP_TABLE}" AS old SET {_SET} FROM {_SENT} AS new WHERE old.id = new.id',
            [_sent(groups, now=timezone.now())],
        )


def delete_groups(ids: Sized[int]) -> None:
    """Delete groups without pages."""
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(f'DELETE FROM "{_GROUP_TABLE}" WHERE id = ANY(%s::bigint[])', [array_of(ids)])


def update_pages(columns: Mapping[str, str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Set columns of pages, given by name and SQL type, in one statement. Each row is a page id and the values."""
    if not rows:
        return
    names = ", ".join(columns)
    arrays = ", ".join(f"%s::{kind}[]" for kind in ("bigint", *columns.values()))
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{_PAGE_TABLE}" AS page SET {", ".join(f"{name} = new.{name}" for name in columns)} '
            f"FROM unnest({arrays}) AS new (id, {names}) WHERE page.id = new.id",
            [_array(values) for values in zip(*rows, strict=True)],
        )


def _array(values: Sequence[Any]) -> Any:
    """Return whole numbers as one text, which the driver sends much faster; other values as a list."""
    return array_of(values) if all(value is None or type(value) is int for value in values) else list(values)


def write_restrictions(restrictions: Iterable[tuple[int, Restriction | None]]) -> None:
    """Restrict pages, each with the reason and its last day; None lifts the restriction."""
    update_pages(
        {"restricted": "boolean", "restricted_reason": "varchar", "restricted_until": "date"},
        [(page, restriction is not None, *(restriction or ("", None))) for page, restriction in restrictions],
    )


def write_answers(edit: Edit, answers: Iterable[tuple[Pair, KeptAnswer | None]]) -> None:
    """Write answers about pairs of pages; None deletes the answer."""
    given, taken = [], []
    for (first, second), answer in answers:
        if answer is None:
            taken.append((first, second))
        else:
            verdict, actor = answer
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
    """Tell the planner about many changed rows. Until autovacuum runs, a minute later, it would read a whole collection
    for an act on three pages, and compare each of 50,000 confirmed documents with each for the dashboard."""
    with connection.cursor() as cursor:
        cursor.execute(f'ANALYZE "{_PAGE_TABLE}", "{_GROUP_TABLE}", "{_ANSWER_TABLE}"')
