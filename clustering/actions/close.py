"""Close and reopen: a finished collection is frozen, and both are logged."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from clustering.actions.base import Act, Scope, perform
from clustering.journal.errors import Refused
from clustering.journal.workspace import Desk
from clustering.models import Collection, Edit, User, Verb
from clustering.wording import say

CLOSE = Verb("close", done="closed", icon="state-confirmed", decides=False, undoable=False, restorable=False)
"""Undone by reopening."""
REOPEN = Verb("reopen", done="reopened", icon="state-changed", decides=False, undoable=False, restorable=False)


class Close(Act):
    """Close the collection. Every act is refused until it is reopened."""

    address, label, verb = "close", "Close the collection", CLOSE

    def apply(self, at: Scope) -> Edit:
        """Close it."""
        return close_collection(at.collection, actor=at.actor, act_id=self.act_id)


class Reopen(Act):
    """Reopen a closed collection."""

    address, label, verb = "reopen", "Reopen the collection", REOPEN

    def apply(self, at: Scope) -> Edit:
        """Reopen it."""
        return reopen_collection(at.collection, actor=at.actor, act_id=self.act_id)


def close_collection(collection: Collection, *, actor: User | None, act_id: UUID | None = None) -> Edit:
    """Freeze the desk: every act is refused until it is reopened. Raises Refused if it is already closed."""

    def change(desk: Desk) -> str:
        if desk.closed:
            raise Refused(say("“%(collection)s” is already closed.", collection=desk.collection))
        desk.closed = timezone.now()
        return say("Closed the collection.")

    return perform(collection.pk, change, verb=CLOSE, actor=actor, act_id=act_id, even_closed=True)


def reopen_collection(collection: Collection, *, actor: User | None, act_id: UUID | None = None) -> Edit:
    """Unfreeze the desk. Raises Refused if it is open."""

    def change(desk: Desk) -> str:
        if not desk.closed:
            raise Refused(say("“%(collection)s” is already open.", collection=desk.collection))
        desk.closed = None
        return say("Reopened the collection.")

    return perform(collection.pk, change, verb=REOPEN, actor=actor, act_id=act_id, even_closed=True)
