"""What becomes of an upload: imported when all is in, kept where that failed, and removed when nobody goes on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from clustering.jobs import launching, running, uploading
from clustering.jobs.launching import relaunch_job
from clustering.models import Collection, Job, Page, Upload, User
from tests.conftest import MakeCollection
from tests.uploads import Sender, jpeg, on_disk, packed
from tests.views.conftest import Signed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]
Capture = Callable[..., AbstractContextManager[list[Callable[[], None]]]]


def test_when_all_is_in_the_import_begins_and_then_the_processing(
    sender: Sender, store: Path, django_capture_on_commit_callbacks: Capture
) -> None:
    for number in (10, 2, 1):
        sender.send(f"HH000001_{number}.jpg", jpeg(number))
    answer = sender.finish()
    job = Job.objects.get()
    assert answer.json() == {"address": f"/jobs/{job.pk}/"}
    assert sender.finish().json() == answer.json(), "asked again, the same job"
    with django_capture_on_commit_callbacks(execute=True):
        running.run_here(job)
    assert (job.state, job.error) == (Job.State.DONE, "")
    assert list(Page.objects.in_scan_order().values_list("filename", flat=True)) == [
        "HH000001_1.jpg", "HH000001_2.jpg", "HH000001_10.jpg",
    ]  # fmt: skip
    assert Collection.objects.get().identifier == "HH000001", "the number that all names begin with"
    assert on_disk(store) == []
    assert sender.upload.state == Upload.State.TAKEN
    following = Job.objects.get(kind=Job.Kind.PROCESS)
    shown = sender.client.get(f"/jobs/{job.pk}/").content.decode()
    assert "3 pages added." in shown
    assert f'href="/jobs/{following.pk}/"' in shown
    assert sender.client.get(sender.base).headers["Location"] == f"/jobs/{job.pk}/"


def test_archives_come_in_beside_images_under_their_names(sender: Sender) -> None:
    sender.send("box 1.zip", packed({"1.jpg": jpeg(1), "../../out.jpg": jpeg(8), "read.txt": b"x"}))
    sender.send("box 2.zip", packed({"1b.jpg": jpeg(2)}))
    sender.send("broken.zip", b"PK no archive")
    sender.send("cover.jpg", jpeg(3))
    sender.finish()
    job = running.run_here(Job.objects.get())
    names = list(Page.objects.in_scan_order().values_list("filename", flat=True))
    assert names == ["cover.jpg", "box 1.zip/1.jpg", "box 2.zip/1b.jpg"]
    messages = " ".join(job.problems.values_list("message", flat=True))
    assert "broken.zip is damaged" in messages
    assert "not UTF-8" not in messages


def test_one_archive_alone_is_a_source_of_its_own(sender: Sender) -> None:
    sender.send("scans.zip", packed({"box/2.jpg": jpeg(2), "1.jpg": jpeg(1)}))
    sender.finish()
    running.run_here(Job.objects.get())
    assert list(Page.objects.in_scan_order().values_list("filename", flat=True)) == ["1.jpg", "box/2.jpg"]


def test_an_import_that_failed_keeps_the_files_and_goes_on_when_launched_again(
    sender: Sender, sam: User, store: Path, monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Capture,
) -> None:  # fmt: skip
    from clustering.jobs.stages import importing

    sender.send("1.jpg", jpeg(1))
    sender.finish()
    job = Job.objects.get()
    with monkeypatch.context() as patch, django_capture_on_commit_callbacks(execute=True):
        patch.setattr(importing, "take_file", lambda file: (_ for _ in ()).throw(OSError(28, "No space left")))
        running.run_here(job)
    assert job.state == Job.State.FAILED
    assert on_disk(store) == ["scans/1.jpg"]
    assert uploading.remove_stale() == 0
    assert "Start again" in sender.client.get(f"/jobs/{job.pk}/").content.decode()
    answer = sender.client.post(f"/jobs/{job.pk}/again/")
    again = Job.objects.order_by("-pk")[0]
    assert answer.headers["Location"] == f"/jobs/{again.pk}/"
    with django_capture_on_commit_callbacks(execute=True):
        running.run_here(again)
    assert (again.state, Page.objects.count(), on_disk(store)) == (Job.State.DONE, 1, [])
    late = running.run_here(relaunch_job(again, actor=sam, here=True))
    assert late.error.startswith("The files of this upload are gone.")


def test_an_upload_that_lacks_a_file_is_not_handed_over(sender: Sender) -> None:
    assert sender.finish().status_code == 422
    pk = sender.expect("a.jpg", b"x" * 100)
    answer = sender.finish()
    assert (answer.status_code, answer.json()["message"]) == (
        409, "Some files are still missing: a.jpg. Send the rest first.",
    )  # fmt: skip
    sender.send("b.jpg", jpeg(2))
    assert sender.leave_out(pk).status_code == 204
    assert sender.finish().status_code == 200
    assert sender.put(pk, b"x" * 100).status_code == 404
    assert sender.create("c.jpg", 1).status_code == 409


def test_another_import_in_the_collection_is_waited_for(sender: Sender) -> None:
    sender.send("a.jpg", jpeg(1))
    other = launching.launch_job(Collection.objects.get(), kind=Job.Kind.IMPORT, actor=None, here=True)
    answer = sender.finish()
    assert answer.status_code == 409
    assert "Wait for it to finish, or cancel it first" in answer.json()["message"]
    assert sender.upload.state == Upload.State.RECEIVING
    launching.cancel_job(other, actor=None)
    assert sender.finish().status_code == 200


def test_an_abandoned_upload_goes_with_its_files_and_its_empty_collection(
    sender: Sender, store: Path, django_capture_on_commit_callbacks: Capture
) -> None:
    pk = sender.send("a.jpg", jpeg(1))
    with django_capture_on_commit_callbacks(execute=True):
        answer = sender.client.post(f"{sender.base}abandon/", follow=True)
    assert "was canceled" in answer.content.decode()
    assert not (Upload.objects.exists() or Collection.objects.exists() or on_disk(store))
    assert sender.put(pk, b"x").status_code == 404


def test_a_collection_that_was_there_outlives_an_abandoned_upload(
    make_collection: MakeCollection, sam: User, signed: Signed
) -> None:
    make_collection("afl", pages=2)
    sender = Sender(signed(sam))
    assert sender.begin("/c/afl/add/").status_code == 201
    sender.client.post(f"{sender.base}abandon/")
    assert Collection.objects.get().pages.count() == 2


def test_uploads_that_nobody_goes_on_with_are_removed(
    sender: Sender, store: Path, settings: Settings, django_capture_on_commit_callbacks: Capture
) -> None:
    sender.send("a.jpg", jpeg(1))
    assert uploading.remove_stale() == 0
    Upload.objects.update(touched=timezone.now() - timedelta(days=settings.UPLOAD_DAYS, hours=1))
    with django_capture_on_commit_callbacks(execute=True):
        assert uploading.remove_stale() == 1
    assert not (Upload.objects.exists() or Collection.objects.exists() or on_disk(store))


def test_an_upload_whose_import_is_at_work_is_left_alone(sender: Sender, settings: Settings) -> None:
    sender.send("a.jpg", jpeg(1))
    sender.finish()
    Upload.objects.update(touched=timezone.now() - timedelta(days=settings.UPLOAD_DAYS + 1))
    assert uploading.remove_stale() == 0
    launching.cancel_job(Job.objects.get(), actor=None)
    assert uploading.remove_stale() == 1, "a week after a cancelled import nobody launches it again"


def test_a_folder_that_belongs_to_no_upload_is_removed(store: Path) -> None:
    import os
    import time

    lost = store / "00000000-0000-0000-0000-000000000000" / "parts"
    lost.mkdir(parents=True)
    assert uploading.remove_stale() == 0, "it may have begun just now"
    long_ago = time.time() - 7200
    os.utime(lost.parent, (long_ago, long_ago))
    assert uploading.remove_stale() == 1
    assert not lost.exists()


def test_the_page_of_an_upload_says_how_far_it_is(sender: Sender) -> None:
    pk = sender.expect("a.jpg", b"x" * 100)
    sender.put(pk, b"x" * 50)
    shown = sender.client.get(sender.base).content.decode()
    assert "Unfinished upload" in shown
    assert "50% uploaded" in shown
    assert "started by" in sender.client.get("/new/").content.decode()
    assert "Upload in progress" in sender.client.get("/").content.decode()
    sender.put(pk, b"x" * 50, 50)
    assert "Import now" in sender.client.get(sender.base).content.decode()
    answer = sender.client.post(f"{sender.base}finish/")
    assert answer.headers["Location"] == f"/jobs/{Job.objects.get().pk}/"
