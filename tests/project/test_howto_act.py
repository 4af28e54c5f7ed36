"""The guide to a new act is followed: in a copy of the program, its two files make the act work at every door."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project.test_howto_export import FILE

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs/howto/add-an-act.md"
TOLD = {path: block for _, path, _, block in FILE.findall(GUIDE.read_text(encoding="utf-8"))}
ACT, TEST, KEYS = "clustering/actions/sort.py", "tests/actions/test_sort.py", "docs/guide/archivists.md"

CHECKED = """
import django; django.setup()
from django.core.management import call_command
from clustering.keys import KEYS, spoken
call_command("makemigrations", "clustering", check=True, dry_run=True)
print(*(f"| `{spoken(key.keys[0])}` | {key.label} |" for key in KEYS if key.id == "sort"))
"""


def test_a_new_act_touches_one_file_its_test_and_the_guide() -> None:
    assert list(TOLD) == [ACT, TEST, KEYS]


@pytest.fixture
def followed(tmp_path: Path) -> Path:
    """A copy of the program in which the guide was followed."""
    for name in ("clustering", "hhreview", "templates", "static", "tests"):
        shutil.copytree(ROOT / name, tmp_path / name)  # with what Python has compiled, which takes long
    for name in ("manage.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    for path in (ACT, TEST):
        (tmp_path / path).write_text(TOLD[path], encoding="utf-8")
    return tmp_path


def run(place: Path, *command: str) -> str:
    """What it says. Fails if it fails."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("HHREVIEW_", "PYTEST_", "COV_"))}
    env = {
        **own,
        "DJANGO_SETTINGS_MODULE": "hhreview.settings",
        "HHREVIEW_DATA_DIR": str(place / "data"),
    }
    done = subprocess.run(
        [sys.executable, *command], cwd=place, env=env, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_works_at_every_door_and_needs_no_migration(followed: Path) -> None:
    assert "4 passed" in run(followed, "-m", "pytest", TEST, "-q", "-p", "no:cacheprovider")
    assert run(followed, "-c", CHECKED) == f"No changes detected in app 'clustering'\n{TOLD[KEYS]}"
