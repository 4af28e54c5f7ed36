"""`import_pages` from a person's side: each bad input has a sentence of its own, and the rest goes in."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image
from pytest_django.fixtures import Settings

from clustering.jobs import launching
from clustering.models import Collection, Job, Page
from tests.jobs.conftest import DrawScans, as_nobody, draw_page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody answers in these tests; not to wait a second each time to hear it."""
    monkeypatch.setattr(launching, "workers_answer", lambda: False)


def import_pages(folder: Path, slug: str = "afl", **options: str) -> str:
    out = StringIO()
    call_command("import_pages", slug, str(folder), stdout=out, **options)
    return out.getvalue()


def zero_byte(path: Path) -> None:
    path.write_bytes(b"")


def truncated(path: Path) -> None:
    draw_page("WHOLE").save(path)
    path.write_bytes(path.read_bytes()[:4000])


def text(path: Path) -> None:
    path.write_text("Dear Sir, this is no image.")


def bomb(path: Path) -> None:
    """A PNG of 30,000 x 30,000 pixels in a few hundred bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("name", "make", "reason"),
    [
        ("2.jpg", zero_byte, "2.jpg is empty (0 bytes)"),
        ("2.jpg", truncated, "2.jpg is damaged or cut short"),
        ("2.jpg", text, "2.jpg is not an image that hhreview can read"),
        ("2.png", bomb, "2.png is too large to be opened safely"),
    ],
)
def test_a_broken_file_is_named_with_its_reason_and_the_rest_goes_in(
    draw_scans: DrawScans, name: str, make: Callable[[Path], None], reason: str
) -> None:
    folder = draw_scans(names=["1.jpg", "3.jpg"])
    make(folder / name)
    output = import_pages(folder)
    assert reason in output
    assert "2 pages added, 1 refused (see above)" in output
    assert list(Page.objects.in_scan_order().values_list("filename", flat=True)) == ["1.jpg", "3.jpg"]


def test_all_kinds_of_color_go_in(draw_scans: DrawScans) -> None:
    folder = draw_scans(names=["1.jpg"])
    page = draw_page("COLORS")
    page.convert("CMYK").save(folder / "2.jpg")
    gray = np.asarray(page.convert("L"), dtype=np.uint16) * 257
    Image.fromarray(gray).save(folder / "3.tif")
    exif = Image.Exif()
    exif[0x0112] = 8
    page.save(folder / "4.jpg", exif=exif)
    page.convert("P").save(folder / "5.png")
    page.convert("1").save(folder / "6.tif", compression="group4")
    page.convert("RGBA").save(folder / "7.png")
    output = import_pages(folder)
    assert "afl: 7 pages added. It now has 7 pages" in output
    turned = Page.objects.get(filename="4.jpg")
    assert (turned.width, turned.height) == (540, 420)


def test_a_name_that_is_not_utf8_goes_in(draw_scans: DrawScans) -> None:
    folder = draw_scans(names=["1.jpg"])
    draw_page("NAME").save(folder / "2.jpg")
    (folder / "2.jpg").rename(folder / os.fsdecode(b"caf\xe9.jpg"))
    assert "The name of caf\\xe9.jpg has characters that can’t be shown" in import_pages(folder)


def test_two_files_with_one_content_are_both_named(draw_scans: DrawScans) -> None:
    folder = draw_scans(names=["1.jpg"])
    (folder / "2.jpg").write_bytes((folder / "1.jpg").read_bytes())
    output = import_pages(folder)
    assert "2.jpg has the same content as 1.jpg" in output
    assert Page.objects.count() == 2


def test_an_empty_folder_is_refused_and_leaves_no_collection(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(CommandError, match="is empty"):
        import_pages(tmp_path / "empty")
    assert not Collection.objects.exists()


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"There is no folder .*Check the path"):
        import_pages(tmp_path / "nowhere")


def test_a_name_that_no_disk_holds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"can’t be read \(the name is too long\)"):
        import_pages(tmp_path / ("a" * 300))
    assert not Collection.objects.exists()


def test_a_folder_of_broken_files_only_says_so_and_keeps_no_page(tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    zero_byte(tmp_path / "bad" / "1.jpg")
    output = import_pages(tmp_path / "bad")
    assert "1.jpg is empty" in output
    assert "0 pages added, 1 refused" in output


def test_a_media_store_without_write_permission_is_named_and_leaves_no_collection(
    shared_folder: Path, settings: Settings
) -> None:
    scans = shared_folder / "scans"
    scans.mkdir(mode=0o755)
    draw_page("A SCAN").save(scans / "1.jpg")
    settings.MEDIA_ROOT = shared_folder / "media"
    settings.MEDIA_ROOT.mkdir(mode=0o555)
    with (
        as_nobody(),
        pytest.raises(CommandError, match=r"media/incoming can’t be read or written .*permission denied"),
    ):
        import_pages(scans)
    assert not Collection.objects.exists()


def test_a_folder_without_read_permission_is_named(shared_folder: Path) -> None:
    scans = shared_folder / "scans"
    scans.mkdir(mode=0o755)
    draw_page("A SCAN").save(scans / "1.jpg")
    scans.chmod(0o000)
    with as_nobody(), pytest.raises(CommandError, match=r"can’t be read \(permission denied\)\. Give the account"):
        import_pages(scans)


def test_a_file_without_read_permission_is_named_and_the_rest_goes_in(shared_folder: Path, settings: Settings) -> None:
    scans = shared_folder / "scans"
    scans.mkdir(mode=0o755)
    draw_page("A SCAN").save(scans / "1.jpg")
    draw_page("ANOTHER").save(scans / "2.jpg")
    (scans / "2.jpg").chmod(0o000)
    settings.MEDIA_ROOT = shared_folder / "media"
    settings.MEDIA_ROOT.mkdir(mode=0o777)
    settings.MEDIA_ROOT.chmod(0o777)
    with as_nobody():
        output = import_pages(scans)
    assert "2.jpg can’t be read (permission denied)" in output
    assert Page.objects.get().filename == "1.jpg"


def test_it_says_that_it_does_the_work_itself(draw_scans: DrawScans) -> None:
    output = import_pages(draw_scans(1))
    assert output.startswith("No worker answers, so this command does the work itself.\n")


def test_the_same_folder_twice_adds_nothing(draw_scans: DrawScans) -> None:
    folder = draw_scans(3)
    import_pages(folder)
    assert "0 pages added, 3 pages already there. It now has 3 pages" in import_pages(folder)


def test_a_new_collection_has_the_title_and_the_organizations_number(draw_scans: DrawScans) -> None:
    folder = draw_scans(1)
    import_pages(folder, title="AFL-CIO")
    made = Collection.objects.get()
    assert (made.slug, made.title, made.identifier) == ("afl", "AFL-CIO", "HH000001")


def test_a_short_name_with_spaces_is_refused(draw_scans: DrawScans) -> None:
    with pytest.raises(CommandError, match="can’t be a short name"):
        import_pages(draw_scans(1), slug="my scans")


def test_a_running_import_is_not_disturbed(draw_scans: DrawScans) -> None:
    folder = draw_scans(1)
    import_pages(folder)
    launching.launch_job(Collection.objects.get(), kind=Job.Kind.IMPORT, actor=None, here=True)
    with pytest.raises(CommandError, match="has a job “Import” that is queued"):
        import_pages(folder)
