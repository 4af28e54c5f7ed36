"""The history in a browser without JavaScript: looking, undoing, going back, closing; axe finds nothing."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from clustering.actions.mark import mark_pages
from clustering.actions.merge import merge_groups
from clustering.actions.split import split_group
from clustering.models import Collection, Group, User
from clustering.models import Page as Scan
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import arranged
from tests.e2e.test_accessible import violations


def act_twice(collection: Collection, *, first: User, second: User) -> None:
    """`first` merges 1 and 2, `second` splits 4 before page 9 and marks page 12."""
    groups = {group.number: group for group in Group.objects.filter(collection=collection)}
    merge_groups([groups[1], groups[2]], actor=first)
    split_group(groups[4], before=Scan.objects.get(collection=collection, position=9), actor=second)
    mark_pages([Scan.objects.get(collection=collection, position=12)], role="target", actor=second)


def test_a_person_looks_undoes_and_goes_back(
    collection: Collection, alice: User, bob: User, open_desk: OpenDesk
) -> None:
    act_twice(collection, first=bob, second=alice)
    page = open_desk(alice, "/c/afl/runs/").page
    page.get_by_role("link", name="History", exact=True).click()
    expect(page.get_by_role("listitem").filter(has_text="Joined 1 and 2")).to_contain_text("bob")
    faults = violations(page, page.url)

    page.set_viewport_size({"width": 820, "height": 900})
    heading, filters = (page.locator(place).bounding_box() for place in ("h1", ".history-filters"))
    assert heading and filters and heading["y"] + heading["height"] <= filters["y"]
    page.set_viewport_size({"width": 1280, "height": 800})

    page.evaluate("window.isStillHere = true")
    page.get_by_label("Person").select_option("bob")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page).to_have_url(re.compile(r"\?person=bob&"))
    expect(page.locator(".act")).to_have_count(1)
    expect(page.locator("#changes")).to_be_focused()
    assert page.evaluate("window.isStillHere"), "only the part with the changes was replaced"
    page.go_back()
    expect(page.locator(".act")).to_have_count(3)

    page.get_by_role("button", name="Undo change 2").click()
    expect(page.get_by_role("status")).to_contain_text("Undid: Split 3 before page 9")
    arranged(collection, [[1, 2, 3, 4, 5], [6], [7, 8, 9, 10], [11, 12]])

    page.get_by_role("link", name="Joined 1 and 2").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Joined 1 and 2")
    expect(page.get_by_role("img", name="Page 3, moved")).to_have_count(2)
    faults += violations(page, page.url)

    page.get_by_role("link", name="Next change").click()
    page.get_by_role("link", name="Restore this document to this version").first.click()
    faults += violations(page, page.url)
    page.get_by_role("button", name="Restore this document").click()
    arranged(collection, [[1, 2, 3, 4, 5], [6], [7, 8], [9, 10], [11, 12]])
    assert not faults, "\n".join(faults)


def test_all_of_it_works_without_javascript(
    collection: Collection, alice: User, bob: User, open_desk: OpenDesk
) -> None:
    act_twice(collection, first=bob, second=alice)
    page = open_desk(alice, "/c/afl/history/", java_script_enabled=False).page
    page.get_by_label("Person").select_option("bob")
    page.get_by_role("textbox", name="Document").fill("1")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("History of document 1 of 5")
    expect(page.locator(".act")).to_have_count(1)
    page.get_by_role("link", name="Show all").click()

    page.get_by_role("link", name="collection, after change 1").click()
    expect(page.get_by_label("What would change")).to_contain_text("2 later changes: 2 by you")
    page.get_by_role("button", name="Restore the collection").click()
    expect(page.get_by_role("status")).to_contain_text("Restored the collection to change 1")
    arranged(collection, [[1, 2, 3, 4, 5], [6], [7, 8, 9, 10], [11, 12]])
    page.get_by_role("button", name="Undo change 4").click()
    arranged(collection, [[1, 2, 3, 4, 5], [6], [7, 8], [9, 10], [11, 12]])

    page.get_by_role("link", name="Close the collection…").click()
    page.get_by_role("button", name="Close the collection").click()
    expect(page.get_by_role("link", name="Reopen the collection…")).to_be_visible()
    expect(page.locator(".act-back .button")).to_have_count(0)
