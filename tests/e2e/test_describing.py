"""Describing a document: nothing that was typed is lost, whatever the server says."""

from __future__ import annotations

from itertools import pairwise

from django.contrib.sessions.models import Session
from playwright.sync_api import Route, expect

from clustering.actions import merge_groups
from clustering.models import Collection, Edit, Group, Page, Reading, User
from tests.describing import describe_group
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import DeskDriver, LateAnswer, settled


def facts(collection: Collection, number: int) -> tuple[str, str, str]:
    group = Group.objects.get(collection=collection, number=number)
    return group.title, group.date, group.note


def begin(desk: DeskDriver, page: int) -> None:
    desk.focus(page)
    desk.keys("d")
    expect(desk.page.get_by_role("main", name="Document")).to_be_visible()


def write(desk: DeskDriver, **texts: str) -> None:
    for name, text in texts.items():
        desk.page.locator(f":is(#describe, dialog[open]) [name={name}]").fill(text)


def typed(desk: DeskDriver) -> tuple[str, ...]:
    return tuple(desk.page.locator(f"#describe [name={name}]").input_value() for name in ("title", "date", "note"))


def test_a_date_as_people_write_it_is_read_below_the_field_and_saved(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    begin(desk, 3)
    write(desk, note="Two copies.", title="Boycott grapes", date="January 14, 1954")
    expect(desk.page.locator("#date-reading")).to_have_text("January 14, 1954 (1954-01-14)")
    desk.act("Enter")
    expect(desk.page.locator("#describe-title")).to_have_text("Document 3 of 5")
    settled(lambda: facts(collection, 2), ("Boycott grapes", "1954-01-14", "Two copies."))


def test_on_a_slow_line_the_thumbnail_stands_where_the_scan_will_be(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    scan = Page.objects.get(collection=collection, position=3)
    late = LateAnswer(desk.page, f"**/scans/{scan.pk}/original/**")
    begin(desk, 3)
    late.asked()
    preview = desk.page.locator("#describe .stage-preview")
    expect(preview).to_be_visible()
    shown = preview.bounding_box()
    stage = desk.page.locator("#describe-stage").bounding_box()
    assert shown
    assert stage
    assert stage["y"] < shown["y"]
    assert shown["height"] >= 0.85 * stage["height"]
    late.arrive()
    expect(preview).to_have_count(0)


def test_what_is_no_date_is_told_before_anything_is_sent(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    begin(desk, 3)
    write(desk, note="Two copies.", title="Boycott grapes", date="one fine day")
    desk.keys("Enter")
    alert, date = desk.page.locator("#describe [role=alert]"), desk.page.locator("#describe [name=date]")
    expect(alert).to_contain_text("“one fine day” isn’t a date we recognize")
    expect(date).to_be_focused()
    place, reason = date.bounding_box(), alert.bounding_box()
    assert place and reason and place["y"] < reason["y"]
    assert typed(desk) == ("Boycott grapes", "one fine day", "Two copies.")
    write(desk, date="c. 1964")
    expect(alert).to_be_empty()
    assert date.bounding_box() == place, "the field does not move while one types"
    desk.act("Enter")
    settled(lambda: facts(collection, 2), ("Boycott grapes", "1964~", "Two copies."))


def test_a_long_title_is_seen_whole(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    begin(desk, 3)
    write(desk, title="Donaudampfschifffahrtsgesellschaftskapitänswitwenrente " * 5)
    title = desk.page.locator("#describe [name=title]")
    assert title.evaluate("(field) => field.scrollHeight <= field.clientHeight")


def test_after_a_conflict_it_comes_back_with_every_letter(
    collection: Collection, alice: User, bob: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    begin(desk, 3)
    write(desk, note="Two copies.", title="Boycott grapes", date="1964")
    expect(desk.page.locator("#date-reading")).to_have_text("1964 (1964)")
    desk.hear_no_news()  # the news does not come in time
    describe_group(Group.objects.get(collection=collection, number=2), note="One copy.", actor=bob)
    desk.keys("Enter")
    expect(desk.page.locator(":is(#describe, dialog[open]) [role=alert]")).to_contain_text("bob: Described 2")
    assert typed(desk) == ("Boycott grapes", "1964", "Two copies.")
    expect(desk.page.locator("#describe-message")).to_have_text("")
    desk.page.locator("#describe [name=note]").focus()
    desk.act("Control+Enter")
    settled(lambda: facts(collection, 2), ("Boycott grapes", "1964", "Two copies."))


def test_where_the_document_is_gone_its_words_are_offered_to_the_one_that_has_its_pages(
    collection: Collection, alice: User, bob: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    begin(desk, 3)
    write(desk, note="Two copies.", title="Boycott grapes")
    desk.hear_no_news()
    merge_groups(Group.objects.filter(collection=collection, number__in=[1, 2]), actor=bob)
    desk.keys("Enter")
    expect(desk.page.locator("#describe-about")).to_contain_text("pages 1–5")
    assert typed(desk)[::2] == ("Boycott grapes", "Two copies.")
    desk.act("Enter")
    settled(lambda: facts(collection, 1)[0], "Boycott grapes")


def test_an_ended_session_is_signed_in_again_in_place(
    collection: Collection, alice: User, bob: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    dialog = desk.page.get_by_role("dialog", name="Your session ended")
    desk.focus(9)
    Session.objects.all().delete()
    desk.keys("s")
    desk.sign_in_here("wrong")
    expect(dialog.get_by_role("alert")).to_contain_text("The username or password is incorrect")
    desk.sign_in_here(name="bob")
    expect(dialog.get_by_role("alert")).to_contain_text("This page belongs to alice.")
    expect(dialog.get_by_role("button", name="Reload page")).to_be_visible()
    desk.page.context.clear_cookies()  # the token, too
    desk.sign_in_here(name="alice")
    expect(dialog).to_have_count(0)
    desk.saved()
    expect(desk.cell(9)).to_be_focused()
    assert list(Edit.objects.values_list("verb", "actor__username")) == [("split", "alice")]

    begin(desk, 3)
    write(desk, note="Two copies.", title="Boycott grapes")
    Session.objects.all().delete()
    write(desk, date="Jan. 14, 1954")
    desk.keys("Enter")
    expect(dialog).to_be_visible()
    assert typed(desk) == ("Boycott grapes", "Jan. 14, 1954", "Two copies.")
    desk.sign_in_here()
    expect(dialog).to_have_count(0)
    desk.saved()
    settled(lambda: facts(collection, 2), ("Boycott grapes", "1954-01-14", "Two copies."))

    write(desk, title="Later")
    Session.objects.all().delete()
    desk.keys("Enter")
    expect(dialog).to_be_visible()
    desk.keys("Escape")
    expect(dialog).to_have_count(0)
    expect(desk.page.locator("#save-state")).to_contain_text("You’re signed out. Your changes are kept.")


def test_what_was_typed_is_there_after_a_reload_and_after_escape_until_it_is_discarded(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    begin(desk, 3)
    write(desk, note="Two copies.", title="Boycott grapes")
    expect(desk.page.locator("#describe .zoom")).to_be_visible()
    desk.reload()
    assert typed(desk) == ("Boycott grapes", "", "Two copies.")
    desk.keys("Escape", "d")
    expect(desk.page.get_by_text("Restored what you typed before.")).to_be_visible()
    expect(desk.page.locator("#describe [name=title]")).to_be_focused()
    assert typed(desk) == ("Boycott grapes", "", "Two copies.")
    desk.page.get_by_role("button", name="Discard").click()
    assert typed(desk) == ("", "", "")
    desk.keys("Escape", "d")
    assert typed(desk) == ("", "", "")


def test_another_type_brings_its_fields_and_defaults_and_leaves_what_was_entered(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    hidden, american = {"box": {"use": "hidden"}}, {"language": {"default": "en"}}
    rules = {"": hidden | {"rights": {"default": "In copyright"}}, "letter": {"box": {"use": "required"}, **american}}
    Collection.objects.filter(pk=collection.pk).update(settings={**collection.settings, "description": rules})
    Group.objects.filter(collection=collection, number=2).update(draft={"kind": {"value": "letter", "confidence": 0.9}})
    desk = open_desk(alice)
    begin(desk, 3)
    fields = {name: desk.page.locator(f"#describe [name={name}]") for name in ("kind", "language", "box", "rights")}
    expect(fields["language"]).to_have_value("en")
    fields["box"].fill("12")
    fields["kind"].fill("flyer")
    expect(fields["language"]).to_have_value("")
    expect(fields["box"]).to_be_visible()  # hidden for flyers, but filled
    fields["box"].fill("")
    expect(fields["box"]).to_be_hidden()
    fields["kind"].fill("Letter")
    expect(fields["box"]).to_be_visible()
    expect(fields["language"]).to_have_value("en")
    fields["language"].fill("fr")
    fields["kind"].fill("flyer")
    expect(fields["language"]).to_have_value("fr")
    desk.act("Enter")
    settled(lambda: Group.objects.get(collection=collection, number=2).language, "fr")
    group = Group.objects.get(collection=collection, number=2)
    assert (group.kind, group.details) == ("flyer", {"rights": "In copyright"})


def test_a_line_is_clicked_for_the_title_and_a_date_is_dragged_over(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    Reading.objects.filter(page__collection=collection, page__position=3).update(
        lines=[
            ["BOYCOTT GRAPES", 30, 40, 170, 60, 91.0],
            ["A call of the union", 30, 70, 170, 90, 91.0],
            ["New York, May 3, 1968, at noon", 30, 100, 200, 120, 91.0],
        ],
        width=232,
        height=300,
    )
    desk = open_desk(alice)
    begin(desk, 3)
    expect(desk.page.locator("#describe .line-boxes rect")).to_have_count(3)
    desk.page.mouse.click(*point(desk, 0, 0.5))
    expect(desk.page.locator("#describe [name=title]")).to_have_value("BOYCOTT GRAPES")
    desk.page.keyboard.down("Shift")
    desk.page.mouse.click(*point(desk, 1, 0.5))
    desk.page.keyboard.up("Shift")
    expect(desk.page.locator("#describe [name=title]")).to_have_value("BOYCOTT GRAPES A call of the union")
    desk.page.mouse.move(*point(desk, 2, 0.2))  # somewhat more than the date
    desk.page.mouse.down()
    desk.page.mouse.move(*point(desk, 2, 0.5), steps=4)
    desk.page.mouse.move(*point(desk, 2, 0.68), steps=4)
    desk.page.mouse.up()
    expect(desk.page.locator("#describe [name=date]")).to_have_value("May 3, 1968")
    expect(desk.page.locator("#date-reading")).to_have_text("May 3, 1968 (1968-05-03)")
    desk.act("Enter")
    settled(lambda: facts(collection, 2)[:2], ("BOYCOTT GRAPES A call of the union", "1968-05-03"))


def point(desk: DeskDriver, line: int, share: float) -> tuple[float, float]:
    """A place on a read line, so far along it."""
    box = desk.page.locator("#describe .line-boxes rect").nth(line).bounding_box()
    assert box is not None
    return box["x"] + share * box["width"], box["y"] + box["height"] / 2


def test_names_come_from_the_collection_and_types_from_the_thesaurus(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    uri = "https://names.example.org/chavez"
    chavez = {"label": "Chavez, Cesar", "uri": uri}
    describe_group(Group.objects.get(collection=collection, number=5), details={"people": [chavez]}, actor=alice)
    desk = open_desk(alice)
    begin(desk, 3)
    write(desk, title="Boycott grapes")
    people = desk.page.get_by_role("combobox", name="Add to people")
    people.press_sequentially("ces")
    expect(desk.page.get_by_role("option", name="Chavez, Cesar")).to_be_visible()
    desk.keys("ArrowDown", "Enter")
    people.press_sequentially("Huerta, Dolores")
    desk.keys("Enter")
    kind = desk.page.locator("#describe [name=kind]")
    kind.press_sequentially("petit")
    expect(desk.page.get_by_role("option", name="petitions")).to_be_visible()
    desk.keys("ArrowDown", "Enter")
    expect(kind).to_have_value("petitions")
    desk.act("Enter")
    settled(lambda: Group.objects.get(collection=collection, number=2).kind, "petitions")
    assert Group.objects.get(collection=collection, number=2).details == {
        "people": [chavez, {"label": "Huerta, Dolores"}],
        "kind_uri": "http://vocab.getty.edu/aat/300027219",
    }


def test_it_goes_through_the_documents_by_keys_and_back_to_the_stream(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    collection.groups.update(draft={"title": {"value": "Boycott grapes", "confidence": 0.9}})
    desk = open_desk(alice)
    begin(desk, 1)
    expect(desk.page.locator("#describe-left")).to_have_text("5 to describe")
    for _ in range(5):
        desk.act("Enter")
    settled(lambda: set(collection.groups.values_list("title", flat=True)), {"Boycott grapes"})
    expect(desk.page.locator("#describe-left")).to_have_text("All described")
    desk.keys("Alt+ArrowUp")
    expect(desk.page.locator("#describe-title")).to_have_text("Document 4 of 5")
    desk.page.go_back()
    expect(desk.page.locator("#describe")).to_be_hidden()
    desk.focused(7)
    desk.keys("Enter", "d")
    expect(desk.page.locator("#describe")).to_be_visible()
    desk.keys("Escape")
    desk.focused(7)


def test_all_drafts_that_are_shown_are_accepted_with_one_key(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    collection.groups.update(draft={"title": {"value": "Boycott grapes", "confidence": 0.9}})
    desk = open_desk(alice)
    desk.page.get_by_text("No title").click()
    desk.keys("Shift+d")
    desk.page.get_by_role("button", name="Accept the drafts of 5 documents").click()
    desk.announces("Accepted the drafts of 5 documents.")
    settled(lambda: set(collection.groups.values_list("title", flat=True)), {"Boycott grapes"})
    expect(desk.page.get_by_role("heading", name="Nothing here")).to_be_visible()


def test_saving_goes_on_where_an_earlier_act_is_answered_meanwhile(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    collection.groups.update(draft={"date": {"value": "1968", "confidence": 0.9, "given": True}})
    desk = open_desk(alice)
    page = desk.page
    confirmed = LateAnswer(page, "**/acts/confirm")
    checks: list[Route] = []
    page.route("**/dates/**", lambda route: checks.append(route))
    desk.focus(3)
    desk.keys("c")
    confirmed.asked()
    desk.keys("d", "Enter")
    expect(page.locator("#describe-title")).to_have_text("Document 3 of 5")
    expect(page.locator("#describe")).to_have_attribute("aria-busy", "true")
    confirmed.arrive()
    page.unroute("**/dates/**")
    for check in checks:
        check.continue_()
    expect(page.locator("#describe-title")).to_have_text("Document 4 of 5")
    settled(lambda: (Group.objects.get(number=3).date, Group.objects.get(number=3).accepted_drafts), ("1968", []))


def test_what_somebody_else_saves_meanwhile_is_shown_and_not_overwritten_unseen(
    collection: Collection, alice: User, bob: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    fields = desk.page.locator("#describe")
    begin(desk, 3)
    write(desk, title="Boycott grapes")
    desk.leave()
    describe_group(Group.objects.get(number=2), title="Grape boycott", kind="letters", actor=bob)
    desk.go("/c/afl/")
    begin(desk, 3)
    expect(fields.locator("[name=title]")).to_have_value("Boycott grapes")
    expect(fields.locator("[name=kind]")).to_have_value("letters")
    expect(fields.locator(".theirs")).to_have_text(["Saved meanwhile: “Grape boycott”. Use it"])
    describe_group(Group.objects.get(number=2), title="A boycott", actor=bob)
    expect(fields.locator(".theirs")).to_have_text(["Saved meanwhile: “A boycott”. Use it"])
    fields.get_by_role("button", name="Use it").click()
    expect(fields.locator("[name=title]")).to_have_value("A boycott")
    write(desk, title="The boycott")
    desk.act("Enter")
    settled(lambda: list(Group.objects.filter(number=2).values_list("title", "kind")), [("The boycott", "letters")])


def test_at_400_percent_the_scan_and_the_fields_stand_below_each_other(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    desk.page.set_viewport_size({"width": 320, "height": 200})
    desk.focus(3)
    desk.keys("d")
    expect(desk.page.locator("#describe .zoom canvas").first).to_be_visible()
    parts = [desk.page.locator(f"#describe {one}") for one in (".describe-stage", "[name=title]", "#describe-save")]
    boxes = [part.bounding_box() for part in parts]
    assert all(boxes)
    for above, below in pairwise(box for box in boxes if box):
        assert above["y"] + above["height"] <= below["y"]
    for part in parts[1:]:
        part.scroll_into_view_if_needed()
        part.click(trial=True)
