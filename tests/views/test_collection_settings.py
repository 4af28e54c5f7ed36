"""The settings of a collection, for staff."""

from __future__ import annotations

from django.contrib.admin.models import LogEntry

from clustering.actions import confirm_groups
from clustering.admin_log import message_of
from clustering.models import Collection, Group, User
from tests.conftest import MakeCollection
from tests.views.conftest import Signed


def test_staff_say_whether_confirming_accepts_drafts(
    make_collection: MakeCollection, sam: User, signed: Signed
) -> None:
    collection = make_collection(groups=[1])
    Group.objects.update(draft={"title": {"value": "Grapes", "confidence": 0.9}})
    client = signed(sam)
    assert b"Confirming a document accepts its drafted title, type, and date" in client.get("/c/afl/settings/").content
    saved = client.post("/c/afl/settings/", {"least": "60"}, follow=True)
    assert b"Settings saved." in saved.content
    assert Collection.objects.get().settings == {"drafts": {"accept": False, "least": 60}}
    assert message_of(LogEntry.objects.get()) == "Confirming accepts no drafts."
    confirm_groups(collection.groups.all(), actor=sam)
    assert Group.objects.get().title == ""


def test_a_wrong_number_saves_nothing_and_stands_in_the_form(
    make_collection: MakeCollection, sam: User, signed: Signed
) -> None:
    make_collection(pages=1)
    for written in ("", "half", "101", "-1"):
        answer = signed(sam).post("/c/afl/settings/", {"accept": "on", "least": written})
        assert answer.status_code == 422
        assert b"Enter a whole number from 0 to 100." in answer.content
        assert f'value="{written}"'.encode() in answer.content or not written
    assert Collection.objects.get().settings == {}


def test_it_is_for_staff_only(
    make_collection: MakeCollection, alice: User, victor: User, charlie: User, signed: Signed
) -> None:
    make_collection(pages=1)
    for person, status in ((alice, 403), (victor, 403), (charlie, 404)):
        assert signed(person).get("/c/afl/settings/").status_code == status
        assert signed(person).post("/c/afl/settings/", {"least": "10"}).status_code == status


def test_the_address_in_a_repository_is_kept_and_leads_there(
    make_collection: MakeCollection, sam: User, alice: User, signed: Signed
) -> None:
    page = make_collection(pages=2).pages.get(position=2)
    pattern = "https://repository.example.org/{slug}/item/{identifier}?n={page}"
    client = signed(sam)
    client.post("/c/afl/settings/", {"act": "repository", "repository": pattern})
    assert message_of(LogEntry.objects.get()) == f"Address in the repository: {pattern}."
    address = f"https://repository.example.org/afl/item/{page.identifier}?n=2"
    for place in ("/c/afl/panel/2/", f"/pages/{page.pk}/"):
        assert f'href="{address}"' in signed(alice).get(place).content.decode()
    assert signed(alice).get(f"/pages/{page.pk}/repository/").headers["Location"] == address
    for wrong, why in {
        "javascript:alert({page})": "begins with https:// or http://",
        "https://e.org/{title}": "“{title}” is not a placeholder",
        "e.org/{page}": "begins with https:// or http://",
        "https://e.org/{page": "A brace has no partner",
        "https:///{page}": "begins with https:// or http://",
        "https://e.org/{page} x": "without spaces",
        "https://e.org/": "the same for every page",
    }.items():
        answer = client.post("/c/afl/settings/", {"act": "repository", "repository": wrong})
        assert (answer.status_code, why in answer.content.decode()) == (422, True), wrong
    assert Collection.objects.get().read_settings().repository == pattern
    client.post("/c/afl/settings/", {"act": "repository", "repository": ""})
    assert "repository.example.org" not in signed(alice).get("/c/afl/panel/2/").content.decode()


def test_a_page_is_opened_by_its_repository_id_if_it_has_one(
    make_collection: MakeCollection, alice: User, signed: Signed
) -> None:
    collection = make_collection(pages=2)
    collection.pages.filter(position=1).update(pid="bdr:gbzad5mb")
    Collection.objects.update(settings={"repository": "https://repository.example.org/item/{repository_id}/"})
    with_one, without = collection.pages.order_by("position")
    client = signed(alice)
    opened = client.get(f"/pages/{with_one.pk}/repository/")
    assert opened.headers["Location"] == "https://repository.example.org/item/bdr:gbzad5mb/"
    assert client.get(f"/pages/{without.pk}/repository/").status_code == 404
    assert "repository.example.org" not in client.get("/c/afl/panel/2/").content.decode()
