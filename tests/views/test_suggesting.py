"""Suggestions of a language model for one document: who may ask, and all that may go wrong. No model runs."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from clustering.models import Collection, Group, Opinion, Reading, User
from tests.conftest import MakeCollection
from tests.language_model import Script, Speak, fails, hangs, raw, says
from tests.views.conftest import Signed

pytestmark = pytest.mark.django_db
TOLD = {
    "title": "Minutes of the council",
    "kind": "report",
    "date": "March 3, 1958",
    "creator": "Millbrook Labor Council",
    "people": ["George Pike"],
    "places": ["Millbrook"],
    "language": "en",
    "summary": "The council asks for a hearing on the budget.",
}


@pytest.fixture
def collection(make_collection: MakeCollection) -> Collection:
    made = make_collection(groups=[2, 1])
    for page in made.pages.all():
        Reading.objects.create(page=page, text=f"Minutes, page {page.position}", width=1, height=1, engine="t")
    return made


def address(collection: Collection, number: int = 1) -> str:
    return f"/c/{collection.slug}/suggest/{Group.objects.get(collection=collection, number=number).pk}/"


def test_every_field_comes_and_nothing_is_written(
    collection: Collection, alice: User, signed: Signed, speak: Speak
) -> None:
    speaker = speak(says(TOLD))
    answer = signed(alice).post(address(collection))
    assert answer.status_code == 200
    assert answer.json() == {**TOLD, "date": "1958-03-03", "model": "tiny"}
    asked = speaker.asked[0]["messages"][1]["content"]
    assert "Minutes, page 1" in asked
    assert "Minutes, page 2" in asked
    assert "Minutes, page 3" not in asked
    group = Group.objects.get(number=1)
    assert (group.title, group.edited, group.version) == ("", False, 1)


def test_a_second_look_costs_nothing(collection: Collection, alice: User, signed: Signed, speak: Speak) -> None:
    speaker = speak(says(TOLD))
    first, second = signed(alice).post(address(collection)), signed(alice).post(address(collection))
    assert first.json() == second.json()
    assert len(speaker.asked) == 1
    row = Opinion.objects.get()
    assert (row.kind, row.actor, row.page.position) == (Opinion.Kind.DOCUMENT, alice, 1)


def test_a_date_that_is_none_is_left_out(collection: Collection, alice: User, signed: Signed, speak: Speak) -> None:
    speak(says(TOLD | {"date": "some time in the fifties, perhaps"}))
    assert signed(alice).post(address(collection)).json()["date"] == ""


@pytest.mark.parametrize(("who", "status"), [("alice", 200), ("sam", 200), ("victor", 403), ("charlie", 404)])
def test_only_who_may_describe_may_ask(
    who: str, status: int, collection: Collection, signed: Signed, speak: Speak, request: pytest.FixtureRequest
) -> None:
    speaker = speak(says(TOLD))
    assert signed(request.getfixturevalue(who)).post(address(collection)).status_code == status
    assert len(speaker.asked) == (status == 200)


def test_a_document_of_another_collection_is_not_asked_about(
    collection: Collection, make_collection: MakeCollection, alice: User, signed: Signed, speak: Speak
) -> None:
    make_collection("cio", groups=[1])
    speaker = speak(says(TOLD))
    there = address(collection).replace("/afl/", "/cio/")
    assert signed(alice).post(there).status_code == 404
    assert signed(alice).get(address(collection)).status_code == 405
    assert speaker.asked == []


def test_it_takes_the_token_of_the_page(collection: Collection, alice: User, speak: Speak) -> None:
    speaker = speak(says(TOLD))
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(address(collection)).status_code == 403
    assert speaker.asked == []


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (hangs, "within 1 seconds"),
        (fails(401), "HHREVIEW_LLM_KEY"),
        (raw(b"<html>"), "in the expected protocol"),
        (says("I cannot help with that."), "not JSON"),
        (says({"title": ""}), "says nothing about the document"),
    ],
)
def test_what_goes_wrong_is_one_sentence(
    script: Script, message: str, collection: Collection, alice: User, signed: Signed, speak: Speak, settings: Settings
) -> None:
    speak(script)
    settings.LLM_SECONDS = 1
    answer = signed(alice).post(address(collection))
    assert answer.status_code == 422
    assert message in answer.json()["message"]
    assert not Opinion.objects.exists()


def test_without_a_model_nothing_is_sent_and_it_says_so(collection: Collection, alice: User, signed: Signed) -> None:
    answer = signed(alice).post(address(collection))
    assert answer.status_code == 422
    assert "nothing is sent anywhere" in answer.json()["message"]
    assert '"reader": null' in signed(alice).get("/c/afl/").content.decode()


def test_the_desk_says_what_leaves_the_house(collection: Collection, alice: User, signed: Signed, speak: Speak) -> None:
    speak(says(TOLD))
    assert "runs on this computer, so nothing leaves it" in signed(alice).get("/c/afl/").content.decode()


def test_pages_without_text_have_nothing_to_send(
    collection: Collection, alice: User, signed: Signed, speak: Speak
) -> None:
    Reading.objects.update(text="")
    speaker = speak(says(TOLD))
    answer = signed(alice).post(address(collection))
    assert answer.status_code == 422
    assert "Run OCR first" in answer.json()["message"]
    assert speaker.asked == []


def test_too_many_questions_in_a_minute_are_put_off(
    collection: Collection,
    alice: User,
    signed: Signed,
    speak: Speak,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    speak(says(TOLD))
    settings.LLM_PER_MINUTE = 1
    monkeypatch.setattr("clustering.language_model.pace.time.time", lambda: 120.0 * 10_000_000)
    assert signed(alice).post(address(collection)).status_code == 200
    answer = signed(alice).post(address(collection, 2))
    assert answer.status_code == 422
    assert "Try again in 61 seconds" in answer.json()["message"]
