"""How hhreview is installed: what `make demo` downloads, and that the wheel runs from any folder."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.version import Version

from deploy import install
from hhreview import command

ROOT = Path(__file__).resolve().parents[2]
OFFERED = "torch (2.15.0)\nAvailable versions: 2.15.0, 2.15.0+cpu, 2.14.1, 2.13.0+cpu, 2.13.0, 2.9.1+cpu, 2.5.1+cpu\n"


def test_a_build_for_processors_is_the_newest_up_to_the_pin() -> None:
    assert install.cpu_build(OFFERED, "2.14.1") == "2.13.0+cpu"
    assert install.cpu_build(OFFERED, "2.15.0") == "2.15.0+cpu"
    assert install.cpu_build("Available versions: 2.5.1+cpu, 2.14.1", "2.14.1") == ""


def test_the_pins_stay_but_for_pytorch_and_what_is_built_with_it() -> None:
    pins = "numpy==2.4.6\ntorch==2.14.1\ntorchmetrics==1\ntorchvision==0.29.1\n"
    assert install.constraints(pins, "") == pins
    assert install.constraints(pins, "2.13.0+cpu").split() == ["numpy==2.4.6", "torchmetrics==1", "torch==2.13.0+cpu"]


def test_how_much_is_coming_is_said_in_one_sentence(tmp_path: Path) -> None:
    wheel = tmp_path / "a.whl"
    wheel.write_bytes(b"0" * 100)
    assert install.size_of(wheel.as_uri()) == 0
    assert "2 packages to install: 3 MB to download, except" in install.announcement([3_000_000, 0])
    assert "4.2 GB to download and 1 of unknown size" in install.announcement([4_200_000_000, None])


def test_optional_parts_name_each_other_and_none_is_in_the_base() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    base = install.requirements([])
    assert {"embedded", "samples", "evaluate", "test", "check"} <= set(extras)
    for extra in ("embedded", "samples", "evaluate", "open-clip"):
        assert set(extras[extra]) & set(base) == set(), extra
        assert set(extras[extra]) <= set(install.requirements(["test"])), extra
    assert not [requirement for requirement in install.requirements(["test", "check"]) if "hhreview" in requirement]


@pytest.mark.parametrize("asked", ["--version", "version"])
def test_the_version_is_ours_and_not_django_s(
    asked: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["hhreview", asked])
    command.main()
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert Version(capsys.readouterr().out) == Version(declared)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the wheel holds, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "setup.py", "-q", "egg_info", "--egg-base", str(folder), "build_py", "--build-lib"]
    done = subprocess.run([*command, str(folder)], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return folder


def test_the_wheel_carries_all_that_runs(built: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "clustering", "hhreview", "templates", "static"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\n")  # fmt: skip
    site = ("templates/", "static/")
    missing = [
        name
        for name in filter(None, listed)
        if (ROOT / name).exists() and not (built / (f"hhreview/{name}" if name.startswith(site) else name)).is_file()
    ]
    assert missing == []


def test_the_wheel_finds_its_own_files_and_keeps_data_in_the_persons_folder(built: Path, tmp_path: Path) -> None:
    tell = (
        "import django; django.setup()\n"
        "from django.conf import settings\n"
        "from django.contrib.staticfiles import finders\n"
        "from django.template.loader import get_template\n"
        "from hhreview.layout import COMMAND\n"
        "print(COMMAND, settings.DATA_DIR, get_template('desk/stream.html').origin.name)\n"
        "print(finders.find('css/tokens.css'))"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HHREVIEW_", "XDG_"))}
    done = subprocess.run(
        [sys.executable, "-c", tell],
        cwd=tmp_path,
        env={**kept, "HOME": str(tmp_path), "PYTHONPATH": str(built), "DJANGO_SETTINGS_MODULE": "hhreview.settings"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [
        "hhreview",
        str(tmp_path / ".local/share/hhreview"),
        str(built / "hhreview/templates/desk/stream.html"),
        str(built / "hhreview/static/css/tokens.css"),
    ]
