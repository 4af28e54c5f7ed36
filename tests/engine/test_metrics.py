"""Every figure against its definition, written out the slow way, and against the referee's script where it is there."""

from __future__ import annotations

import importlib.util
import itertools
from collections import Counter
from dataclasses import fields
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustering.engine.metrics import (
    FORMATS,
    SCORE_NAMES,
    Figures,
    bootstrap,
    groups_right,
    score_labels,
    score_partition,
    true_labels,
)
from clustering.engine.metrics import partitions as parts
from clustering.engine.metrics.intervals import FROM_SUMS, per_document

SCORER = Path(__file__).resolve().parents[3] / "shared" / "tools" / "score.py"
Case = tuple[list[str], list[int]]


@st.composite
def cases(draw: st.DrawFn, *, least: int = 2) -> Case:
    """Marks a page with some "?", and any labels: runs, every page alone, groups with gaps."""
    n = draw(st.integers(least, 30))
    marks = draw(st.lists(st.sampled_from("0001?"), min_size=n, max_size=n))
    labels = draw(st.lists(st.integers(0, draw(st.integers(0, n))), min_size=n, max_size=n))
    if draw(st.booleans()):
        labels = np.cumsum([label % 3 == 0 for label in labels]).tolist()
    return marks, labels


def sets(labels: list[int]) -> list[set[int]]:
    return [{i for i, x in enumerate(labels) if x == label} for label in dict.fromkeys(labels)]


def slow_truth(marks: list[str], labels: list[int]) -> list[int]:
    truth = [0]
    for i in range(1, len(marks)):
        new = {"0": False, "1": True, "?": labels[i] != labels[i - 1]}[marks[i]]
        truth.append(truth[-1] + new)
    return truth


def slow_figures(truth: list[int], labels: list[int], marks: list[str]) -> dict[str, float]:
    """The definitions, with sets and loops."""
    n = len(truth)
    t, p = sets(truth), sets(labels)
    starts_t = {i for i in range(1, n) if truth[i] != truth[i - 1] and marks[i] != "?"}
    starts_p = {i for i in range(1, n) if labels[i] != labels[i - 1] and marks[i] != "?"}
    hits = len(starts_t & starts_p)
    precision = hits / len(starts_p) if starts_p else 1.0
    recall = hits / len(starts_t) if starts_t else 1.0
    ious = [len(a & b) / len(a | b) for a in t for b in p if a & b]
    matched = [x for x in ious if x > 0.5]
    exact = sum(a in p for a in t)
    wrong = sorted(starts_t ^ starts_p)
    windows = [range(s + 1, s + 100) for s in range(0, max(1, n - 99), 10)]
    b3p = sum(len(a & b) / len(b) for i in range(n) for a in t for b in p if i in a & b) / n
    b3r = sum(len(a & b) / len(a) for i in range(n) for a in t for b in p if i in a & b) / n
    return {
        "documents": len(t),
        "proposed": len(p),
        "wrong_seams": 100 * len(wrong) / n,
        "seam_precision": precision,
        "seam_recall": recall,
        "seam_f1": 2 * precision * recall / (precision + recall) if precision + recall else 0.0,
        "exact": exact / len(t),
        "exact_f1": 2 * exact / (len(t) + len(p)),
        "sq": sum(matched) / len(matched) if matched else 0.0,
        "rq": len(matched) / (len(matched) + (len(t) - len(matched)) / 2 + (len(p) - len(matched)) / 2),
        "pq": sum(matched) / ((len(t) + len(p)) / 2),
        "b3_precision": b3p,
        "b3_recall": b3r,
        "b3_f1": 2 * b3p * b3r / (b3p + b3r),
        "clean100": sum(not any(w in window for w in wrong) for window in windows) / len(windows),
    }


@settings(max_examples=200)
@given(cases())
def test_every_figure_follows_its_definition(case: Case) -> None:
    marks, labels = case
    truth = slow_truth(marks, labels)
    assert true_labels(marks, labels).tolist() == truth
    figures = score_partition(marks, labels)
    for name, value in slow_figures(truth, labels, marks).items():
        assert getattr(figures, name) == pytest.approx(value), name


@pytest.fixture(scope="module")
def scorer() -> ModuleType | None:
    """The referee's script, which is not part of this project and may be absent."""
    if not SCORER.exists():
        return None
    spec = importlib.util.spec_from_file_location("referee_score", SCORER)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("seed", range(40))
def test_the_figures_are_those_of_the_referee(scorer: ModuleType | None, seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 400))
    marks = rng.choice(list("01?"), n, p=[0.6, 0.3, 0.1]).tolist()
    labels = np.cumsum(rng.random(n) < rng.random()).tolist()
    if seed % 3 == 0:
        moved = rng.integers(0, n, 5)
        for page in moved:
            labels[page] = labels[int(rng.integers(0, n))]
    figures = score_partition(marks, labels)
    truth = slow_truth(marks, labels)
    if scorer is None:
        expected = slow_figures(truth, labels, marks)
    else:
        names = [str(label) for label in labels]
        result = scorer.score(scorer.true_groups(marks, names), names, [mark != "?" for mark in marks[1:]])
        expected = {SCORE_NAMES.get(name, name): value for name, value in result.items()}
        assert len(expected) == 16
    for name, value in expected.items():
        assert getattr(figures, name) == pytest.approx(value, abs=1e-12), name


@settings(max_examples=40)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=7))
def test_edits_are_the_fewest_splits_and_merges_of_runs(starts: list[tuple[bool, bool]]) -> None:
    """Breadth first over all partitions, gaps allowed, that one split or one merge leads to."""
    marks = ["1" if new else "0" for new, _ in starts]
    labels = np.cumsum([new for _, new in starts]).tolist()
    truth = frozenset(frozenset(s) for s in sets(slow_truth(marks, labels)))
    seen = {frozenset(frozenset(s) for s in sets(labels))}
    steps = 0
    while truth not in seen:
        seen |= {after for before in seen for after in _one_edit(before)}
        steps += 1
    figures = score_partition(marks, labels)
    assert figures.edits == pytest.approx(100 * steps / len(marks))
    assert figures.edits == pytest.approx(figures.wrong_seams)


@settings(max_examples=100)
@given(cases(least=1))
def test_edits_of_any_partition_are_splits_to_the_meet_and_merges_from_it(case: Case) -> None:
    marks, labels = case
    truth = sets(slow_truth(marks, labels))
    splits = sum(sum(bool(group & document) for document in truth) - 1 for group in sets(labels))
    merges = sum(sum(bool(group & document) for group in sets(labels)) - 1 for document in truth)
    assert score_partition(marks, labels).edits == pytest.approx(100 * (splits + merges) / len(marks))


def _one_edit(groups: frozenset[frozenset[int]]) -> list[frozenset[frozenset[int]]]:
    edited = [groups - {a, b} | {a | b} for a, b in itertools.combinations(groups, 2)]
    for group in groups:
        first, *rest = sorted(group)
        for size in range(len(rest)):
            for more in itertools.combinations(rest, size):
                half = frozenset({first, *more})
                edited.append(groups - {group} | {half, group - half})
    return edited


@settings(max_examples=60)
@given(cases().filter(lambda case: len(set(case[1])) <= 6))
def test_misplaced_pages_are_what_the_best_pairing_leaves(case: Case) -> None:
    marks, labels = case
    truth = sets(slow_truth(marks, labels))[:7]
    pages = [i for group in truth for i in group]
    t, p = truth, sets([labels[i] for i in pages])
    p = [{pages[i] for i in group} for group in p]
    wide, narrow = (t, p) if len(t) >= len(p) else (p, t)
    best = max(
        sum(len(a & b) for a, b in zip(some, narrow, strict=True)) for some in itertools.permutations(wide, len(narrow))
    )
    truth_labels = [next(k for k, group in enumerate(t) if i in group) for i in pages]
    assert parts.misplaced_pages(parts.overlap(truth_labels, [labels[i] for i in pages])) == len(pages) - best


@settings(max_examples=80)
@given(cases())
def test_window_figures_count_windows(case: Case) -> None:
    marks, labels = case
    truth = slow_truth(marks, labels)
    n = len(truth)
    k = min(max(2, round(n / len(set(truth)) / 2)), n - 1)
    spans = [(i, i + k) for i in range(n - k)]
    pk = sum((truth[a] == truth[b]) != (labels[a] == labels[b]) for a, b in spans)

    def turns(row: list[int], a: int, b: int) -> int:
        return sum(row[i] != row[i + 1] for i in range(a, b))

    wd = sum(turns(truth, a, b) != turns(labels, a, b) for a, b in spans)
    figures = score_partition(marks, labels)
    assert figures.pk == pytest.approx(pk / len(spans))
    assert figures.window_diff == pytest.approx(wd / len(spans))


def test_a_question_mark_is_right_either_way() -> None:
    marks = ["1", "0", "?", "0", "1"]
    split, joined = score_partition(marks, [0, 0, 1, 1, 2]), score_partition(marks, [0, 0, 0, 0, 2])
    assert split.edits == joined.edits == 0
    assert (split.documents, joined.documents) == (3, 2)


def test_half_a_document_is_no_match() -> None:
    figures = score_partition(list("1000000000"), [0] * 5 + [1] * 5)
    assert (figures.pq, figures.rq, figures.sq) == (0.0, 0.0, 0.0)
    assert figures.edits == pytest.approx(10.0)


def test_a_stray_page_costs_a_split_and_a_merge() -> None:
    figures = score_partition(list("1000100000"), [0, 0, 0, 1, 1, 1, 1, 1, 1, 1])
    assert figures.edits == pytest.approx(20.0)
    assert figures.mndd == pytest.approx(10.0)


def test_one_page_is_scored_without_a_seam() -> None:
    figures = score_partition(["?"], ["a"], seam_probabilities=[])
    assert (figures.exact, figures.seam_f1, figures.edits, figures.seam_ece) == (1.0, 1.0, 0.0, None)


@pytest.mark.parametrize(("marks", "labels"), [([], []), (["1"], [0, 0]), (["1", "x"], [0, 0])])
def test_it_refuses_rows_that_do_not_fit(marks: list[str], labels: list[int]) -> None:
    with pytest.raises(ValueError):
        score_partition(marks, labels)


def test_every_figure_has_a_name_to_print() -> None:
    assert list(FORMATS) == [field.name for field in fields(Figures)]
    assert len({form.label for form in FORMATS.values()}) == len(FORMATS)


def test_groups_that_are_exactly_right_are_told() -> None:
    assert groups_right([0, 0, 1, 1, 2], ["a", "a", "b", "c", "d"]) == {"a": True, "b": False, "c": False, "d": True}


def test_probabilities_at_a_question_mark_do_not_count() -> None:
    sure = score_partition(list("1010"), [0, 0, 1, 1], seam_probabilities=[0.0, 1.0, 0.2])
    unsure = score_partition(list("10?0"), [0, 0, 1, 1], seam_probabilities=[0.0, 0.3, 0.2])
    assert sure.seam_brier == pytest.approx(0.04 / 3)
    assert unsure.seam_brier == pytest.approx(0.04 / 2)


def test_confidence_of_groups_is_judged_by_the_groups_themselves() -> None:
    figures = score_partition(
        list("10101"), ["a", "a", "b", "c", "c"], group_probabilities={"a": 0.9, "b": 0.5, "c": None}
    )
    assert figures.group_brier == pytest.approx((0.01 + 0.25) / 2)
    assert figures.accepted99 == pytest.approx(0.5)


@settings(max_examples=80)
@given(cases(least=1))
def test_the_parts_of_documents_add_up_to_the_figures(case: Case) -> None:
    marks, labels = case
    truth = true_labels(marks, labels)
    sums = {name: values.sum(keepdims=True) for name, values in per_document(truth, labels).items()}
    figures = score_labels(truth, labels)
    for name, figure in FROM_SUMS.items():
        assert figure(sums)[0] == pytest.approx(getattr(figures, name)), name


def test_the_interval_covers_the_figure_and_narrows_with_more_documents() -> None:
    rng = np.random.default_rng(1)

    def widths(documents: int) -> float:
        marks = [m for _ in range(documents) for m in "1" + "0" * int(rng.integers(0, 5))]
        labels = np.cumsum([(m == "1") != (rng.random() < 0.1) for m in marks]).tolist()
        low, high = bootstrap(marks, labels)["seam_f1"]
        assert low < score_partition(marks, labels).seam_f1 < high
        return high - low

    assert widths(1000) < widths(60) / 2


def test_the_interval_is_the_same_for_the_same_seed() -> None:
    marks, labels = list("1001010001"), [0, 0, 1, 1, 1, 2, 2, 2, 3, 3]
    assert bootstrap(marks, labels, random_state=4) == bootstrap(marks, labels, random_state=4)
    assert bootstrap(["1", "0"], [0, 0])["edits"] == (0.0, 0.0)


def test_twenty_thousand_pages_are_paired_without_a_table_of_all_documents() -> None:
    n = 20_000
    truth = np.arange(n) // 3
    assert score_labels(truth, np.arange(n) // 4).documents == len(Counter(truth.tolist()))
    assert parts.misplaced_pages(parts.overlap(truth, truth)) == 0
