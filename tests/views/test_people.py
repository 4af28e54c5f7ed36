"""The page of people of a collection, one's own work, and what the front page says of both."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clustering.access import REOPEN_DAYS, may_edit
from clustering.actions.confirm import confirm_groups
from clustering.admin_log import message_of
from clustering.models import Assignment, Collection, CollectionRole, Team, User
from clustering.teamwork.teams import assign, give_role, hand_over
from tests.conftest import MakeCollection
from tests.views.conftest import Signed

PAGE = "/c/afl/people/"


@pytest.fixture
def collection(make_collection: MakeCollection) -> Collection:
    return make_collection(groups=[2, 2, 1])


@pytest.fixture
def team(bob: User) -> Team:
    team = Team.objects.create(name="Labor")
    team.members.add(bob)
    return team


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def fresh(person: User) -> User:
    """The same person in a later request: what they may do is looked up once in each."""
    return User.objects.get(pk=person.pk)


def test_who_has_access_is_listed_teams_first_and_by_name(
    collection: Collection, team: Team, alice: User, bob: User, sam: User, signed: Signed
) -> None:
    User.objects.filter(pk=alice.pk).update(first_name="Zora")
    for holder in (alice, bob, team):
        give_role([collection], holder, role="edit", actor=sam)
    listed = signed(sam).get(PAGE).context["roles"]
    assert [one.team or one.person for one in listed] == [team, bob, alice]


def test_staff_give_and_remove_access(
    collection: Collection, team: Team, alice: User, sam: User, signed: Signed
) -> None:
    client = signed(sam)
    assert "Everyone with a role on this site can open this collection" in text(client.get(PAGE))
    mine = {"act": "role", "holder": f"person:{alice.pk}", "role": "edit"}
    assert client.post(PAGE, mine).status_code == 422, "it would shut everyone else out, and nobody said so"
    assert client.post(PAGE, {**mine, "only_them": "on"}).status_code == 302
    for holder, role in ((f"team:{team.pk}", "see"), (f"person:{alice.pk}", "manage")):
        assert client.post(PAGE, {"act": "role", "holder": holder, "role": role}).status_code == 302
    assert [(one.person or one.team, one.role) for one in collection.roles.all()] == [(alice, "manage"), (team, "see")]
    shown = text(client.get(PAGE))
    assert "the people and teams below can open this collection" in shown
    assert "Labor" in shown and "alice" in shown
    client.post(PAGE, {"act": "remove", "role": collection.roles.get(team=team).pk})
    again = client.post(PAGE, {"act": "remove", "role": 999_999}, follow=True)
    assert "Someone has already removed this access." in text(again)
    assert collection.roles.count() == 1
    entries = LogEntry.objects.filter(user=sam).order_by("pk")
    assert [message_of(entry) for entry in entries][-1] == "team Labor: role removed."
    last = client.post(PAGE, {"act": "remove", "role": collection.roles.get().pk}, follow=True)
    assert "Everyone with a role on this site can open this collection again." in text(last)


def test_what_cannot_be_is_refused_and_what_was_typed_stays(
    collection: Collection, alice: User, sam: User, signed: Signed
) -> None:
    client = signed(sam)
    mine = f"person:{alice.pk}"
    for form, message in (
        ({"act": "role", "holder": "", "role": "edit"}, "Choose a person or a team."),
        ({"act": "role", "holder": "person:0", "role": "edit"}, "Choose a person or a team from the list."),
        ({"act": "role", "holder": mine, "role": "rule"}, "Select a valid choice."),
        ({"act": "assign", "holder": mine, "first": 3}, "Enter both ends of the range, or neither."),
        ({"act": "assign", "holder": mine, "first": 3, "last": 2}, "The last page comes before the first."),
        ({"act": "assign", "holder": mine, "first": 3, "last": 9}, "“AFL” has no page 9."),
        ({"act": "assign", "holder": mine, "due": "soon"}, "Enter the date as YYYY-MM-DD."),
        ({"act": "assign", "holder": mine, "due": "2020-01-31"}, "The due date is in the past."),
    ):
        answer = client.post(PAGE, {"note": "the letters first", **form})
        assert (answer.status_code, message in text(answer)) == (422, True), message
        assert ('value="the letters first"' in text(answer)) == (form["act"] == "assign")
    assert not CollectionRole.objects.exists() and not Assignment.objects.exists()


def test_others_look_at_it_and_change_nothing(
    collection: Collection, alice: User, victor: User, charlie: User, signed: Signed
) -> None:
    for person in (alice, victor):
        client = signed(person)
        assert '<form method="post" class="line-form"' not in text(client.get(PAGE))
        form = {"act": "role", "holder": f"person:{person.pk}", "role": "manage"}
        assert client.post(PAGE, form).status_code == 403
    assert signed(charlie).get(PAGE).status_code == 404
    assert not collection.roles.exists()


def test_assigned_twice_is_one_assignment_with_the_new_date(collection: Collection, alice: User, sam: User) -> None:
    today = timezone.localdate()
    assign([collection], alice, actor=sam, due=today)
    assign([collection], alice, actor=sam, due=today + timedelta(days=3), note="after all")
    assign([collection], alice, actor=sam, pages=(1, 2))
    assignments = [(one.due, one.note, one.extent) for one in collection.assignments.all()]
    assert assignments == [(today + timedelta(days=3), "after all", ""), (None, "", "pages 1 to 2")]


def test_my_work_lists_what_is_due_first_and_where_to_go_on(
    make_collection: MakeCollection,
    team: Team,
    alice: User,
    bob: User,
    sam: User,
    victor: User,
    signed: Signed,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, two, three = (make_collection(slug, groups=[2, 2]) for slug in ("one", "two", "three"))
    today = timezone.localdate()
    assign([one], bob, actor=sam, due=today + timedelta(days=9))
    assign([two], team, actor=sam, due=today - timedelta(days=1), pages=(2, 4), note="before the visit")
    assign([three], alice, actor=sam)
    confirm_groups(two.groups.filter(number=1), actor=alice)
    client = signed(bob)
    answer = client.get("/my-work/")
    pieces = answer.context["pieces"]
    assert [(piece.collection.slug, piece.first.position, piece.is_late) for piece in pieces] == [
        ("two", 3, True),
        ("one", 1, False),
    ]
    assert "overdue since" in text(answer) and "“before the visit”" in text(answer)
    assert 'href="/c/two/#page/HH000001_0003"' in text(answer)
    monkeypatch.setattr("clustering.views.collections.people.ASSIGNMENTS_SHOWN", 1)
    second = client.get("/my-work/?page=2")
    assert [piece.collection.slug for piece in second.context["pieces"]] == ["one"]
    assert "2 assignments" in text(second)
    given = pieces[0].assignment
    assert (
        client.post(f"/assignments/{given.pk}/", {"act": "done", "next": "/my-work/"}).headers["Location"]
        == "/my-work/"
    )
    given.refresh_from_db()
    assert (given.done is not None, given.done_by) == (True, bob)
    finished = text(client.get("/my-work/"))
    assert 'value="reopen"' in finished and f'action="/assignments/{given.pk}/"' in finished
    assert signed(victor).post(f"/assignments/{given.pk}/", {"act": "reopen"}).status_code == 403
    for _ in range(2):  # the second time it is open already
        assert client.post(f"/assignments/{given.pk}/", {"act": "reopen"}).status_code == 302
        given.refresh_from_db()
        assert (given.done, given.done_by) == (None, None)
    assert client.post(f"/assignments/{given.pk}/", {"act": "done"}).status_code == 302
    assert [one.collection.slug for one, *_ in client.get("/my-work/").context["done"]] == ["two"]
    assert "Nothing is assigned to you" in text(signed(sam).get("/my-work/"))


def test_who_loses_access_by_finishing_can_take_that_back_for_a_week(
    make_collection: MakeCollection, alice: User, charlie: User, victor: User, sam: User, signed: Signed
) -> None:
    """Charlie has no other access, Victor may otherwise only look."""
    one, two = make_collection("one", groups=[2]), make_collection("two", groups=[2])
    give_role([one], alice, role="edit", actor=sam)
    for person, collection in ((charlie, one), (victor, two)):
        (given,) = assign([collection], person, actor=sam)
        client, there, address = signed(person), f"/c/{collection.slug}/", f"/assignments/{given.pk}/"
        assert may_edit(fresh(person), collection)
        answer = client.post(address, {"act": "done", "next": f"{there}people/"}, follow=True)
        assert (answer.status_code, may_edit(fresh(person), collection)) == (200, False)
        shown = text(client.get("/my-work/"))
        assert (f'href="{there}"' in shown) == (person == victor) == (client.get(there).status_code == 200)
        assert 'value="reopen"' in shown
        assert client.post(address, {"act": "hand-over", "holder": f"person:{alice.pk}"}).status_code == 403
        Assignment.objects.update(done=timezone.now() - timedelta(days=REOPEN_DAYS, hours=1))
        assert 'value="reopen"' not in text(client.get("/my-work/"))
        assert client.post(address, {"act": "reopen"}).status_code in {403, 404}
        Assignment.objects.update(done=timezone.now() - timedelta(days=REOPEN_DAYS - 1), done_by=sam)
        assert client.post(address, {"act": "reopen"}).status_code in {403, 404}, "staff ended it"
        Assignment.objects.update(done_by=person)
        assert client.post(address, {"act": "reopen"}, follow=True).status_code == 200
        given.refresh_from_db()
        assert (given.done, may_edit(fresh(person), collection)) == (None, True)
        assert "reopened" in message_of(LogEntry.objects.latest("pk"))


def test_a_page_asks_as_much_of_the_database_however_much_is_assigned(
    collection: Collection, team: Team, alice: User, bob: User, sam: User, signed: Signed
) -> None:
    client = signed(sam)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PAGE).status_code == 200
        return len(queries)

    assign([collection], sam, actor=sam)
    before = asked()
    for holder in (alice, bob, team):
        assign([collection], holder, actor=sam)
    assert asked() == before


def test_work_is_handed_over_by_who_has_it_and_by_nobody_else(
    collection: Collection, team: Team, alice: User, bob: User, sam: User, signed: Signed
) -> None:
    (given,) = assign([collection], bob, actor=sam, note="yours")
    address = f"/assignments/{given.pk}/"
    form = {"act": "hand-over", "holder": f"person:{alice.pk}"}
    assert signed(alice).post(address, form).status_code == 403, "not hers yet"
    assert signed(bob).post(address, {**form, "next": "https://elsewhere.example/"}).headers["Location"] == "/my-work/"
    given.refresh_from_db()
    assert (given.person, given.assigned_by, given.note) == (alice, bob, "yours")
    assert signed(bob).post(address, form).status_code == 403, "not his anymore"
    signed(alice).post(address, {"act": "hand-over", "holder": f"team:{team.pk}", "note": "for all of you"})
    given.refresh_from_db()
    assert (given.person, given.team, given.note) == (None, team, "for all of you")
    (twice,) = assign([collection], bob, actor=sam)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert "This account is inactive. Hand the assignment over." in text(signed(sam).get(PAGE))
    assert "1 open assignment<" in text(signed(sam).get("/staff/people/"))
    User.objects.filter(pk=bob.pk).update(is_active=True)
    hand_over(twice, team, actor=sam)
    assert list(Assignment.objects.all()) == [twice], "whoever has it already does not have it twice"
    address = f"/assignments/{twice.pk}/"
    assert assign([collection], team, actor=sam, note="again") == [twice]
    signed(bob).post(address, {"act": "done"})
    late = signed(sam).post(address, form, follow=True)
    assert "This assignment is already done." in text(late)
    assert signed(sam).post("/assignments/999999/", form).status_code == 404


def test_the_front_page_says_who_has_what_and_filters_by_mine(
    make_collection: MakeCollection, team: Team, alice: User, bob: User, sam: User, signed: Signed
) -> None:
    one, two, three = (make_collection(slug, groups=[1]) for slug in ("one", "two", "three"))
    make_collection("four", groups=[1])
    assign([one], team, actor=sam, due=timezone.localdate() - timedelta(days=1))
    give_role([two, three], bob, role="see", actor=sam)
    give_role([two], bob, role="edit", actor=sam)
    client = signed(bob)
    assert [row.slug for row in client.get("/").context["collections"]] == ["four", "one", "three", "two"]
    answer = client.get("/", {"mine": "1"})
    assert [row.slug for row in answer.context["collections"]] == ["one", "two"]
    assert [chip["count"] for chip in answer.context["filters"]][:3] == [2, 0, 2], "of those alone"
    searched = client.get("/", {"q": "t", "mine": "1"})
    assert [chip["count"] for chip in searched.context["filters"]][:3] == [1, 0, 1]
    assert '<span class="assigned is-late"><bdi>Labor' in text(answer)
    assert 'href="?mine=1&amp;sort=activity' not in text(answer) and 'name="mine" value="1"' in text(answer)
    assert "No collection is assigned to you." in text(signed(alice).get("/", {"mine": "1"}))
