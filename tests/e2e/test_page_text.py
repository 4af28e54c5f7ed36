"""Read text is corrected beside its page by keyboard alone, and no letter of it is lost."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from clustering.actions.text import LineChange, correct_text
from clustering.models import Collection, Edit, LineCorrection, Reading, User
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import DeskDriver, settled

READ = [["THE FARM W0RKERS", 30, 40, 180, 52, 91.0], ["ASK 3", 30, 60, 90, 72, 91.0]]


def rows(desk: DeskDriver) -> Locator:
    return desk.page.locator(".page-text > li:visible")


def text_of(reading: Reading) -> str:
    reading.refresh_from_db()
    return reading.text


def test_lines_are_corrected_by_keys_alone_and_nothing_typed_is_lost(
    collection: Collection, alice: User, bob: User, open_desk: OpenDesk
) -> None:
    reading = Reading.objects.get(page__collection=collection, page__position=3)
    Reading.objects.filter(pk=reading.pk).update(lines=READ, text="THE FARM W0RKERS\nASK 3")
    desk = open_desk(alice)
    field = desk.page.locator("textarea.line-field:focus")
    desk.focus(3)
    desk.keys("Enter")
    expect(desk.page.locator("#detail .line-boxes")).to_be_attached()
    desk.keys("F2")
    expect(field).to_have_value("THE FARM W0RKERS")
    box = desk.page.locator("#detail .line-boxes rect.is-here")
    expect(box).to_have_attribute("y", "40")
    expect(box).to_be_visible()
    # Escape gives up the line, not the view.
    field.fill("THE")
    desk.keys("Escape")
    expect(rows(desk).first.get_by_role("button")).to_be_focused()
    expect(rows(desk).first).to_have_text("THE FARM W0RKERS")
    desk.keys("Enter")
    field.fill("THE FARM WORKERS")
    desk.keys("Enter")
    expect(field).to_have_value("ASK 3")
    expect(box).to_have_attribute("y", "60")
    expect(rows(desk).first).to_have_attribute("data-state", "corrected")
    settled(lambda: text_of(reading), "THE FARM WORKERS\nASK 3")
    # A conflict tells both texts and keeps the typed one.
    field.press_sequentially("!")
    page = reading.page
    correct_text(page, [LineChange(line="2", text="ASK, 3")], actor=bob)
    desk.keys("Enter")
    alert = desk.page.locator(".line-form [role=alert]")
    expect(alert).to_contain_text("bob changed this line to “ASK, 3.” You entered “ASK 3!.”")
    expect(field).to_have_value("ASK 3!")
    # So does a cut line, and a reload.
    desk.page.context.set_offline(True)
    desk.keys("Enter")
    expect(alert).to_contain_text("can’t be reached")
    desk.page.context.set_offline(False)
    desk.reload()
    kept = desk.page.locator("#line-field-2")
    expect(kept).to_have_value("ASK 3!")
    kept.press("Enter")
    settled(lambda: text_of(reading), "THE FARM WORKERS\nASK 3!")
    # A line that was missed, and what was read taken back.
    expect(rows(desk).nth(1)).to_have_attribute("data-state", "corrected")
    desk.keys("F2", "Tab", "Tab", "Enter")
    expect(field).to_have_value("")
    desk.page.keyboard.type("of the valley")
    desk.keys("Enter", "Escape")
    expect(rows(desk)).to_have_count(3)
    settled(lambda: text_of(reading), "THE FARM WORKERS\nASK 3!\nof the valley")
    expect(rows(desk).nth(2).get_by_role("button")).to_be_focused()
    desk.keys("Home", "Enter", "Tab", "Enter")
    settled(lambda: text_of(reading), "THE FARM W0RKERS\nASK 3!\nof the valley")
    expect(rows(desk).first).to_have_attribute("data-state", "read")
    desk.keys("Control+z")
    settled(lambda: text_of(reading), "THE FARM WORKERS\nASK 3!\nof the valley")
    assert LineCorrection.objects.count() == 3
    # Words typed into a line that a new reading no longer has become a line to add.
    desk.keys("ArrowDown", "Enter", "?")
    Reading.objects.filter(pk=reading.pk).update(lines=READ[:1], text=READ[0][0], as_read=None)
    LineCorrection.objects.all().delete()
    desk.reload()
    expect(desk.page.locator("[data-added] textarea")).to_have_value("ASK 3!?")
    assert set(Edit.objects.filter(actor=alice).values_list("verb", flat=True)) == {"text", "undo"}


def test_whoever_may_not_edit_reads_the_lines_by_keys(
    collection: Collection, victor: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(victor, f"/pages/{collection.pages.get(position=3).pk}/")
    desk.ready()
    desk.page.locator(".line-text").first.focus()
    expect(desk.page.locator(".line-boxes rect.is-here")).to_be_visible()
    desk.keys("F2", "Enter")
    expect(desk.page.locator(".line-form, .line-acts")).to_have_count(0)
    desk.go("/c/afl/")
    desk.focus(4)
    desk.keys("w")  # opens the panel
    text = desk.page.get_by_label("Text of page 4")
    text.focus()
    desk.keys("ArrowDown")
    expect(text).to_be_focused()  # the key scrolls, and does not go to another page
