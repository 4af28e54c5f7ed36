"""A page opened large is a step in the browser's history: Back closes it, and a link opens it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from clustering.models import Collection, User
from tests.e2e.conftest import OpenDesk
from tests.e2e.test_large_view import is_closed, shows_page


def test_back_closes_it_and_forward_opens_it_again(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice, "/keys/")
    desk.go("/c/afl/")
    desk.focus(3)
    desk.keys("Enter")
    shows_page(desk, 3)
    desk.keys("ArrowRight")
    shows_page(desk, 4)
    desk.page.go_back()
    is_closed(desk)
    desk.focused(4)
    desk.page.go_forward()
    desk.page.go_back()  # before it is open again
    is_closed(desk)
    desk.page.go_forward()
    shows_page(desk, 4)
    desk.page.go_back()
    is_closed(desk)
    desk.keys("v")
    expect(desk.page.locator("#detail .zoom")).to_have_count(2)
    expect(desk.page).to_have_url(f"{desk.root}/c/afl/#seam/HH000001_0004")
    desk.page.go_back()
    is_closed(desk)
    desk.page.go_back()
    expect(desk.page).to_have_url(f"{desk.root}/keys/")


def test_closing_it_by_key_or_button_leaves_nothing_in_the_history(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice, "/keys/")
    desk.go("/c/afl/")
    desk.focus(3)
    for _ in range(3):
        desk.keys("Enter", "Escape")  # at once, before the browser has taken the step back
    desk.keys("Enter")
    shows_page(desk, 3)
    desk.page.get_by_role("button", name="Close", exact=True).click()
    is_closed(desk)
    desk.page.go_back()
    expect(desk.page).to_have_url(f"{desk.root}/keys/")


@pytest.mark.parametrize("key", ["Enter", "v"])
def test_a_reload_keeps_it_open_and_back_still_closes_it(
    collection: Collection, alice: User, open_desk: OpenDesk, key: str
) -> None:
    desk = open_desk(alice)
    desk.focus(9)
    desk.keys(key)
    expect(desk.page.locator("#detail .zoom")).to_have_count(1 if key == "Enter" else 2)
    desk.page.wait_for_url("**#*/HH000001_0009")
    desk.reload()
    expect(desk.page.locator("#detail .zoom")).to_have_count(1 if key == "Enter" else 2)
    desk.page.go_back()
    is_closed(desk)


def test_a_link_to_a_page_opens_it_and_closing_stays_at_the_desk(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice, "/keys/")
    desk.go("/c/afl/#page/HH000001_0009")
    shows_page(desk, 9)
    desk.keys("Escape")
    is_closed(desk)
    desk.page.go_back()
    expect(desk.page).to_have_url(f"{desk.root}/keys/")
