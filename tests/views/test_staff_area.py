"""The staff area: jobs, processing many collections now or tonight, people by link, workers."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils import timezone
from lxml import html
from pytest_django.fixtures import Settings

from clustering.actions import merge_groups
from clustering.engine.effort import LOOK
from clustering.engine.records import STRANGE
from clustering.jobs.slices import DEFAULT, VISION
from clustering.jobs.workload import pages_a_second
from clustering.models import Assignment, Collection, Job, JobProblem, Reading, Run, RunGroup, SeamScore, User
from clustering.teamwork.teams import give_role
from tests.conftest import MakeCollection
from tests.views.conftest import Signed

AREA = ("/staff/jobs/", "/staff/people/", "/staff/workers/", "/staff/assign/?ids=1")


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_the_area_is_for_staff(alice: User, charlie: User, sam: User, signed: Signed) -> None:
    assert [signed(alice).get(door).status_code for door in AREA] == [403] * 4
    assert [signed(charlie).get(door).status_code for door in AREA] == [404] * 4
    assert "Only staff can open this page." in text(signed(alice).get(AREA[0])), "no role that alice has already"
    assert [signed(sam).get(door).status_code for door in AREA[:3]] == [200] * 3
    assert [Client().get(door).status_code for door in AREA] == [302] * 4
    assert "/staff/jobs/" in text(signed(sam).get("/")) and "/staff/jobs/" not in text(signed(alice).get("/"))


def test_jobs_stand_by_state_and_are_found_by_collection_and_kind(
    make_collection: MakeCollection, sam: User, signed: Signed
) -> None:
    one, two = make_collection("one", pages=1), make_collection("two", pages=1)
    now = timezone.now()
    Job.objects.create(
        collection=one, kind="read", state="running", done=1, total=4, stage_started=now - timedelta(0, 60)
    )
    waits = Job.objects.create(collection=two, kind="process", state="queued", priority=Job.Priority.NIGHT)
    Job.objects.create(collection=one, kind="propose", state="failed", error="The disk is full.", finished=now)
    Job.objects.create(collection=two, kind="read", state="failed", error="made up for", finished=now)
    Job.objects.create(collection=two, kind="read", state="done", finished=now)
    client = signed(sam)
    answer = client.get("/staff/jobs/")
    lists = answer.context["lists"]
    assert [[job.kind for job in part] for part in (lists.running, lists.queued, lists.failed, lists.ended)] == [
        ["read"], ["process"], ["propose"], ["read"],
    ]  # fmt: skip
    assert "The disk is full." in text(answer) and "made up for" not in text(answer)
    assert "1 of 4" in text(answer) and "left" in text(answer) and "tonight" in text(answer)
    assert [job.pk for job in client.get("/staff/jobs/", {"q": "two", "kind": "process"}).context["lists"].queued] == [
        waits.pk
    ]
    assert not client.get("/staff/jobs/", {"q": "\0nothing", "kind": "no such"}).context["lists"].running


def test_jobs_that_ended_last_stand_first_and_say_what_went_wrong(
    make_collection: MakeCollection, sam: User, signed: Signed
) -> None:
    now, one = timezone.now(), make_collection("one", pages=1)
    long = Job.objects.create(collection=one, kind="import", state="done", finished=now)
    Job.objects.create(collection=one, kind="read", state="done", finished=now - timedelta(hours=1))
    JobProblem.objects.create(job=long, filename="notes.txt", message="Skipped.", is_warning=True)
    JobProblem.objects.create(job=long, page=one.pages.get(), message="Faded.", is_warning=True)
    client = signed(sam)
    answer = client.get("/staff/jobs/")
    assert [(job.kind, job.problem_count) for job in answer.context["lists"].ended] == [("import", 2), ("read", 0)]
    assert f'href="/jobs/{long.pk}/#problems"' in text(answer)
    rows = text(client.get(f"/jobs/{long.pk}/")).split('id="problems"')[1].split("<tr>")
    # Only a file that became a page was imported anyway; one that was skipped was not.
    assert [("Imported anyway" in row) for row in rows if "Skipped." in row or "Faded." in row] == [False, True]


def test_what_ends_moves_to_its_list_while_one_watches(
    make_collection: MakeCollection, sam: User, signed: Signed
) -> None:
    one = make_collection("one", pages=1)
    Job.objects.create(collection=one, kind="read", state="running")
    Job.objects.create(collection=one, kind="import", state="failed", finished=timezone.now())
    Job.objects.create(collection=one, kind="embed", state="done", finished=timezone.now())
    polled = html.fromstring(signed(sam).get("/staff/jobs/").content).get_element_by_id("jobs-now")
    assert {"running", "failed", "ended"} <= set(polled.xpath(".//@id"))


def test_a_job_for_the_night_waits_until_a_worker_takes_pages_of_it(
    make_collection: MakeCollection, sam: User, signed: Signed
) -> None:
    given = {"kind": "process", "state": "running", "priority": Job.Priority.NIGHT, "stage": "embed-and-read"}
    waits, taken, proposes = (
        Job.objects.create(collection=make_collection(slug, pages=1), **{**given, **more})
        for slug, more in (("a", {}), ("b", {"served": timezone.now()}), ("c", {"stage": "propose"}))
    )
    client = signed(sam)
    lists = client.get("/staff/jobs/").context["lists"]
    assert (lists.queued, lists.running) == ([waits], [taken, proposes])
    client.post("/staff/jobs/cancel/")
    assert set(Job.objects.active()) == {taken, proposes}


def test_jobs_for_the_night_can_be_run_now(
    make_collection: MakeCollection, sam: User, alice: User, signed: Signed, settings: Settings
) -> None:
    """From the list, all under a filter, and by asking for the same once more."""
    hour = timezone.localtime().hour
    settings.NIGHT = (time((hour + 2) % 24), time((hour + 3) % 24))
    given: dict[str, Any] = {"kind": "process", "priority": Job.Priority.NIGHT, "stage": "embed-and-read"}
    made = [make_collection(slug, pages=1) for slug in ("union-1", "union-2", "union-3", "other")]
    jobs = [Job.objects.create(collection=one, state="running", **given) for one in made]
    Job.objects.update(heartbeat=timezone.now() - timedelta(hours=2))
    client = signed(sam)

    def nightly() -> list[Job]:
        return list(Job.objects.filter(priority=Job.Priority.NIGHT).order_by("pk"))

    page = text(client.get(f"/jobs/{jobs[0].pk}/"))
    assert "hasn’t reported" not in page and "is not responding" not in text(client.get("/dashboard/"))
    assert "Waiting for the night" in page and f"run from {settings.NIGHT[0]:%H:%M} to" in page
    for address in (f"/jobs/{jobs[0].pk}/now/", "/staff/jobs/now/"):
        assert signed(alice).post(address).status_code == 403
    assert client.post(f"/jobs/{jobs[0].pk}/now/", {"next": "staff-jobs"}).headers["Location"] == "/staff/jobs/"
    assert nightly() == jobs[1:]
    assert "hasn’t reported" not in text(client.get(f"/jobs/{jobs[0].pk}/"))
    Job.objects.filter(pk=jobs[0].pk).update(heartbeat=timezone.now() - timedelta(hours=2))
    assert "hasn’t reported for 1 minute." in text(client.get(f"/jobs/{jobs[0].pk}/"))
    assert "no longer waits for the night" in text(client.post(f"/jobs/{jobs[0].pk}/now/", follow=True))
    form = {"ids": [made[1].pk], "when": "tonight"}
    assert "1 of these is being processed already" in text(client.get(f"/staff/process/?ids={made[0].pk}"))
    jobs[0].refresh_from_db()
    assert "1 of these waits for the night already" in text(client.get(f"/staff/process/?ids={made[1].pk}"))
    client.post("/staff/process/", form)
    assert nightly() == jobs[1:]
    client.post("/staff/process/", form | {"when": "now"})
    assert nightly() == jobs[2:]
    assert client.get("/staff/jobs/").context["lists"].nightly_count == 2
    assert "1 job runs now." in text(client.post("/staff/jobs/now/", {"q": "union"}, follow=True))
    assert nightly() == jobs[3:]
    settings.NIGHT = None
    assert "Waiting for the night" not in text(client.get(f"/jobs/{jobs[3].pk}/"))


def test_all_waiting_jobs_are_counted_and_canceled_at_once(
    make_collection: MakeCollection, sam: User, alice: User, signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clustering.selectors.job_list.MOST_SHOWN", 2)
    for number in range(4):
        made = make_collection(f"union-{number}", pages=1)
        Job.objects.create(collection=made, kind="process", state="queued", priority=Job.Priority.NIGHT)
    other = Job.objects.create(collection=make_collection("other", pages=1), kind="process", state="queued")
    runs = Job.objects.create(collection=made, kind="read", state="running")
    assert signed(alice).post("/staff/jobs/cancel/").status_code == 403
    client = signed(sam)
    lists = client.get("/staff/jobs/", {"q": "union", "kind": "process"}).context["lists"]
    assert (len(lists.queued), lists.queued_count, lists.queued_more) == (2, 4, 2)
    done = client.post("/staff/jobs/cancel/", {"q": "union", "kind": "process"})
    assert done.headers["Location"] == "/staff/jobs/?q=union&kind=process"
    one = client.post(f"/jobs/{other.pk}/now/", {"next": "staff-jobs", "q": "a b"})
    assert one.headers["Location"] == "/staff/jobs/?q=a+b"
    assert set(Job.objects.active()) == {other, runs}
    client.post("/staff/jobs/cancel/")
    assert set(Job.objects.active()) == {runs}


def test_all_failed_jobs_are_started_again_at_once(
    make_collection: MakeCollection, sam: User, alice: User, signed: Signed, store: Path
) -> None:
    failed = [
        Job.objects.create(
            collection=make_collection(slug, pages=1), kind="read", state="failed", params={"language": "eng"}
        )
        for slug in ("one", "two")
    ]
    assert signed(alice).post("/staff/jobs/again/").status_code == 403
    signed(sam).post("/staff/jobs/again/", {"q": "zero"})
    assert not Job.objects.active().exists(), "only those that are shown"
    response = signed(sam).post("/staff/jobs/again/", follow=True)
    assert "2 failed jobs started again." in text(response)
    assert {job.relaunch_of_id for job in Job.objects.active()} == {job.pk for job in failed}
    assert "0 failed jobs started again." in text(signed(sam).post("/staff/jobs/again/", follow=True))
    assert Job.objects.active().count() == 2
    Job.objects.create(collection=failed[0].collection, kind="embed", state="failed", params={"of old": 1})
    assert "does not take “of old”" in text(signed(sam).post("/staff/jobs/again/", follow=True))


def test_many_collections_are_processed_tonight(
    make_collection: MakeCollection, sam: User, signed: Signed, store: Path, settings: Settings
) -> None:
    settings.NIGHT = (time(22), time(6))
    made = [make_collection(slug, pages=2) for slug in ("one", "two", "three")]
    make_collection("ready", groups=[1])
    Job.objects.create(collection=made[2], kind="process", state="running")
    client = signed(sam)
    shown = client.get("/staff/process/?status=unprocessed")
    assert "Process 3 collections?" in text(shown) and "6 pages in all" in text(shown)
    assert "Tonight, from 22:00 to 06:00" in text(shown)
    assert "1 of these is being processed already" in text(shown)
    give_role([made[0]], sam, role="edit", actor=sam)
    assert client.get("/staff/process/?status=unprocessed&mine=1").context["chosen"] == [made[0]]
    form = {"ids": [one.pk for one in made], "when": "tonight"}
    answer = client.post("/staff/process/", form, follow=True)
    assert "2 jobs start tonight." in text(answer)
    orders = Job.objects.filter(state="queued").values_list("collection__slug", "kind", "priority", "actor")
    assert set(orders) == {(slug, "process", Job.Priority.NIGHT, sam.pk) for slug in ("one", "two")}
    assert client.get("/staff/process/").headers["Location"] == "/"


def test_thousands_are_processed_and_those_without_pages_are_left_out(
    make_collection: MakeCollection, sam: User, signed: Signed, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [make_collection(f"full-{number}", pages=1) for number in range(2)]
    bare = Collection.objects.bulk_create(Collection(slug=f"bare-{n}", title="Bare") for n in range(1_500))
    client = signed(sam)
    shown = client.get("/staff/process/?status=unprocessed")
    assert (shown.context["chosen"], shown.context["empty"]) == (made, len(bare))
    assert "1 page<" in text(shown) and "1 pages" not in text(shown)
    fields = dict(html.fromstring(shown.content).xpath("//form[.//@name='when']")[0].fields)
    assert client.post("/staff/process/", fields | {"when": "tonight"}).headers["Location"] == "/staff/jobs/"
    assert set(Job.objects.values_list("collection", flat=True)) == {one.pk for one in made}
    # Those that are chosen one by one, and in number, arrive as well.
    everyone = {"ids": [one.pk for one in (*made, *bare)]}
    assert client.post("/staff/process/", everyone).status_code == 302
    chosen = {"ids": ",".join(str(one.pk) for one in bare), "holder": f"person:{sam.pk}"}
    client.post("/staff/assign/", chosen)
    assert Assignment.objects.count() == len(bare)
    assert client.post("/staff/process/", {"ids": [bare[0].pk]}, follow=True).redirect_chain == [("/", 302)]
    assert Job.objects.count() == len(made)


def test_managers_process_their_own_collection_and_no_other(
    make_collection: MakeCollection, alice: User, sam: User, signed: Signed, store: Path
) -> None:
    own, other = make_collection("own", pages=1), make_collection("other", pages=1)
    give_role([own], alice, role="manage", actor=sam)
    client = signed(alice)
    answer = client.post("/staff/process/", {"ids": [own.pk, other.pk], "when": "now"})
    job = Job.objects.get()
    assert (job.collection, job.priority, answer.headers["Location"]) == (own, 0, f"/jobs/{job.pk}/")
    assert client.post("/staff/process/", {"ids": [other.pk]}).headers["Location"] == "/"
    assert Job.objects.count() == 1


def test_after_processing_the_page_says_what_was_found(
    make_collection: MakeCollection, alice: User, signed: Signed
) -> None:
    collection = make_collection(groups=[2, 1])
    job = Job.objects.create(collection=collection, kind="process", state="done", finished=timezone.now())
    run = Run.objects.create(
        collection=collection, method="seams", state=Run.State.READY, job=job, published=timezone.now()
    )
    RunGroup.objects.bulk_create(RunGroup(run=run, index=index, draft={}) for index in range(2))
    client = signed(alice)
    shown = text(client.get(f"/jobs/{job.pk}/"))
    assert "3 pages, 2 documents proposed" in shown and "No places to check" in shown
    assert '<a class="button is-primary is-large" href="/c/afl/">Review now' in shown
    assert '/c/afl/table/?confidence=80-94">2 Medium' in shown and "confidence=95-100" not in shown
    assert "Languages" not in shown and "/found/" not in shown and STRANGE not in shown
    Reading.objects.filter(page__collection=collection).delete()
    first, bare, cover = collection.pages.in_scan_order()
    Reading.objects.create(page=first, width=1, height=1, engine="of the test", is_unread=True, language="de")
    faint = {"ink": 0.001, "spot": 0.0, "paper": [92.0, 0.0, 5.0]}  # bare, or faded typing, which was read
    collection.pages.filter(pk__in=(first.pk, bare.pk)).update(paper=faint)
    collection.pages.filter(pk=cover.pk).update(paper={"ink": 0.001, "spot": 0.0, "paper": [30.0, 0.0, 5.0]})
    SeamScore.objects.create(run=run, page=bare, probability=0.5, boundary=True)
    Run.objects.filter(pk=run.pk).update(warnings=[STRANGE])
    shown = text(client.get(f"/jobs/{job.pk}/"))
    assert '/c/afl/queue/">1 place<' in shown and "worth a look" not in shown and STRANGE in shown
    assert f"about {LOOK:.0f} seconds" in shown
    assert "German: 1 page" in shown and "Since then" not in shown
    for which, page in (("blank", bare), ("unread", first), ("de", first)):
        assert f"/c/afl/found/{which}/" in shown
        listed = text(client.get(f"/c/afl/found/{which}/"))
        assert f"#page/{page.identifier}" in listed and listed.count("#page/") == 1
    assert client.get("/c/afl/found/en/").status_code == 200
    assert client.get("/c/afl/found/strange/").status_code == 404
    merge_groups(list(collection.groups.all()), actor=alice)
    assert "1 document now" in text(client.get(f"/jobs/{job.pk}/"))
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, stage=Job.Stage.EMBEDDING_TEXTS, done=36, total=60)
    assert "Step 2 of 6 · 60%" in " ".join(text(client.get(f"/jobs/{job.pk}/progress/")).split())


def test_many_collections_are_assigned_at_once(
    make_collection: MakeCollection, alice: User, sam: User, signed: Signed
) -> None:
    made = [make_collection(slug, pages=1) for slug in ("one", "two")]
    client = signed(sam)
    ids = [one.pk for one in made]
    assert "Assign 2 collections" in text(client.get("/staff/assign/", {"ids": ids}))
    assert client.post("/staff/assign/", {"ids": ids, "holder": ""}).status_code == 422
    form = {"ids": ids, "holder": f"person:{alice.pk}", "due": "2130-01-31", "note": "first"}
    assert "2 collections are assigned to alice." in text(client.post("/staff/assign/", form, follow=True))
    assert {(one.collection.slug, one.note) for one in Assignment.objects.all()} == {("one", "first"), ("two", "first")}


def test_workers_show_the_numbers_of_the_metrics(make_collection: MakeCollection, sam: User, signed: Signed) -> None:
    collection = make_collection(pages=1)
    started = timezone.now() - timedelta(seconds=90)
    Job.objects.create(collection=collection, kind="read", state="done", started=started, finished=timezone.now())
    Job.objects.create(collection=collection, kind="embed", state="failed", finished=timezone.now())
    answer = signed(sam).get("/staff/workers/")
    kinds = {row["kind"]: (row["finished_count"], row["failed_count"], row["took"]) for row in answer.context["kinds"]}
    assert kinds == {"read": (1, 0, "1 min 30 s"), "embed": (0, 1, "")}
    assert [queue["key"] for queue in answer.context["queues"]] == ["vision", "default", "learning"]
    assert "HHREVIEW_NIGHT" in text(answer)


def test_workers_show_how_fast_each_queue_is(sam: User, signed: Signed) -> None:
    cache.delete("rows-written")
    client = signed(sam)
    assert "<dt>pages per second</dt><dd>–</dd>" in text(client.get("/staff/workers/"))  # nobody looked before
    ((when, counts),) = cache.get("rows-written")
    minute_ago = {VISION: counts[VISION] - 120, DEFAULT: counts[DEFAULT]}
    cache.set("rows-written", [(when - 60, minute_ago)])
    rates = pages_a_second(now=when)
    assert rates == {VISION: pytest.approx(2.0, rel=0.1), DEFAULT: pytest.approx(0.0, abs=0.1)}
    cache.set("rows-written", [(when - 60, minute_ago)])
    assert "<dt>pages per second</dt><dd>2.0</dd>" in text(client.get("/staff/workers/"))
    assert pages_a_second(now=when + 1000) == {}  # what is so old tells nothing
    cache.delete("rows-written")


def test_a_pager_keeps_what_was_asked(rf: RequestFactory) -> None:
    def pager(asked: str, shown: object, arguments: str = "") -> str:
        template = Template(f"{{% load desk %}}{{% pager shown {arguments} %}}")
        return str(template.render(Context({"shown": shown, "request": rf.get(asked)})))

    second = Paginator(range(30), 10).page(2)
    links = pager("/c/afl/found/en/?show=all&page=2", second)
    assert 'href="?show=all&amp;page=1"' in links and 'href="?show=all&amp;page=3"' in links and "2 of 3" in links
    assert 'href="?page=1#each"' in pager("/", second, 'target="each"')
    assert "<nav" not in pager("/", Paginator(range(3), 10).page(1))
