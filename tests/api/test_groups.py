"""Groups by the API."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from clustering.actions.flag import flag_group
from clustering.models import Group, User
from tests.api.conftest import Scripts
from tests.api.test_signing_in import problem_of
from tests.conftest import MakeCollection


def test_it_lists_groups_with_pages_and_drafts(alice: User, make_collection: MakeCollection, script: Scripts) -> None:
    make_collection(groups=[2, 3])
    drafted = {"title": {"value": "A LETTER", "confidence": 0.7, "evidence": "page 1, line 2"}}
    Group.objects.filter(number=1).update(draft=drafted)
    first, second = script(alice).get("/collections/afl/groups").json()["items"]
    assert (first["spans"], second["spans"], second["page_count"]) == ([[1, 2]], [[3, 5]], 3)
    assert first["drafts"]["title"] == drafted["title"]
    assert (first["title"], first["drafts"]["date"], first["state"]) == ("", None, "proposed")


def test_it_filters_by_state_flag_and_number(alice: User, make_collection: MakeCollection, script: Scripts) -> None:
    make_collection(groups=[1, 1, 1])
    mine = script(alice)
    mine.post("/collections/afl/acts/confirm", groups=[Group.objects.get(number=2).pk])
    mine.post("/collections/afl/acts/flag", group=Group.objects.get(number=3).pk)

    def numbers(**wanted: Any) -> list[int]:
        return [row["number"] for row in mine.all("/collections/afl/groups", **wanted)]

    assert numbers(state="confirmed") == [2]
    assert numbers(flagged="true") == [3]
    assert numbers(flagged="false", limit=1) == [1, 2]
    assert numbers(number=3) == [3]
    assert numbers(changed_since=1) == [3]
    assert numbers(changed_since=0) == [2, 3]
    problem_of(mine.get("/collections/afl/groups", state="lost"), 400)


def test_a_script_keeps_up_by_version(alice: User, bob: User, make_collection: MakeCollection, script: Scripts) -> None:
    make_collection(groups=[2, 2])
    mine = script(alice)
    version = mine.get("/collections/afl").json()["version"]
    flag_group(Group.objects.get(number=2), actor=bob)
    assert [row["number"] for row in mine.all("/collections/afl/groups", changed_since=version)] == [2]
    version = mine.get("/collections/afl").json()["version"]
    assert mine.all("/collections/afl/groups", changed_since=version) == []


def test_all_groups_come_a_line_each_in_scan_order(
    alice: User, make_collection: MakeCollection, script: Scripts
) -> None:
    make_collection(groups=[2, 1])
    mine = script(alice)
    answer = mine.get("/collections/afl/groups.ndjson")
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
    assert lines == mine.get("/collections/afl/groups").json()["items"]
    headers = {"If-None-Match": answer.headers["ETag"]}
    assert mine.client.get("/api/v1/collections/afl/groups.ndjson", headers=headers).status_code == 304
    mine.post("/collections/afl/acts/confirm", groups=[lines[0]["id"]])
    assert mine.client.get("/api/v1/collections/afl/groups.ndjson", headers=headers).status_code == 200


def test_one_group_has_an_etag(alice: User, make_collection: MakeCollection, script: Scripts) -> None:
    make_collection(groups=[2])
    mine = script(alice)
    pk = Group.objects.get().pk
    answer = mine.get(f"/collections/afl/groups/{pk}")
    assert answer.json()["id"] == pk
    headers = {"If-None-Match": answer.headers["ETag"]}
    assert mine.client.get(f"/api/v1/collections/afl/groups/{pk}", headers=headers).status_code == 304


def test_a_group_that_is_not_there_and_one_of_elsewhere_look_alike(
    alice: User, charlie: User, make_collection: MakeCollection, script: Scripts
) -> None:
    make_collection(groups=[2])
    make_collection("other", groups=[1])
    elsewhere = Group.objects.get(collection__slug="other").pk
    mine = script(alice)
    one = problem_of(mine.get(f"/collections/afl/groups/{elsewhere}"), 404)
    assert one == problem_of(mine.get("/collections/afl/groups/99999999"), 404)
    problem_of(mine.get(f"/collections/afl/groups/{2**31}"), 400)
    for path in ("groups", "groups.ndjson", f"groups/{elsewhere}"):
        problem_of(script(charlie).get(f"/collections/afl/{path}"), 404)


def test_a_list_takes_as_many_questions_for_many_as_for_few(
    alice: User, make_collection: MakeCollection, script: Scripts
) -> None:
    make_collection("few", groups=[1, 1])
    make_collection("many", groups=[1] * 300)
    mine = script(alice)
    counts = []
    for slug in ("few", "many"):
        mine.get("/me")
        with CaptureQueriesContext(connection) as queries:
            assert mine.get(f"/collections/{slug}/groups", limit=1000).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8
