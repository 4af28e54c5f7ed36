"""Flag: ask for a second look, with a note."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from clustering.actions.base import GroupAct, Id, Key, Scope, Text, perform
from clustering.actions.describe import checked_text
from clustering.journal.errors import Refused
from clustering.journal.workspace import Desk
from clustering.models import Edit, Group, User, Verb
from clustering.wording import say

FLAG = Verb("flag", done="flagged", icon="flag", decides=False)


class Flag(GroupAct):
    """Flag a group for a second look, with a note."""

    address, label, verb = "flag", "Flag", FLAG
    keys = (Key("flag", ("f",), "Flag the document, with a note", "stream", edits=True),)

    group: Id
    note: Text = Field("", description="What is unclear.")
    flagged: bool = Field(default=True, description="False removes the flag, like `unflag`.")

    def apply(self, at: Scope) -> Edit:
        """Flag it, or remove the flag."""
        group = at.group(self.group)
        version = self.version_of(group)
        if not self.flagged:
            return unflag_group(group, actor=at.actor, version=version, act_id=self.act_id)
        return flag_group(group, note=self.note, actor=at.actor, version=version, act_id=self.act_id)


class Unflag(GroupAct):
    """Remove the flag and its note."""

    address, label, verb = "unflag", "Remove the flag", FLAG

    group: Id

    def apply(self, at: Scope) -> Edit:
        """Remove the flag."""
        group = at.group(self.group)
        return unflag_group(group, actor=at.actor, version=self.version_of(group), act_id=self.act_id)


def flag_group(
    group: Group, *, note: str = "", actor: User | None, version: int | None = None, act_id: UUID | None = None
) -> Edit:
    """Flag a group, or change the note of its flag. The state stays: a flag is a remark, not a correction.

    Raises StaleVersion, and Refused if it already has this note or the note is too long.
    """
    text = checked_text("flag_note", note, called="note")

    def change(desk: Desk) -> str:
        held = _hold(desk, group, version)
        if held.flagged and held.flag_note == text:
            raise Refused(
                say(
                    "Document %(number)s is already flagged. Change the note, or leave it as it is.",
                    number=desk.place_of(held),
                )
            )
        held.flagged, held.flag_note, held.edited = True, text, True
        return say("Flagged %(number)s", number=desk.place_of(held)) + (f": {text}" if text else ".")

    return perform(group.collection_id, change, verb=FLAG, actor=actor, act_id=act_id)


def unflag_group(group: Group, *, actor: User | None, version: int | None = None, act_id: UUID | None = None) -> Edit:
    """Remove the flag and its note. Raises StaleVersion, and Refused if there is no flag."""

    def change(desk: Desk) -> str:
        held = _hold(desk, group, version)
        if not held.flagged:
            raise Refused(say("Document %(number)s has no flag to remove.", number=desk.place_of(held)))
        held.flagged, held.flag_note, held.edited = False, "", True
        return say("Removed the flag from %(number)s.", number=desk.place_of(held))

    return perform(group.collection_id, change, verb=FLAG, actor=actor, act_id=act_id)


def _hold(desk: Desk, group: Group, version: int | None) -> Group:
    desk.hold([group.pk], versions=None if version is None else {group.pk: version})
    return desk.groups[group.pk]
