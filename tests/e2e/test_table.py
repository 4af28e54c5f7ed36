"""The table: cells are typed into, filled, pasted over and brought in from a file; nothing typed is lost."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, expect

from clustering.actions import merge_groups, split_group
from clustering.models import Collection, Group, Page, User
from tests.describing import describe_group
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import DeskDriver, settled

TITLE, KIND, DATE, CREATORS = 0, 1, 2, 3


def table(open_desk: OpenDesk, person: User) -> DeskDriver:
    desk = open_desk(person, "/c/afl/table/")
    desk.ready()
    return desk


def cell(desk: DeskDriver, row: int, column: int) -> Locator:
    return desk.page.locator(f"[data-row='{row}'][data-column='{column}']")


def titles(collection: Collection) -> list[str]:
    return list(collection.groups.order_by("first_position").values_list("title", flat=True))


def test_a_cell_is_typed_into_saved_and_undone(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = table(open_desk, alice)
    cell(desk, 1, TITLE).click()
    desk.page.keyboard.type("Boycott grapes")
    desk.keys("Enter")
    settled(lambda: titles(collection)[1], "Boycott grapes")
    expect(cell(desk, 2, TITLE)).to_be_focused()
    cell(desk, 1, DATE).click()
    desk.page.keyboard.type("Jan. 14, 1954")
    desk.act("Tab")
    expect(cell(desk, 1, DATE)).to_have_text("January 14, 1954")
    expect(cell(desk, 1, CREATORS)).to_be_focused()
    desk.act("Control+z")
    expect(cell(desk, 1, DATE)).to_have_text("")


def test_what_is_refused_stays_in_its_cell_over_a_reload(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = table(open_desk, alice)
    cell(desk, 0, DATE).click()
    desk.page.keyboard.type("one fine day")
    desk.keys("Enter")
    expect(desk.page.locator(".toast.is-problem")).to_contain_text("isn’t a date we recognize")
    expect(cell(desk, 0, DATE)).to_have_text("one fine day")
    cell(desk, 1, TITLE).click()
    desk.page.keyboard.type("Half a ti")
    desk.reload()
    expect(cell(desk, 0, DATE)).to_have_text("one fine day")
    expect(cell(desk, 1, TITLE)).to_have_text("Half a ti")
    expect(desk.page.locator("#table-unsaved")).to_have_text("2 not saved")
    cell(desk, 0, DATE).dblclick()
    desk.page.locator(".grid-editor").fill("1954")
    desk.act("Enter")
    settled(lambda: Group.objects.get(collection=collection, number=1).date, "1954")
    expect(desk.page.locator("#table-unsaved")).to_have_text("1 not saved")


def test_a_conflict_keeps_what_was_typed(collection: Collection, alice: User, bob: User, open_desk: OpenDesk) -> None:
    desk = table(open_desk, alice)
    desk.hear_no_news()
    describe_group(Group.objects.get(collection=collection, number=1), title="Bob was here", actor=bob)
    cell(desk, 0, TITLE).click()
    desk.page.keyboard.type("Boycott grapes")
    desk.keys("Enter")
    expect(desk.page.locator(".toast.is-problem")).to_contain_text("bob: Described 1")
    expect(cell(desk, 0, TITLE)).to_have_text("Boycott grapes")
    cell(desk, 0, TITLE).dblclick()
    desk.act("Enter")
    settled(lambda: titles(collection)[0], "Boycott grapes")


def test_it_fills_down_finds_and_replaces_in_one_act_each(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    Group.objects.filter(collection=collection, number=1).update(title="Boycot grapes")
    desk = table(open_desk, alice)
    cell(desk, 3, TITLE).click()
    desk.keys("Shift+ArrowDown", "Control+d")
    desk.announces("The first cell is empty")
    cell(desk, 0, TITLE).click()
    desk.keys("Shift+ArrowDown", "Shift+ArrowDown")
    expect(desk.page.locator("#table-selected")).to_have_text("3 cells selected")
    desk.act("Control+d")
    settled(lambda: titles(collection), ["Boycot grapes"] * 3 + ["", ""])
    desk.page.get_by_role("button", name="Find and replace…").click()
    expect(desk.page.get_by_label("Find", exact=True)).to_be_focused()
    desk.page.keyboard.type("boycot ")
    desk.page.get_by_label("Replace with").fill("Boycott ")
    desk.page.get_by_role("button", name="Preview").click()
    expect(desk.page.locator(".preview-table tbody tr")).to_have_count(3)
    lines, now = (
        desk.page.locator(".preview-table").bounding_box(),
        desk.page.locator(".is-before").first.bounding_box(),
    )
    assert lines and now and now["width"] > 0.3 * lines["width"]
    desk.page.get_by_role("button", name="Change 3 values").click()
    settled(lambda: titles(collection), ["Boycott grapes"] * 3 + ["", ""])
    desk.page.get_by_role("button", name="Find and replace…").click()
    expect(desk.page.get_by_label("Find", exact=True)).to_have_value("boycot ")
    desk.keys("Escape")
    desk.page.locator("[data-row]").first.click()
    desk.act("Control+z")
    settled(lambda: titles(collection), ["Boycot grapes"] * 3 + ["", ""])
    expect(desk.page.locator(".toast").get_by_role("button", name="Undo")).to_have_count(0)  # of what is undone


def test_it_is_sorted_and_filtered_and_the_address_says_how(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    for number, (title, sure) in enumerate([("b", 0.9), ("", 0.5), ("a", 0.97), ("c", 0.6), ("", None)], start=1):
        Group.objects.filter(collection=collection, number=number).update(title=title, confidence=sure)
    desk = table(open_desk, alice)
    save = desk.page.get_by_role("link", name="Save this filter…")
    expect(save).to_be_hidden()
    desk.page.get_by_role("button", name="Title").click()
    expect(cell(desk, 0, TITLE)).to_have_text("a")
    desk.page.get_by_role("button", name="Title").click()
    expect(cell(desk, 0, TITLE)).to_have_text("c")
    desk.page.get_by_label("Filter Confidence").fill("<80")
    expect(desk.page.locator("#table-count")).to_have_text("2 of 5 documents")
    desk.page.get_by_label("Filter Title").fill("zzz")
    expect(desk.page.locator(".grid-none")).to_be_visible()
    desk.page.get_by_label("Filter Title").fill("-")
    expect(desk.page.locator("#table-count")).to_have_text("1 of 5 documents")
    assert "confidence=%3C80" in desk.page.url
    expect(desk.page.locator(".grid-none")).to_be_hidden()
    desk.reload()
    expect(desk.page.locator("#table-count")).to_have_text("1 of 5 documents")
    save.click()
    desk.page.get_by_label("Name").fill("Untitled")
    desk.page.get_by_role("button", name="Save filter").click()
    address = "/c/afl/table/?title=-&confidence=%3C80&sort=-title"
    settled(lambda: list(alice.saved_filters.values_list("address", "collection__slug")), [(address, "afl")])


def test_it_goes_out_as_csv_and_comes_back_in_with_a_preview(
    collection: Collection, alice: User, open_desk: OpenDesk, tmp_path: Path
) -> None:
    Group.objects.filter(collection=collection, number=1).update(title='=1+1, "quoted"')
    desk = table(open_desk, alice)
    with desk.page.expect_download() as download:
        desk.page.get_by_role("button", name="Export CSV").click()
    out = tmp_path / "out.csv"
    download.value.save_as(out)
    text = out.read_text(encoding="utf-8-sig")
    assert '1,"\'=1+1, ""quoted"""' in text
    lines = text.splitlines()
    head = lines[0].split(",")
    assert head[:4] == ["document", "title", "kind", "date"]
    (tmp_path / "in.csv").write_text(
        'document,Title,date,people\r\n2,Boycott grapes,"Jan. 14, 1954","Chavez, Cesar; Huerta, Dolores"\r\n'
        "3,Letter,one fine day,\r\n99,Nobody,,\r\n",
        encoding="utf-8",
    )
    desk.page.locator("#table-file").set_input_files(tmp_path / "in.csv")
    dialog = desk.page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 row is left out: no document here has the number 99.")
    expect(dialog).to_contain_text("1 value cannot be read and is left out.")
    expect(dialog.locator("tbody tr").first).to_have_class("is-wrong")
    dialog.get_by_role("button", name="Change 4 values").click()
    settled(lambda: titles(collection)[1:3], ["Boycott grapes", "Letter"])
    group = Group.objects.get(collection=collection, number=2)
    assert (group.date, group.details) == (
        "1954-01-14",
        {"people": [{"label": "Chavez, Cesar"}, {"label": "Huerta, Dolores"}]},
    )
    desk.page.locator("#table-file").set_input_files(out)
    expect(desk.page.get_by_role("dialog")).to_contain_text("Import out.csv")


def test_columns_are_hidden_for_a_person_and_still_read_from_a_file(
    collection: Collection, alice: User, open_desk: OpenDesk, tmp_path: Path
) -> None:
    desk = table(open_desk, alice)
    heads = desk.page.locator("[data-sort]")
    every = heads.count()
    desk.page.get_by_role("button", name="Columns…").click()
    for label in ("Creators", "Summary"):
        desk.page.get_by_role("checkbox", name=label).uncheck()
    desk.page.get_by_role("button", name="Show", exact=True).click()
    expect(heads).to_have_count(every - 2)
    expect(desk.page.locator("#table-columns")).to_have_text(f"Columns: {every - 2} of {every}")
    (tmp_path / "in.csv").write_text("document,summary\n1,About grapes\n", encoding="utf-8")
    desk.page.locator("#table-file").set_input_files(tmp_path / "in.csv")
    desk.page.get_by_role("button", name="Change 1 value").click()
    settled(lambda: Group.objects.get(collection=collection, number=1).details, {"summary": "About grapes"})


PASTE = """(text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
}"""


def test_what_does_not_fit_is_told_and_what_changes_meanwhile_is_shown_first(
    collection: Collection, alice: User, bob: User, open_desk: OpenDesk
) -> None:
    first = Group.objects.get(collection=collection, number=1)
    Group.objects.filter(pk=first.pk).update(number=99)  # in order of places, whatever numbers they have
    desk = table(open_desk, alice)
    cell(desk, 0, TITLE).click()
    desk.page.evaluate(PASTE, "\t".join("x" * 30))
    desk.announces("You copied 30 columns, but only")
    desk.keys("End")
    desk.page.evaluate(PASTE, "x")
    desk.announces("cannot be edited here")
    desk.keys("Home")
    desk.page.evaluate(PASTE, "\n".join("ABCDEFG"))
    dialog = desk.page.get_by_role("dialog")
    expect(dialog).to_contain_text("2 rows are left out")
    expect(dialog.locator("tbody td:first-child")).to_have_text(["1", "2", "3", "4", "5"])
    describe_group(Group.objects.get(number=2), title="Of bob", actor=bob)
    expect(cell(desk, 1, TITLE)).to_have_text("Of bob")
    dialog.get_by_role("button", name="Change 5 values").click()
    expect(dialog).to_contain_text("1 document changed while you looked.")
    expect(dialog.locator(".is-before").nth(1)).to_have_text("Of bob")
    dialog.get_by_role("button", name="Change 5 values").click()
    settled(lambda: titles(collection), list("ABCDE"))


def test_rows_are_pasted_from_a_spreadsheet(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    Group.objects.filter(collection=collection, number=3).update(number=30)
    desk = table(open_desk, alice)
    cell(desk, 1, TITLE).click()
    desk.page.evaluate(PASTE, "One\tflyer\r\nTwo\tletter\r\n")
    places = desk.page.locator(".preview-table tbody td:first-child")
    expect(places).to_have_text(["2", "2", "3", "3"])
    desk.page.get_by_role("button", name="Change 4 values").click()
    settled(lambda: Group.objects.get(collection=collection, number=30).kind, "letter")
    assert titles(collection) == ["", "One", "Two", "", ""]


def test_scans_of_the_row_stand_upright_beside_the_table_while_people_type(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    Page.objects.filter(collection=collection, position=1).update(chosen_rotation=90)
    sizes = [group.pages.count() for group in Group.objects.filter(collection=collection).order_by("number")]
    desk = table(open_desk, alice)
    cell(desk, 0, TITLE).click()
    desk.keys("Space")
    scans = desk.page.locator(".table-scan")
    expect(scans).to_have_count(sizes[0])
    expect(scans.first.locator("img")).to_have_attribute("src", re.compile("/1280/.*rotation=90"))
    expect(desk.page.locator(".grid-thumb img").first).to_have_attribute("src", re.compile("/320/.*rotation=90"))
    desk.keys("ArrowDown")
    expect(scans).to_have_count(sizes[1])
    desk.page.keyboard.type("Grapes")
    width = scans.first.bounding_box()
    scans.first.click()
    larger = scans.first.bounding_box()
    assert width and larger and larger["width"] > 1.9 * width["width"]
    expect(desk.page.locator(".grid-editor")).to_be_focused()
    desk.act("Enter")
    settled(lambda: titles(collection)[1], "Grapes")
    desk.reload()
    cell(desk, 1, TITLE).click()
    expect(scans).to_have_count(sizes[1])
    desk.keys("Space")
    expect(scans.first).to_be_hidden()


def test_what_others_save_in_the_cell_meanwhile_is_told_and_not_overwritten_unseen(
    collection: Collection, alice: User, bob: User, open_desk: OpenDesk
) -> None:
    desk = table(open_desk, alice)
    cell(desk, 0, TITLE).click()
    desk.page.keyboard.type("Grapes")
    with desk.page.expect_response(lambda answer: "/changes/" in answer.url and "Of bob" in answer.text()):
        describe_group(Group.objects.get(collection=collection, number=1), title="Of bob", actor=bob)
    desk.keys("Enter")
    expect(desk.page.locator(".toast.is-problem")).to_contain_text("“Of bob”")
    expect(cell(desk, 0, TITLE)).to_have_text("Grapes")
    assert titles(collection)[0] == "Of bob"
    cell(desk, 3, TITLE).click()
    desk.page.locator("#table-unsaved").click()
    expect(cell(desk, 0, TITLE)).to_be_focused()
    desk.keys("F2")
    desk.act("Enter")
    settled(lambda: titles(collection)[0], "Grapes")
    expect(desk.page.locator("#table-unsaved")).to_be_hidden()


def test_what_is_typed_for_a_document_that_others_join_waits_in_that_one(
    collection: Collection, alice: User, bob: User, open_desk: OpenDesk
) -> None:
    first, second = Group.objects.filter(collection=collection).order_by("number")[:2]
    describe_group(first, title="Of bob", actor=bob)
    desk = table(open_desk, alice)
    cell(desk, 1, TITLE).click()
    desk.page.keyboard.type("Grapes")
    with desk.page.expect_response(lambda answer: "/changes/" in answer.url and '"removed": [' in answer.text()):
        merge_groups([first, second], actor=bob)
    editor = desk.page.locator(".grid-editor")
    expect(cell(desk, 0, TITLE).locator(".grid-editor")).to_be_focused()
    expect(editor).to_have_value("Grapes")
    desk.keys("Enter")
    expect(desk.page.locator("#table-unsaved")).to_have_text("1 not saved")
    assert titles(collection) == ["Of bob", "", "", ""]
    desk.page.locator("#table-unsaved").click()
    desk.keys("F2")
    desk.act("Enter")
    settled(lambda: titles(collection), ["Grapes", "", "", ""])
    split_group(Group.objects.get(pk=first.pk), before=first.pages.order_by("position")[1], actor=bob)
    expect(desk.page.locator("#table-count")).to_have_text("5 of 5 documents")
    expect(cell(desk, 0, TITLE)).to_have_text("Grapes")
