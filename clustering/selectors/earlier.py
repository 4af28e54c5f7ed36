"""What restoring the whole collection would change, found by reading alone."""

from __future__ import annotations

from collections.abc import Collection as Several
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from clustering.journal.errors import Refused
from clustering.journal.outlines import Outline, Side, entries, standing_from, standings
from clustering.journal.reverting import same_value
from clustering.journal.stored import RESTORED
from clustering.journal.workspace import Snapshot, Standing, standing_of
from clustering.models import Answer, Collection, Edit, Group, Page
from clustering.selectors.before_after import FIELDS, BeforeAfter, compare_outlines
from clustering.wording import say

_GROUPS_AT_ONCE = 1000


def compare_with_earlier(collection: Collection, to: Edit) -> BeforeAfter:
    """Return what differs between the collection now and after the edit `to`.

    Locks and writes nothing. The edits since hold all that changed: how the first of them found a group is how it was.
    Raises Refused if nothing has changed since.
    """
    later = Edit.objects.filter(collection=collection, sequence__gt=to.sequence)
    then, touched = _then(later)
    now = _now(collection, touched)
    _keep_what_differs(now, then)
    compared = compare_outlines(collection, now, then)
    if compared.is_empty:
        raise Refused(say("Nothing has changed since then."))
    return replace(compared, renewed=0)  # that would count documents to which the edits gave back what they had


def _then(later: QuerySet[Edit]) -> tuple[Outline, set[int]]:
    """Return everything that the edits touched as it was before the first of them, and the ids of the groups."""
    since: dict[int, int] = {}
    values: dict[tuple[str, Any], tuple[int, Any]] = {}
    then = Outline(FIELDS, read=lambda ids: _first(later, ids))
    for sequence, entry in entries(later, "before"):
        if "group" in entry:
            pk = entry["group"]["id"]
            if sequence < since.get(pk, sequence + 1):
                since[pk] = sequence
                then.add(standing_from(entry))
            continue
        for name, stored in Snapshot.from_json([entry]).each():
            for key, value in stored.items() if name in RESTORED else ():
                if sequence < values.get((name, key), (sequence + 1, None))[0]:
                    values[name, key] = sequence, value
    for sequence, pk in _ids(later, "after"):
        if sequence < since.get(pk, sequence + 1):  # made by this edit: it was not there then
            since[pk] = sequence
            then.pages.pop(pk, None)
            then.digests.pop(pk, None)
    for (name, key), (_, value) in values.items():
        then.rest.of(name)[key] = value
    return then, set(since)


def _ids(edits: QuerySet[Edit], side: Side) -> Iterator[tuple[int, int]]:
    yield from entries(edits, side, "part ? 'group'", part="part->'group'->'id'")


def _first(later: QuerySet[Edit], ids: Several[int]) -> Mapping[int, Standing]:
    """Return how the first edit that touched each of these groups found it."""
    kept: dict[int, tuple[int, Standing]] = {}
    for sequence, pk, standing in standings(later, "before", ids):
        if pk not in kept or sequence < kept[pk][0]:
            kept[pk] = sequence, standing
    return {pk: standing for pk, (_, standing) in kept.items()}


def _now(collection: Collection, touched: set[int]) -> Outline:
    """Return how these groups stand."""
    now = Outline(FIELDS, read=lambda ids: {standing.fields["id"]: standing for standing in _stand(collection, ids)})
    ids = sorted(touched)
    for start in range(0, len(ids), _GROUPS_AT_ONCE):
        for standing in _stand(collection, ids[start : start + _GROUPS_AT_ONCE]):
            now.add(standing)
    return now


def _stand(collection: Collection, ids: Several[int]) -> Iterator[Standing]:
    pages: dict[int, list[int]] = {}
    rows = Page.objects.filter(collection=collection, group__in=ids).order_by("group", "group_order")
    for page, home in rows.values_list("pk", "group"):
        pages.setdefault(home, []).append(page)
    for group in Group.objects.filter(collection=collection, pk__in=ids).order_by():
        yield standing_of(group, pages.get(group.pk, ()))


def _keep_what_differs(now: Outline, then: Outline) -> None:
    """Add pages in no group and the values of today, and leave out values that are the same."""
    placed = [{page for pages in side.pages.values() for page in pages} for side in (now, then)]
    now.rest.unassigned, then.rest.unassigned = placed[1] - placed[0], placed[0] - placed[1]
    current = _values_now(then.rest)
    for name in RESTORED:
        earlier, today = then.rest.of(name), current.of(name)
        for key in [key for key, value in earlier.items() if same_value(name, today.get(key), value)]:
            del earlier[key]
        now.rest.of(name).update({key: today.get(key) for key in earlier})


def _values_now(wanted: Snapshot) -> Snapshot:
    """Return the values of today for the keys of these."""
    current = Snapshot()
    for name, column in (("roles", "role"), ("rotations", "chosen_rotation")):
        rows = Page.objects.filter(pk__in=wanted.of(name).keys())
        current.of(name).update(rows.values_list("pk", column))
    firsts = {first for first, _ in wanted.answers}
    answers = Answer.objects.filter(first__in=firsts)
    for first, second, verdict, actor in answers.values_list("first_id", "second_id", "verdict", "actor_id"):
        if (first, second) in wanted.answers:
            current.answers[first, second] = (verdict, actor)
    return current
