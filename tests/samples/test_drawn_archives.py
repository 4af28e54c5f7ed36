"""Small archives of one kind each, drawn to measure by."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest
from PIL import Image

from bench.drawn import KINDS, draw_archive
from bench.measured import read_truth


@pytest.mark.parametrize("kind", ["cards", "letters-front", "bifolios"])
def test_a_kind_is_drawn_the_same_again(kind: str) -> None:
    first, again, other = (list(islice(KINDS[kind](seed), 2)) for seed in (5, 5, 6))
    assert [document.title for document in first] == [document.title for document in again]
    assert [document.title for document in first] != [document.title for document in other]


@pytest.mark.parametrize(("kind", "at"), [("letters-front", 0), ("letters-behind", -1)])
def test_envelopes_lie_in_front_of_their_letters_or_behind(kind: str, at: int) -> None:
    lying = [
        [side.panels[0].size[0] > side.panels[0].size[1] for side in document.sides]
        for document in islice(KINDS[kind](5), 6)
    ]
    assert sum(sides[at] for sides in lying) >= 3
    assert not any(sides[-1 - at] for sides in lying if len(sides) > 2)


def test_issues_have_one_to_five_pages() -> None:
    lengths = [len(document.sides) for document in islice(KINDS["newsletters-plain"](5), 5)]
    assert min(lengths) >= 1 < max(lengths) <= 7, "typed ones are as long as their text"


def test_an_archive_is_scans_with_their_truth(tmp_path: Path) -> None:
    draw_archive(tmp_path / "cards", "cards", seed=5, pages=3)
    rows = read_truth(tmp_path / "cards" / "truth.csv")
    scans = sorted((tmp_path / "cards" / "images").iterdir())
    assert [scan.stem for scan in scans] == [row.identifier for row in rows]
    assert len(rows) >= 3 and rows[0].start == "1" and {row.kind for row in rows} == {"other"}
    with Image.open(scans[0]) as scan:
        assert min(scan.size) > 200
