"""Comments: who reads and writes them, whom they mention, and where they go when documents change."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from clustering.actions.merge import merge_groups
from clustering.actions.split import split_group
from clustering.actions.undo import undo_edit
from clustering.models import Collection, Comment, User
from clustering.selectors.filters import groups_matching
from clustering.teamwork.teams import give_role
from tests.api.conftest import Script, Scripts
from tests.conftest import MakeCollection

pytestmark = pytest.mark.django_db

ROOT = "/collections/afl/comments"


@pytest.fixture
def afl(make_collection: MakeCollection) -> Collection:
    """Documents of pages 1-3, 4-5, and 6."""
    return make_collection("afl", groups=[3, 2, 1])


def write(script: Script, text: str, position: int = 2, **more: Any) -> dict[str, Any]:
    answer = script.post(ROOT, position=position, text=text, **more)
    assert answer.status_code == 201, answer.content
    body: dict[str, Any] = answer.json()
    return body


def on(collection: Collection) -> dict[int, list[str]]:
    """Open comments by the first page of their document."""
    comments: dict[int, list[str]] = {}
    for comment in Comment.objects.open().select_related("page__group").order_by("pk"):
        assert comment.page.group is not None
        comments.setdefault(comment.page.group.first_position, []).append(comment.text)
    commented = groups_matching(collection, "commented").values_list("first_position", flat=True)
    assert sorted(commented) == sorted(comments)
    return comments


def test_comments_follow_their_pages(afl: Collection, alice: User, script: Scripts) -> None:
    for position, text in ((1, "one"), (3, "three"), (4, "four")):
        write(script(alice), text, position)
    assert on(afl) == {1: ["one", "three"], 4: ["four"]}
    split_group(afl.groups.get(first_position=1), before=afl.pages.get(position=3), actor=alice)
    assert on(afl) == {1: ["one"], 3: ["three"], 4: ["four"]}
    merge_groups(list(afl.groups.filter(first_position__in=[3, 4])), actor=alice)
    assert on(afl) == {1: ["one"], 3: ["three", "four"]}
    undo_edit(afl, actor=alice)
    assert on(afl) == {1: ["one"], 3: ["three"], 4: ["four"]}


def test_it_mentions_those_who_can_see_the_collection(
    afl: Collection, alice: User, bob: User, victor: User, charlie: User, sam: User, script: Scripts
) -> None:
    text = "@bob, see @victor. @charlie has no role, mail@sam is no mention, @bobby is nobody; (@sam)"
    assert write(script(alice), text)["mentions"] == ["bob", "sam", "victor"]
    give_role([afl], alice, role="edit", actor=sam)
    assert write(script(alice), "@bob @sam!")["mentions"] == ["sam"], "bob cannot see it any more"
    assert [one["user"] for one in script(alice).get("/collections/afl/people").json()] == ["alice", "sam"]
    assert [one["user"] for one in script(alice).get("/collections/afl/people", q="SA").json()] == ["sam"]
    assert script(bob).get("/collections/afl/people").status_code == 404


def test_what_is_sent_twice_is_written_once(afl: Collection, alice: User, script: Scripts) -> None:
    key = uuid4()
    first, again = write(script(alice), "Who signed?", key=key), write(script(alice), "Who signed?", key=key)
    assert first == again
    assert Comment.objects.count() == 1


def test_words_are_the_authors_own(afl: Collection, alice: User, victor: User, sam: User, script: Scripts) -> None:
    comment = write(script(victor), "A viewer may ask.")
    address = f"/api/v1{ROOT}/{comment['id']}"

    def patched(person: User, text: str) -> Any:
        return script(person).client.patch(address, {"text": text}, content_type="application/json")

    assert patched(alice, "mine now").status_code == 403
    assert script(alice).client.delete(address).status_code == 403
    assert patched(victor, "  ").status_code == 400
    assert patched(victor, "A viewer may ask, @alice.").json()["mentions"] == ["alice"]
    assert Comment.objects.get().edited is not None
    assert script(alice).post(f"{ROOT}/{comment['id']}/resolve").json()["resolved_by"] == "alice"
    assert on(afl) == {}
    assert script(alice).get(ROOT, open="false").json()["items"][0]["id"] == comment["id"]
    assert script(victor).post(f"{ROOT}/{comment['id']}/reopen").json()["resolved"] is None
    assert script(sam).client.delete(address).status_code == 204, "who manages the collection may"
    assert not Comment.objects.exists()


def test_who_does_not_see_the_collection_sees_no_comment(
    afl: Collection, alice: User, bob: User, sam: User, script: Scripts
) -> None:
    comment = write(script(bob), "Hush.")
    give_role([afl], alice, role="see", actor=sam)
    assert script(bob).get(ROOT).status_code == 404
    assert script(bob).post(ROOT, position=1, text="x").status_code == 404
    assert script(bob).post(f"{ROOT}/{comment['id']}/resolve").status_code == 404
    assert script(alice, scope="read").post(ROOT, position=1, text="x").status_code == 403
    assert script(alice).post(ROOT, position=99, text="x").status_code == 404
    assert Comment.objects.count() == 1


def test_the_desk_is_told_where_comments_are_open_and_no_export_has_them(
    afl: Collection, alice: User, script: Scripts
) -> None:
    write(script(alice), "a secret remark", 1)
    write(script(alice), "another", 1)
    write(script(alice), "third", 4)
    desk = Client()
    desk.force_login(alice)
    assert desk.get("/c/afl/index/").json()["comments"] == [[1, 2], [4, 1]]
    assert desk.get("/c/afl/changes/", {"since": 1}).json()["comments"] == [[1, 2], [4, 1]]
    for key in ("csv", "json"):
        answer: Any = desk.get(f"/c/afl/export/{key}/", {"which": "all"})
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert b"secret remark" not in body
