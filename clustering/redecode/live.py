"""The live effect: what a decision changes, in the same edit, before the next seam is shown.

An act that decides something (an answer, a split, a merge, a confirmation) moves the run's model over the whole
collection (`adaptation`). Wherever the best partition differs from the one before the act, groups that nobody settled
follow; that is part of the edit and is undone with it. Probabilities and confidences are derived: they are computed
again by whatever changes the decisions around, undo included, and stand in no edit. docs/decisions/0007-live-effect.md
tells why.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt
import scipy
from django.db import connection
from django.db.models import Q

from clustering.journal.workspace import Desk
from clustering.models import VERBS, Collection, Edit, Group, LiveScore, Page, Run, SeamScore, Verb
from clustering.redecode.following import follow
from clustering.redecode.terrain import (
    RunModel,
    Scene,
    Standing,
    Terrain,
    decided_between,
    model_of,
    standing,
    terrains,
)
from clustering.selectors.desk_run import desk_run

Places = npt.NDArray[np.intp]

TOLD_FROM = 0.001
"""A probability near an act that moved by less is left as it was."""
STEPS = 200
"""Steps from 0 to 1, each half of what people see: far from an act, a probability is told when it comes into another
one. So few are written, and none is ever more than a step from what was told."""
CONFIDENCE_FROM = 0.005
_MARGIN = timedelta(seconds=1)


@dataclass(slots=True)
class Effect:
    """The surroundings of an act, from before it is written until its probabilities are kept."""

    run: Run
    around: list[tuple[Terrain, set[int]]]
    log_odds: dict[int, float]
    """What the run's model thinks now of the seam after a page, by its id; empty where it does not learn."""
    told: dict[int, float]
    """The same before the act, of seams that were not decided then; empty where all is to be told."""
    sentence: str = ""


def foresee(desk: Desk, verb: Verb) -> Effect | None:
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
    effect = _effect(desk, run, touched)
    if verb.proposes:
        effect.told = {}
    if verb.follows:
        effect.sentence = follow(desk, run, effect.around)
    return effect


def _effect(desk: Desk, run: Run, touched: set[int]) -> Effect:
    """What the act may change: the surroundings of what it decides, and of every seam that turns with the model."""
    around = list(terrains(desk.collection, run, touched))
    model = model_of(run)
    if model is None:
        return Effect(run, around, {}, {})
    decided = decided_between(desk.collection, run)
    before = _told(model, run, decided)
    told = {page: odds for page, odds in before.items() if page not in decided}
    for terrain, _ in around:
        scene = terrain.as_of(desk)
        for seam in range(len(terrain.is_weighed)):
            decided.pop(terrain.pages[seam], None)
            if (verdict := scene.decided(seam)) is not None:
                decided[terrain.pages[seam]] = verdict
    after = _told(model, run, decided)
    turned = [page for page, odds in after.items() if (odds > 0) != (before[page] > 0) and page not in decided]
    if turned:
        positions = Page.objects.filter(pk__in=turned).values_list("position", flat=True)
        around = list(terrains(desk.collection, run, touched | set(positions)))
    for terrain, _ in around:
        terrain.weigh(before, after)
    return Effect(run, around, after, told)


def _told(model: RunModel, run: Run, decided: dict[int, bool]) -> dict[int, float]:
    """Log-odds of the seams between neighbors, by id of the page before."""
    offset = float(run.weighing.get("offset", 0.0))
    odds = model.log_odds(decided) + offset
    return {page: odd for page, odd, seam in zip(model.pages, odds.tolist(), model.is_seam, strict=False) if seam}


def keep(effect: Effect, desk: Desk, edit: Edit) -> None:
    """Writes the probabilities of the seams and the confidences of the groups around an act that is written."""
    scores: dict[int, float] = {}
    sure: dict[int, float | None] = {}
    for terrain, touched in effect.around:
        before, after = terrain.found, terrain.as_of(desk)
        for first, stop in terrain.stretches(touched, before, after):
            for low, high in terrain.stretches(range(first, stop), after):
                if first <= low and high <= stop:
                    scores |= _moved(terrain, after, low, high)
                    sure |= _sure(terrain, after, low, high)
    if effect.log_odds:
        far = _far(effect, desk.collection, sure)
        scores = {**far, **scores}
    _write_scores(scores, run=effect.run, sequence=edit.sequence)
    _write_confidences(sure)


def _far(effect: Effect, collection: Collection, sure: dict[int, float | None]) -> dict[int, float]:
    """Probability of every seam that nobody decided and that came into another step, by id of the page before; adds the
    confidence of every group that nobody touched to `sure`. What stands near the act is told more exactly, and wins."""
    places, decided = standing(collection, effect.run)
    odds = np.array([effect.log_odds.get(place.page, np.nan) for place in places])
    verdict = np.array([np.nan if (said := decided.get(p.page)) is None else float(said) for p in places])
    chance = np.where(np.isnan(verdict), np.where(np.isnan(odds), 0.5, scipy.special.expit(odds)), verdict)
    starts, stops, whole = _runs_of_groups(np.array([place.group or 0 for place in places]))
    edge = np.concatenate([[1.0], chance[:-1], [1.0]])
    joined = np.concatenate([[0.0], np.cumsum(np.log(np.maximum(1.0 - chance, 1e-12)))])
    alone = edge[starts] * edge[stops] * np.exp(joined[stops - 1] - joined[starts])
    has_gap = np.zeros(len(places), dtype=bool)
    for start, stop, is_whole, value in zip(starts, stops, whole, alone, strict=True):
        place = places[start]
        if place.is_open and is_whole and place.group:
            sure.setdefault(place.group, float(value))
        has_gap[start:stop] = place.is_settled and not is_whole
    # What a group with gaps says of its seams is certain, and was told by the act that made it.
    hidden = has_gap | np.append(has_gap[1:], False)
    told = scipy.special.expit(np.array([effect.told.get(place.page, np.nan) for place in places]))
    moved = np.isnan(told) | (np.rint(STEPS * told) != np.rint(STEPS * chance))
    free = np.isnan(verdict) & ~np.isnan(odds) & ~hidden & moved
    return {places[at].page: float(chance[at]) for at in np.flatnonzero(free)}


def _runs_of_groups(groups: npt.NDArray[np.int64]) -> tuple[Places, Places, npt.NDArray[np.bool_]]:
    """First page and the one after the last of each unbroken run of one group, and whether that is all of the group."""
    starts = np.flatnonzero(np.append(True, groups[1:] != groups[:-1]))
    stops = np.append(starts[1:], len(groups))
    _, number = np.unique(groups[starts], return_inverse=True)
    return starts, stops, np.bincount(number)[number] == 1


def _touched(desk: Desk) -> set[int]:
    """Positions of the pages about whose seams something else is decided than before."""
    pages: set[int] = set()
    for pair, said in desk.answers.items():
        if (said and said[0]) != ((old := desk.before.answers.get(pair)) and old[0]):
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
    found = Page.objects.filter(Q(pk__in=pages) | Q(group__in=groups), collection=run.collection_id)
    positions = set(found.values_list("position", flat=True))
    return positions | {position - 1 for position in positions if position > 1}


def _moved(terrain: Terrain, scene: Scene, low: int, high: int) -> dict[int, float]:
    """Page id -> probability of the seam after it, for the seams of a stretch, and the wall behind it, that are not as
    they were last told."""
    decided = terrain.decide(low, high, scene).probability
    new = dict(enumerate(decided.tolist(), start=low))
    if high <= len(terrain.stored):
        new[high - 1] = _wall(terrain, scene, high - 1)
    return {
        terrain.pages[seam]: min(max(p, 0.0), 1.0)
        for seam, p in new.items()
        if not np.isnan(terrain.stored[seam]) and abs(p - terrain.live.get(seam, terrain.stored[seam])) >= TOLD_FROM
    }


def _wall(terrain: Terrain, scene: Scene, seam: int) -> float:
    """The probability of an anchor: as the run said, unless it is decided."""
    one, other = scene.places[seam], scene.places[seam + 1]
    confirmed = (one is not None and one.confirmed) or (other is not None and other.confirmed)
    return 1.0 if confirmed or seam in scene.answers else float(terrain.stored[seam])


def _sure(terrain: Terrain, scene: Scene, low: int, high: int) -> dict[int, float | None]:
    """Group id -> probability that exactly its pages are one document, for this run's groups that nobody settled."""
    decided = terrain.decide(low, high, scene)
    found: dict[int, float | None] = {}
    for first, stop, group in runs_of(scene, low, high):
        if not group.settled and group.mine and group.pages == stop - first:
            found[group.group] = decided.chance_of(first - low, stop - low)
    return found


def runs_of(scene: Scene, low: int, high: int) -> list[tuple[int, int, Standing]]:
    """(first, stop, group) of the unbroken stretches of pages of one group."""
    found: list[tuple[int, int, Standing]] = []
    for i in range(low, high):
        group = scene.places[i]
        if group is None:
            continue
        if found and found[-1][1] == i and found[-1][2].group == group.group:
            found[-1] = (found[-1][0], i + 1, group)
        else:
            found.append((i, i + 1, group))
    return found


def _write_scores(scores: dict[int, float], *, run: Run, sequence: int) -> None:
    """One statement: page id -> probability, as of an edit, where the run told one."""
    if not scores:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{LiveScore._meta.db_table}" (run_id, sequence, page_id, probability) '
            "SELECT %(run)s, %(sequence)s, new.page, new.chance "
            "FROM unnest(%(pages)s::bigint[], %(chances)s::double precision[]) AS new (page, chance) "
            f'JOIN "{SeamScore._meta.db_table}" AS score ON score.run_id = %(run)s AND score.page_id = new.page '
            "ON CONFLICT (run_id, page_id) DO UPDATE "
            "SET probability = EXCLUDED.probability, sequence = EXCLUDED.sequence",
            {
                "run": run.pk,
                "sequence": sequence,
                "pages": list(scores),
                "chances": list(scores.values()),
            },
        )


def _write_confidences(sure: dict[int, float | None]) -> None:
    """One statement, and no new version: nobody's view is stale by what the machine thinks."""
    known = {group: chance for group, chance in sure.items() if chance is not None}
    if not known:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{Group._meta.db_table}" AS old SET confidence = new.chance '
            "FROM unnest(%s::bigint[], %s::double precision[]) AS new (id, chance) "
            "WHERE old.id = new.id AND (old.confidence IS NULL OR abs(old.confidence - new.chance) >= %s)",
            [list(known), list(known.values()), CONFIDENCE_FROM],
        )
