"""Every basic verb without JavaScript."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from clustering.models import Collection, Group, User
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import arranged, settled


def test_the_list_does_every_verb_without_javascript(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice, "/c/afl/list/", java_script_enabled=False)
    page = desk.page
    page.get_by_role("button", name="Split before page 9").click()
    expect(page.get_by_role("status")).to_contain_text("Split 4 before page 9")
    arranged(collection, [[1, 2], [3, 4, 5], [6], [7, 8], [9, 10], [11, 12]])
    expect(page.get_by_role("button", name=re.compile("before page 1$"))).to_have_count(0)
    page.get_by_role("button", name="Join to previous page (page 6)").click()
    arranged(collection, [[1, 2], [3, 4, 5, 6], [7, 8], [9, 10], [11, 12]])
    page.get_by_role("checkbox", name="Page 8").check()
    page.get_by_label("Move to document").fill("5")
    page.get_by_role("button", name="Move", exact=True).click()
    arranged(collection, [[1, 2], [3, 4, 5, 6], [7], [8, 11, 12], [9, 10]])
    page.get_by_role("checkbox", name="Page 6").check()
    page.get_by_role("button", name="Make a document").click()
    arranged(collection, [[1, 2], [3, 4, 5], [6], [7], [8, 11, 12], [9, 10]])
    page.get_by_role("button", name="Confirm document 1").click()
    settled(lambda: Group.objects.get(collection=collection, number=1).is_confirmed)
    page.get_by_role("button", name="Unconfirm document 1").click()
    page.get_by_role("button", name="Undo").click()
    settled(lambda: Group.objects.get(collection=collection, number=1).is_confirmed)
    page.get_by_role("button", name="Later page 3").click()
    arranged(collection, [[1, 2], [4, 3, 5], [6], [7], [8, 11, 12], [9, 10]])
    page.get_by_text(re.compile("Title, type, date, and flag of document 1")).click()
    group = page.locator("section", has=page.get_by_role("heading", name="1 Untitled"))
    group.get_by_label("Title").fill("An Evening with U. Utah Phillips")
    group.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="An Evening with U. Utah Phillips")).to_be_visible()


def test_the_stream_points_to_the_list_without_javascript(
    collection: Collection, victor: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(victor, "/c/afl/list/", java_script_enabled=False)
    desk.page.goto(f"{desk.root}/c/afl/")
    desk.page.get_by_role("link", name="list", exact=True).click()
    expect(desk.page.get_by_role("button", name="Split before page 9")).to_have_count(0)


def test_documents_and_keys_are_printed_without_what_is_there_to_be_clicked(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    Group.objects.filter(collection=collection, number=4).update(flagged=True, title="Boycott grapes", date="1964")
    desk = open_desk(alice, "/c/afl/?show=flagged")
    desk.ready()
    page = desk.page
    page.emulate_media(media="print")
    expect(page.get_by_text("Print the documents from the print sheet")).to_be_visible()
    expect(page.locator("#stream")).to_be_hidden()
    page.emulate_media(media="screen")
    expect(page.get_by_text("Print the documents from the print sheet")).to_be_hidden()
    page.get_by_role("link", name="Print sheet…").click()
    expect(page.locator(".contact")).to_have_count(1)
    expect(page.locator(".contact")).to_have_text("4 Boycott grapes proposed · flagged 4 pages from page 7 · 1964")
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    page.emulate_media(media="print")
    for clicked in (page.locator(".top"), page.get_by_role("navigation", name="Show"), page.locator("[data-print]")):
        expect(clicked).to_be_hidden()
    page.goto(f"{desk.root}/keys/")
    expect(page.locator(".top")).to_be_hidden()
    expect(page.locator(".key-list").first).to_be_visible()
    page.goto(f"{desk.root}/c/afl/history/")
    expect(page.get_by_role("heading", name="History")).to_be_visible()
    expect(page.locator(":is(button, .button, input, select):visible")).to_have_count(0)
