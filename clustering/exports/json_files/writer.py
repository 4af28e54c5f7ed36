"""JSON: one object with the collection and its groups, or JSON Lines, one line per group."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from clustering.exports.contract import GroupRecord, Material
from clustering.exports.naming import genre_uri

FORMAT_VERSION = 1
"""Raise this when a name or a meaning changes; additions don't count."""


def write_json(material: Material) -> Iterator[str]:
    """Yield one JSON object, {"format", "version", "collection", "groups": [...]}, with one group per line."""
    head = {"format": "hhreview-groups", "version": FORMAT_VERSION, "collection": _collection(material)}
    yield _dumps(head)[:-1] + ', "groups": ['
    separator = "\n"
    for group in material.groups:
        yield separator + _dumps(group_json(group))
        separator = ",\n"
    yield "\n]}\n"


def _collection(material: Material) -> dict[str, Any]:
    """Return the collection, with the settings that apply to all its documents."""
    return asdict(material.collection) | {"rights": material.settings.rights, "publisher": material.settings.publisher}


def write_json_lines(material: Material) -> Iterator[str]:
    """Yield one line per group, each with the collection's short name."""
    for group in material.groups:
        yield _dumps({"collection": material.collection.slug, **group_json(group)}) + "\n"


def group_json(group: GroupRecord) -> dict[str, Any]:
    """Return a group as JSON: `number` is named `group`, as in the tables."""
    fields = asdict(group)
    if group.comments is None:
        del fields["comments"]
    return {
        "group": fields.pop("number"),
        "machine_proposed": group.is_machine_proposed,
        "kind_uri": genre_uri(group),
        **fields,
    }


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
