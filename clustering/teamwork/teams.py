"""Change roles in collections and assignments, with entries in the admin's history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from clustering.access import may_edit, may_launch
from clustering.admin_log import log_change
from clustering.journal.errors import Refused
from clustering.models import Assignment, Collection, CollectionRole, Page, Team, User
from clustering.teamwork.notifying import members_of, notify
from clustering.wording import say

Holder = User | Team
"""Whoever can have a role or an assignment."""


def named(holder: Holder) -> str:
    """Return the name of a person or team for a sentence."""
    if isinstance(holder, Team):
        return say("team %(name)s", name=holder.name)
    return holder.shown_name


def _as_field(holder: Holder) -> dict[str, Any]:
    return {"team": holder} if isinstance(holder, Team) else {"person": holder}


def give_role(collections: Sequence[Collection], holder: Holder, *, role: str, actor: User) -> None:
    """Give a person or team a role, in place of their earlier one. Raises Refused for an unknown role."""
    if role not in CollectionRole.Role.values:
        raise Refused(say("Choose see, edit, or manage."))
    with transaction.atomic():
        for collection in collections:
            CollectionRole.objects.update_or_create(collection=collection, **_as_field(holder), defaults={"role": role})
        sentence = say("%(who)s: role “%(role)s”.", who=named(holder), role=CollectionRole.Role(role).label)
        log_change(collections, sentence, actor=actor)


def take_role(role: CollectionRole, *, actor: User) -> None:
    """Take a role away. With the last one the collection is open to everybody with a role for the site again."""
    holder = role.person or role.team
    assert holder is not None  # a constraint of the table
    with transaction.atomic():
        role.delete()
        log_change([role.collection], say("%(who)s: role removed.", who=named(holder)), actor=actor)


def assign(
    collections: Sequence[Collection],
    holder: Holder,
    *,
    actor: User,
    due: date | None = None,
    pages: tuple[int, int] | None = None,
    note: str = "",
) -> list[Assignment]:
    """Give these collections, or a range of pages of each, to a person or a team.

    Whoever has it already keeps one assignment of the same pages, with the new date and note. Raises Refused for pages
    that are not there.
    """
    first, last = pages or (None, None)
    with transaction.atomic():
        if last is not None:
            _check_page(collections, last)
        same: dict[str, Any] = {"first_page": first, "last_page": last, **_as_field(holder)}
        values = {"due": due, "note": note, "assigned_by": actor}
        # Locked, so that two people who assign at the same time make one assignment.
        locked = Collection.objects.filter(pk__in=[one.pk for one in collections]).order_by("pk").select_for_update()
        asked = list(locked.values_list("pk", flat=True))
        had = Assignment.objects.open().filter(collection__in=asked, **same)
        had.update(**values)
        lacking = set(asked) - set(had.values_list("collection", flat=True))
        Assignment.objects.bulk_create(
            (Assignment(collection=one, **same, **values) for one in collections if one.pk in lacking), batch_size=1000
        )
        made = list(had.select_related("collection").order_by("pk"))
        _tell_holder(made, holder, actor=actor)
        sentence = (
            say("Assigned to %(who)s, due %(due)s.", who=named(holder), due=due)
            if due
            else say("Assigned to %(who)s.", who=named(holder))
        )
        log_change(collections, sentence, actor=actor)
    return made


def _check_page(collections: Sequence[Collection], last: int) -> None:
    """Raise Refused if one of these collections has no page at this position."""
    with_it = set(Page.objects.filter(collection__in=collections, position=last).values_list("collection", flat=True))
    for collection in collections:
        if collection.pk not in with_it:
            raise Refused(say("“%(collection)s” has no page %(last)s.", collection=collection, last=last))


def _tell_holder(made: Sequence[Assignment], holder: Holder, *, actor: User) -> None:
    """One notification, however many collections they are."""
    if not made:
        return
    first, who = made[0], named(actor)
    if len(made) == 1:
        sentence = say("%(who)s assigned “%(collection)s” to you.", who=who, collection=first.collection.title)
    else:
        sentence = say("%(who)s assigned %(count)s collections to you.", who=who, count=len(made))
    only = first.collection if len(made) == 1 else None
    notify(
        members_of(holder),
        sentence,
        kind="assigned",
        collection=only,
        address="/my-work/",
        actor=actor,
        quote=first.note,
    )


def may_settle(assignment: Assignment, person: User) -> bool:
    """Whether this person may hand it over or mark it as done: who has it, and who manages the collection."""
    if may_launch(person, assignment.collection):
        return True
    if not may_edit(person, assignment.collection):
        return False
    return assignment.person_id == person.pk or (
        assignment.team_id is not None and person.teams.filter(pk=assignment.team_id).exists()
    )


def hand_over(assignment: Assignment, to: Holder, *, actor: User, note: str = "") -> None:
    """Hand an assignment over with its pages and date. Raises Refused if it is done.

    Of someone who has one of the same pages already, only this one stays.
    """
    with transaction.atomic():
        values: dict[str, Any] = {"person": None, "team": None, **_as_field(to), "assigned_by": actor}
        if note:
            values["note"] = note
        if not Assignment.objects.open().filter(pk=assignment.pk).update(**values):
            raise Refused(say("This assignment is already done."))
        collection = assignment.collection
        same: dict[str, Any] = {name: getattr(assignment, name) for name in ("collection", "first_page", "last_page")}
        Assignment.objects.open().filter(**same, **_as_field(to)).exclude(pk=assignment.pk).delete()
        sentence = say("%(who)s handed “%(collection)s” over to you.", who=named(actor), collection=collection.title)
        people = members_of(to)
        notify(people, sentence, kind="assigned", collection=collection, address="/my-work/", actor=actor, quote=note)
        sentence = say("Assignment handed over from %(who)s to %(to)s.", who=assignment.whose, to=named(to))
        log_change([assignment.collection], sentence, actor=actor)
    assignment.refresh_from_db()


def finish(assignment: Assignment, *, actor: User) -> bool:
    """Mark an assignment as done. Returns False if it was done already."""
    done = Assignment.objects.open().filter(pk=assignment.pk).update(done=timezone.now(), done_by=actor)
    if done:
        sentence = say("Assignment of %(who)s done.", who=assignment.whose)
        log_change([assignment.collection], sentence, actor=actor)
    return bool(done)


def reopen(assignment: Assignment, *, actor: User) -> bool:
    """Make an assignment that is done an open one again. Returns False if it or a new one like it is open already."""
    same = ("collection", "person", "team", "first_page", "last_page")
    if Assignment.objects.open().filter(**{name: getattr(assignment, name) for name in same}).exists():
        return False
    reopened = Assignment.objects.filter(pk=assignment.pk, done__isnull=False).update(done=None, done_by=None)
    if reopened:
        log_change([assignment.collection], say("Assignment of %(who)s reopened.", who=assignment.whose), actor=actor)
    return bool(reopened)
