"""What a person typed is still there when it was not taken, in a real browser."""

from __future__ import annotations

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from clustering.models import Collection, Comment, Edit, Group, User
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import DeskDriver, settled


def describe_in_list(desk: DeskDriver, title: str) -> None:
    desk.page.get_by_text("Title, type, date, and flag of document 1").click()
    group = desk.page.locator("section.list-group").filter(has=desk.page.locator("h2", has_text="Untitled")).first
    group.get_by_label("Title").fill(title)
    group.get_by_role("button", name="Save").click()


@pytest.mark.parametrize("cookies", [True, False], ids=["expired", "cookies gone"])
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_form_outlives_the_session(
    collection: Collection, alice: User, open_desk: OpenDesk, cookies: bool, script: bool
) -> None:
    desk = open_desk(alice, "/c/afl/list/", java_script_enabled=script)
    if cookies:
        Session.objects.all().delete()
    else:
        desk.page.context.clear_cookies()
    describe_in_list(desk, "Letter to the editor")
    page = desk.page
    expect(page.locator("main")).to_contain_text("everything you typed is kept")
    page.fill("[name=username]", "alice")
    page.fill("[name=password]", "a-good-password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="You’re signed in. This is not saved yet.")).to_be_visible()
    assert not Edit.objects.exists()
    page.get_by_role("button", name="Send again").click()
    expect(page.locator(".messages")).to_contain_text("Described 1: title “Letter to the editor”.")
    assert Group.objects.get(collection=collection, number=1).title == "Letter to the editor"


def test_escape_leads_from_a_comment_back_to_its_page(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.focus(4)
    desk.keys("i")
    expect(desk.page.locator("#panel-comments textarea")).to_be_focused()
    desk.page.keyboard.type("Signed?")
    desk.keys("Enter")
    expect(desk.page.locator("#panel-comments .comment-text")).to_have_text("Signed?")
    desk.keys("Escape")
    desk.focused(4)


def test_a_comment_is_written_beside_the_document_and_no_letter_of_it_is_lost(
    collection: Collection, alice: User, bob: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    desk.page.evaluate("Object.defineProperty(crypto, 'randomUUID', { value: undefined })")  # as without HTTPS
    desk.focus(4)
    desk.keys("i")
    field = desk.page.locator("#panel-comments textarea")
    expect(field).to_be_focused()
    desk.page.keyboard.type("Is this signed, @")
    expect(desk.page.get_by_role("option", name="bob")).to_be_visible()
    desk.page.route("**/people?q=*", lambda _: None)  # the list isn't renewed in time
    desk.page.keyboard.type("bo")
    expect(desk.page.get_by_role("option")).to_have_count(1)
    desk.keys("Enter")
    desk.page.keyboard.type("?")
    desk.page.context.set_offline(True)
    desk.keys("Enter")
    expect(desk.page.locator("#panel-comments").get_by_role("alert")).to_contain_text("can’t be reached")
    desk.page.context.set_offline(False)
    desk.reload()
    expect(field).to_have_value("Is this signed, @bob ?")
    field.press("Enter")
    expect(desk.page.locator("#panel-comments .comment-text")).to_have_text("Is this signed, @bob ?")
    expect(field).to_have_value("")
    comment = Comment.objects.get()
    assert (comment.page.position, comment.mentions) == (4, ["bob"])
    expect(desk.page.locator("#count-commented")).to_have_text("1")
    desk.page.get_by_text("With open comments").click()
    desk.shows([[3, 4, 5]])
    assert desk.page.url.endswith("?show=commented"), "a filter has an address"
    desk.reload()
    desk.shows([[3, 4, 5]])
    expect(desk.page.locator("#save-filter")).to_have_attribute(
        "href", re.compile(r"address=%2Fc%2Fafl%2F%3Fshow%3Dcommented$")
    )
    desk.go("/")
    desk.go(f"/c/afl/#comments/{comment.page.identifier}")
    expect(desk.page.locator("#panel-comments .comment-text")).to_have_text("Is this signed, @bob ?")
    expect(field).to_be_focused()
    desk.page.locator(".comment-mark").click()
    desk.page.get_by_role("button", name="Resolve").click()
    expect(desk.page.locator(".comment-mark")).to_have_count(0)
    comment.refresh_from_db()
    assert comment.resolved_by == alice


def test_a_page_that_cannot_be_found_leaves_the_words_in_the_dialog(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    desk.focus(3)
    desk.keys("g")
    field = desk.page.locator("dialog input[name=q]")
    field.fill("HH0000019999")
    desk.keys("Enter")
    expect(desk.page.locator("dialog").get_by_role("alert")).to_contain_text("HH0000019999")
    expect(field).to_have_value("HH0000019999")
    desk.page.context.set_offline(True)
    field.fill("_0009")
    desk.keys("Enter")
    expect(desk.page.locator("dialog").get_by_role("alert")).to_contain_text("The server can’t be reached right now.")
    desk.page.context.set_offline(False)
    desk.keys("Enter")
    desk.focused(9)
    expect(desk.page.locator("dialog[open]")).to_have_count(0)


def test_a_double_click_sends_a_form_once(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice, "/c/afl/list/")
    desk.page.get_by_role("button", name="Split before page 9").dblclick()
    expect(desk.page.locator(".messages")).to_contain_text("Split 4 before page 9")
    settled(lambda: Edit.objects.count(), 1)


def test_a_new_collection_waits_for_who_signs_in_again(collection: Collection, sam: User, open_desk: OpenDesk) -> None:
    desk = open_desk(sam, "/new/")
    page = desk.page
    page.get_by_label("Title").fill("Farm Workers")
    page.locator("#where-address").check()
    page.get_by_label("Address or repository ID").fill("nowhere")
    Session.objects.all().delete()
    page.get_by_role("button", name="Create collection and upload").click()
    page.get_by_role("button", name="Not now").click()
    expect(page.locator("#form-errors")).to_contain_text("You’re signed out. Sign in from another tab")
    expect(page.get_by_label("Title")).to_have_value("Farm Workers")
    page.get_by_role("button", name="Create collection and upload").click()
    desk.sign_in_here()
    expect(page.locator("#error-address")).not_to_be_empty()
    expect(page.get_by_label("Title")).to_have_value("Farm Workers")
