"""Collections by the API."""

from __future__ import annotations

from typing import Any

from clustering.actions.confirm import confirm_groups
from clustering.models import Collection, Group, Job, User
from tests.api.conftest import Scripts
from tests.api.test_signing_in import problem_of
from tests.conftest import MakeCollection


def test_it_lists_collections_with_how_far_each_is(
    alice: User, make_collection: MakeCollection, script: Scripts
) -> None:
    make_collection("afl", groups=[2, 1])
    make_collection("cio", pages=1)
    confirm_groups(Group.objects.filter(number=1), actor=alice)
    sheet = script(alice).get("/collections").json()
    assert [row["slug"] for row in sheet["items"]] == ["afl", "cio"]
    first = sheet["items"][0]
    counts = ("page_count", "group_count", "confirmed_group_count", "confirmed_page_count", "version")
    assert [first[name] for name in counts] == [3, 2, 1, 2, 1]
    assert sheet["next"] is None


def test_a_list_comes_in_sheets_that_lead_on(alice: User, make_collection: MakeCollection, script: Scripts) -> None:
    for number in range(5):
        make_collection(f"c{number}")
    mine = script(alice)
    sheet = mine.get("/collections", limit=2).json()
    assert len(sheet["items"]) == 2
    assert "after=" in sheet["next"]
    assert [row["slug"] for row in mine.all("/collections", limit=2)] == [f"c{number}" for number in range(5)]
    problem_of(mine.get("/collections", limit=1001), 400)
    problem_of(mine.get("/collections", limit="many"), 400)


def test_one_collection_has_an_etag_that_changes_with_it(
    alice: User, make_collection: MakeCollection, script: Scripts
) -> None:
    make_collection(groups=[2])
    mine = script(alice)
    first = mine.get("/collections/afl")
    headers = {"If-None-Match": first.headers["ETag"]}
    same = mine.client.get("/api/v1/collections/afl", headers=headers)
    assert (same.status_code, same.content) == (304, b"")
    mine.post("/collections/afl/acts/confirm", groups=[Group.objects.get().pk])
    changed = mine.client.get("/api/v1/collections/afl", headers=headers)
    assert (changed.status_code, changed.json()["confirmed_group_count"]) == (200, 1)


def test_a_person_without_a_role_sees_none(charlie: User, make_collection: MakeCollection, script: Scripts) -> None:
    make_collection(groups=[2])
    assert script(charlie).get("/collections").json()["items"] == []
    assert "ask staff" in problem_of(script(charlie).get("/collections/afl"), 404)


def test_staff_begin_a_collection_from_a_folder(
    sam: User, script: Scripts, tmp_path: Any, settings: Any, sent: list[int]
) -> None:
    from PIL import Image

    settings.IMPORT_ROOTS = [tmp_path]
    folder = tmp_path / "scans"
    folder.mkdir()
    Image.new("L", (60, 80)).save(folder / "HH000009_0001.jpg")
    answer = script(sam).post("/collections", slug="hh9", title="Nine", source=str(folder))
    assert answer.status_code == 201
    body = answer.json()
    assert (body["collection"]["slug"], body["collection"]["title"], body["job"]["kind"]) == ("hh9", "Nine", "import")
    assert Job.objects.get().actor == sam
    assert "already" in problem_of(script(sam).post("/collections", slug="hh9", source=str(folder)), 422)
    assert Collection.objects.count() == 1


def test_what_cannot_be_imported_is_refused_and_leaves_nothing(
    sam: User, script: Scripts, tmp_path: Any, settings: Any
) -> None:
    settings.IMPORT_ROOTS = [tmp_path / "scans"]
    long = f"{tmp_path}/scans/{'a' * 300}"
    for source in ("/etc", str(tmp_path), "relative", "bytes\0here", long, f"{long}.zip", "http://[bad"):
        problem_of(script(sam).post("/collections", slug="hh9", source=source), 422)
    problem_of(script(sam).post("/collections", slug="h h", source="/x"), 400)
    assert not Collection.objects.exists()


def test_only_staff_begin_collections(alice: User, charlie: User, script: Scripts) -> None:
    assert "Only staff" in problem_of(script(alice).post("/collections", slug="x", source="/x"), 403)
    problem_of(script(charlie).post("/collections", slug="x", source="/x"), 404)
