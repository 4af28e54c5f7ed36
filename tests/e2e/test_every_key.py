"""Every entry of the key registry does something, with every combination it has; what it does stands in test_keys."""

from __future__ import annotations

from playwright.sync_api import expect

from clustering.actions.base import Key
from clustering.keys import KEYS
from clustering.models import Collection, Edit, User
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import DeskDriver, arranged, settled

SEEN = """() => JSON.stringify([
    document.activeElement?.id, [...document.querySelectorAll("dialog[open]")].map((d) => d.textContent.slice(0, 80)),
    [...document.querySelectorAll("[role=menu]")].length, document.querySelector("#panel").hidden,
    [...document.querySelectorAll(".page.is-selected, .page.is-cut")].map((p) => p.className + p.id),
    [...document.querySelectorAll(".seam.is-boundary")].map((s) => s.dataset.seam),
    [...document.querySelectorAll(".band-head")].map((h) => h.className.replace("has-focus", "")),
    [...document.querySelectorAll(".caption")].map((c) => c.textContent),
    document.querySelector("#thumb-size").value, [...document.querySelectorAll(".folded")].length,
    document.querySelector("#detail-title").textContent, document.querySelector("#detail-stage").ariaLabel,
    document.querySelector(".magnifier").hidden,
])"""

START = 4
FROM = {"up": 12, "extend-up": 12, "screen-up": 12, "doubt-previous": 9, "fold": 8, "merge-selected": 2}
"""Where the key has something to do, if not at page 4."""
BEFORE: dict[str, tuple[str, ...]] = {
    "clear": ("Space",),
    "merge-selected": ("Space", "Shift+ArrowRight"),
    "confirm-selected": ("Control+a", "Control+a"),
    "paste": ("x", "ArrowLeft"),
    "unconfirm": ("c", "k"),
    "undo": ("s",),
    "redo": ("s", "Control+z"),
    "rotate-back": ("r",),
    "usual-size": ("+",),
}
"""What is pressed before, so that there is something to do."""
UNTOUCHED = [[1, 2], [3, 4, 5], [6], [7, 8, 9, 10], [11, 12]]


def pressed(combination: str) -> str:
    """As Playwright writes it."""
    *held, key = combination.replace("Mod", "Control").split("+")
    return "+".join([*held, key.upper() if "Shift" in held and len(key) == 1 else key])


def press(desk: DeskDriver, key: Key, combination: str) -> None:
    """Come to where the key has something to do, press it, and fail unless something is different."""
    desk.focus(FROM.get(key.id, START))
    if key.scope == "detail":
        desk.keys("Enter")
        expect(desk.page.locator("#detail .zoom canvas").first).to_be_visible()
    for before in BEFORE.get(key.id, ()):
        desk.act(before)
    seen = desk.page.evaluate(SEEN)
    desk.keys(pressed(combination))
    settled(lambda: desk.page.evaluate(SEEN) != seen)


def tidy(desk: DeskDriver, collection: Collection, alice: User) -> None:
    """Close what is open, and take back what was done."""
    desk.page.evaluate("document.activeElement?.blur()")
    while desk.page.locator("dialog[open], .menu-layer").count():
        desk.keys("Escape")
    desk.keys("Escape")
    if desk.page.locator("#panel").is_visible():
        desk.page.locator("#panel-switch").click()
    desk.saved()
    acts = Edit.objects.filter(collection=collection, undone=False).exclude(verb__in=["undo", "redo"])
    while acts.exists():
        desk.act("Control+z")


def test_every_key_of_the_registry_does_something(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    collection.groups.filter(number=5).update(draft={"title": {"value": "Boycott grapes", "confidence": 0.9}})
    desk = open_desk(alice)
    walked = [key for key in KEYS if key.scope in {"stream", "detail", "everywhere"}]
    assert len(walked) > 40
    for key in walked:
        for combination in key.keys:
            try:
                press(desk, key, combination)
            except AssertionError as error:
                raise AssertionError(f"{key.id} ({combination}) does nothing that can be seen") from error
            tidy(desk, collection, alice)
    arranged(collection, UNTOUCHED)
