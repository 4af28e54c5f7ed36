"""One sample that several tests look at, drawn once."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest

from clustering.samples import SampleSummary, make_sample


@dataclass(frozen=True)
class Sample:
    summary: SampleSummary
    rows: list[dict[str, str]]
    files: list[Path]


def read_truth(folder: Path) -> list[dict[str, str]]:
    with (folder / "truth.csv").open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """Eighty documents at a small scale: enough for every kind, drawn in seconds."""
    folder = tmp_path_factory.mktemp("sample") / "scans"
    summary = make_sample(folder, documents=80, seed=9, scale=0.12)
    return Sample(summary, read_truth(folder), sorted(folder.glob("*.jpg")))
