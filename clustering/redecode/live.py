"""The live effect: what a decision changes, in the same edit, before the next seam is shown.

An act that decides something (an answer, a split, a merge, a confirmation) moves the run's model over the whole
collection (`adaptation`). Wherever the best partition differs from the one before the act, groups that nobody settled
follow; that is part of the edit and is undone with it. Probabilities and confidences are derived: they are computed
again by whatever changes the decisions around, undo included, and stand in no edit; `moved_since` tells which
moved. docs/decisions/0007-live-effect.md
tells why.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

import numpy as np
from django.db import connection
from django.db.models import Q

from clustering.engine.collection_model import RunModel
from clustering.journal.workspace import Desk
from clustering.models import VERBS, Collection, Edit, Group, LiveScore, Page, Run, SeamScore, Verb
from clustering.redecode.following import follow
from clustering.redecode.terrain import WHOLE, Floats, Ids, Terrain, model_of, read, spans_around
from clustering.wording import array_of

TOLD_FROM = 0.005
"""A probability that moved by less is left as it was told: half of what people see."""
DECIDED_FROM = 0.001
"""The same where a person decided: there it is certain."""
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
"""Written out, because every act asks both: building them each time took a tenth of its time."""


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
    """What an act changes, from before it is written until its probabilities are kept."""

    terrain: Terrain
    """As it stood before the act."""
    log_odds: Floats
    """(n - 1,) what the run's model thinks now."""
    sentence: str = ""


def effect_of(desk: Desk, verb: Verb) -> Effect | None:
    """Lets groups that nobody settled follow what the act decided; None where the run cannot be decoded in parts, or
    nothing was decided. Changes `desk`, writes nothing."""
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
    terrain = read(desk.collection, run, WHOLE if model else spans_around(run, touched))
    now = terrain.as_of(desk)
    before, after = _log_odds(model, terrain), _log_odds(model, now)
    effect = Effect(terrain, after)
    if verb.follows:
        wanted = now.boundaries(after)
        effect.sentence = follow(desk, now, wanted, wanted != terrain.boundaries(before))
    return effect


def _log_odds(model: RunModel | None, terrain: Terrain) -> Floats:
    """(n - 1,) what a model thinks of the seams, given what is decided there; without one, what the run thought."""
    if model is None:
        return terrain.log_odds
    offset = float(terrain.run.weighing.get("offset", 0.0))
    judged = model.log_odds_after(terrain.pages[:-1], terrain.decided()) + offset
    return np.where(np.isnan(terrain.log_odds) | np.isnan(judged), terrain.log_odds, judged)


def keep(effect: Effect, desk: Desk, edit: Edit) -> None:
    """Write the probabilities and confidences that are no longer as they were told, of an act that is written."""
    terrain, now = effect.terrain, effect.terrain.as_of(desk)
    chances = now.chances(effect.log_odds)
    moved = np.abs(chances - terrain.live) >= np.where(now.known, DECIDED_FROM, TOLD_FROM)
    seams = np.flatnonzero(moved & ~np.isnan(terrain.stored))
    _write_scores(terrain.pages[seams], chances[seams], run=terrain.run, sequence=edit.sequence)
    groups, sure, stored_confidence = now.sureness(effect.log_odds)
    other = np.isnan(stored_confidence) | (np.abs(sure - stored_confidence) >= CONFIDENCE_FROM)
    _write_confidences(groups[other], sure[other])


def _touched(desk: Desk) -> set[int]:
    """Positions of the pages about whose seams something else is decided than before."""
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
    """Positions that people decided about since this run began to be computed, and may not know of."""
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
    """One statement: the probabilities after these pages, as of an edit."""
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
    """One statement, and no new version: nobody's view is stale by what the machine thinks."""
    if not len(groups):
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{Group._meta.db_table}" AS old SET confidence = new.chance '
            "FROM unnest(%s::bigint[], %s::double precision[]) AS new (id, chance) WHERE old.id = new.id",
            [array_of(groups.tolist()), array_of(chances.tolist())],
        )
