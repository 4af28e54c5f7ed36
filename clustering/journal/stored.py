"""What an edit stores of the arrangement before and after it.

A `workspace.Snapshot` is stored as a list of entries, without those that would be empty:
    {"group": {"id": 5, "number": 3, "version": 7, and every field that is not at its default}, "pages": [page ids]}
    {"unassigned": [page ids]}                           pages in no group
    {"answers": [[first, second, verdict, actor id]]}    verdict null: no answer
    {"roles": [[page id, role]]}
    {"rotations": [[page id, degrees or null]]}
    {"restrictions": [[page id, [reason, last day or null] or null]]}    null: not restricted
    {"corrections": [[id, [page id, original, text, box, actor id, time] or null]]}      null: no correction
    {"checked": [[page id, [time, actor id] or null]]}   null: nobody marked the text as checked
    {"closed": time or null}
Page ids of a group are in reading order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clustering.models import Group

Pair = tuple[int, int]
"""Two page ids, the earlier in scan order first."""

KeptAnswer = tuple[str, int | None]
"""The verdict, and the id of the person who gave it."""

Restriction = tuple[str, str | None]
"""Why a page is restricted, and its last day as an ISO date; None: until it is lifted."""

KeptCorrection = tuple[int, str, str, tuple[float, ...], int | None, str]
"""The page's id, the line as it was read, the line as corrected, its box, the id of the person, and the time."""

KeptCheck = tuple[str, int | None]
"""When a page's text was marked as checked, and the id of the person."""

_OTHER_FIELDS = {"id", "number", "version", "collection", "first_position", "page_count", "created", "updated"}
KEPT_FIELDS = [field for field in Group._meta.concrete_fields if field.name not in _OTHER_FIELDS]
"""The fields of a group that an edit keeps, besides id, number, and version. `first_position` and `page_count` follow
from the pages."""

GROUP_DEFAULTS: Mapping[str, Any] = {field.name: field.get_default() for field in KEPT_FIELDS}

MACHINE_FIELDS = frozenset({"draft", "awaits_draft", "confidence"})
"""What the machine may change about a group without making anyone's view stale: the version does not rise."""

UNCOMPARED = ("version", "run", "confirmed_by")
"""What undo does not compare: versions always rise, and runs and people may be deleted."""

RESTORED = ("answers", "roles", "rotations")
"""Values that restoring restores. It never reopens a collection, lifts a restriction, or changes text."""
