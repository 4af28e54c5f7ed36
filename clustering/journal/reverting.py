"""Go back to an arrangement that an edit stored. Undo, redo, and restore share this."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from clustering.journal.errors import Refused
from clustering.journal.stored import GROUP_DEFAULTS, KEPT_FIELDS
from clustering.journal.texts import hold_checked, hold_corrections
from clustering.journal.workspace import Desk, Snapshot, Standing
from clustering.models import VERBS, Answer, Collection, Edit, Group, Page, Run, User, Verb
from clustering.wording import Among, Overlaps, name_of, say


def group_from(standing: Standing, *, collection: Collection) -> Group:
    """Return the group, unsaved, with the id and number it had."""
    values = {**GROUP_DEFAULTS, **standing.fields}
    if values["confirmed_at"]:
        values["confirmed_at"] = datetime.fromisoformat(values["confirmed_at"])
    group = Group(pk=values["id"], collection=collection, number=values["number"], version=values["version"])
    for kept in KEPT_FIELDS:
        setattr(group, kept.attname, values[kept.name])
    return group


def not_on_the_stack() -> list[Verb]:
    """Return the verbs that can’t be undone: undo and redo themselves, and those that are taken back in another way."""
    return [verb for verb in VERBS.values() if not verb.undoable]


ACTS_AT_ONCE = 20
"""Later acts that are read at once. Each stores whole groups, and usually there are none."""


def hold_for(desk: Desk, *snapshots: Snapshot) -> None:
    """Hold all groups, pages, and values in these snapshots, and the documents drafted from corrected text."""
    groups = {pk for snapshot in snapshots for pk in snapshot.groups}
    pages = {page for snapshot in snapshots for page in snapshot.pages()}
    answered = any(snapshot.answers for snapshot in snapshots)
    actors = {row[0] for snapshot in snapshots for row in snapshot.corrections.values() if row}
    if actors:
        drafted = Page.objects.filter(collection=desk.collection, pk__in=actors, group__isnull=False)
        groups.update(drafted.order_by().values_list("group_id", flat=True))
    desk.hold(groups, missing_ok=True)
    desk.hold_pages(pages - desk.positions.keys())
    _hold_column(desk, "roles", "role", _keys("roles", snapshots))
    _hold_column(desk, "rotations", "chosen_rotation", _keys("rotations", snapshots))
    hold_restrictions(desk, _keys("restrictions", snapshots))
    hold_corrections(desk, _keys("corrections", snapshots))
    hold_checked(desk, _keys("checked", snapshots))
    if pages:
        desk.hold_answers()
    if answered:
        _hold_named_answers(desk, snapshots)


def _keys(name: str, snapshots: Iterable[Snapshot]) -> set[Any]:
    return {key for snapshot in snapshots for key in snapshot.of(name)}


def _hold_column(desk: Desk, name: str, column: str, pages: set[int]) -> None:
    """Read a column of these pages as the values with this name."""
    if not pages:
        return
    rows = Page.objects.filter(collection=desk.collection, pk__in=pages).order_by().values_list("pk", column)
    for page, value in rows:
        desk.of(name)[page] = desk.before.of(name)[page] = value


def hold_restrictions(desk: Desk, pages: Iterable[int]) -> None:
    """Read why and until when these pages are restricted."""
    wanted = set(pages)
    if not wanted:
        return
    rows = Page.objects.filter(collection=desk.collection, pk__in=wanted).order_by()
    names = ("pk", "position", "restricted", "restricted_reason", "restricted_until")
    for page, position, restricted, reason, until in rows.values_list(*names):
        restriction = (reason, until.isoformat() if until else None) if restricted else None
        desk.positions.setdefault(page, position)
        desk.restrictions[page] = desk.before.restrictions[page] = restriction


def _hold_named_answers(desk: Desk, snapshots: Iterable[Snapshot]) -> None:
    """Hold the answers in these snapshots about pages of other groups, and pairs that have no answer now."""
    pairs = {pair for snapshot in snapshots for pair in snapshot.answers} - desk.answers.keys()
    firsts = {first for first, _ in pairs}
    stored = Answer.objects.filter(Among("first", firsts), collection=desk.collection)
    answers = {
        (first, second): (verdict, actor)
        for first, second, verdict, actor in stored.values_list("first_id", "second_id", "verdict", "actor_id")
    }
    for pair in pairs:
        desk.answers[pair] = answers.get(pair)
        desk.before.answers[pair] = answers.get(pair)


def same_value(name: str, one: Any, other: Any) -> bool:
    """Whether two values with this name say the same. Undo does not compare who said it, or when."""
    if one is None or other is None:
        return one is other
    if name == "checked":
        return True
    compared = {"answers": 1, "corrections": 3}.get(name)
    return bool(one[:compared] == other[:compared]) if compared else bool(one == other)


def stands_like(desk: Desk, expected: Snapshot) -> bool:
    """Whether everything held is as in `expected`."""
    before = desk.before
    for pk, standing in expected.groups.items():
        if pk not in before.groups or before.groups[pk].document != standing.document:
            return False
    if not expected.unassigned <= before.unassigned:
        return False
    return all(
        same_value(name, before.of(name).get(key), value)
        for name, values in expected.each()
        for key, value in values.items()
    )


def take_back(desk: Desk, target: Snapshot, *, vanish: Iterable[int] = (), now: Snapshot | None = None) -> None:
    """Make the held desk equal to `target`. Groups come back with the id and number they had.

    `now` is how the act that is taken back left it. Drafts that changed since, because text was corrected, stay.
    """
    leaving = [group for pk in vanish if (group := desk.groups.get(pk)) is not None]
    changing = {page for group in leaving for page in desk.pages[group.pk]}
    changing.update(page for pk in target.groups for page in desk.pages.get(pk, ()))
    for group in leaving:
        desk.drop(group)
    back: list[Group] = []
    for pk, standing in target.groups.items():
        group = group_from(standing, collection=desk.collection)
        back.append(group)
        if pk in desk.groups:
            group.created = desk.groups[pk].created
            group.version = desk.groups[pk].version
            left = now.groups.get(pk) if now else None
            if left and left.pages == standing.pages and left.fields.get("draft", {}) != desk.groups[pk].draft:
                group.draft, group.awaits_draft = desk.groups[pk].draft, desk.groups[pk].awaits_draft
        desk.drafted.add(pk)
        desk.put(group, list(standing.pages))
    forget_the_deleted(back)
    placed = {page for standing in target.groups.values() for page in standing.pages}
    desk.loose.update((changing | target.unassigned) - placed)
    people = _people_among({answer[1] for answer in target.answers.values() if answer})
    for pair, answer in target.answers.items():
        desk.answers[pair] = (answer[0], answer[1] if answer[1] in people else None) if answer else None
    _take_texts_back(desk, target)
    for name in ("roles", "rotations", "restrictions"):
        held = desk.of(name)
        held.update({page: value for page, value in target.of(name).items() if page in held})


def _take_texts_back(desk: Desk, target: Snapshot) -> None:
    """Restore corrections and checks, without deleted people and pages."""
    rows = [row for row in target.corrections.values() if row]
    people = _people_among({row[4] for row in rows} | {answer[1] for answer in target.checked.values() if answer})
    there = Page.objects.filter(collection=desk.collection, pk__in={row[0] for row in rows})
    pages = set(there.values_list("pk", flat=True)) if rows else set()
    for key, row in target.corrections.items():
        if row is None:
            desk.corrections[key] = None
        elif row[0] in pages:
            desk.corrections[key] = (*row[:4], row[4] if row[4] in people else None, row[5])
    for page, answer in target.checked.items():
        desk.checked[page] = answer and (answer[0], answer[1] if answer[1] in people else None)


def forget_the_deleted(groups: Iterable[Group]) -> None:
    """Remove deleted runs and people from groups that come back."""
    back = list(groups)
    wanted = {group.run_id for group in back if group.run_id is not None}
    runs = set(Run.objects.filter(pk__in=wanted).order_by().values_list("pk", flat=True)) if wanted else set()
    people = _people_among({group.confirmed_by_id for group in back})
    for group in back:
        group.run_id = group.run_id if group.run_id in runs else None
        group.confirmed_by_id = group.confirmed_by_id if group.confirmed_by_id in people else None


def _people_among(ids: set[int | None]) -> set[int]:
    wanted = {pk for pk in ids if pk is not None}
    return set(User.objects.filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()


def refuse_against_answers(desk: Desk) -> None:
    """Raise Refused if the desk contradicts someone's answer about two pages. The sentence names the person."""
    places = desk.groups_by_page()
    for (first, second), answer in desk.answers.items():
        if answer is None or first not in places or second not in places:
            continue
        one, other = places[first], places[second]
        wrong = (one is not None and one == other) if answer[0] == Answer.Verdict.DIFFERENT else one != other
        if wrong:
            who = name_of(User.objects.filter(pk__in=[answer[1]] if answer[1] else []).first(), to=desk.actor)
            pages = f"pages {desk.positions[first]} and {desk.positions[second]}"
            what = "one document" if answer[0] == Answer.Verdict.SAME else "different documents"
            raise Refused(
                say(
                    "%(who)s answered since then that %(pages)s are %(what)s. Undo that answer first.",
                    who=who,
                    pages=pages,
                    what=what,
                )
            )


def first_in_the_way(desk: Desk, edit: Edit, *sides: Snapshot) -> Edit | None:
    """Return the newest act in effect that came after `edit` and changed something that `edit` changed.

    Acts on the same pages are undone last first, even if a later act restored the same arrangement: otherwise that
    later act could never be undone. An act that only named a group, such as an answer that agreed with it, does not
    count.
    """
    mine: list[set[tuple[object, ...]]] = []
    later, seen = _later(desk, edit), 0
    while acts := list(later[seen : seen + ACTS_AT_ONCE]):
        mine = mine or [_changed_things(side) for side in sides]  # there is rarely a later act
        for act in acts:
            theirs = _changed_things(Snapshot.from_json(act.before)) | _changed_things(Snapshot.from_json(act.after))
            if any(theirs & things for things in mine):
                return act
        seen += len(acts)
    return None


def _changed_things(side: Snapshot) -> set[tuple[object, ...]]:
    things: set[tuple[object, ...]] = {("group", pk) for pk in side.groups}
    things.update(("page", page) for page in side.pages())
    things.update((name, key) for name, values in side.each() for key in values)
    return things


def _later(desk: Desk, edit: Edit) -> QuerySet[Edit]:
    touched = Q(Overlaps("groups", edit.groups)) | Q(Overlaps("pages", edit.pages))
    later = Edit.objects.filter(touched, collection=desk.collection, sequence__gt=edit.sequence, undone=False)
    return later.filter(undoes__isnull=True, redoes__isnull=True).select_related("actor").order_by("-sequence")


def in_the_way(desk: Desk, edit: Edit, last: Edit | None) -> Refused:
    """Return the refusal that names the act `last`, which depends on `edit`."""
    last = last or _later(desk, edit).first()
    if last is None:
        return Refused(say("These documents have changed since. Reload the page and correct them by hand."))
    both = {"summary": edit.quoted, "summary2": last.quoted}
    if last.actor_id and desk.actor and last.actor_id == desk.actor.pk:
        return Refused(
            say(
                "“%(summary)s” can’t be undone or redone now because of a later change of yours: “%(summary2)s” "
                "Undo that change first, or correct the documents by hand.",
                **both,
            )
        )
    return Refused(
        say(
            "“%(summary)s” can’t be undone or redone now because of a later change by %(who)s: “%(summary2)s” "
            "Undo that change first, or correct the documents by hand.",
            who=name_of(last.actor),
            **both,
        )
    )
