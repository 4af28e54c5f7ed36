"""A flag with words: they come back after a conflict."""

from __future__ import annotations

from playwright.sync_api import expect

from clustering.models import Collection, Group, User
from tests.describing import describe_group
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import settled


def test_a_flag_with_a_word_comes_back_too(collection: Collection, alice: User, bob: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.focus(3)
    desk.hear_no_news()
    describe_group(Group.objects.get(collection=collection, number=2), note="One copy.", actor=bob)
    desk.keys("f")
    desk.page.locator("dialog[open] [name=note]").fill("Two letters?")
    desk.keys("Enter")
    expect(desk.page.locator(":is(#describe, dialog[open]) [role=alert]")).to_contain_text("bob: Described 2")
    assert desk.page.locator("dialog [name=note]").input_value() == "Two letters?"
    desk.act("Enter")
    settled(lambda: Group.objects.get(collection=collection, number=2).flag_note, "Two letters?")


def test_a_refused_flag_of_the_queue_comes_back_with_its_words(
    collection: Collection, alice: User, bob: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice, "/c/afl/queue/")
    desk.ready()
    desk.page.route("**/queue/next*", lambda route: route.abort())
    describe_group(Group.objects.get(collection=collection, number=2), note="One copy.", actor=bob)
    note = desk.page.locator("dialog[open] [name=note]")
    desk.keys("f")
    note.fill("Two letters?")
    desk.keys("Enter")
    expect(desk.page.locator("dialog[open] [role=alert]")).to_contain_text("bob: Described 2")
    expect(note).to_have_value("Two letters?")
    note.press("Enter")
    settled(lambda: Group.objects.get(collection=collection, number=2).flag_note, "Two letters?")
