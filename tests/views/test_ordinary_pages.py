"""Collections, runs, search, export, jobs, keys: each for the right people, with the right words."""

from __future__ import annotations

import re

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clustering.actions.confirm import confirm_groups
from clustering.actions.publish import publish_run
from clustering.models import Collection, Embedding, Group, Job, Page, Preference, Reading, Run, RunMembership, User
from clustering.teamwork.teams import give_role
from hhreview import layout
from tests.conftest import MakeCollection
from tests.views.conftest import Signed


def test_a_proposal_names_its_method_and_a_job_its_person(
    alice: User, make_collection: MakeCollection, signed: Signed
) -> None:
    collection = make_collection(groups=[2])
    run = Run.objects.create(collection=collection, method="seams", state=Run.State.READY)
    job = Job.objects.create(collection=collection, kind=Job.Kind.EXPORT, state=Job.State.DONE, actor=alice)
    User.objects.filter(pk=alice.pk).update(first_name="Alice", last_name="Moreno")
    publish_run(run, actor=alice)
    for path in ("/c/afl/runs/", "/c/afl/history/", "/c/afl/dashboard/"):
        shown = text_of(signed(alice).get(path))
        assert "All evidence" in shown, path
        assert "seams" not in re.sub(r"<[^>]*>", "", shown), path
    assert "Alice Moreno" in text_of(signed(alice).get(f"/jobs/{job.pk}/"))
    assert "Alice Moreno" in text_of(signed(alice).get("/c/afl/dashboard/"))


def text_of(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


def make_run(collection: Collection, sizes: list[int]) -> Run:
    run = Run.objects.create(collection=collection, method="adjacent", state=Run.State.READY, group_count=len(sizes))
    pages = iter(Page.objects.filter(collection=collection).order_by("position"))
    for index, size in enumerate(sizes):
        for order in range(1, size + 1):
            RunMembership.objects.create(run=run, page=next(pages), group_index=index, group_order=order)
    return run


PLACES = ["/c/afl/runs/", "/c/afl/search/", "/c/afl/export/", "/c/afl/export/csv/", "/c/afl/list/"]


@pytest.mark.parametrize("path", PLACES)
def test_pages_of_a_collection_are_for_those_with_a_role(
    victor: User, charlie: User, make_collection: MakeCollection, signed: Signed, path: str
) -> None:
    make_collection(groups=[2])
    assert signed(victor).get(path).status_code == 200
    assert signed(charlie).get(path).status_code == 404
    assert Client().get(path).headers["Location"].startswith("/sign-in/")


def test_the_list_of_collections_says_how_far_each_is(
    alice: User, make_collection: MakeCollection, signed: Signed
) -> None:
    make_collection("afl", groups=[2, 2])
    confirm_groups(Group.objects.filter(number=1), actor=alice)
    shown = text_of(signed(alice).get("/"))
    assert "1 of 2 documents confirmed" in shown
    assert 'data-share="50"' in shown


def test_an_empty_list_says_what_to_do_next(alice: User, charlie: User, signed: Signed) -> None:
    assert "manage.py import_pages" in text_of(signed(alice).get("/"))
    assert "Ask staff to give your account the archivist or viewer role" in text_of(signed(charlie).get("/"))


def test_runs_are_compared_page_by_page(alice: User, make_collection: MakeCollection, signed: Signed) -> None:
    collection = make_collection(groups=[2, 2, 2])
    run = make_run(collection, [2, 3, 1])
    shown = text_of(signed(alice).get(f"/c/afl/runs/?left={run.pk}&right=desk"))
    assert "1 section differs; 1 is the same." in shown
    assert shown.count("is-different") == 2
    assert "The two are identical" in text_of(signed(alice).get("/c/afl/runs/?left=desk&right=desk"))


def test_a_run_goes_on_the_desk_by_an_archivist_only(
    alice: User, victor: User, make_collection: MakeCollection, signed: Signed
) -> None:
    collection = make_collection(pages=4)
    run = make_run(collection, [1, 3])
    assert signed(victor).post("/c/afl/runs/publish/", {"run": run.pk}).status_code == 403
    assert Group.objects.count() == 0
    answer = signed(alice).post("/c/afl/runs/publish/", {"run": run.pk}, follow=True)
    assert answer.redirect_chain[-1][0] == "/c/afl/"
    assert list(Group.objects.order_by("number").values_list("page_count", flat=True)) == [1, 3]


def test_a_run_of_another_collection_is_not_published(
    alice: User, make_collection: MakeCollection, signed: Signed
) -> None:
    make_collection("one", pages=2)
    run = make_run(make_collection("two", pages=2), [2])
    answer = signed(alice).post("/c/one/runs/publish/", {"run": run.pk}, follow=True)
    assert "That proposal is from another collection." in text_of(answer)
    assert signed(alice).post("/c/one/runs/publish/", {"run": "x"}).status_code == 404


def test_search_finds_words_in_any_form_and_escapes_them(
    alice: User, make_collection: MakeCollection, signed: Signed
) -> None:
    make_collection(pages=2)
    page = Page.objects.get(position=2)
    Reading.objects.create(page=page, text="Farm <b>workers</b> strike", width=1, height=1, engine="t")
    shown = text_of(signed(alice).get("/c/afl/search/", {"q": "worker"}))
    assert "1 document with “worker”" in shown
    assert "<mark>workers</mark>" in shown
    assert "<b>" not in shown
    for words in ("\0", "'", "x" * 300, '"', "-", "&|!():*"):
        assert signed(alice).get("/c/afl/search/", {"q": words}).status_code == 200


def test_an_export_holds_confirmed_groups_and_on_request_all(
    alice: User, make_collection: MakeCollection, signed: Signed
) -> None:
    make_collection(groups=[1, 2])
    confirm_groups(Group.objects.filter(number=2), actor=alice)
    answer = signed(alice).get("/c/afl/export/csv/")
    body = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="afl.csv"'
    assert "HH000001_0002" in body
    assert "HH000001_0001" not in body
    everything = signed(alice).get("/c/afl/export/csv/?all=1")
    assert "HH000001_0001" in b"".join(everything.streaming_content).decode()  # type: ignore[attr-defined]
    assert signed(alice).get("/c/afl/export/papyrus/").status_code == 404


def test_similar_pages_come_nearest_first(alice: User, make_collection: MakeCollection, signed: Signed) -> None:
    make_collection(pages=3)
    pages = list(Page.objects.order_by("position"))
    for page, angle in zip(pages, (0.0, 1.2, 0.3), strict=True):
        vector = np.array([np.cos(angle), np.sin(angle)], np.float32)
        Embedding.objects.create(page=page, encoder="efficientnet-lite0@224", vector=vector)
    shown = text_of(signed(alice).get(f"/pages/{pages[0].pk}/similar/"))
    assert shown.index("3 · 96%") < shown.index("2 · 36%")


def test_a_page_without_a_vector_says_what_is_missing(
    alice: User, make_collection: MakeCollection, signed: Signed
) -> None:
    make_collection(pages=1)
    page = Page.objects.get()
    assert "image has not been analyzed yet." in text_of(signed(alice).get(f"/pages/{page.pk}/similar/"))
    assert "This page has not been OCRed yet." in text_of(signed(alice).get(f"/pages/{page.pk}/"))
    assert signed(alice).get("/pages/999999/").status_code == 404


def test_a_job_is_watched_until_it_is_over(
    sam: User, victor: User, make_collection: MakeCollection, signed: Signed
) -> None:
    collection = make_collection(pages=4)
    job = Job.objects.create(collection=collection, kind=Job.Kind.EMBED, state=Job.State.RUNNING, done=1, total=4)
    running = signed(victor).get(f"/jobs/{job.pk}/progress/")
    assert (running.status_code, "25%" in text_of(running)) == (200, True)
    assert "Cancel" not in text_of(running)
    assert signed(victor).post(f"/jobs/{job.pk}/cancel/").status_code == 403
    assert signed(sam).post(f"/jobs/{job.pk}/cancel/").status_code == 302
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    over = signed(victor).get(f"/jobs/{job.pk}/progress/")
    assert over.status_code == 286, "htmx stops asking"
    assert "hx-get" not in text_of(over)


def test_lists_are_filtered_and_paged_in_place_wherever_they_are() -> None:
    """What is left out: a list for people without JavaScript, from one act to the next, a search that leads elsewhere,
    a form that has another beside it with letters typed in, a sheet for paper, and boxes for a page of their own."""
    plain = {"list.html", "history/act.html", "top.html", "description_template.html", "print_sheet.html"}
    root = layout.SITE / "templates"
    get_form = r'<form (?![^>]*method="post")(?![^>]*id="bulk")[^>]*>'
    tags = re.compile(get_form + r'|<nav class="(?:pager|[a-z]+-filters)[^>]*>')
    names = set()
    for file in root.rglob("*.html"):
        name, text = file.relative_to(root).as_posix(), file.read_text(encoding="utf-8")
        if name in plain or name.startswith("admin/"):
            continue
        for tag in tags.findall(text):
            assert 'hx-boost="true"' in tag, (name, tag)
            names.add(name)
        if name in names and name != "pager.html":
            assert '{% include "live.html" %}' in text and "{% live_part " in text, name
    assert len(names) >= 8


def test_own_keys_are_kept_and_must_not_do_two_things(alice: User, signed: Signed) -> None:
    client = signed(alice)
    assert client.post("/keys/mine/", {"split": "b", "merge": "off"}).status_code == 302
    assert Preference.objects.get().keys == {"split": "b", "merge": "off"}
    client.post("/sign-out/")
    client = signed(alice)
    assert 'value="b"' in text_of(client.get("/keys/mine/")), "they are there in any browser"
    refused = client.post("/keys/mine/", {"split": "m"})
    assert refused.status_code == 422
    assert "is used twice" in text_of(refused)
    assert client.post("/keys/mine/", {"split": "Control+w"}).status_code == 422
    client.post("/keys/mine/", {"reset": "1"})
    assert Preference.objects.get().keys == {}


def test_a_page_that_is_not_there_says_so_in_words(alice: User, signed: Signed) -> None:
    answer = signed(alice).get("/c/nowhere/")
    assert answer.status_code == 404
    assert "Page not found" in text_of(answer)
    assert "This collection does not exist, or you do not have access to it." in text_of(answer), "what is known"
    assert "It may have been moved or deleted" in text_of(signed(alice).get("/nowhere/at/all/"))


def test_a_request_that_cannot_be_read_gets_a_page_of_ours(alice: User, signed: Signed) -> None:
    client = signed(alice)
    halved = client.generic("POST", "/keys/mine/", b"half", "multipart/form-data", headers={"accept": "text/html"})
    elsewhere = client.get("/", headers={"host": "elsewhere.example", "accept": "text/html"})
    for answer, is_reachable in ((halved, True), (elsewhere, False)):
        assert answer.status_code == 400
        assert "hhreview</title>" in text_of(answer)
        assert ('href="/"' in text_of(answer)) is is_reachable
    data = client.get("/", headers={"host": "elsewhere.example", "accept": "application/json"})
    assert (data.status_code, data["Content-Type"]) == (400, "application/problem+json")


def test_the_title_of_a_tab_is_plain_text() -> None:
    titles = re.compile(r"{% block title %}.*")
    files = (layout.SITE / "templates").rglob("*.html")
    written = {file.name: titles.search(file.read_text(encoding="utf-8")) for file in files}
    assert [name for name, title in written.items() if title and re.search(r"<\w", title[0])] == []


def test_a_wrong_password_is_told_in_a_sentence(alice: User) -> None:
    answer = Client().post("/sign-in/", {"username": "alice", "password": "wrong"})
    assert "username or password is incorrect" in text_of(answer)


@pytest.mark.parametrize("view", ["", "queue/", "table/", "list/", "accept/", "print/", "dashboard/", "runs/"])
def test_a_collection_without_pages_leads_to_adding_scans_whoever_may(
    make_collection: MakeCollection, sam: User, alice: User, signed: Signed, view: str
) -> None:
    collection = make_collection("bare")
    give_role([collection], alice, role="manage", actor=sam)
    for person, may_add in ((sam, True), (alice, False)):
        shown = text_of(signed(person).get(f"/c/bare/{view}"))
        assert ('href="/c/bare/add/"' in shown, "/staff/process/" in shown) == (may_add, False), person


@pytest.mark.parametrize(
    ("path", "columns"),
    [
        ("runs/", ('"clustering_page"."paper"', '"clustering_page"."placeholder"')),
        ("panel/1/", ('"clustering_edit"."before"', '"clustering_edit"."after"', '"clustering_edit"."groups"')),
    ],
)
def test_what_grows_with_the_collection_and_is_not_shown_is_not_read(
    path: str, columns: tuple[str, ...], alice: User, make_collection: MakeCollection, signed: Signed
) -> None:
    collection = make_collection("afl", groups=[2, 1])
    Run.objects.create(collection=collection, method="seams", state=Run.State.READY)
    client = signed(alice)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(f"/c/afl/{path}").status_code == 200
    several = [query["sql"] for query in caught if not query["sql"].endswith(" LIMIT 1")]
    assert [column for column in columns if any(column in sql.split(" WHERE ")[0] for sql in several)] == []
