"""The stream's page and the data it asks for."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.db.models import JSONField, QuerySet
from django.test import Client

from clustering.actions.move import move_pages
from clustering.actions.reorder import reorder_pages
from clustering.collection_settings import keep_settings
from clustering.models import Group, Job, Page, Reading, Run, SeamScore, User
from clustering.models.collection import CollectionSettings, DraftTerms
from clustering.selectors import desk_rows
from clustering.selectors.desk_index import ASPECT_UNITS, UNKNOWN
from clustering.selectors.desk_rows import group_rows, spans_of
from tests.conftest import MakeCollection
from tests.views.conftest import Signed, unpacked

PAGES = [
    "/c/afl/",
    "/c/afl/index/",
    "/c/afl/pages/?from=1&to=5",
    "/c/afl/find/?q=1",
    "/c/afl/panel/1/",
    "/c/afl/seams/1/",
]


def test_everyone_with_a_role_sees_the_desk(
    alice: User, victor: User, sam: User, make_collection: MakeCollection, signed: Signed
) -> None:
    make_collection(groups=[2, 1])
    for user in (alice, victor, sam):
        for path in PAGES:
            assert signed(user).get(path).status_code == 200, path


def test_a_collection_without_documents_leads_to_processing(
    alice: User, sam: User, make_collection: MakeCollection, signed: Signed
) -> None:
    afl = make_collection("afl", pages=2)
    for view in ("queue/", "table/", "accept/", "runs/"):
        shown = signed(alice).get(f"/c/afl/{view}").content.decode()
        assert "No documents proposed yet" in shown and "Staff start the first proposal." in shown, view
        assert f"/staff/process/?ids={afl.pk}" in signed(sam).get(f"/c/afl/{view}").content.decode(), view
    assert f"/staff/process/?ids={afl.pk}" in signed(sam).get("/c/afl/").content.decode()
    job = Job.objects.create(collection=afl, kind=Job.Kind.PROCESS)
    assert f'href="/jobs/{job.pk}/"' in signed(alice).get("/c/afl/queue/").content.decode()


def test_what_a_person_corrected_is_called_edited_on_every_page(
    alice: User, make_collection: MakeCollection, signed: Signed
) -> None:
    afl = make_collection("afl", groups=[2, 1])
    afl.groups.filter(number=1).update(edited=True, confidence=None)
    for view in ("list", "print"):
        shown = signed(alice).get(f"/c/afl/{view}/").content.decode()
        assert shown.count("edited</span>") == 1, view


def test_nobody_else_does(charlie: User, make_collection: MakeCollection, signed: Signed) -> None:
    make_collection(groups=[2, 1])
    for path in PAGES:
        assert signed(charlie).get(path).status_code == 404, path
        assert Client().get(path).status_code == 302, path


def test_only_those_who_may_edit_get_the_buttons(
    alice: User, victor: User, make_collection: MakeCollection, signed: Signed
) -> None:
    make_collection(groups=[2])
    assert 'data-command="merge-selected"' in signed(alice).get("/c/afl/").content.decode()
    shown = signed(victor).get("/c/afl/").content.decode()
    assert 'data-command="merge-selected"' not in shown
    assert '"mayEdit": false' in shown


def test_the_policy_allows_no_inline_script(alice: User, make_collection: MakeCollection, signed: Signed) -> None:
    make_collection(groups=[2])
    answer = signed(alice).get("/c/afl/")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy + ";"
    assert "unsafe" not in policy
    page = answer.content.decode()
    assert "style=" not in page
    assert "onclick" not in page


def test_the_index_names_every_page_of_every_group(
    alice: User, make_collection: MakeCollection, signed: Signed
) -> None:
    make_collection(groups=[2, 3])
    data = signed(alice).get("/c/afl/index/").json()
    assert data["held"] == [[1, 5]]
    assert [(row["number"], row["state"], row["spans"]) for row in unpacked(data["groups"])] == [
        (1, "proposed", [[1, 2]]),
        (2, "proposed", [[3, 5]]),
    ]
    assert data["seams"] == ""


def test_spans_follow_the_reading_order(alice: User, make_collection: MakeCollection, signed: Signed) -> None:
    make_collection(groups=[3, 4])
    first, second = Group.objects.order_by("number")
    ids = dict(Page.objects.values_list("position", "pk"))
    move_pages([Page.objects.get(position=7)], to=first, actor=alice)
    reorder_pages(first, order=[ids[1], ids[7], ids[3], ids[2]], actor=alice)
    groups = unpacked(signed(alice).get("/c/afl/index/").json()["groups"])
    rows = {row["number"]: row["spans"] for row in groups}
    spread = [position for low, high in rows[1] for position in range(low, high + 1)]
    assert spread == [1, 7, 3, 2]
    assert rows[2] == [[4, 6]]
    assert second.number == 2


def test_of_documents_in_one_stretch_no_page_is_read(
    alice: User, make_collection: MakeCollection, signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_collection(groups=[3, 4, 2])
    move_pages([Page.objects.get(position=2)], to=Group.objects.get(number=3), actor=alice)
    read: list[int] = []

    def spans_read(pages: QuerySet[Page]) -> dict[int, list[list[int]]]:
        read.extend(pages.values_list("position", flat=True))
        return spans_of(pages)

    monkeypatch.setattr(desk_rows, "spans_of", spans_read)
    groups = unpacked(signed(alice).get("/c/afl/index/").json()["groups"])
    assert [row["spans"] for row in groups] == [[[1, 1], [3, 3]], [[2, 2], [8, 9]], [[4, 7]]]
    assert sorted(read) == [1, 2, 3, 8, 9]


def test_missing_pages_leave_a_gap(alice: User, make_collection: MakeCollection, signed: Signed) -> None:
    make_collection(pages=5)
    Page.objects.filter(position=3).delete()
    assert signed(alice).get("/c/afl/index/").json()["held"] == [[1, 2], [4, 5]]


def test_seams_are_bytes_in_percent(alice: User, make_collection: MakeCollection, signed: Signed) -> None:
    collection = make_collection(groups=[2, 2])
    run = Run.objects.create(collection=collection, method="seams", state=Run.State.READY)
    pages = {page.position: page for page in Page.objects.all()}
    SeamScore.objects.create(run=run, page=pages[1], probability=0.126, boundary=False)
    SeamScore.objects.create(run=run, page=pages[3], probability=1.0, boundary=False)
    data = signed(alice).get("/c/afl/index/").json()
    assert list(base64.b64decode(data["seams"])) == [13, UNKNOWN, 100]
    assert data["run"] == {"id": run.pk, "method": "seams"}


def test_pages_come_with_the_beginning_of_their_text(
    alice: User, make_collection: MakeCollection, signed: Signed
) -> None:
    make_collection(groups=[3])
    page = Page.objects.get(position=2)
    Reading.objects.create(page=page, text="~ 12\n  THE FARM   WORKERS ASK \nmore", width=10, height=10, engine="t")
    rows = unpacked(signed(alice).get("/c/afl/pages/?from=2&to=3").json()["pages"])
    assert [row["position"] for row in rows] == [2, 3]
    first = rows[0]
    assert [first[name] for name in ("id", "identifier", "digest")] == [page.pk, "HH000001_0002", page.sha256[:16]]
    assert [row["line"] for row in rows] == ["THE FARM WORKERS ASK", ""]
    assert signed(alice).get("/c/afl/pages/?from=x").status_code == 400


def test_a_page_on_its_side_is_told_upright(alice: User, make_collection: MakeCollection, signed: Signed) -> None:
    make_collection(groups=[2])
    page = Page.objects.get(position=2)
    Reading.objects.create(page=page, text="", width=1200, height=930, rotation=90, engine="t")
    rows = unpacked(signed(alice).get("/c/afl/pages/?from=1&to=2").json()["pages"])
    assert [row["rotation"] for row in rows] == [0, 90]
    aspects = base64.b64decode(signed(alice).get("/c/afl/index/").json()["aspects"])
    assert [round(byte / ASPECT_UNITS, 1) for byte in aspects] == [0.8, 1.3]


def test_a_hidden_page_hides_its_shape_and_the_seams_beside_it_and_nothing_else(
    victor: User, make_collection: MakeCollection, signed: Signed
) -> None:
    collection = make_collection(groups=[2, 2])
    run = Run.objects.create(collection=collection, method="seams", state=Run.State.READY)
    for page in collection.pages.all():
        SeamScore.objects.create(run=run, page=page, probability=0.4, boundary=False)
    asked = signed(victor)
    before = asked.get("/c/afl/index/").json()
    hidden = collection.pages.order_by("position")[2]
    Page.objects.filter(pk=hidden.pk).update(restricted=True)
    after = asked.get("/c/afl/index/").json()
    for what, gone in (("aspects", {3}), ("seams", {2, 3})):
        old, new = (list(base64.b64decode(data[what])) for data in (before, after))
        changed = {place for place, (was, now) in enumerate(zip(old, new, strict=True), start=1) if now != was}
        assert changed == gone and {new[place - 1] for place in gone} == {UNKNOWN}, what


def test_a_page_is_found_by_number_identifier_and_ending(
    alice: User, make_collection: MakeCollection, signed: Signed
) -> None:
    make_collection(groups=[3])
    for query in ("2", "HH000001_0002", "_0002"):
        assert signed(alice).get("/c/afl/find/", {"q": query}).json()["position"] == 2
    for query in ("", "99", "no such page", "a\0b"):
        answer = signed(alice).get("/c/afl/find/", {"q": query})
        assert answer.status_code == 404
        assert "No page" in answer.json()["message"]


def test_the_index_asks_the_same_number_of_questions_whatever_the_size(
    alice: User, make_collection: MakeCollection, signed: Signed, django_assert_max_num_queries: object
) -> None:
    make_collection("small", groups=[2] * 2)
    make_collection("large", groups=[2] * 150)
    client = signed(alice)
    for slug in ("small", "large"):
        with django_assert_max_num_queries(16):  # type: ignore[operator]
            client.get(f"/c/{slug}/index/")


def test_the_seam_panel_says_why(alice: User, make_collection: MakeCollection, signed: Signed) -> None:
    collection = make_collection(groups=[2])
    run = Run.objects.create(collection=collection, method="seams", state=Run.State.READY)
    facts = [
        {"family": "paper", "sentence": "The paper is 12 % smaller.", "contribution": 0.5},
        {"family": "numbers", "sentence": "Printed page number 3 follows 2.", "contribution": -2.0},
    ]
    SeamScore.objects.create(
        run=run, page=Page.objects.get(position=1), probability=0.18, boundary=False, evidence=facts
    )
    shown = signed(alice).get("/c/afl/seams/1/").content.decode()
    assert shown.index("Printed page number 3 follows 2.") < shown.index("The paper is 12 % smaller."), (
        "strongest first"
    )
    assert 'data-share="100"' in shown
    assert 'data-share="25"' in shown
    assert "<strong>18%</strong>" in shown
    assert signed(alice).get("/c/afl/seams/9/").status_code == 404


def test_the_last_page_has_no_seam(alice: User, make_collection: MakeCollection, signed: Signed) -> None:
    make_collection(groups=[2])
    assert "This is the last page." in signed(alice).get("/c/afl/seams/2/").content.decode()


def test_what_nobody_said_of_a_document_is_not_read_from_json(
    alice: User, make_collection: MakeCollection, signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A collection may have 15,000 documents without details, and the desk waits for all of them."""
    afl = make_collection("afl", groups=[1, 2, 1])
    afl.groups.filter(number=2).update(details={"summary": "Minutes", "subjects": []})
    decoded: list[str] = []
    known = JSONField.from_db_value

    def reading(self: JSONField, value: Any, *rest: Any) -> Any:
        if value is not None:
            decoded.append(value)
        return known(self, value, *rest)

    monkeypatch.setattr(JSONField, "from_db_value", reading)
    rows = group_rows(afl)
    assert [row["details"] for row in rows] == [{}, {"summary": "Minutes", "subjects": []}, {}]
    assert len(decoded) == 1
    assert unpacked(signed(alice).get("/c/afl/index/").json()["groups"])[0]["details"] == {}


def test_drafts_that_confirming_would_leave_are_named(alice: User, make_collection: MakeCollection) -> None:
    afl = make_collection("afl", groups=[1, 1])
    first, second = afl.groups.order_by("first_position")
    Group.objects.filter(pk=first.pk).update(
        draft={
            "title": {"value": "B0ycott", "confidence": 0.49},
            "kind": {"value": "flyer", "confidence": 0.5},
            "date": {"value": "1968"},  # as an earlier version drafted it
        }
    )
    Group.objects.filter(pk=second.pk).update(draft={})
    assert [row["unsure"] for row in group_rows(afl)] == [["title"], []]
    keep_settings(afl, CollectionSettings(drafts=DraftTerms(least=51)), actor=alice, called=str)
    assert [row["unsure"] for row in group_rows(afl)] == [["kind", "title"], []]
