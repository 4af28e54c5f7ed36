"""Truths that name pages in other ways, or other pages: what is measured is right, or refused in a sentence."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from clustering.jobs.evaluating import evaluate
from clustering.jobs.truths import Truth, WrongTruth, read_truth
from clustering.models import Collection
from tests.conftest import MakeCollection

pytestmark = pytest.mark.django_db
MARKS = {"HH000001_0001": "1", "HH000001_0002": "0", "HH000001_0003": "1", "HH000001_0004": "0", "HH000001_0005": "1"}


@pytest.fixture
def collection(make_collection: MakeCollection) -> Collection:
    """Five pages, arranged as they truly are."""
    return make_collection(groups=[2, 2, 1])


def edits(collection: Collection, marks: dict[str, str]) -> tuple[int, float, str]:
    """The pages measured, the edits that the desk lacks, and the notes."""
    evaluation = evaluate(collection, Truth(marks), encoder="efficientnet-lite0@64")
    return evaluation.pages, evaluation.rows[0].figures.edits, " ".join(evaluation.notes)


@pytest.mark.parametrize(
    "named",
    ["{}", "{}.jpg", "scans/{}.tif", "C:\\box 1\\{}.TIF", "{}__bdr_gbzad5mb.jpg", "box/{}"],
)
def test_pages_may_be_named_as_their_files_are(collection: Collection, named: str) -> None:
    assert edits(collection, {named.format(name): mark for name, mark in MARKS.items()})[:2] == (5, 0)


def test_a_page_break_at_a_page_that_is_not_here_is_one_before_the_next(collection: Collection) -> None:
    collection.pages.filter(identifier="HH000001_0003").delete()
    pages, wrong, notes = edits(collection, MARKS)
    assert (pages, wrong) == (4, 0)
    assert "match no page of this collection: 1, HH000001_0003 first" in notes


def test_a_page_break_does_not_go_astray_in_rows_of_another_order(collection: Collection) -> None:
    collection.pages.filter(identifier="HH000001_0002").delete()
    assert edits(collection, dict(reversed(MARKS.items())))[:2] == (4, 0)


@pytest.mark.parametrize("given", ["hh000001_0001", "HH000001_1"])
def test_other_names_are_shown_beside_those_of_the_collection(collection: Collection, given: str) -> None:
    with pytest.raises(WrongTruth, match=rf"The first page is {given} there and HH000001_0001 here\."):
        edits(collection, {given: "1", "x": "0"})


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("identifier,start\na,1\n,0\n", "line 3: the identifier is missing. Add it, or delete the line."),
        ("identifier,start\na,\nb,\n", "marks no page in the column start. Write 1 where a document begins."),
        ("identifier:start\na:1\n", "its columns are identifier:start. Name the columns"),
        ("identifier,start\n", "has no rows below its first line. Add a row for each page."),
    ],
)
def test_a_table_that_is_no_truth_is_refused_with_the_remedy(tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "truth.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(WrongTruth) as refused:
        read_truth(path)
    assert str(path) in str(refused.value)
    assert sentence in str(refused.value)


def test_the_command_prints_figures_or_a_sentence(collection: Collection, tmp_path: Path) -> None:
    path = tmp_path / "truth.csv"
    path.write_text("identifier,start\n" + "".join(f"{n}.jpg,{m}\n" for n, m in MARKS.items()), encoding="utf-8")
    out = StringIO()
    call_command("evaluate", collection.slug, str(path), "--json", stdout=out, stderr=StringIO())
    assert json.loads(out.getvalue())["rows"]["the desk"]["edits"] == 0
    path.write_text("identifier,start\nother,1\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"0 of the 1 identifiers in .*truth\.csv are pages of"):
        call_command("evaluate", collection.slug, str(path))
