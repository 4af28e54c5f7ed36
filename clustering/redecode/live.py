"""The live effect: what a decision changes elsewhere, in the same edit.

An act that decides something (an answer, a split, a merge, a confirmation) updates the run's model for the whole
collection. Wherever the best partition then differs from the one before, groups that nobody settled follow it. That is
part of the edit and is undone with it. Probabilities and confidences are in no edit: every act that changes decisions,
undo included, computes them again, and `moved_since` returns those that changed. See
docs/decisions/0007-live-effect.md for the reasons.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from django.db import connection
from django.db.models import Q

from clustering.engine.collection_model import RunModel
from clustering.journal.workspace import Desk
from clustering.models import VERBS, Answer, Collection, Edit, Group, LiveScore, Page, Run, SeamScore, Verb
from clustering.redecode.seam_table import WHOLE, Flags, Floats, Ids, SeamTable, model_of, read, spans_around
from clustering.sentences import listed
from clustering.wording import array_of, pages_in_words, say

SHOWN_FROM = 0.005
"""Smaller changes of a probability are not written: half a percent, the least that people see."""
DECIDED_FROM = 0.001
"""The same where a person decided, because there it becomes certain."""
CONFIDENCE_FROM = 0.005
_MARGIN = timedelta(seconds=1)


class Moved(NamedTuple):
    """A seam whose probability moved: the position of the page before it, and the groups on both sides."""

    position: int
    probability: float
    group: int | None
    group_after: int | None


_DESK_RUN = f"""
SELECT run.* FROM "{Run._meta.db_table}" AS run
WHERE run.collection_id = %(collection)s AND run.state = '{Run.State.READY}'
    AND EXISTS (SELECT FROM "{SeamScore._meta.db_table}" AS seam WHERE seam.run_id = run.id)
ORDER BY run.published DESC NULLS LAST, run.created DESC LIMIT 1
"""
_MOVED = f"""
SELECT page.position, score.probability, page.group_id, next.group_id
FROM "{LiveScore._meta.db_table}" AS score
JOIN "{Page._meta.db_table}" AS page ON page.id = score.page_id
LEFT JOIN "{Page._meta.db_table}" AS next
    ON next.collection_id = page.collection_id AND next.position = page.position + 1
WHERE score.run_id = (SELECT id FROM ({_DESK_RUN}) AS spoken) AND score.sequence > %(since)s
ORDER BY page.position LIMIT %(most)s
"""
"""Plain SQL, because every act runs both: building the queries took a tenth of its time."""


def desk_run(collection: Collection) -> Run | None:
    """Return the run whose seams the desk shows: the one published last, else the newest that scored seams."""
    return next(iter(Run.objects.raw(_DESK_RUN, {"collection": collection.pk})), None)


def moved_since(collection: Collection, version: int, *, most: int) -> list[Moved]:
    """Return the seams whose probability moved after a version, by position."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, {"collection": collection.pk, "since": version, "most": most})
        return [Moved(*row) for row in cursor.fetchall()]


@dataclass(slots=True)
class Effect:
    """What an act changes elsewhere, from before it is written until its probabilities are kept."""

    table: SeamTable
    """Before the act."""
    log_odds: Floats
    """(n - 1,) of a boundary, by the run's model after the act."""
    sentence: str = ""


def effect_of(desk: Desk, verb: Verb) -> Effect | None:
    """Let groups that nobody settled follow what the act decided. Changes `desk`, and writes nothing.

    Returns None if nothing was decided, or the run can’t be decoded in parts.
    """
    if not verb.decides:
        return None
    touched = _touched(desk)
    if not verb.proposes and not touched:
        return None
    run = desk.run if verb.proposes else desk_run(desk.collection)
    if run is None or not run.weighing:
        return None
    if verb.proposes:
        touched |= _decided_since(run)
    model = model_of(run)
    table = read(desk.collection, run, WHOLE if model else spans_around(run, touched))
    now = table.as_of(desk)
    before, after = _log_odds(model, table), _log_odds(model, now)
    effect = Effect(table, after)
    if verb.follows:
        wanted = now.boundaries(after)
        effect.sentence = follow(desk, now, wanted, wanted != table.boundaries(before))
    return effect


def _log_odds(model: RunModel | None, table: SeamTable) -> Floats:
    """(n - 1,) log-odds by a model, given the decisions; without a model, those that the run stored."""
    if model is None:
        return table.log_odds
    offset = float(table.run.weighing.get("offset", 0.0))
    judged = model.log_odds_after(table.pages[:-1], table.decided()) + offset
    return np.where(np.isnan(table.log_odds) | np.isnan(judged), table.log_odds, judged)


def keep(effect: Effect, desk: Desk, edit: Edit) -> None:
    """Write the probabilities and confidences that an act changed, after the act is written."""
    table, now = effect.table, effect.table.as_of(desk)
    chances = now.chances(effect.log_odds)
    moved = np.abs(chances - table.live) >= np.where(now.known, DECIDED_FROM, SHOWN_FROM)
    seams = np.flatnonzero(moved & ~np.isnan(table.stored))
    _write_scores(table.pages[seams], chances[seams], run=table.run, sequence=edit.sequence)
    groups, sure, stored_confidence = now.sureness(effect.log_odds)
    other = np.isnan(stored_confidence) | (np.abs(sure - stored_confidence) >= CONFIDENCE_FROM)
    _write_confidences(groups[other], sure[other])


def _touched(desk: Desk) -> set[int]:
    """Return the positions of pages whose seams have new decisions."""
    pages: set[int] = set()
    for pair, answer in desk.answers.items():
        if (answer and answer[0]) != ((old := desk.before.answers.get(pair)) and old[0]):
            pages.update(pair)
    for pk in desk.before.groups.keys() | desk.groups.keys():
        was, now = desk.before.groups.get(pk), desk.groups.get(pk)
        old_pages = set(was.pages) if was and was.fields.get("state") == Group.State.CONFIRMED else set()
        new_pages = set(desk.pages[pk]) if now and now.state == Group.State.CONFIRMED else set()
        if old_pages != new_pages:
            pages |= old_pages | new_pages
        elif was and now and was.pages != tuple(desk.pages[pk]):
            here = desk.pages[pk]
            pages.update([*was.pages, *here] if _gappy(desk, was.pages) or _gappy(desk, here) else [])
    positions = {desk.positions[page] for page in pages if page in desk.positions}
    return positions | {position - 1 for position in positions if position > 1}


def _gappy(desk: Desk, pages: Iterable[int]) -> bool:
    positions = desk.position_of(pages)
    return max(positions) - min(positions) + 1 != len(positions)


def _decided_since(run: Run) -> set[int]:
    """Return positions with decisions since the computation of this run began: it may not know them."""
    began = run.created - timedelta(seconds=run.seconds) - _MARGIN
    edits = Edit.objects.filter(collection=run.collection_id, created__gte=began)
    decided = [verb for verb in VERBS.values() if verb.decides and not verb.proposes]
    rows = list(edits.filter(verb__in=decided).values_list("pages", "groups"))
    pages = {page for some, _ in rows for page in some}
    groups = {group for _, some in rows for group in some}
    settled = Page.objects.filter(Q(pk__in=pages) | Q(group__in=groups), collection=run.collection_id)
    positions = set(settled.values_list("position", flat=True))
    return positions | {position - 1 for position in positions if position > 1}


def _write_scores(pages: Ids, chances: Floats, *, run: Run, sequence: int) -> None:
    """Write the probabilities at the seams after these pages, as of an edit. One statement."""
    if not len(pages):
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{LiveScore._meta.db_table}" (run_id, sequence, page_id, probability) '
            "SELECT %s, %s, new.page, new.chance "
            "FROM unnest(%s::bigint[], %s::double precision[]) AS new (page, chance) "
            "ON CONFLICT (run_id, page_id) DO UPDATE "
            "SET probability = EXCLUDED.probability, sequence = EXCLUDED.sequence",
            [run.pk, sequence, array_of(pages.tolist()), array_of(chances.tolist())],
        )


def _write_confidences(groups: Ids, chances: Floats) -> None:
    """Write confidences in one statement. Versions stay: a new confidence makes nobody's view stale."""
    if not len(groups):
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{Group._meta.db_table}" AS old SET confidence = new.chance '
            "FROM unnest(%s::bigint[], %s::double precision[]) AS new (id, chance) WHERE old.id = new.id",
            [array_of(groups.tolist()), array_of(chances.tolist())],
        )


# --- Groups that follow a decision -----------------------------------------------------------------------------------
@dataclass(slots=True)
class Regrouped:
    """Positions of the pages that now begin a document, and of those that no longer do."""

    cut: list[int]
    joined: list[int]

    @property
    def sentence(self) -> str:
        """What hhreview changed, to append to the sentence of the act; empty if nothing."""
        sentences = []
        if self.cut:
            sentences.append(say("split before %(pages)s", pages=_named(self.cut)))
        if self.joined:
            sentences.append(say("joined %(pages)s to the document before", pages=_named(self.joined)))
        return say(" hhreview also %(said)s.", said=listed(sentences)) if sentences else ""


NAMED = 12
"""Most pages that a sentence names; more are counted."""


def _named(positions: list[int]) -> str:
    return pages_in_words(positions) if len(positions) <= NAMED else f"{len(positions)} pages"


def follow(desk: Desk, now: SeamTable, wanted: Flags, changed: Flags) -> str:
    """Apply the part of the best partition that the act changed, and return the sentence.

    `wanted` is the best partition after the act, `changed` where it differs from the one before. A seam changes there
    unless the desk agrees already, a person decided it, or one of its groups is settled.
    """
    regroupings = list(_regroupings(now, wanted, changed & now.free & (now.apart != wanted)))
    desk.hold({group for regrouping in regroupings for group in regrouping.groups} - desk.groups.keys())
    desk.hold_answers()
    done = Regrouped([], [])
    fresh: list[list[int]] = []
    for regrouping in regroupings:
        if regrouping.take(desk, fresh):
            for seam, boundary in regrouping.wanted.items():
                (done.cut if boundary else done.joined).append(int(now.positions[seam + 1]))
    for row in desk.new_groups(fresh, state=Group.State.PROPOSED, edited=False) if fresh else ():
        row.run_id = now.run.pk
    return done.sentence


def _regroupings(now: SeamTable, wanted: Flags, changed: Flags) -> Iterator[Regrouping]:
    """Yield the seams that change, grouped by neighboring groups."""
    groups, apart = now.groups.tolist(), now.apart.tolist()
    regrouping: Regrouping | None = None
    for seam in np.flatnonzero(changed).tolist():
        left, right = groups[seam], groups[seam + 1]
        if regrouping is None or left not in regrouping.groups:
            if regrouping is not None:
                yield regrouping
            regrouping = Regrouping(now, apart, {}, set())
        regrouping.wanted[seam] = bool(wanted[seam])
        regrouping.groups.update((left, right))
    if regrouping is not None:
        yield regrouping


@dataclass(frozen=True, slots=True)
class Regrouping:
    """Neighboring groups, and what the seams inside and between them become."""

    table: SeamTable
    apart: list[bool]
    """Per seam of the table whether its pages are in two groups."""
    wanted: dict[int, bool]
    groups: set[int]
    """Ids of the groups that get other pages."""

    def take(self, desk: Desk, fresh: list[list[int]]) -> bool:
        """Give the groups their new pages, and add the pages of new groups to `fresh`.

        The groups and their answers must be held. Returns False, and changes nothing, if an answer about other pages
        forbids it.
        """
        ids = self.groups
        at = sorted(self.table.index[page] for group in ids for page in desk.pages[group])
        parts: list[list[int]] = [[at[0]]]
        for left, right in pairwise(at):
            if self.wanted.get(left, self.apart[left]):
                parts.append([])
            parts[-1].append(right)
        pages = [self.table.pages[part].tolist() for part in parts]
        if not _obeys(desk, pages):
            return False
        order = {page: (group, index) for group in ids for index, page in enumerate(desk.pages[group])}
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
    """Return pages of one group in its reading order, pages of several groups in scan order."""
    if len({order[page][0] for page in pages}) > 1:
        return pages
    return sorted(pages, key=lambda page: order[page][1])


def _obeys(desk: Desk, parts: list[list[int]]) -> bool:
    home = {page: number for number, part in enumerate(parts) for page in part}
    return all(
        (home[first] == home[second]) == (answer[0] == Answer.Verdict.SAME)
        for (first, second), answer in desk.answers.items()
        if answer is not None and first in home and second in home
    )
