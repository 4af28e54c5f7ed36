"""The history of a collection for people: newest first, without the arrangements themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from clustering.access import may_change
from clustering.models import VERBS, Collection, Edit, Group, Page, User
from clustering.models.user import BY_NAME
from clustering.selectors.places import Places, places_of
from clustering.wording import name_of

ENTRIES_SHOWN = 40
GROUPS_NAMED = 6
"""An entry with more groups than this shows only their number; its own page lists them."""

PROGRAM = "program"
"""Value of the filter by person for acts without a person: commands, and automatic jobs."""


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which acts to show; None doesn't filter."""

    person: str | None = None
    verb: str | None = None
    group: int | None = None
    """A group's id; the group itself may have vanished."""
    page: Page | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One act in the history."""

    edit: Edit
    who: str
    icon: str
    groups: list[Group]
    """The touched groups that still exist; empty if there are too many to name."""
    places: Places
    """Of those groups, now."""
    group_count: int
    page_count: int
    may_undo: bool
    """Whether this person may undo it, or redo it if it is undone."""
    may_restore: bool
    """Whether anything since then can be undone."""


@dataclass(frozen=True, slots=True)
class HistoryPart:
    """A part of the history, with the sequences at which the neighboring parts begin."""

    entries: list[Entry]
    newer: int | None
    """Sequence from which newer entries continue; None at the newest."""
    older: int | None


def acts_of(collection: Collection, wanted: HistoryFilter) -> QuerySet[Edit]:
    """Return the filtered acts without their arrangements, which may be as large as the collection."""
    acts = Edit.objects.filter(collection=collection)
    if wanted.person == PROGRAM:
        acts = acts.filter(actor=None)
    elif wanted.person:
        acts = acts.filter(actor__username=wanted.person)
    if wanted.verb:
        acts = acts.filter(verb=wanted.verb)
    if wanted.group is not None:
        acts = acts.filter(groups__contains=[wanted.group])
    if wanted.page is not None:
        acts = acts.filter(pages__contains=[wanted.page.pk])
    return acts.select_related("actor", "run").defer("before", "after", "groups", "pages")


def history_part(
    collection: Collection, wanted: HistoryFilter, *, user: User, before: int | None = None, after: int | None = None
) -> HistoryPart:
    """Return up to ENTRIES_SHOWN edits older than `before`, or just newer than `after`. A few queries at any size."""
    acts = _counted(acts_of(collection, wanted))
    if after is not None:
        acts = acts.filter(sequence__gt=after).order_by("sequence")
    elif before is not None:
        acts = acts.filter(sequence__lt=before).order_by("-sequence")
    else:
        acts = acts.order_by("-sequence")
    acts_shown = list(acts[: ENTRIES_SHOWN + 1])
    more = len(acts_shown) > ENTRIES_SHOWN
    shown = sorted(acts_shown[:ENTRIES_SHOWN], key=lambda edit: -edit.sequence)
    any_newer = more if after is not None else before is not None
    any_older = more or after is not None
    return HistoryPart(
        entries=_entries(collection, shown, user=user, wanted=wanted),
        newer=shown[0].sequence if shown and any_newer else None,
        older=shown[-1].sequence if shown and any_older else None,
    )


def entry_of(collection: Collection, sequence: int, *, user: User) -> Entry | None:
    """Return the act that made this version of the collection; None if there is none."""
    acts = _counted(acts_of(collection, HistoryFilter())).filter(sequence=sequence)
    return next(iter(_entries(collection, list(acts), user=user, wanted=HistoryFilter())), None)


def people_of(collection: Collection) -> list[User]:
    """Return everyone who acted in this collection; one index lookup per account."""
    theirs = Edit.objects.filter(collection=collection, actor=OuterRef("pk"))
    return list(User.objects.filter(Exists(theirs)).order_by(*BY_NAME))


def since(collection: Collection, edit: Edit, *, user: User) -> list[tuple[str, int]]:
    """Say who did how many acts after this one, the busiest first, as a part of a sentence."""
    later = Edit.objects.filter(collection=collection, sequence__gt=edit.sequence)
    rows = list(later.order_by().values_list("actor").annotate(count=Count("pk")).order_by("-count"))
    people = User.objects.in_bulk([pk for pk, _ in rows if pk is not None])
    names = {user.pk: _("you"), None: "hhreview"}
    return [(names.get(pk) or name_of(people.get(pk)), count) for pk, count in rows]


def group_numbered(collection: Collection, number: int) -> int | None:
    """Return the id of the group with this number, even if it has vanished; None if there never was one.

    Numbers are never used again. For a vanished group, the collection's acts are searched.
    """
    there = Group.objects.filter(collection=collection, number=number).values_list("pk", flat=True).first()
    if there is not None:
        return there
    named = [{"group": {"number": number}}]
    acts = Edit.objects.filter(Q(before__contains=named) | Q(after__contains=named), collection=collection)
    last = acts.order_by("-sequence").values_list("before", "after").first()
    for side in last or ():
        for part in side:
            if part.get("group", {}).get("number") == number:
                return int(part["group"]["id"])
    return None


def _counted(acts: QuerySet[Edit]) -> QuerySet[Edit]:
    return acts.annotate(
        named=F("groups")[:GROUPS_NAMED],
        group_count=F("groups__len"),
        page_count=F("pages__len"),
        undid=F("undoes__sequence"),
        redid=F("redoes__sequence"),
    )


class _Changed:
    """What would change if a version of the collection, or of one document, were restored."""

    def __init__(self, collection: Collection, group: int | None, since: int) -> None:
        acts = acts_of(collection, HistoryFilter(group=group)).order_by("-sequence")
        restorable = [verb for verb in VERBS.values() if verb.restorable]
        stands = acts.filter(verb__in=restorable, undone=False, undoes=None, redoes=None)
        self._newest: int = stands.values_list("sequence", flat=True).first() or 0
        undoing = acts.filter(sequence__gt=max(since, self._newest)).exclude(undoes=None, redoes=None)
        base = Coalesce("undoes__sequence", "redoes__sequence")
        self._undoings: list[tuple[int, int]] = list(undoing.values_list("sequence", base))

    def since(self, sequence: int) -> bool:
        """Whether anything done since is in effect, or an earlier act was undone or redone."""
        return sequence < self._newest or any(base <= sequence < undoing for undoing, base in self._undoings)


def _entries(collection: Collection, edits: Iterable[Edit], *, user: User, wanted: HistoryFilter) -> list[Entry]:
    acts = list(edits)
    changed = _Changed(collection, wanted.group, min((edit.sequence for edit in acts), default=0))
    named = {pk for edit in acts for pk in edit.named}  # type: ignore[attr-defined] # annotated
    groups = Group.objects.filter(collection=collection).in_bulk(named)
    places = places_of(collection, groups.values())
    return [_entry(collection, edit, groups, places, changed, user=user) for edit in acts]


def _entry(
    collection: Collection, edit: Edit, groups: dict[int, Group], places: Places, changed: _Changed, *, user: User
) -> Entry:
    count: int = edit.group_count or 0  # type: ignore[attr-defined] # annotated
    named: list[int] = edit.named if count <= GROUPS_NAMED else []  # type: ignore[attr-defined] # annotated
    writes = may_change(user, collection)
    return Entry(
        edit=edit,
        who=name_of(edit.actor, to=user),
        icon=VERBS[edit.verb].icon,
        groups=sorted((groups[pk] for pk in named if pk in groups), key=lambda group: group.first_position),
        places=places,
        group_count=count,
        page_count=edit.page_count or 0,  # type: ignore[attr-defined] # annotated
        may_undo=writes and edit.actor_id == user.pk and VERBS[edit.verb].undoable,
        may_restore=writes and changed.since(edit.sequence),
    )
