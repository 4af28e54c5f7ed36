"""A table reads boundaries and probabilities off the decisions around it, as the decoder would find them anew."""

from __future__ import annotations

import numpy as np
import pytest

from clustering.engine.records import Constraints
from clustering.models import Run
from clustering.redecode.seam_table import DIFFERENT, SAME, UNSAID, SeamTable
from tests.engine.deciding import decide


def constraints_of(table: SeamTable) -> Constraints:
    """What people decided, in the words of the decoder."""
    groups: dict[int, list[int]] = {}
    for row, group in enumerate(table.groups.tolist()):
        if group == 0 or table.settled[row]:
            groups.setdefault(group or -row - 1, []).append(row)
    owner = {row: group for group, rows in groups.items() for row in rows}
    same, apart = set(), set()
    for seam, verdict in enumerate(table.verdicts.tolist()):
        one, other = owner.get(seam), owner.get(seam + 1)
        if verdict == SAME and one == other:
            same.add(seam)
        elif verdict == DIFFERENT and (one is None or one != other):
            apart.add(seam)
    is_fixed = {group: group > 0 and bool(table.confirmed[rows[0]]) for group, rows in groups.items()}
    return Constraints(
        fixed=tuple(tuple(rows) for group, rows in groups.items() if is_fixed[group]),
        held=tuple(tuple(rows) for group, rows in groups.items() if not is_fixed[group]),
        same=frozenset(same),
        apart=frozenset(apart),
    )


@pytest.mark.parametrize("seed", range(40))
def test_a_table_agrees_with_the_decoder(seed: int) -> None:
    chance = np.random.default_rng(seed)
    table = scattered(chance, pages=int(chance.integers(1, 40)))
    odds = chance.normal(0, 2, len(table.pages) - 1)
    odds[chance.random(len(odds)) < 0.1] = np.nan
    decided = decide(odds, constraints_of(table))
    assert (table.boundaries(odds) == decided.boundary).all()
    assert table.chances(odds) == pytest.approx(decided.probability)
    starts, stops = table.runs
    spans = {int(table.groups[a]): (int(a), int(b)) for a, b in zip(starts, stops, strict=True)}
    groups, sure, _ = table.sureness(odds)
    gaps = table.gappy & table.settled
    for group, probability in zip(groups.tolist(), sure.tolist(), strict=True):
        first, stop = spans[group]
        if not gaps[max(first - 1, 0) : stop + 1].any():
            assert probability == pytest.approx(decided.chance_of(first, stop))


def scattered(chance: np.random.Generator, pages: int) -> SeamTable:
    """Groups with and without gaps, settled, confirmed or not, pages in none, answers of all kinds."""
    groups = np.cumsum(chance.random(pages) < 0.4) + 1
    astray = chance.random(pages) < 0.1
    groups[astray] = chance.choice(groups, astray.sum())
    groups[chance.random(pages) < 0.1] = 0
    kind = chance.integers(0, 4, groups.max() + 1)[groups]
    sizes = np.bincount(groups)[groups]
    verdicts = chance.choice([UNSAID, SAME, DIFFERENT], pages - 1, p=[0.7, 0.15, 0.15]).astype(np.int8)
    some = np.full(pages - 1, 0.5)
    ids = np.arange(1, pages + 1)
    # What is proposed stands in one stretch: only people make gaps.
    starts = np.append(True, groups[1:] != groups[:-1])
    has_gap = np.bincount(groups[starts], minlength=groups.max() + 1)[groups] > 1
    settled = ((kind >= 2) | has_gap) & (groups > 0)
    return SeamTable(
        run=Run(),
        pages=ids,
        positions=ids,
        joined=np.ones(pages - 1, dtype=bool),
        groups=groups,
        confirmed=settled & (kind == 3),
        settled=settled,
        mine=(kind != 1) & (groups > 0),
        sizes=sizes,
        confidence=np.full(pages, np.nan),
        verdicts=verdicts,
        log_odds=some,
        stored=some,
        live=some,
    )
