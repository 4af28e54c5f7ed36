"""Two arrangements side by side: what an act changed, or what a restore would change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clustering.engine.description import BY_NAME, DETAILS, as_text, details_from
from clustering.engine.drafting.date_words import date_in_words
from clustering.engine.edtf import is_edtf
from clustering.engine.language_names import language_name
from clustering.journal.stored import GROUP_DEFAULTS, Restriction
from clustering.journal.workspace import Snapshot, Standing
from clustering.models import Answer, Collection, Group, Page
from clustering.wording import title_of, translated

SHIFTS_SHOWN = 40
PAGES_SHOWN = 30
"""Most pages of one group shown on one side; the desk shows the rest."""

FACTS: Mapping[str, str | Promise] = {
    "title": _lazy("Title"),
    "kind": _lazy("Type"),
    "date": _lazy("Date"),
    "language": _lazy("Language"),
    "accepted_drafts": _lazy("Accepted from drafts"),
    "note": _lazy("Note"),
    **{name: _lazy(BY_NAME[name].label) for name in DETAILS},
    "state": _lazy("State"),
    "flagged": _lazy("Flagged"),
    "flag_note": _lazy("Flag note"),
}
"""Fields of a group that people read, and their labels."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A page on one side."""

    page: Page
    moved: bool
    """Whether it is in another group on the other side; pages in no group there are not marked."""


@dataclass(frozen=True, slots=True)
class Stack:
    """One group on one side, or pages in none (`pk` None)."""

    pk: int | None
    number: int | None
    title: str
    state: str
    pages: list[Placed]
    page_count: int

    @property
    def hidden(self) -> int:
        """Pages that are not shown."""
        return self.page_count - len(self.pages)


@dataclass(frozen=True, slots=True)
class ChangedFact:
    """Something other than pages that differs."""

    about: str
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Shift:
    """The smallest independent part: groups that exchanged pages, on both sides."""

    before: list[Stack]
    after: list[Stack]
    facts: list[ChangedFact]


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """Everything that differs, in scan order, with counts."""

    shifts: list[Shift]
    hidden: int
    facts: list[ChangedFact]
    """Decisions about pages and seams."""
    came: int
    went: int
    changed: int
    moved: int
    """Groups that are new, gone, or changed; pages that are in another group."""
    renewed: int
    """Groups with only new drafts or confidence, which are not shown."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.shifts or self.facts)


Homes = dict[int, int | None]
"""Group of each page, by ids; None for an unassigned page."""


def compare(collection: Collection, before: Snapshot, after: Snapshot) -> BeforeAfter:
    """Return what differs between two snapshots of the same part of a collection; two queries at any size."""
    renewed = {pk for pk, old in before.groups.items() if pk in after.groups and _alike(old, after.groups[pk])}
    before, after = _without(before, renewed), _without(after, renewed)
    ids = before.pages() | after.pages() | {page for side in (before, after) for page in _spoken_of(side)}
    positions = dict(Page.objects.filter(collection=collection, pk__in=ids).values_list("pk", "position"))
    pieces = sorted(_pieces(before, after), key=lambda piece: min((positions.get(p, 0) for p in piece), default=0))
    sides = (_homes(before), _homes(after))
    shown = pieces[:SHIFTS_SHOWN]
    wanted = {page for piece in shown for side in (before, after) for page in _shown_of(side, piece, sides)}
    pages = Page.objects.filter(collection=collection).in_bulk(wanted)
    return BeforeAfter(
        shifts=[
            Shift(
                before=list(_stacks(before, piece, sides[0], sides[1], pages, positions)),
                after=list(_stacks(after, piece, sides[1], sides[0], pages, positions)),
                facts=list(_facts_of_groups(before, after, piece, sides)),
            )
            for piece in shown
        ],
        hidden=len(pieces) - len(shown),
        facts=[
            *_answers(before, after, positions),
            *_roles(before, after, positions),
            *_rotations(before, after, positions),
            *_restrictions(before, after, positions),
        ],
        came=len(after.groups.keys() - before.groups.keys()),
        went=len(before.groups.keys() - after.groups.keys()),
        changed=len(before.groups.keys() & after.groups.keys()),
        moved=sum(1 for page, home in sides[1].items() if sides[0].get(page) != home),
        renewed=len(renewed),
    )


def _alike(one: Standing, other: Standing) -> bool:
    return one.pages == other.pages and all(_said(name, one) == _said(name, other) for name in FACTS)


def _without(side: Snapshot, groups: set[int]) -> Snapshot:
    rest = {pk: standing for pk, standing in side.groups.items() if pk not in groups}
    return replace(side, groups=rest)


def _spoken_of(side: Snapshot) -> set[int]:
    return {*side.roles, *side.rotations, *side.restrictions, *(page for pair in side.answers for page in pair)}


def _homes(side: Snapshot) -> Homes:
    homes: Homes = dict.fromkeys(side.unassigned)
    homes.update({page: pk for pk, standing in side.groups.items() for page in standing.pages})
    return homes


def _pieces(before: Snapshot, after: Snapshot) -> list[list[int]]:
    """Page ids of each piece: pages that share a group on either side, directly or through others."""
    head: dict[int, int] = {}

    def find(page: int) -> int:
        while head.setdefault(page, page) != page:
            head[page] = head[head[page]]
            page = head[page]
        return page

    stacks: dict[int, list[int]] = defaultdict(list)
    for side in (before, after):
        for pk, standing in side.groups.items():
            stacks[pk].extend(standing.pages)
    for pages in stacks.values():
        for page in pages[1:]:
            head[find(page)] = find(pages[0])
    pieces: dict[int, list[int]] = defaultdict(list)
    for page in before.pages() | after.pages():
        pieces[find(page)].append(page)
    return list(pieces.values())


def _groups_in(piece: Iterable[int], homes: Homes) -> list[int]:
    groups = {home for page in piece if (home := homes.get(page)) is not None}
    return sorted(groups)


def _shown_of(side: Snapshot, piece: list[int], sides: tuple[Homes, Homes]) -> Iterator[int]:
    for homes in sides:
        for pk in _groups_in(piece, homes):
            if pk in side.groups:
                yield from side.groups[pk].pages[:PAGES_SHOWN]
    yield from sorted(side.unassigned.intersection(piece))[:PAGES_SHOWN]


def _stacks(
    side: Snapshot,
    piece: list[int],
    here: Homes,
    there: Homes,
    pages: Mapping[int, Page],
    positions: Mapping[int, int],
) -> Iterator[Stack]:
    """Yield the groups of one side in this piece by their first pages, then pages in no group."""

    def placed(ids: Iterable[int]) -> list[Placed]:
        return [Placed(pages[pk], _exchanged(here.get(pk), there.get(pk))) for pk in ids if pk in pages]

    def first(pk: int) -> int:
        return min((positions.get(page, 0) for page in side.groups[pk].pages), default=0)

    for pk in sorted(_groups_in(piece, here), key=first):
        standing = side.groups[pk]
        yield Stack(
            pk=pk,
            number=standing.fields["number"],
            title=_title(standing, positions),
            state=_said("state", standing),
            pages=placed(standing.pages[:PAGES_SHOWN]),
            page_count=len(standing.pages),
        )
    loose = sorted(side.unassigned.intersection(piece))
    if loose:
        yield Stack(None, None, _("Unassigned"), "", placed(loose[:PAGES_SHOWN]), len(loose))


def _exchanged(here: int | None, there: int | None) -> bool:
    return here is not None and there is not None and here != there


def _title(standing: Standing, positions: Mapping[int, int]) -> str:
    """Return the group's title at that time."""
    draft: Any = (standing.fields.get("draft") or {}).get("title") or {}
    title, kind = (str(standing.fields.get(name) or "") for name in ("title", "kind"))
    return title_of(
        title, str(draft.get("value") or ""), kind=kind, positions=(positions.get(pk, 0) for pk in standing.pages)
    )


def _said(name: str, standing: Standing) -> str:
    """Return a field of a group in words."""
    if name in DETAILS:
        return as_text(name, details_from(standing.fields.get("details", {})))
    value = standing.fields.get(name, GROUP_DEFAULTS[name])
    if name == "state":
        return str(Group.State(value).label)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(FACTS[field]) for field in value)
    if name == "date" and is_edtf(value):
        return translated(date_in_words(value))
    if name == "language":
        return language_name(value, locale=get_language() or "en")
    return str(value)


def _facts_of_groups(
    before: Snapshot, after: Snapshot, piece: list[int], sides: tuple[Homes, Homes]
) -> Iterator[ChangedFact]:
    for pk in _groups_in(piece, sides[1]):
        old, new = before.groups.get(pk), after.groups[pk]
        if old is None:
            continue
        for name, label in FACTS.items():
            was, became = _said(name, old), _said(name, new)
            if was != became:
                yield ChangedFact(_("This document"), str(label), was, became)


def _answers(before: Snapshot, after: Snapshot, positions: Mapping[int, int]) -> Iterator[ChangedFact]:
    for pair, answer in sorted(after.answers.items()):
        earlier = before.answers.get(pair)
        was, became = (str(Answer.Verdict(a[0]).label) if a else "" for a in (earlier, answer))
        first, second = (positions.get(page, "?") for page in pair)
        yield ChangedFact(
            _("Pages %(first)s and %(second)s") % {"first": first, "second": second}, _("Answer"), was, became
        )


def _page(page: int, positions: Mapping[int, int]) -> str:
    return _("Page %(page)s") % {"page": positions.get(page, "?")}


def _roles(before: Snapshot, after: Snapshot, positions: Mapping[int, int]) -> Iterator[ChangedFact]:
    for page, role in sorted(after.roles.items()):
        was = Page.Role(before.roles.get(page, "")).label
        yield ChangedFact(_page(page, positions), _("Marked as"), str(was), str(Page.Role(role).label))


def _rotations(before: Snapshot, after: Snapshot, positions: Mapping[int, int]) -> Iterator[ChangedFact]:
    for page, rotation in sorted(after.rotations.items()):
        was, now = (
            _("as OCR found it") if side is None else f"{side}°" for side in (before.rotations.get(page), rotation)
        )
        yield ChangedFact(_page(page, positions), _("Rotated"), was, now)


def _restrictions(before: Snapshot, after: Snapshot, positions: Mapping[int, int]) -> Iterator[ChangedFact]:
    for page, restriction in sorted(after.restrictions.items()):
        was, now = (_restricted(side) for side in (before.restrictions.get(page), restriction))
        yield ChangedFact(_page(page, positions), _("Restricted"), was, now)


def _restricted(restriction: Restriction | None) -> str:
    if restriction is None:
        return _("no")
    reason, until = restriction
    through = _("through %(until)s") % {"until": until} if until else _("yes")
    return f"{through}: {reason}" if reason else through
