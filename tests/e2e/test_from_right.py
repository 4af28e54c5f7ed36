"""Every page where lines begin at the right: nothing hangs out of the window."""

from __future__ import annotations

from clustering.models import Collection, User
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import FRAME

FROM_RIGHT = "new MutationObserver(() => document.documentElement.dir = 'rtl').observe(document, {childList: true});"
"""As soon as there is a page, before its style: no catalog of such a language is shipped yet."""
PATHS = (
    "/", "/c/afl/", "/c/afl/queue/", "/c/afl/table/", "/c/afl/list/", "/c/afl/accept/", "/c/afl/runs/",
    "/c/afl/export/",
    "/c/afl/history/", "/c/afl/dashboard/", "/c/afl/settings/", "/c/afl/people/", "/keys/", "/my-work/", "/new/",
    "/staff/jobs/", "/staff/people/", "/staff/workers/",
)  # fmt: skip
OUTSIDE = """() => {
    const width = document.documentElement.clientWidth;
    const look = (element) => getComputedStyle(element);
    const clips = (element) => element && (look(element).overflowX !== "visible" || clips(element.parentElement));
    const outside = [...document.querySelectorAll("body *")].filter((element) => {
        const { left, right, height } = element.getBoundingClientRect();
        const isSeen = right > left && height && look(element).visibility !== "hidden" && !element.closest(".sr-only");
        return isSeen && (left < -1 || right > width + 1) && !clips(element.parentElement);
    });
    const names = outside.map((element) => `${element.tagName}.${element.getAttribute("class")}`);
    return document.documentElement.scrollWidth > width ? ["the page", ...names] : names;
}"""


def test_nothing_hangs_out_of_the_window(collection: Collection, sam: User, open_desk: OpenDesk) -> None:
    desk = open_desk(sam, "/keys/")
    desk.page.add_init_script(FROM_RIGHT)
    hanging = {}
    for path in PATHS:
        desk.go(path)
        assert desk.page.evaluate("document.dir") == "rtl"
        for width in (1440, 820):
            desk.page.set_viewport_size({"width": width, "height": 900})
            desk.page.evaluate(FRAME)
            if outside := desk.page.evaluate(OUTSIDE):
                hanging[path, width] = outside
    assert hanging == {}


def test_a_title_keeps_its_own_way(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    group = collection.groups.get(first_position=1)
    group.title = "Minutes (1954)"
    group.save()
    desk = open_desk(alice, "/keys/")
    desk.page.add_init_script(FROM_RIGHT)
    desk.go("/c/afl/")
    direction = "(element) => getComputedStyle(element).direction"
    assert desk.page.locator(".band-head").first.evaluate(direction) == "rtl"
    assert desk.page.locator(".band-head .title").first.evaluate(direction) == "ltr"
