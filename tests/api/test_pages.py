"""Pages, seams and search by the API."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from clustering.files import original_path
from clustering.models import Answer, Collection, Embedding, Group, LiveScore, Page, Reading, Run, SeamScore, User
from tests.api.conftest import Script, Scripts
from tests.api.test_signing_in import problem_of
from tests.conftest import MakeCollection


@pytest.fixture
def collection(make_collection: MakeCollection) -> Collection:
    """Groups 1-2 and 3; page 1 was read and embedded, seams are scored."""
    made = make_collection(groups=[2, 1])
    pages = list(made.pages.order_by("position"))
    Reading.objects.create(
        page=pages[0],
        text="THE FARM WORKERS ASK\nfor a boycott",
        lines=[["THE FARM WORKERS ASK", 10, 20, 300, 44, 91.5]],
        width=930,
        height=1200,
        confidence=0.9,
        engine="tesseract",
    )
    for page, vector in zip(pages, ([1.0, 0.0], [0.8, 0.6], [0.0, 1.0]), strict=True):
        Embedding.objects.create(page=page, encoder="efficientnet-lite0@224", vector=np.asarray(vector, np.float32))
    run = Run.objects.create(collection=made, method="seams", state=Run.State.READY)
    facts = [
        {"family": "look", "name": "alike", "sentence": "They look alike.", "contribution": -0.2, "value": 1},
        {"family": "paper", "name": "size", "sentence": "The paper differs.", "contribution": 2.5, "value": 2},
    ]
    SeamScore.objects.create(run=run, page=pages[0], probability=0.4, boundary=False, evidence=facts)
    SeamScore.objects.create(run=run, page=pages[1], probability=0.97, boundary=True)
    return made


@pytest.fixture
def mine(alice: User, script: Scripts, collection: Collection) -> Script:
    return script(alice)


def test_it_lists_pages_in_scan_order(mine: Script) -> None:
    pages = mine.all("/collections/afl/pages", limit=2)
    assert [(page["position"], page["group_order"]) for page in pages] == [(1, 1), (2, 2), (3, 1)]
    assert pages[0]["text"] is None
    with_text = mine.get("/collections/afl/pages", text="true").json()["items"]
    assert [(page["text"] or "")[:8] for page in with_text] == ["THE FARM", "", ""]


def test_it_filters_pages(mine: Script) -> None:
    group = Group.objects.get(number=1)
    mine.post("/collections/afl/acts/mark", pages=[3], role="target")

    def positions(**wanted: Any) -> list[int]:
        return [page["position"] for page in mine.all("/collections/afl/pages", **wanted)]

    assert positions(group=group.pk) == [1, 2]
    assert positions(role="target") == [3]
    assert positions(ungrouped="true") == []
    assert positions(after=2) == [3]
    problem_of(mine.get("/collections/afl/pages", role="cover"), 400)


def test_one_page_comes_with_what_was_read_line_by_line(mine: Script) -> None:
    page = mine.get("/collections/afl/pages/1").json()
    assert page["reading"]["lines"] == [
        {"text": "THE FARM WORKERS ASK", "left": 10, "top": 20, "right": 300, "bottom": 44, "confidence": 91.5}
    ]
    assert page["text"].startswith("THE FARM")
    assert mine.get("/collections/afl/pages/2").json()["reading"] is None
    assert "no page 9" in problem_of(mine.get("/collections/afl/pages/9"), 404)
    problem_of(mine.get("/collections/afl/pages/0"), 400)


def test_the_image_of_a_page_is_its_original(mine: Script, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    page = Page.objects.get(position=1)
    path = original_path(page.sha256, page.media_type)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\xff\xd8 a scan")
    address = mine.get("/collections/afl/pages/1").json()["image"]
    answer = mine.get(address)
    assert (answer.headers["Content-Type"], b"".join(answer.streaming_content)) == ("image/jpeg", b"\xff\xd8 a scan")
    again = mine.client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert "can’t be opened" in problem_of(mine.client.get(address, {"size": "320"}), 404)
    assert "missing from the media store" in problem_of(mine.get("/collections/afl/pages/2/image"), 404)
    problem_of(mine.client.get(address, {"size": "17"}), 400)


def test_it_tells_what_looks_alike(mine: Script) -> None:
    body = mine.get("/collections/afl/pages/1/similar").json()
    assert [(hit["page"]["position"], hit["likeness"]) for hit in body] == [(2, 0.8), (3, 0.0)]
    assert len(mine.get("/collections/afl/pages/1/similar", limit=1).json()) == 1


def test_seams_tell_what_the_machine_thinks_and_what_people_said(mine: Script, alice: User) -> None:
    mine.post("/collections/afl/acts/answer", left=1, verdict="same")
    seams = mine.all("/collections/afl/seams", limit=1)
    assert [(seam["left"], seam["probability"], seam["joined"], seam["answer"]) for seam in seams] == [
        (1, 0.4, True, "same"),
        (2, 0.97, False, None),
    ]
    versions = {str(pk): version for pk, version in Group.objects.values_list("pk", "version")}
    assert seams[1]["versions"] == versions
    done = mine.post("/collections/afl/acts/answer", left=2, verdict="different", versions=seams[1]["versions"])
    assert done.status_code == 200
    assert Answer.objects.count() == 2


def test_seams_tell_what_decisions_since_the_run_leave_of_its_chances(mine: Script) -> None:
    page = Page.objects.get(position=2)
    LiveScore.objects.create(run=Run.objects.get(), page=page, probability=0.6, sequence=1)
    assert [seam["probability"] for seam in mine.all("/collections/afl/seams")] == [0.4, 0.6]


def test_one_seam_says_why(mine: Script) -> None:
    seam = mine.get("/collections/afl/seams/1").json()
    says = seam["runs"][0]
    assert [fact["sentence"] for fact in says["evidence"]] == ["The paper differs.", "They look alike."]
    assert (says["probability"], says["boundary"], says["on_the_desk"]) == (0.4, False, True)
    assert "last one" in problem_of(mine.get("/collections/afl/seams/3"), 404)


def test_the_queue_tells_first_where_looking_saves_most(mine: Script) -> None:
    queue = mine.get("/collections/afl/queue").json()
    assert (queue["total"], queue["items"][0]["left"]) == (1, 1)
    assert queue["items"][0]["saved"] == pytest.approx(0.4)


def test_it_finds_words_in_the_text(mine: Script) -> None:
    hits = mine.get("/collections/afl/search", q="boycott").json()
    assert (hits["total"], hits["items"][0]["page"]["position"]) == (1, 1)
    assert "**boycott**" in hits["items"][0]["headline"]
    assert mine.get("/collections/afl/search", q="ship\0wreck OR (").json()["total"] == 0
    assert mine.get("/collections/afl/search", q="boycott", offset=1).json()["items"] == []
    problem_of(mine.get("/collections/afl/search"), 400)
    problem_of(mine.get("/collections/afl/search", q=""), 400)


def test_search_finds_descriptions_as_the_desk_does(
    mine: Script, collection: Collection, victor: User, script: Scripts
) -> None:
    one, two = collection.groups.in_scan_order()
    one.title = "The boycott of grapes"
    two.title, two.note = "A report", "On the boycott"
    one.save()
    two.save()

    def hits_of(who: Script, **asked: Any) -> tuple[int, list[tuple[int, bool, str]]]:
        hits = who.get("/collections/afl/search", **asked).json()
        return hits["total"], [(one["page"]["position"], one["described"], one["headline"]) for one in hits["items"]]

    # Page 1 has the word itself, so its document's title tells nothing more.
    note, text = (3, True, "Note: On the **boycott**"), (1, False, "THE FARM WORKERS ASK\nfor a **boycott**")
    assert hits_of(mine, q="boycott") == (2, [note, text])
    assert hits_of(mine, q="boycott", limit=1) == (2, [note])
    assert hits_of(mine, q="boycott", offset=1, limit=1) == (2, [text])
    assert hits_of(mine, q="boycott", offset=2) == (2, [])
    assert hits_of(mine, q="grapes") == (1, [(1, True, "Title: The boycott of **grapes**")])
    collection.pages.filter(position=3).update(restricted=True)
    assert hits_of(mine, q="report") == (1, [(3, True, "")])
    assert hits_of(script(victor), q="boycott") == (1, [text])


PLACES = ["pages", "pages/1", "pages/1/image", "pages/1/similar", "seams", "seams/1", "queue", "search?q=x"]


def test_who_may_not_look_finds_nothing(charlie: User, victor: User, collection: Collection, script: Scripts) -> None:
    stranger, viewer = script(charlie), script(victor, scope="read")
    for place in PLACES:
        problem_of(stranger.get(f"/collections/afl/{place}"), 404)
        problem_of(viewer.get(f"/collections/gone/{place}"), 404)
        if "image" not in place:
            assert viewer.get(f"/collections/afl/{place}").status_code == 200
