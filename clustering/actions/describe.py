"""Describe: title, kind, date, language and note of a document."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import User

from clustering.actions.perform import perform
from clustering.engine.written_dates import UnreadableDate, read_written_date
from clustering.journal.errors import Refused
from clustering.journal.wording import listed
from clustering.journal.workspace import Desk
from clustering.models import Edit, Group
from clustering.written import is_storable


def describe_group(
    group: Group,
    *,
    title: str | None = None,
    kind: str | None = None,
    date: str | None = None,
    language: str | None = None,
    note: str | None = None,
    copy_of: int | None = None,
    actor: User | None,
    version: int | None = None,
    act_id: UUID | None = None,
) -> Edit:
    """Sets the facts that are given; None leaves one as it is, "" empties it and drops its draft. Blanks
    around a text are dropped.

    A date may be written as people write it ("Jan. 14, 1954", "c. 1964") and is stored as EDTF. `copy_of` is the number
    of the group that this one repeats, 0 for none. A confirmed group becomes changed. Raises StaleVersion, and Refused
    for a date that cannot be read, a text that is too long, a group that is not there or is this one, or where nothing
    would change.
    """
    given = {"title": title, "kind": kind, "date": date, "language": language, "note": note}
    wanted = {
        name: text.strip() if name == "date" else checked_text(name, text, called=name)
        for name, text in given.items()
        if text is not None
    }

    def change(desk: Desk) -> str:
        desk.hold([group.pk], versions=None if version is None else {group.pk: version})
        held = desk.groups[group.pk]
        # A date that stands already is let be, though an earlier version stored it as it was typed.
        fresh = {
            name: text
            for name, text in wanted.items()
            if getattr(held, name) != text or (not text and name in held.draft)
        }
        if fresh.get("date"):
            fresh["date"] = _edtf(fresh["date"])
            if fresh["date"] == held.date:
                del fresh["date"]
        original = held.copy_of if copy_of is None else _original(held, copy_of)
        if not fresh and original == held.copy_of:
            raise Refused(f"Group {held.number} is described like this already, so nothing was changed.")
        for name, text in fresh.items():
            setattr(held, name, text)
        # Whoever empties a field says that the draft shown there is wrong.
        held.draft = {name: draft for name, draft in held.draft.items() if fresh.get(name) != ""}
        held.accepted_drafts = [name for name in held.accepted_drafts if name not in fresh]
        said = [f"{name} “{_short(text)}”" if text else f"no {name}" for name, text in fresh.items()]
        if original != held.copy_of:
            said.append(f"a copy of {original}" if original else "no copy")
            held.copy_of = original
        desk.edit_by_person(held)
        return f"Described {held.number}: {listed(said)}."

    return perform(group.collection_id, change, verb=Edit.Verb.DESCRIBE, actor=actor, act_id=act_id)


def _edtf(text: str) -> str:
    try:
        return read_written_date(text).edtf
    except UnreadableDate as error:
        raise Refused(str(error)) from error


def _original(group: Group, number: int) -> int | None:
    """The number of the group that `group` is said to repeat, None for none. Raises Refused."""
    if not number:
        return None
    if number == group.number:
        raise Refused(f"Group {number} cannot be a copy of itself. Give the number of the other group.")
    if not Group.objects.filter(collection=group.collection_id, number=number).exists():
        raise Refused(f"There is no group {number} in this collection. Look its number up in the stream.")
    return number


def checked_text(name: str, text: str, *, called: str) -> str:
    """The text without blanks around it. Raises Refused where the field of Group cannot hold it."""
    stripped = text.replace("\r\n", "\n").strip()
    most = getattr(Group._meta.get_field(name), "max_length", None)
    if most is not None and len(stripped) > most:
        raise Refused(f"The {called} has {len(stripped)} characters, but {most} is the most. Shorten it.")
    if not is_storable(stripped):
        raise Refused(f"The {called} contains a character that cannot be stored. Type it again instead of pasting it.")
    return stripped


SHORT = 80
"""Characters of a text that are repeated in the sentence of an edit."""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHORT else f"{line[: SHORT - 1]}…"
