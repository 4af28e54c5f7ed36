"""A file at which worker after worker ends, for want of memory: it is skipped by name, and the others go in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models.functions import Now
from PIL import Image

from clustering.jobs import launching, running
from clustering.jobs.sourcing import create_collection
from clustering.jobs.stages import importing
from clustering.jobs.stages.taking import Taken, take_file
from clustering.models import Job
from clustering.sources.contract import ScanFile
from clustering.sources.folder import list_folder
from tests.jobs.conftest import DrawScans, draw_page

pytestmark = pytest.mark.django_db

Deadly = Callable[[ScanFile, int], bool]
"""Whether a worker ends at this file, after so many have ended."""


class Killed(BaseException):
    """As kill -9 does, nothing is tidied up."""


def run_to_its_end(folder: Path, monkeypatch: pytest.MonkeyPatch, deadly: Deadly) -> tuple[Job, int]:
    """Import with workers that end at some files; the job, and how many workers ended."""

    def take_or_end(file: ScanFile) -> Taken:
        if deadly(file, ended):
            raise Killed
        return take_file(file)

    monkeypatch.setattr(importing, "take_file", take_or_end)
    collection = create_collection("afl", listing=list_folder(folder))
    job = launching.launch_job(collection, kind=Job.Kind.IMPORT, actor=None, params={"folder": str(folder)}, here=True)
    ended = 0
    for _ in range(30):
        with suppress(Killed):
            running.run_slice(job.pk, job.slices)
            ended -= 1
        ended += 1
        Job.objects.filter(pk=job.pk).update(heartbeat=Now() - timedelta(hours=1))
        launching.resume_stuck_jobs()
        job.refresh_from_db()
        if not job.is_active:
            break
    return job, ended


def test_a_file_that_ends_every_worker_is_skipped_by_name(
    draw_scans: DrawScans, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = draw_scans(names=[f"a_{number:04}.jpg" for number in range(1, 8)])
    job, ended = run_to_its_end(folder, monkeypatch, lambda file, ended: file.name == "a_0004.jpg")
    assert (job.state, job.lapses, ended) == (Job.State.DONE, 0, 3)
    assert [page.identifier for page in job.collection.pages.in_scan_order()] == [
        f"a_{number:04}" for number in (1, 2, 3, 5, 6, 7)
    ]
    (problem,) = job.problems.all()
    assert (problem.filename, problem.is_warning) == ("a_0004.jpg", False)
    assert problem.message.startswith("a_0004.jpg was skipped. 3 workers in a row stopped")
    assert (job.result["added"], job.result["refused"]) == (6, 1)


def test_of_several_such_files_each_is_skipped_and_no_other(
    draw_scans: DrawScans, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = draw_scans(names=[f"a_{number:04}.jpg" for number in range(1, 7)])
    deadly = {"a_0001.jpg", "a_0002.jpg", "a_0006.jpg"}
    job, _ = run_to_its_end(folder, monkeypatch, lambda file, ended: file.name in deadly)
    assert job.state == Job.State.DONE
    assert set(job.problems.values_list("filename", flat=True)) == deadly
    assert job.collection.pages.count() == 3


def test_workers_that_end_at_one_file_after_the_other_cost_none_of_them(
    draw_scans: DrawScans, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody kills them, or others on the machine take its memory: each file goes in at the second try."""
    folder = draw_scans(names=[f"a_{number:04}.jpg" for number in range(1, 7)])
    job, ended = run_to_its_end(folder, monkeypatch, lambda file, ended: file.name == f"a_{ended + 2:04}.jpg")
    assert (job.state, ended) == (Job.State.DONE, 5)
    assert job.collection.pages.count() == 6
    assert not job.problems.exists()


def test_the_rest_of_a_file_of_several_pages_is_skipped_from_the_one_that_ends_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    sheets = [draw_page(f"SHEET {number}") for number in range(5)]
    sheets[0].save(folder / "1.tif", save_all=True, append_images=sheets[1:])
    Image.new("RGB", (60, 80), "white").save(folder / "2.png")
    job, ended = run_to_its_end(folder, monkeypatch, lambda file, ended: file.identifier == "1_0004")
    assert (job.state, ended) == (Job.State.DONE, 3)
    assert [page.identifier for page in job.collection.pages.in_scan_order()] == ["1_0001", "1_0002", "1_0003", "2"]
    (problem,) = job.problems.filter(is_warning=False)
    assert problem.filename == "1.tif"
    assert "from its page 4 on" in problem.message
