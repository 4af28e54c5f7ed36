"""Change the settings of collections, one writer at a time, so that no change is lost."""

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
    """Set the given settings of a collection, keep all others, and return the earlier ones.

    Other writers wait, and then see these. `collection` has the new settings afterwards. `called` turns the earlier
    ones into the sentence for the admin's history, empty for none. Groups and pages don't change, so the collection's
    version stays.
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
    """Store what differs from the defaults; return the names of what changed."""
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
