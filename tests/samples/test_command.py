"""`manage.py make_sample`."""

from __future__ import annotations

import errno
import json
import os
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from clustering.management.commands import make_sample as make_sample_command


def test_it_draws_and_says_what_it_drew(tmp_path: Path) -> None:
    out = StringIO()
    call_command("make_sample", str(tmp_path / "s"), documents=3, scale=0.1, stdout=out)
    pages = len(list((tmp_path / "s").glob("*.jpg")))
    assert f"Drew 3 documents on {pages} scans" in out.getvalue()
    assert "truth.csv" in out.getvalue()


def test_as_json_it_prints_nothing_but_json(tmp_path: Path) -> None:
    out = StringIO()
    call_command("make_sample", str(tmp_path / "s"), pages=4, scale=0.1, json=True, stdout=out)
    summary = json.loads(out.getvalue())
    assert summary["pages"] >= 4
    assert sum(summary["kinds"].values()) == summary["documents"]


def test_small_is_for_load_tests(tmp_path: Path) -> None:
    call_command("make_sample", str(tmp_path / "small"), documents=2, small=True, stdout=StringIO())
    call_command("make_sample", str(tmp_path / "same"), documents=2, scale=0.3, stdout=StringIO())
    assert sorted(p.read_bytes() for p in (tmp_path / "small").iterdir()) == sorted(
        p.read_bytes() for p in (tmp_path / "same").iterdir()
    )


def test_a_second_sample_in_one_folder_is_refused_in_a_sentence(tmp_path: Path) -> None:
    call_command("make_sample", str(tmp_path), documents=1, scale=0.1, stdout=StringIO())
    with pytest.raises(CommandError, match="already holds a sample"):
        call_command("make_sample", str(tmp_path), documents=1, scale=0.1, stdout=StringIO())


def test_numbers_without_sense_are_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="above zero"):
        call_command("make_sample", str(tmp_path / "s"), pages=0, stdout=StringIO())


def test_a_full_disk_is_named_with_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(*args: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(make_sample_command, "make_sample", write)
    with pytest.raises(CommandError, match=re.escape(str(tmp_path / "s"))) as raised:
        call_command("make_sample", str(tmp_path / "s"))
    assert os.strerror(errno.ENOSPC) in str(raised.value)
