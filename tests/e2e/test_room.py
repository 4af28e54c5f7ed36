"""Nothing lies upon what one works with, and no room is left empty between."""

from __future__ import annotations

import pytest
from playwright.sync_api import FloatRect, Locator, expect

from clustering.models import Collection, User
from tests.e2e.conftest import OpenDesk

GAP = 48
"""Pixels: the line for messages and the spaces around it."""


def box(place: Locator) -> FloatRect:
    rectangle = place.bounding_box()
    assert rectangle is not None
    return rectangle


def bottom(place: Locator) -> float:
    return box(place)["y"] + box(place)["height"]


def test_a_message_stands_above_the_filmstrip(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.focus(3)
    desk.keys("Enter")
    expect(desk.page.locator("#filmstrip img").first).to_be_visible()
    desk.act("r")
    toast = desk.page.locator("#detail .toast")
    expect(toast).to_be_visible()
    assert bottom(toast) <= box(desk.page.locator("#filmstrip"))["y"]


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
