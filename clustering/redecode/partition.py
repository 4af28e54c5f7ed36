"""What a run can publish: its groups, cut at settled pages, under all answers. Pure functions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from clustering.journal.stored import Pair


@dataclass(frozen=True, slots=True)
class Piece:
    """A group to be made: pages in reading order, and the run's group they come from."""

    pages: tuple[int, ...]
    index: int | None
    """Index of the run's group; None if it only has pages that the run doesn't know."""
    whole: bool
    """Whether it is exactly the run's group, so that the run's probability applies to it."""
    head: bool
    """Whether it begins with the first page of the run's group, so that the drafts apply to it."""


@dataclass(frozen=True, slots=True)
class Change:
    """The smallest part of the desk that a run would arrange differently: the same pages before and after."""

    before: tuple[tuple[int, ...], ...]
    """Page ids of each current group, loose pages separately."""
    after: tuple[tuple[int, ...], ...]

    @property
    def pages(self) -> frozenset[int]:
        """All its page ids."""
        return frozenset(page for group in self.after for page in group)

    @property
    def key(self) -> int:
        """Its id: the smallest page id."""
        return min(self.pages)


def changes_between(
    before: Iterable[tuple[int, ...]], after: Iterable[tuple[int, ...]], position: Callable[[int], int]
) -> list[Change]:
    """Return where two arrangements of the same pages differ, in independent parts, in scan order.

    Groups that share a page belong to one part; equal parts are left out.
    """
    old, new = list(before), list(after)
    bonds = [(group[0], page) for group in [*old, *new] for page in group[1:]]
    family = _families({page for group in [*old, *new] for page in group}, bonds)
    parts: dict[int, tuple[list[tuple[int, ...]], list[tuple[int, ...]]]] = defaultdict(lambda: ([], []))
    for side, groups in enumerate((old, new)):
        for group in groups:
            parts[family[group[0]]][side].append(group)

    def first(group: tuple[int, ...]) -> int:
        return min(map(position, group))

    changes = [
        Change(tuple(sorted(one, key=first)), tuple(sorted(other, key=first)))
        for one, other in parts.values()
        if other and set(one) != set(other)
    ]
    return sorted(changes, key=lambda change: min(map(position, change.pages)))


def cut_at_settled(run_groups: Mapping[int, Sequence[int]], free: Collection[int]) -> list[Piece]:
    """Return the runs of free pages in each of the run's groups.

    A page that a person settled elsewhere divides the run's group: the pages before and after it, in the run's order,
    become separate groups. A document rarely continues after another document's page; if it does, one join corrects it.
    """
    pieces = []
    for index, pages in run_groups.items():
        stretch: list[int] = []
        for page in [*pages, None]:
            if page is not None and page in free:
                stretch.append(page)
                continue
            if stretch:
                pieces.append(
                    Piece(tuple(stretch), index, whole=len(stretch) == len(pages), head=stretch[0] == pages[0])
                )
            stretch = []
    return pieces


def obey_answers(
    pieces: Sequence[Piece],
    *,
    same: Iterable[Pair],
    different: Iterable[Pair],
    position: Callable[[int], int],
) -> list[Piece]:
    """Return the pieces, cut between pages known to be different documents, and joined if known to be one.

    A run computed before an answer may contradict it; the answer counts. Joined pages are in scan order. The answers
    must not contradict each other. A page in no piece joins the piece of the page that it is one document with.
    """
    apart: dict[int, set[int]] = defaultdict(set)
    for first, second in different:
        apart[first].add(second)
        apart[second].add(first)
    known = {page for piece in pieces for page in piece.pages}
    bonds = [pair for pair in same if pair[0] in known or pair[1] in known]
    strangers = {page for pair in bonds for page in pair} - known
    parts = [part for piece in pieces for part in _cut(piece, apart)]
    parts += [Piece((page,), None, whole=False, head=False) for page in sorted(strangers)]
    if not bonds:
        return parts
    families = _families({page for part in parts for page in part.pages}, bonds)
    return [fit for part in _join(parts, bonds, position) for fit in _fit(part, apart, families, position)]


def _cut(piece: Piece, apart: Mapping[int, set[int]]) -> list[Piece]:
    """Begin a new part at each page that is known to be apart from an earlier one in the part."""
    parts: list[list[int]] = [[]]
    here: set[int] = set()
    for page in piece.pages:
        if here & apart.get(page, set()):
            parts.append([])
            here = set()
        parts[-1].append(page)
        here.add(page)
    if len(parts) == 1:
        return [piece]
    return [
        replace(piece, pages=tuple(part), whole=False, head=piece.head and index == 0)
        for index, part in enumerate(parts)
    ]


def _families(pages: Iterable[int], bonds: Iterable[Pair]) -> dict[int, int]:
    """Return for each page the id of the set of pages that it must stay with (union-find)."""
    parent = {page: page for page in pages}

    def root(page: int) -> int:
        while parent[page] != page:
            parent[page] = parent[parent[page]]
            page = parent[page]
        return page

    for first, second in bonds:
        parent[root(first)] = root(second)
    return {page: root(page) for page in parent}


def _join(parts: Sequence[Piece], bonds: Iterable[Pair], position: Callable[[int], int]) -> list[Piece]:
    part_of = {page: index for index, part in enumerate(parts) for page in part.pages}
    sets = _families(range(len(parts)), [(part_of[first], part_of[second]) for first, second in bonds])
    together: dict[int, list[Piece]] = defaultdict(list)
    for index, part in enumerate(parts):
        together[sets[index]].append(part)
    joined = []
    for members in together.values():
        if len(members) == 1:
            joined.append(members[0])
            continue
        members.sort(key=lambda part: min(map(position, part.pages)))
        pages = tuple(sorted((page for part in members for page in part.pages), key=position))
        first = members[0]
        joined.append(Piece(pages, first.index, whole=False, head=first.head and first.pages[0] == pages[0]))
    return joined


def _fit(
    part: Piece, apart: Mapping[int, set[int]], families: Mapping[int, int], position: Callable[[int], int]
) -> list[Piece]:
    """Split a part by these sets if joining brought pages together that are known to be apart."""
    if not any(apart.get(page, set()) & set(part.pages) for page in part.pages):
        return [part]
    by_family: dict[int, list[int]] = defaultdict(list)
    for page in part.pages:
        by_family[families[page]].append(page)
    bins: list[set[int]] = []
    for members in by_family.values():
        enemies = set().union(*(apart.get(page, set()) for page in members))
        if not bins or bins[-1] & enemies:
            bins.append(set())
        bins[-1].update(members)
    return [
        Piece(tuple(sorted(group, key=position)), part.index, whole=False, head=part.head and part.pages[0] in group)
        for group in bins
    ]
