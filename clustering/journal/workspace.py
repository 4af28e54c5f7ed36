"""The part of a collection's arrangement that an act locks, reads, and changes in memory. `writing` writes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import fields as fields_of
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Q

from clustering.journal.errors import Refused, stale, vanished
from clustering.journal.stored import (
    GROUP_DEFAULTS,
    KEPT_FIELDS,
    MACHINE_FIELDS,
    UNCOMPARED,
    KeptAnswer,
    KeptCheck,
    KeptCorrection,
    Pair,
    Restriction,
)
from clustering.models import Answer, Collection, Edit, Group, Page, Run, User
from clustering.wording import MOST_NAMED, Among, counted_groups, groups_in_words, say

Versions = Mapping[int, int]
"""The version of each group, by id, that the person saw."""

LARGEST_ID = 2**63
"""Primary keys are bigint in PostgreSQL; a browser may send any number."""

ANSWERS_BY_PAGE = 2000
"""Number of pages above which all answers of the collection are read instead of those about each page."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One group: its fields that are not at their default, and its page ids in reading order."""

    fields: Mapping[str, Any]
    pages: tuple[int, ...]

    @property
    def content(self) -> tuple[Mapping[str, Any], tuple[int, ...]]:
        """What has to differ for the group to count as changed."""
        return {name: value for name, value in self.fields.items() if name not in UNCOMPARED}, self.pages

    @property
    def document(self) -> tuple[Mapping[str, Any], tuple[int, ...]]:
        """The content without what the machine updates after each decision nearby: what undo compares."""
        return {name: value for name, value in self.content[0].items() if name not in MACHINE_FIELDS}, self.pages


@dataclass(slots=True)
class Values:
    """What people decided besides the places of pages, by what it is about. None: nothing is decided there."""

    answers: dict[Pair, KeptAnswer | None] = field(default_factory=dict)
    roles: dict[int, str] = field(default_factory=dict)
    rotations: dict[int, int | None] = field(default_factory=dict)
    restrictions: dict[int, Restriction | None] = field(default_factory=dict)
    corrections: dict[str, KeptCorrection | None] = field(default_factory=dict)
    checked: dict[int, KeptCheck | None] = field(default_factory=dict)

    def of(self, name: str) -> dict[Any, Any]:
        """Return the values with this name, one of `VALUES`."""
        values: dict[Any, Any] = getattr(self, name)
        return values

    def each(self) -> Iterator[tuple[str, dict[Any, Any]]]:
        """Yield every name with its values."""
        for name in VALUES:
            yield name, self.of(name)


VALUES = tuple(each.name for each in fields_of(Values))


@dataclass(slots=True)
class Snapshot(Values):
    """A part of a collection's arrangement. It says nothing about keys that it does not have."""

    groups: dict[int, Standing] = field(default_factory=dict)
    unassigned: set[int] = field(default_factory=set)
    closed: tuple[str | None, ...] = ()
    """Empty: says nothing. Otherwise one value: the time of closing, or None for open."""

    def pages(self) -> set[int]:
        """Return the ids of all pages that it places, in a group or in none."""
        return self.unassigned.union(*(standing.pages for standing in self.groups.values()))

    def to_json(self) -> list[dict[str, Any]]:
        """Return the entries that an edit stores."""
        entries: list[dict[str, Any]] = [
            {"group": dict(standing.fields), "pages": list(standing.pages)}
            for _, standing in sorted(self.groups.items())
        ]
        if self.unassigned:
            entries.append({"unassigned": sorted(self.unassigned)})
        for name, values in self.each():
            rows: list[list[Any]] = [[key, value] for key, value in sorted(values.items())]
            if name == "answers":
                rows = [[*pair, *(answer or (None, None))] for pair, answer in rows]
            if rows:
                entries.append({name: rows})
        if self.closed:
            entries.append({"closed": self.closed[0]})
        return entries

    @classmethod
    def from_json(cls, entries: Iterable[Mapping[str, Any]]) -> Snapshot:
        """Read what `to_json` returned. Raises AttributeError for an unknown entry."""
        snapshot = cls()
        for entry in entries:
            if "group" in entry:
                snapshot.groups[entry["group"]["id"]] = Standing(entry["group"], tuple(entry["pages"]))
                continue
            ((name, rows),) = entry.items()
            if name == "unassigned":
                snapshot.unassigned.update(rows)
            elif name == "closed":
                snapshot.closed = (rows,)
            elif name == "answers":
                for first, second, verdict, actor in rows:
                    snapshot.answers[first, second] = None if verdict is None else (verdict, actor)
            else:
                snapshot.of(name).update((key, _with_tuples(value)) for key, value in rows)
        return snapshot


def _with_tuples(value: Any) -> Any:
    return tuple(map(_with_tuples, value)) if isinstance(value, list) else value


def standing_of(group: Group, pages: Sequence[int]) -> Standing:
    """Return how a group stands with these page ids, in reading order."""
    fields: dict[str, Any] = {"id": group.pk, "number": group.number, "version": group.version}
    for kept in KEPT_FIELDS:
        value = getattr(group, kept.attname)
        if value != GROUP_DEFAULTS[kept.name]:
            fields[kept.name] = value
    if "state" in fields:
        fields["state"] = str(group.state)
    if group.confirmed_at:
        fields["confirmed_at"] = group.confirmed_at.isoformat()
    return Standing(fields, tuple(pages))


class Desk(Values):
    """The part of one collection's arrangement that an act has locked and may change.

    `groups` and `pages` (page ids in reading order) are keyed by group id and hold what will be written; a group
    that is removed from both vanishes. `loose` are held pages in no group. `before` is everything as it was found.
    `drafted` are groups whose drafts fit the pages they have now, so that they are not drafted again.
    """

    def __init__(self, collection: Collection, *, actor: User | None) -> None:
        super().__init__()
        self.collection = collection
        self.actor = actor
        self.groups: dict[int, Group] = {}
        self.pages: dict[int, list[int]] = {}
        self.loose: set[int] = set()
        self.positions: dict[int, int] = {}
        self.closed: datetime | None = collection.closed
        self.before = Snapshot()
        self.touched: set[int] = set()
        self.drafted: set[int] = set()
        self.run: Run | None = None
        self.undoes: Edit | None = None
        self.redoes: Edit | None = None
        self._answers_of = 0

    # --- Locking and reading -----------------------------------------------------------------------------------------
    def hold(self, group_ids: Iterable[int], *, versions: Versions | None = None, missing_ok: bool = False) -> None:
        """Lock these groups in the order of their ids, and read their pages.

        With `versions`, the groups named there are held too, and each held group must be named there with its current
        version. Raises StaleVersion with the current groups if one changed or vanished (unless `missing_ok`), and
        Refused for an id out of range.
        """
        wanted = (set(group_ids) | set(versions or ())) - self.groups.keys()
        if any(not 0 < pk < LARGEST_ID for pk in wanted):
            raise Refused(say("This request names a document that can’t exist. Reload the page and try again."))
        held = Group.objects.select_for_update(no_key=True).filter(Among("pk", wanted), collection=self.collection)
        groups = {group.pk: group for group in held.order_by("pk")}
        if len(groups) < len(wanted) and not missing_ok:
            raise vanished(self.collection, wanted, actor=self.actor)
        changed = [pk for pk, group in groups.items() if versions is not None and versions.get(pk) != group.version]
        if changed:
            raise stale(self.collection, changed, actor=self.actor)
        self.groups.update(groups)
        self.pages.update({pk: [] for pk in groups})
        places = Page.objects.filter(Among("group", groups)).order_by("group_id", "group_order")
        for page, group, position in places.values_list("pk", "group_id", "position"):
            self.pages[group or 0].append(page)
            self.positions[page] = position
        for pk, group_row in groups.items():
            self.before.groups[pk] = standing_of(group_row, self.pages[pk])

    def hold_pages(self, page_ids: Iterable[int], *, versions: Versions | None = None) -> None:
        """Hold the groups that these pages are in, and pages in no group.

        Raises Refused if a page is gone or in another collection, and StaleVersion like `hold`.
        """
        wanted = set(page_ids)
        rows = Page.objects.filter(Among("pk", wanted), collection=self.collection).order_by()
        places = {pk: (group, position) for pk, group, position in rows.values_list("pk", "group_id", "position")}
        if len(places) < len(wanted):
            raise Refused(say("Some of these pages are not in this collection. Reload the page and select them again."))
        self.hold({group for group, _ in places.values() if group is not None}, versions=versions)
        self.hold_loose({page: position for page, (group, position) in places.items() if group is None})

    def hold_loose(self, positions: Mapping[int, int]) -> None:
        """Hold pages in no group: page id -> position."""
        self.positions.update(positions)
        self.loose.update(positions)
        self.before.unassigned.update(positions)

    def hold_answers(self) -> None:
        """Read all answers about held pages, unless no page was added since the last time."""
        if self._answers_of == len(self.positions):
            return
        self._answers_of = len(self.positions)
        rows = Answer.objects.filter(collection=self.collection)
        if len(self.positions) <= ANSWERS_BY_PAGE:
            rows = rows.filter(Q(Among("first", self.positions)) | Q(Among("second", self.positions)))
        for first, second, verdict, actor in rows.values_list("first_id", "second_id", "verdict", "actor_id"):
            if first in self.positions or second in self.positions:
                self.answers.setdefault((first, second), (verdict, actor))
                self.before.answers.setdefault((first, second), (verdict, actor))

    # --- Reading and changing ----------------------------------------------------------------------------------------
    def groups_by_page(self) -> dict[int, int | None]:
        """Return the group id of every held page, None for pages in no group."""
        places: dict[int, int | None] = dict.fromkeys(self.loose)
        for pk, pages in self.pages.items():
            places.update(dict.fromkeys(pages, pk))
        return places

    def position_of(self, pages: Iterable[int]) -> list[int]:
        """Return the positions of these pages, in the order given."""
        return [self.positions[page] for page in pages]

    def places_of(self, groups: Iterable[Group], *, as_found: bool = False) -> dict[int, int]:
        """Return the places of these groups among all documents, by first page, which is what sentences call them.

        They are as the act has them now or, `as_found`, as it found them. One query.
        """
        before = {pk: standing.pages for pk, standing in self.before.groups.items()}
        arranged: Mapping[int, Iterable[int]] = before if as_found else self.pages
        held = {pk: min(self.position_of(pages)) for pk, pages in arranged.items() if pages}
        firsts = {group.pk: held.get(group.pk, group.first_position) for group in groups}
        counted = {f"before_{pk}": Count("pk", filter=Q(first_position__lt=first)) for pk, first in firsts.items()}
        others = Group.objects.filter(collection=self.collection)
        others = others.exclude(Among("pk", before.keys() | held.keys() | firsts.keys()))
        counts = others.aggregate(**counted) if counted else {}
        own = sorted({**held, **firsts}.items(), key=lambda pair: (pair[1], pair[0]))
        ranks = {pk: rank for rank, (pk, _) in enumerate(own, start=1)}
        return {pk: counts[f"before_{pk}"] + ranks[pk] for pk in firsts}

    def place_of(self, group: Group) -> int:
        """Return the place of one group."""
        return self.places_of([group])[group.pk]

    def named(self, groups: Iterable[Group]) -> str:
        """ "document 12", "documents 12 and 13", "31 documents"."""
        known = list(groups)
        if len(known) > MOST_NAMED:
            return counted_groups(len(known))
        return groups_in_words(self.places_of(known).values())

    def pages_with_new_text(self) -> set[int]:
        """Return the pages whose text the act changes."""
        pairs = [(self.before.corrections[key], after) for key, after in self.corrections.items()]
        return {row[0] for before, after in pairs if before != after and (row := before or after)}

    def in_scan_order(self, pages: Iterable[int]) -> list[int]:
        """Return these page ids in scan order."""
        return sorted(pages, key=self.positions.__getitem__)

    def pair(self, one: int, other: int) -> Pair:
        """Return the two pages in scan order, as answers name them."""
        return (one, other) if self.positions[one] < self.positions[other] else (other, one)

    def say(self, one: int, other: int, verdict: Answer.Verdict) -> None:
        """Record the actor's answer about two pages."""
        pair = self.pair(one, other)
        self.before.answers.setdefault(pair, None)
        self.answers[pair] = (verdict.value, self.actor.pk if self.actor else None)

    def keep_answers_true(self) -> None:
        """Change the answers that the act overrules, because the later decision counts.

        Pages in one group are one document, pages in two groups are different ones. An answer "same" is removed if only
        one of the two pages is still in a group.
        """
        places = self.groups_by_page()
        for (first, second), answer in list(self.answers.items()):
            if answer is None or first not in places or second not in places:
                continue
            one, other = places[first], places[second]
            if one is not None and one == other and answer[0] == Answer.Verdict.DIFFERENT:
                self.say(first, second, Answer.Verdict.SAME)
            elif one != other and answer[0] == Answer.Verdict.SAME:
                if one is None or other is None:
                    self.answers[first, second] = None
                else:
                    self.say(first, second, Answer.Verdict.DIFFERENT)

    def new_group(self, pages: list[int], *, state: Group.State, split_from: int | None = None) -> Group:
        """Return a group with the collection's next number. Its pages must be removed from where they were."""
        return self.new_groups([pages], state=state, split_from=split_from)[0]

    def new_groups(
        self, parts: list[list[int]], *, state: Group.State, edited: bool = True, split_from: int | None = None
    ) -> list[Group]:
        """Return a new group for each list of pages, numbered in that order. At most two queries."""
        made = []
        for pk, pages in zip(next_group_ids(len(parts)) if parts else [], parts, strict=True):
            number = self.collection.next_group_number
            self.collection.next_group_number += 1
            made.append(Group(pk=pk, collection=self.collection, number=number, state=state, split_from=split_from))
            made[-1].edited = edited
            self.put(made[-1], pages)
        return made

    def put(self, group: Group, pages: list[int]) -> None:
        """Give a group its pages."""
        self.groups[group.pk] = group
        self.pages[group.pk] = pages
        self.loose.difference_update(pages)

    def drop(self, group: Group) -> None:
        """Remove a group. Its pages must have been put elsewhere, or become loose."""
        del self.groups[group.pk], self.pages[group.pk]

    def edit_by_person(self, group: Group, *, new_pages: bool = False) -> None:
        """Mark a group as edited by a person: runs no longer change it, and `confirmed` becomes `changed`.

        With `new_pages`, its confidence is removed, because that was about exactly the old pages.
        """
        group.edited = True
        if group.state == Group.State.CONFIRMED:
            group.state = Group.State.CHANGED
            group.confirmed_by = None
            group.confirmed_at = None
        if new_pages:
            group.confidence = None

    # --- Comparing ---------------------------------------------------------------------------------------------------
    def changed_groups(self) -> set[int]:
        """Return the ids of groups that are new, gone, or not as they were found."""
        changed = self.before.groups.keys() ^ self.groups.keys()
        for pk in self.before.groups.keys() & self.groups.keys():
            was, pages = self.before.groups[pk], self.pages[pk]
            if was.pages != tuple(pages) or standing_of(self.groups[pk], pages).content != was.content:
                changed.add(pk)
        return changed

    def changed(self) -> bool:
        """Whether the act changed anything."""
        return bool(self.changed_groups()) or any(values != self.before.of(name) for name, values in self.each())

    def difference(self, changed: set[int]) -> tuple[Snapshot, Snapshot]:
        """Return these groups and every value that the act changed, as they were found and as they are now."""
        before = Snapshot(groups={pk: self.before.groups[pk] for pk in changed & self.before.groups.keys()})
        after = Snapshot(
            groups={pk: standing_of(self.groups[pk], self.pages[pk]) for pk in changed & self.groups.keys()}
        )
        before.unassigned = self.before.unassigned - self.loose
        after.unassigned = self.loose - self.before.unassigned
        for name, values in self.each():
            known = self.before.of(name)
            others = {key: value for key, value in values.items() if value != known.get(key)}
            before.of(name).update({key: known.get(key) for key in others})
            after.of(name).update(others)
        return before, after


def next_group_ids(count: int) -> list[int]:
    """Reserve primary keys, so that pages can name their group before its row exists."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [Group._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]
