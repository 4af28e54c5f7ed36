"""A folder becomes pages: once each, in order, and what cannot go in is named."""

from __future__ import annotations

import os
import random
import re
import shutil
from pathlib import Path

import pytest
from PIL import Image
from pytest_django.fixtures import Settings

from clustering import files
from clustering.jobs import running, slices
from clustering.jobs.launching import launch_job
from clustering.jobs.sourcing import create_collection
from clustering.models import Collection, Job, Page
from clustering.sources.folder import list_folder
from tests.jobs.conftest import DrawScans, draw_page

pytestmark = pytest.mark.django_db


def run_import(folder: Path, slug: str = "afl") -> Job:
    collection = Collection.objects.filter(slug=slug).first() or create_collection(slug, listing=list_folder(folder))
    job = launch_job(collection, kind=Job.Kind.IMPORT, actor=None, params={"folder": str(folder)}, here=True)
    return running.run_here(job)


def names(slug: str = "afl") -> list[str]:
    return list(Page.objects.filter(collection__slug=slug).in_scan_order().values_list("filename", flat=True))


def test_pages_stand_in_scan_order_with_their_facts(draw_scans: DrawScans) -> None:
    job = run_import(draw_scans(11))
    assert job.state == Job.State.DONE
    pages = list(Page.objects.in_scan_order())
    assert [page.position for page in pages] == list(range(1, 12))
    second = pages[1]
    assert (second.identifier, second.pid) == ("HH000001_0002", "bdr:aa02")
    assert (second.width, second.height, second.media_type) == (420, 540, "image/jpeg")
    assert second.paper is not None and second.paper["width"] == 420
    assert len(second.placeholder) == 52
    assert second.collection.identifier == "HH000001"


def test_the_original_is_kept_byte_for_byte_and_cannot_be_written(draw_scans: DrawScans) -> None:
    folder = draw_scans(1)
    run_import(folder)
    page = Page.objects.get()
    kept = files.page_path(page)
    (source,) = folder.iterdir()
    assert kept.read_bytes() == source.read_bytes()
    assert kept.stat().st_mode & 0o222 == 0
    assert kept.name.startswith(page.sha256)


def test_thumbnails_come_in_two_sizes(draw_scans: DrawScans) -> None:
    run_import(draw_scans(1))
    page = Page.objects.get()
    with Image.open(files.thumbnail_path(page.sha256, files.SMALL)) as small:
        assert max(small.size) == files.SMALL
    assert files.thumbnail_path(page.sha256, files.LARGE).exists()


def test_a_lost_thumbnail_is_made_again(draw_scans: DrawScans, media: Path) -> None:
    run_import(draw_scans(1))
    shutil.rmtree(media / "thumbs")
    with Image.open(files.ensure_thumbnail(Page.objects.get(), files.SMALL)) as small:
        assert max(small.size) == files.SMALL


def test_a_turned_photograph_stands_upright(draw_scans: DrawScans) -> None:
    folder = draw_scans(1)
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    draw_page("SIDEWAYS", size=(300, 200)).save(folder / "x.jpg", exif=exif)
    run_import(folder)
    assert Page.objects.filter(filename="x.jpg", width=200, height=300).exists()


def test_the_same_folder_twice_adds_nothing(draw_scans: DrawScans) -> None:
    folder = draw_scans(5)
    run_import(folder)
    before = list(Page.objects.values())
    again = run_import(folder)
    assert again.state == Job.State.DONE
    assert (again.result["added"], again.result["known"]) == (0, 5)
    assert list(Page.objects.values()) == before


def test_files_added_in_the_middle_are_appended_and_the_report_says_so(draw_scans: DrawScans) -> None:
    folder = draw_scans(names=["1.jpg", "2.jpg", "5.jpg"])
    run_import(folder)
    draw_scans(names=["3.jpg", "4.jpg", "6.jpg"], marked="on Monday")
    job = run_import(folder)
    assert names() == ["1.jpg", "2.jpg", "5.jpg", "3.jpg", "4.jpg", "6.jpg"]
    (note,) = job.problems.all()
    assert note.is_warning
    assert "2 files sort before pages that were imported earlier" in note.message


def test_two_files_with_one_content_both_go_in_with_a_warning_that_names_both(draw_scans: DrawScans) -> None:
    folder = draw_scans(names=["1.jpg", "2.jpg"])
    shutil.copy(folder / "1.jpg", folder / "3.jpg")
    job = run_import(folder)
    assert names() == ["1.jpg", "2.jpg", "3.jpg"]
    (warning,) = job.problems.all()
    assert warning.is_warning
    assert "3.jpg has the same content as 1.jpg (page 1)" in warning.message
    assert len({page.sha256 for page in Page.objects.all()}) == 2


def test_one_identifier_for_two_contents_is_refused(draw_scans: DrawScans) -> None:
    folder = draw_scans(names=["1.jpg"])
    draw_scans(names=["1.jpeg"], marked="again")
    job = run_import(folder)
    assert names() == ["1.jpeg"]
    (problem,) = job.problems.all()
    assert "1.jpg has the identifier 1, which page 1 (1.jpeg) already has" in problem.message


def test_files_of_one_name_in_several_folders_are_pages_of_their_own(draw_scans: DrawScans, tmp_path: Path) -> None:
    folder = draw_scans(names=["1.jpg", "3.jpg"])
    draw_scans(names=["1.jpg", "2.jpg"], folder="scans/box 1", marked="of box 1")
    draw_scans(names=["1.jpg", "2.jpg"], folder="scans/box 2", marked="of box 2")
    for box in ("box 1", "box 2"):
        Image.new("L", (90, 120), 240).save(
            folder / box / "9.tif", save_all=True, append_images=[Image.new("L", (90, 120), len(box) + int(box[-1]))]
        )
    job = run_import(folder)
    expected = ["1", "3"]
    expected += [f"{box}/{name}" for box in ("box 1", "box 2") for name in ("1", "2", "9_0001", "9_0002")]
    assert list(Page.objects.order_by("position").values_list("identifier", flat=True)) == expected
    assert names()[2:6] == ["box 1/1.jpg", "box 1/2.jpg", "box 1/9_0001.tif", "box 1/9_0002.tif"]
    assert not job.problems.filter(is_warning=False).exists()
    again = run_import(folder)
    assert (again.result["added"], again.result["known"], Page.objects.count()) == (0, 10, 10)


def test_a_folder_that_is_added_later_leaves_the_identifiers_of_pages_as_they_are(draw_scans: DrawScans) -> None:
    folder = draw_scans(names=["1.jpg", "2.jpg"], folder="scans/box 1").parent
    run_import(folder)
    draw_scans(names=["1.jpg", "2.jpg"], folder="scans/box 2", marked="of box 2")
    job = run_import(folder)
    assert list(Page.objects.order_by("position").values_list("identifier", flat=True)) == [
        "1", "2", "box 2/1", "box 2/2",
    ]  # fmt: skip
    assert (job.result["added"], job.result["known"], job.result["refused"]) == (2, 2, 0)


def test_a_changed_file_does_not_replace_its_page(draw_scans: DrawScans) -> None:
    folder = draw_scans(names=["1.jpg"])
    run_import(folder)
    kept = Page.objects.get()
    draw_scans(names=["1.jpg"], marked="changed")
    job = run_import(folder)
    assert job.result["refused"] == 1
    assert Page.objects.get().sha256 == kept.sha256


def test_a_name_that_is_not_utf8_goes_in_escaped_with_a_warning(draw_scans: DrawScans) -> None:
    folder = draw_scans(names=["1.jpg"])
    draw_page("CAFE").save(folder / "x.jpg")
    (folder / "x.jpg").rename(folder / os.fsdecode(b"caf\xe9.jpg"))
    job = run_import(folder)
    assert names() == ["1.jpg", "caf\\xe9.jpg"]
    (warning,) = job.problems.all()
    assert "has characters that can’t be shown" in warning.message


def test_every_image_of_a_tiff_is_a_page_and_the_same_file_twice_adds_nothing(draw_scans: DrawScans) -> None:
    folder = draw_scans(names=["1.jpg", "3.jpg"])
    sheets = [draw_page(f"SHEET {i}") for i in range(3)]
    sheets[0].save(folder / "2.tif", save_all=True, append_images=sheets[1:], dpi=(300, 300))
    job = run_import(folder)
    assert names() == ["1.jpg", "2_0001.tif", "2_0002.tif", "2_0003.tif", "3.jpg"]
    assert list(Page.objects.in_scan_order().values_list("identifier", flat=True))[1:4] == [
        "2_0001",
        "2_0002",
        "2_0003",
    ]
    assert not job.problems.exists()
    with Image.open(files.page_path(Page.objects.get(identifier="2_0003"))) as kept:
        assert kept.tobytes() == sheets[2].tobytes()
        assert kept.info["dpi"] == (300, 300)
    again = run_import(folder)
    assert (again.result["added"], again.result["known"], again.result["refused"]) == (0, 5, 0)


def test_a_tiff_of_many_images_is_gone_on_with_in_its_middle(
    draw_scans: DrawScans, monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path
) -> None:
    settings.CACHE_ROOT = tmp_path / "cache"
    monkeypatch.setattr("clustering.jobs.stages.importing.FILES_A_CHUNK", 2)
    monkeypatch.setattr(slices.Slice, "has_time", property(lambda current: not Page.objects.filter(position=3)))
    folder = draw_scans(names=["1.jpg", "3.jpg"])
    sheets = [draw_page(f"SHEET {i}") for i in range(5)]
    sheets[0].save(folder / "2.tif", save_all=True, append_images=sheets[1:])
    collection = create_collection("afl", listing=list_folder(folder))
    job = launch_job(collection, kind=Job.Kind.IMPORT, actor=None, params={"folder": str(folder)}, here=True)
    running.run_slice(job.pk, 0)
    assert names() == ["1.jpg", "2_0001.tif", "2_0002.tif"]
    monkeypatch.setattr(slices.Slice, "has_time", property(lambda current: True))
    job.refresh_from_db()
    running.run_here(job)
    assert names() == ["1.jpg", *(f"2_000{i}.tif" for i in range(1, 6)), "3.jpg"]
    assert list((tmp_path / "cache" / "sheets").iterdir()) == []


def test_the_smaller_copies_in_a_pyramid_are_no_pages(draw_scans: DrawScans) -> None:
    folder = draw_scans(names=["1.jpg"])
    page = draw_page("PYRAMID")
    smaller = page.reduce(2)
    smaller.encoderinfo = {"tiffinfo": {254: 1}}
    page.save(folder / "2.tif", save_all=True, append_images=[smaller])
    job = run_import(folder)
    assert names() == ["1.jpg", "2.tif"]
    assert not job.problems.exists()


def test_one_image_of_a_tiff_that_is_damaged_is_named_and_the_others_go_in(draw_scans: DrawScans) -> None:
    folder = draw_scans(names=["1.jpg"])
    sheets = [draw_page(f"SHEET {i}") for i in range(3)]
    path = folder / "2.tif"
    sheets[0].save(path, save_all=True, append_images=sheets[1:], compression="tiff_lzw")
    with Image.open(path) as image:
        image.seek(1)
        begin = getattr(image, "tag_v2")[273][0]  # noqa: B009 - mypy knows no tags of an ImageFile
    with path.open("r+b") as handle:
        handle.seek(begin)
        handle.write(b"\xff" * 2000)
    job = run_import(folder)
    assert names() == ["1.jpg", "2_0001.tif", "2_0003.tif"]
    assert "Image 2 of 2.tif is damaged or cut short" in job.problems.get().message


def test_files_that_are_no_images_are_reported_but_hidden_ones_only_counted(draw_scans: DrawScans) -> None:
    folder = draw_scans(1)
    (folder / "truth.csv").write_text("identifier")
    (folder / ".DS_Store").write_bytes(b"x")
    job = run_import(folder)
    assert job.result["skipped"] == 2
    assert [problem.filename for problem in job.problems.all()] == ["truth.csv"]


def test_nothing_stays_in_the_waiting_room(draw_scans: DrawScans, media: Path) -> None:
    folder = draw_scans(2)
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff nothing more")
    run_import(folder)
    assert list((media / "incoming").iterdir()) == []


def test_a_slice_that_is_delivered_twice_does_nothing(draw_scans: DrawScans) -> None:
    folder = draw_scans(3)
    collection = create_collection("afl", listing=list_folder(folder))
    job = launch_job(collection, kind=Job.Kind.IMPORT, actor=None, params={"folder": str(folder)}, here=True)
    running.run_slice(job.pk, 0)
    assert running.run_slice(job.pk, 0) is None
    assert collection.pages.count() == 3


def test_an_import_goes_on_after_the_last_file_that_was_written(
    draw_scans: DrawScans, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clustering.jobs.stages.importing.FILES_A_CHUNK", 2)
    monkeypatch.setattr(slices.Slice, "has_time", property(lambda current: current.job.done == 0))
    folder = draw_scans(5)
    collection = create_collection("afl", listing=list_folder(folder))
    job = launch_job(collection, kind=Job.Kind.IMPORT, actor=None, params={"folder": str(folder)}, here=True)
    following = running.run_slice(job.pk, 0)
    job.refresh_from_db()
    assert (following, job.done, collection.pages.count()) == (slices.Next(1, "default"), 2, 2)
    monkeypatch.undo()
    running.run_here(job)
    assert (job.state, job.result["added"], collection.pages.count()) == (Job.State.DONE, 5, 5)


def test_a_folder_that_vanished_fails_the_job_with_a_sentence(draw_scans: DrawScans) -> None:
    folder = draw_scans(1)
    collection = create_collection("afl", listing=list_folder(folder))
    job = launch_job(collection, kind=Job.Kind.IMPORT, actor=None, params={"folder": str(folder)}, here=True)
    shutil.rmtree(folder)
    running.run_here(job)
    assert job.state == Job.State.FAILED
    assert "There is no folder" in job.error


def test_a_file_that_comes_while_the_import_runs_goes_in_as_well(
    draw_scans: DrawScans, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clustering.jobs.stages.importing.FILES_A_CHUNK", 2)
    monkeypatch.setattr(slices.Slice, "has_time", property(lambda current: current.job.done == 0))
    folder = draw_scans(names=["1.jpg", "2.jpg", "3.jpg"])
    (folder / "4.jpg").write_bytes(b"\xff\xd8\xff nothing more")
    collection = create_collection("afl", listing=list_folder(folder))
    job = launch_job(collection, kind=Job.Kind.IMPORT, actor=None, params={"folder": str(folder)}, here=True)
    running.run_slice(job.pk, 0)
    monkeypatch.undo()
    draw_scans(names=["0.jpg"], marked="late")
    job.refresh_from_db()
    running.run_here(job)
    assert names() == ["1.jpg", "2.jpg", "3.jpg", "0.jpg"]
    assert {key: job.result[key] for key in ("added", "known", "refused")} == {"added": 4, "known": 0, "refused": 1}
    assert job.problems.filter(is_warning=False).count() == 1, "what was refused is not tried again"


def test_a_folder_that_never_stays_the_same_is_told(draw_scans: DrawScans, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = draw_scans(2)
    monkeypatch.setattr("clustering.jobs.stages.importing.MOST_PASSES", 1)
    collection = create_collection("afl", listing=list_folder(folder))
    job = launch_job(collection, kind=Job.Kind.IMPORT, actor=None, params={"folder": str(folder)}, here=True)
    monkeypatch.setattr(slices.Slice, "has_time", property(lambda current: current.job.done == 0))
    monkeypatch.setattr("clustering.jobs.stages.importing.FILES_A_CHUNK", 1)
    running.run_slice(job.pk, 0)
    (folder / "HH000001_0001__bdr_aa01.jpg").unlink()
    monkeypatch.setattr(slices.Slice, "has_time", property(lambda current: True))
    job.refresh_from_db()
    running.run_here(job)
    assert job.state == Job.State.DONE
    assert "The source kept changing while it was imported (-1 files)" in job.problems.get().message


def test_what_is_left_out_is_named_and_of_very_many_the_span(draw_scans: DrawScans) -> None:
    folder = draw_scans(1)
    for number in range(1, 131):
        (folder / f"note {number}.txt").write_text("x")
    (folder / "z.xml").write_text("x")
    (folder / ".hidden.jpg").write_bytes(b"x")
    (folder / "more.zip").write_bytes(b"x")
    (folder / ".DS_Store").write_bytes(b"x")
    job = run_import(folder)
    assert job.result["skipped"] == 134
    messages = list(job.problems.values_list("message", flat=True))
    assert len(messages) == 102
    assert ".hidden.jpg was skipped. Hidden and system files are left out." in messages
    assert "more.zip was skipped. It is an archive or a PDF. Import it separately." in messages
    assert messages[-2].startswith("32 more .txt files were skipped, from note 99.txt to note 130.txt. ")
    assert messages[-1].startswith("z.xml was skipped. ")


def test_a_name_of_more_letters_than_an_identifier_goes_in_and_is_told(draw_scans: DrawScans) -> None:
    draw_scans(names=["x" * 240 + "a.jpg"])
    job = run_import(draw_scans(names=["x" * 240 + "b.jpg"], marked="again"))
    pages = list(Page.objects.in_scan_order())
    assert [len(page.identifier) for page in pages] == [200, 200]
    assert pages[0].identifier != pages[1].identifier
    assert {problem.message.split(" than ")[1][:21] for problem in job.problems.all()} == {"an identifier can be."}


def test_damaged_images_of_every_kind_are_named_and_stop_nothing(draw_scans: DrawScans) -> None:
    folder = draw_scans(1)
    chance = random.Random(3)
    page = draw_page("DAMAGED", size=(90, 120))
    kinds = {"tif": "tiff_lzw", "jp2": None, "png": None, "webp": None, "gif": None, "bmp": None, "jpg": None}
    for suffix, compression in kinds.items():
        whole = folder / f"whole.{suffix}"
        page.save(whole, **({"compression": compression} if compression else {}))
        for number in range(12):
            damaged = bytearray(whole.read_bytes())
            for _ in range(chance.choice([1, 4, 40])):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            (folder / f"{number}.{suffix}").write_bytes(damaged[: chance.choice([len(damaged), len(damaged) // 2])])
        whole.unlink()
    job = run_import(folder)
    assert (job.state, job.error) == (Job.State.DONE, "")
    refused = set(job.problems.filter(is_warning=False).values_list("filename", flat=True))
    taken = set(names())
    files = {re.sub(r"_\d{4}\.tif$", ".tif", name) for name in taken | refused}
    assert files == {path.name for path in folder.iterdir()}
    assert refused


def test_importing_again_puts_back_a_scan_that_is_gone_from_the_disk(draw_scans: DrawScans) -> None:
    folder = draw_scans(3)
    run_import(folder)
    gone, *_ = Page.objects.order_by("position")
    kept = files.page_path(gone).read_bytes()
    files.page_path(gone).unlink()
    job = run_import(folder)
    assert (job.result["added"], job.result["known"], Page.objects.count()) == (0, 3, 3)
    assert files.page_path(gone).read_bytes() == kept
