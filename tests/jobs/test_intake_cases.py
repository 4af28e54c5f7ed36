"""What people bring comes in as they would expect: whole, as any viewer shows it, and nothing goes without a word."""

from __future__ import annotations

import io
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command
from django.test import Client
from PIL import Image

from clustering.actions.confirm import confirm_groups
from clustering.actions.publish import publish_run
from clustering.engine.images import open_scan
from clustering.files import page_path, thumbnail_path
from clustering.jobs import running
from clustering.jobs.arranging import keep_arrangement
from clustering.jobs.launching import launch_job
from clustering.jobs.sourcing import check_source, create_collection
from clustering.models import Collection, Group, Job, Page, Reading, User
from clustering.sources.arrangements import Arranged, read_arrangement
from tests.image_files import PATCH
from tests.intake_cases import case

pytestmark = pytest.mark.django_db


def bring(source: Path, slug: str = "cases") -> Job:
    """Import it as the command does."""
    checked = check_source(str(source))
    collection = Collection.objects.filter(slug=slug).first() or create_collection(slug, listing=checked.listing)
    job = launch_job(collection, kind=Job.Kind.IMPORT, actor=None, params=checked.params, here=True)
    return running.run_here(job)


def filenames() -> list[str]:
    return list(Page.objects.in_scan_order().values_list("filename", flat=True))


def messages_of(job: Job) -> str:
    return "\n".join(job.problems.values_list("message", flat=True))


def drawn(position: int = 1) -> Image.Image:
    """A page as everybody sees it."""
    return open_scan(page_path(Page.objects.get(position=position)))


def mean(image: Image.Image, left: float, top: float, right: float, bottom: float) -> float:
    """Mean gray of a part of an image, the edges as shares."""
    width, height = image.size
    box = (int(left * width), int(top * height), int(right * width), int(bottom * height))
    return float(np.asarray(image.convert("L").crop(box)).mean())


# --- Archives ------------------------------------------------------------------------------------------------------
def test_names_with_a_colon_go_in_and_their_new_names_are_told(tmp_path: Path) -> None:
    job = bring(case("zips/colon.zip", tmp_path))
    assert filenames() == [
        "Letter 1909-04-14.jpg", "scan 12_30.jpg", "Box 3_ letters/001.jpg", "Box 3_ letters/002.jpg",
    ]  # fmt: skip
    assert "scan 12:30.jpg in colon.zip was imported as scan 12_30.jpg" in messages_of(job)
    assert job.problems.count() == 3


def test_two_entries_of_one_name_are_two_pages(tmp_path: Path) -> None:
    job = bring(case("zips/dup_entry.zip", tmp_path))
    assert filenames() == ["001.jpg", "001 (2).jpg", "002.jpg"]
    assert len(set(Page.objects.values_list("sha256", flat=True))) == 3
    assert "contains another 001.jpg with different content. It was imported as 001 (2).jpg." in messages_of(job)


def test_deflate64_is_unpacked(tmp_path: Path) -> None:
    assert bring(case("zips/deflate64.zip", tmp_path)).state == Job.State.DONE
    assert filenames() == ["001.jpg"]


def test_a_name_that_is_a_file_and_a_folder_stops_nothing(tmp_path: Path) -> None:
    job = bring(case("zips/file_and_folder.zip", tmp_path))
    assert filenames() == ["002.jpg", "box/001.jpg"]
    assert messages_of(job).startswith("box was skipped. It has no file extension, and")


def test_a_name_that_is_no_utf8_is_told_and_stops_nothing(tmp_path: Path) -> None:
    job = bring(case("zips/badutf8.zip", tmp_path))
    assert filenames() == ["Müller.jpg", "a\\xff\\xfe.jpg"] or filenames() == ["a\\xff\\xfe.jpg", "Müller.jpg"]
    assert "does not say which encoding the name a\\xff\\xfe.jpg is" in messages_of(job)


def test_names_in_utf8_are_read_without_the_flag(tmp_path: Path) -> None:
    job = bring(case("zips/utf8_noflag.zip", tmp_path))
    assert filenames() == ["Brief an Müller ß.jpg"]
    assert Page.objects.get().identifier == "Brief an Müller ß"
    assert messages_of(job) == ""


def test_an_archive_whose_checksum_fails_is_refused_as_a_whole(tmp_path: Path) -> None:
    job = bring(case("zips/flip.tar.gz", tmp_path))
    assert job.state == Job.State.FAILED
    assert "flip.tar.gz is damaged" in job.error
    assert filenames() == []


# --- Large ---------------------------------------------------------------------------------------------------------
def test_a_plan_in_black_and_white_goes_in_with_the_others(tmp_path: Path) -> None:
    job = bring(case("large/folder", tmp_path))
    assert (job.state, messages_of(job)) == (Job.State.DONE, "")
    assert filenames() == ["001.jpg", "002_map.tif", "003.jpg", "004_png.png"]
    plan = Page.objects.get(position=2)
    assert (plan.width, plan.height) == (14043, 19866)
    assert plan.paper is not None
    assert (plan.paper["width"], plan.paper["height"]) == (14043, 19866)


# --- PDF -----------------------------------------------------------------------------------------------------------
def test_a_black_box_over_a_name_stays_over_it(tmp_path: Path) -> None:
    bring(case("pdfs/redaction_annot.pdf", tmp_path))
    assert mean(drawn(), 45 / 612, 57 / 792, 435 / 612, 147 / 792) < 3


def test_a_note_on_a_scan_is_shown(tmp_path: Path) -> None:
    bring(case("pdfs/annot_freetext.pdf", tmp_path))
    assert drawn().getpixel((round(0.6 * drawn().width), round(0.88 * drawn().height))) == pytest.approx(
        (254, 0, 0), abs=3
    )


def test_a_stamp_on_a_scan_is_shown(tmp_path: Path) -> None:
    bring(case("pdfs/stamped_text.pdf", tmp_path))
    red = np.asarray(drawn().convert("RGB")).astype(int)
    assert ((red[..., 0] - red[..., 1]) > 150).mean() > 0.002


def test_what_was_filled_into_a_form_is_shown(tmp_path: Path) -> None:
    bring(case("pdfs/acroform.pdf", tmp_path))
    dark = np.asarray(drawn().convert("L")) < 90
    assert dark.sum() > 300


def test_what_a_mask_hides_is_hidden(tmp_path: Path) -> None:
    bring(case("pdfs/smask.pdf", tmp_path))
    assert mean(drawn(), 0, 0.52, 1, 1) > 253
    assert mean(drawn(), 0, 0, 1, 0.48) < 251


def test_each_half_of_a_spread_is_its_own_page(tmp_path: Path) -> None:
    bring(case("pdfs/spread_cropbox.pdf", tmp_path))
    shapes = [page.width / page.height for page in Page.objects.in_scan_order()]
    assert shapes == pytest.approx([350 / 430] * 2, abs=0.01)
    assert Page.objects.get(position=1).sha256 != Page.objects.get(position=2).sha256


def test_inverted_colors_are_shown_as_meant(tmp_path: Path) -> None:
    bring(case("pdfs/decode_inverted.pdf", tmp_path))
    assert mean(drawn(), 0, 0, 1, 1) > 200


def test_a_page_of_a_hundred_inches_is_drawn_smaller(tmp_path: Path) -> None:
    job = bring(case("pdfs/mixed_sizes.pdf", tmp_path))
    sizes = list(Page.objects.in_scan_order().values_list("width", "height"))
    assert len(sizes) == 4
    assert max(width * height for width, height in sizes) <= 40_100_000
    assert (
        messages_of(job)
        == "Page 2 of mixed_sizes.pdf measures 100 × 100 inches and was drawn at 63 dpi to fit into memory."
    )


# --- Images --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["02_gray16_miniswhite.tif", "03_gray12_in_16.tif"])
def test_grey_of_more_bits_is_positive_and_in_full_range(name: str, tmp_path: Path) -> None:
    bring(_alone(case(f"images/{name}", tmp_path), tmp_path))
    page = np.asarray(drawn())
    assert np.median(page) >= 250
    assert page.min() < 20
    with Image.open(thumbnail_path(Page.objects.get().sha256, 320)) as small:
        assert np.median(np.asarray(small.convert("L"))) >= 250


def test_fax_has_its_true_shape(tmp_path: Path) -> None:
    bring(_alone(case("images/21_fax204x98.tif", tmp_path), tmp_path))
    page = Page.objects.get()
    assert (page.width, page.height) == (425, 572)
    with Image.open(thumbnail_path(page.sha256, 320)) as small:
        assert small.width / small.height == pytest.approx(425 / 572, abs=0.01)


def test_one_color_is_one_color_whatever_its_profile(tmp_path: Path) -> None:
    names = ["1_srgb.jpg", "2_wide_with_profile.jpg", "3_wide_with_profile.tif"]
    for number, name in enumerate(names, 1):
        bring(_alone(case(f"icc/{name}", tmp_path), tmp_path, f"{number}"))
        with Image.open(thumbnail_path(Page.objects.get(position=number).sha256, 1280)) as shown:
            pixels = np.asarray(shown.convert("RGB")).reshape(-1, 3).astype(int)
        blue = pixels[np.ptp(pixels, axis=1) > 60]
        assert np.median(blue, axis=0) == pytest.approx(PATCH, abs=6), name


def _alone(path: Path, room: Path, name: str = "alone") -> Path:
    """A folder with this file only."""
    folder = room / name
    folder.mkdir(exist_ok=True)
    (folder / path.name).write_bytes(path.read_bytes())
    return folder


def test_tiff_and_jpeg_2000_open_in_full_size(tmp_path: Path, alice: User, client: Client) -> None:
    bring(case("tiffzoom", tmp_path))
    client.force_login(alice)
    confirm_groups(_one_document(Collection.objects.get()), actor=alice)
    for page in Page.objects.in_scan_order():
        at_the_desk = client.get(f"/scans/{page.pk}/original/{page.sha256[:16]}/")
        manifest = client.get("/iiif/cases/1/manifest.json").json()
        body = manifest["items"][page.position - 1]["items"][0]["items"][0]["body"]
        in_a_viewer = client.get("/iiif/" + body["id"].partition("/iiif/")[2])
        assert (body["width"], body["height"]) == (page.width, page.height)
        for answer in (at_the_desk, in_a_viewer):
            assert answer.headers["Content-Type"] == "image/jpeg"
            with Image.open(io.BytesIO(answer.getvalue())) as shown:
                assert shown.size == (page.width, page.height)
    assert {page.width for page in Page.objects.all()} == {1700, 2550}


def _one_document(collection: Collection) -> list[Group]:
    documents = [Arranged("All", [page.identifier for page in collection.pages.in_scan_order()])]
    publish_run(keep_arrangement(collection, documents, source="test"), actor=None)
    return list(collection.groups.all())


# --- Arrangements --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("table", ["start_float.csv", "semicolon.csv"])
def test_tables_of_spreadsheets_make_the_documents_that_they_say(table: str, tmp_path: Path) -> None:
    bring(case("arrangements/scans", tmp_path))
    collection = Collection.objects.get()
    path = case(f"arrangements/{table}", tmp_path)
    publish_run(keep_arrangement(collection, read_arrangement(path), source=path.name), actor=None)
    assert [group.page_count for group in collection.groups.order_by("first_position")] == [3, 2, 3]


# --- Later versions ------------------------------------------------------------------------------------------------
def test_a_later_version_is_shown_first_and_done_as_agreed(tmp_path: Path) -> None:
    out = StringIO()
    bring(case("reimport/v1", tmp_path))
    later = str(case("reimport/v2", tmp_path))
    call_command("import_pages", "cases", later, preview=True, stdout=out)
    assert filenames() == [f"A0{number}.jpg" for number in range(1, 7)]
    for words in (
        "Insert 1 new page in scan order (insert):\n  A02b.jpg, after A02\n",
        "Replace 1 scan (replace):\n  A03.jpg (page 3)\n",
        "Rename 1 page (rename):\n  A06.jpg (page 6) to A06 renamed.jpg\n",
        "(missing):\n  A05.jpg (page 5)\n",
        "3 pages are unchanged.\nNothing was changed. To make these changes, use --agree insert,replace,rename,missing",
    ):
        assert words in out.getvalue()
    call_command("import_pages", "cases", later, agree=["insert", "replace", "rename", "missing"], stdout=out)
    assert filenames() == ["A01.jpg", "A02.jpg", "A02b.jpg", "A03.jpg", "A04.jpg", "A05.jpg", "A06 renamed.jpg"]
    assert "1 page added, 1 inserted, 1 replaced, 1 renamed, 1 marked" in out.getvalue()
    assert Page.objects.get(identifier="A05").role == Page.Role.OTHER


# --- Askew ---------------------------------------------------------------------------------------------------------
def test_a_page_that_lies_askew_with_a_clipping_on_it_is_read(tmp_path: Path) -> None:
    """How far, and which way, is tried where pages are read: tests/engine/test_leaning_pages.py."""
    bring(_alone(case("skew/clipping.jpg", tmp_path), tmp_path))
    job = launch_job(Collection.objects.get(), kind=Job.Kind.READ, actor=None, here=True)
    assert running.run_here(job).state == Job.State.DONE
    reading: Reading = Page.objects.get().reading
    assert "textile workers in the southern states" in reading.text
    assert not reading.is_unread
    assert len(reading.text.split()) >= 155
