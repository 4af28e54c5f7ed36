"""Archiving and deleting: each asks, says what it means, and can be taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from clustering.actions.confirm import confirm_groups
from clustering.actions.undo import undo_edit
from clustering.journal.errors import Refused
from clustering.models import Collection, Edit, Group, Job, Page, User
from clustering.removing import delete, forget_deleted, undelete
from tests.conftest import MakeCollection
from tests.views.conftest import Signed


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def collection(make_collection: MakeCollection, alice: User) -> Collection:
    made = make_collection(groups=[2, 1])
    confirm_groups(made.groups.filter(number=1), actor=alice)
    return made


def test_an_archived_collection_is_out_of_the_list_and_works_on(
    collection: Collection, make_collection: MakeCollection, alice: User, sam: User, signed: Signed
) -> None:
    make_collection("open", groups=[1])
    client = signed(sam)
    assert "listed separately" in text(client.get("/c/afl/archive/"))
    assert signed(alice).post("/c/afl/archive/", {"act": "archive"}).status_code == 403
    client.post("/c/afl/archive/", {"act": "archive"})
    assert "Someone has already done this." in text(client.post("/c/afl/archive/", {"act": "archive"}, follow=True))

    def listed(**asked: str) -> list[str]:
        return [row.slug for row in signed(alice).get("/", asked).context["collections"]]

    assert (listed(), listed(status="archived"), listed(q="afl")) == (["open"], ["afl"], [])
    counts = {each["name"]: each["count"] for each in signed(alice).get("/").context["filters"]}
    assert (counts["All"], counts["Archived"], counts["In review"]) == (1, 1, 0)
    assert signed(alice).get("/c/afl/").status_code == 200
    Collection.objects.filter(slug="open").delete()
    assert "Archived" in text(signed(alice).get("/")), "also where nothing else is left"
    client.post("/c/afl/archive/", {"act": "unarchive"})
    assert listed() == ["afl"]


@pytest.mark.parametrize("path", ["", "queue/", "table/", "list/", "history/", "dashboard/", "export/", "settings/"])
def test_an_archived_collection_says_so_on_its_pages(
    collection: Collection, sam: User, victor: User, signed: Signed, path: str
) -> None:
    sign = "This collection is archived."
    assert sign not in text(signed(sam).get(f"/c/afl/{path}"))
    Collection.objects.update(archived=timezone.now())
    shown = text(signed(sam).get(f"/c/afl/{path}"))
    assert sign in shown
    assert 'href="/c/afl/archive/"' in shown.partition(sign)[2].partition("</p>")[0]
    if path != "settings/":
        assert 'href="/c/afl/archive/"' not in text(signed(victor).get(f"/c/afl/{path}"))


def test_a_deleted_collection_is_gone_at_every_door_and_comes_back_whole(
    collection: Collection, alice: User, sam: User, signed: Signed
) -> None:
    Collection.objects.filter(pk=collection.pk).update(settings={"export": {"published": True}})
    page = collection.pages.first()
    assert page is not None
    doors = ["/c/afl/", "/c/afl/list/", f"/pages/{page.pk}/", "/api/v1/collections/afl", "/iiif/afl/collection.json"]
    client = signed(sam)
    asked = text(client.get("/c/afl/delete/"))
    assert "3 pages and 2 documents" in asked and "Staff can restore it as it was until" in asked
    assert signed(alice).post("/c/afl/delete/", {"act": "delete"}).status_code == 403
    assert "You can restore it here." in text(client.post("/c/afl/delete/", {"act": "delete"}, follow=True))
    assert [client.get(door).status_code for door in doors] == [404] * 5
    assert "You can restore it under Workers" in text(client.get("/c/afl/")), "as a link in mail may lead there"
    assert "AFL" not in text(signed(alice).get("/c/afl/"))
    assert Client().get("/iiif/afl/collection.json").status_code == 404
    assert "AFL" not in text(signed(alice).get("/")) and "/staff/deleted/" not in text(signed(alice).get("/"))
    assert '<a class="quiet" href="/staff/deleted/">1 deleted collection</a>' in text(client.get("/"))
    with pytest.raises(Refused, match="was deleted"):
        confirm_groups(Group.objects.filter(collection=collection, number=2), actor=alice)
    assert client.post("/staff/deleted/", {"restore": collection.pk}).headers["Location"] == "/c/afl/"
    assert [client.get(door).status_code for door in doors] == [200] * 5
    assert client.post("/staff/deleted/", {"restore": collection.pk}).status_code == 404
    assert undo_edit(collection, actor=alice).summary.startswith("Undid")


def test_nothing_is_deleted_while_a_job_is_at_work(collection: Collection, sam: User, signed: Signed) -> None:
    job = Job.objects.create(collection=collection, kind="read", state="running")
    answer = signed(sam).post("/c/afl/delete/", {"act": "delete"}, follow=True)
    assert "Cancel it or wait until it is done, then delete the collection." in text(answer)
    Job.objects.filter(pk=job.pk).update(state="done")
    delete(collection, actor=sam)
    with pytest.raises(Refused):
        delete(collection, actor=sam)
    undelete(collection, actor=sam)


def test_the_sweep_removes_it_when_its_time_is_over_and_not_before(
    collection: Collection, make_collection: MakeCollection, sam: User, settings: Settings
) -> None:
    kept = make_collection("kept", groups=[1])
    delete(collection, actor=sam)
    assert forget_deleted() == 0
    over = timezone.now() - timedelta(days=settings.TRASH_DAYS, minutes=1)
    Collection.objects.filter(pk=collection.pk).update(deleted=over)
    assert (forget_deleted(), forget_deleted()) == (1, 0)
    assert list(Collection.objects.all()) == [kept]
    assert not Edit.objects.exists() and Page.objects.count() == 1
