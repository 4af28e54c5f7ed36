"""Images: only for people who may see them, and kept by their browsers for good."""

from __future__ import annotations

import io

import pytest
from django.contrib.auth.models import User
from django.test import Client
from PIL import Image

from clustering.files import original_path
from clustering.models import Page
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
    with Image.open(io.BytesIO(b"".join(answer.streaming_content))) as image:  # type: ignore[attr-defined]
        assert (answer["Content-Type"], image.format, image.size) == ("image/jpeg", "JPEG", (1860, 2400))
