"""A double click means one thing: a page opens large, and an act is done once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from clustering.models import Answer, Collection, Edit, User
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import arranged, settled
from tests.e2e.test_large_view import SPLIT, shows_page


@pytest.mark.parametrize("position", [9, 6])
def test_a_double_click_on_a_seam_is_one_act_and_opens_nothing(
    collection: Collection, alice: User, open_desk: OpenDesk, position: int
) -> None:
    desk = open_desk(alice)
    desk.seam(position).dblclick()
    desk.saved()
    wanted = SPLIT if position == 9 else [[1, 2], [3, 4, 5, 6], [7, 8, 9, 10], [11, 12]]
    arranged(collection, wanted)
    settled(desk.quiet)
    assert Edit.objects.count() == 1
    expect(desk.page.locator("#detail")).to_be_hidden()
    expect(desk.page.locator("dialog[open]")).to_have_count(0)


def test_a_double_click_on_a_confirmation_does_not_take_it_back(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    desk.page.get_by_role("button", name="Confirm document 2").dblclick()
    desk.saved()
    settled(desk.quiet)
    assert list(Edit.objects.values_list("verb", flat=True)) == ["confirm"]
    expect(desk.page.locator("#detail")).to_be_hidden()


def test_a_double_click_on_a_page_still_opens_it(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.cell(8).dblclick()
    shows_page(desk, 8)


def test_a_double_click_in_the_queue_answers_one_seam(collection: Collection, alice: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice, "/c/afl/queue/")
    desk.ready()
    desk.page.get_by_role("button", name="New document").dblclick()
    desk.saved()
    settled(lambda: list(Answer.objects.values_list("first__position", flat=True)), [4])
    expect(desk.page.locator("#queue-title")).to_have_text("Page 7 and page 8")
