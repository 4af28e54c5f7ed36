"""The sample that `make_sample` draws: same every time, and true to its own table."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from edtf import parse_edtf
from PIL import Image

from clustering.samples import make_sample
from clustering.samples.documents import KINDS
from tests.samples.conftest import Sample, read_truth

NAME = re.compile(r"HH900001_(\d{4,})__bdr_[2-9a-z]{8}\.jpg")


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_the_same_seed_draws_the_same_bytes(tmp_path: Path) -> None:
    make_sample(tmp_path / "a", documents=6, seed=3, scale=0.2)
    make_sample(tmp_path / "b", documents=6, seed=3, scale=0.2)
    assert digests(tmp_path / "a") == digests(tmp_path / "b")


def test_another_seed_draws_another_folder(tmp_path: Path) -> None:
    make_sample(tmp_path / "a", documents=3, seed=3, scale=0.2)
    make_sample(tmp_path / "b", documents=3, seed=4, scale=0.2)
    assert not set(digests(tmp_path / "a").values()) & set(digests(tmp_path / "b").values())


def test_two_processes_draw_what_one_draws(tmp_path: Path) -> None:
    one = make_sample(tmp_path / "one", documents=14, seed=8, scale=0.1)
    two = make_sample(tmp_path / "two", documents=14, seed=8, scale=0.1, workers=2)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    assert (one.pages, one.kinds, one.upside_down) == (two.pages, two.kinds, two.upside_down)


def test_a_longer_sample_begins_as_a_shorter_one_does(tmp_path: Path) -> None:
    make_sample(tmp_path / "short", documents=4, seed=5, scale=0.15)
    make_sample(tmp_path / "long", documents=9, seed=5, scale=0.15)
    short, long = digests(tmp_path / "short"), digests(tmp_path / "long")
    del short["truth.csv"]
    assert short.items() <= long.items()


def test_the_scale_changes_the_pixels_but_not_the_documents(tmp_path: Path) -> None:
    make_sample(tmp_path / "small", documents=7, seed=6, scale=0.1)
    make_sample(tmp_path / "large", documents=7, seed=6, scale=0.2)
    assert read_truth(tmp_path / "small") == read_truth(tmp_path / "large")


def test_asked_for_pages_it_stops_with_the_document_that_reaches_them(tmp_path: Path) -> None:
    summary = make_sample(tmp_path / "s", pages=40, seed=2, scale=0.1)
    rows = read_truth(tmp_path / "s")
    assert summary.pages == len(rows) >= 40
    assert sum(row["document"] != rows[-1]["document"] for row in rows) < 40


def test_truth_has_a_row_for_every_scan_in_order(sample: Sample) -> None:
    assert [row["identifier"] for row in sample.rows] == [path.name.split("__")[0] for path in sample.files]
    assert [int(NAME.fullmatch(path.name)[1]) for path in sample.files] == list(range(1, len(sample.files) + 1))  # type: ignore[index]  # a name that does not match fails here


def test_a_document_starts_exactly_where_its_number_changes(sample: Sample) -> None:
    before = "0"
    for row in sample.rows:
        starts = row["document"] != before
        assert (row["start"] in ("1", "?")) == starts
        assert bool(row["title"]) == starts
        before = row["document"]
    assert sample.rows[0]["start"] == "1"
    assert int(before) == sample.summary.documents == 80


def test_loose_enclosures_are_marked_as_a_matter_of_opinion(sample: Sample) -> None:
    doubtful = [i for i, row in enumerate(sample.rows) if row["start"] == "?"]
    assert doubtful
    assert all(i > 0 for i in doubtful)


def test_every_kind_is_drawn(sample: Sample) -> None:
    assert {row["kind"] for row in sample.rows} == set(KINDS) == set(sample.summary.kinds)


def test_lengths_are_spread_as_in_real_folders(sample: Sample) -> None:
    lengths = [sum(row["document"] == str(n) for row in sample.rows) for n in range(1, sample.summary.documents + 1)]
    assert 0.25 <= lengths.count(1) / len(lengths) <= 0.6
    assert sorted(lengths)[len(lengths) // 2] <= 3
    assert max(lengths) >= 8


def test_the_summary_names_the_pages_that_lie_upside_down(sample: Sample) -> None:
    assert set(sample.summary.upside_down) <= {row["identifier"] for row in sample.rows}
    assert 0 < len(sample.summary.upside_down) < 0.06 * len(sample.rows)


def test_dates_are_edtf(sample: Sample) -> None:
    dates = {row["date"] for row in sample.rows if row["date"]}
    assert len(dates) > 10
    for date in dates:
        assert str(parse_edtf(date)) == date


def test_booklets_are_scanned_as_cover_spreads_and_back(sample: Sample) -> None:
    widths: dict[str, list[int]] = {}
    for row, path in zip(sample.rows, sample.files, strict=True):
        if row["kind"] == "booklet":
            with Image.open(path) as image:
                widths.setdefault(row["document"], []).append(image.width)
    spread = [row for row in widths.values() if len(row) > 2 and row[1] > 1.8 * row[0]]
    assert len(spread) > len(widths) / 2
    for cover, *inside, back in spread:
        assert abs(back - cover) < 0.1 * cover
        assert all(abs(width - 2 * cover) < 0.1 * cover for width in inside)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({}, "either how many documents or how many pages"),
        ({"documents": 1, "pages": 1}, "either how many documents or how many pages"),
        ({"documents": 0}, "above zero"),
        ({"documents": 1, "scale": 9.0}, "between 0.05 and 4"),
        ({"documents": 1, "workers": 0}, "at least one worker"),
    ],
)
def test_it_refuses_numbers_without_sense(tmp_path: Path, arguments: dict[str, int], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        make_sample(tmp_path / "s", **arguments)  # type: ignore[arg-type]  # wrong on purpose
    assert not (tmp_path / "s").exists()


def test_it_never_overwrites_a_sample(tmp_path: Path) -> None:
    make_sample(tmp_path / "s", documents=1, seed=1, scale=0.1)
    before = digests(tmp_path / "s")
    with pytest.raises(FileExistsError, match="already holds a sample"):
        make_sample(tmp_path / "s", documents=2, seed=2, scale=0.1)
    assert digests(tmp_path / "s") == before
