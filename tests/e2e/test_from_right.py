"""Where lines begin at the right: nothing hangs out of the window."""

from __future__ import annotations

from clustering.models import Collection, User
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import FRAME
from tests.e2e.from_right import OUTSIDE

FROM_RIGHT = "new MutationObserver(() => document.documentElement.dir = 'rtl').observe(document, {childList: true});"
"""As soon as there is a page, before its style: no catalog of such a language is shipped yet."""
PATHS = ("/c/afl/", "/c/afl/queue/", "/c/afl/table/")
"""Those that scripts lay out as they load; the others are looked at in test_accessible."""


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
