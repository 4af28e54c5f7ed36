"""Undo and redo: per person, across sessions, from the Edit table."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db.models import Max
from pydantic import Field

from clustering.actions.base import Act, ActId, Count, Id, Key, Scope, perform
from clustering.actions.describe import DESCRIBE
from clustering.journal.errors import Refused
from clustering.journal.reverting import (
    first_in_the_way,
    hold_for,
    in_the_way,
    not_on_the_stack,
    refuse_against_answers,
    stands_like,
    take_back,
)
from clustering.journal.workspace import Desk, Snapshot
from clustering.models import Collection, Edit, User, Verb
from clustering.redecode.kinds import renew_kinds
from clustering.redecode.serial_names import rename_issues
from clustering.redecode.titles import renew_titles
from clustering.wording import say

UNDO = Verb("undo", done="undid", icon="undo", undoable=False)
REDO = Verb("redo", done="redid", icon="redo", undoable=False)


class _UndoOrRedo(Act):
    """Fields of both requests."""

    edit: Id | None = Field(None, description="Sequence of one of your acts; if left out, the last one possible.")
    act: ActId | None = Field(None, description="The same act by `act_id`, if you don’t know its sequence yet.")
    upto: Count | None = Field(
        None, description="The version of the collection that you have; acts after it, in other tabs, don’t count."
    )

    def act_on(self, at: Scope, undo_or_redo: Callable[..., Edit]) -> Edit:
        """Undo or redo the act that is named, or else the last one. Raises Refused."""
        edit: Edit | None = None
        if self.act is not None:
            edit = at.edit_sent_as(self.act)
        elif self.edit is not None:
            edit = at.edit(self.edit)
        return undo_or_redo(at.collection, actor=at.actor, edit=edit, upto=self.upto, act_id=self.act_id)


class Undo(_UndoOrRedo):
    """Undo one of your acts. Refused if someone’s later act depends on it; the message names that act."""

    address, label, verb = "undo", "Undo", UNDO
    keys = (Key("undo", ("Mod+z",), "Undo", "everywhere", edits=True, fixed=True),)

    def apply(self, at: Scope) -> Edit:
        """Undo it."""
        return self.act_on(at, undo_edit)


class Redo(_UndoOrRedo):
    """Redo what you undid last."""

    address, label, verb = "redo", "Redo", REDO
    keys = (Key("redo", ("Mod+Shift+z", "Mod+y"), "Redo", "everywhere", edits=True, fixed=True),)

    def apply(self, at: Scope) -> Edit:
        """Redo it."""
        return self.act_on(at, redo_edit)


def undo_edit(
    collection: Collection,
    *,
    actor: User | None,
    edit: Edit | None = None,
    upto: int | None = None,
    act_id: UUID | None = None,
) -> Edit:
    """Undo `edit`, or the actor's last act in this collection that is not undone.

    `upto` is the version of the collection that the person saw: later acts, in another tab, are not meant.

    Groups return to what they were, with their ids and numbers; groups that the act made vanish. Raises Refused if
    there is nothing to undo, or if a later act changed the same things; the message says whose.
    """

    def change(desk: Desk) -> str:
        act = last_act(collection, actor=actor, upto=upto) if edit is None else _own(collection, edit, actor=actor)
        if act is None:
            raise Refused(say("You have nothing left to undo in this collection."))
        if act.undone:
            raise Refused(say("This has already been undone: “%(summary)s”", summary=act.quoted))
        _restore_side(desk, act, now=Snapshot.from_json(act.after), then=Snapshot.from_json(act.before))
        Edit.objects.filter(pk=act.pk).update(undone=True)
        desk.undoes = act
        return say("Undid: %(summary)s", summary=act.quoted)

    return perform(collection.pk, change, verb=UNDO, actor=actor, act_id=act_id)


def redo_edit(
    collection: Collection,
    *,
    actor: User | None,
    edit: Edit | None = None,
    upto: int | None = None,
    act_id: UUID | None = None,
) -> Edit:
    """Redo `edit`, or what the actor undid last if they have done nothing else since.

    `upto` and what it raises are as in `undo_edit`.
    """

    def change(desk: Desk) -> str:
        act = next_redo(collection, actor=actor, upto=upto) if edit is None else _own(collection, edit, actor=actor)
        if act is None:
            raise Refused(say("You have nothing to redo in this collection."))
        if not act.undone:
            raise Refused(say("This is already in effect: “%(summary)s”", summary=act.quoted))
        _restore_side(desk, act, now=Snapshot.from_json(act.before), then=Snapshot.from_json(act.after))
        Edit.objects.filter(pk=act.pk).update(undone=False)
        desk.redoes = act
        return say("Redid: %(summary)s", summary=act.quoted)

    return perform(collection.pk, change, verb=REDO, actor=actor, act_id=act_id)


def last_act(collection: Collection, *, actor: User | None, upto: int | None = None) -> Edit | None:
    """Return the act that undo would take back. The desk shows its sentence."""
    acts = Edit.objects.filter(collection=collection, actor=actor, undone=False).exclude(verb__in=not_on_the_stack())
    if upto is not None:
        acts = acts.filter(sequence__lte=upto)
    return acts.order_by("-sequence").first()


def next_redo(collection: Collection, *, actor: User | None, upto: int | None = None) -> Edit | None:
    """Return the act that redo would repeat: the first undone one after the person's last act in effect."""
    acts = Edit.objects.filter(collection=collection, actor=actor).exclude(verb__in=not_on_the_stack())
    last = acts.filter(undone=False).aggregate(last=Max("sequence"))["last"] or 0
    undone = acts.filter(undone=True, sequence__gt=last)
    if upto is not None:
        undone = undone.filter(sequence__lte=upto)
    return undone.order_by("sequence").first()


def _own(collection: Collection, edit: Edit, *, actor: User | None) -> Edit:
    """Return the edit as it is now. Raises Refused if it is someone else's, or an undo or redo itself."""
    fresh = Edit.objects.filter(pk=edit.pk, collection=collection).first()
    if fresh is None or fresh.actor_id != (actor.pk if actor else None):
        raise Refused(
            say("Only the person who made this change can undo or redo it. Correct the documents by hand instead.")
        )
    if fresh.verb in not_on_the_stack():
        raise Refused(say("This can’t be undone or redone on its own: “%(summary)s”", summary=fresh.quoted))
    return fresh


def _restore_side(desk: Desk, act: Edit, *, now: Snapshot, then: Snapshot) -> None:
    """Go from one side of an edit to the other."""
    hold_for(desk, now, then)
    last = first_in_the_way(desk, act, now, then)
    if last is not None or not stands_like(desk, now):
        raise in_the_way(desk, act, last)
    take_back(desk, then, vanish=now.groups.keys() - then.groups.keys(), now=now)
    refuse_against_answers(desk)
    desk.touched.update(act.groups)
    rename_issues(desk)
    if act.verb == DESCRIBE:
        renew_kinds(desk)
        renew_titles(desk)
    if act.run_id is not None:
        desk.run = act.run
