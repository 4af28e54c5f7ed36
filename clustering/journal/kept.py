"""What an edit keeps of the arrangement before and after it, value by value.

A `Snapshot` is what an edit keeps of the arrangement before and after it: pure data, JSON in and out. It is written as
a list of entries:
    {"group": {"id": 5, "number": 3, "version": 7, and every field that is not at its default}, "pages": [page ids]}
    {"unassigned": [page ids]}                           pages that stand in no group
    {"answers": [[first, second, verdict, actor id]]}    verdict null: nothing was answered
    {"roles": [[page id, role]]}
    {"turns": [[page id, degrees or null]]}
    {"restrictions": [[page id, [reason, last day or null] or null]]}    null: not restricted
    {"corrections": [[id, [page id, original, text, box, actor id, time] or null]]}      null: there was none
    {"checked": [[page id, [time, actor id] or null]]}   null: nobody said that its text is right
    {"closed": time or null}
Page ids of a group are in reading order. Entries that would be empty are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Pair = tuple[int, int]
"""Two page ids; the first stands before the second in scan order."""

Said = tuple[str, int | None]
"""An answer: the verdict, and the id of the person who gave it."""

Corrected = tuple[int, str, str, tuple[float, ...], int | None, str]
"""A correction of a line: the page's id, what was read, what stands there, its box, who did it, and when."""

Checked = tuple[str, int | None]
"""When a page's text was said to be right, and by whom."""

Restriction = tuple[str, str | None]
"""Why a page is restricted, and the last day of it as ISO date; None: until it is lifted."""

GROUP_DEFAULTS: Mapping[str, Any] = {
    "state": "proposed",
    "edited": False,
    "title": "",
    "kind": "",
    "date": "",
    "language": "",
    "note": "",
    "details": {},
    "draft": {},
    "accepted_drafts": [],
    "awaits_draft": False,
    "flagged": False,
    "flag_note": "",
    "confidence": None,
    "run": None,
    "copy_of": None,
    "split_from": None,
    "confirmed_by": None,
    "confirmed_at": None,
}
"""Every field of a group that an edit keeps, but for id, number and version. `first_position` and `page_count`
follow from the pages."""

MACHINE_FIELDS = frozenset({"draft", "awaits_draft", "confidence"})
"""What the machine may say again of a group that stays; nobody's view is stale by that, so the version stays too."""

UNCOMPARED = ("version", "run", "confirmed_by")
"""Not asked for when undo compares: versions always rise, and runs and people may be deleted."""

SAME_NAME = [name for name in GROUP_DEFAULTS if name not in ("run", "confirmed_by", "confirmed_at")]
"""Those that a `Group` has by the same name and as JSON has them."""
