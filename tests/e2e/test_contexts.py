"""What one test leaves in a browser is not there for the next."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.e2e.contexts import Contexts

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

LEAVE = "() => { sessionStorage.setItem('a', '1'); localStorage.setItem('a', '1'); document.cookie = 'a=1'; }"
KEPT = "() => [sessionStorage.length, localStorage.length, document.cookie.includes('a=1')]"
HEAR = "() => addEventListener('keydown', (event) => { document.title = String(event.shiftKey); })"


def opened(contexts: Contexts, address: str) -> Page:
    page = contexts.page_of(contexts.take())
    contexts.watch(page)
    page.goto(address)
    return page


def given_back(contexts: Contexts, page: Page) -> None:
    page.goto("about:blank")
    contexts.give_back()


def test_a_page_is_taken_again_without_what_was_left_in_it(contexts: Contexts, live_server: LiveServer) -> None:
    address = f"{live_server}/sign-in/"
    page = opened(contexts, address)
    page.evaluate(LEAVE)
    page.keyboard.down("Shift")
    page.route("**/*", lambda route: route.abort())
    given_back(contexts, page)
    again = opened(contexts, address)
    assert again is page
    assert again.evaluate(KEPT) == [0, 0, False]
    again.evaluate(HEAR)
    again.keyboard.press("a")
    assert again.title() == "false"
    given_back(contexts, again)


def test_a_page_that_was_changed_for_good_is_not_taken_again(contexts: Contexts, live_server: LiveServer) -> None:
    page = opened(contexts, f"{live_server}/sign-in/")
    page.set_viewport_size({"width": 400, "height": 700})
    given_back(contexts, page)
    assert page.is_closed()
    again = opened(contexts, f"{live_server}/sign-in/")
    assert again.evaluate("innerWidth") == 1280
    given_back(contexts, again)
