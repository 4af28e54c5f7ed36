"""Where an export goes: the terminal, a file, a folder, or a sentence that says why not."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.conftest import MakeCollection

pytestmark = pytest.mark.django_db


def test_a_dash_is_the_terminal(
    make_collection: MakeCollection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_collection("afl", groups=[2, 1])
    monkeypatch.chdir(tmp_path)
    out, err = io.StringIO(), io.StringIO()
    call_command("export_groups", "afl", "--all", "-o", "-", stdout=out, stderr=err)
    assert len(list(csv.DictReader(io.StringIO(out.getvalue())))) == 3
    with pytest.raises(CommandError, match="Name a folder"):
        call_command("export_groups", "afl", "--all", "--format", "mods", "-o", "-", stdout=out, stderr=err)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "right"), [("csv", "afl.csv"), ("jsonl", "afl.jsonl")])
def test_one_file_is_not_written_under_the_name_of_a_zip(
    make_collection: MakeCollection, tmp_path: Path, name: str, right: str
) -> None:
    make_collection("afl", groups=[2, 1])
    with pytest.raises(CommandError, match=right):
        call_command(
            "export_groups", "afl", "--all", "--format", name, "-o", str(tmp_path / "afl.zip"), stderr=io.StringIO()
        )
    assert list(tmp_path.iterdir()) == []
