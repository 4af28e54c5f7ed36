"""Calibration, acceptance, the rows that are always shown, and the pictures."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustering.engine.metrics import (
    FiguresRow,
    acceptance,
    brier,
    degenerate_labels,
    degenerate_rows,
    expected_calibration_error,
    labels_of,
    markdown,
    reliability,
    risk_coverage,
    score_partition,
    table,
)

MARKS = list("1001011000")


def test_a_forecast_that_is_always_right_has_no_error() -> None:
    assert brier([0, 1, 1], [False, True, True]) == 0.0
    assert expected_calibration_error([0, 1, 1], [False, True, True]) == 0.0


def test_calibration_error_weighs_bins_by_their_pages() -> None:
    p = [0.25, 0.25, 0.25, 0.95]
    happened = [True, False, False, True]
    assert expected_calibration_error(p, happened) == pytest.approx(0.75 * (1 / 3 - 0.25) + 0.25 * 0.05)
    assert [(point.count, point.observed) for point in reliability(p, happened)] == [
        (3, pytest.approx(1 / 3)),
        (1, 1.0),
    ]


def test_honest_probabilities_are_found_honest() -> None:
    rng = np.random.default_rng(0)
    p = rng.random(50_000)
    assert expected_calibration_error(p, rng.random(50_000) < p) < 0.01
    assert expected_calibration_error(p, rng.random(50_000) < p**3) > 0.1


def test_the_surest_are_accepted_until_too_many_are_wrong() -> None:
    p = [0.99, 0.98, 0.97, 0.9, 0.8]
    right = [True, True, False, True, True]
    accepted = acceptance(p, right, precision=0.75)
    assert (accepted.count, accepted.wrong, accepted.threshold, accepted.share) == (5, 1, 0.8, 1.0)
    assert acceptance(p, right).count == 2
    assert acceptance([0.9], [False]).threshold is None


def test_equal_probabilities_are_accepted_together_or_not_at_all() -> None:
    assert acceptance([0.9, 0.9, 0.5], [True, False, True]).count == 0
    assert risk_coverage([0.9, 0.9, 0.5], [True, False, True]).accepted.tolist() == [2, 3]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.5, 0.8, 1.0]), st.booleans()), min_size=1, max_size=9))
def test_the_area_under_risk_is_the_mean_over_all_orders_of_ties(pairs: list[tuple[float, bool]]) -> None:
    expected, taken, wrong = 0.0, 0, 0.0
    for level in sorted({p for p, _ in pairs}, reverse=True):
        here = [right for p, right in pairs if p == level]
        rate = sum(not right for right in here) / len(here)
        for _ in here:
            taken, wrong = taken + 1, wrong + rate
            expected += wrong / taken
    p, right = zip(*pairs, strict=True)
    assert risk_coverage(p, right).area == pytest.approx(expected / len(pairs))


@pytest.mark.parametrize(("p", "happened"), [([], []), ([0.5], [True, False]), ([1.5], [True]), ([np.nan], [True])])
def test_it_refuses_what_is_no_probability(p: list[float], happened: list[bool]) -> None:
    with pytest.raises(ValueError):
        brier(p, happened)


def test_the_rows_that_look_at_nothing_are_always_there() -> None:
    rows = {row.name: row.figures for row in degenerate_rows(MARKS)}
    assert list(rows) == ["one document", "every page alone", "mean length (2)"]
    assert rows["one document"].edits == pytest.approx(30.0)
    assert rows["one document"].seam_recall == 0.0
    assert rows["every page alone"].edits == pytest.approx(60.0)
    assert rows["every page alone"].seam_recall == 1.0
    assert degenerate_labels(MARKS)["mean length (2)"] == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]


def test_the_table_is_aligned_and_leaves_out_what_no_row_has() -> None:
    text = table(degenerate_rows(MARKS))
    lines = text.splitlines()
    head = "method proposed edits/100 seam P seam R seam F1 exact exact F1 PQ B3 F1 MnDD/100"
    assert lines[0].split() == head.split()
    assert "accept@99" not in text
    assert lines[2].startswith("one document") and "30.00" in lines[2]
    ends = {line.rstrip().__len__() for line in lines if not line.startswith("-")}
    assert len(ends) == 1


def test_a_figure_that_one_method_lacks_is_a_dot() -> None:
    sure = score_partition(MARKS, [0] * 10, seam_probabilities=np.full(9, 0.3), seconds=1.5)
    text = table([*degenerate_rows(MARKS), FiguresRow("seams", sure)], columns=["edits", "seam_brier", "seconds"])
    assert text.splitlines()[2].split()[-2:] == ["·", "·"]
    assert text.splitlines()[-1].split() == ["seams", "30.00", "0.223", "1.50"]


def test_intervals_stand_behind_their_figures() -> None:
    row = FiguresRow("seams", score_partition(MARKS, [0] * 10), {"edits": (12.0, 41.0)})
    assert "30.00 [12.00-41.00]" in table([row], columns=["edits"])


def test_markdown_sets_the_best_in_bold() -> None:
    lines = markdown(degenerate_rows(MARKS), columns=["edits", "seam_f1", "proposed"]).splitlines()
    assert lines[0] == "| method | edits/100 | seam F1 | proposed |"
    assert lines[1] == "| --- | ---: | ---: | ---: |"
    assert lines[2] == "| one document | **30.00** | 0.000 | 1 |"
    assert lines[3] == "| every page alone | 60.00 | **0.500** | 10 |"


def test_an_unknown_figure_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no figure 'f2'"):
        table(degenerate_rows(MARKS), columns=["f2"])


def test_groups_become_labels_only_if_every_page_has_one() -> None:
    assert labels_of([(0, 3), (1,), (2,)], 4) == [0, 1, 2, 0]
    for broken in ([(0, 1), (1,)], [(0,)], [(0, 1, 2)]):
        with pytest.raises(ValueError):
            labels_of(broken, 2)


def test_figures_are_computed_without_matplotlib() -> None:
    code = (
        "import sys; from clustering.engine.metrics import score_partition; score_partition(['1', '0'], [0, 1]);"
        "sys.exit(bool({'matplotlib', 'torch'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
