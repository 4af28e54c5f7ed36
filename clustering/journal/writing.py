"""How a changed desk gets into the database: groups, pages, answers, roles, the collection's row and the Edit."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from clustering.journal import rows
from clustering.journal.snapshots import Snapshot, Standing
from clustering.journal.standing import standing_of
from clustering.journal.workspace import Desk
from clustering.models import Edit

MACHINE_FIELDS = frozenset({"draft", "confidence"})
"""What a run may renew on a group that stays; nobody's view is stale by that, so the version stays too."""

LONGEST_SUMMARY = 500

MANY_PAGES = 1000
"""Acts that place as many pages are publishes and what takes them back."""


def write_desk(desk: Desk, *, verb: Edit.Verb, summary: str, act_id: UUID) -> Edit:
    """Writes the difference between `desk.before` and the desk in a number of statements that does not grow.

    A group's version becomes one more than the sequence of the edit that wrote it, so that it rises for good, even
    for a group that vanishes and comes back.
    """
    sequence = desk.collection.version + 1
    changed = desk.changed_groups()
    for pk in changed & desk.groups.keys():
        _refresh(desk, pk, version=sequence + 1)
    before, after = _difference(desk, changed)
    _write_places(desk, before, after)
    closing = desk.closed != desk.collection.closed
    if closing:
        before.closed = (desk.collection.closed.isoformat() if desk.collection.closed else None,)
        after.closed = (desk.closed.isoformat() if desk.closed else None,)
        desk.collection.closed = desk.closed
    desk.collection.version = sequence
    desk.collection.save(update_fields=["version", "next_group_number", *(["closed"] if closing else [])])
    edit = Edit.objects.create(
        collection=desk.collection,
        sequence=sequence,
        act_id=act_id,
        actor=desk.actor,
        verb=verb,
        summary=summary if len(summary) <= LONGEST_SUMMARY else summary[: LONGEST_SUMMARY - 1] + "…",
        before=before.to_json(),
        after=after.to_json(),
        groups=sorted(changed | desk.touched),
        pages=_moved(before, after) or sorted({*after.roles, *(page for pair in after.answers for page in pair)}),
        run=desk.run,
        undoes=desk.undoes,
        redoes=desk.redoes,
    )
    if after.answers:
        rows.write_answers(edit, sorted(after.answers.items()))
    if after.roles:
        rows.write_roles(sorted(after.roles.items()))
    return edit


def _refresh(desk: Desk, pk: int, *, version: int) -> None:
    """What follows from a group's pages, and its new version."""
    group, pages = desk.groups[pk], desk.pages[pk]
    group.first_position = min(desk.position_of(pages))
    group.page_count = len(pages)
    old = desk.before.groups.get(pk)
    if old is None or not _only_the_machine_wrote(old, standing_of(group, pages)):
        group.version = max(group.version + 1, version)


def _only_the_machine_wrote(old: Standing, new: Standing) -> bool:
    names = (old.content[0].keys() | new.content[0].keys()) - MACHINE_FIELDS
    return old.pages == new.pages and all(old.fields.get(name) == new.fields.get(name) for name in names)


def _difference(desk: Desk, changed: set[int]) -> tuple[Snapshot, Snapshot]:
    """The changed part of the desk, as it was found and as it is."""
    before = Snapshot(groups={pk: desk.before.groups[pk] for pk in changed & desk.before.groups.keys()})
    after = Snapshot(groups={pk: standing_of(desk.groups[pk], desk.pages[pk]) for pk in changed & desk.groups.keys()})
    before.unassigned = desk.before.unassigned - desk.loose
    after.unassigned = desk.loose - desk.before.unassigned
    for pair, said in desk.answers.items():
        if said != desk.before.answers.get(pair):
            before.answers[pair] = desk.before.answers.get(pair)
            after.answers[pair] = said
    for page, role in desk.roles.items():
        if role != desk.before.roles[page]:
            before.roles[page] = desk.before.roles[page]
            after.roles[page] = role
    return before, after


def _places(snapshot: Snapshot) -> dict[int, tuple[int | None, int | None]]:
    places: dict[int, tuple[int | None, int | None]] = dict.fromkeys(snapshot.unassigned, (None, None))
    for pk, standing in snapshot.groups.items():
        for order, page in enumerate(standing.pages, start=1):
            places[page] = (pk, order)
    return places


def _write_places(desk: Desk, before: Snapshot, after: Snapshot) -> None:
    """Groups that come, groups that change, pages, groups that go: in this order no reference ever dangles."""
    come = after.groups.keys() - before.groups.keys()
    rows.insert_groups([desk.groups[pk] for pk in sorted(come)])
    rows.update_groups([desk.groups[pk] for pk in sorted(after.groups.keys() - come)])
    old, new = _places(before), _places(after)
    places = [(page, *place) for page, place in new.items() if old.get(page) != place]
    rows.place_pages(places)
    if len(places) >= MANY_PAGES:
        transaction.on_commit(rows.refresh_statistics)
    rows.delete_groups(before.groups.keys() - after.groups.keys())


def _moved(before: Snapshot, after: Snapshot) -> list[int]:
    """Pages that stand in another group than before; failing that, pages that stand elsewhere in the same one."""
    old, new = _places(before), _places(after)
    none = (None, None)
    elsewhere = sorted(page for page, place in new.items() if old.get(page, none)[0] != place[0])
    return elsewhere or sorted(page for page, place in new.items() if old.get(page, none) != place)
