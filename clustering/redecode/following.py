"""How groups that nobody settled follow a decision nearby: cut and joined where the best partition changed with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from clustering.journal.wording import pages_in_words
from clustering.journal.workspace import Desk
from clustering.models import Answer, Group, Run
from clustering.redecode.terrain import Scene, Terrain


@dataclass(slots=True)
class Turned:
    """Positions of the pages that now begin a document, and of those that no longer do."""

    cut: list[int]
    joined: list[int]

    @property
    def sentence(self) -> str:
        """What followed from it, to stand behind the sentence of the act; empty where nothing did."""
        said = []
        if self.cut:
            said.append(f"split before {_named(self.cut)}")
        if self.joined:
            said.append(f"joined {_named(self.joined)} to the document before")
        return f" hhreview also {' and '.join(said)}." if said else ""


NAMED = 12
"""Pages that a sentence names; of more it gives the number."""


def _named(positions: list[int]) -> str:
    return pages_in_words(positions) if len(positions) <= NAMED else f"{len(positions)} pages"


def follow(desk: Desk, run: Run, around: list[tuple[Terrain, set[int]]]) -> str:
    """Turns what the act turned in the machine's mind, and nothing else; returns the sentence.

    A seam turns where the best partition before and after the act differ, the desk stood as the one before, both pages
    are in groups that nobody settled, and the act did not decide it.
    """
    turns = list(_turns(desk, around))
    desk.hold({group for turn in turns for group in turn.groups} - desk.groups.keys())
    desk.hold_answers()
    turned = Turned([], [])
    fresh: list[list[int]] = []
    for turn in turns:
        if turn.take(desk, fresh):
            for seam, boundary in turn.wanted.items():
                (turned.cut if boundary else turned.joined).append(turn.terrain.positions[seam + 1])
    for row in desk.new_groups(fresh, state=Group.State.PROPOSED, edited=False) if fresh else ():
        row.run_id = run.pk
    return turned.sentence


def _turns(desk: Desk, around: list[tuple[Terrain, set[int]]]) -> Iterator[Turn]:
    """The stretches in which seams turn."""
    for terrain, touched in around:
        before, after = terrain.found, terrain.as_of(desk)
        for first, stop in terrain.stretches(touched, before, after):
            old = terrain.decide(first, stop, before).boundary
            new = terrain.decide(first, stop, after).boundary
            seams = [first + int(i) for i in (old != new).nonzero()[0]]
            seams = [seam for seam in seams if _free(terrain, after, seam, first, stop)]
            wanted = {seam: bool(new[seam - first]) for seam in seams}
            wanted = {seam: b for seam, b in wanted.items() if _apart(after, seam) != b}
            if wanted:
                yield Turn(terrain, after, first, stop, wanted)


def _apart(scene: Scene, seam: int) -> bool:
    one, other = scene.places[seam], scene.places[seam + 1]
    return one is None or other is None or one.group != other.group


def _free(terrain: Terrain, scene: Scene, seam: int, first: int, stop: int) -> bool:
    """Whether both pages are in groups that nobody settled, without gaps and inside the stretch, at a seam that was
    weighed and that nobody answered."""
    if seam in scene.answers or not terrain.is_weighed[seam]:
        return False
    for at in (seam, seam + 1):
        group = scene.places[at]
        if group is None or group.settled:
            return False
        low, high = _extent(scene, at, first, stop)
        if high - low != group.pages:
            return False
    return True


def _extent(scene: Scene, at: int, first: int, stop: int) -> tuple[int, int]:
    """The unbroken stretch of pages of one group around a page."""
    low, high = at, at + 1
    while low > first and not _apart(scene, low - 1):
        low -= 1
    while high < stop and not _apart(scene, high - 1):
        high += 1
    return low, high


@dataclass(frozen=True, slots=True)
class Turn:
    """A stretch, pages first ... stop - 1 of a terrain, and what its seams become. Groups around them lie inside it."""

    terrain: Terrain
    scene: Scene
    first: int
    stop: int
    wanted: dict[int, bool]

    @property
    def groups(self) -> set[int]:
        """Ids of the groups that get other pages."""
        places = (place for seam in self.wanted for place in self.scene.places[seam : seam + 2])
        return {place.group for place in places if place is not None}

    def take(self, desk: Desk, fresh: list[list[int]]) -> bool:
        """Give the groups their new pages, and add the pages of new groups to `fresh`; False if an answer about other
        pages forbids it. The groups and their answers are held."""
        ids, scene = self.groups, self.scene
        at = [i for i in range(self.first, self.stop) if (place := scene.places[i]) is not None and place.group in ids]
        parts: list[list[int]] = [[at[0]]]
        for left, right in pairwise(at):
            boundary = self.wanted.get(left, _apart(scene, left)) if right == left + 1 else True
            if boundary:
                parts.append([])
            parts[-1].append(right)
        pages = [[self.terrain.pages[i] for i in part] for part in parts]
        if not _obeys(desk, pages):
            return False
        order = {page: (group, place) for group in ids for place, page in enumerate(desk.pages[group])}
        heads = {min(desk.pages[group], key=desk.positions.__getitem__): group for group in ids}
        kept = {heads[part[0]]: part for part in pages if part[0] in heads}
        for group in ids:
            row = desk.groups[group]
            if group not in kept:
                desk.drop(row)
            elif set(kept[group]) != set(desk.pages[group]):
                desk.put(row, _in_order(kept[group], order))
                row.confidence = None
        fresh += [_in_order(part, order) for part in pages if part[0] not in heads]
        return True


def _in_order(pages: list[int], order: dict[int, tuple[int, int]]) -> list[int]:
    """A part of one group keeps that group's reading order; what comes from several stands in scan order."""
    if len({order[page][0] for page in pages}) > 1:
        return pages
    return sorted(pages, key=lambda page: order[page][1])


def _obeys(desk: Desk, parts: list[list[int]]) -> bool:
    home = {page: number for number, part in enumerate(parts) for page in part}
    return all(
        (home[first] == home[second]) == (said[0] == Answer.Verdict.SAME)
        for (first, second), said in desk.answers.items()
        if said is not None and first in home and second in home
    )
