"""The dashboard in Chromium: the map with a pointer and with keys, and nothing for axe to find."""

from __future__ import annotations

import re

import numpy as np
import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from clustering.actions.confirm import confirm_groups
from clustering.actions.flag import flag_group
from clustering.models import Collection, Embedding, Job, RunGroup, RunMembership, User
from clustering.models import Page as Scan
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import FRAME, DeskDriver
from tests.e2e.test_accessible import violations


@pytest.fixture
def mapped(collection: Collection, alice: User) -> Collection:
    """The collection with vectors on a circle, a run that can be judged, and something of everything."""
    cache.clear()
    run = collection.runs.get()
    for page in Scan.objects.filter(collection=collection).select_related("group"):
        angle = 2 * np.pi * page.position / 12
        vector = [float(np.cos(angle)), float(np.sin(angle)), 0.0]
        Embedding.objects.create(page=page, encoder="test@3", vector=vector)
        assert page.group is not None
        RunMembership.objects.create(
            run=run, page=page, group_index=page.group.number, group_order=page.group_order or 0
        )
    for group in collection.groups.all():
        RunGroup.objects.create(run=run, index=group.number, probability=0.9)
    groups = list(collection.groups.order_by("first_position"))
    confirm_groups(groups[:3], actor=alice)
    flag_group(groups[4], note="Two letters?", actor=alice)
    Job.objects.create(collection=collection, kind="learn", state="failed", error="The disk is full.")
    return collection


def open_map(open_desk: OpenDesk, user: User, **options: object) -> DeskDriver:
    desk = open_desk(user, "/c/afl/dashboard/", **options)
    desk.ready()
    return desk


def test_the_lasso_hands_its_pages_to_the_desk(mapped: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_map(open_desk, alice)
    plane = desk.page.locator("#map-plane")
    plane.scroll_into_view_if_needed()
    box = plane.bounding_box()
    assert box is not None
    mouse, (left, top) = desk.page.mouse, (box["x"] + 3, box["y"] + 3)
    right, middle = box["x"] + box["width"] - 3, box["y"] + box["height"] * 0.42
    mouse.move(left, top)
    mouse.down()
    for x, y in ((right, top), (right, middle), (left, middle)):
        mouse.move(x, y, steps=4)
    mouse.up()
    live = desk.page.locator("#map-live")
    expect(live).to_contain_text(re.compile(r"\d pages in \d documents? selected"))
    chosen = sorted(int(re.findall(r"\d+", text)[0]) for text in desk.page.locator("#map-list a").all_text_contents())
    assert 1 < len(chosen) < 12
    desk.page.click("#map-hand")
    desk.ready()
    expect(desk.page.locator(".page[aria-selected=true]")).to_have_count(len(chosen))
    desk.selected(chosen)


def test_the_keyboard_does_all_that_the_pointer_does(mapped: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_map(open_desk, alice)
    desk.page.locator("#map-plane").focus()
    now = desk.page.locator("#map-now a")
    first = now.text_content()
    desk.keys("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "ArrowUp")
    expect(now).not_to_have_text(first or "")
    desk.keys("Space")
    expect(desk.page.locator("#map-live")).to_have_text("1 page in 1 document selected.")
    desk.keys("Escape")
    expect(desk.page.locator("#map-live")).to_have_text("No pages are selected.")
    desk.keys("g")
    expect(desk.page.locator("#map-live")).to_have_text(re.compile("pages? in 1 document selected"))
    name = (now.get_attribute("href") or "").split("#page/")[1]
    desk.keys("Enter")
    desk.page.wait_for_url(re.compile(rf"/c/afl/#page/{name}"))
    desk.ready()
    expect(desk.page.locator("#detail-side h2")).to_be_visible()


def test_a_click_opens_the_page(mapped: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_map(open_desk, alice)
    desk.page.locator(".map-dot").first.click()
    desk.page.wait_for_url(re.compile(r"/c/afl/#page/HH000001_0001"))
    desk.ready()


def test_axe_finds_nothing_where_there_is_a_map(mapped: Collection, sam: User, open_desk: OpenDesk) -> None:
    desk = open_map(open_desk, sam)
    desk.page.locator("#map-plane").focus()
    desk.keys("Space", "g")
    desk.page.set_viewport_size({"width": 420, "height": 800})
    desk.page.evaluate(FRAME)
    assert desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not violations(desk.page, "the map")


def test_without_embeddings_the_map_says_what_to_do(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_map(open_desk, alice)
    expect(desk.page.locator("#map-facts")).to_contain_text("Staff can start")
    expect(desk.page.locator("#map")).to_be_hidden()
