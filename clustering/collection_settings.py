"""The one way settings of a collection are written: one after the other, so that nobody's are lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction

from clustering.exports.records import SETTING
from clustering.exports.settings import ExportSettings
from clustering.exports.stored_settings import to_json
from clustering.models import Collection, User


def keep_settings(
    collection: Collection,
    values: Mapping[str, Any],
    *,
    actor: User,
    called: Callable[[Mapping[str, Any]], str],
) -> dict[str, Any]:
    """Keeps these settings beside all others that are there; returns those that were there before.

    Whoever writes others meanwhile waits, and finds these. `collection` has the new ones afterwards. `called` makes of
    those before what the admin's history says, empty where nothing is to be kept. Groups and pages are not touched, so
    the collection's version stays.
    """
    with transaction.atomic():
        row = Collection.objects.select_for_update(no_key=True).only("settings", "title").get(pk=collection.pk)
        before: dict[str, Any] = row.settings
        after, said = {**before, **values}, called(before)
        if said and after != before:
            row.settings = after
            row.save(update_fields=["settings"])
            LogEntry.objects.log_actions(actor.pk, [row], CHANGE, f"{said}.", single_object=True)
    collection.settings = row.settings
    return before


def keep_export_settings(collection: Collection, kept: ExportSettings, *, actor: User) -> list[str]:
    """Keep what differs from the defaults; the names of what changed."""

    after = to_json(kept)

    def differing(before: Mapping[str, Any]) -> list[str]:
        old, new = before.get(SETTING) or {}, after
        return sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))

    before = keep_settings(
        collection,
        {SETTING: after},
        actor=actor,
        called=lambda before: f"Export settings: {', '.join(names)}" if (names := differing(before)) else "",
    )
    return differing(before)
