"""Images: only for people who may see them, and kept by their browsers for good."""

from __future__ import annotations

import io
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image

from clustering.engine import upright
from clustering.engine.images import open_scan
from clustering.files import ensure_shown, original_path
from clustering.models import Page, User
from tests.conftest import MakeCollection
from tests.views.conftest import Signed


@pytest.fixture
def page(make_collection: MakeCollection) -> Page:
    make_collection(pages=1)
    page = Page.objects.get()
    path = original_path(page.sha256, page.media_type)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (93, 120), "#f3ead6").save(path, "JPEG")
    return page


def another(page: Page, media_type: str) -> Path:
    """Where the original lies of a page that no other test has shown."""
    page.sha256, page.media_type = uuid.uuid4().hex * 2, media_type
    page.save(update_fields=["sha256", "media_type"])
    path = original_path(page.sha256, page.media_type)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def address(page: Page, size: str = "320") -> str:
    return f"/scans/{page.pk}/{size}/{page.sha256[:16]}/"


def test_sizes_come_with_a_tag_and_may_be_kept_for_good(victor: User, page: Page, signed: Signed) -> None:
    for size, kind in (
        ("320", "image/webp"),
        ("640", "image/webp"),
        ("1280", "image/webp"),
        ("original", "image/jpeg"),
    ):
        answer = signed(victor).get(address(page, size))
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Cache-Control"].startswith("private")
        tag = answer.headers["ETag"]
        again = signed(victor).get(address(page, size), headers={"If-None-Match": tag})
        assert again.status_code == 304


def test_strangers_get_nothing(charlie: User, page: Page, signed: Signed) -> None:
    assert signed(charlie).get(address(page)).status_code == 404
    assert Client().get(address(page)).status_code == 302


def test_other_sizes_and_other_contents_are_not_there(victor: User, page: Page, signed: Signed) -> None:
    assert signed(victor).get(address(page, "321")).status_code == 404
    assert signed(victor).get(address(page, "x")).status_code == 404
    assert signed(victor).get(f"/scans/{page.pk}/320/{'f' * 16}/").status_code == 404


def test_a_file_that_is_gone_is_not_found(victor: User, page: Page, signed: Signed) -> None:
    original_path(page.sha256, page.media_type).unlink()
    assert signed(victor).get(address(page, "original")).status_code == 404


@pytest.mark.parametrize(("media_type", "kind"), [("image/tiff", "TIFF"), ("image/jp2", "JPEG2000")])
def test_what_browsers_do_not_show_comes_as_a_jpeg_of_full_size(
    victor: User, page: Page, signed: Signed, media_type: str, kind: str
) -> None:
    Page.objects.update(media_type=media_type)
    page.refresh_from_db()
    Image.new("RGB", (1860, 2400), "#f3ead6").save(original_path(page.sha256, page.media_type), kind)
    answer = signed(victor).get(address(page, "original"))
    with Image.open(io.BytesIO(answer.getvalue())) as image:
        assert (answer["Content-Type"], image.format, image.size) == ("image/jpeg", "JPEG", (1860, 2400))


def test_a_scan_whose_pixels_are_not_square_is_shown_in_its_true_shape(
    victor: User, page: Page, signed: Signed
) -> None:
    path = another(page, "image/jpeg")
    Image.new("RGB", (204, 98), "#f3ead6").save(path, "JPEG", dpi=(204, 98))
    answer = signed(victor).get(address(page, "original"))
    with Image.open(io.BytesIO(answer.getvalue())) as shown:
        assert shown.size == (204, 204)


def test_what_is_shown_is_made_once_however_many_ask(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening a scan takes much memory: those who come second wait, and find it made."""
    path = another(page, "image/tiff")
    Image.new("L", (900, 1200), 200).save(path, "TIFF")
    opened: list[object] = []

    def watched(scan: object, **options: int) -> Image.Image:
        opened.append(scan)
        time.sleep(0.2)
        return open_scan(path, **options)

    monkeypatch.setattr(upright, "open_scan", watched)
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(lambda _: ensure_shown(page, 0), range(4)))
    assert len(made) == 1
    assert len(opened) == 1
