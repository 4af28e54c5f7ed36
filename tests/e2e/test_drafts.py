"""Drafts at the desk: they follow the pages, and confirming takes them over. A closed collection says so."""

from __future__ import annotations

import re

from django.utils import timezone
from playwright.sync_api import Locator, expect

from clustering.actions import close_collection, reopen_collection
from clustering.models import Collection, Group, User
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import DeskDriver, settled


def heading(desk: DeskDriver, number: int) -> Locator:
    group = Group.objects.get(number=number)
    return desk.page.locator(f".band-head[data-group='{group.pk}']").first


def test_confirming_by_key_takes_over_what_the_heading_shows(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    draft = {
        "title": {"value": "Boycott grapes", "confidence": 0.8},
        "kind": {"value": "flyer", "confidence": 0.8},
        "date": {"value": "1954-01-14", "confidence": 0.3},
    }
    Group.objects.filter(collection=collection, number=2).update(draft=draft)
    desk = open_desk(alice)
    desk.focus(3)
    expect(heading(desk, 2).locator(".title.is-draft")).to_have_text("Boycott grapes")
    expect(heading(desk, 2).locator(".band-rest")).to_contain_text("flyer · January 14, 1954?")
    expect(heading(desk, 2).locator(".unsure")).to_have_count(0)
    desk.act("c")
    desk.announces("Confirmed document 2, pages 3 to 5, with its draft title and type.")
    expect(heading(desk, 2).locator(".title:not(.is-draft)")).to_have_text("Boycott grapes")
    group = Group.objects.get(collection=collection, number=2)
    assert (group.title, group.kind, group.date, group.accepted_drafts) == (
        "Boycott grapes",
        "flyer",
        "",  # a draft that is less sure than even odds stays one
        ["kind", "title"],
    )
    desk.act("Control+z")
    expect(heading(desk, 2).locator(".title.is-draft")).to_have_text("Boycott grapes")
    assert Group.objects.get(collection=collection, number=2).title == ""


def test_an_uncertain_title_is_marked_and_stays_a_draft(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    draft = {"title": {"value": "B0ycott grapcs", "confidence": 0.4}}
    Group.objects.filter(collection=collection, number=2).update(draft=draft)
    desk = open_desk(alice)
    desk.focus(3)
    expect(heading(desk, 2).locator(".unsure")).to_have_text("?")
    desk.act("c")
    expect(heading(desk, 2)).to_have_class(re.compile("is-confirmed"))
    expect(heading(desk, 2).locator(".title.is-draft")).to_have_text("B0ycott grapcs")
    assert Group.objects.get(collection=collection, number=2).title == ""


def test_what_a_split_cuts_off_has_its_draft_at_once(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.focus(8)
    expect(heading(desk, 4).locator(".title")).to_have_text("Untitled document, pages 7–10")
    desk.act("s")
    expect(heading(desk, 6).locator(".title.is-draft")).to_have_text("The Farm Workers Ask 8")
    expect(heading(desk, 4).locator(".title.is-draft")).to_have_text("The Farm Workers Ask 7")
    desk.keys("w")
    expect(desk.page.locator("#panel-page")).to_contain_text("The Farm Workers Ask 8")


def test_a_draft_that_is_emptied_beside_the_scan_is_gone(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    draft = {"title": {"value": "Eros an", "confidence": 0.8}}
    Group.objects.filter(collection=collection, number=2).update(draft=draft)
    desk = open_desk(alice)
    desk.focus(3)
    desk.keys("d")
    tag = desk.page.locator("#describe .tag").get_by_text("draft", exact=True)
    expect(tag).to_be_visible()
    desk.page.locator("#describe [name=title]").fill("")
    expect(tag).to_have_count(0)
    desk.act("Enter")
    expect(desk.page.locator("#describe-message")).to_contain_text("Still empty in that document: title.")
    settled(lambda: Group.objects.get(collection=collection, number=2).draft, {})
    desk.keys("Escape")
    expect(heading(desk, 2).locator(".title")).to_have_text("Untitled document, pages 3–5")


def test_what_was_typed_when_a_collection_was_closed_is_kept_and_comes_back(
    collection: Collection, alice: User, bob: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    desk.focus(3)
    desk.keys("d")
    desk.page.locator("#describe [name=title]").fill("Half a title")
    close_collection(collection, actor=bob)
    expect(desk.page.locator(".lock-badge")).to_be_visible()
    desk.ready()
    desk.announces("is kept in this tab until you can save it")
    reopen_collection(collection, actor=bob)
    expect(desk.page.locator(".lock-badge")).to_have_count(0)
    desk.ready()
    desk.page.keyboard.press("Escape")
    desk.focus(3)
    desk.keys("d")
    expect(desk.page.locator("#describe [name=title]")).to_have_value("Half a title")


def test_a_collection_that_is_closed_meanwhile_says_so_at_the_stream(
    collection: Collection, alice: User, bob: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    desk.focus(8)
    close_collection(collection, actor=bob)
    expect(desk.page.get_by_text("This collection is closed.")).to_be_visible()
    desk.ready()
    expect(desk.page.locator(".lock-badge")).to_be_visible()
    expect(desk.page.locator("#selection-bar [data-command='new-group']")).to_have_count(0)
    expect(desk.cell(8)).to_have_attribute("tabindex", "0")  # the place is kept
    desk.page.get_by_role("link", name="Reopen…").click()
    expect(desk.page.get_by_role("heading", name="Reopen “AFL”?")).to_be_visible()
    desk.page.get_by_role("button", name="Reopen the collection").click()
    expect(desk.page.get_by_text("This collection is closed.")).to_have_count(0)


def test_a_draft_that_comes_later_shows_by_itself_beside_what_is_typed(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    groups = Group.objects.filter(collection=collection, number=2)
    groups.update(awaits_draft=True)
    desk = open_desk(alice)
    desk.focus(3)
    desk.keys("d")
    note = desk.page.locator("#describe [name=note]")
    note.fill("Torn")
    groups.update(awaits_draft=False, draft={"title": {"value": "Boycott grapes", "confidence": 0.8}})
    expect(heading(desk, 2).locator(".title.is-draft")).to_have_text("Boycott grapes", timeout=15_000)
    expect(note).to_have_value("Torn")
    expect(note).to_be_focused()


def test_each_key_that_would_change_something_says_why_it_does_not(
    collection: Collection, alice: User, victor: User, open_desk: OpenDesk
) -> None:
    Collection.objects.update(closed=timezone.now())
    closed, seen = open_desk(alice), open_desk(victor)
    for desk, why in ((closed, "is closed"), (seen, "not edit it")):
        for press in ("c", "s", "d", "f", "r", "Control+z"):
            desk.page.evaluate("document.querySelector('.toast')?.remove()")
            desk.keys(press)
            expect(desk.page.locator(".toast")).to_contain_text(why)
        desk.keys("j")  # what only looks goes on
        desk.page.evaluate("document.querySelector('.toast')?.remove()")
        desk.go("/c/afl/queue/")
        desk.ready()
        for press in ("s", "f"):
            desk.keys(press)
            expect(desk.page.locator("#queue-message")).to_contain_text(why)
            desk.page.evaluate("document.querySelector('#queue-message').textContent = ''")
        desk.go("/c/afl/table/")
        desk.ready()
        desk.page.locator("[data-row='0'][data-column='0']").click()
        desk.keys("Delete")
        expect(desk.page.locator(".toast")).to_contain_text(why)
