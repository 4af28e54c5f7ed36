"""The part of a collection around a decision: what a run's model thinks of its seams, and what is settled there.

A model is moved by everything that is decided in its collection, in memory, from what the run kept. The first act of a
process on a collection reads the run's features; after that, taking in one more answer is a few array operations
(`engine.collection_model`).
"""

from __future__ import annotations

import io
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from django.db import connection

from clustering.engine.collection_model import CollectionModel, Prior
from clustering.engine.neighbourhood import Decided, decide
from clustering.engine.records import Constraints, Features
from clustering.journal.workspace import Desk
from clustering.models import Answer, Collection, Group, LiveScore, Page, Run, RunFeatures, SeamScore

Floats = npt.NDArray[np.float64]


KEPT = 4
"""Models kept in a process: some 5 MB each at 5,000 pages."""
LARGEST = 20_000
"""Pages above which an answer moves only what is around it, and the next proposal the rest: a person must not wait."""

Decisions = Mapping[int, bool]
"""Whether a document ends after a page, by its id, where a person decided it."""


def packed(features: Features, page_ids: Sequence[int]) -> bytes:
    """Return features as they are stored; `page_ids` are the stream's."""
    buffer = io.BytesIO()
    prior = features.prior
    np.savez(
        buffer,
        pages=np.array([page_ids[place] for place in features.pages], dtype=np.int64),
        places=np.array(features.pages, dtype=np.int64),
        facts=features.facts.astype(np.float16),
        traits=features.traits.astype(np.float16),
        mean=prior.mean,
        spread=prior.spread,
        scales=np.array([prior.traits_spread, prior.sharpness, prior.answered_sharpness]),
    )
    return buffer.getvalue()


class RunModel:
    """The model of one run. `pages` are the ids of its pages by row; seam i lies between rows i and i + 1."""

    def __init__(self, data: bytes) -> None:
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            self.pages: list[int] = stored["pages"].tolist()
            self.is_seam: npt.NDArray[np.bool_] = np.diff(stored["places"]) == 1
            prior = Prior(stored["mean"], stored["spread"], *map(float, stored["scales"]))
            self._model = CollectionModel(prior, stored["facts"], stored["traits"])
        self.row = {page: row for row, page in enumerate(self.pages)}
        self._last: tuple[dict[int, bool], Floats] | None = None

    def log_odds(self, decisions: Decisions) -> Floats:
        """(rows - 1,) log-odds of a boundary given these decisions; asked again for the same ones, remembered."""
        decided = {
            row: boundary
            for page, boundary in decisions.items()
            if (row := self.row.get(page)) is not None and row < len(self.is_seam) and self.is_seam[row]
        }
        if self._last is None or self._last[0] != decided:
            self._last = decided, self._model.fit(decided).log_odds
        return self._last[1]


@lru_cache(maxsize=KEPT)
def _loaded(run: int) -> RunModel | None:
    """Runs are never edited, so that what was read once stays true."""
    data = RunFeatures.objects.filter(run=run).values_list("data", flat=True).first()
    return None if data is None else RunModel(bytes(data))


def model_of(run: Run) -> RunModel | None:
    """Return a run's model; None where it does not learn from answers, or is too large to move at once."""
    return _loaded(run.pk) if run.page_count <= LARGEST else None


class Place(NamedTuple):
    """Where one page stands: a bare tuple, as an act makes one for every page of a collection."""

    page: int
    group: int | None
    is_open: bool
    """Whether its group is a proposal of the run that nobody touched."""
    is_settled: bool
    """Whether a person confirmed or edited its group."""


_PLACES = f"""
SELECT page.id, page.group_id,
    coalesce(home.state = '{Group.State.PROPOSED}' AND NOT home.edited AND home.run_id = %(run)s, false),
    coalesce(home.edited OR home.state <> '{Group.State.PROPOSED}', false),
    home.state = '{Group.State.CONFIRMED}', page.position, said.verdict
FROM "{Page._meta.db_table}" AS page
LEFT JOIN "{Group._meta.db_table}" AS home ON home.id = page.group_id
LEFT JOIN "{Answer._meta.db_table}" AS said
    ON said.first_id = page.id AND said.collection_id = page.collection_id
    AND EXISTS (SELECT FROM "{Page._meta.db_table}" AS next
                WHERE next.id = said.second_id AND next.position = page.position + 1)
WHERE page.collection_id = %(collection)s
ORDER BY page.position
"""


def standing(collection: Collection, run: Run) -> tuple[list[Place], dict[int, bool]]:
    """Return where all pages stand, in scan order, and what is decided between neighbors. One query."""
    rows = _rows(collection, run)
    return [Place(*row[:4]) for row in rows], _decided(rows)


def decided_between(collection: Collection, run: Run) -> dict[int, bool]:
    """Return what is decided between neighbors, by id of the page before. One query."""
    return _decided(_rows(collection, run))


def _rows(collection: Collection, run: Run) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, {"collection": collection.pk, "run": run.pk})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _decided(rows: Sequence[tuple[Any, ...]]) -> dict[int, bool]:
    decided: dict[int, bool] = {}
    for here, following in pairwise(rows):
        page, group, _, _, confirmed, position, verdict = here
        _, next_group, _, _, next_confirmed, next_position, _ = following
        if next_position != position + 1:
            continue
        if verdict is not None:
            decided[page] = verdict == Answer.Verdict.DIFFERENT
        elif confirmed and group == next_group:
            decided[page] = False
        elif (confirmed or next_confirmed) and group != next_group:
            decided[page] = True
    return decided


@dataclass(frozen=True, slots=True)
class Standing:
    """How a group stands, as far as the machine has to obey it."""

    group: int
    confirmed: bool
    settled: bool
    """Confirmed, or touched by a person."""
    pages: int
    mine: bool
    """Whether it comes from the run that is asked."""


@dataclass(slots=True)
class Scene:
    """What people had settled in a terrain at one moment, by index of its pages."""

    places: list[Standing | None]
    answers: dict[int, str]
    """Index of the seam -> verdict."""
    log_odds: Floats
    """Per seam what the run's model thinks of it given all that was decided then; nan where it was not weighed."""

    def decided(self, seam: int) -> bool | None:
        """Whether a person's decision makes it a boundary; None where nobody decided."""
        if seam in self.answers:
            return self.answers[seam] == Answer.Verdict.DIFFERENT
        one, other = self.places[seam], self.places[seam + 1]
        sure = (one is not None and one.confirmed) or (other is not None and other.confirmed)
        if not sure:
            return None
        return one is None or other is None or one.group != other.group

    def joined(self, seam: int) -> bool:
        """Whether a person's decision forbids a boundary there."""
        one, other = self.places[seam], self.places[seam + 1]
        together = one is not None and other is not None and one.group == other.group and one.settled
        return together or self.answers.get(seam) == Answer.Verdict.SAME

    def constraints(self, first: int, stop: int) -> Constraints:
        """The decisions about the pages first … stop - 1, in the engine's words, counted from `first`.

        Pages in no group stand alone. An answer that the groups contradict is left out: the desk shows it as stuck.
        """
        fixed: dict[int, list[int]] = defaultdict(list)
        held: dict[int, list[int]] = defaultdict(list)
        for i in range(first, stop):
            standing = self.places[i]
            if standing is None:
                held[-i - 1].append(i - first)
            elif standing.settled:
                (fixed if standing.confirmed else held)[standing.group].append(i - first)
        owner = {i: group for groups in (fixed, held) for group, pages in groups.items() for i in pages}
        said: dict[str, set[int]] = {verdict: set() for verdict in Answer.Verdict.values}
        for seam, verdict in self.answers.items():
            at = seam - first
            if not 0 <= at < stop - first - 1:
                continue
            one, other = owner.get(at), owner.get(at + 1)
            together = one is not None and one == other
            if one == other if verdict == Answer.Verdict.SAME else not together:
                said[verdict].add(at)
        return Constraints(
            fixed=tuple(map(tuple, fixed.values())),
            held=tuple(map(tuple, held.values())),
            same=frozenset(said[Answer.Verdict.SAME]),
            apart=frozenset(said[Answer.Verdict.DIFFERENT]),
        )


_PAGES = f"""
SELECT page.id, page.position, page.group_id, home.state, home.edited, home.page_count, home.run_id,
    seam.log_odds, seam.probability, live.probability, said.verdict
FROM "{Page._meta.db_table}" AS page
LEFT JOIN "{Group._meta.db_table}" AS home ON home.id = page.group_id
LEFT JOIN LATERAL (
    SELECT log_odds, probability FROM "{SeamScore._meta.db_table}" WHERE run_id = %(run)s AND page_id = page.id LIMIT 1
) AS seam ON true
LEFT JOIN LATERAL (
    SELECT probability FROM "{LiveScore._meta.db_table}" WHERE run_id = %(run)s AND page_id = page.id LIMIT 1
) AS live ON true
LEFT JOIN LATERAL (
    SELECT verdict FROM "{Answer._meta.db_table}" AS answer JOIN "{Page._meta.db_table}" AS next
    ON next.id = answer.second_id WHERE answer.first_id = page.id AND next.position = page.position + 1 LIMIT 1
) AS said ON true
WHERE page.collection_id = %(collection)s AND page.position BETWEEN %(low)s AND %(high)s
ORDER BY page.position
"""
"""Each page with its group, what the run and the acts since say of the seam after it, and what a person said of it.
LATERAL, so that a few hundred pages never make the planner read all scores of a run that it has no statistics of."""


class Terrain:
    """The pages of some positions, with a run's view of the seams between them. One query."""

    def __init__(self, collection: Collection, run: Run, low: int, high: int) -> None:
        """All pages from position `low` to `high`; `run.weighing` must not be empty."""
        self.run = run
        self.anchors: list[int] = run.weighing["anchors"]
        with connection.cursor() as cursor:
            cursor.execute(_PAGES, {"run": run.pk, "collection": collection.pk, "low": low, "high": high})
            rows = cursor.fetchall()
        self.pages: list[int] = [row[0] for row in rows]
        self.positions: list[int] = [row[1] for row in rows]
        self.index = {page: i for i, page in enumerate(self.pages)}
        # Nothing stands after the last page: its seam leads out of the terrain. NULL becomes NaN.
        log_odds = np.array([row[7] for row in rows[:-1]], dtype=np.float64)
        self.is_weighed = ~np.isnan(log_odds)
        self.stored = np.array([row[8] for row in rows[:-1]], dtype=np.float64)
        self.live: dict[int, float] = {i: row[9] for i, row in enumerate(rows) if row[9] is not None}
        self.found = Scene(
            [
                None if group is None else _standing(group, state, edited, count, of, run)
                for _, _, group, state, edited, count, of, *_ in rows
            ],
            {i: row[10] for i, row in enumerate(rows) if row[10] is not None},
            log_odds,
        )
        self._moved = log_odds
        self._decided: dict[tuple[int, int, Constraints, bytes], Decided] = {}

    def weigh(self, before: Mapping[int, float], after: Mapping[int, float]) -> None:
        """Take what the run's model thinks of seams, by id of the page before, without and with an act's decisions."""
        self.found.log_odds = self._by_page(before)
        self._moved = self._by_page(after)

    def _by_page(self, told: Mapping[int, float]) -> Floats:
        stored = self.found.log_odds
        new = [told.get(page, float(old)) for page, old in zip(self.pages, stored, strict=False)]
        return np.where(self.is_weighed, np.array(new, dtype=np.float64), np.nan)

    def as_of(self, desk: Desk) -> Scene:
        """The scene with what `desk` changed and has not written yet."""
        places, answers = list(self.found.places), dict(self.found.answers)
        for page, group in desk.places().items():
            at = self.index.get(page)
            if at is not None:
                places[at] = None if group is None else self._held(desk, group)
        for (first, second), said in desk.answers.items():
            at = self.index.get(first)
            if at is None or self.index.get(second) != at + 1:
                continue
            answers.pop(at, None)
            if said is not None:
                answers[at] = said[0]
        return Scene(places, answers, self._moved)

    def _held(self, desk: Desk, group: int) -> Standing:
        row = desk.groups[group]
        return _standing(row.pk, row.state, row.edited, len(desk.pages[group]), row.run_id, self.run)

    def stretches(self, touched: Iterable[int], *scenes: Scene) -> Iterator[tuple[int, int]]:
        """The stretches (first, stop) between anchors that hold one of the touched indices, ascending. An anchor that a
        scene joins divides nothing."""
        walls = [0]
        for position in self.anchors:
            at = bisect_left(self.positions, position)
            if at < len(self.is_weighed) and self.positions[at] == position and not any(s.joined(at) for s in scenes):
                walls.append(at + 1)
        walls.append(len(self.pages))
        wanted = sorted(set(touched))
        for first, stop in pairwise(walls):
            place = bisect_left(wanted, first)
            # The seam before a stretch is one of its own walls: deciding it matters on both sides.
            before = place > 0 and wanted[place - 1] == first - 1
            if first < stop and (before or (place < len(wanted) and wanted[place] < stop)):
                yield first, stop

    def decide(self, first: int, stop: int, scene: Scene) -> Decided:
        """The stretch decoded under what is settled in the scene; asked twice, computed once."""
        constraints = scene.constraints(first, stop)
        odds = scene.log_odds[first : stop - 1]
        key = (first, stop, constraints, odds.tobytes())
        if key not in self._decided:
            self._decided[key] = decide(odds, constraints)
        return self._decided[key]


def _standing(group: int, state: str, edited: bool, pages: int, of: int | None, run: Run) -> Standing:  # noqa: FBT001
    settled = edited or state != Group.State.PROPOSED
    return Standing(group, state == Group.State.CONFIRMED, settled, pages, of == run.pk)


def terrains(collection: Collection, run: Run, touched: Iterable[int]) -> Iterator[tuple[Terrain, set[int]]]:
    """The terrains around these positions, and the touched indices in each: a stretch between two anchors of the run,
    and one more to either side, because a decision may do away with an anchor."""
    anchors: list[int] = run.weighing["anchors"]
    hit: set[int] = set()
    for position in touched:
        at = bisect_left(anchors, position)
        hit.update(range(max(at - 1, 0), min(at + 1, len(anchors)) + 1))
    spans: list[list[int]] = []
    for number in sorted(hit):
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    for low, high in spans:
        first = anchors[low - 1] + 1 if low else 1
        last = anchors[high] if high < len(anchors) else 2**31 - 1
        terrain = Terrain(collection, run, first, last)
        known = {position: i for i, position in enumerate(terrain.positions)}
        yield terrain, {known[position] for position in touched if position in known}
