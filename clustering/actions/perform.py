"""The one way anything is written at the desk: locked, compared, kept in an Edit, all or nothing.

An act calls `perform` with a function that changes a `Desk`. `perform` locks the collection's row (acts on one
collection happen one after the other; each takes milliseconds, a large publish seconds), answers an act that was
sent before with the Edit it made then, and writes what changed. Workers that only read, import or compute runs
never wait for that lock.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction

from clustering.access import may_edit
from clustering.journal.errors import Refused
from clustering.journal.workspace import Desk
from clustering.journal.writing import write_desk
from clustering.models import Collection, Edit, User
from clustering.redecode import live
from clustering.redecode.drafting import redraft

Change = Callable[[Desk], str]
"""Changes the desk and returns the sentence of the Edit."""


def perform(
    collection_id: int,
    change: Change,
    *,
    verb: Edit.Verb,
    actor: User | None,
    act_id: UUID | None = None,
    even_closed: bool = False,
) -> Edit:
    """Does one act in one transaction and returns its Edit; for an `act_id` that was done before, the first Edit.

    `actor` None is the program itself (a command, a job nobody launched). Raises PermissionDenied for a person who
    may not edit, Refused for a closed collection (unless `even_closed`) and for an act id that stands for another
    act, and whatever `change` raises; then nothing is written.
    """
    if actor is not None and not may_edit(actor):
        raise PermissionDenied("You can view this collection but not edit it. Ask staff for the archivist role.")
    with transaction.atomic():
        collection = Collection.objects.select_for_update(no_key=True).filter(pk=collection_id).first()
        if collection is None:
            raise Refused("This collection was deleted. Go back to the list of collections.")
        done = Edit.objects.filter(act_id=act_id).order_by("pk").first() if act_id is not None else None
        if done is not None:
            return _as_sent_before(done, collection, verb=verb, actor=actor)
        if collection.closed and not even_closed:
            raise Refused(f"“{collection}” is closed. Reopen it before you change anything.")
        desk = Desk(collection, actor=actor)
        summary = change(desk)
        effect = live.foresee(desk, verb)
        if effect is not None:
            summary += effect.sentence
        redraft(desk)
        edit = write_desk(desk, verb=verb, summary=summary, act_id=act_id or uuid4())
        if effect is not None:
            live.keep(effect, desk, edit)
        return edit


def _as_sent_before(done: Edit, collection: Collection, *, verb: Edit.Verb, actor: User | None) -> Edit:
    same = (done.collection_id, done.verb, done.actor_id) == (collection.pk, verb, actor.pk if actor else None)
    if not same:
        raise Refused("This request has the ID of another change. Reload the page and try again.")
    return done
