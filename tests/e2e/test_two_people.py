"""Two people at one collection, and a line that breaks."""

from __future__ import annotations

import re

from playwright.sync_api import Route, expect

from clustering.actions.merge import merge_groups
from clustering.models import Collection, Group, User
from tests.e2e.conftest import OpenDesk
from tests.e2e.driver import arranged, arrangement


def test_the_second_of_two_acts_on_one_group_is_refused_and_shown_fresh(
    collection: Collection, alice: User, bob: User, open_desk: OpenDesk
) -> None:
    desk, other = open_desk(alice), open_desk(bob)
    # Bob's browser does not hear of it by itself for a while: this is about the act, not about the news.
    other.hear_no_news()
    desk.focus(9)
    desk.act("s")
    other.focus(10)
    other.act("s")
    expect(other.page.locator(".toast.is-problem")).to_contain_text("alice: Split 4 before page 9")
    arranged(collection, [[1, 2], [3, 4, 5], [6], [7, 8], [9, 10], [11, 12]])
    other.shows(arrangement(collection))  # the refused act is gone and what alice did is there
    other.act("s")
    arranged(collection, [[1, 2], [3, 4, 5], [6], [7, 8], [9], [10], [11, 12]])


def test_what_others_do_arrives_by_itself(collection: Collection, alice: User, bob: User, open_desk: OpenDesk) -> None:
    desk = open_desk(alice)
    desk.focus(1)
    merge_groups(Group.objects.filter(collection=collection, number__in=[3, 4]), actor=bob)
    desk.announces("bob: Joined 3 and 4")
    desk.shows([[1, 2], [3, 4, 5], [6, 7, 8, 9, 10], [11, 12]])
    desk.focused(1)


def test_acts_on_different_groups_do_not_meet(
    collection: Collection, alice: User, bob: User, open_desk: OpenDesk
) -> None:
    desk, other = open_desk(alice), open_desk(bob)
    other.hear_no_news()
    desk.focus(2)
    desk.act("s")
    other.focus(12)
    other.act("s")
    arranged(collection, [[1], [2], [3, 4, 5], [6], [7, 8, 9, 10], [11], [12]])
    other.shows(arrangement(collection))  # the answer brings along what alice did before


def test_acts_are_kept_while_the_server_is_away_and_sent_when_it_is_back(
    collection: Collection, alice: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    away = True

    def line(route: Route) -> None:
        if away:
            route.abort()
        else:
            route.continue_()

    desk.page.route("**/acts/*", line)
    desk.focus(9)
    desk.keys("s", "ArrowRight", "s")
    state = desk.page.locator("#save-state")
    expect(state).to_have_attribute("data-state", "offline")
    expect(state).to_contain_text("Reconnecting. Your changes are kept")
    desk.shows([[1, 2], [3, 4, 5], [6], [7, 8], [9], [10], [11, 12]])  # they are shown all the same
    assert len(arrangement(collection)) == 5
    away = False
    desk.saved()
    arranged(collection, [[1, 2], [3, 4, 5], [6], [7, 8], [9], [10], [11, 12]])


def test_each_sees_who_else_is_here_and_at_which_page(
    collection: Collection, alice: User, bob: User, open_desk: OpenDesk
) -> None:
    desk = open_desk(alice)
    expect(desk.page.locator("#people")).to_be_hidden()
    other = open_desk(bob)
    expect(other.page.get_by_role("button", name=re.compile("alice is"))).to_be_visible()
    other.focus(9)
    person = desk.page.get_by_role("button", name="bob is on page 9")
    expect(person).to_be_visible()
    expect(desk.page.locator("#live")).to_contain_text("bob is in this collection too.")
    person.click()
    expect(desk.cell(9)).to_be_focused()
