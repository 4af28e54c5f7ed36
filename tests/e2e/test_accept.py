"""Accepting many groups and checking the sample in Chromium, without JavaScript; axe finds nothing on the way."""

from __future__ import annotations

from playwright.sync_api import expect

from clustering.models import AuditSample, Collection, Group, User
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import settled
from tests.e2e.test_accessible import violations


def test_many_are_accepted_audited_and_taken_back_without_javascript(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    collection.groups.exclude(number=3).update(confidence=0.995)
    page = open_desk(alice, "/c/afl/accept/", java_script_enabled=False).page
    page.get_by_label("Threshold (%)").fill("90")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("button", name="Confirm 5 documents at 90% or higher")).to_be_visible()
    page.get_by_role("link", name="99%", exact=True).click()
    page.get_by_role("button", name="Confirm 4 documents at 99% or higher").click()
    expect(page.get_by_role("heading", name="Spot check")).to_be_visible()
    assert collection.groups.filter(state=Group.State.CONFIRMED).count() == 4
    for _ in range(3):
        page.get_by_role("button", name="Right").click()
    page.get_by_role("button", name="Wrong – fix it").click()
    page.wait_for_url("**/c/afl/#page/*")
    settled(lambda: sorted(AuditSample.objects.values_list("verdict", flat=True)), ["right"] * 3 + ["wrong"])
    page.goto(page.url.split("/c/")[0] + "/c/afl/audit/")
    expect(page.get_by_text("25%").first).to_be_visible()
    page.get_by_role("button", name="Undo the whole batch").click()
    settled(lambda: collection.groups.filter(state=Group.State.CONFIRMED).count(), 0)


def test_a_spot_check_is_done_by_keys_and_axe_finds_nothing_in_it(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice, "/c/afl/accept/?at=90")
    desk.page.get_by_role("button", name="Confirm 5 documents").click()
    expect(desk.page.get_by_text("Sample 1 of 5")).to_be_visible()
    desk.page.set_viewport_size({"width": 820, "height": 900})
    assert not violations(desk.page, "the spot check")
    desk.ready()
    desk.keys("c")
    expect(desk.page.get_by_text("Sample 2 of 5")).to_be_visible()
    desk.ready()
    desk.keys("ArrowLeft")
    expect(desk.page.get_by_text("Sample 1 of 5")).to_be_visible()
    desk.ready()
    desk.keys("u")
    desk.page.wait_for_url("**/c/afl/#page/*")
    settled(lambda: AuditSample.objects.get(place=1).verdict, "wrong")
