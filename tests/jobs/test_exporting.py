"""Exports as jobs: the same bytes as at once, gone on with, begun again after an edit, kept for a while."""

from __future__ import annotations

import shutil
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.db.models import F
from django.utils import timezone
from pytest_django.fixtures import Settings

from clustering.exports import records
from clustering.exports.contract import Material
from clustering.exports.format import ExportFormat
from clustering.exports.packing import pieces_of, to_zip
from clustering.exports.records import material_of
from clustering.exports.registry import FORMATS
from clustering.files import original_path
from clustering.jobs import exported
from clustering.jobs.launching import AlreadyActive, cancel_job
from clustering.jobs.running import run_here, run_slice
from clustering.jobs.slices import Next
from clustering.jobs.stages import exporting
from clustering.models import Collection, Group, Job, User
from tests.conftest import MakeCollection

pytestmark = pytest.mark.django_db


@pytest.fixture
def collection(make_collection: MakeCollection, tmp_path: Path, settings: Settings) -> Collection:
    settings.MEDIA_ROOT = tmp_path / "media"
    made = make_collection(groups=[2, 1, 3])
    made.groups.update(state=Group.State.CONFIRMED, confirmed_at=timezone.now())
    return made


def with_scans(collection: Collection) -> None:
    for page in collection.pages.all():
        path = original_path(page.sha256, page.media_type)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"scan")


def ordered(collection: Collection, name: str, actor: User | None = None) -> Job:
    return exported.launch_export(collection, name, actor=actor, here=True)


def written(collection: Collection, name: str) -> Path:
    job = run_here(ordered(collection, name))
    assert (job.state, job.error) == ("done", "")
    path = exported.export_file(job)
    assert path is not None
    return path


@pytest.mark.parametrize("name", ["csv", "mets", "iiif", "mods", "comparison", "tropy"])
def test_a_job_writes_what_a_download_would(name: str, collection: Collection, tmp_path: Path) -> None:
    path = written(collection, name)
    known, material = FORMATS[name], material_of(collection)
    if known.is_zip:
        assert known.files is not None
        with (tmp_path / "whole.zip").open("wb") as whole:
            to_zip(known.files(material), whole)
        assert path.read_bytes() == (tmp_path / "whole.zip").read_bytes()
    else:
        assert path.read_bytes() == b"".join(pieces_of(known, material))


def test_a_zip_is_gone_on_with_slice_by_slice(collection: Collection, settings: Settings) -> None:
    whole = written(collection, "iiif").read_bytes()
    job = ordered(collection, "iiif")
    following: Next | None = Next(job.slices, "default")
    slices = 0
    settings.SLICE_SECONDS = 0
    while following is not None:
        following = run_slice(job.pk, following.number)
        slices += 1
        assert slices < 20
    job.refresh_from_db()
    path = exported.export_file(job)
    assert slices > 4, "a slice without time adds one file"
    assert path is not None and path.read_bytes() == whole


def test_a_zip_that_was_cut_off_is_written_again(collection: Collection, settings: Settings) -> None:
    whole = written(collection, "mods").read_bytes()
    job = ordered(collection, "mods")
    settings.SLICE_SECONDS = 0
    following = run_slice(job.pk, job.slices)
    assert following is not None
    (growing,) = exporting.export_folder(job.pk).glob(".growing*")
    growing.write_bytes(growing.read_bytes()[:-30])
    settings.SLICE_SECONDS = 30
    while following is not None:
        following = run_slice(job.pk, following.number)
    job.refresh_from_db()
    path = exported.export_file(job)
    assert path is not None and path.read_bytes() == whole
    assert [path.name for path in exporting.export_folder(job.pk).iterdir()] == [path.name]


@pytest.mark.parametrize("name", ["csv", "mods"])
def test_what_a_killed_worker_left_goes_when_the_export_is_there(name: str, collection: Collection) -> None:
    job = ordered(collection, name)
    folder = exporting.export_folder(job.pk)
    folder.mkdir(parents=True)
    (folder / ".4f3a.csv").write_bytes(b"identifier")
    assert run_here(job).state == Job.State.DONE
    assert [path.name for path in folder.iterdir()] == [job.result["file"]]


def waits_of(job: Job) -> int:
    """Do the job as workers do; how often it waited."""
    waits = 0
    while job.state in {"queued", "running"} and waits < 5:
        following: Next | None = Next(job.slices, "default")
        while following is not None:
            following = run_slice(job.pk, following.number)
        job.refresh_from_db()
        waits += job.state == "queued"
    return waits


def test_an_entry_that_an_outage_cuts_off_is_written_again(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = written(collection, "islandora").read_bytes()
    read, asked = records._pages_of, 0

    def away_once(*given: Any, **how: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked == 2:  # the first time all are checked
            raise OperationalError("the connection is lost")
        return read(*given, **how)

    monkeypatch.setattr(records, "_pages_of", away_once)
    job = ordered(collection, "islandora")
    assert (waits_of(job), job.state) == (1, "done")
    path = exported.export_file(job)
    assert path is not None and path.read_bytes() == whole


def test_scans_leave_room_on_the_disk(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    with_scans(collection)
    whole = written(collection, "bagit").read_bytes()
    before, full, of_each_folder, after = [10 << 30] * 2, [1 << 29], [10 << 30] * 3, [10 << 30] * 6
    free = iter([*before, *full, *of_each_folder, *after])
    disk = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda place: disk._replace(total=100 << 30, free=next(free)))
    job = ordered(collection, "bagit")
    assert (waits_of(job), job.state) == (1, "done")
    path = exported.export_file(job)
    assert path is not None and path.read_bytes() == whole
    assert list(free) == [], "it went on behind the scans that were there"


def test_an_edit_meanwhile_begins_it_again(
    collection: Collection, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = ordered(collection, "mods")
    settings.SLICE_SECONDS = 0
    following = run_slice(job.pk, job.slices)
    assert following is not None
    Group.objects.filter(number=1).update(title="Edited")
    Collection.objects.update(version=F("version") + 1)
    settings.SLICE_SECONDS = 30
    while following is not None:
        following = run_slice(job.pk, following.number)
    job.refresh_from_db()
    path = exported.export_file(job)
    assert path is not None and job.result["begun"] == 2
    with zipfile.ZipFile(path) as archive:
        assert b"<title>Edited</title>" in archive.read("mods/afl-1.xml")


def test_it_gives_up_with_a_sentence_where_somebody_keeps_editing(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:

    def edited(chosen: ExportFormat, material: Material) -> object:
        Collection.objects.update(version=F("version") + 1)
        return pieces_of(chosen, material)

    monkeypatch.setattr(exporting, "pieces_of", edited)
    job = run_here(ordered(collection, "csv"))
    assert job.state == "failed" and "edited 5 times while the export was being written" in job.error
    assert exported.export_file(job) is None


def test_what_was_found_is_kept_and_listed(collection: Collection) -> None:
    job = run_here(ordered(collection, "bdr"))
    check = exported.check_of(job)
    assert check is not None and check.groups == 3 and check.pages == 6
    assert [finding.code for finding in check.errors] == ["no-pid"]
    assert job.state == "done", "an export that a repository would refuse can be looked at all the same"
    assert any("no repository ID" in problem.message for problem in job.problems.all())


def test_it_stops_before_the_first_byte_where_scans_are_gone(collection: Collection) -> None:
    job = run_here(ordered(collection, "bagit"))
    assert job.state == "failed" and "6 pages are missing from the media store" in job.error.replace("scans of ", "")
    with_scans(collection)
    assert run_here(ordered(collection, "bagit")).state == "done"


def test_wrong_settings_stop_it_with_the_remedy(collection: Collection) -> None:
    Collection.objects.update(settings={"export": {"licence": "x"}})
    collection.refresh_from_db()
    job = run_here(ordered(collection, "csv"))
    assert "licence" in job.error and "Fix this in the export settings" in job.error


def test_one_at_a_time_and_a_cancelled_one_leaves_nothing(collection: Collection, alice: User) -> None:
    job = ordered(collection, "csv", alice)
    with pytest.raises(AlreadyActive):
        ordered(collection, "mets", alice)
    assert cancel_job(job, actor=alice)
    exporting.export_folder(job.pk).mkdir(parents=True)
    assert exported.sweep_exports() == 1
    assert not exporting.export_folder(job.pk).exists()


def test_files_are_swept_when_their_time_is_over(collection: Collection, settings: Settings) -> None:
    path = written(collection, "csv")
    job = Job.objects.get()
    assert exported.sweep_exports() == 0 and path.exists()
    Job.objects.update(finished=timezone.now() - timedelta(days=settings.EXPORT_DAYS, minutes=1))
    (path.parent.parent / "999999").mkdir()
    assert exported.sweep_exports() == 2
    job.refresh_from_db()
    assert exported.export_file(job) is None


@pytest.mark.parametrize(("name", "wanted"), [("csv", 1), ("mods", 2), ("iiif", 3), ("mets", 6)])
def test_progress_counts_every_pass_over_the_groups(name: str, wanted: int, collection: Collection) -> None:
    assert exporting.passes(FORMATS[name], material_of(collection)) == wanted
