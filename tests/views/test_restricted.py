"""Restricted pages at every door there is: what a viewer is never told and never shown."""

from __future__ import annotations

import html
import io
import logging
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from PIL import Image, UnidentifiedImageError

from clustering.actions import confirm_groups, flag_group, restrict_pages
from clustering.exports.contract import Included
from clustering.exports.registry import FORMATS
from clustering.files import original_path, write_thumbnails
from clustering.jobs.exported import launch_export
from clustering.jobs.running import run_here
from clustering.models import (
    Collection,
    Embedding,
    Group,
    Job,
    Notification,
    Page,
    PersonalFinding,
    Reading,
    RestrictedLook,
    SeamScore,
    User,
)
from clustering.models.personal_finding import search_personal
from clustering.restricted_looks import SHOWN_MINUTES, look_at
from clustering.selectors.collection_list import doubtful_left
from clustering.selectors.filters import groups_matching
from clustering.selectors.likely_personal import likely_personal
from clustering.teamwork.commenting import write_comment
from clustering.urls import urlpatterns
from tests.api.test_runs import make_run
from tests.conftest import MakeCollection
from tests.describing import describe_group
from tests.e2e.conftest import give_images
from tests.views.conftest import Signed
from tests.views.fuzzing import doors

pytestmark = pytest.mark.django_db

DOORS = [door for door in doors(urlpatterns) if not door.route.startswith(("uploads", "welcome", "language"))]
WORDS = ("diagnosed", "Wilhelmina")
"""The first is read on the restricted pages and in the drafts of their documents, the second was written about them.
Nobody asks for them, so that no answer repeats them."""
IDENTIFIERS = ("Wilhelmina_2", "Wilhelmina_4")
READ = "Tuberculosis was diagnosed"
RED = (200, 0, 0)
SHOWN = {
    "desk-index", "desk-pages", "desk-changes", "page", "page-panel", "seam", "scan", "search", "search-all",
    "plain-list", "history", "list_pages", "get_page", "get_text", "get_image", "list_groups", "all_groups",
    "list_comments", "list_edits", "list_edit_groups",
}  # fmt: skip
"""Doors at which an archivist sees what a viewer does not."""
NAMES_A_PAGE = "<(int|slug|path|str):(pk|number|position|left|identifier|group|digest)>"
QUERY = "q=Tuberculosis&from=1&to=6&since=0&all=1&drafts=1&text=true&scope=everywhere&limit=60&page=2&group=2&show=all"


@pytest.fixture
def collection(make_collection: MakeCollection, alice: User, victor: User, store: Any) -> Collection:
    """Documents of pages 1-3, 4-5 and 6; 2, 4 and 5 are restricted, red, and ill."""
    cache.clear()
    made = make_collection(groups=[3, 2, 1])
    give_images(made)
    run = make_run(made, [[1], [2, 3, 4], [6, 5]])
    pages = list(made.pages.order_by("position"))
    evidence = [{"family": "text", "contribution": 1.0, "sentence": "Both say diagnosed."}]
    SeamScore.objects.bulk_create(
        SeamScore(run=run, page=page, probability=0.4, boundary=False, evidence=evidence) for page in pages
    )
    Embedding.objects.bulk_create(
        Embedding(page=page, encoder="drawn", vector=[1.0, page.position / 100, 0.0]) for page in pages
    )
    Job.objects.create(collection=made, kind="read", state="done", done=6, total=6)
    for page in (pages[1], pages[3], pages[4]):
        page.identifier = f"Wilhelmina_{page.position}"
        page.save(update_fields=["identifier"])
        image = Image.new("RGB", (232, 300), RED)
        image.save(original_path(page.sha256, page.media_type), "JPEG", quality=90)
        write_thumbnails(image, page.sha256)
        page.reading.text, page.reading.lines = READ, [[READ, 30, 40, 180, 52, 91.0]]
        page.reading.save(update_fields=["text", "lines"])
        write_comment(page, "@victor is this Wilhelmina?", actor=alice)
    draft = {"title": {"value": READ, "confidence": 0.9, "evidence": READ}}
    made.groups.update(draft=draft)
    made.groups.filter(number=3).update(draft={})
    second = Group.objects.get(number=2)
    describe_group(second, title="Wilhelmina", actor=alice)
    flag_group(second, note="Wilhelmina", actor=alice)
    confirm_groups(list(made.groups.all()), actor=alice)
    made.refresh_from_db()
    made.settings = {"export": {"published": True, "use_drafts": True}}
    made.save(update_fields=["settings"])
    restrict_pages([pages[1], pages[3], pages[4]], ("Health", None), actor=alice)
    made.refresh_from_db()
    return made


def addresses(collection: Collection) -> Iterator[tuple[str, str]]:
    """Each door with an address there: as it leads to a restricted page in a document that is not, asked all that it
    may be asked, and to one that is wholly restricted."""
    run, job = collection.runs.get(), Job.objects.get()
    second = collection.groups.get(number=2).pk  # the API asks by id
    for position, query in ((2, f"?{QUERY}"), (4, "")):
        page = Page.objects.select_related("group").get(collection=collection, position=position)
        assert page.group is not None
        things = {
            "slug": collection.slug, "number": str(page.group.number), "position": str(position),
            "left": str(position - 1), "sequence": "1", "identifier": page.identifier, "digest": page.sha256[:16],
            "group": str(page.group.pk), "run": str(run.pk), "job": str(job.pk), "name": "csv", "kind": "read",
            "rotation": "90", "page": str(page.pk), "comment": "1", "url": "x", "size": "!320,320",
            "which": "unread",
        }  # fmt: skip
        for door in DOORS:
            if not query and not re.search(NAMES_A_PAGE, door.route):
                continue
            pk = things["run"] if "runs" in door.route else things["job"] if "job" in door.route else things["page"]
            for key in FORMATS if door.name == "download" and query else ["csv"]:
                for size in ("320", "original") if door.name == "scan" else (things["size"],):
                    asked = query if not door.route.startswith("api/") else query.replace("group=2", f"group={second}")
                    yield door.name, door.there(defaultdict(lambda: "1", things, pk=pk, key=key, size=size)) + asked


def leaked(client: Client, address: str) -> str:
    """What of the restricted pages is in the answer; empty where nothing is."""
    return leaked_in(client.get(address), address)


def leaked_in(answer: Any, address: str) -> str:
    """As `leaked`, of an answer that came from this address."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    parts = [body]
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            parts = [archive.read(name) + name.encode() for name in archive.namelist()]
    for part in parts:
        named = [name for name in IDENTIFIERS if name in address]  # a refusal repeats it
        text = part.replace(named[0].encode(), b"") if named else part
        words = [word for word in WORDS if word.encode() in text]
        if words or _is_red(part):
            return " ".join(words) or "image"
    return ""


def _is_red(content: bytes) -> bool:
    try:
        with Image.open(io.BytesIO(content)) as image:
            red, green, _ = image.convert("RGB").resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
    except (UnidentifiedImageError, OSError, ValueError):
        return False
    return bool(red > 120 and green < 60)


def test_no_door_leads_a_viewer_to_a_restricted_page(
    collection: Collection, alice: User, victor: User, signed: Signed, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "django.request")  # most doors refuse
    every = list(addresses(collection))
    assert Notification.objects.filter(person=victor, quote__contains="Wilhelmina").exists()
    client, stranger = signed(victor), Client()
    assert {there: what for _, there in every if (what := leaked(client, there))} == {}
    published = [there for name, there in every if name.startswith("iiif") or not name]
    assert {there: what for there in published if (what := leaked(stranger, there))} == {}
    for page in collection.pages.restricted():
        look_at(page, alice)
    client = signed(alice)
    shown = {name for name, there in every if name in SHOWN and leaked(client, there)}
    assert shown == SHOWN, "there is something to leak"


def test_whoever_edits_asks_first_and_the_log_keeps_it(
    collection: Collection, alice: User, bob: User, victor: User, sam: User, signed: Signed
) -> None:
    page = collection.pages.get(position=2)
    image, panel = f"/scans/{page.pk}/original/{page.sha256[:16]}/", "/c/afl/panel/2/"
    api = "/api/v1/collections/afl/pages/2"
    whole = original_path(page.sha256, page.media_type).read_bytes()
    hers, his = signed(alice), signed(bob)

    def seen(client: Client) -> list[bool]:
        answers = [client.get(there) for there in (image, panel, api, f"{api}/text", f"{api}/image")]
        kept = {answer["Cache-Control"] for answer in (answers[0], answers[4]) if answer.status_code == 200}
        assert kept <= {"private, no-store"} or not Page.objects.get(pk=page.pk).restricted
        bodies = [b"".join(getattr(one, "streaming_content", [])) if one.streaming else one.content for one in answers]
        read = [b"data-line=" in bodies[1], *(b"diagnosed" in body for body in bodies[2:4])]
        return [whole == bodies[0], *read, whole == bodies[4]]

    assert seen(hers) == [False] * 5
    with Image.open(io.BytesIO(hers.get(image).content)) as blurred:
        assert max(blurred.size) <= 320, "its shape, and no more"
    assert b"Show restricted page" in hers.get(panel).content
    assert signed(victor).post(f"/pages/{page.pk}/show/").status_code == 404
    assert hers.post(f"/pages/{page.pk}/show/").status_code == 302
    assert (seen(hers), seen(his)) == ([True] * 5, [False] * 5)
    assert his.post(f"{api}/show", "{}", content_type="application/json").status_code == 204
    assert seen(his) == [True] * 5
    assert [look.username for look in RestrictedLook.objects.all()] == ["bob", "alice"]
    assert b"Who looked" not in hers.get("/c/afl/restricted/").content
    log = signed(sam).get("/c/afl/restricted/").content
    assert log.index(b"<td>bob</td>") < log.index(b"<td>alice</td>")
    assert signed(victor).get("/c/afl/restricted/").status_code == 403
    RestrictedLook.objects.update(created=timezone.now() - timedelta(minutes=SHOWN_MINUTES))
    assert seen(hers) == [False] * 5, "after some minutes it is asked again"
    restrict_pages([page], None, actor=alice)
    assert seen(hers) == [True] * 5
    assert hers.post(f"/pages/{page.pk}/show/").status_code == 404


def test_exports_leave_them_out_unless_a_manager_asks(
    collection: Collection, alice: User, sam: User, signed: Signed, capsys: pytest.CaptureFixture[str]
) -> None:
    hers, theirs = signed(alice), signed(sam)

    def has(client: Client, there: str) -> bool:
        return "Wilhelmina_2" in b"".join(getattr(client.get(there), "streaming_content", [])).decode()

    assert b"3 restricted pages are left out." in hers.get("/c/afl/export/").content
    assert b"Include restricted pages" in theirs.get("/c/afl/export/").content
    api = "/api/v1/collections/afl/exports/csv"
    for there, asked in (("/c/afl/export/csv/", "?restricted=1"), (api, "?restricted=true")):
        assert [has(hers, there), has(theirs, there), has(theirs, there + asked)] == [False, False, True]
        assert hers.get(there + asked).status_code == 403
    assert hers.get("/c/afl/export/?restricted=1").status_code == 403
    assert hers.post("/c/afl/export/csv/launch/", {"restricted": "1"}).status_code == 403
    plain = run_here(launch_export(collection, "csv", actor=alice, here=True))
    assert "3 restricted pages are left out." in plain.problems.values_list("message", flat=True)
    whole = run_here(launch_export(collection, "csv", Included(restricted=True), actor=sam, here=True))
    files = [f"/jobs/{whole.pk}/file/", f"/api/v1/collections/afl/jobs/{whole.pk}/file"]
    assert [[client.get(there).status_code for there in files] for client in (hers, theirs)] == [[403] * 2, [200] * 2]
    assert not has(hers, f"/jobs/{plain.pk}/file/") and has(theirs, files[0])
    call_command("export_groups", "afl", "--format", "csv")
    output = capsys.readouterr()
    assert "3 restricted pages are left out." in output.err and "Wilhelmina_2" not in output.out
    call_command("export_groups", "afl", "--format", "csv", "--include-restricted")
    assert "Wilhelmina_2" in capsys.readouterr().out


def write(collection: Collection, position: int, text: str) -> None:
    """As a new reading does it."""
    Reading.objects.filter(page__collection=collection, page__position=position).update(text=text, language="en")
    search_personal(collection.pages.filter(position=position).values_list("pk", flat=True))


def test_likely_personal_data_is_proposed_and_a_person_decides(
    collection: Collection, alice: User, victor: User, signed: Signed
) -> None:
    for position, text in ((1, "Soc. Sec. No. 536-90-4399"), (2, "a@example.org"), (6, "Phone (415) 626-1234, call")):
        write(collection, position, text)
    client, there = signed(alice), "/c/afl/restricted/likely/"
    shown = client.get(there).content.decode()
    assert "<mark>536-90-4399</mark>" in shown and "<mark>(415) 626-1234</mark>, call" in shown
    assert "a@example.org" not in shown, "that page is restricted already"
    assert signed(victor).get(there).status_code == 403
    assert not collection.pages.filter(position=1, restricted=True).exists()
    dismiss = re.findall(r'name="dismiss" value="(\d+)"', shown)
    assert len(dismiss) == 2
    assert "Dismissed on page 6" in client.post(there, {"dismiss": dismiss[1]}, follow=True).content.decode()
    ((finding,),) = [one.places for one in likely_personal(collection, first=1)[0]]
    assert finding.text == "536-90-4399", "what was dismissed is not proposed again"
    kept = PersonalFinding.objects.dismissed().get()
    assert (kept.page.position, kept.username) == (6, "alice")
    again = client.get(there).content.decode()
    assert "List again" in again and "<mark>(415) 626-1234</mark>, call" in again
    write(collection, 6, "Phone (415) 626-1235, call")
    assert [one.page.position for one in likely_personal(collection, first=1)[0]] == [1, 6], "other words ask again"
    refused = client.post(there, {"dismiss": dismiss[1]}, follow=True).content.decode()
    assert "The text of this page has changed" in refused and "List again" not in refused
    write(collection, 6, "Phone (415) 626-1234, call")
    assert PersonalFinding.objects.dismissed().get() == kept, "what was said of words is known when they come back"
    assert signed(victor).post(there, {"take_back": kept.pk}).status_code == 403
    client.post(there, {"take_back": kept.pk})
    assert not PersonalFinding.objects.dismissed().exists()
    assert client.post(f"{there}?from=1", {"pages": ["1", "x"]}).url == f"{there}?from=1"  # type: ignore[attr-defined]
    assert collection.pages.get(position=1).restricted_reason == "Personal data"
    assert "536-90-4399" not in client.get(there).content.decode()
    assert "Select pages" in client.post(there, {}, follow=True).content.decode()


def test_open_findings_are_a_filter_for_those_who_edit(
    collection: Collection, alice: User, victor: User, signed: Signed
) -> None:
    write(collection, 1, "Soc. Sec. No. 536-90-4399\nPhone (415) 626-1234, call")
    write(collection, 4, "a@example.org")  # restricted
    for person, counts, numbers in ((alice, [2, 0, 0], [1]), (victor, [0, 0], [])):
        client = signed(person)
        columns, rows = client.get("/c/afl/index/").json()["groups"].values()
        assert [row[columns.index("personal")] for row in rows] == counts
        assert ("count-personal" in client.get("/c/afl/").content.decode()) == bool(numbers)
        listed = client.get("/api/v1/collections/afl/groups?likely_personal=true").json()["items"]
        assert [one["number"] for one in listed] == numbers
        page = client.get("/c/afl/list/?show=personal").content.decode()
        assert ("Likely personal data" in page) == bool(numbers)
    assert list(groups_matching(collection, "personal").values_list("number", flat=True)) == [1]


def test_no_view_is_offered_that_is_closed_to_a_viewer(
    collection: Collection, alice: User, victor: User, signed: Signed
) -> None:
    client = signed(victor)

    def answers() -> list[int]:
        tabs = client.get("/c/afl/").content.decode().split('<nav class="tabs"')[1].split("</nav>")[0]
        return [client.get(there).status_code for there in re.findall(r'href="([^"]+)"', tabs)]

    assert answers() == [200] * 4
    restrict_pages(list(collection.pages.restricted()), None, actor=alice)
    assert answers() == [200] * 9


def test_no_page_offers_a_viewer_what_is_closed_to_them(collection: Collection, victor: User, signed: Signed) -> None:
    """Every link on every page that a viewer reaches opens, from the front page on."""
    collection.groups.update(state=Group.State.PROPOSED, confirmed_by=None, confirmed_at=None)
    for kind in (Job.Kind.PROCESS, Job.Kind.LEARN):
        Job.objects.create(collection=collection, kind=kind, state=Job.State.RUNNING, done=1, total=6)
    assert doubtful_left([collection.pk]), "there is something to check"
    client = signed(victor)
    reached = {"/": "", "/c/afl/panel/1/": ""}
    waiting, closed = list(reached), {}
    while waiting:
        there = waiting.pop()
        answer = client.get(there, headers={"accept": "text/html"})
        if answer.status_code == 403:
            closed[there] = reached[there]
        if answer.status_code != 200 or answer.streaming or not answer["Content-Type"].startswith("text/html"):
            continue
        links = re.findall(r'href="(/[^"#]*)', answer.content.decode())
        for link in {html.unescape(link) for link in links} - set(reached):
            if not link.startswith(("/static/", "/api/")) and "?" not in link:
                reached[link] = there
                waiting.append(link)
    assert closed == {}
    assert "/c/afl/table/" in reached
    exports = client.get("/c/afl/export/?all=1").content.decode()
    assert "/c/afl/export/csv/" in exports and "/order/" not in exports
