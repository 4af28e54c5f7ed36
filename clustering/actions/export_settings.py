"""Keeping what exports are told of a collection."""

from __future__ import annotations

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import transaction

from clustering.exports.records import SETTING
from clustering.exports.settings import ExportSettings
from clustering.models import Collection


def keep_export_settings(collection: Collection, kept: ExportSettings, *, actor: User) -> list[str]:
    """Keep what differs from the defaults; the names of what changed. The admin's history says who did it.

    Groups and pages are not touched, so the collection's version stays.
    """
    with transaction.atomic():
        row = Collection.objects.select_for_update().get(pk=collection.pk)
        before, after = row.settings.get(SETTING) or {}, kept.to_json()
        changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
        if changed:
            row.settings = {**row.settings, SETTING: after}
            row.save(update_fields=["settings"])
            said = f"Export settings: {', '.join(changed)}."
            LogEntry.objects.log_actions(actor.pk, [row], CHANGE, said, single_object=True)
    collection.settings = row.settings
    return changed
