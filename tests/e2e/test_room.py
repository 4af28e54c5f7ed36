"""Nothing lies upon what one works with, and no room is left empty between."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FloatRect, Locator, expect

from clustering.models import Collection, User
from tests.e2e.conftest import OpenDesk

GAP = 48
"""Pixels: the line for messages and the spaces around it."""


NEAR = 6
"""Pixels between two lines of text of different sizes on one line."""
SHORTEST_CRUMB = 128


def box(place: Locator) -> FloatRect:
    rectangle = place.bounding_box()
    assert rectangle is not None
    return rectangle


def bottom(place: Locator) -> float:
    return box(place)["y"] + box(place)["height"]


def test_a_message_stands_above_the_filmstrip(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.focus(3)
    desk.act("c")
    expect(desk.page.locator("#last-act .toast")).to_have_count(1)
    desk.keys("Enter")
    expect(desk.page.locator("#filmstrip img").first).to_be_visible()
    desk.act("r")
    expect(desk.page.locator("#last-act .toast")).to_have_count(0)  # nor any Undo of what was done before
    toast = desk.page.locator("#detail .toast")
    expect(toast).to_be_visible()
    assert bottom(toast) <= box(desk.page.locator("#filmstrip"))["y"]


def test_a_message_stays_while_the_focus_is_in_it(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.focus(1)
    desk.page.clock.install()
    desk.keys("m")
    toast = desk.page.locator("#toasts .toast")
    toast.get_by_role("button", name="Dismiss").focus()
    desk.page.clock.fast_forward(20_000)
    expect(toast).to_have_count(1)
    desk.cell(1).focus()
    desk.page.clock.fast_forward(20_000)
    expect(toast).to_have_count(0)


def test_an_open_page_fits_into_a_window_of_320_pixels(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    collection.pages.filter(position=3).update(identifier="Organization_Correspondence_0003")
    desk = open_desk(alice)
    desk.page.set_viewport_size({"width": 320, "height": 256})
    desk.focus(3)
    desk.keys("Enter")
    expect(desk.page.locator("#detail .zoom")).to_be_visible()
    for button in desk.page.locator(".detail-head button").all():
        expect(button).to_be_in_viewport(ratio=1)


def test_tour_selection_and_messages_stand_one_above_the_other_in_a_narrow_window(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    collection.pages.filter(position__in=[1, 2]).update(group=None, group_order=None)
    collection.groups.filter(first_position=1).delete()
    desk = open_desk(alice, "/keys/", tour=True)
    desk.page.set_viewport_size({"width": 820, "height": 900})
    desk.go("/c/afl/")
    desk.ready()
    desk.cell(1).click()
    desk.keys("m")
    tour, bar, toast = (desk.page.locator(name) for name in ("#tour", "#selection-bar", "#toasts .toast"))
    expect(toast).to_have_text(re.compile("not in a document"))
    expect(bar).to_contain_text("1 page, in no document")
    assert bottom(bar) <= box(tour)["y"]
    assert bottom(toast) <= box(bar)["y"]
    bar.get_by_role("button", name="Clear the selection").click()
    desk.keys("u", "c")
    assert bottom(toast.last) <= box(tour)["y"]


@pytest.mark.parametrize(("width", "locale"), [(820, "en-US"), (1280, "de-DE")])
def test_the_answers_stand_in_one_row_below_the_pages(
    collection: Collection, alice: User, open_desk: OpenDesk, width: int, locale: str
) -> None:
    desk = open_desk(alice, "/c/afl/queue/", locale=locale)
    desk.page.set_viewport_size({"width": width, "height": 1100})
    desk.ready()
    buttons = desk.page.locator("#queue-acts .button:visible")
    assert len({round(box(button)["y"]) for button in buttons.all()}) == 1
    if width < 900:
        assert box(buttons.first)["y"] - bottom(desk.page.locator("#queue-pair figcaption").first) <= GAP


def test_the_settings_of_the_installation_stand_in_two_columns(
    collection: Collection, sam: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(sam, "/staff/workers/")
    rows = desk.page.locator("dl.facts > div")
    assert rows.count() > 3
    for row in rows.all():
        name, value = box(row.locator("dt")), box(row.locator("dd"))
        assert name["x"] + name["width"] <= value["x"]
        assert abs(name["y"] - value["y"]) <= NEAR


def test_a_long_title_has_room_on_the_front_page_and_in_the_bar(
    collection: Collection, sam: User, open_desk: OpenDesk
) -> None:
    collection.title = "Committee to Defend the Rights of Farm Workers and Cannery Workers: Correspondence, Minutes"
    collection.save()
    desk = open_desk(sam, "/keys/")
    desk.page.set_viewport_size({"width": 1280, "height": 800})
    desk.go("/")
    row = desk.page.locator(".collection-table tbody tr").first
    assert box(row.locator("th"))["width"] >= 0.25 * box(row)["width"]
    desk.go("/c/afl/history/")
    crumb, tabs = box(desk.page.locator(".crumb")), box(desk.page.locator(".tabs"))
    search = box(desk.page.locator(".top .search-box"))
    assert crumb["width"] > SHORTEST_CRUMB
    assert tabs["x"] + tabs["width"] <= search["x"]
    assert desk.page.evaluate(
        "() => { const t = document.querySelector('.tabs'); return t.scrollWidth <= t.clientWidth; }"
    )


def test_a_list_of_the_admin_is_seen_whole(collection: Collection, sam: User, open_desk: OpenDesk) -> None:
    desk = open_desk(sam, "/keys/")
    desk.page.set_viewport_size({"width": 1280, "height": 800})
    desk.go("/admin/clustering/collection/")
    table = desk.page.locator("#result_list")
    assert box(table)["x"] + box(table)["width"] <= box(desk.page.locator("#changelist-filter"))["x"]


def test_the_bar_of_the_selection_is_seen_whole(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.page.set_viewport_size({"width": 1280, "height": 800})
    desk.focus(3)
    desk.keys("Control+a", "Control+a")
    bar = desk.page.locator(".selection-bar")
    expect(bar).to_be_visible()
    assert bar.evaluate("(element) => element.scrollWidth <= element.clientWidth")
    desk.page.set_viewport_size({"width": 820, "height": 1100})
    desk.page.locator("#selection-words").evaluate("(element) => element.textContent += ' and many longer words'")
    assert bar.evaluate("(element) => element.scrollWidth <= element.clientWidth")


def test_a_long_title_leaves_the_place_of_the_page_in_the_queue(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    collection.groups.update(title="Report of the negotiating committee on the autumn contract " * 3)
    desk = open_desk(alice, "/c/afl/queue/")
    desk.page.set_viewport_size({"width": 820, "height": 1100})
    desk.ready()
    for side in ("first", "second"):
        place, column = box(desk.page.locator(f"#queue-{side}-of span")), box(desk.page.locator(f"#queue-{side}"))
        assert place["x"] + place["width"] <= column["x"] + column["width"]


def test_the_title_stays_beside_the_last_column_of_the_table(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice, "/c/afl/table/")
    desk.page.set_viewport_size({"width": 1280, "height": 800})
    desk.ready()
    title = desk.page.locator("[data-row='1'][data-column='0']")
    title.click()
    desk.keys("End")
    expect(title).to_be_in_viewport(ratio=0.9)
    desk.keys(*["ArrowLeft"] * 6)
    room = """title => document.querySelector(".grid-cell[tabindex='0']").getBoundingClientRect().left
        - title.getBoundingClientRect().right"""
    assert title.evaluate(room) >= -NEAR


def test_at_400_percent_the_cells_of_the_table_have_room(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice, "/c/afl/table/")
    desk.page.set_viewport_size({"width": 360, "height": 256})
    desk.ready()
    first = desk.page.locator("[data-row='0'][data-column='0']")
    first.click()
    desk.page.keyboard.type("Grapes")
    desk.act("Enter")
    expect(first).to_have_text("Grapes")
    expect(first).to_be_in_viewport(ratio=0.9)
