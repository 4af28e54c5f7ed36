"""The part of the arrangement that one act holds: locked, read, changed in memory; `writing` writes it."""

from __future__ import annotations

from collections.abc import Collection as Sized
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection
from django.db.models import Q

from clustering.journal.errors import Refused, StaleVersion
from clustering.journal.snapshots import Pair, Said, Snapshot, standing_of
from clustering.journal.wording import name_of
from clustering.models import Answer, Collection, Edit, Group, Page, Run, User

Versions = Mapping[int, int]
"""The version of each group, by id, that the person saw."""

LARGEST_ID = 2**63
"""Primary keys are PostgreSQL's bigint; a browser may send any number."""

ANSWERS_BY_PAGE = 2000
"""Above this many pages all answers of the collection are read instead of asking page by page."""

MOST_FRESH = 100
"""An act may have named thousands of groups; the desk asks for more than these by itself."""


class Desk:
    """The part of one collection's arrangement that an act has locked and may change.

    `groups` and `pages` (page ids in reading order) are keyed by group id and hold what will be written; a group
    taken out of both vanishes. `loose` are held pages that stand in no group. `before` is how it was found. `drafted`
    are groups whose drafts fit the pages they have now, so that they are not drafted again.
    """

    def __init__(self, collection: Collection, *, actor: User | None) -> None:
        self.collection = collection
        self.actor = actor
        self.groups: dict[int, Group] = {}
        self.pages: dict[int, list[int]] = {}
        self.loose: set[int] = set()
        self.positions: dict[int, int] = {}
        self.answers: dict[Pair, Said | None] = {}
        self.roles: dict[int, str] = {}
        self.closed: datetime | None = collection.closed
        self.before = Snapshot()
        self.touched: set[int] = set()
        self.drafted: set[int] = set()
        self.run: Run | None = None
        self.undoes: Edit | None = None
        self.redoes: Edit | None = None
        self._answers_of = 0

    # --- Taking hold -------------------------------------------------------------------------------------------
    def hold(self, group_ids: Iterable[int], *, versions: Versions | None = None, missing_ok: bool = False) -> None:
        """Locks these groups in pk order and reads their pages.

        `versions` given: all groups named there are held too, and each held group must be named there with the
        version it has. Raises StaleVersion with the fresh groups, also where one vanished (unless `missing_ok`), and
        Refused for an id out of range.
        """
        wanted = (set(group_ids) | set(versions or ())) - self.groups.keys()
        if any(not 0 < pk < LARGEST_ID for pk in wanted):
            raise Refused("This request names a document that can’t exist. Reload the page and try again.")
        held = Group.objects.select_for_update(no_key=True).filter(collection=self.collection, pk__in=wanted)
        found = {group.pk: group for group in held.order_by("pk")}
        if len(found) < len(wanted) and not missing_ok:
            raise vanished(self.collection, wanted, actor=self.actor)
        check_versions(self.collection, found, versions, actor=self.actor)
        self.groups.update(found)
        self.pages.update({pk: [] for pk in found})
        places = Page.objects.filter(group__in=list(found)).order_by("group_id", "group_order")
        for page, group, position in places.values_list("pk", "group_id", "position"):
            self.pages[group or 0].append(page)
            self.positions[page] = position
        for pk, group_row in found.items():
            self.before.groups[pk] = standing_of(group_row, self.pages[pk])

    def hold_pages(self, page_ids: Iterable[int], *, versions: Versions | None = None) -> None:
        """Holds the groups these pages stand in now, and the pages that stand in none.

        Raises Refused where a page is of another collection or gone, StaleVersion as `hold`.
        """
        wanted = set(page_ids)
        found = Page.objects.filter(collection=self.collection, pk__in=wanted).order_by()
        places = {pk: (group, position) for pk, group, position in found.values_list("pk", "group_id", "position")}
        if len(places) < len(wanted):
            raise Refused("Some of these pages are not in this collection. Reload the page and select them again.")
        self.hold({group for group, _ in places.values() if group is not None}, versions=versions)
        self.hold_loose({page: position for page, (group, position) in places.items() if group is None})

    def hold_loose(self, positions: Mapping[int, int]) -> None:
        """Holds pages that stand in no group: page id -> position."""
        self.positions.update(positions)
        self.loose.update(positions)
        self.before.unassigned.update(positions)

    def hold_answers(self) -> None:
        """Reads what was answered about any page held; asks nothing again where no page came since."""
        if self._answers_of == len(self.positions):
            return
        self._answers_of = len(self.positions)
        found = Answer.objects.filter(collection=self.collection)
        if len(self.positions) <= ANSWERS_BY_PAGE:
            pages = list(self.positions)
            found = found.filter(Q(first__in=pages) | Q(second__in=pages))
        for first, second, verdict, actor in found.values_list("first_id", "second_id", "verdict", "actor_id"):
            if first in self.positions or second in self.positions:
                self.answers.setdefault((first, second), (verdict, actor))
                self.before.answers.setdefault((first, second), (verdict, actor))

    # --- Looking and changing ----------------------------------------------------------------------------------
    def places(self) -> dict[int, int | None]:
        """Group id of every page held, None for those in no group."""
        places: dict[int, int | None] = dict.fromkeys(self.loose)
        for pk, pages in self.pages.items():
            places.update(dict.fromkeys(pages, pk))
        return places

    def position_of(self, pages: Iterable[int]) -> list[int]:
        """Scan order of these pages, in the order given."""
        return [self.positions[page] for page in pages]

    def in_scan_order(self, pages: Iterable[int]) -> list[int]:
        """These page ids by position."""
        return sorted(pages, key=self.positions.__getitem__)

    def pair(self, one: int, other: int) -> Pair:
        """The two pages as answers name them, the earlier in scan order first."""
        return (one, other) if self.positions[one] < self.positions[other] else (other, one)

    def say(self, one: int, other: int, verdict: Answer.Verdict) -> None:
        """Records that the actor decided this about two pages."""
        pair = self.pair(one, other)
        self.before.answers.setdefault(pair, None)
        self.answers[pair] = (verdict.value, self.actor.pk if self.actor else None)

    def keep_answers_true(self) -> None:
        """Turns answers that the act overrules: the later decision of a person counts.

        Pages of one group are one document, pages of two groups are two. An answer "same" about a page that now
        stands in a group and one that stands in none is taken back.
        """
        places = self.places()
        for (first, second), said in list(self.answers.items()):
            if said is None or first not in places or second not in places:
                continue
            one, other = places[first], places[second]
            if one is not None and one == other and said[0] == Answer.Verdict.DIFFERENT:
                self.say(first, second, Answer.Verdict.SAME)
            elif one != other and said[0] == Answer.Verdict.SAME:
                if one is None or other is None:
                    self.answers[first, second] = None
                else:
                    self.say(first, second, Answer.Verdict.DIFFERENT)

    def new_group(self, pages: list[int], *, state: Group.State, split_from: int | None = None) -> Group:
        """A group with the collection's next number. The pages must be taken from where they stood."""
        return self.new_groups([pages], state=state, split_from=split_from)[0]

    def new_groups(
        self, parts: list[list[int]], *, state: Group.State, edited: bool = True, split_from: int | None = None
    ) -> list[Group]:
        """A new group for each list of pages, numbered in that order. Two queries at most, however many."""
        made = []
        for pk, pages in zip(next_group_ids(len(parts)) if parts else [], parts, strict=True):
            number = self.collection.next_group_number
            self.collection.next_group_number += 1
            made.append(Group(pk=pk, collection=self.collection, number=number, state=state, split_from=split_from))
            made[-1].edited = edited
            self.put(made[-1], pages)
        return made

    def put(self, group: Group, pages: list[int]) -> None:
        """Gives a group its pages; they stand in no other place from now on."""
        self.groups[group.pk] = group
        self.pages[group.pk] = pages
        self.loose.difference_update(pages)

    def drop(self, group: Group) -> None:
        """Lets a group vanish. Its pages must have been put elsewhere, or become loose."""
        del self.groups[group.pk], self.pages[group.pk]

    def edit_by_person(self, group: Group, *, new_pages: bool = False) -> None:
        """What every act of a person does to a group: runs keep away, and confirmed becomes changed.

        With `new_pages` the machine's confidence, which spoke of exactly the old pages, goes.
        """
        group.edited = True
        if group.state == Group.State.CONFIRMED:
            group.state = Group.State.CHANGED
            group.confirmed_by = None
            group.confirmed_at = None
        if new_pages:
            group.confidence = None

    # --- Comparing ---------------------------------------------------------------------------------------------
    def changed_groups(self) -> set[int]:
        """Ids of the groups that are new, gone, or not as they were found."""
        changed = self.before.groups.keys() ^ self.groups.keys()
        for pk in self.before.groups.keys() & self.groups.keys():
            if standing_of(self.groups[pk], self.pages[pk]).content != self.before.groups[pk].content:
                changed.add(pk)
        return changed

    def changed(self) -> bool:
        """Whether anything would be written but the Edit."""
        answers = any(said != self.before.answers.get(pair) for pair, said in self.answers.items())
        return bool(self.changed_groups()) or answers or self.roles != self.before.roles


def check_versions(
    collection: Collection, groups: Mapping[int, Group], versions: Mapping[int, int] | None, *, actor: User | None
) -> None:
    """Nothing where `versions` is None or each group has the version that it names; StaleVersion otherwise."""
    if versions is None:
        return
    changed = [pk for pk, group in groups.items() if versions.get(pk) != group.version]
    if changed:
        raise stale(collection, changed, actor=actor)


def vanished(collection: Collection, group_ids: Sized[int], *, actor: User | None) -> StaleVersion:
    """For groups of which one at least is not there any more."""
    there = set(Group.objects.filter(collection=collection, pk__in=group_ids).values_list("pk", flat=True))
    return stale(collection, set(group_ids) - there, also=there, actor=actor)


def stale(collection: Collection, changed: Sized[int], *, also: Sized[int] = (), actor: User | None) -> StaleVersion:
    """The refusal that carries these groups, and those that hold the pages they had, as they stand now.

    It names the last edit that touched them, and who made it.
    """
    edits = Edit.objects.filter(collection=collection, groups__overlap=list(changed)).select_related("actor")
    last = edits.defer("after").order_by("-sequence").first()
    found = Snapshot.from_json(last.before).groups if last else {}
    pages = {page for pk in changed if pk in found for page in found[pk].pages}
    asked = Q(pk__in=[*changed, *also]) | Q(pk__in=Page.objects.filter(pk__in=pages).values("group"))
    fresh = Group.objects.filter(asked, collection=collection).in_scan_order()
    said = f"{name_of(last.actor, to=actor)}: {last.summary} " if last else ""
    return StaleVersion(
        f"Someone else just changed this. {said}Check the current documents and try again.",
        groups=list(fresh[:MOST_FRESH]),
    )


def next_group_ids(count: int) -> list[int]:
    """Fresh primary keys, so that pages can be told their group before the group's row is there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [Group._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]
