"""The guide to a new encoder is followed: its module makes the encoder known, and its test passes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from clustering.admin.forms import EmbedForm
from clustering.engine import encoders
from tests.project.test_howto_export import FILE

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs/howto/add-an-encoder.md"
TOLD = {path: block for _, path, _, block in FILE.findall(GUIDE.read_text(encoding="utf-8"))}
MODULE, TEST, ROWS = "clustering/engine/encoders/grays.py", "tests/engine/test_grays.py", "docs/reference/commands.md"


@pytest.fixture
def followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The module of the guide, found beside the others; where its test lies."""
    (tmp_path / "encoders").mkdir()
    (tmp_path / "encoders/grays.py").write_text(TOLD[MODULE], encoding="utf-8")
    (tmp_path / "test_grays.py").write_text(TOLD[TEST], encoding="utf-8")
    monkeypatch.setattr(encoders, "__path__", [*encoders.__path__, str(tmp_path / "encoders")])
    yield tmp_path / "test_grays.py"
    sys.modules.pop("clustering.engine.encoders.grays", None)


def test_a_new_encoder_touches_one_module_its_test_and_a_row() -> None:
    assert list(TOLD) == [MODULE, TEST, ROWS]


def test_it_keeps_its_promises(followed: Path) -> None:
    assert pytest.main([str(followed), "-q", "-p", "no:cacheprovider", "-p", "no:django"]) == 0


def test_it_can_be_chosen(followed: Path) -> None:
    assert '<option value="grays">' in str(EmbedForm(collections=[])["encoder"])
    key, words = TOLD[ROWS].strip("| \n").split(" | ")
    assert key == "`grays`" and words.rstrip(" |")
