"""The guide to a new export is followed: what it says to write is written, and the program takes it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from PIL import Image

from clustering import exports
from clustering.actions.confirm import confirm_groups
from clustering.exports import registry, stored_settings
from clustering.exports.checking import check
from clustering.exports.contract import Material
from clustering.models import User
from tests.conftest import MakeCollection
from tests.exports.cases import written
from tests.exports.conftest import AWKWARD, MakeMaterial, adjusted, make_material
from tests.exports.example import example
from tests.project.test_export_docs import EXAMPLE, REFERENCE

__all__ = ["make_material"]

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs/howto/add-an-export.md"
FILE = re.compile(r"^<!-- (file|rows): (\S+) -->\n\n(`{3,})\w+\n(.*?)^\3$", re.MULTILINE | re.DOTALL)


def files_written() -> dict[str, str]:
    """By its path, each file that the guide says to write or to add to."""
    return {path: block for _, path, _, block in FILE.findall(GUIDE.read_text(encoding="utf-8"))}


@pytest.fixture
def followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The folder of the guide, found beside the others."""
    files = files_written()
    for path, block in files.items():
        if path.startswith("clustering/exports/"):
            place = tmp_path / Path(path).relative_to("clustering/exports")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(block, encoding="utf-8")
    monkeypatch.setattr(exports, "__path__", [*exports.__path__, str(tmp_path)])
    for name, known in registry.discovered().items():
        monkeypatch.setitem(registry.FORMATS, name, known)
    stored_settings.all_options.cache_clear()
    yield files
    monkeypatch.undo()
    stored_settings.all_options.cache_clear()
    for name in [name for name in sys.modules if name.startswith("clustering.exports.ris")]:
        del sys.modules[name]


def test_a_new_export_touches_three_files() -> None:
    assert list(files_written()) == [
        "clustering/exports/ris/__init__.py", "clustering/exports/ris/guide.md", "docs/reference/exports.md",
    ]  # fmt: skip


def test_it_is_offered_written_checked_and_set(followed: dict[str, str], make_material: MakeMaterial) -> None:
    offered = {known.name: heading for heading, formats in registry.by_purpose() for known in formats}
    assert offered["ris"] == "Reading and preservation"
    material = make_material(settings=adjusted(ris_archive="The Archive"))
    text = written(material, "ris")[".ris"].decode()
    assert text.count("TY  - ") == text.count("ER  - ") == len(AWKWARD)
    assert "TI  - مرحبا بالعالم\r\n" in text and "AV  - The Archive\r\n" in text
    codes = {finding.code for finding in check(material, ["ris"])["ris"].findings}
    assert "not-published" in codes, "a rule that follows from a flag"
    assert "every title is short enough for older programs" in check(material, ["ris"])["ris"].checked


def test_its_page_and_its_rows_say_what_is_so(followed: dict[str, str], tmp_path: Path) -> None:
    scan = tmp_path / "scan.jpg"
    Image.new("L", (300, 400), 240).save(scan)
    material: Material = example(scan)
    guide = followed["clustering/exports/ris/guide.md"]
    ((name, path, block),) = EXAMPLE.findall(guide)
    lines = written(material, name)[path].decode().splitlines()
    assert [line for line in block.splitlines() if line != "…" and line not in lines] == []
    index = (REFERENCE / "exports.md").read_text(encoding="utf-8") + followed["docs/reference/exports.md"]
    assert [option.name for option in stored_settings.all_options() if f"`{option.name}`" not in index] == []


@pytest.mark.django_db
def test_the_command_knows_it(
    followed: dict[str, str], make_collection: MakeCollection, alice: User, tmp_path: Path
) -> None:
    collection = make_collection("afl", groups=[2, 1])
    confirm_groups(list(collection.groups.all()), actor=alice)
    call_command("export_groups", "afl", "--format", "ris", "-o", str(tmp_path / "afl.ris"))
    assert (tmp_path / "afl.ris").read_text(encoding="utf-8").count("TY  - MANSCPT") == 2
