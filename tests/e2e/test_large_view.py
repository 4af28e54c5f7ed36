"""A page opened large: the keys that work everywhere work there."""

from __future__ import annotations

import re

from playwright.sync_api import Route, expect

from clustering.models import ROTATION, Answer, Collection, Edit, Preference, RestrictedLook, User
from clustering.models import Page as Scan
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import DeskDriver, LateAnswer, arranged, refuse, settled

UNTOUCHED = [[1, 2], [3, 4, 5], [6], [7, 8, 9, 10], [11, 12]]
SPLIT = [[1, 2], [3, 4, 5], [6], [7, 8], [9, 10], [11, 12]]


def shows_page(desk: DeskDriver, position: int) -> None:
    expect(desk.page.locator("#detail .zoom canvas").first).to_be_visible()
    expect(desk.page.locator("#detail-title")).to_have_text(f"Page {position} · HH000001_{position:04}")
    expect(desk.page).to_have_url(f"{desk.root}/c/afl/#page/HH000001_{position:04}")


def is_closed(desk: DeskDriver) -> None:
    expect(desk.page.locator("#detail")).to_be_hidden()
    expect(desk.page).to_have_url(f"{desk.root}/c/afl/")


def test_undo_and_redo_work_while_a_page_is_open(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.focus(9)
    desk.act("s")
    desk.keys("Enter")
    side = desk.page.locator("#detail-side")
    expect(side).to_contain_text("6, page 1 of 2")
    desk.act("Control+z")
    arranged(collection, UNTOUCHED)
    desk.announces("Undid: Split 4 before page 9")
    expect(side).to_contain_text("4 of 5, page 3 of 4")  # what stands beside it is of now
    desk.page.locator("#detail .toast").get_by_role("button", name="Redo").click()
    arranged(collection, SPLIT)
    desk.act("Control+z")
    desk.act("Control+Shift+Z")
    arranged(collection, SPLIT)
    shows_page(desk, 9)
    desk.keys("?")
    expect(desk.page.locator("#help")).to_be_visible()
    desk.keys("Escape")
    expect(desk.page.locator("#help")).to_have_count(0)
    shows_page(desk, 9)
    desk.keys("/")
    expect(desk.page.locator("#search")).to_be_focused()
    is_closed(desk)


def test_the_page_on_its_own_has_the_same_keys(
    collection: Collection, alice: User, victor: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    desk.focus(9)
    desk.act("s")
    address = f"/pages/{collection.pages.get(position=9).pk}/"
    desk.go(address)
    desk.ready()
    desk.keys("Control+z")
    arranged(collection, UNTOUCHED)
    expect(desk.page.locator("#page-message")).to_contain_text("Undid: Split 4 before page 9")
    expect(desk.page.locator(".page-side")).to_contain_text("4 of 5, page 3 of 4")
    desk.keys("Control+y")
    arranged(collection, SPLIT)
    desk.keys("?")
    expect(desk.page.locator("#help")).to_be_visible()
    looking = open_desk(victor, address)
    looking.ready()
    looking.keys("Control+z")
    settled(looking.quiet)
    assert not Edit.objects.filter(actor=victor).exists()


def test_a_panel_that_comes_late_changes_nothing_that_was_opened_since(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    page = desk.page

    def hold(position: int, *keys: str) -> LateAnswer:
        """Press keys, the first of which asks for the panel of this page, which is answered with what was so then."""
        late = LateAnswer(page, f"**/panel/{position}/")
        desk.keys(*keys[:1])
        late.asked()
        desk.keys(*keys[1:])
        return late

    side, stage = page.locator("#detail-side"), page.locator("#detail-stage")
    desk.focus(3)
    late = hold(3, "Enter", "ArrowRight")
    shows_page(desk, 4)
    expect(side).to_contain_text("ASK 4")
    late.arrive()
    expect(side).to_contain_text("ASK 4")
    desk.keys("Escape")
    is_closed(desk)
    desk.focus(9)
    late = hold(9, "v", "v")
    shows_page(desk, 9)
    late.arrive()
    expect(page.locator("#detail .zoom")).to_have_count(1)
    desk.keys("Escape")
    is_closed(desk)
    desk.focus(2)
    late = hold(2, "Enter", "r")
    desk.saved()
    settled(lambda: collection.pages.get(position=2).chosen_rotation, 90)
    late.arrive()
    shows_page(desk, 2)
    expect(stage).to_have_attribute("aria-label", "Rotated 90 degrees")


def test_a_page_that_cannot_be_loaded_says_so_and_closes(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)

    def away(route: Route) -> None:
        route.fulfill(status=503, body="{}", content_type="application/problem+json")

    desk.page.route("**/panel/**", away)
    desk.focus(9)
    desk.keys("Enter")
    expect(desk.page.locator("#detail").get_by_role("alert")).to_have_text(
        "The server can’t be reached right now. Try again in a moment."
    )
    desk.page.unroute("**/panel/**")
    desk.keys("ArrowRight")
    shows_page(desk, 10)
    desk.keys("Escape")
    is_closed(desk)


def test_messages_name_the_persons_own_keys(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    Preference.objects.update_or_create(user=alice, defaults={"keys": {"paste": "b", "cut": "Shift+q"}})
    collection.pages.filter(position__in=[11, 12]).update(group=None, group_order=None)
    collection.groups.filter(first_position=11).delete()
    desk = open_desk(alice)
    desk.focus(9)
    desk.keys("b")
    desk.announces("cut them first (Shift+Q).")
    desk.keys("Shift+Q")
    desk.announces("then paste (B). To cancel, clear the selection (Esc).")
    desk.seam(12).click()
    desk.announces("(E)")
    expect(desk.page.locator("kbd[data-key=cut]")).to_have_text("Shift+Q")
    Preference.objects.filter(user=alice).update(keys={"new-group": "off", "cut": "off"})
    desk.reload()
    desk.seam(12).click()
    desk.announces("of their own, or")
    expect(desk.page.locator("kbd[data-key=cut]")).to_have_count(0)


def test_the_keys_of_the_desk_work_upon_the_open_page_and_leave_the_selection(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    desk.focus(1)
    desk.keys("Space")
    desk.focus(9)
    desk.keys("Enter")
    shows_page(desk, 9)
    desk.act("s")
    arranged(collection, SPLIT)
    shows_page(desk, 9)
    desk.act("c")
    shows_page(desk, 11)
    assert collection.groups.get(pages__position=9).state == "confirmed"
    desk.act("Control+z", "Control+z")
    arranged(collection, UNTOUCHED)
    desk.keys("Escape")
    expect(desk.page.locator(".page.is-selected")).to_have_count(1)


def test_the_filmstrip_shows_where_one_is_and_leads_on(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    desk.focus(4)
    desk.keys("Enter")
    shows_page(desk, 4)
    expect(desk.page.locator("#detail-title")).to_be_focused()  # no button has it, whose Enter would do something else
    strip = desk.page.get_by_role("navigation", name="Pages around this one")
    expect(strip.locator("[aria-current]")).to_have_text("4")
    strip.get_by_role("button", name="Page 7", exact=True).click()
    shows_page(desk, 7)
    with_seam = strip.locator("[data-seam='9']")
    expect(with_seam).to_have_class("seam is-joined")
    with_seam.click()
    expect(with_seam).to_have_class("seam is-boundary")
    desk.saved()
    arranged(collection, SPLIT)
    shows_page(desk, 7)
    desk.page.set_viewport_size({"width": 360, "height": 700})
    expect(strip.locator(".film-page")).to_have_text(["6", "7", "8"])


def test_two_sides_of_a_seam_are_answered_as_in_the_queue(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    desk.focus(9)
    desk.keys("v")
    expect(desk.page.locator("#detail .zoom")).to_have_count(2)
    here = desk.page.locator("#filmstrip [aria-current]")
    expect(here).to_have_count(2)
    desk.act("s")
    arranged(collection, SPLIT)
    expect(here).to_have_count(2)
    desk.keys("v")
    expect(desk.page.locator("#detail .zoom")).to_have_count(1)
    desk.keys("v")
    expect(desk.page.locator("#detail .zoom")).to_have_count(2)
    desk.act("m")
    arranged(collection, UNTOUCHED)
    desk.act("m")
    settled(lambda: Answer.objects.filter(collection=collection, verdict="same").exists(), True)


def test_a_page_is_rotated_for_good_in_the_stream_and_in_the_large_view(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    def rotations() -> list[int]:
        return list(Scan.objects.order_by("position").annotate(by=ROTATION).values_list("by", flat=True))[:3]

    desk = open_desk(alice)
    desk.focus(2)
    desk.act("r")
    expect(desk.cell(2).locator("img")).to_have_attribute("style", re.compile("rotate: 90deg"))
    assert rotations() == [0, 90, 0]
    desk.keys("Enter")
    expect(desk.page.locator("#detail .zoom canvas").first).to_be_visible()
    expect(desk.page.locator("[data-film='2'] img")).to_have_attribute("data-rotation", "90")
    desk.act("r")
    settled(rotations, [0, 180, 0])
    expect(desk.page.locator("#detail-stage")).to_have_attribute("aria-label", "Rotated 90 degrees")
    desk.act("Control+z")
    settled(rotations, [0, 90, 0])
    expect(desk.page.locator("#detail-stage")).to_have_attribute("aria-label", "Upright")
    desk.keys("Escape")
    is_closed(desk)
    desk.reload()
    expect(desk.cell(2).locator("img")).to_have_attribute("style", re.compile("rotate: 90deg"))
    desk.focus(1)
    desk.keys("Space", "Shift+ArrowRight", "Shift+ArrowRight")
    desk.act("Shift+R")
    settled(rotations, [270, 0, 270])
    desk.keys("Escape")
    desk.focus(2)
    refuse(desk.page, "rotate")
    desk.keys("r")
    expect(desk.page.locator(".toast.is-problem")).to_contain_text("This was refused.")
    expect(desk.cell(2).locator("img")).not_to_have_attribute("style", re.compile("rotate: "))


def test_a_restricted_page_is_blurred_until_asked(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.focus(3)
    desk.keys("Shift+ArrowRight", "l")
    desk.page.get_by_label("Reason").fill("A record of health")
    desk.page.get_by_label("Last day").fill("2001-01-01")
    desk.keys("Enter")
    expect(desk.page.get_by_role("alert").filter(has_text="has passed")).to_be_visible()
    expect(desk.page.get_by_label("Reason")).to_have_value("A record of health")
    desk.page.get_by_label("Last day").fill("2100-01-31")
    desk.keys("Enter")
    expect(desk.page.locator("#cell-4.is-restricted .place")).to_have_text("4 · restricted")
    expect(desk.cell(4).locator(".lock")).to_be_visible()
    assert [page.position for page in collection.pages.restricted().order_by("position")] == [3, 4]
    desk.keys("Escape")
    desk.focus(4)
    desk.keys("Enter")
    shows_page(desk, 4)
    side = desk.page.locator("#detail-side")
    expect(desk.page.locator(".film-page:has(.film-lock)")).to_have_text(["3", "4"])
    expect(side).to_contain_text("Restricted through Jan 31, 2100. Reason: A record of health")
    expect(side.locator(".page-text")).to_have_count(0)
    side.get_by_role("button", name="Show restricted page").click()
    expect(side.locator(".page-text")).to_contain_text("THE FARM WORKERS ASK 4")
    assert [(look.page.position, look.username) for look in RestrictedLook.objects.all()] == [(4, "alice")]
    desk.keys("v")
    side.get_by_role("button", name="Show restricted page 3").click()
    expect(side.get_by_role("button", name="Show restricted page")).to_have_count(0)
    assert {look.page.position for look in RestrictedLook.objects.all()} == {3, 4}
    desk.keys("Escape")
    desk.keys("l")
    settled(lambda: [page.position for page in collection.pages.restricted()] == [3])
    expect(desk.page.locator("#cell-4.is-restricted")).to_have_count(0)
    expect(desk.cell(4).locator(".lock")).to_have_count(0)
    desk.act("Control+z")
    expect(desk.page.locator("#cell-4.is-restricted")).to_have_count(1)


def test_a_comment_is_begun_from_the_open_page(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.focus(8)
    for way in ("Enter", "v"):
        desk.keys(way)
        expect(desk.page.locator("#detail")).to_be_visible()
        desk.keys("i")
        is_closed(desk)
        field = desk.page.locator("#panel-comments textarea")
        expect(field).to_be_focused()
        # What is typed now is a text: S and M would cut and join.
        desk.page.keyboard.type("some ms")
        expect(field).to_have_value("some ms")
        field.fill("")
        field.blur()
        desk.focus(8)
    arranged(collection, UNTOUCHED)
    assert not Edit.objects.filter(actor=alice).exists()


def test_why_shows_the_evidence_beside_both_pages(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.focus(8)
    desk.keys("Enter")
    desk.keys("w")
    expect(desk.page.locator("#detail")).to_have_attribute("data-mode", "seam")
    desk.keys("w")
    expect(desk.page.locator("#detail")).to_have_attribute("data-mode", "page")


def test_on_a_slow_line_the_page_is_named_and_its_thumbnail_stands_in(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    desk.focus(8)
    late = LateAnswer(desk.page, "**/panel/8/")
    desk.keys("Enter")
    late.asked()
    expect(desk.page.locator("#detail-title")).to_have_text("Page 8 · HH000001_0008")
    expect(desk.page.locator("#detail .stage-preview")).to_be_visible()
    late.arrive()
    shows_page(desk, 8)
    expect(desk.page.locator("#detail .stage-preview")).to_have_count(0)
