"""A form that was sent when the session had ended, or was another one: no letter of it is lost."""

from __future__ import annotations

import html
import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from clustering.models import Collection, Group, User
from tests.conftest import MakeCollection

PASSWORD = "a-good-password"
HERE = {"origin": "http://testserver"}
TYPED = {"title": "Boycott “grapes” <now>", "date": "Jan. 14, 1954", "about": "Two copies.\n\nOne torn.", "kind": ""}


def text_of(answer: object) -> str:
    return html.unescape(answer.content.decode())  # type: ignore[attr-defined]


def described(group: Group) -> dict[str, str]:
    fields = {f"{name}-{group.pk}": text for name, text in TYPED.items()}
    return {
        "act": f"describe:{group.pk}",
        "version": f"{group.pk}:{group.version}",
        "show": "all",
        "page": "1",
        **fields,
    }


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page by name."""
    matches = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in matches}


def again(page: str) -> tuple[str, dict[str, str]]:
    """The form with one button: where it goes, and what is in it, as a browser reads it."""
    end = page.index("Send again")
    form = page[page.rindex("<form", 0, end) : end]
    address = re.search(r'action="([^"]+)"', form)
    assert address is not None
    texts = re.findall(r'<textarea name="([^"]+)" hidden>\r?\n(.*?)</textarea>', form, flags=re.DOTALL)
    return html.unescape(address[1]), {name: html.unescape(text) for name, text in texts}


@pytest.fixture
def group(make_collection: MakeCollection) -> Group:
    make_collection(groups=[1])
    return Group.objects.get()


def test_after_signing_in_again_the_form_is_there_to_be_sent(group: Group, alice: User) -> None:
    client = Client()
    client.force_login(alice)
    Session.objects.all().delete()
    asked = client.post("/c/afl/list/act/", described(group))
    assert asked.status_code == 401
    page = asked.content.decode()
    assert "You were signed out, so nothing was saved." in page
    wrong = client.post("/sign-in/", {**hidden(page), "username": "alice", "password": "wrong"})
    page = wrong.content.decode()  # a wrong password loses nothing either
    shown = client.post("/sign-in/", {**hidden(page), "username": "alice", "password": PASSWORD})
    assert shown.status_code == 200
    assert "This is not saved yet." in text_of(shown)
    assert Group.objects.get().title == ""
    address, fields = again(shown.content.decode())
    assert (address, fields) == ("/c/afl/list/act/", described(group))
    client.post(address, fields)
    saved = Group.objects.get()
    assert (saved.title, saved.date, saved.note) == (TYPED["title"], "1954-01-14", TYPED["about"])


def test_whoever_signed_in_in_another_tab_gets_it_too(group: Group, alice: User) -> None:
    client = Client()
    page = client.post("/c/afl/list/act/", described(group)).content.decode()
    client.force_login(alice)
    shown = client.post("/sign-in/", {**hidden(page), "username": "", "password": ""})
    assert again(shown.content.decode()) == ("/c/afl/list/act/", described(group))


def test_every_form_is_carried_also_in_the_admin(make_collection: MakeCollection, sam: User) -> None:
    collection = make_collection(pages=1)
    forms = {
        "/c/afl/export/settings/": {"rights": "In copyright"},
        "/c/afl/settings/": {"accept": "on", "least": "80"},
        "/new/": {"title": "A new one"},
        "/tokens/": {"name": "nightly"},
        f"/admin/clustering/collection/{collection.pk}/change/": {"title": "AFL", "note": "long\ntext"},
    }
    for address, form in forms.items():
        page = Client().post(address, form).content.decode()
        client = Client()
        shown = client.post("/sign-in/", {**hidden(page), "username": "sam", "password": PASSWORD})
        assert again(shown.content.decode()) == (address, form)


def test_a_form_of_another_session_can_be_sent_again_but_only_from_a_page_of_ours(group: Group, alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    old = {**described(group), "csrfmiddlewaretoken": "x" * 64}
    client.get("/c/afl/list/")
    kept = client.post("/c/afl/list/act/", old, headers=HERE)
    assert kept.status_code == 403
    address, fields = again(kept.content.decode())
    assert fields == described(group)
    token = hidden(kept.content.decode())["csrfmiddlewaretoken"]
    sent = client.post(address, {**fields, "csrfmiddlewaretoken": token}, headers=HERE, follow=True)
    assert "Described 1" in text_of(sent)
    assert Group.objects.get().title == TYPED["title"]
    for elsewhere in ("https://evil.example", "null", "", "http://testserver.evil.example"):
        strange = client.post("/c/afl/list/act/", old, headers={"origin": elsewhere})
        assert strange.status_code == 403
        assert "grapes" not in text_of(strange)
    assert Collection.objects.get().version == 1


def test_a_sign_in_that_is_too_old_keeps_what_it_carried(group: Group, alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get("/sign-in/")
    carried = {
        "kept": '{"address": "/c/afl/list/act/", "fields": [["title-1", "Boycott"]]}',
        "username": "alice",
        "password": PASSWORD,
        "csrfmiddlewaretoken": "x" * 64,
    }
    kept = client.post("/sign-in/", carried, headers=HERE)
    assert hidden(kept.content.decode())["kept"] == carried["kept"]
    assert PASSWORD not in text_of(kept)


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("https://evil.example/", "[]"),
        ("//evil.example/", '[["a", "b"]]'),
        ("/c/afl/", "no json"),
        ("/c/afl/", '{"a": 1}'),
        ("/c/afl/", "[1]"),
        ("/c/afl/", "[" * 100_000),
        ("", '[["a", "b"]]'),
    ],
)
def test_what_cannot_have_been_carried_is_not_shown(alice: User, address: str, fields: str) -> None:
    form = {"kept": f'{{"address": "{address}", "fields": {fields}}}', "username": "alice", "password": PASSWORD}
    assert Client().post("/sign-in/", form).status_code == 302


def test_requests_for_data_and_buttons_without_fields_are_answered_as_before(group: Group) -> None:
    assert Client().post("/api/v1/collections/afl/acts/undo", "{}", content_type="application/json").status_code == 401
    assert Client().post("/c/afl/list/act/").status_code == 302
    assert Client().get("/c/afl/list/").status_code == 302
