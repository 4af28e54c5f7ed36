"""Every verb by key, and the keys that only look."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from clustering.keys import KEYS, spoken
from clustering.models import Collection, Group, User
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import arranged, arrangement, in_states, settled


def test_arrows_groups_and_doubts_move_the_focus(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.focus(1)
    desk.keys("ArrowRight")
    desk.focused(2)
    desk.keys("j")
    desk.focused(3)
    desk.keys("n")
    desk.focused(5)  # the next place to check is before page 5
    desk.keys("n")
    desk.focused(8)
    desk.keys("Shift+N", "k")
    desk.focused(1)
    desk.keys("Control+End")
    desk.focused(12)
    desk.keys("Control+Home", "ArrowDown", "ArrowUp", "End", "Home")
    desk.focused(1)


def test_split_and_merge_by_key(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.focus(9)
    desk.act("s")
    arranged(collection, [[1, 2], [3, 4, 5], [6], [7, 8], [9, 10], [11, 12]])
    desk.focused(9)
    desk.act("s")
    arranged(collection, [[1, 2], [3, 4, 5], [6], [7, 8, 9, 10], [11, 12]])
    desk.act("m")
    arranged(collection, [[1, 2], [3, 4, 5], [6, 7, 8, 9, 10], [11, 12]])
    desk.act("Control+z")
    desk.act("Control+z")
    desk.act("Control+z")
    arranged(collection, [[1, 2], [3, 4, 5], [6], [7, 8, 9, 10], [11, 12]])
    desk.shows(arrangement(collection))
    desk.act("Control+Shift+Z")
    arranged(collection, [[1, 2], [3, 4, 5], [6], [7, 8], [9, 10], [11, 12]])


def test_a_quick_row_of_acts_is_sent_in_order(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.focus(8)
    desk.act("s", "ArrowRight", "s", "ArrowRight", "s", "m")
    arranged(collection, [[1, 2], [3, 4, 5], [6], [7], [8], [9, 10], [11, 12]])
    desk.shows(arrangement(collection))


def test_selected_pages_become_a_group_and_go_to_another(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    desk.focus(4)
    desk.keys("Space", "Shift+ArrowRight")
    desk.selected([4, 5])
    expect(desk.page.locator("#selection-words")).to_have_text("2 pages in 1 document")
    desk.act("e")
    arranged(collection, [[1, 2], [3], [4, 5], [6], [7, 8, 9, 10], [11, 12]])
    desk.focus(12)
    desk.keys("Space", "x")
    desk.focus(2)
    desk.act("p")
    settled(lambda: arrangement(collection)[0], [1, 12, 2])
    expect(desk.cell(12).locator(".order")).to_have_text("page 2 of document")
    desk.act("Control+Shift+ArrowLeft")
    settled(lambda: arrangement(collection)[0], [1, 2, 12])


def test_selected_groups_are_merged_and_confirmed(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.focus(2)
    desk.keys("Space", "Shift+ArrowRight")
    expect(desk.page.locator("#selection-words")).to_have_text("2 pages in 2 documents")
    desk.keys("Shift+C")
    dialog = desk.page.get_by_role("dialog", name="Confirm 2 documents?")
    expect(dialog).to_contain_text("They contain 5 pages")
    dialog.get_by_role("button", name="Confirm 2 documents").click()
    desk.saved()
    in_states(collection, ["confirmed", "confirmed"])
    desk.act("u")
    in_states(collection, ["confirmed", "changed"])
    desk.act("Shift+M")
    settled(lambda: arrangement(collection)[0], [1, 2, 3, 4, 5])


def test_a_group_is_flagged_and_described(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.focus(6)
    desk.keys("f")
    desk.page.get_by_role("dialog").locator("[name=note]").fill("two hands")
    desk.keys("Enter")
    desk.announces("Flagged 3")
    desk.keys("d")
    desk.page.locator("#describe [name=title]").fill("The Farm Workers Ask")
    desk.page.locator("#describe [name=date]").fill("1970-08")
    desk.keys("Enter")
    expect(desk.page.locator("#describe-message")).to_contain_text("Described 3")
    desk.keys("Escape")
    group = Group.objects.get(collection=collection, number=3)
    assert (group.flagged, group.flag_note, group.title, group.date) == (
        True,
        "two hands",
        "The Farm Workers Ask",
        "1970-08",
    )
    expect(desk.page.locator(f".band-head[data-group='{group.pk}'] .title")).to_have_text("The Farm Workers Ask")


def test_why_shows_the_evidence_and_v_both_sides(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.focus(5)
    desk.keys("w")
    panel = desk.page.locator("#panel")
    expect(panel.locator("strong").first).to_have_text("50%")
    expect(panel).to_contain_text("The page numbers run on.")
    desk.keys("v")
    expect(desk.page.locator("#detail .zoom canvas").first).to_be_visible()
    expect(desk.page.locator("#detail .zoom")).to_have_count(2)
    desk.keys("Escape")
    desk.focused(5)


def test_enter_opens_the_page_and_escape_comes_back_to_it(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    desk.focus(3)
    desk.keys("Enter")
    expect(desk.page.locator("#detail-title")).to_have_text("Page 3 · HH000001_0003")
    desk.keys("ArrowRight")
    expect(desk.page.locator("#detail-title")).to_have_text("Page 4 · HH000001_0004")
    desk.page.wait_for_url("**#page/HH000001_0004")
    desk.keys("r", "Escape")
    expect(desk.page.locator("#detail")).to_be_hidden()
    desk.focused(4)
    desk.go("/c/afl/#page/HH000001_0011")
    desk.page.reload()
    expect(desk.page.locator("#detail-title")).to_have_text("Page 11 · HH000001_0011")


def test_the_key_after_an_answer_finds_it_done(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.focus(4)
    desk.keys("g")
    desk.page.locator("dialog input[name=q]").fill("9")
    # In one task of the page: nothing that waits for a later one is done yet.
    desk.page.evaluate("""() => {
        document.querySelector("dialog form").requestSubmit();
        return Promise.resolve().then(() => document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true, cancelable: true })));
    }""")
    desk.focused(10)


def test_keys_are_dead_in_fields(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.focus(9)
    desk.keys("/")
    expect(desk.page.locator("#search")).to_be_focused()
    desk.page.keyboard.type("scm farm")
    arranged(collection, [[1, 2], [3, 4, 5], [6], [7, 8, 9, 10], [11, 12]])
    desk.keys("Enter")
    desk.page.wait_for_url("**/search/?q=scm+farm")


def test_a_viewer_looks_and_cannot_edit(collection: Collection, victor: User, open_desk: OpenDesk) -> None:
    desk = open_desk(victor)
    desk.focus(9)
    desk.keys("s", "c", "e", "m")
    expect(desk.page.locator("button.seam, button.confirm, [data-command=undo]")).to_have_count(0)
    arranged(collection, [[1, 2], [3, 4, 5], [6], [7, 8, 9, 10], [11, 12]])


def test_help_lists_every_key_of_the_registry(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.keys("?")
    for key in KEYS:
        row = desk.page.locator(f"#help [data-key='{key.id}']")
        expect(row).to_contain_text(key.label)
        expect(row.locator("kbd")).to_have_text([spoken(k) for k in key.keys])


def test_a_key_of_ones_own_takes_the_place_of_the_old_one(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice, "/keys/mine/")
    desk.page.get_by_label("Split before the current page").fill("b")
    desk.page.get_by_role("button", name="Save").click()
    expect(desk.page.get_by_role("status")).to_contain_text("Your shortcuts are saved.")
    desk.go("/c/afl/")
    desk.focus(9)
    desk.act("s")
    assert len(arrangement(collection)) == 5
    desk.act("b")
    settled(lambda: len(arrangement(collection)), 6)


SELECTS = [("Control+a", [3, 4, 5]), ("Shift+ArrowRight", [4, 5]), ("Space", [4])]


@pytest.mark.parametrize(("press", "chosen"), SELECTS)
def test_keys_select(collection: Collection, alice: User, open_desk: OpenDesk, press: str, chosen: list[int]) -> None:
    desk = open_desk(alice)
    desk.focus(4)
    desk.keys(press)
    desk.selected(chosen)
    desk.reload()
    desk.selected(chosen)  # the selection survives reloading
    desk.keys("Escape")
    desk.selected([])


def test_a_refusal_is_told_once_however_often_a_key_is_pressed(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    desk.focus(1)
    desk.keys("s", "s", "s")
    expect(desk.page.locator(".toast")).to_have_count(1)


def test_why_toggles_and_the_first_page_says_why_not(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    panel = desk.page.locator("#panel")
    desk.focus(1)
    desk.keys("w")
    desk.announces("This is the first page: there is no place before it to explain.")
    expect(panel).to_be_hidden()
    desk.keys("v")
    desk.announces("This is the first page: there is nothing before it to compare.")
    desk.focus(5)
    desk.keys("w")
    expect(panel).to_contain_text("The page numbers run on.")
    desk.keys("w")
    expect(panel).to_be_hidden()


def test_a_question_without_fields_is_answered_by_enter(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    desk.keys("Control+a", "Control+a", "Shift+C")
    expect(desk.page.get_by_role("dialog").get_by_role("button", name="Confirm")).to_be_focused()
    desk.keys("Enter")
    settled(lambda: collection.groups.filter(state="confirmed").count(), 5)


def test_the_palette_runs_actions_and_goes_places(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    field = desk.page.get_by_role("combobox", name="Search actions and places")
    chosen = desk.page.locator("#palette [role=option][aria-selected=true]")

    def type_in(words: str) -> None:
        desk.keys("Control+k")
        expect(field).to_be_focused()
        desk.page.keyboard.type(words)

    desk.focus(9)
    type_in("splt bef")
    expect(chosen.locator("kbd")).to_have_text(spoken("s"))
    assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    desk.keys("Enter")
    desk.saved()
    arranged(collection, [[1, 2], [3, 4, 5], [6], [7, 8], [9, 10], [11, 12]])
    desk.focused(9)
    type_in("paste")  # nothing is cut
    expect(desk.page.locator("#palette [role=option]", has_text="Paste the cut pages")).to_have_count(0)
    desk.keys("Escape")
    expect(field).to_have_count(0)
    desk.focused(9)
    type_in("11")
    expect(chosen).to_contain_text("Page 11")
    desk.keys("Enter")
    desk.focused(11)
    type_in("dashboard")
    named = desk.page.get_by_role("option", name=re.compile("^Dashboard")).locator(".palette-detail")
    expect(named).to_have_text([collection.title, "Go to"])  # the collection's, and that of all collections
    desk.keys("Enter")
    desk.page.wait_for_url("**/dashboard/")
    type_in("")
    expect(chosen).to_contain_text(f"{collection.title} · Pages")  # where one was
    desk.page.keyboard.type(collection.title.upper())
    expect(desk.page.locator("#palette [role=option]", has_text="Collection").first).to_be_visible()
    desk.keys("Escape")
    assert desk.problems == []
