"""Who may do what in one collection, tried at every door: pages, acts, lists, search, API, IIIF, exports, jobs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from clustering.access import access_collections, may_edit, may_launch, may_look, may_see
from clustering.actions.confirm import confirm_groups
from clustering.models import Assignment, Collection, CollectionRole, Group, Job, Page, Reading, Run, Team, User
from clustering.teamwork.teams import assign, finish, give_role, take_role
from tests.conftest import MakeCollection
from tests.views.conftest import Post, Signed


@pytest.fixture
def theirs(make_collection: MakeCollection, bob: User, sam: User) -> Collection:
    """Bob's alone: nobody else is named. One confirmed document, a text, a run, and a job."""
    collection = make_collection("theirs", groups=[2, 1])
    Run.objects.create(collection=collection, method="seams", state=Run.State.READY)
    Job.objects.create(collection=collection, kind="read", state="done")
    page = collection.pages.get(position=1)
    Reading.objects.create(page=page, text="A strike of the pressmen.", width=1, height=1, engine="t")
    confirm_groups(collection.groups.filter(number=1), actor=bob)
    give_role([collection], bob, role="edit", actor=sam)
    return collection


def doors(collection: Collection) -> list[str]:
    """Addresses that show something of it."""
    page, run, job = collection.pages.get(position=1), collection.runs.get(), collection.jobs.get()
    slug = collection.slug
    api = f"/api/v1/collections/{slug}"
    return [
        *(f"/c/{slug}/{part}" for part in ("", "index/", "pages/", "queue/", "queue/list/", "table/", "list/")),
        *(f"/c/{slug}/{part}" for part in ("history/", "runs/", "learning/", "dashboard/", "export/", "people/")),
        *(f"/c/{slug}/{part}" for part in ("search/?q=strike", "export/csv/", "accept/", "changes/?since=0")),
        f"/pages/{page.pk}/",
        f"/pages/{page.pk}/similar/",
        f"/scans/{page.pk}/320/{page.sha256[:16]}/",
        f"/jobs/{job.pk}/",
        f"/jobs/{job.pk}/progress/",
        f"/c/{slug}/runs/{run.pk}/preview/",
        f"/iiif/{slug}/collection.json",
        f"/iiif/{slug}/1/manifest.json",
        f"/iiif/{slug}/images/{page.identifier}",
        f"/iiif/{slug}/thumbnails/{page.identifier}",
        *(
            f"{api}{part}"
            for part in ("", "/pages", "/groups", "/edits", "/jobs", "/runs", "/seams", "/comments", "/people")
        ),
        f"{api}/search?q=strike",
        f"{api}/pages/1",
        f"{api}/jobs/{job.pk}",
        f"{api}/runs/{run.pk}",
    ]


def test_a_collection_that_names_others_is_missing_at_every_door(
    theirs: Collection, alice: User, victor: User, bob: User, signed: Signed
) -> None:
    for stranger in (alice, victor):
        client = signed(stranger)
        answers = {door: client.get(door).status_code for door in doors(theirs)}
        assert {door: code for door, code in answers.items() if code != 404} == {}
    client = signed(bob)
    answers = {door: client.get(door).status_code for door in doors(theirs)}
    missing = [door for door, code in answers.items() if code == 404 and not door.startswith(("/scans", "/iiif"))]
    missing = [door for door in missing if "/preview/" not in door and "/export/csv" not in door]
    assert missing == [], "whoever is named gets all of them"


def test_lists_and_searches_of_all_collections_leave_it_out(
    theirs: Collection, make_collection: MakeCollection, alice: User, bob: User, signed: Signed
) -> None:
    make_collection("open", groups=[1])

    def seen(person: User) -> list[Any]:
        client = signed(person)
        return [
            [row.title for row in client.get("/").context["collections"]],
            [row["slug"] for row in client.get("/api/v1/collections").json()["items"]],
            "A <mark>strike</mark>" in client.get("/search/?q=strike").content.decode(),
            [row.title for row, _ in client.get("/dashboard/").context["rows"]],
        ]

    assert seen(alice) == [["OPEN"], ["open"], False, ["OPEN"]]
    assert seen(bob) == [["OPEN", "THEIRS"], ["theirs", "open"], True, ["OPEN", "THEIRS"]]


def test_a_viewer_of_a_collection_is_refused_every_change(
    theirs: Collection, alice: User, sam: User, signed: Signed, send: Post
) -> None:
    """Alice edits elsewhere; here she may look."""
    give_role([theirs], alice, role="see", actor=sam)
    group = theirs.groups.get(number=2)
    client = signed(alice)
    assert send(alice, "theirs", verb="confirm", groups=[group.pk], versions={}).status_code == 403
    assert client.post("/c/theirs/list/act/", {"act": f"confirm:{group.pk}"}).status_code == 403
    assert client.post("/c/theirs/table/check/", "[]", content_type="application/json").status_code == 403
    assert client.post("/c/theirs/runs/publish/", {"run": theirs.runs.get().pk}).status_code == 403
    assert client.post("/c/theirs/close/", {"act": "close"}).status_code == 403
    assert client.post("/c/theirs/queue/list/", {"answer": "1:same"}).status_code == 403
    with pytest.raises(PermissionDenied):
        confirm_groups(Group.objects.filter(pk=group.pk), actor=alice)
    for page in ("/c/theirs/", "/c/theirs/queue/", "/c/theirs/table/"):
        assert '"mayEdit": false' in client.get(page).content.decode()
    assert "confirm:" not in client.get("/c/theirs/list/").content.decode()
    group.refresh_from_db()
    assert group.state == Group.State.PROPOSED


def test_a_site_viewer_who_is_named_edits_there_and_nowhere_else(
    theirs: Collection, make_collection: MakeCollection, victor: User, sam: User, send: Post
) -> None:
    make_collection("open", groups=[1])
    give_role([theirs], victor, role="edit", actor=sam)
    for slug, code in (("theirs", 200), ("open", 403)):
        group = Group.objects.filter(collection__slug=slug, state="proposed").get()
        response = send(victor, slug, verb="confirm", groups=[group.pk], versions={str(group.pk): group.version})
        assert response.status_code == code


def test_without_roles_of_its_own_everybody_may_do_what_they_could(
    make_collection: MakeCollection, alice: User, victor: User, charlie: User, sam: User
) -> None:
    collection = make_collection(groups=[1])
    people = (charlie, victor, alice, sam)
    ranks = [(may_look(one), may_edit(one, collection), may_launch(one, collection)) for one in people]
    assert ranks == [(False, False, False), (True, False, False), (True, True, False), (True, True, True)]


def test_teams_give_the_strongest_role_and_taking_it_away_ends_it(theirs: Collection, charlie: User, sam: User) -> None:
    team = Team.objects.create(name="Labor")
    team.members.add(charlie)
    give_role([theirs], charlie, role="see", actor=sam)
    give_role([theirs], team, role="manage", actor=sam)

    def may() -> tuple[bool, bool, bool]:
        fresh = User.objects.get(pk=charlie.pk)
        return may_look(fresh), may_edit(fresh, theirs), may_launch(fresh, theirs)

    assert may() == (True, True, True)
    take_role(theirs.roles.get(team=team), actor=sam)
    assert may() == (True, False, False)
    take_role(theirs.roles.get(person=charlie), actor=sam)
    assert may() == (False, False, False)


def test_managers_start_jobs_and_keep_settings_but_do_not_import(
    theirs: Collection, alice: User, bob: User, sam: User, signed: Signed, store: object
) -> None:
    give_role([theirs], alice, role="manage", actor=sam)
    orders = [json.dumps({"kind": "read"}), json.dumps({"kind": "import", "source": "/etc"})]
    address = "/api/v1/collections/theirs/jobs"

    def asked(person: User, order: str) -> int:
        return signed(person).post(address, order, content_type="application/json").status_code

    assert [asked(bob, order) for order in orders] == [403, 403]
    assert [asked(alice, order) for order in orders] == [202, 403]
    assert [signed(one).get("/c/theirs/settings/").status_code for one in (alice, bob)] == [200, 403]
    assert signed(alice).get("/admin/").status_code == 302, "the admin is for staff"


def test_an_open_assignment_lets_edit_until_it_is_done(
    theirs: Collection, victor: User, sam: User, signed: Signed
) -> None:
    (given,) = assign([theirs], victor, actor=sam)

    def may() -> tuple[bool, bool]:
        fresh = User.objects.get(pk=victor.pk)
        return access_collections(fresh).filter(pk=theirs.pk).exists(), may_edit(fresh, theirs)

    assert may() == (True, True)
    assert finish(given, actor=sam)
    assert not finish(given, actor=sam)
    assert may() == (False, False)


def test_one_collection_is_seen_exactly_if_it_is_among_all_that_are_seen(
    make_collection: MakeCollection, alice: User, victor: User, charlie: User, bob: User, sam: User
) -> None:
    teams = [Team.objects.create(name=name) for name in ("Labor", "Letters")]
    teams[0].members.add(victor, charlie)
    teams[1].members.add(bob)
    bob.is_active = False
    bob.save(update_fields=["is_active"])
    _, deleted, alices, of_labor, of_both, assigned, done = (make_collection(slug) for slug in "abcdefg")
    Collection.objects.filter(pk=deleted.pk).update(deleted=timezone.now())
    give_role([alices, of_both], alice, role="see", actor=sam)
    give_role([of_labor, of_both, done], teams[0], role="manage", actor=sam)
    give_role([assigned, done], teams[1], role="edit", actor=sam)
    given = [*assign([assigned], teams[0], actor=sam), *assign([done], alice, actor=sam)]
    assert finish(given[1], actor=sam)
    seen: dict[str, set[str]] = {}
    for person in User.objects.all():
        seen[person.username] = {one.slug for one in Collection.objects.all() if may_see(person, one)}
        fresh = User.objects.get(pk=person.pk)
        assert seen[person.username] == set(access_collections(fresh).values_list("slug", flat=True))
    all_but_deleted = {*"acdefg"}
    assert seen == {
        "alice": {*"ace"},
        "victor": {*"adefg"},
        "charlie": {*"defg"},
        "bob": set(),
        "sam": all_but_deleted,
    }


def test_access_by_roles_takes_few_questions(
    theirs: Collection, bob: User, signed: Signed, django_assert_max_num_queries: Any
) -> None:
    client = signed(bob)
    with django_assert_max_num_queries(17):
        client.get("/c/theirs/")


def test_tables_hold_one_holder_and_one_role_each(theirs: Collection, alice: User) -> None:
    team = Team.objects.create(name="Labor")
    for wrong in ({"person": alice, "team": team}, {}):
        for model in (CollectionRole, Assignment):
            values = {"role": "see"} if model is CollectionRole else {}
            with pytest.raises(IntegrityError), transaction.atomic():
                model.objects.create(collection=theirs, **wrong, **values)


def test_published_iiif_stays_public(theirs: Collection) -> None:
    Collection.objects.filter(pk=theirs.pk).update(settings={"export": {"published": True}})
    assert Client().get("/iiif/theirs/collection.json").status_code == 200
    assert Page.objects.filter(collection=theirs).count() == 3
