"""All that openapi.json promises can be had by a client that knows nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from clustering.api.v1 import document
from clustering.models import Group, User
from tests.api.conftest import Scripts
from tests.api.declared import Declared
from tests.conftest import MakeCollection

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(alice: User, make_collection: MakeCollection, script: Scripts) -> Declared:
    """Groups 1 to 4 with pages 1-2, 3-4, 5-6 and 7-8."""
    collection = make_collection("afl", groups=[2, 2, 2, 2])
    collection.groups.update(draft={"title": {"value": "A hearing", "confidence": 0.9}})
    client = script(alice).client
    return Declared(client, client.get("/api/v1/openapi.json").json())


def ids() -> list[int]:
    return list(Group.objects.order_by("first_position").values_list("pk", flat=True))


def orders() -> dict[str, dict[str, Any]]:
    """An order for each act that says what it was based on, of two groups or of one."""
    one, two, three, _ = ids()
    return {
        "split": {"group": one, "before": 2},
        "merge": {"groups": [one, two]},
        "move": {"pages": [1], "to": two},
        "reorder": {"group": one, "order": [2, 1]},
        "confirm": {"groups": [one, two, three]},
        "unconfirm": {"groups": [one]},
        "describe": {"group": one, "title": "A letter", "date": "1959-03", "copy_of": 2},
        "flag": {"group": one, "note": "torn"},
        "unflag": {"group": one},
        "answer": {"left": 2, "verdict": "same"},
        "answer_in_queue": {"left": 2, "verdict": "same"},
        "answer_many": {"lefts": [2, 6], "verdict": "same"},
        "describe_many": {"facts": {str(one): {"title": "A letter"}, str(two): {"people": [{"label": "Chavez"}]}}},
        "accept_drafts": {"groups": [one]},
    }


with override("en"):  # as requests have it: what is cached for one is not made again
    DOCUMENT = Declared(Client(), document())
GUARDED = sorted(name for name in DOCUMENT.operations if DOCUMENT.has_field(name, "versions"))


def test_every_act_with_versions_is_tried(api: Declared) -> None:
    assert sorted(orders()) == GUARDED


@pytest.mark.parametrize("act", GUARDED)
def test_an_act_says_what_it_was_based_on(act: str, api: Declared) -> None:
    before = {"unconfirm": "confirm", "unflag": "flag"}.get(act)
    if before:
        assert api.call(before, orders()[before], slug="afl").status == 200
    groups = api.call("list_groups", slug="afl").parsed["items"]
    seen = {str(group["id"]): group["version"] for group in groups}
    stale = {pk: version + 1 for pk, version in seen.items()}
    refused = api.call(act, {**orders()[act], "versions": stale}, slug="afl")
    assert refused.status == 409, refused.parsed
    done = api.call(act, {**orders()[act], "versions": seen}, slug="afl")
    assert done.status == 200, done.parsed
    assert done.parsed["edit"]["verb"]


def test_a_copy_is_told_and_taken_back(api: Declared) -> None:
    one = ids()[0]
    api.call("describe", {"group": one, "copy_of": 2}, slug="afl")
    assert api.call("get_group", slug="afl", group=one).parsed["copy_of"] == 2
    assert Group.objects.get(pk=one).copy_of == 2
    api.call("describe", {"group": one, "copy_of": 0}, slug="afl")
    assert api.call("get_group", slug="afl", group=one).parsed["copy_of"] is None
    unknown = api.call("describe", {"group": one, "copy_of": 99}, slug="afl")
    assert unknown.status == 422 and "99" in unknown.parsed["detail"]


def test_a_page_says_what_its_source_calls_it(api: Declared) -> None:
    Group.objects.get(number=1).pages.filter(position=1).update(label="12v")
    pages = api.call("list_pages", slug="afl").parsed["items"]
    assert [page["label"] for page in pages[:2]] == ["12v", ""]


def test_files_come_as_bytes(api: Declared) -> None:
    api.call("confirm", {"groups": ids()}, slug="afl")
    formats = [one["name"] for one in api.call("list_formats", slug="afl").parsed]
    assert "csv" in formats and "mods" in formats
    csv = api.call("download", slug="afl", name="csv")
    assert csv.status == 200 and csv.parsed.startswith(b"identifier,position,")
    assert api.call("download", slug="afl", name="mods").parsed.startswith(b"PK")
    lines = api.call("all_groups", slug="afl").parsed.splitlines()
    assert [json.loads(line)["number"] for line in lines] == [1, 2, 3, 4]


def test_no_answer_and_no_field_is_of_a_kind_that_clients_leave_out(api: Declared) -> None:
    for name, (_, _, operation) in api.operations.items():
        good = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
        assert all(
            "content" not in answer or {"application/json", "application/octet-stream"} & set(answer["content"])
            for answer in good
        ), name
    assert "patternProperties" not in json.dumps(api.schemas)
