"""What an edit keeps of the arrangement before and after it: pure data, JSON in and out.

A snapshot is written as a list of entries:
    {"group": {"id": 5, "number": 3, "version": 7, and every field that is not at its default}, "pages": [page ids]}
    {"unassigned": [page ids]}                           pages that stand in no group
    {"answers": [[first, second, verdict, actor id]]}    verdict null: nothing was answered
    {"roles": [[page id, role]]}
    {"closed": time or null}
Page ids of a group are in reading order. Entries that would be empty are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clustering.models import Collection, Group

Pair = tuple[int, int]
"""Two page ids; the first stands before the second in scan order."""

Said = tuple[str, int | None]
"""An answer: the verdict, and the id of the person who gave it."""

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

UNCOMPARED = ("version", "run", "confirmed_by")
"""Not asked for when undo compares: versions always rise, and runs and people may be deleted."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One group: its fields (compact, see the module) and its page ids in reading order."""

    fields: Mapping[str, Any]
    pages: tuple[int, ...]

    @property
    def content(self) -> tuple[Mapping[str, Any], tuple[int, ...]]:
        """What must be the same for nothing to have been written."""
        return {name: value for name, value in self.fields.items() if name not in UNCOMPARED}, self.pages

    @property
    def document(self) -> tuple[Mapping[str, Any], tuple[int, ...]]:
        """The same without what the machine says anew whenever something is decided nearby: what undo compares."""
        return {name: value for name, value in self.content[0].items() if name != "confidence"}, self.pages


@dataclass(slots=True)
class Snapshot:
    """A part of a collection's arrangement. Absent keys say nothing."""

    groups: dict[int, Standing] = field(default_factory=dict)
    unassigned: set[int] = field(default_factory=set)
    answers: dict[Pair, Said | None] = field(default_factory=dict)
    roles: dict[int, str] = field(default_factory=dict)
    closed: tuple[str | None, ...] = ()
    """Empty: says nothing; else one value, the time of closing or None for open."""

    def pages(self) -> set[int]:
        """Ids of all pages it places, in a group or in none."""
        return self.unassigned.union(*(standing.pages for standing in self.groups.values()))

    def to_json(self) -> list[dict[str, Any]]:
        """As stored in an edit."""
        entries: list[dict[str, Any]] = [
            {"group": dict(standing.fields), "pages": list(standing.pages)}
            for _, standing in sorted(self.groups.items())
        ]
        if self.unassigned:
            entries.append({"unassigned": sorted(self.unassigned)})
        if self.answers:
            answers = [[*pair, *(said or (None, None))] for pair, said in sorted(self.answers.items())]
            entries.append({"answers": answers})
        if self.roles:
            entries.append({"roles": [[page, role] for page, role in sorted(self.roles.items())]})
        if self.closed:
            entries.append({"closed": self.closed[0]})
        return entries

    @classmethod
    def from_json(cls, entries: Iterable[Mapping[str, Any]]) -> Snapshot:
        """Reads what `to_json` wrote. Raises KeyError for an entry of an unknown shape."""
        snapshot = cls()
        for entry in entries:
            if "unassigned" in entry:
                snapshot.unassigned.update(entry["unassigned"])
            elif "answers" in entry:
                for first, second, verdict, actor in entry["answers"]:
                    snapshot.answers[first, second] = None if verdict is None else (verdict, actor)
            elif "roles" in entry:
                snapshot.roles.update(dict(entry["roles"]))
            elif "closed" in entry:
                snapshot.closed = (entry["closed"],)
            else:
                snapshot.groups[entry["group"]["id"]] = Standing(entry["group"], tuple(entry["pages"]))
        return snapshot


def compact(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a group without those at their default."""
    nothing = object()
    return {name: value for name, value in fields.items() if value != GROUP_DEFAULTS.get(name, nothing)}


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
