"""The list without JavaScript keeps what was typed into it."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from clustering.models import Group, User
from tests.conftest import MakeCollection
from tests.describing import describe_group
from tests.views.conftest import Signed


def sent(client: Client, group: Group, act: str, **fields: str) -> str:
    """The page that is answered; what a person sees, without the marks of HTML."""
    form = {"act": f"{act}:{group.pk}", "version": f"{group.pk}:{group.version}", "page": "1", "show": "all"}
    answer = client.post("/c/afl/list/act/", {**form, **{f"{name}-{group.pk}": text for name, text in fields.items()}})
    return f"{answer.status_code} " + html.unescape(answer.content.decode())


def value(page: str, name: str, group: Group) -> str:
    match = re.search(rf'name="{name}-{group.pk}"[^>]*value="([^"]*)"', page)
    return match[1] if match else ""


def test_a_refused_date_leaves_the_form_as_it_was_typed(
    make_collection: MakeCollection, alice: User, signed: Signed
) -> None:
    make_collection(groups=[1, 1])
    group = Group.objects.get(number=1)
    typed = {"title": "Boycott grapes", "kind": "flyer", "date": "one fine day", "about": "Two copies."}
    page = sent(signed(alice), group, "describe", **typed)
    assert page.startswith("422 ")
    assert "“one fine day” isn’t a date we recognize" in page
    assert [value(page, name, group) for name in ("title", "kind", "date")] == [
        "Boycott grapes",
        "flyer",
        "one fine day",
    ]
    assert "\nTwo copies.</textarea>" in page
    assert page.count('<details class="fold" open>') == 1
    group.refresh_from_db()
    assert group.title == ""


def test_a_conflict_leaves_it_too_and_the_next_try_is_based_on_what_is_shown(
    make_collection: MakeCollection, alice: User, bob: User, signed: Signed
) -> None:
    make_collection(groups=[1])
    group = Group.objects.get(number=1)
    describe_group(group, note="One copy.", actor=bob)
    page = sent(signed(alice), group, "describe", title="Boycott grapes", date="Jan. 14, 1954")
    assert page.startswith("409 ")
    assert "bob: Described 1" in page
    assert (value(page, "title", group), value(page, "date", group)) == ("Boycott grapes", "Jan. 14, 1954")
    fresh = Group.objects.get(number=1)
    assert f'name="version" value="{fresh.pk}:{fresh.version}"' in page
    sent(signed(alice), fresh, "describe", title="Boycott grapes", date="Jan. 14, 1954")
    fresh.refresh_from_db()
    assert (fresh.title, fresh.date, fresh.note) == ("Boycott grapes", "1954-01-14", "One copy.")


def test_a_flag_that_is_refused_leaves_its_word(make_collection: MakeCollection, alice: User, signed: Signed) -> None:
    make_collection(groups=[1])
    group = Group.objects.get(number=1)
    page = sent(signed(alice), group, "flag", note="x" * 501)
    assert page.startswith("422 ")
    assert value(page, "note", group) == "x" * 501


def test_drafts_stand_in_the_form_and_are_saved_or_emptied(
    make_collection: MakeCollection, alice: User, signed: Signed
) -> None:
    make_collection(groups=[1])
    Group.objects.update(draft={"title": {"value": "Grapes"}, "kind": {"value": "flyer"}, "date": {"value": "1954~"}})
    group = Group.objects.get(number=1)
    page = html.unescape(signed(alice).get("/c/afl/list/").content.decode())
    assert [value(page, name, group) for name in ("title", "kind", "date")] == ["Grapes", "flyer", "1954~"]
    assert "about 1954" in page
    sent(signed(alice), group, "describe", title="Grapes", kind="", date="1954~")
    group.refresh_from_db()
    assert (group.title, group.kind, group.date, group.draft.keys()) == ("Grapes", "", "1954~", {"title", "date"})


@pytest.mark.parametrize("act", ["", "nothing known", "move"])
def test_a_form_that_makes_no_sense_is_refused_in_a_sentence(
    make_collection: MakeCollection, alice: User, signed: Signed, act: str
) -> None:
    make_collection(groups=[1])
    answer = signed(alice).post("/c/afl/list/act/", {"act": act}, follow=True)
    message = "No document has that number." if act == "move" else "This page is out of date."
    page = answer.content.decode()
    assert message in page
    assert 'href="/c/afl/list/?show=todo"' in page
    assert 'href="?' not in page, "the address of a refused form takes no other request"
