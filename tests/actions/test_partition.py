"""What a run may put on the desk, in pure functions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clustering.redecode.partition import Piece, cut_at_settled, obey_answers

Pairs = set[tuple[int, int]]


def identity(page: int) -> int:
    return page


def test_settled_pages_cut_a_group_into_stretches() -> None:
    pieces = cut_at_settled({0: [1, 2, 3, 4, 5], 1: [6], 2: [7, 8]}, {1, 3, 4, 7, 8})
    assert pieces == [
        Piece((1,), 0, whole=False, head=True),
        Piece((3, 4), 0, whole=False, head=False),
        Piece((7, 8), 2, whole=True, head=True),
    ]


def test_without_answers_pieces_stay_as_they_are() -> None:
    pieces = [Piece((1, 3, 2), 0, whole=True, head=True)]
    assert obey_answers(pieces, same=[], different=[], position=identity) == pieces


def test_a_page_the_run_does_not_know_comes_to_the_page_it_is_one_document_with() -> None:
    pieces = [Piece((1,), 0, whole=True, head=True)]
    obeying = obey_answers(pieces, same=[(1, 2)], different=[], position=identity)
    assert [piece.pages for piece in obeying] == [(1, 2)]
    assert not obeying[0].whole


def test_joining_never_brings_together_what_is_known_to_be_apart() -> None:
    pieces = [Piece((1, 2), 0, whole=True, head=True), Piece((3, 4), 1, whole=True, head=True)]
    obeying = obey_answers(pieces, same=[(2, 3)], different=[(1, 4)], position=identity)
    groups = [set(piece.pages) for piece in obeying]
    assert any({2, 3} <= group for group in groups)
    assert not any({1, 4} <= group for group in groups)


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[list[int]], Pairs, Pairs]:
    """A run's groups, and answers drawn from another partition of the same pages, so that they can all hold."""
    count = draw(st.integers(1, 14))
    run = draw(st.lists(st.integers(0, 4), min_size=count, max_size=count))
    truth = draw(st.lists(st.integers(0, 4), min_size=count, max_size=count))
    pairs = draw(st.sets(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=10))
    asked = {(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]}
    groups = [[page for page in range(count) if run[page] == label] for label in sorted(set(run))]
    same = {(a, b) for a, b in asked if truth[a] == truth[b]}
    return groups, same, asked - same


@given(cases())
def test_every_page_stands_once_and_every_answer_is_obeyed(case: tuple[list[list[int]], Pairs, Pairs]) -> None:
    groups, same, different = case
    pieces = [Piece(tuple(pages), index, whole=True, head=True) for index, pages in enumerate(groups)]
    obeying = obey_answers(pieces, same=same, different=different, position=identity)
    pages = [page for piece in obeying for page in piece.pages]
    assert sorted(pages) == sorted(page for group in groups for page in group)
    home = {page: place for place, piece in enumerate(obeying) for page in piece.pages}
    assert all(home[first] == home[second] for first, second in same)
    assert all(home[first] != home[second] for first, second in different)
    for piece in obeying:
        if piece.whole:
            assert piece.index is not None
            assert list(piece.pages) == groups[piece.index]
        if piece.head:
            assert piece.index is not None
            assert piece.pages[0] == groups[piece.index][0]
