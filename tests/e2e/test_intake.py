"""Scans on their way from a browser into a collection, through a lost line, a reload, and without JavaScript."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from clustering.jobs import launching, running
from clustering.models import Collection, Job, Upload, UploadedFile, User
from clustering.models import Page as Scan
from clustering.views.intake import upload_config
from tests.e2e.conftest import OpenDesk
from tests.uploads import jpeg, noise, packed

CHUNK = 16_384
DROP = """([name, content]) => {
  const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], name));
  const zone = document.getElementById("drop-zone");
  for (const type of ["dragenter", "dragover", "drop"])
    zone.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: data }));
}"""


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small files take several chunks; no worker is told of jobs, the tests run them."""
    monkeypatch.setattr(upload_config, "FIRST_CHUNK", CHUNK)
    monkeypatch.setattr(upload_config, "LARGEST_CHUNK", CHUNK)
    monkeypatch.setattr(launching, "send_slice", lambda job, following: None)


def fill_in(page: Page) -> None:
    page.wait_for_selector("body[data-ready]")
    page.get_by_label("Title").fill("The Farm Workers")
    expect(page.get_by_label("Short name")).to_have_value("the-farm-workers")


def sign_in_beside(page: Page, root: str) -> None:
    other = page.context.new_page()
    other.goto(f"{root}/sign-in/")
    other.fill("[name=username]", "sam")
    other.fill("[name=password]", "a-good-password")
    other.click("main button[type=submit]")
    other.wait_for_url(f"{root}/")
    other.close()


def test_a_dropped_archive_comes_in_through_a_lost_line(sam: User, open_desk: OpenDesk) -> None:
    archive = packed({f"HH000001_{i:04}.jpg": noise(160) for i in range(1, 7)})
    assert len(archive) > 4 * CHUNK
    desk = open_desk(sam, "/")
    page = desk.page
    page.get_by_role("link", name="New collection").first.click()
    fill_in(page)
    page.evaluate(DROP, ["box 7.zip", base64.b64encode(archive).decode()])
    expect(page.locator("#chosen-sum")).to_contain_text("1 file")
    chunks: list[int] = []
    is_cut = True

    def line(route: Route) -> None:
        if route.request.method == "PATCH":
            chunks.append(int(route.request.headers["upload-offset"]))
        if is_cut and len(chunks) > 2:
            route.abort("internetdisconnected")
        else:
            route.continue_()

    page.route(re.compile(r"/uploads/.*/files/\d+/"), line)
    page.get_by_role("button", name="Create collection and upload").click()
    expect(page.locator("#transfer-trouble")).to_contain_text("Can’t reach the server. Uploaded files are kept")
    there = UploadedFile.objects.get()
    assert there.received == 2 * CHUNK
    assert re.search(r"/uploads/[\w-]+/$", page.url), "a reload would lead to the upload"
    is_cut = False
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for_url("**/jobs/*/")
    assert chunks.count(0) == 1, "what came in is not sent again"
    job = Job.objects.get()
    running.run_here(job)
    expect(page.get_by_text("6 pages added.")).to_be_visible()
    expect(page.locator(".report-pages img")).to_have_count(6)
    assert Collection.objects.get().slug == "the-farm-workers"
    assert Job.objects.filter(kind=Job.Kind.PROCESS).count() == 1


def test_after_a_reload_the_same_files_go_on_where_they_were(sam: User, open_desk: OpenDesk, tmp_path: Path) -> None:
    folder = tmp_path / "afl-cio"
    (folder / "box 1").mkdir(parents=True)
    (folder / "1.jpg").write_bytes(noise(100))
    assert (folder / "1.jpg").stat().st_size < CHUNK
    (folder / "box 1" / "2.jpg").write_bytes(noise(250))
    (folder / "Thumbs.db").write_bytes(b"x")
    desk = open_desk(sam, "/new/")
    page = desk.page
    page.wait_for_selector("body[data-ready]")
    page.set_input_files("#choose-folder", folder)
    expect(page.locator("#chosen-span")).to_have_text("1.jpg to box 1/2.jpg")
    expect(page.get_by_text("1 skipped")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("Afl-cio")
    page.get_by_label("Start processing after upload").uncheck()
    large = re.compile(r"/uploads/.*/files/\d+/")

    def stop_the_second(route: Route) -> None:
        far = int(route.request.headers.get("upload-offset", "0"))
        route.abort() if far >= CHUNK else route.continue_()

    page.route(large, stop_the_second)
    page.get_by_role("button", name="Create collection and upload").click()
    expect(page.locator("#transfer-files tr").nth(0)).to_contain_text("complete")
    expect(page.locator("#transfer-files tr").nth(1)).to_contain_text("%")
    expect(page.locator("#transfer-trouble")).to_be_visible()
    page.on("dialog", lambda dialog: dialog.accept())
    page.unroute(large)
    page.goto(f"{desk.root}/uploads/{Upload.objects.get().key}/")
    expect(page.get_by_role("heading", name="Unfinished upload")).to_be_visible()
    sent: list[int] = []
    page.on(
        "request",
        lambda request: sent.append(int(request.headers["upload-offset"])) if request.method == "PATCH" else None,
    )
    page.set_input_files("#choose-folder", folder)
    page.wait_for_url("**/jobs/*/")
    assert min(sent) == CHUNK, "only the rest is sent"
    running.run_here(Job.objects.get())
    expect(page.get_by_text("2 pages added.")).to_be_visible()
    assert list(Scan.objects.in_scan_order().values_list("filename", flat=True)) == ["1.jpg", "box 1/2.jpg"]


def white_tiff(path: Path, shade: int) -> bytes:
    """An uncompressed scan with white margins: two of one size are alike at both ends."""
    image = Image.new("L", (500, 700), 255)
    image.paste(shade, (100, 140, 400, 200))
    path.parent.mkdir(exist_ok=True)
    image.save(path)
    os.utime(path, (1_000_000, 1_000_000))
    return path.read_bytes()


@pytest.mark.parametrize("has_digests", [True, False], ids=["https", "http"])
def test_another_file_of_the_same_name_does_not_join_in(
    sam: User, open_desk: OpenDesk, tmp_path: Path, has_digests: bool
) -> None:
    right, wrong = tmp_path / "box 1" / "scan.tif", tmp_path / "box 2" / "scan.tif"
    ends = [(one[:65_536], one[-65_536:], len(one)) for one in (white_tiff(right, 0), white_tiff(wrong, 99))]
    assert ends[0] == ends[1]
    more = tmp_path / "box 2" / "more.jpg"
    more.write_bytes(jpeg(1))
    desk = open_desk(sam, "/new/")
    page = desk.page
    if not has_digests:
        page.add_init_script("Object.defineProperty(crypto, 'subtle', { value: undefined })")
        page.reload()
    fill_in(page)
    page.set_input_files("#choose-files", right)
    parts, far = re.compile(r"/uploads/.*/files/\d+/"), 7 * CHUNK

    def cut(route: Route) -> None:
        route.abort() if int(route.request.headers.get("upload-offset", "0")) >= far else route.continue_()

    page.route(parts, cut)
    page.get_by_role("button", name="Create collection and upload").click()
    expect(page.locator("#transfer-trouble")).to_be_visible()
    page.on("dialog", lambda dialog: dialog.accept())
    page.unroute(parts)
    there = UploadedFile.objects.get()
    page.goto(f"{desk.root}/uploads/{there.upload.key}/")
    page.set_input_files("#choose-files", [wrong, more])
    expect(page.locator("#transfer-files tr", has_text="scan.tif")).to_contain_text("not the file that was being")
    expect(page.locator("#transfer-trouble")).to_contain_text("Import the other 1, or reload this page")
    there.refresh_from_db()
    assert (there.received, bool(there.fingerprint)) == (far, True), "nothing is lost"
    if has_digests:
        page.reload()
        page.set_input_files("#choose-files", right)
    else:
        page.get_by_role("button", name="Import the others").click()
    page.wait_for_url("**/jobs/*/")
    running.run_here(Job.objects.get())
    digests = {hashlib.sha256(path.read_bytes()).hexdigest() for path in ([right, more] if has_digests else [more])}
    assert set(Scan.objects.values_list("sha256", flat=True)) == digests


def test_it_goes_on_after_a_pause_and_signing_in_again_and_asks_about_a_refused_file(
    sam: User, open_desk: OpenDesk, tmp_path: Path
) -> None:
    good, long_name = tmp_path / "good.jpg", tmp_path / ("x" * 245 + ".jpg")
    good.write_bytes(noise(200))
    long_name.write_bytes(jpeg(2))
    desk = open_desk(sam, "/new/")
    page = desk.page
    fill_in(page)
    page.set_input_files("#choose-files", [good, long_name])

    def slow_line(route: Route) -> None:
        page.wait_for_timeout(150)
        route.continue_()

    page.route(re.compile(r"/uploads/.*/files/\d+/"), slow_line)
    page.get_by_role("button", name="Create collection and upload").click()
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#transfer-state")).to_have_text("Paused. Uploaded files are kept.")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Resume").click()
    expect(page.locator("#transfer-trouble")).to_contain_text("You’re signed out. Sign in from another tab")
    sign_in_beside(page, desk.root)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("#transfer-trouble")).to_contain_text(
        "1 file could not be uploaded; see the list for the reasons."
    )
    expect(page.locator("#transfer-files")).to_contain_text("is too long. Shorten it")
    page.get_by_role("button", name="Import the others").click()
    page.wait_for_url("**/jobs/*/")
    running.run_here(Job.objects.get())
    expect(page.get_by_text("1 page added.")).to_be_visible()


def test_without_javascript_the_form_brings_a_packed_file_in(sam: User, open_desk: OpenDesk, tmp_path: Path) -> None:
    (tmp_path / "box.zip").write_bytes(packed({"1.jpg": jpeg(1), "2.jpg": jpeg(2)}))
    desk = open_desk(sam, "/new/", java_script_enabled=False)
    page = desk.page
    page.get_by_label("Title").fill("The Farm Workers")
    page.get_by_label("Choose files").set_input_files(tmp_path / "box.zip")
    page.get_by_role("button", name="Create collection and upload").click()
    expect(page).to_have_url(re.compile(r"/jobs/\d+/$"))
    running.run_here(Job.objects.get())
    page.reload()
    expect(page.get_by_text("2 pages added.")).to_be_visible()
