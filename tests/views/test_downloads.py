"""The export page, downloads, exports as jobs, their files, and the settings: who may, and what is said."""

from __future__ import annotations

import csv
import html
import io
import zipfile

import pytest
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from clustering.admin_log import message_of
from clustering.exports.records import material_of
from clustering.exports.registry import FORMATS
from clustering.exports.settings import ExportSettings
from clustering.jobs import exported
from clustering.jobs.running import run_here
from clustering.models import Collection, Group, Job, User
from clustering.views.export import downloads
from tests.conftest import MakeCollection
from tests.views.conftest import Signed

pytestmark = pytest.mark.django_db
PAGE = "/c/afl/export/"


@pytest.fixture
def collection(
    make_collection: MakeCollection, tmp_path_factory: pytest.TempPathFactory, settings: Settings
) -> Collection:
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("media")
    cache.clear()
    made = make_collection(groups=[2, 1, 3])
    made.groups.filter(number__in=[1, 3]).update(state=Group.State.CONFIRMED, confirmed_at=timezone.now())
    return made


def body(answer: object) -> bytes:
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_the_page_offers_every_target_with_what_was_found(collection: Collection, victor: User, signed: Signed) -> None:
    text = html.unescape(signed(victor).get(PAGE).content.decode())
    for known in FORMATS.values():
        assert known.label in text and known.description in text
    assert "6 pages" not in text and "5 pages" in text
    assert "2 documents have no title" in text
    assert "5 pages have no repository ID (pid)" in text
    assert "Every document has pages." in text
    assert 'href="/c/afl/documents/1/"' in text
    assert "Export settings" not in text


def test_the_places_of_all_findings_are_asked_for_together(
    collection: Collection, victor: User, signed: Signed, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    desk = signed(victor)
    first = desk.get(PAGE).content.decode()
    assert first.count('class="finding-groups"') > 12
    with django_assert_max_num_queries(16):
        assert desk.get(PAGE).content.decode().count('class="finding-groups"') > 12


def test_what_cannot_be_written_is_not_offered(collection: Collection, victor: User, signed: Signed) -> None:
    desk = signed(victor)
    text = desk.get(PAGE).content.decode()
    assert "/c/afl/export/bagit/" not in text and "Can’t be exported yet." in text
    answer = desk.get(f"{PAGE}bagit/", follow=True)
    assert (
        "BagIt, for preservation can’t be exported. The scans of 5 pages are missing from the media store."
        in answer.content.decode()
    )


def test_a_check_is_made_anew_after_an_edit(collection: Collection, victor: User, signed: Signed) -> None:
    desk = signed(victor)
    assert "2 documents have no title" in desk.get(PAGE).content.decode()
    collection.groups.filter(number=1).update(title="A title")
    assert "2 documents have no title" in desk.get(PAGE).content.decode(), "nothing was edited by an act"
    Collection.objects.update(version=7)
    assert "1 document has no title" in desk.get(PAGE).content.decode()


def test_that_nothing_is_confirmed_is_told_once(collection: Collection, victor: User, signed: Signed) -> None:
    collection.groups.update(state="proposed", confirmed_at=None, confirmed_by=None)
    desk = signed(victor)
    answer = desk.get(PAGE)
    results = [target.result for _, targets in answer.context["offered"] for target in targets if target.result]
    assert answer.context["is_empty"] and "?all=1" in answer.content.decode()
    assert "empty" not in {finding.code for result in results for finding in result.findings}
    assert not desk.get(f"{PAGE}?all=1").context["is_empty"]


def test_a_large_collection_is_checked_when_it_is_asked_for(
    collection: Collection, victor: User, signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "MOST_PAGES_CHECKED_AT_ONCE", 2)
    desk = signed(victor)
    assert "have no title" not in desk.get(PAGE).content.decode()
    assert "2 documents have no title" in desk.get(f"{PAGE}?check=1").content.decode()


@pytest.mark.parametrize("name", ["csv", "groups", "json", "jsonl", "pages", "xlsx", "mets", "tropy", "iiif", "bdr"])
def test_every_download_comes_whole(name: str, collection: Collection, victor: User, signed: Signed) -> None:
    answer = signed(victor).get(f"{PAGE}{name}/")
    content = body(answer)
    assert answer["Content-Disposition"] == f'attachment; filename="afl{FORMATS[name].suffix}"'
    if FORMATS[name].is_zip:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert archive.testzip() is None and "pages.csv" in archive.namelist()
    assert content == body(signed(victor).get(f"{PAGE}{name}/"))


def test_proposals_go_out_on_request(collection: Collection, victor: User, signed: Signed) -> None:
    desk = signed(victor)
    both = [list(csv.DictReader(io.StringIO(body(desk.get(f"{PAGE}csv/{q}")).decode()))) for q in ("", "?all=1")]
    assert [{row["group"] for row in table} for table in both] == [{"1", "3"}, {"1", "2", "3"}]
    assert "/c/afl/export/csv/?all=1" in desk.get(f"{PAGE}?all=1").content.decode()


def test_those_who_may_not_look_get_nothing(
    collection: Collection, charlie: User, client: Client, signed: Signed
) -> None:
    job = run_here(exported.launch_export(collection, "csv", actor=None, here=True))
    for address in (PAGE, f"{PAGE}csv/", f"{PAGE}settings/", f"/jobs/{job.pk}/file/", "/c/afl/documents/1/"):
        assert signed(charlie).get(address).status_code == 404
        assert client.get(address).status_code == 302
    assert signed(charlie).post(f"{PAGE}csv/launch/").status_code == 404
    assert Job.objects.count() == 1


def test_unknown_formats_are_not_found(collection: Collection, victor: User, signed: Signed) -> None:
    assert signed(victor).get(f"{PAGE}docx/").status_code == 404
    assert signed(victor).post(f"{PAGE}docx/launch/").status_code == 404


def test_what_is_large_becomes_a_job(
    collection: Collection, victor: User, signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clustering.selectors.exporting.MOST_PAGES_AT_ONCE", 2)
    desk = signed(victor)
    assert "Run it in the background" in desk.get(f"{PAGE}mods/", follow=True).content.decode()
    assert 'href="/c/afl/export/csv/"' in desk.get(PAGE).content.decode(), "a table is sent at any size"
    assert 'href="/c/afl/export/mods/"' not in desk.get(PAGE).content.decode()


def test_a_viewer_orders_an_export_and_fetches_it(collection: Collection, victor: User, signed: Signed) -> None:
    desk = signed(victor)
    answer = desk.post(f"{PAGE}mods/launch/", {"all": "1"})
    job = Job.objects.get()
    assert answer["Location"] == f"/jobs/{job.pk}/" and job.params == {"format": "mods", "everything": True}
    assert job.actor == victor
    assert desk.get(f"/jobs/{job.pk}/file/").status_code == 404
    assert "Cancel" in desk.get(f"/jobs/{job.pk}/").content.decode(), "one's own export may be stopped"
    run_here(job)
    page = desk.get(f"/jobs/{job.pk}/").content.decode()
    assert f"/jobs/{job.pk}/file/" in page and "The file is kept until" in page
    assert "3 documents have no title" in page
    sent = desk.get(f"/jobs/{job.pk}/file/")
    assert sent["Content-Type"] == "application/zip" and 'filename="afl-mods.zip"' in sent["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(body(sent))) as archive:
        assert sorted(archive.namelist()) == ["mods/afl-1.xml", "mods/afl-2.xml", "mods/afl-3.xml", "pages.csv"]
    assert f"/jobs/{job.pk}/file/" in desk.get(PAGE).content.decode()


def test_a_second_order_leads_to_the_first(collection: Collection, victor: User, signed: Signed) -> None:
    desk = signed(victor)
    desk.post(f"{PAGE}mods/launch/")
    answer = desk.post(f"{PAGE}mets/launch/", follow=True)
    assert Job.objects.count() == 1 and "Wait for it to finish, or cancel it first." in answer.content.decode()


def test_only_staff_and_who_ordered_it_may_stop_an_export(
    collection: Collection, victor: User, alice: User, sam: User, signed: Signed
) -> None:
    signed(victor).post(f"{PAGE}mods/launch/")
    job = Job.objects.get()
    assert signed(alice).post(f"/jobs/{job.pk}/cancel/").status_code == 403
    assert signed(victor).post(f"/jobs/{job.pk}/cancel/").status_code == 302
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_wrong_settings_are_said_and_stop_every_export(
    collection: Collection, victor: User, sam: User, signed: Signed
) -> None:
    Collection.objects.update(settings={"export": {"base_url": "desk"}})
    for user, way in ((victor, "Ask staff to fix"), (sam, "Fix the settings")):
        text = signed(user).get(PAGE).content.decode()
        assert "Write an address that begins with http" in text and way in text
    assert signed(victor).get(f"{PAGE}csv/").status_code == 302
    assert "The form shows the defaults" in signed(sam).get(f"{PAGE}settings/").content.decode()


def test_staff_keep_settings_in_a_form(collection: Collection, sam: User, signed: Signed) -> None:
    Collection.objects.update(settings={"learn_every": 5, "export": {"publisher": "Old"}})
    desk = signed(sam)
    assert 'value="Old"' in desk.get(f"{PAGE}settings/").content.decode()
    form = {
        "publisher": "A Library", "mods_version": "3.8", "csv_bom": "on", "base_url": "https://desk.example.org",
        "image_service_version": "2", "omeka_media": "images", "untitled": "", "islandora_model": "28",
        "islandora_page_model": "29",
    }  # fmt: skip
    assert desk.post(f"{PAGE}settings/", form)["Location"] == PAGE
    collection.refresh_from_db()
    assert collection.settings == {
        "learn_every": 5,
        "export": {
            "publisher": "A Library", "mods_version": "3.8", "csv_bom": True, "base_url": "https://desk.example.org",
        },
    }  # fmt: skip
    assert "base_url, csv_bom, mods_version, publisher" in message_of(LogEntry.objects.get())
    desk.post(f"{PAGE}settings/", form)
    assert LogEntry.objects.count() == 1, "what is not changed is not logged"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("base_url", "desk", "Write an address that begins with http"),
        ("image_service", "https://images.example.org/x", "neither {pid} nor {identifier}"),
        ("untitled", "{title}", "no other braces"),
        ("mods_version", "4", "Select a valid choice"),
        ("rights", "x" * 501, "at most 500"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_kept(
    name: str, value: str, message: str, collection: Collection, sam: User, signed: Signed
) -> None:
    form = {"mods_version": "3.7", "image_service_version": "2", "omeka_media": "images", name: value}
    answer = signed(sam).post(f"{PAGE}settings/", form)
    assert answer.status_code == 422 and message in answer.content.decode()
    collection.refresh_from_db()
    assert collection.settings == {}


def test_settings_are_for_staff(collection: Collection, alice: User, signed: Signed) -> None:
    assert signed(alice).get(f"{PAGE}settings/").status_code == 403
    assert signed(alice).post(f"{PAGE}settings/", {}).status_code == 403


def test_a_document_has_an_address_that_leads_to_the_desk(collection: Collection, victor: User, signed: Signed) -> None:
    assert signed(victor).get("/c/afl/documents/2/")["Location"] == "/c/afl/#page/HH000001_0003"
    assert signed(victor).get("/c/afl/documents/9/").status_code == 404


def test_addresses_in_exports_are_those_of_the_installation_where_nobody_named_any(
    collection: Collection, settings: Settings
) -> None:
    settings.SERVED_AT = "http://127.0.0.1:8231"
    assert material_of(collection).settings.base_url == "http://127.0.0.1:8231"
    named = ExportSettings(base_url="https://desk.example.org")
    assert material_of(collection, settings=named).settings.base_url == "https://desk.example.org"
