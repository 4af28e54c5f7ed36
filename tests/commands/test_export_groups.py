"""Where an export goes: the terminal, a file, a folder, or a sentence that says why not."""

from __future__ import annotations

import csv
import io
import os
import threading
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


def test_a_pipe_takes_the_export_and_stays(make_collection: MakeCollection, tmp_path: Path) -> None:
    make_collection("afl", groups=[2, 1])
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    call_command("export_groups", "afl", "--all", "-o", str(pipe), stdout=io.StringIO(), stderr=io.StringIO())
    reader.join(30)
    assert len(list(csv.DictReader(io.StringIO(read[0])))) == 3
    assert pipe.is_fifo()


def test_a_link_still_leads_to_the_file(make_collection: MakeCollection, tmp_path: Path) -> None:
    make_collection("afl", groups=[2, 1])
    (tmp_path / "shelf").mkdir()
    link = tmp_path / "latest.csv"
    link.symlink_to(tmp_path / "shelf" / "afl.csv")
    for _ in range(2):  # the file is new, then replaced
        call_command("export_groups", "afl", "--all", "-o", str(link), stdout=io.StringIO(), stderr=io.StringIO())
        assert link.is_symlink() and [path.name for path in (tmp_path / "shelf").iterdir()] == ["afl.csv"]
    assert len(list(csv.DictReader(io.StringIO(link.read_text(encoding="utf-8"))))) == 3


def test_standard_output_is_the_terminal(make_collection: MakeCollection) -> None:
    make_collection("afl", groups=[2, 1])
    out = io.StringIO()
    call_command("export_groups", "afl", "--all", "-o", "/dev/stdout", stdout=out, stderr=io.StringIO())
    assert len(list(csv.DictReader(io.StringIO(out.getvalue())))) == 3
