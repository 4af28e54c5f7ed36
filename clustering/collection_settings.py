"""The one way settings of a collection are written: one after the other, so that nobody's are lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction

from clustering.admin_log import log_change
from clustering.exports.settings import ExportSettings
from clustering.exports.stored_settings import to_json
from clustering.models import Collection, User
from clustering.models.collection import CollectionSettings
from clustering.wording import say


def keep_settings(
    collection: Collection,
    wanted: CollectionSettings,
    *,
    actor: User,
    called: Callable[[CollectionSettings], str],
) -> CollectionSettings:
    """Keep the settings that `wanted` was made with beside all others that are there; return those of before.

    Whoever writes others meanwhile waits, and finds these. `collection` has the new ones afterwards. `called` makes of
    those before what the admin's history says, empty where nothing is to be kept. Groups and pages are not touched, so
    the collection's version stays.
    """
    with transaction.atomic():
        row = Collection.objects.select_for_update(no_key=True).only("settings", "title").get(pk=collection.pk)
        before, stored = row.read_settings(), row.settings
        after, old_values = {**stored, **wanted.model_dump(exclude_unset=True)}, called(before)
        if old_values and after != stored:
            row.settings = after
            row.save(update_fields=["settings"])
            log_change([row], old_values, actor=actor)
    collection.settings = row.settings
    return before


def keep_export_settings(collection: Collection, kept: ExportSettings, *, actor: User) -> list[str]:
    """Keep what differs from the defaults; return the names of what changed."""
    after = to_json(kept)

    def differing(old: Mapping[str, Any]) -> list[str]:
        return sorted(name for name in old.keys() | after.keys() if old.get(name) != after.get(name))

    before = keep_settings(
        collection,
        CollectionSettings(export=after),
        actor=actor,
        called=lambda before: _changed(differing(before.export)),
    )
    return differing(before.export)


def _changed(names: list[str]) -> str:
    return say("Export settings: %(names)s.", names=", ".join(names)) if names else ""
