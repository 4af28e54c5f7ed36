"""A new collection, and more scans for one that is there: from a form without JavaScript, the server, an address."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from clustering.jobs import launching, running
from clustering.models import Collection, Job, Page, Upload, User
from clustering.sentences import from_text
from tests.conftest import MakeCollection
from tests.uploads import JSON, Sender, jpeg, packed
from tests.views.conftest import Signed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Media and one open folder of the server, for this test alone; and no broker."""
    settings.MEDIA_ROOT, settings.CACHE_ROOT = tmp_path / "media", tmp_path / "cache"
    root = tmp_path / "scans"
    (root / "afl-cio" / "box 2").mkdir(parents=True)
    for place in ("afl-cio/HH018977_2.jpg", "afl-cio/HH018977_10.jpg", "afl-cio/box 2/HH018977_11.jpg"):
        (root / place).write_bytes(jpeg(1))
    (root / "afl-cio" / "notes.txt").write_text("no scan")
    (root / "box.zip").write_bytes(packed({"1.jpg": jpeg(1)}))
    settings.IMPORT_ROOTS = [root]
    monkeypatch.setattr(launching, "send_slice", lambda job, following: None)
    return root


@pytest.fixture
def staff(sam: User, signed: Signed) -> Client:
    return signed(sam)


def text_of(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("path", ["/new/", "/new/short-name/?title=x", "/new/folders/", "/c/afl/add/"])
@pytest.mark.parametrize(("who", "status"), [("sam", 200), ("alice", 403), ("victor", 403), ("charlie", 404)])
def test_only_staff_bring_scans_in(
    path: str, who: str, status: int, make_collection: MakeCollection, signed: Signed, request: pytest.FixtureRequest
) -> None:
    make_collection("afl", pages=1)
    assert signed(request.getfixturevalue(who)).get(path).status_code == status


def test_the_list_shows_staff_the_way_in(staff: Client, alice: User, signed: Signed) -> None:
    assert "New collection" in text_of(staff.get("/"))
    Collection.objects.create(slug="afl", title="AFL")
    assert 'href="/c/afl/add/"' in text_of(staff.get("/"))
    assert 'href="/c/afl/add/"' in text_of(staff.get("/c/afl/"))
    shown = text_of(signed(alice).get("/"))
    assert "/new/" not in shown and "/add/" not in shown


def test_a_packed_file_comes_in_with_a_plain_form(staff: Client) -> None:
    file = SimpleUploadedFile("box.zip", packed({"2.jpg": jpeg(2), "1.jpg": jpeg(1)}))
    form = {"title": "The Farm Workers", "identifier": "HH7", "expected_documents": "2", "where": "computer"}
    answer = staff.post("/new/", {**form, "process": "on", "files": file})
    job = Job.objects.get()
    assert answer.headers["Location"] == f"/jobs/{job.pk}/"
    made = Collection.objects.get()
    assert (made.slug, made.title, made.identifier, made.expected_documents) == (
        "the-farm-workers", "The Farm Workers", "HH7", 2,
    )  # fmt: skip
    assert job.params["then"] == "process"
    running.run_here(job)
    assert list(Page.objects.in_scan_order().values_list("filename", flat=True)) == ["1.jpg", "2.jpg"]


def test_files_without_an_extension_are_what_their_content_says(staff: Client) -> None:
    content = {"Page 1": jpeg(1), "box": packed({"2.jpg": jpeg(2)}), "Notes": b"two pages"}
    files = [SimpleUploadedFile(name, data) for name, data in content.items()]
    staff.post("/new/", {"title": "AFL", "where": "computer", "files": files})
    job = Job.objects.get()
    running.run_here(job)
    assert list(Page.objects.order_by("filename").values_list("filename", flat=True)) == ["Page 1", "box/2.jpg"]
    assert ["no file extension" in problem.message for problem in job.problems.all()] == [True]


def test_an_upload_without_any_scan_says_why(staff: Client) -> None:
    staff.post("/new/", {"title": "AFL", "where": "computer", "files": SimpleUploadedFile("Notes", b"no scan")})
    job = Job.objects.get()
    running.run_here(job)
    assert job.state == Job.State.FAILED
    assert str(from_text(job.error)).startswith("No scans could be imported. It has no file extension")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("notes.txt", b"x", "notes.txt does not have the name of a scan."),
        ("empty.zip", b"", "empty.zip is empty."),
        ("", b"", "No files were uploaded. Choose at least one scan."),
    ],
)
def test_a_plain_form_with_no_scan_leaves_nothing_behind(
    staff: Client, name: str, content: bytes, sentence: str
) -> None:
    files = {"files": SimpleUploadedFile(name, content)} if name else {}
    answer = staff.post("/new/", {"title": "The Farm Workers", "where": "computer", **files})
    assert answer.status_code == 422
    shown = text_of(answer)
    assert sentence in shown
    assert 'value="The Farm Workers"' in shown, "what was typed is kept"
    assert not (Collection.objects.exists() or Upload.objects.exists())


def test_a_folder_of_the_server_is_imported_whole(staff: Client, places: Path) -> None:
    answer = staff.post("/new/", {"title": "AFL-CIO", "where": "server", "folder": str(places / "afl-cio")})
    job = Job.objects.get()
    assert answer.headers["Location"] == f"/jobs/{job.pk}/"
    assert "then" not in job.params
    assert Collection.objects.get().identifier == "HH018977"
    running.run_here(job)
    assert list(Page.objects.in_scan_order().values_list("filename", flat=True)) == [
        "HH018977_2.jpg", "HH018977_10.jpg", "box 2/HH018977_11.jpg",
    ]  # fmt: skip


def test_the_folders_are_looked_through_without_losing_what_was_typed(staff: Client, places: Path) -> None:
    root = text_of(staff.get("/new/"))
    assert "afl-cio" in root and "box.zip" in root
    opened = text_of(staff.post("/new/", {"title": "My title", "where": "server", "open": str(places / "afl-cio")}))
    assert "2 scans, plus 1 subfolder; 1 other file skipped" in opened
    assert 'value="My title"' in opened
    assert not Collection.objects.exists()
    alone = text_of(staff.get("/new/folders/", {"folder": str(places / "afl-cio" / "box 2")}))
    assert "1 scan" in alone and "<html" not in alone


@pytest.mark.parametrize("folder", ["/etc", "{root}/../..", "{root}/link", "relative", "{root}/gone", "a\x00b"])
def test_no_folder_but_those_below_the_roots_can_be_seen_or_imported(staff: Client, places: Path, folder: str) -> None:
    (places / "link").symlink_to("/etc")
    path = folder.format(root=places)
    shown = text_of(staff.get("/new/folders/", {"folder": path}))
    assert "hostname" not in shown
    assert any(
        reason in shown for reason in ("is not in a folder that is available", "can’t be opened", "that file names")
    )
    answer = staff.post("/new/", {"title": "x", "where": "server", "folder": path})
    assert answer.status_code == 422
    assert not Collection.objects.exists()


def test_a_link_that_leads_out_of_the_roots_is_not_listed(staff: Client, places: Path) -> None:
    (places / "secret").symlink_to("/etc")
    (places / b"caf\xe9".decode("utf-8", "surrogateescape")).mkdir()
    shown = text_of(staff.get("/new/"))
    assert "secret" not in shown
    assert "1 file name is not UTF-8" in shown


def test_without_open_folders_the_page_says_who_can_open_some(staff: Client, settings: Settings) -> None:
    settings.IMPORT_ROOTS = []
    assert "HHREVIEW_IMPORT_ROOTS" in text_of(staff.get("/new/"))
    answer = staff.post("/new/", {"title": "x", "where": "server", "folder": "/etc"})
    assert "No server folders are available" in text_of(answer)


@pytest.mark.parametrize(
    ("fields", "name", "sentence"),
    [
        ({"title": ""}, "title", "Enter a title."),
        ({"slug": "a b"}, "slug", "Use letters a to z, digits, hyphens, and underscores, e.g. afl-cio."),
        ({"slug": "AFL"}, "slug", "AFL is taken by another collection. Choose another."),
        ({"expected_documents": "0"}, "expected_documents", "Enter a whole number, 1 or more."),
        ({"expected_documents": "9" * 12}, "expected_documents", "Enter a whole number, 1 or more."),
        ({"ocr_language": "d"}, "ocr_language", "“d” names no language. Write Tesseract's code, e.g. eng, deu or fra; "
         "several with a plus, the main one first: deu+eng."),
        ({"where": "moon"}, "where", "Choose where the scans are."),
        ({"where": "server"}, "folder", "Choose a folder."),
        ({"where": "address"}, "address", "Enter an address or a repository ID."),
        ({"where": "address", "address": "x", "percent": "101"}, "percent", "Enter a number from 1 to 100."),
    ],
)  # fmt: skip
def test_each_field_says_what_is_wrong_with_it(
    staff: Client, make_collection: MakeCollection, fields: dict[str, str], name: str, sentence: str
) -> None:
    make_collection("afl", pages=1)
    answer = Sender(staff).begin(**{"title": "x", "slug": "", **fields})
    assert answer.status_code == 422
    assert answer.json()["errors"][name] == [sentence]
    assert Collection.objects.count() == 1


@pytest.mark.parametrize("name", ["a" * 300, "a" * 300 + ".csv", "a" * 300 + ".zip"])
def test_a_name_that_no_disk_holds_is_refused_at_the_form(staff: Client, places: Path, name: str) -> None:
    answer = Sender(staff).begin(where="server", folder=f"{places}/{name}")
    assert answer.status_code == 422
    assert "the name is too long" in answer.json()["errors"]["folder"][0]
    assert "the name is too long" in text_of(staff.get("/new/folders/", {"folder": f"{places}/{name}"}))
    assert not Collection.objects.exists()


def test_an_address_that_cannot_be_asked_is_refused_at_the_form(staff: Client) -> None:
    answer = Sender(staff).begin(where="address", address="http://127.0.0.1:1/manifest.json")
    assert "private address" in answer.json()["errors"]["address"][0]
    assert not Collection.objects.exists()


def test_a_short_name_is_suggested_and_checked(staff: Client, make_collection: MakeCollection) -> None:
    make_collection("afl-cio", pages=1)

    def ask(**question: str) -> object:
        return staff.get("/new/short-name/", question).json()

    assert ask(title="AFL-CIO") == {"slug": "afl-cio-2"}
    assert ask(title="Übung; Café, Straße") == {"slug": "ubung-cafe-strasse"}
    assert ask(title="日本") == {"slug": "collection"}
    assert ask(title="x" * 500) == {"slug": "x" * 70}
    assert ask(slug="afl-cio")["problem"].endswith("Choose another.")  # type: ignore[index]
    assert ask(slug="new-one") == {"problem": ""}


def test_more_scans_for_a_collection_stand_at_its_end(
    staff: Client, make_collection: MakeCollection, places: Path
) -> None:
    make_collection("afl", pages=2)
    shown = text_of(staff.get("/c/afl/add/"))
    assert "Add scans" in shown and "id_title" not in shown
    answer = staff.post("/c/afl/add/", {"where": "server", "folder": str(places / "box.zip")}, headers={"accept": JSON})
    job = Job.objects.get()
    assert answer.json() == {"address": f"/jobs/{job.pk}/"}
    running.run_here(job)
    assert Page.objects.get(filename="1.jpg").position == 3


def test_an_import_that_runs_is_not_disturbed(staff: Client, make_collection: MakeCollection, places: Path) -> None:
    collection = make_collection("afl", pages=2)
    launching.launch_job(collection, kind=Job.Kind.IMPORT, actor=None, here=True)
    answer = staff.post("/c/afl/add/", {"where": "server", "folder": str(places / "box.zip")})
    assert answer.status_code == 422
    assert "Wait for it to finish, or cancel it first" in text_of(answer)


def test_a_closed_collection_takes_no_scans(staff: Client, make_collection: MakeCollection) -> None:
    make_collection("afl", pages=2)
    Collection.objects.update(closed=timezone.now())
    answer = staff.get("/c/afl/add/", follow=True)
    assert "AFL is closed. Reopen it under History" in text_of(answer)
    assert 'href="/c/afl/add/"' not in text_of(staff.get("/"))


def test_processing_that_runs_already_is_told_of(staff: Client, make_collection: MakeCollection, places: Path) -> None:
    collection = make_collection("afl", pages=2)
    staff.post("/c/afl/add/", {"where": "server", "folder": str(places / "box.zip"), "process": "on"})
    launching.launch_job(collection, kind=Job.Kind.PROCESS, actor=None, here=True)
    job = running.run_here(Job.objects.get(kind=Job.Kind.IMPORT))
    assert job.state == Job.State.DONE
    assert job.problems.filter(message__contains="It may have missed new pages").exists()
