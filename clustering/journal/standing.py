"""A group's row as an edit keeps it, and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from clustering.journal.snapshots import GROUP_DEFAULTS, Standing, compact
from clustering.models import Collection, Group

_SAME_NAME = [name for name in GROUP_DEFAULTS if name not in ("run", "confirmed_by", "confirmed_at")]


def standing_of(group: Group, pages: Sequence[int]) -> Standing:
    """How the group stands: all its fields, and its page ids in reading order."""
    fields: dict[str, Any] = {name: getattr(group, name) for name in _SAME_NAME}
    fields["state"] = str(group.state)
    fields["run"] = group.run_id
    fields["confirmed_by"] = group.confirmed_by_id
    fields["confirmed_at"] = group.confirmed_at.isoformat() if group.confirmed_at else None
    known = {"id": group.pk, "number": group.number, "version": group.version}
    return Standing({**known, **compact(fields)}, tuple(pages))


def group_from(standing: Standing, *, collection: Collection) -> Group:
    """The group that stood like this, unsaved, with its id and number."""
    fields = {**GROUP_DEFAULTS, **standing.fields}
    confirmed_at = fields["confirmed_at"]
    return Group(
        pk=fields["id"],
        collection=collection,
        number=fields["number"],
        version=fields["version"],
        run_id=fields["run"],
        confirmed_by_id=fields["confirmed_by"],
        confirmed_at=datetime.fromisoformat(confirmed_at) if confirmed_at else None,
        **{name: fields[name] for name in _SAME_NAME},
    )
