"""Files that commands write: where they can't be written, a sentence says so before or after, and nothing is lost."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from clustering.management.commands import simulate_review
from clustering.management.output_files import write_file
from clustering.models import Collection
from tests.conftest import MakeCollection
from tests.jobs.workers import environment

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db
@pytest.mark.parametrize("option", ["--csv", "--plot"])
@pytest.mark.parametrize("place", ["{root}", "{root}/file/below/x"])
def test_a_simulation_refuses_such_a_place_before_it_begins(
    make_collection: MakeCollection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, place: str
) -> None:
    make_collection(groups=[2])
    truth = tmp_path / "truth.csv"
    truth.write_text("identifier,start\n", encoding="utf-8")
    (tmp_path / "file").touch()
    monkeypatch.delattr(simulate_review, "simulate")
    with pytest.raises(CommandError, match=rf"(is a folder|can’t be written).* with {option}\."):
        call_command("simulate_review", "afl", str(truth), option, place.format(root=tmp_path))


def test_a_full_disk_is_named_with_the_remedy_and_nothing_stays(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"x"
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(CommandError, match=r"out\.csv can’t be written \(.*\)\. Free up space there, or choose"):
        write_file(tmp_path / "out.csv", pieces(), option="-o")
    with pytest.raises(CommandError, match=r"/dev/full can’t be written .* Free up space"):
        write_file(Path("/dev/full"), [b"x" * 100_000], option="-o")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "is_file"), [("x.ZIP", True), ("x.Xml", True), ("x", False)])
def test_the_case_of_an_ending_makes_no_difference(
    make_collection: MakeCollection, tmp_path: Path, name: str, is_file: bool
) -> None:
    make_collection(groups=[2])
    call_command("export_groups", "afl", "--all", "--format", "mets", "-o", str(tmp_path / name))
    assert (tmp_path / name).is_file() == is_file


@pytest.mark.django_db
def test_a_link_to_an_empty_folder_leads_to_the_export(make_collection: MakeCollection, tmp_path: Path) -> None:
    make_collection(groups=[2])
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    call_command("export_groups", "afl", "--all", "--format", "mods", "-o", str(tmp_path / "link"))
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "pages.csv").is_file()


@pytest.mark.django_db(transaction=True)
def test_who_reads_only_the_beginning_sees_no_error(make_collection: MakeCollection) -> None:
    make_collection(groups=[2])
    reads, writes = os.pipe()
    os.close(reads)
    command = [sys.executable, "manage.py", "export_groups", "afl", "--all", "--format", "csv"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(), stdout=writes, stderr=subprocess.PIPE, text=True, timeout=60, check=False
    )
    os.close(writes)
    assert "Traceback" not in done.stderr
    assert "Broken pipe" not in done.stderr
    assert done.returncode == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["import_pages", "a" * 81, "{root}"], "…” can’t be a short name. Use up to 80 letters"),
        (["import_pages", "", "{root}"], "“” can’t be a short name"),
        (["import_pages", "afl", "{root}", "--title", "a" * 301], "has 301 characters. Use up to 300."),
        (["load_vocabulary", "a" * 41, "x.nt", "--fields", "people"], "Use up to 40 letters"),
        (["load_vocabulary", "a b", "x.nt", "--fields", "people"], "“a b” can’t be a short name"),
        (["load_vocabulary", "a", "x.nt", "--title", "a" * 201, "--fields", "people"], "Use up to 200."),
    ],
)
def test_names_that_no_row_can_hold_are_refused(tmp_path: Path, words: list[str], sentence: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command(*(word.format(root=tmp_path) for word in words))
    assert sentence in str(refused.value)
    assert not Collection.objects.exists()
