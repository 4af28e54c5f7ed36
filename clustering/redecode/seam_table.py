"""The seams around a decision as columns: the groups of their pages, people's decisions, and the scores of a run.

Only seams are scored, so each seam is decoded separately: by the decision about it, or else by its log-odds. A table
therefore decodes a whole collection in a few array operations, with the same result as the decoder under the same
constraints (`engine.segmentation.decode_independent`). The first act of a process on a collection reads the run's model
and scores, and keeps them in memory.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy
from django.db import connection

from clustering.engine.collection_model import Lookup, RunModel
from clustering.journal.workspace import Desk
from clustering.models import Answer, Collection, Group, LiveScore, Page, Run, RunFeatures, SeamScore

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ids = npt.NDArray[np.int64]
Verdicts = npt.NDArray[np.int8]
Spans = Sequence[tuple[int, int]]
"""First and last position of each span of pages, ascending."""

WHOLE: Spans = ((1, 2**31 - 1),)
KEPT = 4
"""Models that a process keeps in memory: some 5 MB each at 5,000 pages."""
LARGEST = 20_000
"""In a larger collection, an answer changes only pages nearby, and the next proposal the rest, so that nobody waits."""
UNSAID, SAME, DIFFERENT = -1, 0, 1
_VERDICTS = {Answer.Verdict.SAME: SAME, Answer.Verdict.DIFFERENT: DIFFERENT}


@dataclass(frozen=True)
class SeamTable:
    """n pages in scan order and the n - 1 seams between them, at one moment.

    If only parts of a collection are read, there is a boundary between the parts.
    """

    run: Run
    pages: Ids
    """(n,) page ids."""
    positions: Ids
    joined: Flags
    """(n - 1,) whether the pages beside the seam are in the same part."""
    groups: Ids
    """(n,) id of the group of each page, 0 for none; the next four are about that group."""
    confirmed: Flags
    settled: Flags
    """Confirmed, or touched by a person."""
    mine: Flags
    """Whether it comes from `run`."""
    sizes: Ids
    """Number of its pages."""
    confidence: Floats
    """nan if it has none."""
    verdicts: Verdicts
    """(n - 1,) people's answers: SAME, DIFFERENT, or UNSAID."""
    log_odds: Floats
    """(n - 1,) log-odds of a boundary stored with the run; nan without any."""
    stored: Floats
    """(n - 1,) probability stored with the run; nan without any."""
    live: Floats
    """(n - 1,) the current probability."""

    @cached_property
    def index(self) -> dict[int, int]:
        """Row of each page, by its id."""
        return {page: row for row, page in enumerate(self.pages.tolist())}

    # --- Decisions ---------------------------------------------------------------------------------------------------
    @cached_property
    def apart(self) -> Flags:
        """(n - 1,) whether the pages are not in one group."""
        left, right = self.groups[:-1], self.groups[1:]
        return np.asarray(~self.joined | (left != right) | (left == 0))

    @cached_property
    def runs(self) -> tuple[Ids, Ids]:
        """First row and the one after the last of each unbroken stretch of one group, or of one page in none."""
        starts = np.append(0, np.flatnonzero(self.apart) + 1)[: len(self.pages)]
        return starts, np.append(starts[1:], len(self.pages))[: len(starts)]

    @cached_property
    def unbroken(self) -> Flags:
        """(n,) whether the group of a page is a single run of pages, all of which is here."""
        starts, stops = self.runs
        whole = (stops - starts == self.sizes[starts]) & (self.groups[starts] != 0)
        return np.repeat(whole, stops - starts)

    @cached_property
    def gappy(self) -> Flags:
        """(n,) whether the group of a page has gaps."""
        starts, stops = self.runs
        _, number = np.unique(self.groups[starts], return_inverse=True)
        several = (np.bincount(number)[number] > 1) & (self.groups[starts] != 0) if len(starts) else np.zeros(0, bool)
        return np.repeat(several, stops - starts)

    def decided(self) -> dict[int, bool]:
        """Return whether a document ends after a page, by page id, for people's decisions: what the model learns
        from."""
        sure = self.confirmed[:-1] | self.confirmed[1:]
        ends = np.where(self.verdicts == UNSAID, self.apart, self.verdicts == DIFFERENT)
        is_seam = (np.diff(self.positions) == 1) & ~np.isnan(self.log_odds)
        rows = np.flatnonzero(is_seam & (sure | (self.verdicts != UNSAID)))
        return dict(zip(self.pages[rows].tolist(), ends[rows].tolist(), strict=True))

    def _hard(self, obeyed: Flags) -> tuple[Flags, Flags]:
        """Return the seams that must be boundaries, and those that must not be, each (n - 1,), if the groups of
        `obeyed` pages are kept.

        Answers that contradict the groups are ignored; the dashboard lists them.
        """
        owned = self.settled | (self.groups == 0)
        held = ~self.apart & self.settled[:-1]
        together = held & obeyed[:-1]
        forced = ~self.joined | (self.apart & (obeyed[:-1] | obeyed[1:]))
        forced |= (self.verdicts == DIFFERENT) & ~held
        forbidden = (self.verdicts == SAME) & (held | ~(owned[:-1] | owned[1:]))
        return forced, together | (forbidden & ~forced)

    @cached_property
    def _kept(self) -> tuple[Flags, Flags]:
        """What every partition must keep: groups that people confirmed or edited, unassigned pages, and answers."""
        return self._hard(self.settled | (self.groups == 0))

    @cached_property
    def _sure(self) -> tuple[Flags, Flags]:
        """What is certain. A group that was only edited isn't, unless it has gaps."""
        return self._hard(self.confirmed | (self.settled & self.gappy))

    # --- Decoding ----------------------------------------------------------------------------------------------------
    def boundaries(self, log_odds: Floats) -> Flags:
        """Return (n - 1,) the boundaries of the best partition that keeps people's decisions."""
        forced, forbidden = self._kept
        return forced | (~forbidden & (np.nan_to_num(log_odds) > 0))

    def chances(self, log_odds: Floats) -> Floats:
        """Return (n - 1,) the probability of a boundary, given what is certain."""
        forced, forbidden = self._sure
        return np.where(forced, 1.0, np.where(forbidden, 0.0, scipy.special.expit(np.nan_to_num(log_odds))))

    @property
    def known(self) -> Flags:
        """(n - 1,) seams that are certain."""
        forced, forbidden = self._sure
        return forced | forbidden

    def sureness(self, log_odds: Floats) -> tuple[Ids, Floats, Floats]:
        """Return the id of each of the run's groups that no person settled, the probability that exactly its pages are
        one document, and its current confidence."""
        forced, forbidden = self._kept
        known = np.nan_to_num(log_odds)
        ends = np.where(forced, 0.0, np.where(forbidden, -np.inf, scipy.special.log_expit(known)))
        on = np.where(forced | forbidden, 0.0, scipy.special.log_expit(-known))
        edge = np.concatenate([[0.0], ends, [0.0]])
        inner = np.concatenate([[0.0], np.cumsum(on)])
        starts, stops = self.runs
        asked = self.unbroken[starts] & self.mine[starts] & ~self.settled[starts]
        starts, stops = starts[asked], stops[asked]
        log = edge[starts] + edge[stops] + inner[stops - 1] - inner[starts]
        walls = np.concatenate([[0], np.cumsum(forced)])
        chance = np.where(walls[stops - 1] > walls[starts], 0.0, np.exp(np.minimum(log, 0.0)))
        return self.groups[starts], chance, self.confidence[starts]

    @cached_property
    def free(self) -> Flags:
        """(n - 1,) scored, undecided seams between whole groups that nobody settled."""
        open_ = self.unbroken & ~self.settled
        unsaid = self.verdicts == UNSAID
        return np.asarray(unsaid & ~np.isnan(self.log_odds) & open_[:-1] & open_[1:] & self.joined)

    # --- After an act ------------------------------------------------------------------------------------------------
    def as_of(self, desk: Desk) -> SeamTable:
        """Return the table with the changes of `desk`, written or not."""
        columns = {
            name: getattr(self, name).copy()
            for name in ("groups", "confirmed", "settled", "mine", "sizes", "confidence", "verdicts")
        }
        rows = [
            (row, group) for page, group in desk.groups_by_page().items() if (row := self.index.get(page)) is not None
        ]
        standing = {group: _values_of(desk, group, self.run) for _, group in rows}
        at = [row for row, _ in rows]
        states = zip(*(standing[group] for _, group in rows), strict=True) if rows else ()
        for name, values in zip(
            ("groups", "confirmed", "settled", "mine", "sizes", "confidence"), states, strict=False
        ):
            columns[name][at] = values
        for (first, second), answer in desk.answers.items():
            row = self.index.get(first)
            if row is not None and self.index.get(second) == row + 1:
                columns["verdicts"][row] = UNSAID if answer is None else _VERDICTS[Answer.Verdict(answer[0])]
        return replace(self, **columns)


GroupValues = tuple[int, bool, bool, bool, int, float]
"""Columns of a page: group, whether that is confirmed, settled, and the run's, its pages, and its confidence."""


def _values_of(desk: Desk, group: int | None, run: Run) -> GroupValues:
    if group is None:
        return 0, False, False, False, 0, np.nan
    row = desk.groups[group]
    sure = np.nan if row.confidence is None else row.confidence
    settled = row.edited or row.state != Group.State.PROPOSED
    return group, row.state == Group.State.CONFIRMED, settled, row.run_id == run.pk, len(desk.pages[group]), sure


_PLACES = f"""
SELECT page.id, page.position, coalesce(page.group_id, 0), coalesce(home.state = '{Group.State.CONFIRMED}', false),
    coalesce(home.edited OR home.state <> '{Group.State.PROPOSED}', false), coalesce(home.run_id = %s, false),
    coalesce(home.page_count, 0), home.confidence
FROM unnest(%s::integer[], %s::integer[]) AS span (low, high)
JOIN "{Page._meta.db_table}" AS page ON page.collection_id = %s AND page.position BETWEEN span.low AND span.high
LEFT JOIN "{Group._meta.db_table}" AS home ON home.id = page.group_id
ORDER BY page.position
"""
_ANSWERS = f'SELECT first_id, second_id, verdict FROM "{Answer._meta.db_table}" WHERE collection_id = %s'
_LIVE = f'SELECT page_id, probability FROM "{LiveScore._meta.db_table}" WHERE run_id = %s'


def read(collection: Collection, run: Run, spans: Spans = WHOLE) -> SeamTable:
    """Read the pages of these spans, with the scores of `run`.

    Takes three queries, and one more for a run whose scores this process hasn't read yet.
    """
    rows = _fetched(_PLACES, run.pk, [low for low, _ in spans], [high for _, high in spans], collection.pk)
    columns: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * 8
    pages = np.array(columns[0], dtype=np.int64)
    seams = max(len(pages) - 1, 0)
    index = {page: row for row, page in enumerate(columns[0])}
    some = None if spans is WHOLE else list(index)
    verdicts = np.full(seams, UNSAID, dtype=np.int8)
    for first, second, verdict in _about(some, "first_id", _ANSWERS, collection.pk):
        row = index.get(first)
        if row is not None and index.get(second) == row + 1:
            verdicts[row] = _VERDICTS[verdict]
    scores = scores_of(run, collection.reordered, some)
    log_odds, stored = scores.of(pages[:-1])
    live = stored.copy()
    for page, probability in _about(some, "page_id", _LIVE, run.pk):
        row = index.get(page)
        if row is not None and row < seams:
            live[row] = probability
    positions = np.array(columns[1], dtype=np.int64)
    span = np.searchsorted([low for low, _ in spans], positions, side="right")
    return SeamTable(
        run=run,
        pages=pages,
        positions=positions,
        joined=span[1:] == span[:-1],
        groups=np.array(columns[2], dtype=np.int64),
        confirmed=np.array(columns[3], dtype=bool),
        settled=np.array(columns[4], dtype=bool),
        mine=np.array(columns[5], dtype=bool),
        sizes=np.array(columns[6], dtype=np.int64),
        confidence=np.array(columns[7], dtype=np.float64),
        verdicts=verdicts,
        log_odds=log_odds,
        stored=stored,
        live=live,
    )


def _about(pages: list[int] | None, column: str, statement: str, of: int) -> list[tuple[Any, ...]]:
    """Return the rows about these pages, or all rows for None."""
    if pages is None:
        return _fetched(statement, of)
    return _fetched(f"{statement} AND {column} = ANY(%s::bigint[])", of, pages)


def _fetched(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def spans_around(run: Run, touched: Iterable[int]) -> Spans:
    """Return the spans between anchors of the run that contain these positions, and one more on each side.

    This much is read of a collection that is too large to be read as a whole.
    """
    anchors: list[int] = run.weighing["anchors"]
    hit: set[int] = set()
    for position in touched:
        at = bisect_left(anchors, position)
        hit.update(range(max(at - 1, 0), min(at + 1, len(anchors)) + 1))
    walls = [0, *anchors, 2**31 - 1]
    spans: list[list[int]] = []
    for number in sorted(hit):
        if spans and spans[-1][1] == walls[number]:
            spans[-1][1] = walls[number + 1]
        else:
            spans.append([walls[number] + 1, walls[number + 1]])
    return [(low, high) for low, high in spans]


# --- What a run stored -----------------------------------------------------------------------------------------------
class Scores:
    """The scores that a run stored for the seams after pages."""

    def __init__(self, rows: Iterable[tuple[int, float | None, float]]) -> None:
        table = np.array([(page, log_odds, live) for page, log_odds, live in rows], dtype=np.float64).reshape(-1, 3)
        self._lookup = Lookup(table[:, 0])
        # A last row for pages without a row.
        self._log_odds, self._probabilities = (np.append(table[:, column], np.nan) for column in (1, 2))

    def of(self, pages: Ids) -> tuple[Floats, Floats]:
        """Return log-odds and probabilities, nan where there are none."""
        rows, is_known = self._lookup.rows(pages)
        rows = np.where(is_known, rows, -1)
        return self._log_odds[rows], self._probabilities[rows]


def scores_of(run: Run, reordered: int, pages: Sequence[int] | None = None) -> Scores:
    """Return the scores that a run stored for the seams after these pages, or after all pages.

    Scores of all pages are cached until the collection's `reordered` changes: pages were then added or removed.
    """
    if pages is None:
        return _all_scores(run.pk, reordered)
    return Scores(SeamScore.objects.filter(run=run, page__in=pages).values_list(*_SCORED))


_SCORED = ("page_id", "log_odds", "probability")


@lru_cache(maxsize=KEPT)
def _all_scores(run: int, _reordered: int) -> Scores:
    return Scores(SeamScore.objects.filter(run=run).values_list(*_SCORED))


@lru_cache(maxsize=KEPT)
def _loaded(run: int) -> RunModel | None:
    """Return a run's model, if it has one. Runs are never edited, so it can be cached."""
    data = RunFeatures.objects.filter(run=run).values_list("data", flat=True).first()
    return None if data is None else RunModel(bytes(data))


def model_of(run: Run) -> RunModel | None:
    """Return a run's model; None if it doesn't learn from answers, or is too large to update within an act."""
    return _loaded(run.pk) if run.page_count <= LARGEST else None
