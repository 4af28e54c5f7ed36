"""One side of a comparison of arrangements, read entry by entry.

An edit of a whole collection stores every document twice, which takes gigabytes of memory if it is read at once. An
outline keeps only which pages each group has and a digest of its fields. Those of the groups that are shown are read
afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Literal

from django.db import connection
from django.db.models import QuerySet

from clustering.journal.workspace import Snapshot, Standing
from clustering.models import Edit

Side = Literal["before", "after"]
_ROWS_AT_ONCE = 500


@dataclass(slots=True)
class Outline:
    """The groups of one side, and everything else that it says."""

    names: frozenset[str]
    """Fields of groups that make a difference to people."""
    pages: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """Page ids of each group, in reading order."""
    digests: dict[int, bytes] = field(default_factory=dict)
    """Of these fields of each group."""
    rest: Snapshot = field(default_factory=Snapshot)
    """Everything else."""
    read: Callable[[Collection[int]], Mapping[int, Standing]] = lambda _: {}
    """Returns how groups stand on this side, by id."""

    def add(self, standing: Standing) -> None:
        """Add a group."""
        pk = int(standing.fields["id"])
        self.pages[pk] = standing.pages
        self.digests[pk] = self.digest(standing)

    def digest(self, standing: Standing) -> bytes:
        """Return a digest of the fields that make a difference, equal for equal values."""
        content = {name: value for name, value in standing.fields.items() if name in self.names}
        return blake2b(json.dumps(content, sort_keys=True).encode(), digest_size=16).digest()


def outline_of(snapshot: Snapshot, names: frozenset[str]) -> Outline:
    """Return the outline of a snapshot."""
    outline = Outline(names, read=lambda ids: {pk: snapshot.groups[pk] for pk in ids if pk in snapshot.groups})
    for standing in snapshot.groups.values():
        outline.add(standing)
    outline.rest = Snapshot(**{name: getattr(snapshot, name) for name in _NOT_GROUPS})
    return outline


_NOT_GROUPS = tuple(name for name in Snapshot.__dataclass_fields__ if name != "groups")


def outline_of_edit(edit: Edit, side: Side, names: frozenset[str]) -> Outline:
    """Return how an edit found things, or left them."""
    edits = Edit.objects.filter(pk=edit.pk)
    outline = Outline(names, read=lambda ids: {pk: standing for _, pk, standing in standings(edits, side, ids)})
    others = []
    for _, entry in entries(edits, side):
        if "group" in entry:
            outline.add(standing_from(entry))
        else:
            others.append(entry)
    outline.rest = Snapshot.from_json(others)
    return outline


def standings(edits: QuerySet[Edit], side: Side, ids: Collection[int]) -> Iterator[tuple[int, int, Standing]]:
    """Yield (sequence, id, standing) of these groups in one side of the edits."""
    wanted = "(part->'group'->>'id')::bigint = ANY(%s)"
    for sequence, entry in entries(edits, side, wanted, [list(ids)]) if ids else ():
        yield sequence, entry["group"]["id"], standing_from(entry)


def entries(
    edits: QuerySet[Edit], side: Side, wanted: str = "TRUE", values: Collection[list[int]] = (), *, part: str = "part"
) -> Iterator[tuple[int, Any]]:
    """Yield (sequence, entry) of one side of the edits, in any order, without reading one of them as a whole.

    `wanted` is a condition about `part` in SQL, with its values; only that part of an entry is read.
    """
    chosen, params = edits.order_by().values("sequence", side).query.sql_with_params()
    parts = f"({chosen}) AS edit, jsonb_array_elements({side}) AS part"
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT sequence, ({part})::text FROM {parts} WHERE {wanted}", [*params, *values])
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            for sequence, entry in rows:
                yield sequence, json.loads(entry)


def standing_from(entry: Mapping[str, Any]) -> Standing:
    """Return the group of a stored entry."""
    return Standing(entry["group"], tuple(entry["pages"]))
