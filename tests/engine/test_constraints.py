"""What people decided: contradictions are named, gappy groups leave the stream and come back."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustering.engine.records import Constraints
from clustering.engine.segmentation import ContradictoryConstraints, Decision, check_constraints, cut_out, decode_seams


def refused(n: int, constraints: Constraints) -> ContradictoryConstraints:
    with pytest.raises(ContradictoryConstraints) as caught:
        check_constraints(n, constraints)
    assert str(caught.value).endswith(".")
    return caught.value


def test_same_and_apart_at_one_seam_are_both_named() -> None:
    error = refused(5, Constraints(same=frozenset({1, 2}), apart=frozenset({2})))
    assert error.decisions == (Decision("same", 2), Decision("apart", 2))
    assert "pages 3 and 4" in str(error)


def test_a_page_in_two_confirmed_groups_names_the_groups() -> None:
    error = refused(6, Constraints(fixed=((0, 1), (3,), (4, 3))))
    assert error.decisions == (Decision("fixed", 1), Decision("fixed", 2))


def test_a_boundary_inside_a_confirmed_group_is_refused() -> None:
    assert refused(6, Constraints(fixed=((5,), (1, 2, 3)), apart=frozenset({2}))).decisions == (
        Decision("fixed", 1),
        Decision("apart", 2),
    )


def test_a_page_cannot_be_tied_to_a_confirmed_group_it_is_not_in() -> None:
    for seam in (0, 3):
        error = refused(6, Constraints(fixed=((1, 2, 3),), same=frozenset({seam})))
        assert error.decisions == (Decision("fixed", 0), Decision("same", seam))


def test_neighboring_pages_of_a_group_with_a_gap_cannot_be_apart() -> None:
    error = refused(9, Constraints(fixed=((1, 2, 7),), apart=frozenset({1})))
    assert error.decisions == (Decision("fixed", 0), Decision("apart", 1))


@pytest.mark.parametrize(
    ("count", "constraints", "named"),
    [
        (1, Constraints(apart=frozenset({2})), Decision("apart", 2)),
        (2, Constraints(fixed=((1, 2),)), Decision("fixed", 0)),
        (6, Constraints(same=frozenset({0})), Decision("same", 0)),
        (1, Constraints(fixed=((1, 4),)), Decision("fixed", 0)),
        (6, Constraints(fixed=((1, 4),)), Decision("fixed", 0)),
    ],
)
def test_an_expected_number_that_cannot_be_met_names_what_stands_against_it(
    count: int, constraints: Constraints, named: Decision
) -> None:
    wanted = Constraints(constraints.fixed, constraints.same, constraints.apart, count)
    error = refused(6, wanted)
    assert error.decisions[0] == Decision("count", count)
    assert named in error.decisions


@pytest.mark.parametrize(
    "constraints",
    [
        Constraints(fixed=((),)),
        Constraints(fixed=((0, 6),)),
        Constraints(fixed=((0, 0),)),
        Constraints(same=frozenset({5})),
        Constraints(apart=frozenset({-1})),
    ],
)
def test_it_refuses_pages_and_seams_that_do_not_exist(constraints: Constraints) -> None:
    with pytest.raises(ValueError):
        check_constraints(6, constraints)


def test_the_decoder_refuses_a_group_with_a_gap_and_says_what_to_do() -> None:
    with pytest.raises(ValueError, match="cut_out"):
        decode_seams(np.zeros(5), Constraints(fixed=((0, 3),)))


def test_a_stray_that_was_moved_away_lets_its_old_neighbors_join() -> None:
    # page 3 belongs to the group of page 0
    cut = cut_out(6, Constraints(fixed=((0, 3),), same=frozenset({4}), apart=frozenset({2}), count=3))
    assert cut.pages == (1, 2, 4, 5)
    assert cut.joints == (1,)
    assert cut.constraints == Constraints(same=frozenset({2}), count=2)
    decoding = decode_seams([-2.0, -2.0, 3.0], cut.constraints)
    assert sorted(cut.restore(decoding.groups) + list(cut.removed)) == [(0, 3), (1,), (2, 4, 5)]


def test_a_confirmed_run_keeps_its_own_reading_order() -> None:
    cut = cut_out(5, Constraints(fixed=((2, 1, 3),)))
    assert cut.removed == ()
    decoding = decode_seams(np.full(4, 5.0), cut.constraints)
    assert cut.restore(decoding.groups) == [(0,), (2, 1, 3), (4,)]


def test_seams_at_a_removed_group_are_certain() -> None:
    cut = cut_out(7, Constraints(fixed=((1, 2, 5),)))
    seams = cut.restore_seams(np.array([0.4, 0.3, 0.2]))
    # pages left: 0 3 4 6, of which only 3 and 4 were neighbors
    assert seams.tolist() == [1.0, 0.0, 1.0, 0.3, 1.0, 1.0]


@st.composite
def decisions(draw: st.DrawFn) -> tuple[int, Constraints]:
    """Decisions of somebody who knows one partition, pages taken from anywhere, and never errs."""
    n = draw(st.integers(1, 12))
    labels = draw(st.lists(st.integers(0, 5), min_size=n, max_size=n))
    confirmed = draw(st.sets(st.integers(0, 5)))
    fixed = []
    for label in sorted(confirmed & set(labels)):
        pages = [page for page in range(n) if labels[page] == label]
        fixed.append(tuple(draw(st.permutations(pages))))
    seams = draw(st.sets(st.integers(0, n - 2))) if n > 1 else set()
    same = frozenset(s for s in seams if labels[s] == labels[s + 1])
    return n, Constraints(tuple(fixed), same, frozenset(seams - same))


@given(decisions(), st.randoms(use_true_random=False))
def test_a_proposal_obeys_every_decision_and_holds_every_page_once(
    case: tuple[int, Constraints], random: Random
) -> None:
    n, constraints = case
    cut = cut_out(n, constraints)
    groups = list(cut.removed)
    seams = cut.restore_seams(np.zeros(0)) if not cut.pages else np.zeros(0)
    if cut.pages:
        odds = [random.uniform(-5, 5) for _ in cut.pages[1:]]
        decoding = decode_seams(odds, cut.constraints)
        groups += cut.restore(decoding.groups)
        seams = cut.restore_seams(decoding.seams)
    assert sorted(page for group in groups for page in group) == list(range(n))
    assert set(constraints.fixed) <= set(groups)
    owner = {page: number for number, group in enumerate(groups) for page in group}
    for seam in constraints.same:
        assert owner[seam] == owner[seam + 1]
        assert seams[seam] == pytest.approx(0.0)
    for seam in constraints.apart:
        assert owner[seam] != owner[seam + 1]
        assert seams[seam] == pytest.approx(1.0)
    assert len(seams) == n - 1


@given(decisions(), st.data())
def test_a_count_that_is_not_refused_is_met(case: tuple[int, Constraints], data: st.DataObject) -> None:
    n, known = case
    count = data.draw(st.integers(0, n + 1))
    constraints = Constraints(known.fixed, known.same, known.apart, count)
    try:
        cut = cut_out(n, constraints)
    except ContradictoryConstraints:
        without = cut_out(n, known)
        possible = set()
        for wanted in range(len(without.pages) + 1):
            rest = without.constraints
            try:
                check_constraints(len(without.pages), Constraints(rest.fixed, rest.same, rest.apart, wanted))
            except ContradictoryConstraints:
                continue
            possible.add(wanted + len(without.removed))
        assert count not in possible
        return
    groups = len(cut.removed)
    if cut.pages:
        groups += len(decode_seams(np.zeros(len(cut.pages) - 1), cut.constraints).starts)
    assert groups == count
