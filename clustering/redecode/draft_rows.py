"""Writing one drafted field of many documents at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import F

from clustering.engine.records import Drafted, GroupDraft
from clustering.models import Collection, Group

_WRITE = f"""
UPDATE "{Group._meta.db_table}" AS old SET draft = jsonb_set(old.draft, ARRAY[%s], new.drafted)
FROM jsonb_to_recordset(%s::jsonb) AS new (id bigint, drafted jsonb)
WHERE old.id = new.id
"""
"""Plain SQL: for a thousand documents, `bulk_update` takes seconds."""


def write_drafted(field: str, drafted: Mapping[int, Mapping[str, Any]]) -> None:
    """Write the drafts of one field, as stored, by document ids. Versions stay: the machine only thinks so."""
    if drafted:
        rows = [{"id": pk, "drafted": value} for pk, value in drafted.items()]
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, [field, json.dumps(rows)])


def write_drafted_by_worker(collection: Collection, field: str, drafted: Mapping[int, Mapping[str, Any]]) -> None:
    """Write them outside an act, whose answer would tell; all who are at the desk learn that there is news."""
    if drafted:
        write_drafted(field, drafted)
        Collection.objects.filter(pk=collection.pk).update(redrafted=F("redrafted") + 1)


def as_stored(drafted: Drafted) -> dict[str, Any]:
    """Return the draft of a field as stored in `Group.draft`."""
    stored: dict[str, Any] = GroupDraft(title=drafted).to_json()["title"]
    return stored
