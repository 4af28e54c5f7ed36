"""The guide to a new source is followed: its module makes the source known, and its test passes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from clustering import sources
from clustering.jobs.sourcing import check_source
from tests.project.test_howto_export import FILE

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs/howto/add-a-source.md"
TOLD = {path: block for _, path, _, block in FILE.findall(GUIDE.read_text(encoding="utf-8"))}
MODULE, TEST, ROWS = "clustering/sources/names.py", "tests/sources/test_names.py", "docs/reference/sources.md"


@pytest.fixture
def followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The module of the guide, found beside the others; where its test lies."""
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources/names.py").write_text(TOLD[MODULE], encoding="utf-8")
    (tmp_path / "test_names.py").write_text(TOLD[TEST], encoding="utf-8")
    monkeypatch.setattr(sources, "__path__", [*sources.__path__, str(tmp_path / "sources")])
    yield tmp_path / "test_names.py"
    sys.modules.pop("clustering.sources.names", None)


def test_a_new_source_touches_one_module_its_test_and_the_guide() -> None:
    assert list(TOLD) == [MODULE, TEST, ROWS]


def test_it_lists_what_is_there(followed: Path) -> None:
    assert pytest.main([str(followed), "-q", "-p", "no:cacheprovider", "-p", "no:django"]) == 0


def test_it_can_be_imported(followed: Path) -> None:
    Image.new("L", (30, 40), 240).save(followed.parent / "a.png")
    (followed.parent / "list.txt").write_text("a.png", encoding="utf-8")
    source = check_source(str(followed.parent / "list.txt"), roots=None)
    assert (source.kind.name, source.params) == ("names", {"folder": str(followed.parent / "list.txt")})
    assert source.listing is not None and [file.name for file in source.listing.files] == ["a.png"]
