"""A new version of scans that are there: what would change is shown first, and done as a person agrees."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from clustering.actions.answer import answer_seam
from clustering.actions.confirm import confirm_groups
from clustering.actions.publish import publish_run
from clustering.jobs import running
from clustering.jobs.arranging import keep_arrangement
from clustering.jobs.launching import launch_job
from clustering.jobs.sourcing import create_collection
from clustering.jobs.stages.comparing import Plan, plan_of, sections, unasked, waits
from clustering.jobs.stages.renewing import KINDS, agreeing
from clustering.jobs.uploading import remove_stale
from clustering.models import (
    Answer,
    Assignment,
    Collection,
    Edit,
    Embedding,
    Group,
    Job,
    Page,
    Reading,
    SeamScore,
    User,
)
from clustering.selectors import desk_index
from clustering.sources.arrangements import Arranged
from clustering.sources.folder import list_folder
from tests.jobs.conftest import DrawScans, draw_page
from tests.uploads import Sender, jpeg
from tests.views.conftest import unpacked

pytestmark = pytest.mark.django_db


def run(collection: Collection, **params: Any) -> Job:
    return running.run_here(launch_job(collection, kind=Job.Kind.IMPORT, actor=None, params=params, here=True))


def imported(folder: Path) -> Collection:
    collection = create_collection("afl", listing=list_folder(folder))
    assert run(collection, folder=str(folder)).state == Job.State.DONE
    return collection


def preview(collection: Collection, folder: Path) -> tuple[Job, Plan]:
    job = run(collection, folder=str(folder), ask=True)
    plan = plan_of(job)
    assert plan is not None, job.error
    return job, plan


def agree(job: Job, *kinds: str) -> Job:
    return running.run_here(
        launch_job(job.collection, kind=Job.Kind.IMPORT, actor=None, params=agreeing(job, kinds or KINDS), here=True)
    )


def names(collection: Collection) -> list[str]:
    return list(collection.pages.in_scan_order().values_list("filename", flat=True))


def draw(folder: Path, name: str, words: str) -> None:
    folder.mkdir(exist_ok=True)
    draw_page(words).save(folder / name, quality=85)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "scans"
    for name in ("1.jpg", "2.jpg", "3.jpg", "4.jpg"):
        draw(place, name, f"SCAN {name}")
    return place


@pytest.fixture
def collection(folder: Path) -> Collection:
    return imported(folder)


def test_a_first_import_asks_nothing(folder: Path) -> None:
    collection = create_collection("afl", listing=list_folder(folder))
    job = run(collection, folder=str(folder), ask=True)
    assert (job.result["added"], plan_of(job)) == (4, None)


def test_what_only_adds_pages_at_the_end_is_done_at_once(collection: Collection, folder: Path) -> None:
    draw(folder, "5.jpg", "SCAN 5")
    job, plan = preview(collection, folder)
    assert not waits(job)
    assert (plan.same, plan.append, plan.asks) == (4, 1, False)
    assert names(collection) == ["1.jpg", "2.jpg", "3.jpg", "4.jpg", "5.jpg"]


def test_another_part_of_the_collection_makes_no_page_missing(collection: Collection, tmp_path: Path) -> None:
    draw(tmp_path / "more", "9.jpg", "SCAN 9")
    job, plan = preview(collection, tmp_path / "more")
    assert (plan.missing, job.result["added"]) == ([], 1)


def test_a_preview_changes_nothing_and_says_what_would_change(collection: Collection, folder: Path) -> None:
    before = list(collection.pages.values())
    draw(folder, "1a.jpg", "SCAN 1a")
    draw(folder, "2.jpg", "SCAN 2 once more")
    (folder / "3.jpg").rename(folder / "3 verso.jpg")
    (folder / "4.jpg").unlink()
    job, plan = preview(collection, folder)
    assert waits(job)
    assert list(collection.pages.values()) == before
    assert {section.kind: section.rows for section in sections(plan)} == {
        "insert": ["1a.jpg, after 1"],
        "replace": ["2.jpg (page 2)"],
        "rename": ["3.jpg (page 3) to 3 verso.jpg"],
        "missing": ["4.jpg (page 4)"],
    }
    assert unasked(plan) == "1 page is unchanged."


def test_everything_is_done_as_agreed(collection: Collection, folder: Path) -> None:
    old = Page.objects.get(filename="2.jpg")
    draw(folder, "1a.jpg", "SCAN 1a")
    draw(folder, "2.jpg", "SCAN 2 once more")
    (folder / "3.jpg").rename(folder / "3 verso.jpg")
    (folder / "4.jpg").unlink()
    job = agree(preview(collection, folder)[0])
    assert (job.state, job.error) == (Job.State.DONE, "")
    counted = {
        key: job.result[key] for key in ("added", "inserted", "replaced", "renamed", "marked", "refused", "late")
    }
    assert counted == {"added": 1, "inserted": 1, "replaced": 1, "renamed": 1, "marked": 1, "refused": 0, "late": 0}
    assert names(collection) == ["1.jpg", "1a.jpg", "2.jpg", "3 verso.jpg", "4.jpg"]
    assert list(collection.pages.in_scan_order().values_list("position", flat=True)) == [1, 2, 3, 4, 5]
    new = Page.objects.get(filename="2.jpg")
    assert (new.pk, new.identifier, new.position) == (old.pk, "2", 3)
    assert new.sha256 != old.sha256
    assert Page.objects.get(filename="3 verso.jpg").identifier == "3 verso"
    assert Page.objects.get(filename="4.jpg").role == Page.Role.OTHER
    messages = set(job.problems.values_list("message", flat=True))
    assert "1a.jpg was inserted as page 2." in messages
    assert "3.jpg (page 3) is now named 3 verso.jpg." in messages
    again, plan = preview(collection, folder)
    assert [section.kind for section in sections(plan)] == ["missing"]
    assert waits(again)


def test_what_is_not_agreed_to_is_not_done(collection: Collection, folder: Path) -> None:
    draw(folder, "1a.jpg", "SCAN 1a")
    draw(folder, "2.jpg", "SCAN 2 once more")
    (folder / "4.jpg").unlink()
    given = Assignment.objects.create(
        collection=collection, person=User.objects.create_user("ann"), first_page=2, last_page=3
    )
    job = agree(preview(collection, folder)[0], "insert")
    given.refresh_from_db()
    assert (given.first_page, given.last_page) == (3, 4), "an assignment follows its pages"
    assert names(collection) == ["1.jpg", "1a.jpg", "2.jpg", "3.jpg", "4.jpg"]
    assert "2.jpg has the identifier 2, which page 2 (2.jpg) already has" in job.problems.get(is_warning=False).message
    assert Page.objects.get(filename="4.jpg").role == ""


def test_scans_that_were_counted_anew_are_renamed_and_not_replaced(collection: Collection, folder: Path) -> None:
    """Somebody had forgotten a page, scanned it, and numbered all behind it once more."""
    for number in (4, 3, 2):
        (folder / f"{number}.jpg").rename(folder / f"{number + 1}.jpg")
    draw(folder, "2.jpg", "FORGOTTEN")
    before = dict(Page.objects.values_list("sha256", "pk"))
    job, plan = preview(collection, folder)
    assert [(section.kind, len(section.rows)) for section in sections(plan)] == [("insert", 1), ("rename", 3)]
    agree(job)
    assert names(collection) == [f"{number}.jpg" for number in range(1, 6)]
    after = dict(Page.objects.values_list("sha256", "pk"))
    assert {sha256: after[sha256] for sha256 in before} == before, "each page keeps its scan"


def test_two_scans_that_change_names_are_told_apart_by_content(collection: Collection, folder: Path) -> None:
    (folder / "2.jpg").rename(folder / "x")
    (folder / "3.jpg").rename(folder / "2.jpg")
    (folder / "x").rename(folder / "3.jpg")
    job, plan = preview(collection, folder)
    assert [section.kind for section in sections(plan)] == ["rename"]
    agree(job)
    assert names(collection) == ["1.jpg", "3.jpg", "2.jpg", "4.jpg"]


def test_several_pages_go_to_one_place_in_their_order_and_to_the_beginning(
    collection: Collection, folder: Path
) -> None:
    for name in ("0.jpg", "00 a.jpg", "2a.jpg", "2b.jpg", "5.jpg"):
        draw(folder, name, f"SCAN {name}")
    job, plan = preview(collection, folder)
    assert plan.append == 1
    agree(job)
    assert names(collection) == [
        "0.jpg", "00 a.jpg", "1.jpg", "2.jpg", "2a.jpg", "2b.jpg", "3.jpg", "4.jpg", "5.jpg",
    ]  # fmt: skip


def test_documents_keep_their_pages_and_the_desk_finds_all_of_them(
    collection: Collection, folder: Path, alice: User
) -> None:
    documents = [Arranged("A", ["1", "2"]), Arranged("B", ["3", "4"])]
    publish_run(keep_arrangement(collection, documents, source="test"), actor=None)
    second = Group.objects.get(first_position=3)
    confirm_groups([second], actor=alice)
    third, fourth = (Page.objects.get(identifier=name) for name in ("3", "4"))
    answer_seam(third, verdict=Answer.Verdict.SAME, right=fourth, actor=alice)
    score = SeamScore.objects.create(
        run=collection.runs.get(), page=Page.objects.get(identifier="1"), probability=0.5, boundary=False
    )
    desk_index.index(collection)
    draw(folder, "1a.jpg", "SCAN 1a")
    agree(preview(collection, folder)[0])
    second.refresh_from_db()
    collection.refresh_from_db()
    assert (second.first_position, second.state) == (4, Group.State.CONFIRMED)
    listed = desk_index.index(collection)
    assert listed["held"] == [[1, 5]]
    assert [row["spans"] for row in unpacked(listed["groups"])] == [[[1, 1], [3, 3]], [[4, 5]]]
    assert listed["answered"] == [4]
    assert not SeamScore.objects.filter(pk=score.pk).exists(), "there is no such seam any more"
    edit = Edit.objects.latest("sequence")
    assert (edit.verb, edit.summary) == ("reimport", "Page 2 was inserted; the pages behind moved up.")
    assert collection.reordered == edit.sequence


def test_a_browser_that_has_the_desk_open_is_told_to_load_it_again(
    collection: Collection, folder: Path, alice: User, client: Client
) -> None:
    client.force_login(alice)
    draw(folder, "1a.jpg", "SCAN 1a")
    agree(preview(collection, folder)[0])
    assert client.get("/c/afl/changes/?since=0").json()["reload"] is True


def test_a_page_that_is_replaced_is_read_and_looked_at_again(collection: Collection, folder: Path) -> None:
    page = Page.objects.get(filename="2.jpg")
    Reading.objects.create(page=page, text="old", width=1, height=1, engine="test")
    Embedding.objects.create(page=page, encoder="test", vector=[1.0, 0.0])
    draw(folder, "2.jpg", "SCAN 2 once more")
    agree(preview(collection, folder)[0], "replace")
    assert not Reading.objects.exists()
    assert not Embedding.objects.exists()


def test_a_scan_that_changed_since_the_preview_is_refused(collection: Collection, folder: Path) -> None:
    draw(folder, "2.jpg", "SCAN 2 once more")
    job, _ = preview(collection, folder)
    draw(folder, "2.jpg", "SCAN 2 for the third time")
    done = agree(job)
    assert (done.result["replaced"], done.result["refused"]) == (0, 1)


def test_a_page_that_is_gone_since_the_preview_stops_the_import_with_a_sentence(
    collection: Collection, folder: Path
) -> None:
    (folder / "3.jpg").rename(folder / "3 verso.jpg")
    job, _ = preview(collection, folder)
    Page.objects.get(filename="3.jpg").delete()
    done = agree(job)
    assert done.state == Job.State.FAILED
    assert "Some of the pages to rename no longer exist." in done.error
    assert names(collection) == ["1.jpg", "2.jpg", "4.jpg"]


def test_pages_of_a_tiff_are_compared_one_by_one(tmp_path: Path) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    sheets = [draw_page(f"SHEET {number}") for number in range(4)]
    sheets[0].save(folder / "book.tif", save_all=True, append_images=sheets[1:])
    collection = imported(folder)
    sheets[2] = draw_page("ANOTHER SHEET")
    sheets[0].save(folder / "book.tif", save_all=True, append_images=sheets[1:])
    job, plan = preview(collection, folder)
    assert [section.rows for section in sections(plan)] == [["book_0003.tif (page 3)"]]
    agree(job)
    assert Image.open(folder / "book.tif").n_frames == collection.pages.count()  # type: ignore[attr-defined]


def test_a_file_that_cannot_be_read_is_no_page(collection: Collection, folder: Path) -> None:
    shutil.rmtree(folder / "2.jpg", ignore_errors=True)
    (folder / "2.jpg").unlink()
    (folder / "2.jpg").mkdir()
    job = run(collection, folder=str(folder), ask="only")
    plan = plan_of(job)
    assert plan is not None
    assert [item["name"] for item in plan.missing] == ["2.jpg"]


def test_scans_that_are_uploaded_are_compared_and_kept_until_it_is_decided(
    collection: Collection, folder: Path, sam: User, client: Client, draw_scans: DrawScans
) -> None:
    client.force_login(sam)
    sender = Sender(client)
    sender.begin("/c/afl/add/", slug="", title="")
    for path in sorted(folder.iterdir()):
        sender.send(path.name, path.read_bytes())
    sender.send("1a.jpg", jpeg(77))
    job = Job.objects.get(pk=int(sender.finish().json()["address"].split("/")[2]))
    running.run_here(job)
    assert names(collection) == ["1.jpg", "2.jpg", "3.jpg", "4.jpg"]
    page = client.get(f"/jobs/{job.pk}/").content.decode()
    assert "Review the changes" in page
    assert "Insert 1 new page in scan order" in page
    assert remove_stale() == 0, "the files wait for the decision"
    answer = client.post(f"/jobs/{job.pk}/agree/", {"kind": ["insert"]})
    done = Job.objects.get(pk=int(answer.headers["Location"].split("/")[2]))
    assert sender.upload.job == done
    running.run_here(done)
    assert names(collection) == ["1.jpg", "1a.jpg", "2.jpg", "3.jpg", "4.jpg"]
    assert sender.upload.state == "taken"
    again = client.post(f"/jobs/{job.pk}/agree/", {"kind": ["insert"]})
    assert again.headers["Location"] == f"/jobs/{done.pk}/"
    assert Job.objects.filter(kind=Job.Kind.IMPORT).count() == 3


def test_only_those_who_may_import_may_agree(collection: Collection, folder: Path, alice: User, client: Client) -> None:
    draw(folder, "1a.jpg", "SCAN 1a")
    job, _ = preview(collection, folder)
    client.force_login(alice)
    assert client.post(f"/jobs/{job.pk}/agree/", {"kind": ["insert"]}).status_code in (403, 404)
    assert names(collection) == ["1.jpg", "2.jpg", "3.jpg", "4.jpg"]


def test_an_upload_that_nobody_decides_on_goes_after_a_week(
    collection: Collection,
    folder: Path,
    sam: User,
    client: Client,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:
    client.force_login(sam)
    sender = Sender(client)
    sender.begin("/c/afl/add/", slug="", title="")
    sender.send("1.jpg", (folder / "1.jpg").read_bytes())
    sender.send("2.jpg", jpeg(78))
    job = Job.objects.get(pk=int(sender.finish().json()["address"].split("/")[2]))
    running.run_here(job)
    sender.upload.__class__.objects.update(touched=timezone.now() - timedelta(days=30))
    with django_capture_on_commit_callbacks(execute=True):
        assert remove_stale() == 1
    answer = client.post(f"/jobs/{job.pk}/agree/", {"kind": ["replace"]})
    done = running.run_here(Job.objects.get(pk=int(answer.headers["Location"].split("/")[2])))
    assert done.state == Job.State.FAILED
    assert "The files of this upload are gone" in done.error
