"""A part of a stream decided again is as the whole stream decided again, as long as it ends at sure boundaries."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustering.engine.anchors import FAR, NEAR, anchors_of
from clustering.engine.proposing import propose
from clustering.engine.records import Constraints, ScoredSeam
from tests.engine.deciding import decide
from tests.engine.test_proposing import stream


def odds_of(seed: int, pages: int) -> np.ndarray:
    """A stream in which nearly every seam is clear."""
    rng = np.random.default_rng(seed)
    return np.where(rng.random(pages - 1) < 0.3, 1, -1) * np.abs(rng.normal(4, 2.5, pages - 1))


@given(st.integers(0, 10_000), st.data())
@settings(max_examples=25)
def test_between_anchors_it_is_what_the_whole_stream_says(seed: int, data: st.DataObject) -> None:
    odds = odds_of(seed, 500)
    whole = decide(odds, Constraints())
    seams = [
        ScoredSeam(i, float(p), bool(b), log_odds=float(o))
        for i, (p, b, o) in enumerate(zip(whole.probability, whole.boundary, odds, strict=True))
    ]
    anchors = anchors_of(seams)
    assert all(NEAR <= b - a <= FAR for a, b in pairwise(anchors))
    walls = [0, *(a + 1 for a in anchors), 500]
    part = data.draw(st.integers(0, len(walls) - 2))
    first, stop = walls[part], walls[part + 1]
    seam = data.draw(st.integers(first, stop - 2))
    one_seam = frozenset({seam})
    decisions = Constraints(same=one_seam) if whole.boundary[seam] else Constraints(apart=one_seam)
    exact = decide(odds, decisions)
    here = frozenset({seam - first})
    near = decide(odds[first : stop - 1], Constraints(same=here) if decisions.same else Constraints(apart=here))
    doubt = sum(1 - exact.probability[a] for a in anchors if a in {first - 1, stop - 1})
    assert np.abs(near.probability - exact.probability[first : stop - 1]).max() <= doubt + 1e-6
    assert (near.boundary == exact.boundary[first : stop - 1]).all()


def test_a_proposal_keeps_what_is_needed_to_decide_its_parts_again() -> None:
    for count in (None, 4):
        proposal = propose("seams", stream(), constraints=Constraints(count=count))
        assert proposal.weighing is not None
        again = decide([s.log_odds if s.log_odds is not None else np.nan for s in proposal.seams], Constraints())
        assert again.probability == pytest.approx(
            [s.probability for s in proposal.seams], abs=1e-6 if count is None else 0.2
        )


def test_seams_at_a_group_with_gaps_have_no_odds_of_their_own() -> None:
    proposal = propose("seams", stream(), constraints=Constraints(fixed=((1, 5),)))
    assert [s.index for s in proposal.seams if s.log_odds is None] == [0, 1, 4, 5]


def test_edited_groups_are_kept_and_still_doubted() -> None:
    odds = [-3.0, 0.2, -3.0]
    free = decide(odds, Constraints())
    assert free.boundary.tolist() == [False, True, False]
    held = decide(odds, Constraints(held=((0, 1, 2, 3),)))
    assert held.boundary.tolist() == [False, False, False]
    assert held.probability == pytest.approx(free.probability)
    assert held.chance_of(0, 4) == pytest.approx(1.0)
    assert free.chance_of(0, 2) == pytest.approx(0.5, abs=0.1)


def test_what_is_settled_throughout_needs_no_decoding() -> None:
    settled = decide([0.0, 0.0], Constraints(fixed=((0, 2), (1,))))
    assert settled.probability.tolist() == [1.0, 1.0]
    assert settled.chance_of(0, 1) is None
