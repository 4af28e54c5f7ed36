"""Uploads, chunk by chunk: what is sent twice, out of place, too large, by the wrong person, or under a wicked name."""

from __future__ import annotations

import base64
import hashlib
import io
import threading
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from clustering.jobs import upload_checks, upload_files, uploading
from clustering.jobs.upload_checks import UploadRefused
from clustering.models import UploadedFile, User
from tests.uploads import Sender, jpeg, on_disk
from tests.views.conftest import Signed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]


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
    assert "not the file that this upload started with" in answer.json()["message"]


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
    monkeypatch.setattr(upload_checks, "MOST_CHUNK", 10)
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
    assert "Use a ZIP" in answer.json()["message"]
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
