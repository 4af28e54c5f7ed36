"""The way back: what restoring a version would do, and what it does."""

from __future__ import annotations

import re

from django.test import Client

from clustering.actions.flag import flag_group
from clustering.actions.move import move_pages
from clustering.actions.restrict import restrict_pages
from clustering.actions.undo import undo_edit
from clustering.models import Collection, Edit, User
from tests.describing import describe_group
from tests.views.conftest import Signed
from tests.views.histories import arrangement, group_of, page_at, text_of, worked

__all__ = ["worked"]


def test_going_back_is_foretold_and_nothing_is_written(worked: Collection, alice: User, signed: Signed) -> None:
    before, edits = arrangement(worked), Edit.objects.count()
    shown = text_of(signed(alice).get("/c/afl/history/1/restore/"))
    assert "<b>2</b> pages would move to another document" in shown
    assert "<b>1</b> document would come back" in shown
    assert "This undoes 3 later changes: 2 by bob, 1 by you." in shown
    assert (arrangement(worked), Edit.objects.count()) == (before, edits)
    worked.refresh_from_db()
    assert worked.version == 4


def restore_form(client: Client, path: str) -> dict[str, str]:
    """The fields that the page of this address would send."""
    page = client.get(path).content.decode()
    return dict(re.findall(r'type="hidden" name="(version|act_id|group)" value="([^"]*)"', page))


def test_the_collection_goes_back_as_one_act_that_can_be_undone(
    worked: Collection, alice: User, signed: Signed
) -> None:
    client = signed(alice)
    before = arrangement(worked)
    form = restore_form(client, "/c/afl/history/1/restore/")
    answer = client.post("/c/afl/history/1/restore/", form, follow=True)
    assert "Restored the collection to change 1" in text_of(answer)
    assert arrangement(worked) == {1: [1], 2: [3, 4], 3: [5, 6], 4: [2]}
    client.post("/c/afl/history/1/restore/", form)
    assert Edit.objects.filter(verb="restore").count() == 1, "sent twice, done once"
    undo_edit(worked, actor=alice)
    assert arrangement(worked) == before


def test_a_group_goes_back_and_leaves_the_others(worked: Collection, alice: User, signed: Signed) -> None:
    client = signed(alice)
    move_pages([page_at(worked, 3)], to=group_of(worked, 1), before=None, actor=alice)
    group = group_of(worked, 2)
    path = f"/c/afl/history/2/restore/?group={group.pk}"
    assert "Restore this document to this version?" in text_of(client.get(path))
    client.post("/c/afl/history/2/restore/", restore_form(client, path))
    assert arrangement(worked) == {1: [1], 2: [3, 4, 5, 6], 4: [2]}
    group.refresh_from_db()
    assert (group.title, group.state) == ("", "proposed")


def test_a_group_that_vanished_comes_back(worked: Collection, alice: User, signed: Signed) -> None:
    client = signed(alice)
    split = Edit.objects.get(sequence=1)
    gone = Edit.objects.get(sequence=2).before[1]["group"]["id"]
    path = f"/c/afl/history/{split.sequence}/restore/?group={gone}"
    client.post(f"/c/afl/history/{split.sequence}/restore/", restore_form(client, path))
    assert arrangement(worked)[3] == [5, 6]
    assert arrangement(worked)[2] == [3, 4]


def test_it_does_not_go_back_when_somebody_acted_meanwhile(
    worked: Collection, alice: User, bob: User, signed: Signed
) -> None:
    client = signed(alice)
    whole = restore_form(client, "/c/afl/history/1/restore/")
    one = restore_form(client, f"/c/afl/history/2/restore/?group={group_of(worked, 2).pk}")
    describe_group(group_of(worked, 2), title="Bob's title", actor=bob)
    refused = client.post("/c/afl/history/1/restore/", whole, follow=True)
    assert refused.redirect_chain[-1][0] == "/c/afl/history/1/restore/"
    assert "Someone changed this collection." in text_of(refused)
    refused = client.post("/c/afl/history/2/restore/", one, follow=True)
    assert "Someone else just changed this. bob" in text_of(refused)
    assert group_of(worked, 2).title == "Bob's title"


def test_where_there_is_nothing_to_restore_it_says_so(worked: Collection, alice: User, signed: Signed) -> None:
    client = signed(alice)
    assert "Nothing has changed since then" in text_of(client.get("/c/afl/history/4/restore/", follow=True))
    never = client.get("/c/afl/history/1/restore/?group=999999999", follow=True)
    assert "This document has not changed since then" in text_of(never)
    assert "/history/4/restore/" not in text_of(client.get("/c/afl/history/"))


def test_what_was_not_shown_first_is_not_done(worked: Collection, alice: User, signed: Signed) -> None:
    client = signed(alice)
    before = arrangement(worked)
    group = group_of(worked, 2).pk
    assert client.post("/c/afl/history/1/restore/", {"group": "z"}).status_code == 404
    for form in ({}, {"version": "x", "act_id": "y"}, {"group": group}):
        refused = client.post("/c/afl/history/1/restore/", form, follow=True)
        assert "changed this" in text_of(refused)
    assert arrangement(worked) == before


def test_no_way_back_is_offered_to_where_everything_stands_already(
    worked: Collection, alice: User, signed: Signed
) -> None:
    client = signed(alice)

    def offered(query: str = "") -> list[int]:
        shown = text_of(client.get(f"/c/afl/history/{query}"))
        return [int(number) for number in re.findall(r"/history/(\d+)/restore/", shown)]

    assert offered() == [3, 2, 1]
    client.post("/c/afl/close/", {"act": "close"})
    client.post("/c/afl/close/", {"act": "reopen"})
    restrict_pages([page_at(worked, 6)], ("", None), actor=alice)
    assert offered() == [3, 2, 1], "none of them is taken back by going back"
    flag_group(group_of(worked, 2), note="?", actor=alice)
    assert offered() == [7, 6, 5, 4, 3, 2, 1]
    undo_edit(worked, actor=alice)
    assert offered() == [8, 3, 2, 1], "the flag would come back at 8, and nothing would change before"
    assert offered(f"?group={group_of(worked, 1).pk}") == []
