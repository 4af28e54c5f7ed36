"""Two arrangements side by side: what an act changed, or what a restore would change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clustering.engine.description import BY_NAME, DETAILS, as_text, details_from
from clustering.engine.drafting.date_words import date_in_words
from clustering.engine.edtf import is_edtf
from clustering.engine.language_names import language_name
from clustering.journal.outlines import Outline, outline_of
from clustering.journal.stored import GROUP_DEFAULTS, Restriction
from clustering.journal.workspace import Snapshot, Standing
from clustering.models import Answer, Collection, Group, Page
from clustering.wording import title_of, translated

SHIFTS_SHOWN = 40
STACKS_SHOWN = 40
"""Most groups of one piece shown on one side."""
FACTS_SHOWN = 200
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

FIELDS = frozenset({*(name for name in FACTS if name not in DETAILS), "details"})
"""The same as they are stored."""


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
    more_before: int
    more_after: int
    """Groups that are not shown."""


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """Everything that differs, in scan order, with counts."""

    shifts: list[Shift]
    hidden: int
    facts: list[ChangedFact]
    """Decisions about pages and seams; the first ones, if there are very many."""
    fact_count: int
    came: int
    went: int
    changed: int
    moved: int
    """Groups that are new, gone, or changed; pages that are in another group."""
    renewed: int
    """Groups with only new drafts or confidence, which are not shown."""

    @property
    def facts_hidden(self) -> int:
        """Decisions that are not shown."""
        return self.fact_count - len(self.facts)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.shifts or self.facts)


Homes = dict[int, int | None]
"""Group of each page, by ids; None for an unassigned page."""

_Full = tuple[Mapping[int, Standing], Mapping[int, Standing]]


def compare(collection: Collection, before: Snapshot, after: Snapshot) -> BeforeAfter:
    """Return what differs between two snapshots of the same part of a collection."""
    return compare_outlines(collection, outline_of(before, FIELDS), outline_of(after, FIELDS))


def compare_outlines(collection: Collection, before: Outline, after: Outline) -> BeforeAfter:
    """Return what differs between two outlines of the same part of a collection. Reads only what is shown in full."""
    renewed = {pk for pk in before.pages.keys() & after.pages.keys() if _alike(pk, before, after)}
    sides = (_homes(before, renewed), _homes(after, renewed))
    spoken_of = {page for side in (before, after) for page in _spoken_of(side.rest)}
    ids = sides[0].keys() | sides[1].keys() | spoken_of
    positions = dict(Page.objects.filter(collection=collection, pk__in=ids).values_list("pk", "position"))
    pieces = sorted(_pieces(sides), key=lambda piece: min((positions.get(p, 0) for p in piece), default=0))
    shown = [_Piece.of(piece, sides, (before, after), positions) for piece in pieces[:SHIFTS_SHOWN]]
    wanted = {pk for piece in shown for side in piece.groups for pk in side}
    full = (before.read(wanted), after.read(wanted))
    pages = Page.objects.filter(collection=collection).in_bulk(
        {page for piece in shown for page in piece.pages_shown(full)}
    )
    facts = _facts(before.rest, after.rest, positions)
    came, went = after.pages.keys() - before.pages.keys(), before.pages.keys() - after.pages.keys()
    return BeforeAfter(
        shifts=[piece.shift(full, sides, pages, positions) for piece in shown],
        hidden=len(pieces) - len(shown),
        facts=list(islice(facts, FACTS_SHOWN)),
        fact_count=sum(len(values) for name, values in after.rest.each() if name in _SPOKEN),
        came=len(came),
        went=len(went),
        changed=len(before.pages.keys() & after.pages.keys()) - len(renewed),
        moved=sum(1 for page, home in sides[1].items() if sides[0].get(page) != home),
        renewed=len(renewed),
    )


def _alike(pk: int, one: Outline, other: Outline) -> bool:
    return one.pages[pk] == other.pages[pk] and one.digests[pk] == other.digests[pk]


_SPOKEN = ("answers", "roles", "rotations", "restrictions")


def _spoken_of(side: Snapshot) -> set[int]:
    return {*side.roles, *side.rotations, *side.restrictions, *(page for pair in side.answers for page in pair)}


def _homes(side: Outline, without: set[int]) -> Homes:
    homes: Homes = dict.fromkeys(side.rest.unassigned)
    homes.update({page: pk for pk, pages in side.pages.items() if pk not in without for page in pages})
    return homes


def _pieces(sides: tuple[Homes, Homes]) -> list[list[int]]:
    """Page ids of each piece: pages that share a group on either side, directly or through others."""
    head: dict[int, int] = {}

    def find(page: int) -> int:
        while head.setdefault(page, page) != page:
            head[page] = head[head[page]]
            page = head[page]
        return page

    first: dict[int, int] = {}
    for homes in sides:
        for page, pk in homes.items():
            if pk is not None:
                head[find(page)] = find(first.setdefault(pk, page))
    pieces: dict[int, list[int]] = defaultdict(list)
    for page in sides[0].keys() | sides[1].keys():
        pieces[find(page)].append(page)
    return list(pieces.values())


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece that is shown, with the ids of the first groups in scan order on both sides, and of pages in none."""

    groups: tuple[list[int], list[int]]
    hidden: tuple[int, int]
    loose: tuple[list[int], list[int]]

    @classmethod
    def of(
        cls,
        piece: list[int],
        sides: tuple[Homes, Homes],
        outlines: tuple[Outline, Outline],
        positions: Mapping[int, int],
    ) -> _Piece:
        groups = []
        for homes, outline in zip(sides, outlines, strict=True):
            places = {pk: min(positions.get(page, 0) for page in outline.pages[pk]) for pk in _groups_in(piece, homes)}
            groups.append(sorted(places, key=places.__getitem__))
        before, after = groups
        loose = [sorted(page for page in piece if page in homes and homes[page] is None) for homes in sides]
        return cls(
            groups=(before[:STACKS_SHOWN], after[:STACKS_SHOWN]),
            hidden=(len(before[STACKS_SHOWN:]), len(after[STACKS_SHOWN:])),
            loose=(loose[0], loose[1]),
        )

    def pages_shown(self, full: _Full) -> Iterator[int]:
        """Yield the ids of the pages whose pictures are shown."""
        for ids, standings, loose in zip(self.groups, full, self.loose, strict=True):
            for pk in ids:
                yield from standings[pk].pages[:PAGES_SHOWN]
            yield from loose[:PAGES_SHOWN]

    def shift(
        self,
        full: _Full,
        sides: tuple[Homes, Homes],
        pages: Mapping[int, Page],
        positions: Mapping[int, int],
    ) -> Shift:
        """Return the piece for people."""
        stacks = []
        for n in (0, 1):
            standings = [full[n][pk] for pk in self.groups[n]]
            stacks.append([*_stacks(standings, self.loose[n], sides[n], sides[1 - n], pages, positions)])
        facts = [fact for pk in self.groups[1] if pk in full[0] for fact in _facts_of(full[0][pk], full[1][pk])]
        return Shift(stacks[0], stacks[1], facts, *self.hidden)


def _groups_in(piece: Iterable[int], homes: Homes) -> list[int]:
    groups = {home for page in piece if (home := homes.get(page)) is not None}
    return sorted(groups)


def _stacks(
    standings: Iterable[Standing],
    loose: list[int],
    here: Homes,
    there: Homes,
    pages: Mapping[int, Page],
    positions: Mapping[int, int],
) -> Iterator[Stack]:
    """Yield the groups of one side of a piece, then its pages in no group."""

    def placed(ids: Iterable[int]) -> list[Placed]:
        return [Placed(pages[pk], _exchanged(here.get(pk), there.get(pk))) for pk in ids if pk in pages]

    for standing in standings:
        yield Stack(
            pk=standing.fields["id"],
            number=standing.fields["number"],
            title=_title(standing, positions),
            state=_said("state", standing),
            pages=placed(standing.pages[:PAGES_SHOWN]),
            page_count=len(standing.pages),
        )
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


def _facts_of(old: Standing, new: Standing) -> Iterator[ChangedFact]:
    for name, label in FACTS.items():
        was, became = _said(name, old), _said(name, new)
        if was != became:
            yield ChangedFact(_("This document"), str(label), was, became)


def _facts(before: Snapshot, after: Snapshot, positions: Mapping[int, int]) -> Iterator[ChangedFact]:
    """Yield decisions about pages and seams."""
    for facts in (_answers, _roles, _rotations, _restrictions):
        yield from facts(before, after, positions)


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
