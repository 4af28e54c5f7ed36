"""The first look around: beside the work, closed once for good, there again when asked for."""

from __future__ import annotations

from playwright.sync_api import expect

from clustering.models import Collection, Edit, Preference, User
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import arranged, settled


def test_it_leaves_the_work_alone_and_does_not_come_twice(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice, tour=True)
    tour = desk.page.locator("#tour")
    expect(tour).to_contain_text("Pages in scan order")
    expect(desk.page.locator(".band-head.is-toured")).to_have_count(1)
    desk.focus(9)
    desk.act("s")  # the keys are the desk's all the while
    arranged(collection, [[1, 2], [3, 4, 5], [6], [7, 8], [9, 10], [11, 12]])
    tour.get_by_role("button", name="Next").click()
    expect(tour).to_contain_text("press S on the page after it")
    tour.get_by_role("button", name="Next").click()
    card, places = tour.bounding_box(), desk.page.locator(".side > *:not(.tour-place)").all()
    boxes = [box for box in (place.bounding_box() for place in places) if box and box["height"]]
    assert (
        card
        and boxes
        and all(box["y"] + box["height"] <= card["y"] or box["y"] >= card["y"] + card["height"] for box in boxes)
    ), "the card covers nothing"
    tour.get_by_role("button", name="Back").click()
    tour.get_by_role("button", name="Next").focus()
    desk.keys("Enter", "Enter")
    expect(desk.page.locator("#live")).to_contain_text("Confirm and continue.")
    desk.keys("Enter")
    practice = tour.get_by_role("group", name="Practice pages. Nothing here is saved.")
    practice.get_by_role("button", name="Split").click()
    expect(practice).to_contain_text("Now confirm the first document.")
    desk.keys("c")
    expect(practice).to_contain_text("2 documents, the first confirmed")
    desk.keys("Control+z")
    expect(practice).to_contain_text("That’s all it takes.")
    assert Edit.objects.count() == 1, "practice reaches no server"
    desk.keys("Escape")
    expect(tour).to_have_count(0)
    desk.focused(9)
    settled(lambda: Preference.objects.filter(user=alice, tour_seen__isnull=False).exists())
    desk.reload()
    expect(tour).to_have_count(0)
    desk.keys("?")
    desk.page.get_by_role("button", name="Tour").click()
    expect(tour.get_by_role("button", name="Next")).to_be_focused()


def test_it_speaks_of_the_keys_that_a_person_has(collection: Collection, victor: User, open_desk: OpenDesk) -> None:
    desk = open_desk(victor, tour=True)
    tour = desk.page.locator("#tour")
    expect(tour).to_contain_text("1 of 4")
    tour.get_by_role("button", name="Next").click()
    expect(tour).to_contain_text("Dotted: the document continues.")
    expect(tour).not_to_contain_text("Click it")
