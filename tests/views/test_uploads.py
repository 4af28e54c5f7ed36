"""Uploads, chunk by chunk: what is sent twice, out of place, too large, by the wrong person, or under a wicked name."""

from __future__ import annotations

import base64
import hashlib
import io
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from clustering.jobs import launching, running, upload_files, uploading
from clustering.jobs.launching import relaunch_job
from clustering.models import Collection, Job, Page, Upload, UploadedFile
from tests.conftest import MakeCollection
from tests.uploads import Sender, jpeg, packed
from tests.views.conftest import Signed

pytestmark = pytest.mark.django_db
Capture = Callable[..., AbstractContextManager[list[Callable[[], None]]]]


@pytest.fixture(autouse=True)
def store(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A media folder for this test alone, and no broker."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.CACHE_ROOT = tmp_path / "cache"
    monkeypatch.setattr(launching, "send_slice", lambda job, following: None)
    return tmp_path / "media" / "uploads"


@pytest.fixture
def sender(sam: User, signed: Signed) -> Sender:
    """Staff, with an upload begun."""
    made = Sender(signed(sam))
    assert made.begin(process="on").status_code == 201
    return made


def on_disk(store: Path) -> list[str]:
    return sorted(str(path.relative_to(store)).split("/", 1)[1] for path in store.rglob("*") if path.is_file())


def test_a_file_in_chunks_is_the_file_byte_for_byte(sender: Sender, store: Path) -> None:
    content = jpeg(1)
    pk = sender.expect("box/HH000001_0001.jpg", content)
    middle = len(content) // 2
    first = sender.put(pk, content[:middle])
    assert (first.status_code, first.json()["received"], first["Upload-Offset"]) == (200, middle, str(middle))
    assert sender.put(pk, content[middle:], middle).json() == {"received": len(content), "size": len(content)}
    assert on_disk(store) == ["scans/box/HH000001_0001.jpg"]
    assert (store / str(sender.upload.key) / "scans/box/HH000001_0001.jpg").read_bytes() == content


def test_the_server_says_how_far_a_file_is(sender: Sender) -> None:
    pk = sender.expect("a.jpg", b"x" * 100)
    sender.put(pk, b"x" * 30)
    asked = sender.client.head(f"{sender.base}files/{pk}/")
    assert (asked["Upload-Offset"], asked["Upload-Length"]) == ("30", "100")
    assert "no-store" in asked["Cache-Control"]
    again = sender.announce({"name": "a.jpg", "size": 100}).json()["files"][0]
    assert again == {"name": "a.jpg", "id": pk, "received": 30}


def test_another_file_of_the_same_name_begins_anew(sender: Sender, store: Path) -> None:
    pk = sender.expect("a.jpg", b"x" * 100, modified=1, fingerprint="ab")
    sender.put(pk, b"x" * 30)
    again = sender.announce({"name": "a.jpg", "size": 100, "modified": 2, "fingerprint": "cd"}).json()["files"][0]
    assert again == {"name": "a.jpg", "id": pk, "received": 0}
    assert on_disk(store) == []


def test_the_same_chunk_again_changes_nothing(sender: Sender) -> None:
    content = jpeg(1)
    pk = sender.expect("a.jpg", content)
    for _ in range(2):
        assert sender.put(pk, content[:500]).json()["received"] == 500
    assert sender.put(pk, content[400:900], 400).json()["received"] == 900
    assert sender.put(pk, content[900:], 900).json()["received"] == len(content)
    assert sender.put(pk, content[900:], 900).json()["received"] == len(content)
    assert sender.put(pk, content[:500], 0).json()["received"] == len(content)


def test_other_bytes_in_a_place_that_is_filled_are_refused(sender: Sender) -> None:
    pk = sender.expect("a.jpg", b"x" * 100)
    sender.put(pk, b"x" * 50)
    answer = sender.put(pk, b"y" * 50)
    assert answer.status_code == 409
    assert "not the file that this upload began with" in answer.json()["message"]


def test_a_gap_is_refused_with_the_place_to_go_on_from(sender: Sender) -> None:
    pk = sender.expect("a.jpg", b"x" * 100)
    answer = sender.put(pk, b"x" * 10, 50)
    assert (answer.status_code, answer.json()["received"], answer["Upload-Offset"]) == (409, 0, "0")


def test_nothing_goes_beyond_the_declared_size(sender: Sender, store: Path) -> None:
    pk = sender.expect("a.jpg", b"x" * 100)
    answer = sender.put(pk, b"x" * 101)
    assert answer.status_code == 413
    assert "announced with 100 bytes" in answer.json()["message"]
    assert on_disk(store) == []


@pytest.mark.parametrize("offset", ["", "-1", "x", "1.5", "9" * 30, "١"])
def test_an_offset_that_is_no_number_is_refused(sender: Sender, offset: str) -> None:
    pk = sender.expect("a.jpg", b"x" * 100)
    assert sender.put(pk, b"x", offset.encode().decode("latin-1")).status_code == 400


def test_an_empty_chunk_and_one_too_large_are_refused(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    pk = sender.expect("a.jpg", b"x" * 100)
    assert sender.put(pk, b"").status_code == 400
    monkeypatch.setattr(uploading, "MOST_CHUNK", 10)
    assert sender.put(pk, b"x" * 11).status_code == 413


def test_a_chunk_that_was_damaged_on_its_way_is_refused(sender: Sender) -> None:
    def digest(content: bytes) -> str:
        return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"

    pk = sender.expect("a.jpg", b"x" * 100)
    wrong = sender.put(pk, b"x" * 50, **{"content-digest": digest(b"y" * 50)})
    assert (wrong.status_code, wrong.json()["received"]) == (422, 0)
    assert sender.put(pk, b"x" * 50, **{"content-digest": "sha-256=:%%%:"}).status_code == 422
    assert sender.put(pk, b"x" * 50, **{"content-digest": digest(b"x" * 50)}).status_code == 200


def test_a_whole_file_with_another_sha256_is_taken_back(sender: Sender, store: Path) -> None:
    pk = sender.expect("a.jpg", b"x" * 100, sha256=hashlib.sha256(b"y" * 100).hexdigest())
    answer = sender.put(pk, b"x" * 100)
    assert (answer.status_code, answer.json()["received"]) == (422, 0)
    assert on_disk(store) == []
    right = sender.expect("b.jpg", b"x" * 100, sha256=hashlib.sha256(b"x" * 100).hexdigest().upper())
    assert sender.put(right, b"x" * 100).status_code == 200


def test_a_line_that_breaks_leaves_what_was_there(sender: Sender, store: Path) -> None:
    pk = sender.expect("a.jpg", b"x" * 100)
    sender.put(pk, b"x" * 10)
    file = UploadedFile.objects.select_related("upload").get(pk=pk)
    with pytest.raises(uploading.UploadRefused, match="The line broke"):
        uploading.receive_chunk(file, io.BytesIO(b"x" * 5), offset=10, size=50)
    file.refresh_from_db()
    assert file.received == 10
    assert on_disk(store) == [f"parts/{pk}"]


def test_what_a_crash_wrote_beyond_the_row_is_written_over(sender: Sender, store: Path) -> None:
    content = jpeg(1)
    pk = sender.expect("a.jpg", content)
    sender.put(pk, content[:500])
    part = store / str(sender.upload.key) / "parts" / str(pk)
    part.write_bytes(content[:500] + b"half a chunk that never became true")
    assert sender.put(pk, content[500:], 500).status_code == 200
    assert (store / str(sender.upload.key) / "scans/a.jpg").read_bytes() == content


def test_bytes_that_a_crash_lost_are_asked_for_again(sender: Sender, store: Path) -> None:
    pk = sender.expect("a.jpg", b"x" * 100)
    sender.put(pk, b"x" * 60)
    part = store / str(sender.upload.key) / "parts" / str(pk)
    part.write_bytes(b"x" * 20)
    answer = sender.put(pk, b"x" * 40, 60)
    assert (answer.status_code, answer.json()["received"]) == (409, 20)
    assert sender.put(pk, b"x" * 80, 20).json()["received"] == 100


WICKED = [
    "../../etc/passwd.jpg", "/etc/x.jpg", "a/../../b.jpg", "..\\..\\b.jpg", "a//b.jpg", "./a.jpg", "a\x00.jpg",
    "a\nb.jpg", "\ud800.jpg", "x" * 250 + ".jpg", "a/" * 200 + "b.jpg", "", ".jpg", "notes.txt", "run.exe", "a.jpg/",
]  # fmt: skip


@pytest.mark.parametrize("name", WICKED)
def test_names_that_lead_elsewhere_or_are_no_scans_are_refused(sender: Sender, store: Path, name: str) -> None:
    answer = sender.announce({"name": name, "size": 10}, {"name": "good.jpg", "size": 10})
    assert answer.status_code == 200
    refused, good = answer.json()["files"]
    assert refused["refused"].endswith(".")
    assert good["received"] == 0
    assert UploadedFile.objects.count() == 1


def test_odd_names_that_are_honest_come_in(sender: Sender) -> None:
    for name in ("Café – Übung.JPG", "Screen Shot at 10.20\u202fAM.png", "日本/2.tif", "a:b?.jp2", "x.tar.gz"):
        sender.send(name, b"x")
    assert UploadedFile.objects.count() == 5


def test_an_empty_file_and_one_too_large_are_refused_by_name(sender: Sender, settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = 1000
    empty, large = sender.announce({"name": "a.jpg", "size": 0}, {"name": "b.tif", "size": 1001}).json()["files"]
    assert empty["refused"] == "a.jpg is empty. Copy it again, then choose it again."
    assert "b.tif has 1001" in large["refused"] and "allowed" in large["refused"]


def test_too_many_files_are_refused(sender: Sender, settings: Settings) -> None:
    settings.MAX_UPLOAD_FILES = 2
    answer = sender.announce(*({"name": f"{i}.jpg", "size": 1} for i in range(3)))
    assert answer.status_code == 413
    assert "Pack them into a ZIP" in answer.json()["message"]
    many = sender.announce(*({"name": f"{i}.jpg", "size": 1} for i in range(uploading.MOST_AT_ONCE + 1)))
    assert many.status_code == 413


def test_a_disk_without_room_is_said_before_anything_is_sent(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_files, "free_bytes", lambda: upload_files.KEPT_FREE + 2500)
    assert sender.announce({"name": "a.jpg", "size": 1000}).status_code == 200
    answer = sender.announce({"name": "b.jpg", "size": 1000})
    assert answer.status_code == 507, "what the first still lacks is spoken for"
    assert "The server's disk has no room" in answer.json()["message"]


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe", b"", b"[]", b"{}", b'{"files": 3}', b'{"files": [1]}', b'{"files": [{"name": "a.jpg"}]}',
        b'{"files": [{"name": 1, "size": 1}]}', b'{"files": [{"name": "a.jpg", "size": "1"}]}',
        b'{"files": [{"name": "a.jpg", "size": true}]}', b'{"files": [{"name": "a.jpg", "size": 1e3}]}',
        b'{"files": [{"name": "a.jpg", "size": 99999999999999999999999}]}', b"[" * 100_000,
        b'{"files": [{"name": "a.jpg", "size": 1, "modified": null}]}',
        b'{"files": [{"name": "a.jpg", "size": 1, "fingerprint": "' + b"a" * 65 + b'"}]}',
    ],
)  # fmt: skip
def test_a_body_that_is_none_is_refused_with_a_sentence(sender: Sender, body: bytes) -> None:
    answer = sender.client.post(f"{sender.base}files/", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("Send {")
    assert not UploadedFile.objects.exists()


def test_a_file_with_the_name_of_a_folder_is_refused(sender: Sender) -> None:
    sender.send("a.zip/b.jpg", b"x")
    pk = sender.expect("a.zip", b"x")
    answer = sender.put(pk, b"x")
    assert "has the name of a folder" in answer.json()["message"]


@pytest.mark.parametrize(("who", "status"), [("alice", 403), ("victor", 403), ("charlie", 404)])
def test_only_staff_may_go_on_with_an_upload(
    sender: Sender, who: str, status: int, signed: Signed, request: pytest.FixtureRequest
) -> None:
    pk = sender.expect("a.jpg", b"x" * 100)
    other = Sender(signed(request.getfixturevalue(who)))
    other.base = sender.base
    assert other.client.get(sender.base).status_code == status
    assert other.announce({"name": "b.jpg", "size": 1}).status_code == status
    assert other.put(pk, b"x" * 100).status_code == status
    assert other.client.delete(f"{sender.base}files/{pk}/").status_code == status
    assert other.finish().status_code == status
    assert other.client.post(f"{sender.base}abandon/").status_code == status
    assert UploadedFile.objects.get().received == 0
    assert Client().get(sender.base).headers["Location"].startswith("/sign-in/")


def test_staff_who_are_staff_no_more_are_refused(sender: Sender, sam: User) -> None:
    pk = sender.expect("a.jpg", b"x" * 100)
    User.objects.filter(pk=sam.pk).update(is_staff=False, is_superuser=False)
    assert sender.put(pk, b"x" * 100).status_code == 404


def test_a_file_of_another_upload_is_not_there(sender: Sender, sam: User, signed: Signed) -> None:
    pk = sender.expect("a.jpg", b"x" * 100)
    second = Sender(signed(sam))
    second.begin(title="Other", slug="other")
    assert second.put(pk, b"x" * 100).status_code == 404


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
    said = " ".join(job.problems.values_list("message", flat=True))
    assert "broken.zip is damaged" in said
    assert "not UTF-8" not in said


def test_one_archive_alone_is_a_source_of_its_own(sender: Sender) -> None:
    sender.send("scans.zip", packed({"box/2.jpg": jpeg(2), "1.jpg": jpeg(1)}))
    sender.finish()
    running.run_here(Job.objects.get())
    assert list(Page.objects.in_scan_order().values_list("filename", flat=True)) == ["1.jpg", "box/2.jpg"]


def test_an_import_that_failed_keeps_the_files_and_goes_on_when_launched_again(
    sender: Sender, sam: User, store: Path, monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Capture,
) -> None:  # fmt: skip
    from clustering.jobs import importing

    sender.send("1.jpg", jpeg(1))
    sender.finish()
    job = Job.objects.get()
    with monkeypatch.context() as patch, django_capture_on_commit_callbacks(execute=True):
        patch.setattr(importing, "take_file", lambda file: (_ for _ in ()).throw(OSError(28, "No space left")))
        running.run_here(job)
    assert job.state == Job.State.FAILED
    assert on_disk(store) == ["scans/1.jpg"]
    assert uploading.remove_stale() == 0
    assert "Launch again" in sender.client.get(f"/jobs/{job.pk}/").content.decode()
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
        409, "Not all files are here yet: a.jpg. Send the rest first.",
    )  # fmt: skip
    sender.send("b.jpg", jpeg(2))
    assert sender.client.delete(f"{sender.base}files/{pk}/").status_code == 204
    assert sender.finish().status_code == 200
    assert sender.put(pk, b"x" * 100).status_code == 404
    assert sender.announce({"name": "c.jpg", "size": 1}).status_code == 409


def test_another_import_in_the_collection_is_waited_for(sender: Sender) -> None:
    sender.send("a.jpg", jpeg(1))
    other = launching.launch_job(Collection.objects.get(), kind=Job.Kind.IMPORT, actor=None, here=True)
    answer = sender.finish()
    assert answer.status_code == 409
    assert "Wait for it, or cancel it first" in answer.json()["message"]
    assert sender.upload.state == Upload.State.RECEIVING
    launching.cancel_job(other, actor=None)
    assert sender.finish().status_code == 200


def test_an_abandoned_upload_goes_with_its_files_and_its_empty_collection(
    sender: Sender, store: Path, django_capture_on_commit_callbacks: Capture
) -> None:
    pk = sender.send("a.jpg", jpeg(1))
    with django_capture_on_commit_callbacks(execute=True):
        answer = sender.client.post(f"{sender.base}abandon/", follow=True)
    assert "was abandoned" in answer.content.decode()
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
    assert "An upload that is not finished" in shown
    assert "50 % came in" in shown
    assert "begun by" in sender.client.get("/new/").content.decode()
    assert "Upload under way" in sender.client.get("/").content.decode()
    sender.put(pk, b"x" * 50, 50)
    assert "Import now" in sender.client.get(sender.base).content.decode()
    answer = sender.client.post(f"{sender.base}finish/")
    assert answer.headers["Location"] == f"/jobs/{Job.objects.get().pk}/"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_browsers_at_one_place_write_the_file_once(sam: User, signed: Signed, store: Path) -> None:
    sender = Sender(signed(sam))
    sender.begin()
    content = jpeg(1)
    pk = sender.expect("a.jpg", content)
    together = threading.Barrier(2)
    answers = []

    def put() -> None:
        client = Sender(signed(sam))
        client.base = sender.base
        together.wait()
        answers.append(client.put(pk, content).json()["received"])
        connection.close()

    threads = [threading.Thread(target=put) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [len(content)] * 2
    assert on_disk(store) == ["scans/a.jpg"]
    assert (store / str(sender.upload.key) / "scans/a.jpg").read_bytes() == content
