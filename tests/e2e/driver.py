"""What people do on the desk, as functions for tests."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from django.templatetags.static import static
from playwright.sync_api import APIResponse, ConsoleMessage, Error, Locator, Page, Route, expect

from clustering.models import Collection, Group
from clustering.models import Page as Scan

PATIENCE_MS = 30_000
"""How long a busy machine may take to show what is expected."""
FRAME = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""Waits until the page is drawn after a change of size."""
QUIET_MS = 40
"""Time between two checks whether something is still running."""


class DeskDriver:
    """One browser of one person. Errors in its console fail the test."""

    def __init__(self, page: Page, root: str, at_work: Callable[[], int] = int) -> None:
        """Take `at_work`, which returns the number of requests that the server is processing.

        What the page asks for is not listened to: a page of the desk loads ninety files, and to hear of each takes a
        fifth of what loading them does.
        """
        self.page = page
        self.root = root
        self._at_work = at_work
        self.problems: list[str] = []
        self._hearing: dict[str, Callable[..., None]] = {
            "console": self._heard,
            "pageerror": lambda error: self.problems.append(str(error)),
        }
        for event, hear in self._hearing.items():
            page.on(event, hear)  # type: ignore[call-overload] # each event has a signature of its own

    def let_go(self) -> None:
        """Stop listening to the page, which another test uses next."""
        for event, hear in self._hearing.items():
            self.page.remove_listener(event, hear)

    def _heard(self, message: ConsoleMessage) -> None:
        # Refusals of the server and a cut line are parts of tests; a broken content policy never is.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.problems.append(message.text)

    def quiet(self) -> bool:
        """Whether page and server were idle, twice in a row."""
        try:
            for _ in range(2):
                self.page.wait_for_timeout(QUIET_MS)
                self.page.evaluate("1")  # comes back when what the page was about to send is sent
                if self._at_work():
                    return False
        except Error:  # it is on the way to another page
            return False
        return True

    def hear_no_news(self) -> None:
        """Withhold changes by others from this browser from now on, including those it has already requested."""
        self.page.route("**/changes/**", lambda route: route.abort())
        while not self.quiet():
            continue

    def sign_in(self, name: str) -> None:
        self.page.context.clear_cookies()
        self.sign_in_beside(name)

    def sign_in_beside(self, name: str) -> None:
        """Sign in with the cookies of other tabs, whose requests may renew a missing token."""
        self.page.goto(f"{self.root}/sign-in/")
        self.page.fill("[name=username]", name)
        self.page.fill("[name=password]", "a-good-password")
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(f"{self.root}/")

    def sign_in_here(self, password: str = "a-good-password", *, name: str = "") -> None:
        """Sign in in the dialog that opens after the session has ended."""
        dialog = self.page.get_by_role("dialog", name="Your session ended")
        expect(dialog.get_by_label("Password")).to_be_focused()
        if name:
            dialog.get_by_label("Username").fill(name)
        dialog.get_by_label("Password").fill(password)
        dialog.get_by_role("button", name="Sign in").click()

    def go(self, path: str) -> None:
        self.page.goto(self.root + path)
        if re.fullmatch(r"/c/[\w-]+/(#.*)?", path):
            self.ready()

    def ready(self) -> None:
        self.page.wait_for_selector("body[data-ready]")

    def leave(self) -> None:
        """Go to an address without scripts. On another site, the process with the compiled scripts would end."""
        self.page.goto(self.root + static("img/favicon.svg"))

    def reload(self) -> None:
        self.page.reload()
        self.ready()

    def cell(self, position: int) -> Locator:
        return self.page.locator(f"#cell-{position}")

    def focus(self, position: int) -> None:
        """Use the key for it, as a person without a mouse would."""
        self.keys("g")
        self.page.locator("dialog input[name=q]").fill(str(position))
        self.page.keyboard.press("Enter")
        expect(self.cell(position)).to_be_focused()

    def keys(self, *presses: str) -> None:
        for press in presses:
            self.page.keyboard.press(press)

    def saved(self) -> None:
        expect(self.page.locator("#save-state")).to_have_attribute("data-state", "saved")

    def act(self, *presses: str) -> None:
        """Press a key and wait until the change is saved."""
        self.keys(*presses)
        self.saved()

    def seam(self, position: int) -> Locator:
        """The seam's button before a page."""
        return self.page.locator(f"[data-seam='{position}']")

    def announces(self, words: str | re.Pattern[str]) -> None:
        expect(self.page.locator(".toast").filter(has_text=words).last).to_be_visible()

    def selected(self, positions: list[int]) -> None:
        """Wait until these pages are selected, or fail."""
        settled(self._selected, positions)

    def _selected(self) -> list[int]:
        marked = self.page.locator(".page[aria-selected=true]").evaluate_all("all => all.map(e => +e.dataset.page)")
        return sorted(marked)

    def focused(self, position: int) -> None:
        """Wait until this page has the focus, or fail."""
        expect(self.cell(position)).to_be_focused()

    def shows(self, wanted: list[list[int]]) -> None:
        """Wait until the stream shows these groups, or fail."""
        settled(self.bands, wanted)

    def bands(self) -> list[list[int]]:
        """Groups in the stream: the pages between solid seams."""
        pages: list[int] = sorted(self.page.locator(".page").evaluate_all("all => all.map(e => +e.dataset.page)"))
        apart = set(self.page.locator(".seam.is-boundary").evaluate_all("all => all.map(e => +e.dataset.seam)"))
        bands: list[list[int]] = []
        for page in pages:
            if page in apart or not bands:
                bands.append([])
            bands[-1].append(page)
        return bands


def arrangement(collection: Collection) -> list[list[int]]:
    """Positions by group in the database, in reading order; groups by their first page."""
    groups = Group.objects.filter(collection=collection).order_by("first_position")
    return [
        list(Scan.objects.filter(group=group).order_by("group_order").values_list("position", flat=True))
        for group in groups
    ]


def arranged(collection: Collection, wanted: list[list[int]]) -> None:
    """Wait until the database has this arrangement, or fail."""
    settled(lambda: arrangement(collection), wanted)


def in_states(collection: Collection, wanted: list[str]) -> None:
    """Wait until the first groups are in these states, or fail."""
    settled(lambda: states(collection)[: len(wanted)], wanted)


class LateAnswer:
    """The first response from an address, held back until it is released."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self._kept: list[tuple[Route, APIResponse]] = []
        page.route(address, self._keep)

    def _keep(self, route: Route) -> None:
        if self._kept:
            route.continue_()
        else:
            self._kept.append((route, route.fetch()))

    def asked(self) -> None:
        """Wait until the page has requested it."""
        settled(lambda: self.page.evaluate("1") and len(self._kept), 1)

    def arrive(self) -> None:
        """Release it, and let the page process it."""
        route, response = self._kept[0]
        with self.page.expect_response(self.address):
            route.fulfill(response=response)
        self.page.evaluate("() => new Promise((done) => setTimeout(done, 100))")


def refuse(page: Page, verb: str) -> None:
    """Refuse such acts from now on, as the server does."""
    body = {"detail": "This was refused."}
    page.route(
        f"**/acts/{verb}", lambda route: route.fulfill(status=422, json=body, content_type="application/problem+json")
    )


def settled(read: Callable[[], object], wanted: object = True) -> None:
    """Wait until this has the expected text, or fail."""
    until = time.monotonic() + PATIENCE_MS / 1000
    while (value := read()) != wanted and time.monotonic() < until:
        time.sleep(0.05)
    assert value == wanted


def states(collection: Collection) -> list[str]:
    return list(Group.objects.filter(collection=collection).order_by("first_position").values_list("state", flat=True))
