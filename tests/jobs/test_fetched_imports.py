"""Scans from servers become pages: once each, gone on with after a break, and what did not come is named."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from clustering import files
from clustering.actions.confirm import confirm_groups
from clustering.exports.iiif.writer import write_iiif
from clustering.exports.records import material_of
from clustering.exports.settings import ExportSettings
from clustering.jobs import launching, running, slices, sourcing
from clustering.jobs.launching import launch_job
from clustering.jobs.sourcing import check_source, create_collection
from clustering.jobs.stages.importing import MOST_GONE
from clustering.models import Collection, Job, Page, User
from clustering.sources.contract import NoSource
from tests.conftest import MakeCollection
from tests.jobs.conftest import draw_page
from tests.sources.serving import Answer, Server, bdr_item, jpeg, manifest_2, manifest_3, serving

pytestmark = pytest.mark.django_db
ITEM = "/api/items/bdr:item1/"


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as started:
        yield started


@pytest.fixture(autouse=True)
def near(settings: Settings, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Brown's repository is our server, which may be asked without a pause."""
    settings.BDR_URL = server.address
    settings.PRIVATE_SOURCES = ["127.0.0.1"]
    settings.SOURCE_DELAY_MS = 0
    settings.CACHE_ROOT = tmp_path / "cache"
    monkeypatch.setattr(launching, "workers_answer", lambda: False)


def make(text: str, slug: str = "afl", *, percent: int | None = None) -> Job:
    source = check_source(text, percent=percent)
    collection = Collection.objects.filter(slug=slug).first() or create_collection(
        slug, title=source.title, listing=source.listing
    )
    return launch_job(collection, kind=Job.Kind.IMPORT, actor=None, params=source.params, here=True)


def names() -> list[str]:
    return list(Page.objects.in_scan_order().values_list("filename", flat=True))


def image(name: str) -> str:
    return f"/iiif/image/{name}/full/pct:25/0/default.jpg"


def test_an_item_of_browns_becomes_a_collection(server: Server) -> None:
    server.documents[ITEM] = bdr_item(["bdr:p1", "bdr:p2", "bdr:p3"], title="AFL-CIO, Local 1")
    job = running.run_here(make("bdr:item1"))
    assert (job.state, job.params, job.result["added"]) == (Job.State.DONE, {"source": "bdr:item1"}, 3)
    collection = Collection.objects.get()
    assert (collection.title, collection.identifier) == ("AFL-CIO, Local 1", "HH018977")
    page = Page.objects.in_scan_order()[1]
    assert (page.identifier, page.pid, page.filename) == ("HH018977_0002", "bdr:p2", "HH018977_0002__bdr_p2.jpg")
    assert (page.width, page.height) == (150, 200)
    assert files.page_path(page).exists()
    assert server.asked == [ITEM, *(image(f"bdr:p{n}") for n in (1, 2, 3))]


def test_canvases_become_pages_with_their_labels_in_the_manifests_order(server: Server) -> None:
    server.documents["/m"] = manifest_2(server.address, ["b2", "b10", "b1"], path="/m")
    running.run_here(make(f"{server.address}/m"))
    assert list(Page.objects.in_scan_order().values_list("identifier", "label")) == [
        ("b2", "p. 1"), ("b10", "p. 2"), ("b1", "p. 3"),
    ]  # fmt: skip


def test_our_own_manifests_come_back_with_the_labels_they_had(
    server: Server, make_collection: MakeCollection, alice: User
) -> None:
    ours = make_collection(groups=[2, 1])
    for position, label in ((1, "12r"), (3, "[cover]")):
        ours.pages.filter(position=position).update(label=label)
    confirm_groups(list(ours.groups.all()), actor=alice)
    for name, pieces in write_iiif(material_of(ours, settings=ExportSettings(base_url=server.address))):
        server.documents[f"/iiif/afl/{name}"] = Answer(body=b"".join(pieces))
    for page in ours.pages.all():
        picture = Answer(body=jpeg(page.identifier), headers={"Content-Type": "image/jpeg"})
        server.documents[f"/iiif/afl/images/{page.identifier}"] = picture
    job = running.run_here(make(f"{server.address}/iiif/afl/collection.json", slug="again"))
    assert (job.state, job.result["added"]) == (Job.State.DONE, 3)
    back = Page.objects.filter(collection=job.collection).in_scan_order()
    assert list(back.values_list("identifier", "label")) == [
        ("HH000001_0001", "12r"), ("HH000001_0002", "2"), ("HH000001_0003", "[cover]"),
    ]  # fmt: skip


def test_the_same_source_twice_fetches_and_adds_nothing(server: Server) -> None:
    server.documents[ITEM] = bdr_item(["bdr:p1", "bdr:p2"])
    running.run_here(make("bdr:item1"))
    asked = server.count("/iiif/")
    job = running.run_here(make("bdr:item1"))
    assert (job.result["added"], job.result["known"]) == (0, 2)
    assert server.count("/iiif/") == asked


def test_an_import_that_was_killed_goes_on_and_fetches_nothing_twice(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clustering.jobs.stages.importing.FILES_A_CHUNK", 2)
    server.documents[ITEM] = bdr_item([f"bdr:p{n}" for n in range(1, 8)])
    job = make("bdr:item1")

    class Killed(BaseException):
        pass

    from clustering.sources.bdr import BdrReader

    fetch = BdrReader.fetch
    fetched: list[str] = []

    def fetch_and_die(self: BdrReader, file: object) -> Path:
        if len(fetched) == 5:
            raise Killed
        fetched.append(getattr(file, "name"))  # noqa: B009 - whatever it is
        return fetch(self, file)  # type: ignore[arg-type]

    monkeypatch.setattr(BdrReader, "fetch", fetch_and_die)
    with pytest.raises(Killed):
        running.run_here(job)
    assert Page.objects.count() == 4  # the fifth was fetched and not taken in
    monkeypatch.setattr(BdrReader, "fetch", fetch)
    job.refresh_from_db()
    running.run_here(launching.relaunch_job(cancelled(job), actor=None, here=True))
    assert [page.pid for page in Page.objects.in_scan_order()] == [f"bdr:p{n}" for n in range(1, 8)]
    assert all(server.count(image(f"bdr:p{n}")) == 1 for n in range(1, 8))
    assert server.count(ITEM) == 1


def cancelled(job: Job) -> Job:
    launching.cancel_job(job, actor=None)
    return job


def test_slices_go_on_where_the_one_before_ended(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clustering.jobs.stages.importing.FILES_A_CHUNK", 2)
    server.documents["/m"] = manifest_3(server.address, ["b3", "b1", "b2"], path="/m")
    job = make(f"{server.address}/m")
    monkeypatch.setattr(slices.Slice, "has_time", property(lambda current: Page.objects.count() == 0))
    running.run_slice(job.pk, 0)
    job.refresh_from_db()
    assert (names(), job.done, job.total) == (["b3.jpg", "b1.jpg"], 2, 3)
    monkeypatch.setattr(slices.Slice, "has_time", property(lambda current: True))
    running.run_here(job)
    assert names() == ["b3.jpg", "b1.jpg", "b2.jpg"]
    assert server.count("/m") == 1


def test_pages_that_do_not_come_are_named_and_come_with_the_next_launch(server: Server) -> None:
    server.documents[ITEM] = bdr_item([f"bdr:p{n}" for n in range(1, 5)])
    server.faults[image("bdr:p2")] = [Answer(404)]
    server.faults[image("bdr:p3")] = [Answer(body=b"<html>Log in</html>", headers={"Content-Type": "text/html"})]
    job = running.run_here(make("bdr:item1"))
    assert (job.state, job.result["added"], job.result["refused"]) == (Job.State.DONE, 2, 2)
    first, second = job.problems.all()
    assert first.filename == "HH018977_0002__bdr_p2.jpg"
    assert first.message.startswith("HH018977_0002__bdr_p2.jpg could not be fetched. http://127.0.0.1")
    assert "the server answered 404" in first.message
    assert "returned text/html instead of an image" in second.message
    again = running.run_here(make("bdr:item1"))
    assert (again.result["added"], again.result["known"], again.result["late"]) == (2, 2, 2)
    assert [page.pid for page in Page.objects.in_scan_order()] == ["bdr:p1", "bdr:p4", "bdr:p2", "bdr:p3"]


def test_an_image_that_is_damaged_is_named_and_fetched_again_next_time(server: Server) -> None:
    server.documents[ITEM] = bdr_item(["bdr:p1"])
    broken = server.answer(image("bdr:p1")).body[:700]
    server.faults[image("bdr:p1")] = [Answer(body=broken, headers={"Content-Type": "image/jpeg"})]
    job = running.run_here(make("bdr:item1"))
    assert "HH018977_0001__bdr_p1.jpg is damaged or cut short" in job.problems.get().message
    assert running.run_here(make("bdr:item1")).result["added"] == 1


def test_a_server_that_is_gone_stops_the_job_with_what_is_in(server: Server) -> None:
    server.documents[ITEM] = bdr_item([f"bdr:p{n}" for n in range(1, 20)])
    for number in range(3, 20):
        server.faults[image(f"bdr:p{number}")] = [Answer(500, headers={"Retry-After": "0"})] * 4
    job = running.run_here(make("bdr:item1"))
    assert (job.state, job.result["added"]) == (Job.State.FAILED, 2)
    assert f"The server did not answer for {MOST_GONE} pages in a row" in job.error
    assert "Start the import again later" in job.error
    assert server.count(image("bdr:p8")) == 0
    server.faults.clear()
    again = running.run_here(launching.relaunch_job(job, actor=None, here=True))
    assert (again.state, again.result["added"], again.result["known"]) == (Job.State.DONE, 17, 2)


def test_nothing_waits_on_disk_once_all_is_in(server: Server, tmp_path: Path) -> None:
    server.documents[ITEM] = bdr_item(["bdr:p1", "bdr:p2"])
    running.run_here(make("bdr:item1"))
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.suffix in {".jpg", ".part"}]


def test_two_manifests_whose_pages_have_one_name_do_not_pass_for_each_other(server: Server) -> None:
    for path in ("/m", "/n"):
        server.documents[path] = manifest_3(server.address, ["p1"], path=path, service=False)
        server.documents[path]["items"][0]["items"][0]["items"][0]["body"]["id"] = f"{server.address}/plain{path}/1.jpg"
        answer = Answer(body=server.answer(image(f"x{path[1]}")).body, headers={"Content-Type": "image/jpeg"})
        server.documents[f"/plain{path}/1.jpg"] = answer
    running.run_here(make(f"{server.address}/m"))
    job = running.run_here(make(f"{server.address}/n"))
    assert "has the identifier 1, which page 1 (1.jpg) already has" in job.problems.get().message
    assert "Import it into a separate collection" in job.problems.get().message


def test_a_list_of_files_and_addresses_comes_in(server: Server, tmp_path: Path) -> None:
    draw_page("NEAR").save(tmp_path / "near.jpg")
    far = f"{server.address}{image('far')}"
    (tmp_path / "list.csv").write_text(f"identifier,file,url\nX_2,near.jpg,\nX_1,,{far}\nX_3,gone.jpg,\n")
    job = running.run_here(make(str(tmp_path / "list.csv")))
    assert list(Page.objects.in_scan_order().values_list("identifier", flat=True)) == ["X_2", "X_1"]
    assert (tmp_path / "near.jpg").exists()
    assert job.problems.get().message.startswith("Line 4 was skipped. There is no file gone.jpg.")


def import_pages(*arguments: str) -> str:
    out = StringIO()
    call_command("import_pages", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_takes_a_pid_with_a_percentage(server: Server) -> None:
    server.documents[ITEM] = bdr_item(["bdr:p1"])
    output = import_pages("afl", "bdr:item1", "--percent", "50")
    assert "AFL-CIO: 1 page added" in output
    assert Page.objects.get().width == 300
    assert Job.objects.get().params == {"source": "bdr:item1", "percent": 50}


def test_the_command_takes_an_address_with_a_size(server: Server) -> None:
    server.documents["/m"] = manifest_3(server.address, ["p1"], path="/m")
    assert "1 page added" in import_pages("afl", f"{server.address}/m", "--size", "400")
    assert Page.objects.get().height == 400


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("afl", "bdr:nothere"), "could not be downloaded: the server answered 404"),
        (("afl", "bdr:item1", "--percent", "0"), "0 percent is not a valid size"),
        (("afl", "https://user:pw@example.org/"), "contains a username or password"),
    ],
)
def test_the_command_says_why_it_cannot(server: Server, arguments: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        import_pages(*arguments)
    assert not Collection.objects.exists()


def test_a_percentage_and_a_size_together_are_refused() -> None:
    with pytest.raises(NoSource, match="not both"):
        check_source("bdr:item1", percent=25, size=100)


def test_paths_are_held_to_the_open_folders(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("file\na.jpg\n")
    with pytest.raises(NoSource, match="You can import folders only from"):
        check_source(str(tmp_path / "list.csv"), roots=[tmp_path / "open"])
    with pytest.raises(NoSource, match="is not an address, a repository ID, or a full path"):
        check_source("scans", roots=[tmp_path])


def test_a_person_at_a_form_does_not_wait_long() -> None:
    assert sourcing.LOOK.total <= 20


def test_the_manifests_of_what_was_imported_come_in_as_documents(server: Server) -> None:
    """The way that the guide names: import the collection, then take the grouping from the same address."""
    server.documents["/1"] = manifest_3(server.address, ["b1", "b2"], label="Minutes", path="/1")
    server.documents["/2"] = manifest_2(server.address, ["b3"], label="A letter", path="/2")
    items = [{"id": server.address + path, "type": "Manifest"} for path in ("/1", "/2")]
    server.documents["/c"] = {"id": f"{server.address}/c", "type": "Collection", "items": items}
    running.run_here(make(f"{server.address}/c"))
    out = StringIO()
    call_command("import_arrangement", "afl", f"{server.address}/c", stdout=out, stderr=out)
    groups = Collection.objects.get().groups.order_by("first_position")
    assert [(group.page_count, group.draft["title"]["value"]) for group in groups] == [(2, "Minutes"), (1, "A letter")]
    with pytest.raises(CommandError, match="is not a IIIF manifest or collection"):
        call_command("import_arrangement", "afl", f"{server.address}/iiif/image/b1/info.json", stdout=out)
