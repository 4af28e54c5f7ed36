"""A language model's suggestions beside the scan: taken part by part, never by themselves. No model runs."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from clustering.models import Collection, Group, User
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import settled
from tests.language_model import Speak, raw, says

TOLD = {
    "title": "Boycott <b>grapes</b>",
    "kind": "flyer",
    "date": "1968",
    "creator": "Farm workers",
    "people": [],
    "places": ["Delano"],
    "language": "en",
    "summary": "A call to buy no grapes.",
}

STORED = ("title", "date", "language", "note", "details")


def test_what_is_right_is_taken_and_saved(
    collection: Collection, alice: User, open_desk: OpenDesk, speak: Speak
) -> None:
    speak(says(TOLD))
    desk = open_desk(alice)
    desk.focus(3)
    desk.keys("d")
    dialog = desk.page.locator("#describe")
    expect(dialog).to_contain_text("runs on this computer, so nothing leaves it")
    dialog.locator("[name=note]").fill("Two copies.")
    before = dialog.locator("[name=title]").input_value()
    dialog.get_by_role("button", name="Suggest description").click()
    expect(dialog).to_contain_text("Suggested by tiny. Check it before you use it.")
    expect(dialog.locator(".suggested")).to_contain_text("Boycott <b>grapes</b>")
    assert dialog.locator("[name=title]").input_value() == before
    dialog.locator("[name=title]").fill("A title that is replaced")
    for name in ("title", "date", "creators", "summary", "places", "language"):
        dialog.get_by_role("button", name=f"Use as {name}:").click()
    expect(dialog.locator("[name=language]")).to_have_value("English")
    expect(dialog.locator("#date-reading")).to_have_text("1968 (1968)")
    dialog.get_by_role("button", name="Save and next").click()
    settled(
        lambda: Group.objects.filter(collection=collection, number=2).values_list(*STORED).get(),
        (
            "Boycott <b>grapes</b>",
            "1968",
            "en",
            "Two copies.",
            {
                "creators": [{"label": "Farm workers"}],
                "summary": "A call to buy no grapes.",
                "places": [{"label": "Delano"}],
            },
        ),
    )


@pytest.mark.usefixtures("collection")
def test_nonsense_is_told_and_nothing_is_lost(alice: User, open_desk: OpenDesk, speak: Speak) -> None:
    speak(raw(b"nonsense"))
    desk = open_desk(alice)
    desk.focus(3)
    desk.keys("d")
    dialog = desk.page.locator("#describe")
    dialog.locator("[name=title]").fill("Typed by hand")
    dialog.get_by_role("button", name="Suggest description").click()
    expect(dialog.locator(".suggestions [role=status]")).to_contain_text("did not answer in the expected protocol")
    assert dialog.locator("[name=title]").input_value() == "Typed by hand"


def test_without_a_model_there_is_no_button(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.focus(3)
    desk.keys("d")
    expect(desk.page.locator("#describe")).to_be_visible()
    expect(desk.page.get_by_role("button", name="Suggest description")).to_have_count(0)
