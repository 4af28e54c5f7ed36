"""Type-ahead on a slow line: keys that are pressed before the list comes mean what they would have meant."""

from __future__ import annotations

from playwright.sync_api import expect

from clustering.models import Collection, CollectionRole, Group, User
from tests.conftest import MakeCollection
from tests.describing import describe_group
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import DeskDriver, LateAnswer, settled

TERMS = "**/terms/?*q=petit*"


def at_kind(desk: DeskDriver) -> LateAnswer:
    """Open the description of the second document, and type the beginning of a type whose list is late."""
    desk.focus(3)
    desk.keys("d")
    kind = desk.page.locator("#describe [name=kind]")
    kind.focus()
    late = LateAnswer(desk.page, TERMS)
    kind.press_sequentially("petit")
    late.asked()
    return late


def test_enter_takes_what_down_chose_once_the_list_is_there(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    late = at_kind(desk)
    desk.keys("ArrowDown", "Enter")
    late.arrive()
    expect(desk.page.locator("#describe [name=kind]")).to_have_value("petitions")
    assert Group.objects.get(collection=collection, number=2).kind == ""
    desk.act("Enter")
    settled(lambda: Group.objects.get(collection=collection, number=2).kind, "petitions")


def test_down_alone_marks_it_and_typing_on_forgets_it(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    late = at_kind(desk)
    desk.keys("ArrowDown")
    late.arrive()
    chosen = desk.page.get_by_role("option", selected=True)
    expect(chosen).to_have_text("petitionsArt & Architecture Thesaurus")
    label = chosen.locator(".choice-label")
    assert label.evaluate("(label) => label.clientWidth > 0 && label.scrollWidth <= label.clientWidth")
    desk.page.keyboard.type("x")
    desk.act("Enter")
    settled(lambda: Group.objects.get(collection=collection, number=2).kind, "petitx")


def test_it_says_in_the_readers_language_where_a_term_is_from(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    describe_group(Group.objects.get(collection=collection, number=5), details={"people": ["Chavez"]}, actor=alice)
    desk = open_desk(alice, locale="de-DE")
    desk.focus(3)
    desk.keys("d")
    desk.page.locator("#describe [name=people-typed]").press_sequentially("cha")
    expect(desk.page.get_by_role("option")).to_have_text("ChavezIn dieser Sammlung")


def test_collections_of_an_invitation_are_found_by_their_titles(
    collection: Collection, sam: User, make_collection: MakeCollection, open_desk: OpenDesk
) -> None:
    Collection.objects.filter(pk=make_collection("farm", pages=1).pk).update(title="The Farm Workers")
    desk = open_desk(sam, "/staff/people/")
    page = desk.page
    page.locator("summary", has_text="Invite someone").click()
    page.locator("[name=username]").fill("dora")
    field = page.locator("[name=collections]")
    field.fill("afl, farm wo")
    expect(page.locator(".lookup [role=option]")).to_contain_text("The Farm Workers")
    desk.keys("ArrowDown", "Enter")
    expect(field).to_have_value("afl, farm, ")
    page.get_by_role("button", name="Create account and link").click()
    expect(page.locator("[name=only_them]")).to_be_visible()
    page.locator("[name=only_them]").check()
    page.get_by_role("button", name="Create account and link").click()
    expect(page.locator("#link")).to_be_visible()
    named = CollectionRole.objects.filter(person__username="dora")
    assert set(named.values_list("collection__slug", flat=True)) == {"afl", "farm"}
