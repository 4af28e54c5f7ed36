"""The dashboards: what they say, to whom, and at what cost."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clustering.actions.confirm import confirm_groups
from clustering.actions.flag import flag_group
from clustering.actions.merge import merge_groups
from clustering.actions.split import split_group
from clustering.dashboard.attention import stuck
from clustering.dashboard.calibration import agreements, believed
from clustering.dashboard.map import map_rows
from clustering.dashboard.pace import paces
from clustering.dashboard.progress import history, progress, with_seams
from clustering.models import (
    Answer,
    Collection,
    Edit,
    Embedding,
    Group,
    Job,
    Page,
    Reading,
    Run,
    RunGroup,
    RunMembership,
    SeamScore,
    User,
)
from tests.conftest import MakeCollection
from tests.views.conftest import Signed

ADDRESSES = ("/dashboard/", "/c/afl/dashboard/", "/c/afl/dashboard/map/")


def groups_of(collection: Collection) -> list[Group]:
    return list(collection.groups.order_by("first_position"))


def give_run(collection: Collection, sure: float = 0.9) -> Run:
    """A run that proposes what the desk holds now."""
    run = Run.objects.create(collection=collection, method="seams", state=Run.State.READY)
    pages = list(Page.objects.filter(collection=collection).order_by("position"))
    groups = groups_of(collection)
    index = {group.pk: place for place, group in enumerate(groups)}
    for place, _ in enumerate(groups):
        RunGroup.objects.create(run=run, index=place, probability=sure)
    for page in pages:
        RunMembership.objects.create(
            run=run, page=page, group_index=index[page.group_id or 0], group_order=page.group_order or 0
        )
    for left, right in pairwise(pages):
        apart = left.group_id != right.group_id
        SeamScore.objects.create(run=run, page=left, probability=0.95 if apart else 0.05, boundary=apart)
    return run


def give_vectors(collection: Collection, count: int | None = None) -> None:
    rng = np.random.default_rng(0)
    for page in Page.objects.filter(collection=collection).order_by("position")[:count]:
        Embedding.objects.create(page=page, encoder="test@8", vector=rng.normal(size=8).tolist())


def test_everyone_with_a_role_sees_them(
    alice: User, victor: User, sam: User, make_collection: MakeCollection, signed: Signed
) -> None:
    give_run(make_collection(groups=[2, 1]))
    for user in (alice, victor, sam):
        for address in ADDRESSES:
            assert signed(user).get(address).status_code == 200, address


def test_nobody_else_does(charlie: User, make_collection: MakeCollection, signed: Signed) -> None:
    make_collection(groups=[2, 1])
    assert signed(charlie).get("/c/afl/dashboard/").status_code == 404
    assert signed(charlie).get("/c/afl/dashboard/map/").status_code == 404
    assert "AFL" not in signed(charlie).get("/dashboard/").content.decode()
    for address in ADDRESSES:
        assert Client().get(address).status_code == 302, address


def test_all_collections_are_asked_about_without_naming_each(
    alice: User, make_collection: MakeCollection, signed: Signed
) -> None:
    made = [make_collection(f"org-{number:02}", groups=[1]) for number in range(52)]
    client = signed(alice)
    client.get("/dashboard/")
    with CaptureQueriesContext(connection) as asked:
        answer = client.get("/dashboard/")
    assert (answer.context["counted"].pages, len(answer.context["rows"])) == (52, 50)
    named = re.compile(rf"IN \([^)]*\b{made[-1].pk}\b")
    assert [query["sql"] for query in asked if named.search(query["sql"])] == []


def test_they_only_read(alice: User, make_collection: MakeCollection, signed: Signed) -> None:
    make_collection(groups=[2, 1])
    for address in ADDRESSES:
        assert signed(alice).post(address).status_code == 405, address


def test_an_empty_collection_says_what_to_do(sam: User, make_collection: MakeCollection, signed: Signed) -> None:
    make_collection()
    assert 'href="/c/afl/add/"' in signed(sam).get("/c/afl/dashboard/").content.decode()


def test_pages_break_no_content_policy(alice: User, make_collection: MakeCollection, signed: Signed) -> None:
    collection = make_collection(groups=[2, 1])
    give_run(collection)
    confirm_groups(groups_of(collection), actor=alice)
    for address in ADDRESSES[:2]:
        assert "style=" not in signed(alice).get(address).content.decode()


def test_progress_counts_pages_groups_and_known_seams(alice: User, make_collection: MakeCollection) -> None:
    collection = make_collection(groups=[2, 3, 2])
    confirm_groups(groups_of(collection)[:1], actor=alice)
    counted = with_seams(progress([collection.pk]), collection.pk)
    assert counted.pages_in == {"confirmed": 2, "proposed": 5, "loose": 0}
    assert counted.groups == {"confirmed": 1, "proposed": 2}
    assert (counted.seams, counted.seams_known) == (6, 2)


def test_an_answered_seam_is_known(alice: User, make_collection: MakeCollection) -> None:
    collection = make_collection(groups=[1, 1, 1])
    first, second, _ = Page.objects.filter(collection=collection).order_by("position")
    Answer.objects.create(collection=collection, first=first, second=second, verdict="different", actor=alice)
    assert with_seams(progress([collection.pk]), collection.pk).seams_known == 1


def test_history_adds_up_what_stands_confirmed(alice: User, make_collection: MakeCollection) -> None:
    collection = make_collection(groups=[2, 3])
    confirm_groups(groups_of(collection), actor=alice)
    past = history([collection.pk])
    assert past.unit == "hour"
    assert sum(moment.confirmed for moment in past.moments) == 5
    assert sum(moment.acts for moment in past.moments) == 1


def test_a_break_is_no_work(alice: User, make_collection: MakeCollection) -> None:
    collection = make_collection(groups=[2, 1, 1, 1])
    begin = timezone.now() - timedelta(days=1)
    for group, seconds in zip(groups_of(collection), (0, 60, 1000, 1060), strict=True):
        edit = confirm_groups([group], actor=alice)
        Edit.objects.filter(pk=edit.pk).update(created=begin + timedelta(seconds=seconds))
    pace = paces([collection.pk], person=alice.pk).own
    assert pace is not None and (pace.acts, pace.pages, pace.seconds) == (4, 5, 120)
    assert pace.pages_an_hour == 150


def test_one_sees_ones_own_pace_and_that_of_all_and_nobody_elses(
    alice: User, bob: User, victor: User, make_collection: MakeCollection, signed: Signed
) -> None:
    collection = make_collection(groups=[2, 1, 1, 1])
    begin = timezone.now() - timedelta(days=1)
    for who, group, seconds in zip((alice, alice, bob, bob), groups_of(collection), (0, 60, 0, 30), strict=True):
        edit = confirm_groups([group], actor=who)
        Edit.objects.filter(pk=edit.pk).update(created=begin + timedelta(seconds=seconds))
    for person, own in ((alice, (2, 3, 60)), (bob, (2, 2, 30)), (victor, None)):
        for page in ("/c/afl/dashboard/", "/dashboard/"):
            answer = signed(person).get(page)
            seen = answer.context["paces"]
            assert (seen.own and (seen.own.acts, seen.own.pages, seen.own.seconds)) == own
            assert (seen.total.acts, seen.total.pages, seen.total.seconds, seen.people) == (4, 5, 90, 2)
            card = answer.content.decode().partition('id="people"')[2].partition("</section>")[0]
            assert "2 people have worked here." in card and "alice" not in card and "bob" not in card


def test_little_work_gives_no_rate(alice: User, make_collection: MakeCollection) -> None:
    collection = make_collection(groups=[2])
    confirm_groups(groups_of(collection), actor=alice)
    assert paces([collection.pk], person=alice.pk).total.pages_an_hour is None


def test_a_run_is_judged_by_what_was_confirmed_after_it(alice: User, make_collection: MakeCollection) -> None:
    collection = make_collection(groups=[2, 2, 1])
    run = give_run(collection)
    first, second, third = groups_of(collection)
    merge_groups([first, second], actor=alice)
    confirm_groups([Group.objects.get(pk=first.pk), third], actor=alice)
    [one] = agreements(collection.pk)
    assert (one.run, one.seams, one.seams_kept, one.groups, one.groups_kept) == (run.pk, 4, 3, 2, 1)


def test_a_run_earns_nothing_by_what_it_was_told(alice: User, make_collection: MakeCollection) -> None:
    collection = make_collection(groups=[2, 2])
    confirm_groups(groups_of(collection)[:1], actor=alice)
    give_run(collection)
    assert agreements(collection.pk)[0].seams == 0
    confirm_groups(groups_of(collection)[1:], actor=alice)
    judged = agreements(collection.pk)[0]
    assert (judged.seams, judged.groups, judged.groups_kept) == (2, 1, 1)


def test_probabilities_stand_beside_what_turned_out(alice: User, make_collection: MakeCollection) -> None:
    collection = make_collection(groups=[3, 1])
    give_run(collection, sure=0.8)
    first, last = groups_of(collection)
    split_group(first, before=first.pages.order_by("group_order")[1], actor=alice)
    confirm_groups([Group.objects.get(pk=first.pk), last], actor=alice)
    trust = believed(collection.pk)
    assert trust is not None
    assert [(bin.count, round(bin.predicted, 2), bin.observed) for bin in trust.seams] == [(1, 0.05, 1), (1, 0.95, 1)]
    assert [(bin.count, round(bin.predicted, 2), bin.observed) for bin in trust.groups] == [(2, 0.8, 0.5)]


def test_a_run_is_chosen_without_reading_all_its_documents(make_collection: MakeCollection) -> None:
    collection = make_collection(groups=[1, 1])
    give_run(collection)
    newest = give_run(collection)
    Run.objects.create(collection=collection, method="dbscan", state=Run.State.READY)
    with CaptureQueriesContext(connection) as caught:
        trust = believed(collection.pk)
    assert trust is not None
    assert trust.run == newest.pk
    assert not [
        query for query in caught if "DISTINCT" in query["sql"] and 'JOIN "clustering_rungroup"' in query["sql"]
    ]


def test_what_is_stuck_is_named(alice: User, make_collection: MakeCollection, signed: Signed) -> None:
    collection = make_collection(groups=[2, 1])
    flag_group(groups_of(collection)[0], note="Two letters?", actor=alice)
    Job.objects.create(collection=collection, kind="embed", state="failed", error="The disk is full.")
    Job.objects.create(collection=collection, kind="read", heartbeat=timezone.now() - timedelta(hours=1))
    first, second, third = Page.objects.filter(collection=collection).order_by("position")
    Answer.objects.create(collection=collection, first=first, second=second, verdict="different", actor=alice)
    Answer.objects.create(collection=collection, first=second, second=third, verdict="different", actor=alice)
    Reading.objects.create(page=third, width=1, height=1, engine="test", is_unread=True)
    problems = stuck([collection.pk])
    assert (problems.flagged_count, problems.contradiction_count, problems.unread, problems.unembedded) == (1, 1, 2, 3)
    assert (problems.illegible, problems.illegible_count) == ([third], 1)
    shown = signed(alice).get("/c/afl/dashboard/").content.decode()
    for words in (
        "Two letters?",
        "1 page with writing that OCR can’t read",
        "The disk is full.",
        "OCR is not responding",
        "1 | 2: different documents",
    ):
        assert words in shown


def test_a_failure_that_was_made_good_is_not_stuck(make_collection: MakeCollection) -> None:
    collection = make_collection(groups=[1])
    Job.objects.create(collection=collection, kind="embed", state="failed")
    assert len(stuck([collection.pk]).failed) == 1
    Job.objects.create(collection=collection, kind="embed", state="done")
    assert stuck([collection.pk]).failed == []


def test_the_map_keeps_places_and_follows_groups(alice: User, make_collection: MakeCollection) -> None:
    cache.clear()
    collection = make_collection(groups=[3, 2])
    give_vectors(collection)
    before = map_rows(collection)
    assert [row[0] for row in before["pages"]] == [1, 2, 3, 4, 5]
    assert [row[3] for row in before["pages"]] == [1, 1, 1, 2, 2]
    assert all(0 <= value <= 10_000 for row in before["pages"] for value in row[1:3])
    merge_groups(groups_of(collection), actor=alice)
    after = map_rows(collection)
    assert [row[:3] for row in after["pages"]] == [row[:3] for row in before["pages"]]
    assert {row[3] for row in after["pages"]} == {1}


def test_a_large_collection_is_sampled_evenly(make_collection: MakeCollection, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr("clustering.dashboard.map.MOST_PAGES", 10)
    collection = make_collection(groups=[35])
    give_vectors(collection)
    rows = map_rows(collection)
    assert rows["embedded"] == 35
    assert [row[0] for row in rows["pages"]] == [4, 8, 12, 16, 20, 24, 28, 32]


def test_without_vectors_the_map_is_empty(make_collection: MakeCollection, signed: Signed, victor: User) -> None:
    make_collection(groups=[5])
    assert signed(victor).get("/c/afl/dashboard/map/").json()["pages"] == []


def test_the_cost_does_not_grow(alice: User, make_collection: MakeCollection, signed: Signed) -> None:
    def queries(slug: str, groups: list[int]) -> int:
        collection = make_collection(slug, groups=groups)
        give_run(collection)
        for group in groups_of(collection):
            flag_group(group, note="", actor=alice)
        client: Any = signed(alice)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"/c/{slug}/dashboard/").status_code == 200
        return len(caught)

    assert queries("small", [1, 1]) == queries("large", [2] * 12) <= 40
