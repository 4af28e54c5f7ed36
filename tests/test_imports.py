"""Nothing heavy is loaded before it is needed: not by `check`, not by the web process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = (
    *("torch", "open_clip", "sklearn", "tesserocr", "transformers", "matplotlib"),
    *("scipy.special", "scipy.linalg", "scipy.ndimage", "scipy.optimize"),  # SciPy itself loads these late
)
CHECK = "import django; django.setup(); from django.core.management import call_command; call_command('check')"
WEB = "import hhreview.wsgi; import hhreview.urls; from django.urls import get_resolver; get_resolver().url_patterns"
TASKS = "import django; django.setup(); import clustering.tasks"


@pytest.mark.parametrize("start", [CHECK, WEB, TASKS], ids=["check", "web", "worker"])
def test_it_starts_without_loading_what_is_heavy(start: str, tmp_path: Path) -> None:
    tell = f"import sys; print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", f"{start}; {tell}"],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "hhreview.settings", "HHREVIEW_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


FROZEN = "import gc; print(gc.isenabled() and gc.get_freeze_count() > 100_000)"


COMMAND = "import sys; from hhreview.command import main; sys.argv[1:] = ['help', 'migrate']; main()"


@pytest.mark.parametrize("start", ["import hhreview.wsgi", COMMAND], ids=["web", "command"])
def test_what_stays_is_not_looked_through_for_garbage(start: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"{start}; {FROZEN}"],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "hhreview.settings", "HHREVIEW_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout.splitlines()[-1:] == ["True"], done.stderr


def test_the_engine_runs_without_django() -> None:
    """Importing every module of the engine, the sources and the samples brings no Django in."""
    find = (
        "import pkgutil, importlib, sys, clustering.engine, clustering.sources, clustering.samples\n"
        "for package in (clustering.engine, clustering.sources, clustering.samples):\n"
        "    for module in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "        importlib.import_module(module.name)\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'django', 'celery', 'hhreview', 'torch'}))"
    )
    done = subprocess.run([sys.executable, "-c", find], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"
