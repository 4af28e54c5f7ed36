"""Describing a document: nothing that was typed is lost, whatever the server says."""

from __future__ import annotations

import re

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import expect

from clustering.actions import describe_group, merge_groups
from clustering.models import Collection, Group
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import DeskDriver, settled


def facts(collection: Collection, number: int) -> tuple[str, str, str]:
    group = Group.objects.get(collection=collection, number=number)
    return group.title, group.date, group.note


def begin(desk: DeskDriver, page: int) -> None:
    desk.focus(page)
    desk.keys("d")
    expect(desk.page.get_by_role("dialog")).to_be_visible()


def write(desk: DeskDriver, **texts: str) -> None:
    for name, text in texts.items():
        desk.page.locator(f"dialog [name={name}]").fill(text)


def typed(desk: DeskDriver) -> tuple[str, ...]:
    return tuple(desk.page.locator(f"dialog [name={name}]").input_value() for name in ("title", "date", "note"))


def test_a_date_as_people_write_it_is_read_below_the_field_and_saved(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    begin(desk, 3)
    write(desk, note="Two copies.", title="Boycott grapes", date="January 14, 1954")
    expect(desk.page.locator("#date-reading")).to_have_text("January 14, 1954 (1954-01-14)")
    desk.act("Enter")
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    settled(lambda: facts(collection, 2), ("Boycott grapes", "1954-01-14", "Two copies."))


def test_what_is_no_date_is_told_before_the_dialog_closes(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    begin(desk, 3)
    write(desk, note="Two copies.", title="Boycott grapes", date="one fine day")
    desk.keys("Enter")
    expect(desk.page.get_by_role("alert")).to_contain_text("“one fine day” isn’t a date we recognize")
    expect(desk.page.locator("dialog [name=date]")).to_be_focused()
    assert typed(desk) == ("Boycott grapes", "one fine day", "Two copies.")
    write(desk, date="c. 1964")
    desk.act("Enter")
    settled(lambda: facts(collection, 2), ("Boycott grapes", "1964~", "Two copies."))


def test_after_a_conflict_it_comes_back_with_every_letter(
    collection: Collection, alice: User, bob: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    begin(desk, 3)
    write(desk, note="Two copies.", title="Boycott grapes", date="1964")
    expect(desk.page.locator("#date-reading")).to_have_text("1964 (1964)")
    desk.page.route("**/changes/**", lambda route: route.abort())  # the news does not come in time
    describe_group(Group.objects.get(collection=collection, number=2), note="One copy.", actor=bob)
    desk.keys("Enter")
    expect(desk.page.get_by_role("alert")).to_contain_text("bob: Described 2")
    assert typed(desk) == ("Boycott grapes", "1964", "Two copies.")
    desk.page.locator("dialog [name=note]").focus()
    desk.act("Control+Enter")
    settled(lambda: facts(collection, 2), ("Boycott grapes", "1964", "Two copies."))


def test_where_the_document_is_gone_its_words_are_offered_to_the_one_that_has_its_pages(
    collection: Collection, alice: User, bob: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    begin(desk, 3)
    write(desk, note="Two copies.", title="Boycott grapes")
    desk.page.route("**/changes/**", lambda route: route.abort())
    merge_groups(Group.objects.filter(collection=collection, number__in=[1, 2]), actor=bob)
    desk.keys("Enter")
    expect(desk.page.get_by_role("dialog", name="Describe document 1")).to_be_visible()
    assert typed(desk)[::2] == ("Boycott grapes", "Two copies.")
    desk.act("Enter")
    settled(lambda: facts(collection, 1)[0], "Boycott grapes")


def test_an_expired_session_loses_nothing(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    begin(desk, 3)
    write(desk, note="Two copies.", title="Boycott grapes")
    Session.objects.all().delete()
    write(desk, date="Jan. 14, 1954")
    desk.keys("Enter")
    expect(desk.page.get_by_role("alert")).to_contain_text(re.compile("signed out.*Everything you typed is still here"))
    assert typed(desk) == ("Boycott grapes", "Jan. 14, 1954", "Two copies.")
    client = Client()  # in another tab
    client.force_login(alice)
    cookie = client.cookies["sessionid"].value
    desk.page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": desk.root}])
    desk.act("Enter")
    settled(lambda: facts(collection, 2), ("Boycott grapes", "1954-01-14", "Two copies."))


def test_what_was_typed_is_there_after_a_reload_and_after_escape_until_it_is_discarded(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    begin(desk, 3)
    write(desk, note="Two copies.", title="Boycott grapes")
    desk.page.mouse.click(5, 300)  # beside the dialog: it stays
    expect(desk.page.get_by_role("dialog")).to_be_visible()
    desk.reload()
    begin(desk, 3)
    assert typed(desk) == ("Boycott grapes", "", "Two copies.")
    desk.keys("Escape", "d")
    expect(desk.page.get_by_text("What you typed before is back.")).to_be_visible()
    expect(desk.page.locator("dialog [name=title]")).to_be_focused()
    assert typed(desk) == ("Boycott grapes", "", "Two copies.")
    desk.page.get_by_role("button", name="Discard it").click()
    assert typed(desk) == ("", "", "")
    desk.keys("Escape", "d")
    assert typed(desk) == ("", "", "")


def test_a_flag_with_a_word_comes_back_too(collection: Collection, alice: User, bob: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.focus(3)
    desk.page.route("**/changes/**", lambda route: route.abort())
    describe_group(Group.objects.get(collection=collection, number=2), note="One copy.", actor=bob)
    desk.keys("f")
    write(desk, note="Two letters?")
    desk.keys("Enter")
    expect(desk.page.get_by_role("alert")).to_contain_text("bob: Described 2")
    assert desk.page.locator("dialog [name=note]").input_value() == "Two letters?"
    desk.act("Enter")
    settled(lambda: Group.objects.get(collection=collection, number=2).flag_note, "Two letters?")
