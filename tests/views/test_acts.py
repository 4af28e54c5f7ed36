"""The acts endpoint: works, wrong person, read-only person, bad input, stale."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from clustering.models import Edit, Group, Page, User
from tests.conftest import MakeCollection
from tests.views.conftest import Post, Signed


def test_it_splits_and_answers_with_the_fresh_groups(alice: User, make_collection: MakeCollection, send: Post) -> None:
    collection = make_collection(groups=[3, 2])
    group = Group.objects.get(number=1)
    answer = send(alice, "afl", verb="split", group=group.pk, before=2, since=0, versions={group.pk: 1})
    assert answer.status_code == 200
    data = answer.json()
    assert [row["spans"] for row in data["groups"]] == [[[1, 1]], [[2, 3]]]
    assert (data["removed"], data["version"], data["reload"]) == ([], 1, False)
    assert data["message"].startswith("Split 1 before page 2")
    assert data["focus"] in {1, 2, 3}
    assert data["answered"] == [1], "the cut is an answer"
    assert Edit.objects.get().actor == alice
    collection.refresh_from_db()
    assert collection.version == 1


def test_it_merges_and_names_the_groups_that_are_gone(alice: User, make_collection: MakeCollection, send: Post) -> None:
    make_collection(groups=[1, 2])
    first, second = Group.objects.order_by("number")
    versions = {first.pk: 1, second.pk: 1}
    data = send(alice, "afl", verb="merge", groups=[second.pk, first.pk], since=0, versions=versions).json()
    assert data["removed"] == [second.pk]
    assert [row["id"] for row in data["groups"]] == [first.pk]


def test_it_brings_along_what_others_did_since(
    alice: User, bob: User, make_collection: MakeCollection, send: Post
) -> None:
    make_collection(groups=[2, 2])
    first, second = Group.objects.order_by("number")
    send(bob, "afl", verb="split", group=second.pk, before=4, since=0, versions={second.pk: 1})
    data = send(alice, "afl", verb="split", group=first.pk, before=2, since=0, versions={first.pk: 1}).json()
    assert [row["spans"] for row in data["groups"]] == [[[1, 1]], [[2, 2]], [[3, 3]], [[4, 4]]]
    assert [act["who"] for act in data["acts"]] == ["bob", "alice"]
    assert [act["mine"] for act in data["acts"]] == [False, True]


def test_the_same_act_sent_twice_is_done_once(alice: User, make_collection: MakeCollection, send: Post) -> None:
    make_collection(groups=[3])
    group = Group.objects.get()
    act = {"verb": "split", "group": group.pk, "before": 3, "versions": {group.pk: 1}, "act_id": str(uuid4())}
    first, second = send(alice, "afl", **act), send(alice, "afl", **act)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["edit"] == second.json()["edit"]
    assert Group.objects.count() == 2


def test_it_refuses_a_stale_version_and_sends_the_fresh_state(
    alice: User, bob: User, make_collection: MakeCollection, send: Post
) -> None:
    make_collection(groups=[3])
    group = Group.objects.get()
    send(bob, "afl", verb="split", group=group.pk, before=3, versions={group.pk: 1})
    answer = send(alice, "afl", verb="split", group=group.pk, before=2, since=0, versions={group.pk: 1})
    assert answer.status_code == 409
    assert "bob: Split 1 before page 3" in answer.json()["detail"]
    data = answer.json()["changes"]
    assert [row["spans"] for row in data["groups"]] == [[[1, 2]], [[3, 3]]]
    assert Page.objects.filter(group=group).count() == 2


def test_it_refuses_an_act_on_a_group_that_was_merged_away(
    alice: User, bob: User, make_collection: MakeCollection, send: Post
) -> None:
    make_collection(groups=[2, 2])
    first, second = Group.objects.order_by("number")
    send(bob, "afl", verb="merge", groups=[first.pk, second.pk], versions={first.pk: 1, second.pk: 1})
    answer = send(alice, "afl", verb="confirm", groups=[second.pk], since=0, versions={second.pk: 1})
    assert answer.status_code == 409
    assert second.pk in answer.json()["changes"]["removed"]


def test_a_missing_version_counts_as_stale(alice: User, make_collection: MakeCollection, send: Post) -> None:
    make_collection(groups=[3])
    answer = send(alice, "afl", verb="split", group=Group.objects.get().pk, before=2, versions={})
    assert answer.status_code == 409
    assert Group.objects.count() == 1


def test_a_viewer_is_refused_with_a_sentence(victor: User, make_collection: MakeCollection, send: Post) -> None:
    make_collection(groups=[3])
    group = Group.objects.get()
    answer = send(victor, "afl", verb="split", group=group.pk, before=2, versions={group.pk: 1})
    assert answer.status_code == 403
    assert "edit access" in answer.json()["detail"]
    assert Group.objects.count() == 1


def test_a_stranger_finds_nothing(charlie: User, make_collection: MakeCollection, send: Post) -> None:
    make_collection(groups=[3])
    assert send(charlie, "afl", verb="undo").status_code == 404


def test_nobody_acts_without_signing_in(make_collection: MakeCollection) -> None:
    make_collection(groups=[3])
    answer = Client().post("/api/v1/collections/afl/acts/undo", "{}", content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert Client().get("/jobs/1/progress/", headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    page = Client().get("/c/afl/", headers={"accept": "text/html"})
    assert (page.status_code, page["Location"]) == (302, "/sign-in/?next=/c/afl/")


def test_a_late_undo_takes_back_what_was_meant_and_not_what_was_done_since(
    alice: User, make_collection: MakeCollection, send: Post
) -> None:
    make_collection(groups=[2, 2, 2])
    marks = [str(uuid4()) for _ in range(3)]
    for mark, group in zip(marks, Group.objects.order_by("first_position"), strict=True):
        act = {"verb": "split", "group": group.pk, "before": group.first_position + 1, "versions": {group.pk: 1}}
        assert send(alice, "afl", **act, act_id=mark).status_code == 200
    assert "You have nothing" in send(alice, "afl", verb="undo", upto=0).json()["detail"]
    assert "before page 4" in send(alice, "afl", verb="undo", upto=2).json()["message"]
    assert "before page 2" in send(alice, "afl", verb="undo", act=marks[0]).json()["message"]
    assert "already been undone" in send(alice, "afl", verb="undo", act=marks[0]).json()["detail"]
    assert "You have nothing" in send(alice, "afl", verb="redo", upto=1).json()["detail"]
    assert "before page 2" in send(alice, "afl", verb="redo", act=marks[0]).json()["message"]


def test_a_page_of_one_person_saves_nothing_as_another(
    alice: User, bob: User, make_collection: MakeCollection, signed: Signed
) -> None:
    make_collection(groups=[3])
    group = Group.objects.get()
    act = {"group": group.pk, "before": 2, "versions": {group.pk: 1}, "act_id": str(uuid4())}
    for person, status in ((alice, 401), (bob, 200)):
        answer = signed(bob).post(
            "/api/v1/collections/afl/acts/split",
            act,
            content_type="application/json",
            headers={"X-Signed-In-As": str(person.pk)},
        )
        assert answer.status_code == status
    assert Edit.objects.get().actor == bob


def test_a_group_of_another_collection_is_out_of_reach(
    alice: User, make_collection: MakeCollection, send: Post
) -> None:
    make_collection("one", groups=[2])
    make_collection("two", groups=[2])
    foreign = Group.objects.get(collection__slug="two")
    answer = send(alice, "one", verb="split", group=foreign.pk, before=2, versions={foreign.pk: 1})
    assert answer.status_code in {409, 422}
    assert Group.objects.count() == 2


BROKEN: list[dict[str, Any]] = [
    {"verb": "explode"},
    {"verb": "split"},
    {"verb": "split", "group": "first", "before": 2},
    {"verb": "split", "group": 2**70, "before": 2},
    {"verb": "move", "pages": [], "to": None},
    {"verb": "move", "pages": [99], "to": None},
    {"verb": "move", "pages": [True], "to": None},
    {"verb": "merge", "groups": "all"},
    {"verb": "flag", "group": 1, "note": 7},
    {"verb": "mark", "pages": [1], "role": "elephant"},
    {"verb": "answer", "left": 1, "verdict": "perhaps"},
    {"verb": "undo", "edit": 12345},
    {"verb": "undo"},
    {"verb": "undo", "act": "no uuid"},
    {"verb": "undo", "act": "00000000-0000-4000-8000-000000000000"},
    {"verb": "redo", "upto": -1},
    {"verb": "confirm", "groups": [1], "versions": [1]},
    {"verb": "confirm", "groups": [1], "act_id": "no uuid"},
]


@pytest.mark.parametrize("act", BROKEN, ids=str)
def test_what_cannot_be_understood_is_refused_with_a_sentence(
    alice: User, make_collection: MakeCollection, send: Post, act: dict[str, Any]
) -> None:
    make_collection(groups=[3])
    answer = send(alice, "afl", **act)
    assert answer.status_code in {400, 404, 409, 422}
    assert answer.json()["detail"].endswith((".", "!"))
    assert Edit.objects.count() == 0


def test_a_body_that_is_no_json_is_refused(alice: User, make_collection: MakeCollection, signed: Signed) -> None:
    make_collection(groups=[3])
    for body in ("{", "[]", "null", '{"versions": {"a": "b"}}'):
        answer = signed(alice).post("/api/v1/collections/afl/acts/undo", body, content_type="application/json")
        assert answer.status_code == 400


def test_changes_tell_what_is_new_and_nothing_else(
    alice: User, bob: User, make_collection: MakeCollection, send: Post, signed: Signed
) -> None:
    make_collection(groups=[2, 2])
    first = Group.objects.get(number=1)
    assert signed(alice).get("/c/afl/changes/?since=0").json()["groups"] == []
    send(bob, "afl", verb="confirm", groups=[first.pk], versions={first.pk: 1})
    data = signed(alice).get("/c/afl/changes/?since=0").json()
    assert [(row["id"], row["number"], row["state"]) for row in data["groups"]] == [(first.pk, 1, "confirmed")]
    assert signed(alice).get(f"/c/afl/changes/?since={data['version']}").json()["groups"] == []
    assert signed(alice).get("/c/afl/changes/?since=then").status_code == 400


def test_an_act_does_not_ask_more_questions_of_a_larger_collection(
    alice: User,
    make_collection: MakeCollection,
    send: Post,
    django_assert_max_num_queries: object,
) -> None:
    make_collection("small", groups=[3] * 3)
    make_collection("large", groups=[3] * 120)
    for slug in ("small", "large"):
        group = Group.objects.get(collection__slug=slug, number=2)
        with django_assert_max_num_queries(44):  # type: ignore[operator]
            send(alice, slug, verb="split", group=group.pk, before=5, since=0, versions={group.pk: 1})
