"""The queue: what it asks, in which order, and what an answer to it is."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from clustering.actions import answer_seam, confirm_groups
from clustering.dashboard.pace import ENOUGH_ANSWERS, LEAST_LOOK, seconds_a_look, seconds_an_answer
from clustering.models import Answer, Collection, Edit, Group, LiveScore, Page, ReviewCheck, Run, SeamScore, User
from tests.conftest import MakeCollection


@pytest.fixture
def collection(make_collection: MakeCollection) -> Collection:
    """Groups of 3, 2 and 3, doubted after pages 2, 3 and 5."""
    made = make_collection(groups=[3, 2, 3])
    run = Run.objects.create(collection=made, method="seams", state=Run.State.READY)
    chances = {2: 0.5, 3: 0.9, 5: 0.7}
    for page in made.pages.all():
        evidence = [{"name": "paper", "contribution": -1.0, "sentence": "Same paper.", "family": "paper"}]
        SeamScore.objects.create(
            run=run,
            page=page,
            probability=chances.get(page.position, 0.01),
            boundary=page.position in {3, 5},
            evidence=evidence,
        )
    return made


def queue_of(client: Client) -> dict[str, Any]:
    answer = client.get("/c/afl/queue/seams/")
    assert answer.status_code == 200
    data: dict[str, Any] = answer.json()
    return data


def lefts(data: dict[str, Any]) -> list[int]:
    return [seam["left"]["position"] for seam in data["seams"]]


def send(client: Client, **body: Any) -> Any:
    act = {"act_id": str(uuid4()), "since": 0, **body}
    return client.post("/api/v1/collections/afl/queue/answer", json.dumps(act), content_type="application/json")


def test_it_tells_what_is_left_in_the_order_of_what_looking_saves(
    collection: Collection, client: Client, alice: User
) -> None:
    client.force_login(alice)
    data = queue_of(client)
    assert lefts(data) == [2, 5, 3]
    assert (data["total"], data["doubtful"], data["unconfirmed"], data["sure"]) == (3, 2, 3, 0)
    assert data["seconds"] == LEAST_LOOK
    LiveScore.objects.create(run=Run.objects.get(), page=Page.objects.get(position=2), probability=0.06, sequence=1)
    assert lefts(queue_of(client)) == [5, 3, 2]
    page = client.get("/c/afl/queue/")
    assert page.status_code == 200
    assert b"/c/afl/queue/list/" in page.content


def test_the_first_questions_are_about_doubtful_places_too(
    make_collection: MakeCollection, client: Client, alice: User
) -> None:
    made = make_collection("long", groups=[60])
    run = Run.objects.create(collection=made, method="seams", state=Run.State.READY)
    pages = list(made.pages.order_by("position"))
    SeamScore.objects.bulk_create(
        SeamScore(run=run, page=page, probability=0.5 if page.position <= 20 else 0.01, boundary=False)
        for page in pages[:-1]
    )
    client.force_login(alice)
    assert lefts(client.get("/c/long/queue/seams/").json()) == [*range(1, 21)]


def test_it_counts_percents_as_the_stream_shows_them(collection: Collection, client: Client, alice: User) -> None:
    """19.6 percent is shown as 20 and doubtful, 4.6 as 5 and worth a look; 4.4 is neither."""
    client.force_login(alice)
    for left, chance in {2: 0.196, 3: 0.954, 5: 0.956}.items():
        SeamScore.objects.filter(page__position=left).update(probability=chance)
    data = queue_of(client)
    assert [seam["percent"] for seam in data["seams"]] == [20, 95]
    assert (data["total"], data["doubtful"]) == (2, 1)


def test_time_is_told_at_ones_own_pace(collection: Collection, alice: User, bob: User) -> None:
    began = timezone.now()
    for number in range(ENOUGH_ANSWERS + 3):
        Edit.objects.create(
            collection=collection,
            sequence=100 + number,
            actor=alice,
            verb="answer",
            summary="",
            before=[],
            after=[],
        )
        pause = 600 if number == 5 else 4
        began += timedelta(seconds=pause)
        Edit.objects.filter(sequence=100 + number).update(created=began)
    assert seconds_an_answer(collection.pk, alice.pk) == 4
    assert seconds_an_answer(collection.pk, bob.pk) is None
    assert seconds_a_look(collection.pk, alice.pk) == 4
    assert seconds_a_look(collection.pk, bob.pk) == LEAST_LOOK, "assumed, and never less than a look takes"


def strip(client: Client, left: int, joined: str = "") -> str:
    response = client.get(f"/c/afl/queue/around/{left}/", {"joined": joined} if joined else {})
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


def test_the_strip_tells_the_documents_on_both_sides(collection: Collection, client: Client, alice: User) -> None:
    client.force_login(alice)
    groups = list(collection.groups.order_by("first_position"))
    left = groups[0].page_count
    Group.objects.filter(pk=groups[0].pk).update(title="Minutes")
    Group.objects.filter(pk=groups[1].pk).update(title="A letter")
    shown = strip(client, left)
    assert f"Minutes · page {left} of {left}" in shown
    assert f"A letter · page 1 of {groups[1].page_count}" in shown
    assert f"1 of {len(groups)} Minutes · {left} page" in shown
    assert f"2 of {len(groups)} A letter · {groups[1].page_count} page" in shown
    assert client.get("/c/afl/queue/around/0/").status_code == 404
    last = collection.pages.count()
    assert client.get(f"/c/afl/queue/around/{last}/").status_code == 404


def test_the_strip_gives_no_check_away(collection: Collection, client: Client, alice: User) -> None:
    """It shows what is proposed, whatever was decided there since."""
    client.force_login(alice)
    one, other = collection.groups.order_by("first_position")[:2]
    left, both = one.page_count, one.page_count + other.page_count
    Group.objects.filter(pk=one.pk).update(title="Minutes")
    Group.objects.filter(pk=other.pk).update(title="A letter")
    shown = strip(client, left, joined="1")
    assert f"Minutes · page {left} of {both}" in shown
    assert f"Minutes · page {left + 1} of {both}" in shown
    assert "A letter" not in shown
    inside = next(p.position for p in other.pages.order_by("group_order"))
    shown = strip(client, inside, joined="0")
    assert "A letter · page 1 of 1" in shown
    assert f"page {inside + 1} · page 1 of {other.page_count - 1}" in shown


def test_an_answer_is_an_act_without_checks_and_with(collection: Collection, client: Client, alice: User) -> None:
    client.force_login(alice)
    assert (
        send(client, left=2, verdict="different", since=0).json()["message"].startswith("Answered that pages 2 and 3")
    )
    collection.settings = {"check_share": 10}
    collection.save(update_fields=["settings"])
    assert send(client, left=5, verdict="different", since=0).status_code == 200
    assert Answer.objects.count() == 2
    assert not ReviewCheck.objects.exists()


def test_a_check_looks_like_any_seam_and_is_kept_as_an_opinion(
    collection: Collection, client: Client, alice: User, bob: User
) -> None:
    confirm_groups(Group.objects.filter(number__in=[1, 2]), actor=bob)
    client.force_login(alice)
    assert set(lefts(queue_of(client))) == {5}
    collection.settings = {"check_share": 20}
    collection.save(update_fields=["settings"])
    data = queue_of(client)
    assert data["total"] == 2
    (check,) = set(lefts(data)) - {5}
    assert check in {2, 3}
    assert len({tuple(sorted(seam)) for seam in data["seams"]}) == 1, "nothing in the data tells a check"
    why = client.get(f"/c/afl/seams/{check}/?blind=1").content
    assert b"bob" not in why
    assert {2: b"50%", 3: b"90%"}[check] in why
    edits = Edit.objects.count()
    wrong = {2: "different", 3: "same"}[check]
    answer = send(client, left=check, verdict=wrong, versions=data["seams"][lefts(data).index(check)]["groups"])
    assert "bob confirmed them earlier" in answer.json()["look"]
    assert "edit" not in answer.json()
    assert Edit.objects.count() == edits
    assert ReviewCheck.objects.get().actor == alice
    stale = send(client, left=check, verdict=wrong, versions={"1": 1})
    assert stale.status_code == 409


def test_viewers_get_no_checks_and_may_not_answer(
    collection: Collection, client: Client, victor: User, bob: User
) -> None:
    confirm_groups(Group.objects.filter(number__in=[1, 2]), actor=bob)
    collection.settings = {"check_share": 20}
    collection.save(update_fields=["settings"])
    client.force_login(victor)
    assert queue_of(client)["total"] == 1
    assert send(client, left=2, verdict="same").status_code == 403
    assert client.post("/c/afl/queue/list/", {"lefts": "2", "verdict": "same"}).status_code == 403
    assert not ReviewCheck.objects.exists()


def test_strangers_see_nothing(collection: Collection, client: Client, charlie: User) -> None:
    client.force_login(charlie)
    for path in ("queue/", "queue/seams/", "queue/alike/?left=2&verdict=same", "queue/list/"):
        assert client.get(f"/c/afl/{path}").status_code in {403, 404}


def test_alike_seams_are_offered_and_answered_together(collection: Collection, client: Client, alice: User) -> None:
    client.force_login(alice)
    answer_seam(Page.objects.get(position=2), verdict="different", actor=alice)
    data = client.get("/c/afl/queue/alike/?left=2&verdict=different").json()
    assert sorted(seam["left"]["position"] for seam in data["seams"]) == [1, 4, 6, 7]
    assert data["ticked"] is True
    act = {"act_id": str(uuid4()), "since": 0, "lefts": [4, 6], "verdict": "different"}
    done = client.post(
        "/api/v1/collections/afl/acts/answer-many", json.dumps(act), content_type="application/json"
    ).json()
    assert done["message"].startswith("Answered 2 places, before pages 5 and 7")
    assert client.get("/c/afl/queue/alike/?left=x&verdict=different").status_code == 400


def test_the_list_answers_by_a_plain_form(collection: Collection, client: Client, alice: User) -> None:
    client.force_login(alice)
    page = client.get("/c/afl/queue/list/")
    assert b"Pages 2 and 3" in page.content
    version = [f"{pk}:{version}" for pk, version in Group.objects.values_list("pk", "version")]
    form = {"lefts": ["2"], "verdict": "different", "version": version}
    answer = client.post("/c/afl/queue/list/", form)
    assert answer.headers["Location"] == "/c/afl/queue/list/?like=2&verdict=different"
    assert b"Similar places" in client.get(answer.headers["Location"]).content
    stale = client.post("/c/afl/queue/list/", {**form, "lefts": ["1", "5"]}, follow=True)
    assert b"None of the 2 answers was saved" in stale.content
    nothing = client.post("/c/afl/queue/list/", {"verdict": "same"}, follow=True)
    assert b"Select one or more places first" in nothing.content


def test_staff_set_the_share_of_checks(collection: Collection, client: Client, sam: User, alice: User) -> None:
    client.force_login(sam)
    page = client.post("/c/afl/learning/", {"wish": "checks", "share": "7"}, follow=True)
    assert (
        b"From now on 7 of 100 seams" in page.content or b"7% of the places to check are quality checks" in page.content
    )
    collection.refresh_from_db()
    assert collection.settings["check_share"] == 7
    assert b"from 0 to 20" in client.post("/c/afl/learning/", {"wish": "checks", "share": "30"}, follow=True).content
    assert "Reviewer agreement" in client.get("/c/afl/dashboard/").content.decode()
    client.force_login(alice)
    assert client.post("/c/afl/learning/", {"wish": "checks", "share": "7"}).status_code == 403
