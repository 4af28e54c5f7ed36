"""Uploads, chunk by chunk: what is sent twice, out of place, too large, by the wrong person, or under a wicked name."""

from __future__ import annotations

import base64
import hashlib
import io
import threading
import zlib
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from clustering.jobs import upload_checks, upload_files, uploading
from clustering.jobs.upload_checks import UploadRefused
from clustering.models import UploadedFile, User
from tests.uploads import TUS, Sender, jpeg, on_disk
from tests.views.conftest import Signed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]


def test_a_file_in_chunks_is_the_file_byte_for_byte(sender: Sender, store: Path) -> None:
    content = jpeg(1)
    pk = sender.expect("box/HH000001_0001.jpg", content)
    middle = len(content) // 2
    first = sender.put(pk, content[:middle])
    assert (first.status_code, first["Upload-Offset"], first["Tus-Resumable"]) == (204, str(middle), "1.0.0")
    assert sender.put(pk, content[middle:], middle)["Upload-Offset"] == str(len(content))
    assert on_disk(store) == ["scans/box/HH000001_0001.jpg"]
    assert (store / str(sender.upload.key) / "scans/box/HH000001_0001.jpg").read_bytes() == content


def test_the_server_says_what_it_speaks_and_refuses_what_is_no_tus(sender: Sender) -> None:
    pk = sender.expect("a.jpg", b"x" * 100)
    address = f"{sender.base}files/{pk}/"
    spoken = sender.client.options(f"{sender.base}files/")
    assert (spoken.status_code, spoken["Tus-Version"]) == (204, "1.0.0")
    assert spoken["Tus-Extension"] == "creation,termination,checksum"
    assert spoken["Tus-Checksum-Algorithm"] == "sha1,sha256"
    assert int(spoken["Tus-Max-Size"]) > 0
    for version in ({}, {"tus-resumable": "0.2.2"}):
        old = sender.client.patch(address, b"x", headers={"upload-offset": "0", **version})
        assert (old.status_code, old["Tus-Version"]) == (412, "1.0.0")
    other = sender.client.patch(address, b"x", content_type="text/plain", headers={**TUS, "upload-offset": "0"})
    assert other.status_code == 415
    assert sender.client.put(address, b"x", headers=TUS).status_code == 405
    assert sender.far(pk) == 0


def test_the_server_says_how_far_a_file_is(sender: Sender) -> None:
    pk = sender.expect("a.jpg", b"x" * 100, modified=5)
    sender.put(pk, b"x" * 30)
    asked = sender.client.head(f"{sender.base}files/{pk}/", headers=TUS)
    assert (asked.status_code, asked["Upload-Offset"], asked["Upload-Length"]) == (200, "30", "100")
    assert asked["Upload-Metadata"] == "filename YS5qcGc=,modified NQ=="
    assert "no-store" in asked["Cache-Control"]
    assert (sender.expect("a.jpg", b"x" * 100, modified=5), sender.far(pk)) == (pk, 30), "begun again, it goes on"


def test_another_file_of_the_same_name_is_refused_and_what_is_here_is_kept(sender: Sender, store: Path) -> None:
    pk = sender.expect("a.jpg", b"y" * 90, modified=7, fingerprint="ef")
    assert sender.expect("a.jpg", b"x" * 100, modified=1, fingerprint="ab") == pk, "nothing is here yet"
    sender.put(pk, b"x" * 30)
    for size, about in ((100, {"modified": 1, "fingerprint": "cd"}), (99, {"modified": 1, "fingerprint": "ab"})):
        refused = sender.create("a.jpg", size, **about)
        assert (refused.status_code, refused["Location"]) == (422, f"{sender.base}files/{pk}/")
        assert "not the file that was being uploaded" in refused.json()["message"]
    assert sender.far(pk) == 30
    sender.put(pk, b"x" * 70, 30)
    refused = sender.create("a.jpg", 100, modified=1, fingerprint="cd")
    assert (refused.status_code, "Location" in refused) == (422, False), "a complete file is not left out"
    assert (store / str(sender.upload.key) / "scans/a.jpg").read_bytes() == b"x" * 100


def test_without_a_fingerprint_another_time_is_another_file(sender: Sender) -> None:
    pk = sender.expect("a.jpg", b"x" * 100, modified=1)
    sender.put(pk, b"x" * 30)
    assert sender.create("a.jpg", 100, modified=2).status_code == 422
    assert sender.create("a.jpg", 100, modified=1).status_code == 201


def test_a_sender_can_compare_what_is_here_before_it_sends_the_rest(sender: Sender) -> None:
    content = jpeg(1)
    size = len(content)

    def checksum(modified: int) -> str | None:
        answer = sender.create("a.jpg", size, modified=modified, fingerprint="ab")
        return str(answer["Upload-Received-Checksum"]) if "Upload-Received-Checksum" in answer else None

    pk = sender.expect("a.jpg", content, modified=1, fingerprint="ab")
    assert checksum(1) is None
    sender.put(pk, content[:500])
    assert checksum(1) == checksum(2) == f"crc32 {zlib.crc32(content[:500]):08x}"
    sender.put(pk, content[500:], 500)
    assert (checksum(1), checksum(2)) == (None, f"crc32 {zlib.crc32(content):08x}")
    on_the_disk = upload_files.place_of(UploadedFile.objects.get(pk=pk))
    on_the_disk.unlink()
    assert checksum(2) is None


def test_a_chunk_in_another_place_is_refused_with_the_place_to_go_on_from(sender: Sender) -> None:
    content = jpeg(1)
    pk = sender.expect("a.jpg", content)
    sender.put(pk, content[:500])
    for offset in (0, 400, 600):
        answer = sender.put(pk, content[offset : offset + 500], offset)
        assert (answer.status_code, answer["Upload-Offset"]) == (409, "500")
    sender.put(pk, content[500:], 500)
    assert sender.put(pk, content[500:], 500).status_code == 409
    assert sender.far(pk) == len(content)


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


def test_a_chunk_too_large_is_refused(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    pk = sender.expect("a.jpg", b"x" * 100)
    monkeypatch.setattr(upload_checks, "MOST_CHUNK", 10)
    assert sender.put(pk, b"x" * 11).status_code == 413


@pytest.mark.parametrize("name", ["sha1", "sha256"])
def test_a_chunk_that_was_damaged_on_its_way_is_refused(sender: Sender, name: str) -> None:
    def checksum(content: bytes) -> str:
        return f"{name} {base64.b64encode(hashlib.new(name, content).digest()).decode()}"

    pk = sender.expect("a.jpg", b"x" * 100)
    wrong = sender.put(pk, b"x" * 50, **{"upload-checksum": checksum(b"y" * 50)})
    assert (wrong.status_code, wrong["Upload-Offset"]) == (460, "0")
    for odd in (f"{name} %%%", "md5 eA==", ""):
        assert sender.put(pk, b"x" * 50, **{"upload-checksum": odd}).status_code == 400
    assert sender.put(pk, b"x" * 50, **{"upload-checksum": checksum(b"x" * 50)}).status_code == 204


def test_a_whole_file_with_another_sha256_is_taken_back(sender: Sender, store: Path) -> None:
    pk = sender.expect("a.jpg", b"x" * 100, sha256=hashlib.sha256(b"y" * 100).hexdigest())
    answer = sender.put(pk, b"x" * 100)
    assert (answer.status_code, answer["Upload-Offset"]) == (422, "0")
    assert on_disk(store) == []
    right = sender.expect("b.jpg", b"x" * 100, sha256=hashlib.sha256(b"x" * 100).hexdigest().upper())
    assert sender.put(right, b"x" * 100).status_code == 204


def test_a_line_that_breaks_leaves_what_was_there(sender: Sender, store: Path) -> None:
    pk = sender.expect("a.jpg", b"x" * 100)
    sender.put(pk, b"x" * 10)
    file = UploadedFile.objects.select_related("upload").get(pk=pk)
    with pytest.raises(UploadRefused, match="The connection broke"):
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
    assert sender.put(pk, content[500:], 500).status_code == 204
    assert (store / str(sender.upload.key) / "scans/a.jpg").read_bytes() == content


def test_bytes_that_a_crash_lost_are_asked_for_again(sender: Sender, store: Path) -> None:
    pk = sender.expect("a.jpg", b"x" * 100)
    sender.put(pk, b"x" * 60)
    part = store / str(sender.upload.key) / "parts" / str(pk)
    part.write_bytes(b"x" * 20)
    answer = sender.put(pk, b"x" * 40, 60)
    assert (answer.status_code, answer["Upload-Offset"]) == (409, "20")
    assert sender.put(pk, b"x" * 80, 20)["Upload-Offset"] == "100"


WICKED = [
    "../../etc/passwd.jpg", "/etc/x.jpg", "a/../../b.jpg", "..\\..\\b.jpg", "a//b.jpg", "./a.jpg", "a\x00.jpg",
    "a\nb.jpg", "x" * 250 + ".jpg", "a/" * 200 + "b.jpg", "", ".jpg", "notes.txt", "run.exe", "a.jpg/",
]  # fmt: skip


@pytest.mark.parametrize("name", WICKED)
def test_names_that_lead_elsewhere_or_are_no_scans_are_refused(sender: Sender, store: Path, name: str) -> None:
    answer = sender.create(name, 10)
    assert answer.status_code == 422
    assert answer.json()["message"].endswith(".")
    assert not UploadedFile.objects.exists()


def test_odd_names_that_are_honest_come_in(sender: Sender) -> None:
    for name in (
        "Café – Übung.JPG",
        "Screen Shot at 10.20\u202fAM.png",
        "日本/2.tif",
        "a:b?.jp2",
        "x.tar.gz",
        "Page 1",
    ):
        sender.send(name, b"x")
    assert UploadedFile.objects.count() == 6


def test_an_empty_file_and_one_too_large_are_refused_by_name(sender: Sender, settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = 1000
    empty, large = sender.create("a.jpg", 0), sender.create("b.tif", 1001)
    assert (empty.status_code, large.status_code) == (422, 413)
    assert empty.json()["message"] == "a.jpg is empty. Copy it again, then choose it again."
    assert "b.tif has 1001" in large.json()["message"] and "the most is" in large.json()["message"]


def test_too_many_files_are_refused(sender: Sender, settings: Settings) -> None:
    settings.MAX_UPLOAD_FILES = 2
    answer = sender.create("0.jpg", 1, files=2)
    assert answer.status_code == 413, "two more are to come"
    assert "Use a ZIP" in answer.json()["message"]
    assert [sender.create(f"{i}.jpg", 1).status_code for i in range(3)] == [201, 201, 413]


def test_a_disk_without_room_is_said_before_anything_is_sent(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_files, "free_bytes", lambda: upload_files.KEPT_FREE + 2500)
    assert sender.create("a.jpg", 500, bytes=1000).status_code == 507, "the rest would not fit"
    assert sender.create("a.jpg", 1000).status_code == 201
    answer = sender.create("b.jpg", 1000)
    assert answer.status_code == 507, "what the first still lacks is spoken for"
    assert "The server’s disk does not have enough space" in answer.json()["message"]


@pytest.mark.parametrize(
    "headers",
    [
        {"upload-length": "10"}, {"upload-length": "x"}, {"upload-length": "-1"}, {"upload-length": "9" * 40},
        {"upload-metadata": "filename"}, {"upload-metadata": "filename %%%"}, {"upload-metadata": "filename /w=="},
        {"upload-metadata": "modified MQ=="}, {"upload-metadata": "filename YS5qcGc=,modified eA=="},
        {"upload-metadata": "filename YS5qcGc=,files LTE="}, {"upload-metadata": "filename YS5qcGc=,bytes MS41"},
        {"upload-metadata": "filename YS5qcGc=,fingerprint " + base64.b64encode(b"a" * 65).decode()},
        {"upload-metadata": "filename YS5qcGc=,fingerprint w6Q="},
    ],
)  # fmt: skip
def test_a_file_that_is_described_wrongly_is_refused_with_a_sentence(sender: Sender, headers: dict[str, str]) -> None:
    given = {**TUS, "upload-length": "10", "upload-metadata": "", **headers}
    answer = sender.client.post(f"{sender.base}files/", headers=given)
    assert answer.status_code in {400, 422}
    assert answer.json()["message"].endswith(".")
    assert not UploadedFile.objects.exists()


def test_a_file_with_the_name_of_a_folder_is_refused(sender: Sender) -> None:
    sender.send("a.zip/b.jpg", b"x")
    pk = sender.expect("a.zip", b"x")
    answer = sender.put(pk, b"x")
    assert "has the same name as a folder" in answer.json()["message"]


@pytest.mark.parametrize(("who", "status"), [("alice", 403), ("victor", 403), ("charlie", 404)])
def test_only_staff_may_go_on_with_an_upload(
    sender: Sender, who: str, status: int, signed: Signed, request: pytest.FixtureRequest
) -> None:
    pk = sender.expect("a.jpg", b"x" * 100)
    other = Sender(signed(request.getfixturevalue(who)))
    other.base = sender.base
    assert other.client.get(sender.base).status_code == status
    assert other.create("b.jpg", 1).status_code == status
    assert other.put(pk, b"x" * 100).status_code == status
    assert other.leave_out(pk).status_code == status
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
        answers.append(client.put(pk, content).status_code)
        connection.close()

    threads = [threading.Thread(target=put) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [204, 409]
    assert on_disk(store) == ["scans/a.jpg"]
    assert (store / str(sender.upload.key) / "scans/a.jpg").read_bytes() == content
