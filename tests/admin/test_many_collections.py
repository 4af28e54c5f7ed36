"""Lists of the admin where collections are many."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from lxml import html

from clustering.admin import staff
from clustering.models import Job, User
from tests.conftest import MakeCollection

FILTERED = ("job", "run", "opinion", "group", "page", "edit", "jobproblem")


@pytest.fixture
def client_of_staff(sam: User) -> Client:
    client = Client()
    client.force_login(sam)
    return client


@pytest.mark.parametrize("name", FILTERED)
def test_links_to_collections_are_few_and_searching_finds_the_rest(
    make_collection: MakeCollection, client_of_staff: Client, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    made = [make_collection(f"org{number}", groups=[1]) for number in range(3)]
    where = f"/admin/clustering/{name}/"
    lookup = "job__collection__id__exact" if name == "jobproblem" else "collection__id__exact"
    link = f"{lookup}={made[1].pk}"
    assert link in client_of_staff.get(where).content.decode()
    monkeypatch.setattr(staff, "MOST_LINKS", 2)
    assert link not in client_of_staff.get(where).content.decode()
    chosen = client_of_staff.get(where, {lookup: made[1].pk})
    assert chosen.status_code == 200
    assert link in chosen.content.decode(), "what is chosen is shown, with a way back"
    assert f"{lookup}={made[0].pk}" not in chosen.content.decode()
    assert client_of_staff.get(where, {"q": "org1"}).status_code == 200


def test_jobs_are_found_by_their_collection_and_their_error(
    make_collection: MakeCollection, client_of_staff: Client
) -> None:
    one, two = make_collection("farm", pages=1), make_collection("union", pages=1)
    first = Job.objects.create(collection=one, kind="read", state="failed", error="The disk is full.")
    second = Job.objects.create(collection=two, kind="read", state="done")
    for words, jobs in {"farm": [first], "disk": [first], "UNION": [second], str(second.pk): [second]}.items():
        answer = client_of_staff.get("/admin/clustering/job/", {"q": words})
        assert list(answer.context["cl"].result_list) == jobs


def test_collections_have_the_words_of_the_desk(make_collection: MakeCollection, client_of_staff: Client) -> None:
    make_collection("farm", pages=1)
    page = client_of_staff.get("/admin/clustering/collection/").content.decode()
    assert "Short name" in page
    assert "Collection ID" in page
    assert "Slug" not in page


def test_people_have_roles_and_no_groups(client_of_staff: Client, sam: User) -> None:
    User.objects.update(is_superuser=True)
    for address in ("", "auth/group/", "clustering/user/", f"clustering/user/{sam.pk}/change/"):
        page = client_of_staff.get(f"/admin/{address}").content.decode()
        tree = html.fromstring(page)
        for permission in tree.xpath("//select[@name='user_permissions']"):
            permission.drop_tree()  # Django's own names of rows
        words = tree.text_content()
        assert not re.search(r"\bgroups?\b", words, re.IGNORECASE), address
        assert re.search(r"\broles?\b", words, re.IGNORECASE), address
