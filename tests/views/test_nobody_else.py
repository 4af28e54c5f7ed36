"""Every door that takes something, by everybody who may not: nothing changes, and no restricted page is told of."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model
from django.template import Template
from django.test import Client

from clustering.actions import ACTS as KNOWN
from clustering.actions.base import GroupAct
from clustering.api import v1
from clustering.jobs import launching
from clustering.models import Collection, User
from clustering.teamwork.teams import give_role
from tests.views.door_cases import ACTS, FORMS
from tests.views.fuzzing import quoted
from tests.views.test_every_door import DESK, STAFF, aimed, filled, named
from tests.views.test_every_door import real as real
from tests.views.test_restricted import collection as collection
from tests.views.test_restricted import leaked_in

pytestmark = pytest.mark.django_db

SIGNING = {"login", "logout", "sign-in-here"}
"""Doors after which somebody else asks."""
OWN = {"Session", "LogEntry", "Brake", "Preference", "ApiToken", "RestrictedLook", "SavedFilter", "Notification"}
"""What is one's own, or a trace of having been there."""


def rows() -> dict[str, list[Any]]:
    """All that is stored, by table, but what is a person's own."""
    models: list[type[Model]] = [model for model in apps.get_models() if model.__name__ not in OWN]
    return {model.__name__: sorted(map(str, model._default_manager.values_list())) for model in models}


def written() -> dict[str, int]:
    """How often this transaction wrote into each table, what it took back included."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        return dict(cursor.fetchall())


def example_of(schema: dict[str, Any]) -> Any:
    """The least that a request of the API may be."""
    if "$ref" in schema:
        return example_of(v1.document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if "anyOf" in schema:
        return example_of(schema["anyOf"][0])
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "object":
        fields = schema.get("properties", {})
        return {name: example_of(fields[name]) for name in schema.get("required", [])}
    if schema.get("type") == "array":
        return [example_of(schema["items"])]
    return {"integer": 1, "number": 1, "boolean": True}.get(schema.get("type", ""), "x")


def requests_of(real: dict[str, str]) -> Iterator[tuple[str, str, str, bytes, str]]:
    """(door, method, address, body, type): each door with all it takes, and each act."""
    for door in [door for door in [*DESK, *STAFF] if door.name not in SIGNING]:
        there = door.there(named(door, real))
        for form in FORMS.get(door.name, [{}]):
            pairs = {filled(name, real): filled(value, real) for name, value in form.items()}
            body = "&".join(f"{name}={value}" for name, value in pairs.items()).encode()
            yield door.name, "POST", there, body, "application/x-www-form-urlencoded"
    for path, operations in v1.document()["paths"].items():
        there = re.sub(r"\{(\w+)\}", lambda match: quoted(real[match[1]]), path)
        for method, operation in operations.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            if method != "get" and "/acts/" not in path:
                yield path, method.upper(), there, json.dumps(example_of(body)).encode(), "application/json"
    group = int(real["group"])
    for verb, acts in ACTS.items():
        for act in acts:
            whole = {name: aimed(value, group) for name, value in act.items()}
            if issubclass(KNOWN[verb], GroupAct):
                whole["versions"] = {}
            there = f"/api/v1/collections/afl/acts/{verb}"
            yield verb, "POST", there, json.dumps(whole).encode(), "application/json"


def sent(client: Client, asked: tuple[str, str, str, bytes, str]) -> Any:
    _, method, there, body, kind = asked
    return client.generic(method, there, body, content_type=kind)


def changes_by(client: Client, real: dict[str, str]) -> dict[str, list[str]]:
    """Tables that a request changed; only what was not refused is looked into."""
    logging.disable(logging.CRITICAL)  # each refusal is logged
    changes, before, so_far = {}, rows(), written()
    for asked in requests_of(real):
        answer = sent(client, asked)
        assert answer.status_code < 500, asked
        if answer.status_code < 400 and written() != so_far:
            after, so_far = rows(), written()
            if after != before:
                changes[f"{asked[0]} {asked[1]}"] = [key for key in after if after[key] != before[key]]
            before = after
    logging.disable(logging.NOTSET)
    if rows() != before:
        changes["refused"] = []
    return changes


@pytest.mark.parametrize("name", ["", "charlie", "victor", "alice"])
def test_what_is_sent_by_who_may_not_changes_nothing(
    real: dict[str, str], request: pytest.FixtureRequest, sam: User, bob: User, name: str
) -> None:
    """Without a role, as a viewer (who may comment), and with a role for the site where the collection is another's."""
    if name == "alice":
        give_role(list(Collection.objects.all()), bob, role="manage", actor=sam)
    client = Client()
    if name:
        client.force_login(request.getfixturevalue(name))
    changes = changes_by(client, real)
    expected = ["Comment"] if name == "victor" else []
    if name == "victor":
        assert changes.pop("launch-export POST") == ["Job"], "whoever may look may export"
    assert {door: tables for door, tables in changes.items() if tables != expected} == {}


def test_the_same_changes_much_where_it_is_sent_by_who_may(
    real: dict[str, str], sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launching, "send_slice", lambda job, following: None)
    client = Client()
    client.force_login(sam)
    assert len(changes_by(client, real)) > 12, "there is something to refuse"


LEAST = {
    "edit": (
        "merge split answer answer-many close reopen confirm unconfirm describe describe-many flag unflag move mark "
        "reorder restore restrict rotate undo redo accept accept-drafts text queue-list audit table-check plain-act "
        "publish-run upload-arrangement preview-run likely-personal history-undo history-restore close-collection "
        "suggest /api/v1/collections/{slug}/queue/answer /api/v1/collections/{slug}/runs/{run}/publish"
    ),
    "manage": (
        "assignment collection-people cancel relaunch learning description-template collection-settings "
        "archive-collection export-settings job-cancel job-again job-now job-agree "
        "/api/v1/collections/{slug}/jobs/{job}/cancel /api/v1/collections/{slug}/jobs/{job}/relaunch"
    ),
    "staff": (
        "staff-jobs-again staff-jobs-cancel staff-jobs-now staff-assign "
        "new-collection add-scans upload-finish upload-abandon "
        "delete-collection deleted-collections /api/v1/collections /api/v1/collections/{slug}/jobs"
    ),
    "superuser": "staff-people staff-reset",
}
"""The least role that each door asks for to take something; all others take what is one's own, or nothing."""


def refused_to(client: Client, real: dict[str, str]) -> set[str]:
    """Doors that send this person away, each asked about a collection as it was before."""
    refused = set()
    logging.disable(logging.CRITICAL)
    for asked in requests_of(real):
        with transaction.atomic():
            answer = sent(client, asked)
            transaction.set_rollback(True)
        if answer.status_code == 403 or answer.headers.get("Location", "").startswith("/admin/login/"):
            refused.add(asked[0] if asked[1] == "POST" else f"{asked[1]} {asked[0]}")
    logging.disable(logging.NOTSET)
    return refused


def test_each_role_may_do_what_it_says_and_nothing_else(
    real: dict[str, str], charlie: User, alice: User, sam: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one collection, by those with a role in it alone; then by staff."""
    monkeypatch.setattr(launching, "send_slice", lambda job, following: None)
    monkeypatch.setattr(Template, "render", lambda *_: "")  # what is looked at is whether somebody is sent away
    theirs = list(Collection.objects.all())
    give_role(theirs, bob, role="manage", actor=sam)
    refused = {}
    for role in ("see", "edit", "manage"):
        give_role(theirs, charlie, role=role, actor=sam)
        client = Client()
        client.force_login(charlie)
        refused[role] = refused_to(client, real)
    for role, box in (("staff", "is_staff"), ("superuser", "is_superuser")):
        setattr(alice, box, True)
        alice.save()
        client = Client()
        client.force_login(alice)
        refused[role] = refused_to(client, real)
    roles = list(refused)
    least = {
        role: {name for name in refused[below] - refused[role] if name and not name.startswith("clustering_")}
        for below, role in pairwise(roles)
    }
    wanted = {role: set(names.split()) for role, names in LEAST.items()}
    wanted["manage"].add("DELETE /api/v1/collections/{slug}/comments/{comment}")
    assert {role: (names - wanted[role], wanted[role] - names) for role, names in least.items()} == dict.fromkeys(
        LEAST, (set(), set())
    )


def test_whoever_manages_a_collection_reaches_no_other_through_it(
    real: dict[str, str], charlie: User, sam: User, bob: User, make_collection: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its short name stands in the address; documents, pages, jobs, and all else are another's."""
    monkeypatch.setattr(launching, "send_slice", lambda job, following: None)
    others = Collection.objects.get(slug="afl")
    give_role([others], bob, role="manage", actor=sam)
    own = make_collection("own", groups=[3, 2, 1])
    give_role([own], charlie, role="manage", actor=sam)
    client = Client()
    client.force_login(charlie)
    models = [model for model in apps.get_models() if any(field.name == "collection" for field in model._meta.fields)]

    def stored() -> dict[str, list[Any]]:
        tables = {model.__name__: model._default_manager.filter(collection=others).values_list() for model in models}
        kept = {name: sorted(map(str, table)) for name, table in tables.items() if name not in OWN}
        return kept | {"Collection": list(Collection.objects.filter(pk=others.pk).values_list())}

    before, so_far = stored(), written()
    logging.disable(logging.CRITICAL)
    for asked in requests_of({**real, "slug": "own"}):
        there = asked[2].replace("/collections/afl/", "/collections/own/")
        answer = sent(client, (*asked[:2], there, *asked[3:]))
        assert answer.status_code < 500, asked
        if written() != so_far:
            assert stored() == before, asked
            so_far = written()
    logging.disable(logging.NOTSET)


def test_no_answer_to_what_a_viewer_sends_tells_of_a_restricted_page(
    collection: Collection, victor: User, signed: Any
) -> None:
    client = signed(victor)
    group = collection.groups.get(number=2)
    page = collection.pages.get(position=4)
    run, job = collection.runs.get(), collection.jobs.get()
    things = {
        "group": str(group.pk), "run": str(run.pk), "job": str(job.pk), "object_id": str(collection.pk),
        "slug": "afl", "number": "2", "position": "4", "left": "3", "sequence": "1", "identifier": page.identifier,
        "digest": page.sha256[:16], "page": str(page.pk), "comment": "1", "notification": "1", "assignment": "1",
        "person": str(victor.pk), "uidb64": "x", "token": "x", "size": "320", "kind": "read", "name": "csv",
        "upload": "00000000-0000-0000-0000-000000000000", "file": "1", "url": "x", "rotation": "90", "code": "en",
        "which": "unread",
    }  # fmt: skip
    logging.disable(logging.CRITICAL)
    leaks = {
        f"{asked[0]} {asked[1]} {asked[2]}": what
        for asked in requests_of(things)
        if (what := leaked_in(sent(client, asked), asked[2]))
    }
    logging.disable(logging.NOTSET)
    assert leaks == {}
