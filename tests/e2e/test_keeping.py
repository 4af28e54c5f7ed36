"""What was done at the desk and did not reach the server: kept over reloads and restarts of the browser, sent once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Playwright, Route, expect

from clustering.models import Answer, Collection, Edit, Group, User
from tests.e2e.conftest import FLAGS, OpenDesk, chromium_path
from tests.e2e.driver import DeskDriver, arranged, arrangement, settled
from tests.stopping import without_postgres

UNTOUCHED = [[1, 2], [3, 4, 5], [6], [7, 8, 9, 10], [11, 12]]
SPLIT = [[1, 2], [3, 4, 5], [6], [7, 8], [9, 10], [11, 12]]


def sign_in(context: BrowserContext, root: str, user: User) -> None:
    client = Client()
    client.force_login(user)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": root}])


@contextmanager
def cut(desk: DeskDriver, pattern: str = "**/acts/*") -> Iterator[None]:
    """No change reaches the server."""
    desk.page.context.route(pattern, lambda route: route.abort())
    try:
        yield
    finally:
        desk.page.context.unroute(pattern)


def waits(desk: DeskDriver, state: str = "offline") -> None:
    expect(desk.page.locator("#save-state")).to_have_attribute("data-state", state)


def test_what_was_not_sent_outlives_a_reload_and_is_shown_and_sent_in_order(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    with cut(desk):
        desk.focus(9)
        desk.keys("s", "c")  # a group that the server has not named yet, and its confirmation
        waits(desk)
        expect(desk.page.locator("#save-state")).to_have_text("Reconnecting. Your changes are kept.")
        desk.reload()
        desk.shows(SPLIT)
        waits(desk)
        desk.focus(1)
        desk.keys("c")
        desk.reload()
        desk.shows(SPLIT)
        assert not Edit.objects.exists()
    desk.saved()
    arranged(collection, SPLIT)
    confirmed = Group.objects.filter(collection=collection, state="confirmed").order_by("first_position")
    assert list(confirmed.values_list("first_position", flat=True)) == [1, 9]
    assert list(Edit.objects.order_by("sequence").values_list("verb", flat=True)) == ["split", "confirm", "confirm"]
    desk.reload()
    desk.saved()
    assert Edit.objects.count() == 3, "nothing is sent again"


def test_an_act_whose_answer_was_lost_is_done_once_and_what_builds_on_it_is_saved(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)

    def lose(route: Route) -> None:
        if not Edit.objects.exists():
            route.fetch()  # the server does it, and nobody hears of it
        route.abort()

    desk.page.context.route("**/acts/*", lose)
    desk.focus(9)
    desk.keys("s", "c")
    waits(desk)
    arranged(collection, SPLIT)
    desk.reload()
    desk.shows(SPLIT)
    desk.page.context.unroute("**/acts/*")
    desk.saved()
    arranged(collection, SPLIT)
    assert list(Edit.objects.order_by("sequence").values_list("verb", flat=True)) == ["split", "confirm"]
    assert Group.objects.get(collection=collection, first_position=9).is_confirmed
    expect(desk.page.locator(".toast.is-problem")).to_have_count(0)


def test_undo_and_redo_that_wait_mean_what_was_meant(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.focus(9)
    desk.act("s")
    with cut(desk):
        desk.focus(4)
        desk.keys("s", "Control+z", "Control+z", "Control+Shift+Z", "Control+Shift+Z", "Control+z")
        waits(desk)
        desk.reload()
    desk.saved()
    arranged(collection, SPLIT)  # of the two, the one that was saved first stands
    verbs = list(Edit.objects.order_by("sequence").values_list("verb", flat=True))
    assert verbs == ["split", "split", "undo", "undo", "redo", "redo", "undo"]


def test_a_restart_of_the_browser_keeps_it(
    django_db_serialized_rollback: None,
    collection: Collection,
    alice: User,
    playwright_api: Playwright,
    live_server: object,
    tmp_path: Path,
) -> None:
    def started() -> BrowserContext:
        folder = str(tmp_path / "profile")
        return playwright_api.chromium.launch_persistent_context(folder, executable_path=chromium_path(), args=FLAGS)

    context = started()
    sign_in(context, str(live_server), alice)
    desk = DeskDriver(context.pages[0], str(live_server))
    desk.go("/c/afl/")
    context.route("**/acts/*", lambda route: route.abort())
    desk.focus(9)
    desk.keys("s")
    waits(desk)
    context.close()
    arranged(collection, UNTOUCHED)

    context = started()
    try:
        sign_in(context, str(live_server), alice)
        desk = DeskDriver(context.pages[0], str(live_server))
        desk.page.goto(f"{live_server}/")
        note = desk.page.get_by_role("status").filter(has_text="1 change in AFL has not been saved yet")
        note.get_by_role("link", name="Open AFL").click()
        desk.ready()
        desk.saved()
        arranged(collection, SPLIT)
        desk.page.goto(f"{live_server}/")
        expect(note).to_have_count(0)
    finally:
        desk.page.wait_for_load_state("networkidle")
        desk.page.goto("about:blank")
        context.close()


def test_it_waits_for_the_same_person_and_is_saved_for_nobody_else(
    collection: Collection, alice: User, bob: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    context = desk.page.context
    context.clear_cookies()
    desk.focus(9)
    desk.keys("s")
    waits(desk, "signed-out")
    place = desk.page.locator("#save-state")
    expect(place).to_have_text("You’re signed out. Your changes are kept. Sign in")
    expect(place.get_by_role("link")).to_have_attribute("href", "/sign-in/?next=%2Fc%2Fafl%2F")

    sign_in(context, desk.root, bob)  # in another tab
    waits(desk, "somebody-else")
    expect(place.get_by_role("link", name="Sign in as alice")).to_be_visible()
    desk.reload()  # now it is bob's page
    desk.shows(UNTOUCHED)
    desk.focus(1)
    desk.act("c")
    assert list(Edit.objects.values_list("verb", "actor__username")) == [("confirm", "bob")]

    context.clear_cookies()
    desk.sign_in("alice")
    desk.go("/c/afl/")
    desk.saved()
    arranged(collection, SPLIT)
    assert Edit.objects.order_by("sequence").last().actor == alice  # type: ignore[union-attr] # there are two


def test_signing_in_again_elsewhere_lets_an_open_page_go_on(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    context = desk.page.context
    context.clear_cookies(name="sessionid")  # the token stays, as it does when a session ends
    desk.focus(9)
    desk.keys("s")
    waits(desk, "signed-out")
    other = DeskDriver(context.new_page(), desk.root)
    other.sign_in_beside("alice")  # with another CSRF token than the open page was made with
    other.page.close()
    desk.saved()
    arranged(collection, SPLIT)


@pytest.mark.parametrize("page", ["/c/afl/", "/c/afl/queue/"])
def test_without_the_database_the_desk_says_reconnecting_and_goes_on_by_itself(
    collection: Collection, alice: User, open_desk: OpenDesk, page: str
) -> None:
    desk = open_desk(alice, page)
    desk.ready()
    if page == "/c/afl/":
        desk.focus(5)
    desk.page.wait_for_load_state("networkidle")
    with without_postgres():
        desk.keys("s")
        waits(desk)
        expect(desk.page.locator("#save-state")).to_have_text("Reconnecting. Your changes are kept.")
    desk.saved()
    arranged(collection, [[1, 2], [3, 4], [5], [6], [7, 8, 9, 10], [11, 12]])


def test_answers_of_the_queue_outlive_a_reload_and_are_sent_from_the_stream_as_well(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice, "/c/afl/queue/")
    desk.ready()
    title = desk.page.locator("#queue-title")
    with cut(desk, "**/queue/answer"):
        desk.keys("s")
        waits(desk)
        desk.reload()
        expect(title).to_have_text("Page 7 and page 8")  # what was answered is not asked again
        with desk.page.expect_event("requestfailed", lambda request: request.url.endswith("/queue/answer")):
            desk.keys("y")  # on its way while the page goes, it would get through: such requests outlive their page
        desk.reload()
        expect(desk.page.locator("#queue-done")).to_contain_text("Everything is answered")
        assert not Answer.objects.exists()
    with cut(desk):
        desk.go("/c/afl/")
        desk.saved()
    settled(
        lambda: list(Answer.objects.order_by("first__position").values_list("first__position", "verdict")),
        [(4, "different"), (7, "same")],
    )
    arranged(collection, [[1, 2], [3, 4], [5], [6], [7, 8, 9, 10], [11, 12]])
    desk.shows(arrangement(collection))


def test_a_change_of_somebody_else_is_not_overwritten_by_what_was_kept(
    collection: Collection, alice: User, bob: User, open_desk: OpenDesk
) -> None:
    desk, other = open_desk(alice), open_desk(bob)
    with cut(desk):
        desk.focus(10)
        desk.keys("s")
        waits(desk)
        other.focus(9)
        other.act("s")
        desk.reload()
    expect(desk.page.locator(".toast.is-problem")).to_contain_text("bob: Split 4 before page 9")
    desk.saved()
    arranged(collection, SPLIT)
    desk.shows(SPLIT)
