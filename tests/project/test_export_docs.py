"""Each export has a page, and each example on it is what the exporter writes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from clustering.exports.registry import FORMATS
from clustering.exports.stored_settings import all_options
from tests.exports.cases import written
from tests.exports.example import example

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"
PAGES = sorted((ROOT / "clustering" / "exports").glob("*/guide.md"))
EXAMPLE = re.compile(r"^<!-- example: ([\w-]+) (\S+) -->\n+```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LEFT_OUT = "…"


def test_every_format_has_its_page_and_the_index_leads_there() -> None:
    index = (REFERENCE / "exports.md").read_text(encoding="utf-8")
    rows = dict(
        re.findall(r"^\| `([\w-]+)` \| \[[^\]]+\]\(\.\./\.\./clustering/exports/(\w+)/guide\.md\)", index, re.MULTILINE)
    )
    assert set(rows) == set(FORMATS)
    assert {page.parent.name for page in PAGES} == set(rows.values())


def test_the_settings_are_told_in_the_words_of_the_form() -> None:
    table = (REFERENCE / "exports.md").read_text(encoding="utf-8").split("| setting | meaning |")[1]
    documented = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", table, flags=re.M))
    choices = {one.name: f" {', '.join(f'`{choice}`' for choice in one.choices or {})}." for one in all_options()}
    assert documented == {
        one.name: f"{one.label}. {one.help}{choices[one.name] if one.choices else ''}" for one in all_options()
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_every_example_is_what_the_exporter_writes(page: Path, tmp_path: Path) -> None:
    """Line by line and in order; a line with an ellipsis stands for any that are left out."""
    scan = tmp_path / "scan.jpg"
    Image.new("L", (300, 400), 240).save(scan)
    material = example(scan)
    examples = EXAMPLE.findall(page.read_text(encoding="utf-8"))
    assert examples, f"{page.name} shows no example"
    for name, path, block in examples:
        lines = iter(written(material, name)[path].decode("utf-8-sig").splitlines())
        for line in block.splitlines():
            if line.strip() != LEFT_OUT:
                assert line in lines, f"{page.name}: {path} of {name} has no line {line!r} there"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_every_page_says_how_to_load_it(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert "\n## What it contains\n" in text and re.search(r"^## (?:Load|Open) it ", text, re.MULTILINE)
    assert "python manage.py export_groups" in text
