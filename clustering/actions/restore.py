"""Restore: a group, or the whole collection, as it was after an earlier edit; one act, which can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from pydantic import Field

from clustering.actions.base import Act, Count, Id, Scope, perform
from clustering.journal.errors import Refused, StaleVersion
from clustering.journal.reverting import forget_the_deleted, group_from, hold_for, take_back
from clustering.journal.stored import RESTORED
from clustering.journal.workspace import Desk, Snapshot, Standing
from clustering.models import Collection, Edit, Group, User, Verb
from clustering.wording import pages_in_words, say

RESTORE = Verb("restore", done="restored", icon="history")


class Restore(Act):
    """Restore one group, or the whole collection, to its state after an earlier act. Can be undone."""

    address, label, verb = "restore", "Restore", RESTORE

    edit: Id = Field(description="Sequence of the act whose result to restore.")
    group: Id | None = Field(
        None, description="ID of a group, even one that no longer exists; if left out, the whole collection."
    )
    version: Count | None = Field(None, description="The version of the group, or of the collection, that you saw.")

    def apply(self, at: Scope) -> Edit:
        """Restore it."""
        to, actor, act_id = at.edit(self.edit), at.actor, self.act_id
        if self.group is None:
            return restore_collection(at.collection, to=to, actor=actor, version=self.version, act_id=act_id)
        group = self.group
        return restore_group(at.collection, group=group, to=to, actor=actor, version=self.version, act_id=act_id)


def restore_collection(
    collection: Collection, *, to: Edit, actor: User | None, version: int | None = None, act_id: UUID | None = None
) -> Edit:
    """Restore groups, answers, roles, and rotations of the collection to what they were after the edit `to`.

    Everything since then is undone, whoever did it; the acts stay in the history. `version` is the version of the
    collection that the person saw. Takes longer the more edits there are since. Raises StaleVersion, and Refused if
    nothing has changed since.
    """

    def change(desk: Desk) -> str:
        if version is not None and version != desk.collection.version:
            raise StaleVersion(say("Someone changed this collection. Check it again, then decide."))
        later = _since(desk.collection, to)
        if not later:
            raise Refused(say("Nothing has changed since then."))
        target, made_since = earlier_state(later)
        hold_for(desk, target, Snapshot(groups=dict.fromkeys(made_since, Standing({}, ()))))
        take_back(desk, target, vanish=made_since)
        if not desk.changed():
            raise Refused(say("Nothing has changed since then."))
        return say(
            "Restored the collection to change %(sequence)s: “%(summary)s”",
            sequence=to.sequence,
            summary=to.quoted,
        )

    return perform(collection.pk, change, verb=RESTORE, actor=actor, act_id=act_id)


def _since(collection: Collection, to: Edit) -> list[tuple[Snapshot, Snapshot]]:
    if to.collection_id != collection.pk:
        raise Refused(say("That change is from another collection. Choose one from this collection’s history."))
    edits = Edit.objects.filter(collection=collection, sequence__gt=to.sequence).order_by("sequence")
    return [
        (Snapshot.from_json(before), Snapshot.from_json(after))
        for before, after in edits.values_list("before", "after").iterator(chunk_size=100)
    ]


def earlier_state(later: Sequence[tuple[Snapshot, Snapshot]]) -> tuple[Snapshot, set[int]]:
    """Return everything that the `later` edits (oldest first) touched as it was before the first of them.

    Also returns the ids of groups that didn't exist yet. Of values, only those in RESTORED are included.
    """
    state = Snapshot()
    groups: dict[int, Standing | None] = {}
    placed: set[int] = set()
    for before, after in later:
        for pk in before.groups.keys() | after.groups.keys():
            groups.setdefault(pk, before.groups.get(pk))
        for name in RESTORED:
            for key, value in before.of(name).items():
                state.of(name).setdefault(key, value)
        state.unassigned |= before.unassigned - placed
        placed |= before.pages() | after.pages()
    state.groups = {pk: standing for pk, standing in groups.items() if standing is not None}
    return state, groups.keys() - state.groups.keys()


def restore_group(
    collection: Collection,
    *,
    group: int,
    to: Edit,
    actor: User | None,
    version: int | None = None,
    act_id: UUID | None = None,
) -> Edit:
    """Restore one group (an id, even of a group that vanished) to what it was after the edit `to`.

    Its pages come back from the groups they are in now; pages that it did not have then become a group of their own.
    `version` is the version of the group that the person saw. Raises StaleVersion, and Refused if the group did not
    exist then or has not changed since.
    """

    def change(desk: Desk) -> str:
        standing = _standing_after(desk.collection, group, to)
        versions = None if version is None else {group: version}
        desk.hold([group], versions=versions, missing_ok=version is None)
        desk.hold_pages(set(standing.pages) - desk.positions.keys())
        desk.hold_answers()
        _bring_back(desk, group, standing)
        desk.keep_answers_true()
        if not desk.changed():
            raise Refused(say("The document has not changed since then."))
        pages = pages_in_words(desk.position_of(standing.pages))
        number = desk.place_of(desk.groups[group])
        return say(
            "Restored %(number)s, %(pages)s, to change %(sequence)s: “%(summary)s”",
            number=number,
            pages=pages,
            sequence=to.sequence,
            summary=to.quoted,
        )

    return perform(collection.pk, change, verb=RESTORE, actor=actor, act_id=act_id)


def _standing_after(collection: Collection, group: int, to: Edit) -> Standing:
    """Return the group as it was after `to`, which is how the next edit that touched it found it."""
    if to.collection_id != collection.pk:
        raise Refused(say("That change is from another collection. Choose one from this document’s history."))
    edits = Edit.objects.filter(collection=collection, groups__contains=[group], sequence__gt=to.sequence)
    for before, after in edits.order_by("sequence").values_list("before", "after").iterator(chunk_size=20):
        snapshot = Snapshot.from_json(before)
        if group in snapshot.groups:
            return snapshot.groups[group]
        if group in Snapshot.from_json(after).groups:
            raise Refused(say("This document did not exist then. Choose a later version from its history."))
    raise Refused(say("This document has not changed since then."))


def _bring_back(desk: Desk, pk: int, standing: Standing) -> None:
    present = desk.groups.get(pk)
    back = set(standing.pages)
    left_over = [page for page in desk.pages.get(pk, ()) if page not in back]
    for other in [group for group in desk.groups.values() if group.pk != pk]:
        _lose(desk, other, back)
    group = group_from(standing, collection=desk.collection)
    forget_the_deleted([group])
    group.edited = True
    if present is not None:
        group.created, group.version = present.created, present.version
    desk.put(group, list(standing.pages))
    desk.drafted.add(pk)
    if left_over:
        calm = present is None or present.state == Group.State.PROPOSED
        desk.new_group(left_over, state=Group.State.PROPOSED if calm else Group.State.CHANGED, split_from=group.number)


def _lose(desk: Desk, group: Group, pages: set[int]) -> None:
    rest = [page for page in desk.pages[group.pk] if page not in pages]
    if not rest:
        desk.drop(group)
    elif len(rest) < len(desk.pages[group.pk]):
        desk.pages[group.pk] = rest
        desk.edit_by_person(group, new_pages=True)
