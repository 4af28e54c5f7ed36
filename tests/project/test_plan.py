"""bench/plan.py: every figure comes from a file that a bench wrote, and what is missing is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.plan import MEASURED, Figures, plan, read

ROOT = Path(__file__).resolve().parents[2]
FILES: dict[str, dict[str, float | str]] = {
    "rates.json": {
        "process_pages_per_second": 0.9,
        "scan_kb": 200.0,
        "thumbnails_kb": 100.0,
        "copy_kb": 40.0,
        "builtin_best": "onnx",
    },
    "rows.json": {"reading_kb": 8.0, "vectors_kb": 7.5, "rows_kb": 4.0, "propose_s": 3.0},
    "index.json": {"index_mb": 60, "vectors_mb": 100},
}


def planned(files: list[Path]) -> Figures:
    return plan(read(files), pages=900_000, rate_cores=2, cores=16, hours=72, efficiency=0.85)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """As the three commands write them, with what they tell before the last line."""
    for name, figures in FILES.items():
        (tmp_path / name).write_text("Measuring…\n" + json.dumps(figures) + "\n")
    return [tmp_path / name for name in FILES]


def test_all_figures_come_from_the_files(files: list[Path]) -> None:
    figures = planned(files)
    assert figures == {
        "pages": 900_000, "core_hours": 654, "hours_on_one": 40.8, "machines": 1, "media_gb": 184.3,
        "thumbnails_gb": 92.2, "copies_gb": 36.9, "readings_gb": 7.4, "vectors_gb": 6.9, "rows_gb": 3.7,
        "index_gb": 4.1, "database_gb": 22.1, "backup_gb": 202.3, "not_measured": [],
    }  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_without_a_file_its_figures_are_left_out_and_named(files: list[Path], name: str) -> None:
    figures = planned([file for file in files if file.name != name])
    lacking = [key for key in MEASURED if key in FILES[name]]
    assert figures["not_measured"] == [f"{key} ({MEASURED[key]})" for key in lacking]
    assert not {key for key in figures if key.startswith(("database", "backup"))} or name != "rows.json"
    assert ("core_hours" in figures) == (name != "rates.json")
    assert ("index_gb" in figures) == (name == "rates.json")


def test_the_benches_write_what_is_read() -> None:
    for key, command in MEASURED.items():
        bench = ROOT / command.split()[0]
        assert f'"{key}"' in bench.read_text(encoding="utf-8"), key


def test_the_guide_runs_what_the_plan_asks_for() -> None:
    guide = (ROOT / "docs" / "guide" / "operators.md").read_text(encoding="utf-8")
    for command in set(MEASURED.values()):
        assert f"python {command.split()[0]}" in guide
    assert "bench/plan.py --pages 900000 --measured" in guide
