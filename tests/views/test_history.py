"""The history: of a collection, a group and a page; what an act changed; the way back; closing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from clustering.actions.answer import answer_seam
from clustering.actions.mark import mark_pages
from clustering.actions.publish import publish_run
from clustering.models import Collection, Edit, Group, User
from clustering.selectors.history import ENTRIES_SHOWN
from tests.conftest import MakeCollection
from tests.describing import describe_group
from tests.views.conftest import Signed
from tests.views.histories import arrangement, group_of, page_at, text_of, worked
from tests.views.test_ordinary_pages import make_run


def acts_shown(answer: Any) -> list[int]:
    return [int(number) for number in re.findall(r'id="act-(\d+)"', answer.content.decode())]


__all__ = ["worked"]

PLACES = ["/c/afl/history/", "/c/afl/history/2/", "/c/afl/history/?group=2", "/c/afl/history/?page=2"]


@pytest.mark.parametrize("path", PLACES)
def test_it_is_for_everybody_with_a_role(
    worked: Collection, victor: User, charlie: User, signed: Signed, path: str
) -> None:
    assert signed(victor).get(path).status_code == 200
    assert signed(charlie).get(path).status_code == 404
    assert Client().get(path).headers["Location"].startswith("/sign-in/")


def test_a_viewer_looks_and_is_offered_no_way_back(worked: Collection, victor: User, signed: Signed) -> None:
    client = signed(victor)
    shown = text_of(client.get("/c/afl/history/")) + text_of(client.get("/c/afl/history/2/"))
    for word in ("/restore/", "/undo/", "Close the collection", "Restore document"):
        assert word not in shown
    assert client.get("/c/afl/history/2/restore/").status_code == 403
    before = arrangement(worked)
    for path in ("history/2/restore/", "history/2/undo/", "close/"):
        assert client.post(f"/c/afl/{path}").status_code == 403
    assert arrangement(worked) == before
    assert Edit.objects.count() == 4


def test_it_says_who_did_what_newest_first(worked: Collection, alice: User, signed: Signed) -> None:
    answer = signed(alice).get("/c/afl/history/")
    assert acts_shown(answer) == [4, 3, 2, 1]
    shown = text_of(answer)
    assert "Joined 3 and 4" in shown
    assert re.search(r"Joined 3 and 4.*?<span>bob</span>", shown)
    assert re.search(r"Split 1 before page 2.*?<span>You</span>", shown)


def test_it_says_from_which_run(alice: User, make_collection: MakeCollection, signed: Signed) -> None:
    collection = make_collection(pages=4)
    run = make_run(collection, [1, 3])
    publish_run(run, actor=None)
    shown = text_of(signed(alice).get("/c/afl/history/"))
    assert f"proposal {run.pk}, Neighbors that look alike" in shown
    assert "<span>hhreview</span>" in shown
    assert acts_shown(signed(alice).get("/c/afl/history/?person=program")) == [1]


@pytest.mark.parametrize(
    ("query", "acts"),
    [
        ("person=bob", [4, 2]),
        ("verb=split", [1]),
        ("group=2", [4, 3, 2]),
        ("group=3", [2]),
        ("document=3", [4, 3, 2]),
        ("document=2", [1]),
        ("page=5", [2]),
        ("person=alice&group=2", [3]),
        ("person=nobody", []),
    ],
)
def test_it_is_filtered(worked: Collection, victor: User, signed: Signed, query: str, acts: list[int]) -> None:
    assert acts_shown(signed(victor).get(f"/c/afl/history/?{query}")) == acts


def test_documents_are_called_by_their_place(worked: Collection, victor: User, signed: Signed) -> None:
    client = signed(victor)
    for query in ("group=2", "document=3"):
        shown = text_of(client.get(f"/c/afl/history/?{query}"))
        assert "History of document 3 of 3" in shown
        assert 'name="document" value="3"' in shown and 'type="hidden" name="group"' not in shown
    assert client.get("/c/afl/history/?document=3&person=bob").context["filters"] == "person=bob&group=2"


def test_a_group_that_vanished_keeps_its_history(worked: Collection, victor: User, signed: Signed) -> None:
    shown = text_of(signed(victor).get("/c/afl/history/?group=3"))
    assert "History of a former document" in shown
    assert '<input type="hidden" name="group" value="3">' in shown
    assert "This document no longer exists." in shown


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("group=x", "Enter a whole number, 1 or more."),
        ("group=77", "No document in this collection ever had the number 77."),
        ("document=77", "This collection has no document 77."),
        ("page=99999999999999", "Enter a whole number, 1 or more."),
        ("page=77", "This collection has no page 77."),
        ("verb=papyrus", "Check the filters"),
        ("before=-1", "Check the filters"),
        ("person=%00", "Check the filters"),
    ],
)
def test_what_cannot_be_looked_up_is_said(
    worked: Collection, alice: User, signed: Signed, query: str, sentence: str
) -> None:
    answer = signed(alice).get(f"/c/afl/history/?{query}")
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert acts_shown(answer) == []


def test_an_act_that_never_was_is_not_found(worked: Collection, alice: User, signed: Signed) -> None:
    client = signed(alice)
    assert client.get("/c/afl/history/99/").status_code == 404
    assert client.get(f"/c/afl/history/{10**30}/").status_code == 404
    assert client.get("/c/afl/history/99/restore/").status_code == 404
    assert client.post("/c/afl/history/99/undo/").status_code == 404


def test_a_long_history_is_read_in_sheets(alice: User, make_collection: MakeCollection, signed: Signed) -> None:
    collection = make_collection(groups=[2])
    for number in range(ENTRIES_SHOWN * 2 + 5):
        describe_group(group_of(collection, 1), title=f"Title {number}", actor=alice)
    client = signed(alice)
    seen: list[int] = []
    path = "/c/afl/history/?group=1"
    while path:
        answer = client.get(path)
        seen += acts_shown(answer)
        older = re.search(r'href="\?(group=1&amp;before=\d+)"', answer.content.decode())
        path = "/c/afl/history/?" + older[1].replace("&amp;", "&") if older else ""
    assert seen == list(range(ENTRIES_SHOWN * 2 + 5, 0, -1))
    newer = client.get("/c/afl/history/?after=5")
    assert acts_shown(newer) == list(range(ENTRIES_SHOWN + 5, 5, -1))
    assert "before=6" in text_of(newer)
    assert f"after={ENTRIES_SHOWN + 5}" in text_of(newer)


def test_it_takes_the_same_number_of_questions_however_long(
    alice: User, bob: User, make_collection: MakeCollection, signed: Signed, django_assert_max_num_queries: Any
) -> None:
    collection = make_collection(groups=[1] * 30)
    for number in range(1, 30):
        describe_group(group_of(collection, number), title="T", actor=alice if number % 2 else bob)
    client = signed(alice)
    with django_assert_max_num_queries(12):
        client.get("/c/afl/history/")
    with django_assert_max_num_queries(15):
        client.get("/c/afl/history/?group=4&person=bob")
    with django_assert_max_num_queries(17):
        client.get("/c/afl/history/4/")


def test_the_list_never_reads_the_arrangements(
    worked: Collection, alice: User, signed: Signed, django_assert_max_num_queries: Any
) -> None:
    client = signed(alice)
    with django_assert_max_num_queries(12) as asked:
        client.get("/c/afl/history/")
    assert not [query for query in asked.captured_queries if '"clustering_edit"."after"' in query["sql"]]


def test_an_act_shows_both_arrangements(worked: Collection, alice: User, signed: Signed) -> None:
    shown = text_of(signed(alice).get("/c/afl/history/2/"))
    before, after = shown.split("is-after", 1)
    assert [before.count(f'alt="Page {n}') for n in (3, 4, 5, 6)] == [1, 1, 1, 1]
    assert [after.count(f'alt="Page {n}') for n in (3, 4, 5, 6)] == [1, 1, 1, 1]
    assert after.count("is-moved") == 2, "pages 5 and 6 came from group 3"
    assert 'alt="Page 1' not in shown


def test_facts_answers_and_marks_are_told_in_words(worked: Collection, alice: User, signed: Signed) -> None:
    client = signed(alice)
    assert re.search(
        r"Title of this document.*<del>empty</del>.*<ins>A strike</ins>", text_of(client.get("/c/afl/history/3/"))
    )
    assert re.search(r"<del>proposed</del>.*<ins>confirmed</ins>", text_of(client.get("/c/afl/history/4/")))
    mark_pages([page_at(worked, 6)], role="target", actor=alice)
    assert re.search(r"Page 6</th>.*target or calibration card", text_of(client.get("/c/afl/history/5/")))
    answer_seam(page_at(worked, 2), verdict="different", actor=alice)
    assert re.search(r"Pages 2 and 3</th>.*different documents", text_of(client.get("/c/afl/history/6/")))


def test_a_run_that_only_renewed_drafts_says_so(alice: User, make_collection: MakeCollection, signed: Signed) -> None:
    collection = make_collection(pages=4)
    publish_run(make_run(collection, [1, 3]), actor=None)
    publish_run(make_run(collection, [1, 3]), actor=None)
    Group.objects.filter(collection=collection).update(confidence=0.5)
    publish_run(make_run(collection, [1, 3]), actor=None)
    assert "2 documents got new drafts" in text_of(signed(alice).get("/c/afl/history/3/"))


def test_own_acts_are_undone_and_redone_from_here(worked: Collection, alice: User, signed: Signed) -> None:
    client = signed(alice)
    answer = client.post("/c/afl/history/1/undo/", {"act": "undo", "filters": "person=alice&next=//evil"}, follow=True)
    assert answer.redirect_chain == [("/c/afl/history/?person=alice", 302)]
    assert "Undid: Split 1 before page 2" in text_of(answer)
    assert arrangement(worked)[1] == [1, 2]
    assert 'class="act is-undone" id="act-1"' in text_of(answer)
    client.post("/c/afl/history/1/undo/", {"act": "redo"})
    assert arrangement(worked)[1] == [1]


def test_acts_of_others_are_not_undone_and_the_reason_is_told(
    worked: Collection, alice: User, bob: User, signed: Signed
) -> None:
    client = signed(alice)
    assert "/history/2/undo/" not in text_of(client.get("/c/afl/history/"))
    answer = client.post("/c/afl/history/2/undo/", {"act": "undo"}, follow=True)
    assert "Only the person who made this change can undo or redo it." in text_of(answer)
    assert arrangement(worked)[2] == [3, 4, 5, 6]
    stuck = client.post("/c/afl/history/3/undo/", {"act": "undo"}, follow=True)
    assert "because of a later change by bob" in text_of(stuck)
    own = signed(bob).post("/c/afl/history/2/undo/", {"act": "undo"}, follow=True)
    assert "because of a later change of yours" in text_of(own)


def test_closing_freezes_and_reopening_is_logged(worked: Collection, alice: User, victor: User, signed: Signed) -> None:
    client = signed(alice)
    closed = client.post("/c/afl/close/", {"act": "close"}, follow=True)
    assert "Closed the collection." in text_of(closed)
    assert "Reopen the collection" in text_of(closed)
    for word in ("/restore/", "/undo/"):
        assert word not in text_of(closed)
    assert "Nobody can change anything." in text_of(signed(victor).get("/c/afl/history/"))
    again = client.post("/c/afl/close/", {"act": "close"}, follow=True)
    assert "is already closed" in text_of(again)
    refused = client.post("/c/afl/history/1/undo/", {"act": "undo"}, follow=True)
    assert "Reopen it before you change anything." in text_of(refused)
    client.post("/c/afl/close/", {"act": "reopen"})
    worked.refresh_from_db()
    assert worked.closed is None
    assert list(Edit.objects.order_by("sequence").values_list("verb", flat=True))[4:] == ["close", "reopen"]


def test_an_empty_history_says_what_will_be_there(alice: User, make_collection: MakeCollection, signed: Signed) -> None:
    make_collection(pages=1)
    assert "No changes yet" in text_of(signed(alice).get("/c/afl/history/"))


def test_dates_are_told_in_words(worked: Collection, alice: User, signed: Signed) -> None:
    group = group_of(worked, 2)
    describe_group(group, date="1954-01-14", actor=alice)
    last = Edit.objects.filter(collection=worked).order_by("-sequence").values_list("sequence", flat=True)[0]
    shown = text_of(signed(alice).get(f"/c/afl/history/{last}/"))
    assert "January 14, 1954" in shown and "1954-01-14" not in shown
