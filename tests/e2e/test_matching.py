"""Everything that a filter shows, in one act; and copies, marked and found."""

from __future__ import annotations

import json

from playwright.sync_api import Request, expect

from clustering.actions.flag import flag_group
from clustering.models import Collection, Group, Reading, User
from clustering.models import Page as Scan
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import in_states, settled


def test_all_that_is_shown_is_confirmed_by_filter_and_count(
    collection: Collection, alice: User, bob: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    sent: list[dict[str, object]] = []

    def hear(request: Request) -> None:
        if "/acts/" in request.url:
            sent.append({"act": request.url.rpartition("/")[2], **json.loads(request.post_data or "{}")})

    desk.page.on("request", hear)
    desk.page.get_by_text("Unconfirmed", exact=True).click()
    desk.page.get_by_role("button", name="Select all shown").click()
    expect(desk.page.locator("#selection-words")).to_have_text("12 pages, 5 documents: everything under “Unconfirmed”")
    desk.keys("Shift+C")
    desk.page.get_by_role("button", name="Confirm 5 documents").click()
    expect(desk.page.get_by_role("heading", name="All confirmed")).to_be_visible()
    desk.saved()
    in_states(collection, ["confirmed"] * 5)
    assert [(act["act"], act["matching"], "groups" in act) for act in sent] == [
        ("confirm", {"filter": "todo", "groups": 5, "version": 0}, False)
    ]
    desk.act("Control+z")
    in_states(collection, ["proposed"] * 5)


def test_the_second_is_refused_when_somebody_was_quicker(
    collection: Collection, alice: User, bob: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    desk.hear_no_news()
    desk.focus(6)
    desk.keys("Control+a", "Control+a", "Shift+C")
    flag_group(Group.objects.get(collection=collection, number=3), note="", actor=bob)
    desk.page.get_by_role("button", name="Confirm 5 documents").click()
    expect(desk.page.locator(".toast.is-problem")).to_contain_text("The collection has changed")
    in_states(collection, ["proposed"] * 5)
    expect(desk.page.locator(".band-head.is-confirmed")).to_have_count(0)


def test_the_list_does_it_without_javascript(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    page = open_desk(alice, "/c/afl/list/", java_script_enabled=False).page
    page.get_by_role("link", name="Unconfirmed").click()
    page.get_by_label("All 5 documents").check()
    page.get_by_role("button", name="Confirm all 5").click()
    expect(page.get_by_role("heading", name="Nothing here")).to_be_visible()
    in_states(collection, ["confirmed"] * 5)


def test_all_that_is_shown_is_joined_only_after_a_question(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    desk.keys("Control+a", "Control+a", "Shift+M")
    dialog = desk.page.get_by_role("dialog", name="Join 5 documents?")
    expect(dialog).to_contain_text("5 documents with 12 pages")
    desk.keys("Escape")
    expect(dialog).to_have_count(0)
    assert collection.groups.count() == 5
    desk.keys("Shift+M")
    expect(dialog).to_be_visible()
    desk.act("Enter")
    settled(lambda: collection.groups.count(), 1)


def test_a_copy_is_shown_said_to_be_one_and_gone_to(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    copy = Scan.objects.get(collection=collection, position=6)
    first = Scan.objects.get(collection=collection, position=1)
    Scan.objects.filter(pk=copy.pk).update(sha256=first.sha256)
    Reading.objects.filter(page=copy).update(text=Reading.objects.get(page=first).text)
    desk = open_desk(alice)
    desk.page.locator("#panel-switch").click()
    desk.focus(6)
    panel = desk.page.locator("#panel-page")
    expect(panel).to_contain_text("same file")
    panel.get_by_role("button", name="Mark document 3 as a duplicate of 1").click()
    desk.announces("Described 3: a duplicate of 1.")
    settled(lambda: Group.objects.get(collection=collection, number=3).copy_of, 1)
    desk.page.get_by_role("button", name="duplicate of 1").click()
    desk.focused(1)
    desk.act("Control+z")
    settled(lambda: Group.objects.get(collection=collection, number=3).copy_of, None)
