"""One doubtful seam after the other, with two keys."""

from __future__ import annotations

import re

from django.contrib.auth.models import User
from playwright.sync_api import expect

from clustering.models import Answer, Collection
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import arranged


def test_doubtful_seams_are_answered_with_y_and_n(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice, "/c/afl/queue/")
    desk.ready()
    title = desk.page.locator("#queue-title")
    expect(title).to_have_text("Page 4 and page 5")
    expect(desk.page.locator("#queue-left")).to_have_text(re.compile("2 doubtful seams left"))
    expect(desk.page.locator("#queue-why")).to_contain_text("The page numbers run on.")
    desk.keys("n")
    expect(title).to_have_text("Page 7 and page 8")
    arranged(collection, [[1, 2], [3, 4], [5], [6], [7, 8, 9, 10], [11, 12]])
    desk.keys("y")
    expect(desk.page.get_by_role("heading", name="No doubtful seam is left")).to_be_visible()
    assert list(Answer.objects.order_by("first__position").values_list("first__position", "verdict")) == [
        (4, "different"),
        (7, "same"),
    ]
    desk.keys("Control+z")
    expect(title).to_have_text("Page 7 and page 8")


def test_a_viewer_looks_at_the_queue_and_answers_nothing(
    collection: Collection, victor: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(victor, "/c/afl/queue/")
    desk.ready()
    desk.keys("n", "y")
    expect(desk.page.get_by_role("button", name="Same document")).to_have_count(0)
    desk.keys("ArrowRight")
    expect(desk.page.locator("#queue-title")).to_have_text("Page 7 and page 8")
    assert Answer.objects.count() == 0
