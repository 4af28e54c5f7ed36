"""Keeping what exports are told of a collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User

from clustering.collection_settings import keep_settings
from clustering.exports.records import SETTING
from clustering.exports.settings import ExportSettings
from clustering.exports.stored_settings import to_json
from clustering.models import Collection


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
