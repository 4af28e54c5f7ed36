"""The front door: every method, with whatever is there, under whatever people said."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustering.engine.family import shipped_family
from clustering.engine.proposing import METHODS, NotReady, propose
from clustering.engine.records import STRANGE, Constraints, PageRecord, Proposal
from clustering.engine.segmentation import ContradictoryConstraints
from tests.engine.evidence.making import LETTER, body, line, page

WORDS = (
    "the farm workers ask for a fair contract",
    "auto insurance must be reformed now",
    "hall rent and heating bills",
)


def stream() -> list[PageRecord]:
    """Three documents of three numbered pages each, with image vectors of their own."""
    rng = np.random.default_rng(2)
    centers = rng.normal(0, 1, (3, 16))
    pages = []
    for i in range(9):
        number = i % 3 + 1
        first = [line("FOR IMMEDIATE RELEASE", 0.03), line("May 6, 1965", 0.06)] if number == 1 else [
            line(f"-{number}-", 0.03, left=0.88)]  # fmt: skip
        vector = centers[i // 3] + rng.normal(0, 0.1, 16)
        pages.append(page(LETTER, *first, *body(WORDS[i // 3]), vector=vector.tolist()))
    return pages


def pages_of(proposal: Proposal) -> list[int]:
    return sorted(p for group in proposal.groups for p in group.pages)


def test_it_finds_the_documents_and_says_why() -> None:
    proposal = propose("seams", stream())
    assert [g.pages for g in proposal.groups] == [(0, 1, 2), (3, 4, 5), (6, 7, 8)]
    assert all(0 <= s.probability <= 1 for s in proposal.seams)
    first = proposal.seams[0]
    assert any(f.sentence == "The next page is numbered 2." and f.contribution < 0 for f in first.facts)
    assert proposal.seams[2].boundary
    assert proposal.seams[2].facts
    assert proposal.model


def test_without_explanations_seams_carry_no_facts() -> None:
    assert not any(s.facts for s in propose("seams", stream(), settings={"explain": False}).seams)


@pytest.mark.parametrize("count", [0, 1, 2])
@pytest.mark.parametrize("method", sorted(METHODS))
def test_hardly_any_pages_are_grouped_too(method: str, count: int) -> None:
    assert pages_of(propose(method, stream()[:count])) == list(range(count))


@pytest.mark.parametrize("missing", ["reading", "vector", "paper"])
def test_it_goes_on_without_and_says_what_was_missing(missing: str) -> None:
    names = {"reading": "OCR", "vector": "analyzed", "paper": "measured"}
    pages = [replace(p, paper={"ink": 0.1}) for p in stream()]
    gone: dict[str, Any] = {missing: None}
    proposal = propose("seams", [replace(p, **gone) for p in pages])
    assert pages_of(proposal) == list(range(9))
    assert len(proposal.warnings) == 1
    assert names[missing] in proposal.warnings[0]
    assert proposal.warnings[0].startswith("These pages")


def test_it_counts_the_pages_that_are_not_read_yet() -> None:
    pages = stream()
    pages[4] = replace(pages[4], reading=None)
    assert any(w.startswith("1 of 9 pages") for w in propose("seams", pages).warnings)


def test_pages_of_three_pixels_are_grouped() -> None:
    assert pages_of(propose("seams", [PageRecord(str(i), 3, 3) for i in range(5)])) == list(range(5))


@pytest.mark.parametrize("method", ["dbscan", "hdbscan", "adjacent", "agglomerative"])
def test_baselines_wait_for_all_vectors(method: str) -> None:
    pages = stream()
    pages[3] = replace(pages[3], vector=None)
    with pytest.raises(NotReady, match="1 of 9 pages"):
        propose(method, pages)


@pytest.mark.parametrize("method", ["dbscan", "adjacent"])
def test_baselines_refuse_vectors_that_are_all_alike(method: str) -> None:
    with pytest.raises(NotReady, match=r"all|same"):
        propose(method, [replace(p, vector=np.full(4, 0.5, np.float32)) for p in stream()])


@pytest.mark.parametrize(
    ("method", "given", "match"),
    [
        ("nothing", {}, "“nothing”"),
        ("seams", {"eps": 1}, "“eps”"),
        ("dbscan", {"eps": "wide"}, "“wide”"),
        ("dbscan", {"eps": -1}, "at least 0"),
        ("dbscan", {"eps": float("nan")}, "“nan”"),
    ],
)
def test_wrong_orders_are_refused_with_a_sentence(method: str, given: dict[str, object], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        propose(method, stream(), settings=given)


def test_settings_are_told_with_their_defaults() -> None:
    assert propose("dbscan", stream(), settings={"eps": "0.2"}).settings == {"eps": 0.2, "min_samples": 1}


def test_confirmed_groups_keep_their_order_and_their_gaps() -> None:
    constraints = Constraints(fixed=((8, 0), (4, 3)))
    proposal = propose("seams", stream(), constraints=constraints)
    assert {(8, 0), (4, 3)} <= {g.pages for g in proposal.groups}
    assert pages_of(proposal) == list(range(9))


def test_a_group_that_was_only_edited_is_kept_and_goes_on_being_doubted() -> None:
    pages = [page(LETTER, *body(WORDS[0])) for _ in range(12)]
    held, fixed = (tuple(range(4, 8)),), (tuple(range(4)),)
    kept = propose("seams", pages, constraints=Constraints(fixed=fixed, held=held))
    assert {*held, *fixed} <= {g.pages for g in kept.groups}
    assert all(kept.seams[seam].probability == 0.0 for seam in range(3)), "confirmed is certain"
    assert all(0.0 < kept.seams[seam].probability < 1.0 for seam in range(4, 7)), "edited is not"
    alike = propose("seams", pages, constraints=Constraints(fixed=fixed))
    assert kept.seams[10].probability == pytest.approx(alike.seams[10].probability), "and teaches nothing"


def test_contradictions_are_refused() -> None:
    with pytest.raises(ContradictoryConstraints):
        propose("seams", stream(), constraints=Constraints(same=frozenset({1}), apart=frozenset({1})))


def taught(decided: int, *, learn: bool = True) -> tuple[float, float]:
    """Probability of a seam far from so many that people called boundaries, against the machine: before and after."""
    pages = [page(LETTER, *body(WORDS[0])) for _ in range(120)]
    decisions = Constraints(apart=frozenset(range(decided)))
    after = propose("seams", pages, constraints=decisions, settings={"learn": learn})
    return propose("seams", pages).seams[115].probability, after.seams[115].probability


def test_corrections_teach() -> None:
    before, after = taught(90)
    assert after > before + 0.1
    before, after = taught(90, learn=False)
    assert after == pytest.approx(before, abs=0.02)


def test_a_single_answer_teaches_at_once() -> None:
    pages = [page(LETTER, *body(WORDS[0])) for _ in range(120)]
    same, apart = (
        propose("seams", pages, constraints=decisions).seams[115].probability
        for decisions in (Constraints(same=frozenset({0})), Constraints(apart=frozenset({0})))
    )
    assert apart > 1.3 * same


def test_a_strange_collection_is_called_strange_and_begins_less_sure() -> None:
    pages = [page(LETTER, *body(WORDS[0])) for _ in range(60)]
    at_home = replace(shipped_family(), usual_strangeness=float("inf"))
    usual, strange = (propose("seams", pages, family=f) for f in (at_home, replace(at_home, usual_strangeness=0.01)))
    assert STRANGE in strange.warnings
    assert STRANGE not in usual.warnings
    sure = [np.mean([abs(seam.probability - 0.5) for seam in proposal.seams]) for proposal in (usual, strange)]
    assert sure[1] < sure[0] - 0.02
    few = propose("seams", pages[:12], family=replace(at_home, usual_strangeness=0.01))
    assert STRANGE not in few.warnings, "a few pages are unlike others by chance"


@given(
    same=st.frozensets(st.integers(0, 7), max_size=4),
    apart=st.frozensets(st.integers(0, 7), max_size=4),
    method=st.sampled_from(sorted(METHODS)),
)
@settings(max_examples=25)
def test_every_method_obeys_decisions(same: frozenset[int], apart: frozenset[int], method: str) -> None:
    constraints = Constraints(same=same - apart, apart=apart)
    proposal = propose(method, stream(), constraints=constraints)
    assert pages_of(proposal) == list(range(9))
    owner = {p: number for number, group in enumerate(proposal.groups) for p in group.pages}
    assert all(owner[s] == owner[s + 1] for s in constraints.same)
    assert all(owner[s] != owner[s + 1] for s in constraints.apart)
    assert all(s.boundary == (owner[s.index] != owner[s.index + 1]) for s in proposal.seams)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 9])
@pytest.mark.parametrize("method", ["seams", "adjacent", "agglomerative"])
def test_the_number_of_documents_is_met(method: str, count: int) -> None:
    assert len(propose(method, stream(), constraints=Constraints(count=count)).groups) == count


def test_clusters_from_anywhere_cannot_be_counted() -> None:
    with pytest.raises(NotReady, match="how many"):
        propose("dbscan", stream(), constraints=Constraints(count=3))


def test_progress_ends_with_all_pages() -> None:
    reports: list[tuple[int, int]] = []
    propose("seams", stream(), report=lambda done, total: reports.append((done, total)))
    assert reports[-1] == (9, 9)
    assert all(a <= b for (a, _), (b, _) in pairwise(reports))


def test_a_page_that_fills_a_hole_is_proposed_as_a_stray_and_left_where_it_is() -> None:
    def sheet(number: int, words: str) -> PageRecord:
        return page(LETTER, line(f"-{number}-", 0.03, left=0.88), *body(words))

    pages = [
        sheet(2, WORDS[0]),
        sheet(3, WORDS[0]),
        sheet(5, WORDS[0]),
        page((500, 400), *body(WORDS[1], 5)),
        sheet(4, WORDS[0]),
    ]
    decided = Constraints(fixed=((0, 1, 2), (3,), (4,)))
    proposal = propose("seams", pages, constraints=decided)
    assert [(s.page, proposal.groups[s.group].pages) for s in proposal.strays] == [(4, (0, 1, 2))]
    assert "numbered 4" in proposal.strays[0].sentence
    assert (4,) in {g.pages for g in proposal.groups}
