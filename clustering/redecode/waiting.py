"""Documents that an act left to be drafted right after it (`following.redraft`): nobody waits for a thousand drafts."""

from __future__ import annotations

import json
import math
import time

from django.db import connection, transaction

from clustering.models import Collection, Group, Page
from clustering.redecode.following import draft_documents

AT_ONCE = 25
"""Documents that are drafted and written together, so that what is there is shown and nothing is lost."""

_WRITE = f"""
UPDATE "{Group._meta.db_table}" AS old SET draft = new.draft, awaits_draft = false
FROM jsonb_to_recordset(%s::jsonb) AS new (id bigint, version bigint, draft jsonb)
WHERE old.id = new.id AND old.version = new.version AND old.awaits_draft
"""


def draft_waiting(collection: Collection, *, until: float = math.inf) -> None:
    """Draft the documents of a collection that wait for it, by their first page, until this time (`time.monotonic`).

    Safe from any number of processes at once, and beside acts: a document that changed meanwhile keeps its mark and is
    drafted as it is then. No version rises: nobody's view is stale by what the machine thinks.
    """
    waiting = collection.groups.filter(awaits_draft=True).order_by("first_position")
    while groups := {group.pk: group for group in waiting[:AT_ONCE]}:
        pages: dict[int, list[int]] = {pk: [] for pk in groups}
        places = Page.objects.filter(group__in=list(groups)).order_by("group", "group_order")
        for page, group in places.values_list("pk", "group_id"):
            pages[group or 0].append(page)
        draft_documents(collection, [(group, pages[pk]) for pk, group in groups.items() if pages[pk]])
        _write(collection, list(groups.values()))
        if time.monotonic() >= until:
            return


def draft_left(*, seconds: float) -> None:
    """Do the same in all collections for so long: messages get lost."""
    until = time.monotonic() + seconds
    waiting = Group.objects.filter(awaits_draft=True).order_by().values("collection")
    for collection in Collection.objects.filter(pk__in=waiting):
        draft_waiting(collection, until=until)


def _write(collection: Collection, groups: list[Group]) -> None:
    """One statement, while no act is under way in the collection: acts lock its row first."""
    rows = [{"id": group.pk, "version": group.version, "draft": group.draft} for group in groups]
    with transaction.atomic(), connection.cursor() as cursor:
        Collection.objects.select_for_update(no_key=True).filter(pk=collection.pk).first()
        cursor.execute(_WRITE, [json.dumps(rows)])
