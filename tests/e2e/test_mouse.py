"""Clicking, dragging and the menu."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from clustering.models import Collection, SeamScore, User
from clustering.models import Page as Scan
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import DeskDriver, LateAnswer, arranged, in_states, settled

UNTOUCHED = [[1, 2], [3, 4, 5], [6], [7, 8, 9, 10], [11, 12]]


def drag(desk: DeskDriver, position: int, x: float, y: float) -> None:
    box = desk.cell(position).bounding_box()
    assert box is not None
    desk.page.mouse.move(box["x"] + 40, box["y"] + 60)
    desk.page.mouse.down()
    desk.page.mouse.move(x - 20, y, steps=4)
    desk.page.mouse.move(x, y)
    desk.page.mouse.up()


def middle(desk: DeskDriver, position: int) -> tuple[float, float]:
    box = desk.cell(position).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def late_pages(desk: DeskDriver) -> Callable[[], None]:
    """Open the desk again without what is known of the pages, until the answer is called."""
    late = LateAnswer(desk.page, "**/pages/?from=*")
    desk.reload()
    late.asked()
    return late.arrive


def test_click_ctrl_and_shift_choose_pages(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.cell(3).click()
    desk.selected([3])
    desk.cell(6).click(modifiers=["Shift"])
    desk.selected([3, 4, 5, 6])
    desk.cell(4).click(modifiers=["Control"])
    desk.selected([3, 5, 6])
    desk.cell(1).click()
    desk.selected([1])
    desk.keys("Escape")
    desk.selected([])


def test_a_magnifier_follows_the_pointer_and_the_keys(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    lens = desk.page.locator(".magnifier")
    shown = {page.position: page.pk for page in Scan.objects.filter(collection=collection)}

    def shows(position: int) -> None:
        expect(lens).to_be_visible()
        expect(lens.locator("img")).to_have_attribute("src", re.compile(rf"/scans/{shown[position]}/1280/"))

    arrive = late_pages(desk)
    desk.page.mouse.move(*middle(desk, 4))
    desk.keys("z")
    expect(lens).to_be_hidden()
    arrive()
    shows(4)
    desk.page.mouse.move(*middle(desk, 6))
    shows(6)
    desk.cell(3).click()
    desk.selected([3])
    desk.keys("ArrowLeft")
    shows(2)
    desk.keys("z")
    expect(lens).to_be_hidden()


def test_all_chosen_pages_are_dragged_to_another_group(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    desk.cell(4).click()
    desk.cell(5).click(modifiers=["Control"])
    drag(desk, 4, *middle(desk, 6))
    desk.saved()
    arranged(collection, [[1, 2], [3], [4, 5, 6], [7, 8, 9, 10], [11, 12]])
    desk.selected([])


def test_pages_run_from_the_right_where_lines_do(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.page.evaluate("document.dir = 'rtl'")
    assert middle(desk, 2)[0] < middle(desk, 1)[0]
    desk.cell(3).click()
    desk.keys("ArrowLeft")
    desk.focused(4)
    drag(desk, 4, *middle(desk, 6))
    desk.saved()
    arranged(collection, [[1, 2], [3, 5], [4, 6], [7, 8, 9, 10], [11, 12]])


def test_pages_dropped_beside_all_groups_are_a_new_one(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    stream = desk.page.locator("#stream").bounding_box()
    assert stream is not None
    desk.cell(8).click()
    drag(desk, 8, stream["x"] + stream["width"] - 30, stream["y"] + stream["height"] - 30)
    desk.saved()
    arranged(collection, [[1, 2], [3, 4, 5], [6], [7, 9, 10], [8], [11, 12]])
    expect(desk.page.get_by_role("button", name="also 9").first).to_be_visible()


def test_escape_ends_a_drag_and_nothing_moves(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    arrive = late_pages(desk)
    x, y = middle(desk, 3)
    desk.page.mouse.move(x, y)
    desk.page.mouse.down()
    desk.page.mouse.move(*middle(desk, 6), steps=4)
    expect(desk.page.locator(".drag-ghost")).to_contain_text("to document 3")
    arrive()
    expect(desk.page.locator(".drag-thumbs img")).to_have_count(1)
    bar, landed = desk.page.locator(".drop-bar").bounding_box(), desk.cell(6).bounding_box()
    assert bar is not None and landed is not None
    assert abs(bar["x"] - landed["x"]) < 14  # page 3 goes before page 6
    desk.keys("Escape")
    expect(desk.page.locator(".drag-ghost, .drop-bar")).to_have_count(0)
    desk.page.mouse.up()
    desk.announces("Nothing moved.")
    arranged(collection, UNTOUCHED)


def test_the_menu_does_what_a_drag_does(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.cell(5).click(button="right")
    desk.page.get_by_role("menuitem", name="Move to…").click()
    desk.page.get_by_role("option").filter(has_text="page 6").click()
    desk.saved()
    arranged(collection, [[1, 2], [3, 4], [5, 6], [7, 8, 9, 10], [11, 12]])
    desk.cell(12).click(button="right")
    desk.page.get_by_role("menuitem", name="Mark as empty").click()
    desk.saved()
    settled(lambda: Scan.objects.get(collection=collection, position=12).role, "empty")


def test_the_menu_offers_what_applies(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    def offered(position: int) -> list[str]:
        desk.cell(position).click(button="right")
        names = [name.splitlines()[0] for name in desk.page.get_by_role("menuitem").all_inner_texts()]
        desk.keys("Escape")
        return names

    desk = open_desk(alice)
    first = offered(1)
    assert {"Open", "Confirm and go to next", "Rotate to the right", "Mark as empty"} <= set(first)
    never = {"Compare with previous page", "Why?", "Join to previous page", "Join to previous document", "Unconfirm"}
    assert not {*never, "Paste before this page", "Join selected documents", "Remove mark"} & set(first)
    desk.focus(6)
    desk.act("c")
    alone = offered(6)
    assert "Unconfirm" in alone and "Confirm and go to next" not in alone
    assert not {"Move earlier in document", "Make a new document"} & set(alone)


def test_a_toast_undoes_what_it_names(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.seam(9).click()
    desk.announces("Split 4 before page 9")
    desk.page.locator(".toast").get_by_role("button", name="Undo").click()
    desk.announces("Undid")
    arranged(collection, UNTOUCHED)
    desk.shows(UNTOUCHED)
    desk.page.locator(".toast").get_by_role("button", name="Redo").click()
    desk.announces("Redid")
    desk.page.locator(".toast").get_by_role("button", name="Undo").click()
    desk.announces("Undid")
    arranged(collection, UNTOUCHED)


def test_a_filter_hides_what_is_confirmed_and_shows_it_again(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    SeamScore.objects.filter(page__collection=collection, page__position=3).update(probability=0.5)
    desk = open_desk(alice)
    expect(desk.page.locator("#progress-seams")).to_contain_text("3 places to check")
    expect(desk.page.locator("#count-doubtful")).to_have_text("2")  # documents
    desk.page.get_by_role("button", name="Confirm document 2").click()
    desk.saved()
    in_states(collection, ["proposed", "confirmed"])
    desk.page.get_by_text("Unconfirmed", exact=True).click()
    expect(desk.cell(3)).to_have_count(0)
    desk.page.get_by_text("All documents", exact=True).click()
    expect(desk.cell(3)).to_be_visible()
    # What a filter hides is neither selected nor meant by a key.
    desk.cell(4).click()
    desk.page.get_by_text("Flagged", exact=True).click()
    expect(desk.cell(4)).to_have_count(0)
    desk.keys("u", "Shift+C")
    desk.announces("No page is shown.")
    desk.page.get_by_text("All documents", exact=True).click()
    desk.selected([])
    expect(desk.cell(4)).to_have_attribute("tabindex", "0")
    in_states(collection, ["proposed", "confirmed"])
