"""Describe one document, for tests."""

from __future__ import annotations

from uuid import UUID

from clustering.actions import describe_groups
from clustering.actions.describe import Facts
from clustering.models import Edit, Group, User


def describe_group(
    group: Group,
    *,
    title: str | None = None,
    kind: str | None = None,
    date: str | None = None,
    language: str | None = None,
    note: str | None = None,
    copy_of: int | None = None,
    details: Facts | None = None,
    actor: User | None,
    version: int | None = None,
    act_id: UUID | None = None,
) -> Edit:
    """Call `describe_groups` for one group, with fields as arguments; `details` are those without a column."""
    columns = {"title": title, "kind": kind, "date": date, "language": language, "note": note, "copy_of": copy_of}
    given = {name: value for name, value in columns.items() if value is not None}
    versions = None if version is None else {group.pk: version}
    facts = {group.pk: {**given, **(details or {})}}
    return describe_groups(group.collection_id, facts, actor=actor, versions=versions, act_id=act_id)
