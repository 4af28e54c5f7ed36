"""PostgreSQL or Redis is away, or a disk is full: really, not by pretending."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from clustering.accounts.tokens import make_token
from clustering.actions import confirm_groups
from clustering.models import Collection, Edit, Group, Job, User
from tests.api.conftest import Script
from tests.conftest import MakeCollection
from tests.stopping import without_postgres, without_redis

JSON = {"accept": "application/json"}
HTML = {"accept": "text/html,application/xhtml+xml"}


def browser(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


@pytest.fixture
def collection(make_collection: MakeCollection) -> Collection:
    made = make_collection(groups=[2, 3])
    Collection.objects.filter(pk=made.pk).update(settings={"export": {"published": True}})
    return made


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_without_the_database_data_and_pages_are_503_and_what_was_typed_can_be_sent_again(
    collection: Collection, alice: User
) -> None:
    client = browser(alice)
    group = Group.objects.get(number=1)
    typed = {
        "act": f"describe:{group.pk}",
        "version": f"{group.pk}:{group.version}",
        f"title-{group.pk}": 'Letter to "R" <again>',
        f"about-{group.pk}": "\r\nfirst\r\nsecond",
    }
    with without_postgres():
        for address in ("/c/afl/changes/?since=0", "/c/afl/index/", "/c/afl/queue/seams/"):
            answer = client.get(address, headers=JSON)
            heads = (answer.status_code, answer["Content-Type"], answer["Retry-After"])
            assert heads == (503, "application/problem+json", "5")
            assert "database" in answer.json()["detail"]
        act = client.post(
            "/api/v1/collections/afl/acts/undo", json.dumps({"since": 0}), content_type="application/json"
        )
        assert act.status_code == 503
        assert act.json()["type"].endswith("#problem-unavailable")
        assert client.get("/c/afl/panel/1/", headers={"X-Requested-With": "desk"}).status_code == 503
        assert client.get("/iiif/afl/collection.json").json()["status"] == 503
        page = client.get("/c/afl/list/?show=todo", headers=HTML)
        assert (page.status_code, page["Retry-After"]) == (503, "5")
        assert 'href="/c/afl/list/?show=todo"' in page.content.decode()
        refused = client.post("/c/afl/list/act/", typed, headers=HTML)
        assert refused.status_code == 503
    text = refused.content.decode()
    assert 'action="/c/afl/list/act/"' in text
    fields = re.findall(r'<textarea name="([^"]+)" hidden>\n(.*?)</textarea>', text, re.DOTALL)
    kept = {name: unescape(value) for name, value in fields}
    assert kept == typed
    assert client.post("/c/afl/list/act/", kept).status_code == 302
    group.refresh_from_db()
    assert (group.title, group.note) == ('Letter to "R" <again>', "first\nsecond")


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_without_the_database_the_api_says_so(collection: Collection, alice: User) -> None:
    script = Script(make_token(alice, name="test", scope="read", days=None)[1])
    with without_postgres():
        answer = script.get("/collections/afl")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json()["type"].endswith("#problem-unavailable")


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_act_that_finds_the_disk_full_is_503_and_looking_goes_on(collection: Collection, alice: User) -> None:
    client = browser(alice)
    group = Group.objects.get(number=2)
    with connection.cursor() as cursor:  # PostgreSQL's own error of a full disk, at the row that an act writes
        cursor.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$"
        )
        cursor.execute("CREATE TRIGGER no_room BEFORE INSERT ON clustering_edit EXECUTE FUNCTION no_room()")
    try:
        act = {"group": group.pk, "before": 4, "versions": {group.pk: 1}}
        answer = client.post("/api/v1/collections/afl/acts/split", json.dumps(act), content_type="application/json")
        assert client.get("/c/afl/changes/?since=0").status_code == 200
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION no_room CASCADE")
    assert answer.status_code == 503
    assert "disk is full" in answer.json()["detail"]
    assert not Edit.objects.exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_without_redis_everything_but_the_workers_goes_on(collection: Collection, sam: User, alice: User) -> None:
    client = browser(sam)
    confirm_groups(list(collection.groups.all()), actor=alice)
    with without_redis():
        for address in (
            "/c/afl/",
            "/c/afl/index/",
            "/c/afl/changes/?since=0&at=1",
            "/c/afl/export/",
            "/c/afl/dashboard/",
            "/c/afl/dashboard/map/",
            "/iiif/afl/collection.json",
            "/iiif/afl/1/manifest.json",
        ):
            assert client.get(address).status_code == 200, address
        assert len(Client().get("/iiif/afl/collection.json").json()["items"]) == 2
        page = "/c/afl/export/"
        ordered = client.post("/c/afl/export/csv/launch/", headers={"referer": f"http://testserver{page}"}, follow=True)
        assert ordered.redirect_chain == [(f"http://testserver{page}", 302)]
        assert "it is saved and starts when" in ordered.content.decode()
    assert Job.objects.get().state == Job.State.QUEUED


@pytest.mark.django_db
def test_every_use_of_the_cache_fails_open() -> None:
    cache.set("there", 1)
    with without_redis():
        assert cache.get("there", "nothing") == "nothing"
        assert cache.get_or_set("there", lambda: "made", 5) == "made"
        assert cache.get_many(["there"]) == {}
        assert (cache.add("a", 1), cache.touch("there"), cache.delete("there"), cache.has_key("there")) == (False,) * 4
        assert cache.set_many({"a": 1, "b": 2}) == ["a", "b"]
        cache.set("a", 1)
        cache.delete_many(["a"])
        cache.clear()
        with pytest.raises(ValueError, match="not found"):
            cache.incr("there")
    cache.set("there", 2)
    assert cache.get("there") == 2
    assert cache.incr("there") == 3
