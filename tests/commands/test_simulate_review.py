"""Playing a review: the real acts on a copy that never was."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from clustering.jobs import launching
from clustering.jobs.simulating import STRATEGIES
from clustering.models import Collection, Edit, Page, Run
from tests.jobs.conftest import DrawScans

pytestmark = pytest.mark.django_db
SMALL = "efficientnet-lite0@64"
MARKS = "101?0110"


@pytest.fixture
def truth(draw_scans: DrawScans, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Eight pages that nobody processed yet, and what they truly are."""
    monkeypatch.setattr(launching, "workers_answer", lambda: False)
    call_command("import_pages", "afl", str(draw_scans(len(MARKS))), stdout=StringIO())
    path = tmp_path / "truth.csv"
    names = Page.objects.order_by("position").values_list("identifier", flat=True)
    path.write_text("identifier,start\n" + "".join(f"{n},{m}\n" for n, m in zip(names, MARKS, strict=True)))
    return path


@pytest.fixture
def processed(truth: Path) -> Path:
    """The same, processed."""
    call_command("process", "afl", "--encoder", SMALL, stdout=StringIO())
    return truth


def play(truth: Path, *options: str) -> dict[str, dict[str, float]]:
    out = StringIO()
    call_command("simulate_review", "afl", str(truth), "--encoder", SMALL, "--json", *options, stdout=out)
    figures: dict[str, dict[str, float]] = json.loads(out.getvalue().splitlines()[-1])
    return figures


def test_every_way_to_work_ends_at_the_truth_and_touches_nothing(processed: Path, tmp_path: Path) -> None:
    before = list(Edit.objects.values_list("pk", flat=True)), list(Page.objects.values_list("pk", "group_id"))
    steps = tmp_path / "steps.csv"
    figures = play(processed, "--csv", str(steps), "--plot", str(tmp_path / "curve.png"))
    assert tuple(figures["acts_per_100_pages"]) == STRATEGIES
    assert set(figures["wrong_left"].values()) == {0}
    assert figures["counts"]["by_hand"]["look"] == len(MARKS) - 1  # type: ignore[index]
    assert figures["counts"]["queue"]["accept"] <= 1  # type: ignore[index]
    assert (tmp_path / "curve.png").stat().st_size > 5000
    with steps.open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    for name in STRATEGIES:
        last = [row for row in rows if row["strategy"] == name][-1]
        assert float(last["acts"]) == pytest.approx(figures["acts_per_100_pages"][name] * len(MARKS) / 100, abs=0.01)
        assert last["wrong"] == "0"
    assert Collection.objects.count() == 1
    assert Run.objects.count() == 1
    assert before == (list(Edit.objects.values_list("pk", flat=True)), list(Page.objects.values_list("pk", "group_id")))


def test_wrong_answers_stay_wrong_and_are_counted(processed: Path) -> None:
    figures = play(processed, "--strategy", "queue", "--wrong", "0.9")
    assert figures["mistakes"]["queue"] > 0
    assert figures["wrong_left"]["queue"] == figures["mistakes"]["queue"]


def test_a_truth_that_lacks_pages_is_refused_by_name(truth: Path) -> None:
    lines = truth.read_text().splitlines()
    truth.write_text("\n".join(lines[:-1]) + "\n")
    with pytest.raises(CommandError, match=r"lacks the mark of 1 of 8 pages, HH000001_0008 first"):
        play(truth)


def test_pages_that_were_not_analyzed_are_refused_with_the_remedy(truth: Path) -> None:
    with pytest.raises(CommandError, match="Analyze images"):
        call_command("simulate_review", "afl", str(truth), "--strategy", "dbscan", stdout=StringIO())


def test_weights_that_are_none_are_refused(truth: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "weights.json"
    wrong.write_text("[]")
    with pytest.raises(CommandError, match="does not contain a family of archives"):
        play(truth, "--weights", str(wrong))
