"""Links and tokens that are shown only once are copied with a button."""

from __future__ import annotations

from playwright.sync_api import expect

from clustering.models import User
from tests.e2e.conftest import OpenDesk


def test_a_link_shown_once_is_copied_or_selected(alice: User, sam: User, open_desk: OpenDesk) -> None:
    page = open_desk(sam, "/staff/people/").page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("li", has_text="alice").get_by_role("button", name="Reset password").click()
    link = page.get_by_label("The link").input_value()
    page.get_by_role("button", name="Copy").click()
    expect(page.locator(".shown-once [role=status]")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == link
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
    page.get_by_role("button", name="Copy").click()
    expect(page.locator(".shown-once [role=status]")).to_contain_text("The text is selected")
    assert page.evaluate("getSelection().toString()") == link
    page.context.clear_permissions()
