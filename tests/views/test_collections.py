"""The front page: where one left off, and the table of collections."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.many_collections import fill
from clustering.actions.answer import answer_seam
from clustering.actions.close import close_collection
from clustering.actions.confirm import confirm_groups
from clustering.actions.split import split_group
from clustering.models import (
    Answer,
    Collection,
    CollectionRole,
    Edit,
    Group,
    Job,
    LiveScore,
    Run,
    SavedFilter,
    SeamScore,
    User,
)
from clustering.redecode.live import desk_run
from clustering.selectors.collection_list import doubtful_left
from clustering.selectors.queue import DOUBTFUL, open_seams
from clustering.teamwork.teams import give_role
from clustering.views.collections import collections as front_page
from clustering.views.collections import dashboard
from tests.conftest import MakeCollection
from tests.views.conftest import Signed


def titles(client: Client, **asked: Any) -> list[str]:
    return [row.title for row in client.get("/", asked).context["collections"]]


def text_of(client: Client, **asked: Any) -> str:
    return client.get("/", asked).content.decode()


@pytest.fixture
def four(make_collection: MakeCollection, alice: User) -> dict[str, Collection]:
    """One of each status, by slug."""
    made = {
        "raw": make_collection("raw", pages=3),
        "new": make_collection("new", groups=[1, 1]),
        "half": make_collection("half", groups=[2, 2, 2]),
        "whole": make_collection("whole", groups=[1]),
    }
    confirm_groups(Group.objects.filter(collection=made["half"], number=1), actor=alice)
    confirm_groups(Group.objects.filter(collection=made["whole"]), actor=alice)
    return made


def score(collection: Collection, *chances: float, **fields: Any) -> Run:
    """A run that says so of the seams, in scan order."""
    run = Run.objects.create(collection=collection, method="seams", state=Run.State.READY, **fields)
    for page, chance in zip(collection.pages.order_by("position"), chances, strict=False):
        SeamScore.objects.create(run=run, page=page, probability=chance, boundary=chance > 0.5)
    return run


@pytest.mark.parametrize(
    ("status", "shown"), [("unprocessed", "RAW"), ("proposed", "NEW"), ("review", "HALF"), ("done", "WHOLE")]
)
def test_each_status_filters_and_says_how_many_have_it(
    four: dict[str, Collection], victor: User, signed: Signed, status: str, shown: str
) -> None:
    answer = signed(victor).get("/", {"status": status})
    assert [row.title for row in answer.context["collections"]] == [shown]
    assert [each["count"] for each in answer.context["filters"]] == [4, 1, 1, 1, 1]
    assert [each["name"] for each in answer.context["filters"] if each["is_chosen"]] == [
        answer.context["collections"][0].status_words
    ]


def test_an_edited_document_is_in_review_and_a_closed_collection_is_done(
    four: dict[str, Collection], alice: User, signed: Signed
) -> None:
    group = four["half"].groups.get(number=2)
    Group.objects.filter(collection=four["new"], number=1).update(edited=True)
    assert titles(signed(alice), status="review") == ["HALF", "NEW"]
    split_group(group, before=group.pages.get(group_order=2), actor=alice, version=group.version)
    close_collection(four["half"], actor=alice)
    client = signed(alice)
    assert titles(client, status="review") == ["NEW"]
    assert titles(client, status="done") == ["HALF", "WHOLE"]


def test_search_finds_every_word_in_title_number_or_short_name(
    make_collection: MakeCollection, alice: User, signed: Signed
) -> None:
    for number, (slug, title) in enumerate([("ufw", "Farm Workers"), ("afl", "Workers’ Federation"), ("x", "100%")]):
        made = make_collection(slug, pages=1)
        Collection.objects.filter(pk=made.pk).update(title=title, identifier=f"HH{number:06}")
    client = signed(alice)
    assert titles(client, q="workers") == ["Farm Workers", "Workers’ Federation"]
    assert titles(client, q=" WORKERS  farm ") == ["Farm Workers"]
    assert titles(client, q="afl") == ["Workers’ Federation"]
    assert titles(client, q="hh000002") == ["100%"]
    assert titles(client, q="%") == ["100%"], "what is typed is no pattern"
    assert titles(client, q="_") == []
    for odd in ("\0", "'", "x" * 5000, "<b>", '"'):
        assert client.get("/", {"q": odd}).status_code == 200
    assert "<b>" not in text_of(client, q="<b>")


def test_sorts(four: dict[str, Collection], alice: User, signed: Signed) -> None:
    now = timezone.now()
    for age, slug in enumerate(["new", "whole", "raw", "half"]):
        Collection.objects.filter(slug=slug).update(created=now - timedelta(days=10 + age))
    Edit.objects.filter(collection=four["half"]).update(created=now - timedelta(days=2))
    Edit.objects.filter(collection=four["whole"]).update(created=now - timedelta(days=3))
    Job.objects.create(collection=four["raw"], kind="import", state="done", heartbeat=now - timedelta(days=1))
    client = signed(alice)
    assert titles(client) == ["HALF", "NEW", "RAW", "WHOLE"]
    assert titles(client, sort="pages") == ["HALF", "RAW", "NEW", "WHOLE"]
    assert titles(client, sort="newest") == ["NEW", "WHOLE", "RAW", "HALF"]
    assert titles(client, sort="activity") == ["RAW", "HALF", "WHOLE", "NEW"]
    assert titles(client, sort="activity", status="done", q="who") == ["WHOLE"]
    assert titles(client, sort="no such", status="no such", page="x") == ["HALF", "NEW", "RAW", "WHOLE"]


def test_the_table_is_paged_and_a_page_keeps_what_was_asked(
    make_collection: MakeCollection, alice: User, signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front_page, "ROWS_SHOWN", 2)
    for number in range(5):
        make_collection(f"org{number}", pages=1)
    client = signed(alice)
    assert [titles(client, page=page) for page in (1, 2, 3)] == [["ORG0", "ORG1"], ["ORG2", "ORG3"], ["ORG4"]]
    assert titles(client, page=99) == ["ORG4"]
    shown = text_of(client, q="org", sort="newest", status="unprocessed", page=2)
    assert "Page 2 of 3" in shown
    for page in (1, 3):
        assert f'href="?q=org&amp;sort=newest&amp;status=unprocessed&amp;page={page}"' in shown
    assert "5 collections with “org”" in shown


def test_what_is_asked_stands_in_the_form(four: dict[str, Collection], alice: User, signed: Signed) -> None:
    shown = text_of(signed(alice), q="half", sort="pages", status="review")
    assert 'name="q" value="half"' in shown
    assert '<option value="pages" selected>' in shown
    assert '<input type="hidden" name="status" value="review">' in shown


def test_nothing_found_says_so_and_leads_back(four: dict[str, Collection], alice: User, signed: Signed) -> None:
    shown = text_of(signed(alice), q="no such", status="done")
    assert "No title, collection ID, or short name with this status has “no such”." in shown
    assert "Show all collections" in shown
    Collection.objects.exclude(slug="raw").delete()
    assert "No collection has this status." in text_of(signed(alice), status="done")


def test_the_front_page_is_for_those_with_a_role(
    four: dict[str, Collection], victor: User, charlie: User, sam: User, signed: Signed
) -> None:
    assert Client().get("/").headers["Location"].startswith("/sign-in/")
    assert "You don’t have access to any collections yet" in text_of(signed(charlie), q="raw", status="review")
    viewer, staff = text_of(signed(victor)), text_of(signed(sam))
    order = f"/staff/process/?ids={four['raw'].pk}"
    assert (order in staff, order in viewer) == (True, False)
    assert ("/c/raw/add/" in staff, "/c/raw/add/" in viewer) == (True, False)


def test_jobs_that_run_are_linked(four: dict[str, Collection], alice: User, signed: Signed) -> None:
    job = Job.objects.create(collection=four["new"], kind="read", state="running", done=1, total=4)
    assert f'<a href="/jobs/{job.pk}/">OCR 25%</a>' in text_of(signed(alice))


def test_a_collection_that_is_being_processed_is_not_called_unprocessed(
    four: dict[str, Collection], alice: User, signed: Signed
) -> None:
    job = Job.objects.create(collection=four["raw"], kind="process", state="running", stage="read", done=1, total=4)
    ask = Job.objects.create(collection=four["new"], kind="ask", state="running", done=1, total=2)
    client = signed(alice)
    rows = {row.slug: row for row in client.get("/", {}).context["collections"]}
    assert (rows["raw"].under_way, rows["raw"].status_words) == (job, "Processing")
    assert (rows["new"].under_way, rows["new"].status_words) == (None, "Proposed")
    shown = text_of(client)
    assert "Not processed yet" not in shown and "tonight" not in shown
    Job.objects.filter(pk=job.pk).update(priority=Job.Priority.NIGHT)
    row = next(row for row in client.get("/").context["collections"] if row.slug == "raw")
    assert (row.status_words, "· tonight" in text_of(client)) == ("Queued for the night", True)
    assert [shown.count(f'href="/jobs/{one.pk}/"') for one in (job, ask)] == [1, 1]


def test_doubtful_places_are_counted_as_the_queue_counts_them(
    make_collection: MakeCollection, alice: User, signed: Signed
) -> None:
    one, two = make_collection("one", groups=[2, 1, 3, 1, 1]), make_collection("two", groups=[2])
    score(one, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5)
    run = score(one, 0.5, 0.195, 0.805, 0.5, 0.194, 0.99, 0.4, published=timezone.now())
    score(two, 0.99)
    live = one.pages.get(position=6)
    LiveScore.objects.create(run=run, page=live, probability=0.5, sequence=1)

    def queued() -> int:
        spoken = desk_run(one)
        assert spoken is not None
        return len(open_seams(one, spoken, least=DOUBTFUL))

    assert doubtful_left([one.pk, two.pk]) == {one.pk: queued()} == {one.pk: 5}
    left, right = one.pages.get(position=1), one.pages.get(position=2)
    Answer.objects.create(collection=one, first=left, second=right, verdict="same", actor=alice)
    confirm_groups(one.groups.filter(number__in=[4, 5]), actor=alice)
    assert doubtful_left([one.pk]) == {one.pk: queued()} == {one.pk: 3}
    shown = text_of(signed(alice))
    assert '<a href="/c/one/queue/">3<span class="sr-only"> places to check in ONE</span></a>' in shown
    assert "/c/two/queue/" not in shown


def test_continue_leads_to_the_page_of_ones_own_last_act(
    make_collection: MakeCollection, alice: User, bob: User, signed: Signed
) -> None:
    one, two = make_collection("one", groups=[2, 3]), make_collection("two", groups=[4])
    client = signed(alice)
    assert "Continue where you left off" not in text_of(client)
    confirm_groups(one.groups.filter(number=2), actor=alice)
    assert 'href="/c/one/#page/HH000001_0003"' in text_of(client)
    group = two.groups.get()
    split_group(group, before=group.pages.get(group_order=4), actor=alice, version=group.version)
    shown = text_of(client)
    assert "page 4 of 4" in shown
    assert 'href="/c/two/#page/HH000001_0004"' in shown
    confirm_groups(one.groups.filter(number=1), actor=bob)
    assert ">TWO</" in text_of(client), "what others do moves nobody's place"
    close_collection(two, actor=alice)
    assert 'href="/c/one/#page/HH000001_0003"' in text_of(client), "a closed collection is not gone on with"


def test_continue_after_an_answer_leads_to_the_pair(
    make_collection: MakeCollection, alice: User, signed: Signed
) -> None:
    made = make_collection(groups=[2, 3])
    pages = list(made.pages.order_by("position"))
    versions = dict(made.groups.values_list("pk", "version"))
    answer_seam(pages[3], verdict=Answer.Verdict.SAME, actor=alice, versions=versions)
    assert "page 5 of 5" in text_of(signed(alice))


def test_rows_take_the_same_number_of_questions_however_many(
    make_collection: MakeCollection, alice: User, signed: Signed
) -> None:
    def asked(**wanted: Any) -> int:
        client = signed(alice)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/", wanted)
        return len(queries)

    first = make_collection("first", groups=[1, 1])
    confirm_groups(first.groups.filter(number=1), actor=alice)
    few = asked(sort="activity", status="review")
    for number in range(8):
        made = make_collection(f"more{number}", groups=[1, 1])
        confirm_groups(made.groups.filter(number=1), actor=alice)
        score(made, 0.5)
        Job.objects.create(collection=made, kind="read", state="running")
    assert asked(sort="activity", status="review") == few <= 17


def test_the_dashboard_lists_collections_page_by_page(
    make_collection: MakeCollection, alice: User, signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dashboard, "COLLECTIONS_SHOWN", 2)
    for number in range(3):
        make_collection(f"org{number}", groups=[1])
    first, second = (signed(alice).get("/dashboard/", {"page": page}) for page in (1, 2))
    assert [[each.title for each, _ in answer.context["rows"]] for answer in (first, second)] == [
        ["ORG0", "ORG1"],
        ["ORG2"],
    ]
    assert 'href="?page=2#each"' in first.content.decode()
    assert "3 collections, 3 pages, 3 documents." in second.content.decode(), "the sums are of all"


def test_the_bench_of_the_front_page_fills_the_tables_as_they_are(alice: User, signed: Signed) -> None:
    fill(6, pages=8, actor=alice.pk)
    assert Collection.objects.count() == 6
    assert "Union of organization 3" in signed(alice).get("/").content.decode()


def test_the_palette_finds_collections_by_name_that_one_may_see(
    client: Client, alice: User, make_collection: MakeCollection
) -> None:
    for slug, title in [("afl", "American Federation of Labor"), ("nclc", "National Child Labor Committee")]:
        make_collection(slug, pages=1)
        Collection.objects.filter(slug=slug).update(title=title)
    client.force_login(alice)
    body = client.get("/places/", {"q": "labor nat"}).json()
    assert body == {"collections": [{"title": "National Child Labor Committee", "slug": "nclc", "address": "/c/nclc/"}]}
    client.force_login(User.objects.create_user("nobody"))
    assert client.get("/places/", {"q": "labor"}).json() == {"collections": []}


def test_a_filter_is_saved_shared_renamed_and_deleted(
    make_collection: MakeCollection, alice: User, bob: User, sam: User, signed: Signed
) -> None:
    afl = make_collection("afl", groups=[1])
    client, other = signed(alice), signed(bob)
    address = "/?status=proposed&sort=activity"
    assert f"/filters/?address={quote(address, safe='')}" in client.get(address).content.decode()
    client.post("/filters/", {"act": "save", "address": address, "name": "To review"})
    client.post("/filters/", {"act": "save", "address": "/c/afl/?show=flagged", "name": "Hands", "shared": "on"})
    assert [one.name for one in client.get("/").context["saved"]] == ["Hands", "To review"]
    assert [one.name for one in other.get("/").context["saved"]] == ["Hands"], "shared with all"
    assert 'href="/c/afl/?show=flagged"' in other.get("/c/afl/").content.decode()
    hands = SavedFilter.objects.get(name="Hands")
    assert other.post("/filters/", {"act": "rename", "filter": hands.pk, "name": "Mine"}).status_code == 404
    assert other.post("/filters/", {"act": "delete", "filter": hands.pk}).status_code == 404
    client.post("/filters/", {"act": "rename", "filter": hands.pk, "name": "Two hands", "shared": "on"})
    give_role([afl], alice, role="see", actor=sam)
    assert [one.name for one in client.get("/").context["saved"]] == ["To review", "Two hands"]
    assert list(other.get("/").context["saved"]) == [], "nobody is offered what they may not see"
    give_role([afl], sam, role="see", actor=sam)
    CollectionRole.objects.filter(person=alice).delete()
    own = client.get("/filters/").content.decode()
    assert "Two hands" in own and 'href="/c/afl/' not in own and afl.title not in own, "it can be deleted, no more"
    assert other.post("/filters/", {"act": "save", "address": "/c/afl/?show=all", "name": "x"}).status_code == 404
    client.post("/filters/", {"act": "delete", "filter": hands.pk})
    assert not SavedFilter.objects.filter(pk=hands.pk).exists()


@pytest.mark.parametrize("address", ["", "/", "https://e.org/?q=x", "//e.org/?q=x", "/staff/jobs/?q=x", "/gone/?q=x"])
def test_only_filters_of_ours_are_saved(address: str, alice: User, signed: Signed) -> None:
    answer = signed(alice).post("/filters/", {"act": "save", "address": address, "name": "x"})
    assert answer.status_code == 422
    assert not SavedFilter.objects.exists()
