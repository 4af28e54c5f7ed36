"""The page on architecture is true: its layers are those that are enforced, and it names every room of the program."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

from django.apps import apps
from django.core.management import get_commands, load_command_class
from django.core.management.base import ALL_CHECKS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")


def layers_shown() -> list[list[str]]:
    """The names of each layer in the picture, top to bottom."""
    picture = PAGE.split("<!-- layers -->", 1)[1].split("```")[1]
    rows = [row.rsplit("|", 1)[0].strip("| ") for row in picture.splitlines() if row.startswith("| ")]
    return [[name.strip() for name in row.split("|")] for row in rows]


def test_the_layers_are_those_that_are_enforced() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["name"] == "Imports go down only")
    assert layers_shown() == [[name.strip().removeprefix("clustering.") for name in row.split("|")] for row in layers]


def test_what_it_calls_a_file_is_that_file() -> None:
    links = re.findall(r"\[`([\w./]+\.(?:py|js))`\]\(([^)]+)\)", PAGE)
    assert len(links) > 30
    assert [(name, path) for name, path in links if not path.endswith("/" + name)] == []


def test_the_folders_it_names_are_there() -> None:
    folders = set(re.findall(r"`((?:clustering|static)/[\w/]+)`", PAGE))
    assert len(folders) > 5
    assert [folder for folder in sorted(folders) if not (ROOT / folder).is_dir()] == []


def test_only_models_say_what_tables_are_called() -> None:
    tables = {model._meta.db_table for model in apps.get_app_config("clustering").get_models(include_auto_created=True)}
    written = re.compile(rf"\b({'|'.join(sorted(tables))})\b")
    files = [path for folder in ("clustering", "hhreview") for path in (ROOT / folder).rglob("*.py")]
    literal = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in files
        if not {"migrations", "models"} & set(path.relative_to(ROOT).parts)
        for name in written.findall(path.read_text(encoding="utf-8"))
    }
    assert sorted(literal) == [], "write Model._meta.db_table"


def test_no_command_loads_every_page_of_the_desk_for_its_checks() -> None:
    ours = [name for name, app in get_commands().items() if app == "clustering"]
    assert len(ours) > 15
    checked = {name: load_command_class("clustering", name).requires_system_checks for name in ours}
    assert [name for name, tags in checked.items() if tags == ALL_CHECKS or "urls" in tags] == []
    assert os.environ["CELERY_SKIP_CHECKS"], "a worker would"
