"""Asking a language model as a job, against a server that speaks the protocol: budget, cache, faults. No model runs."""

from __future__ import annotations

import itertools
import json
import time
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from PIL import Image
from pytest_django.fixtures import Settings

from clustering.engine.labeled import decided_stream
from clustering.files import LARGE, thumbnail_path
from clustering.jobs import param_checks, running
from clustering.jobs.launching import launch_job
from clustering.jobs.params import WrongParams
from clustering.jobs.records import page_records
from clustering.jobs.slices import Slice
from clustering.jobs.stages import asking
from clustering.language_model import opinions
from clustering.language_model.budget import spent_in
from clustering.language_model.pace import TooBusy, wait_for_room
from clustering.models import Answer, Collection, Group, Job, Opinion, Page, Reading, Run, SeamScore, User
from tests.conftest import MakeCollection
from tests.language_model import Script, Speak, Speaker, fails, hangs, in_turn, raw, says

pytestmark = pytest.mark.django_db
NEW = {"new_document": True, "confidence": 0.9, "reason": "A letterhead."}


@pytest.fixture
def collection(make_collection: MakeCollection) -> Collection:
    """Six read pages, each a document of its own, and a run that doubts four of the five places."""
    made = make_collection(groups=[1, 1, 1, 1, 1, 1])
    pages = list(made.pages.in_scan_order())
    Reading.objects.bulk_create(
        Reading(page=page, text=f"The text of page {page.position}.", width=930, height=1200, engine="t")
        for page in pages
    )
    run = Run.objects.create(
        collection=made, method="seams", encoder="efficientnet-lite0@64", state=Run.State.READY, page_count=6,
        group_count=6, settings={"learn": False, "caution": 0.5, "explain": True},
        weighing={"anchors": [], "offset": 0.0},
    )  # fmt: skip
    chances = (0.5, 0.97, 0.7, 0.42, 0.25)
    SeamScore.objects.bulk_create(
        SeamScore(run=run, page=page, probability=chance, boundary=True, log_odds=0.0)
        for page, chance in zip(pages, chances, strict=False)
    )
    return made


def carry_out(collection: Collection, **params: Any) -> Job:
    """The job to its end, without the pauses between two tries."""
    settings = {"propose": False, **params}
    return running.run_here(launch_job(collection, kind=Job.Kind.ASK, actor=None, params=settings, here=True))


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clustering.engine.language_model.client.PAUSE", 0.0)


def spent(job: Job) -> dict[str, Any]:
    spent_on: dict[str, Any] = job.result["spent"]
    return spent_on


def test_nothing_is_sent_anywhere_unless_it_is_set_up(collection: Collection) -> None:
    job = carry_out(collection)
    assert job.state == Job.State.FAILED
    assert "No language model is set up" in job.error
    with pytest.raises(WrongParams, match="HHREVIEW_LLM_URL"):
        param_checks.ask_params(collection)


def test_only_doubtful_places_are_asked_about_the_most_doubtful_first(collection: Collection, speak: Speak) -> None:
    speaker = speak(says(NEW))
    job = carry_out(collection)
    assert (job.state, job.done, job.total) == (Job.State.DONE, 4, 4), job.error
    asked = [request["messages"][1]["content"] for request in speaker.asked]
    assert [(f"page {n}." in asked[k], f"page {n + 1}." in asked[k]) for k, n in enumerate((1, 4, 3, 5))] == [
        (True, True)
    ] * 4
    assert all("page 2." not in text or "page 1." in text or "page 3." in text for text in asked)
    row = Opinion.objects.get(page__position=4)
    assert row.next_page is not None
    assert (row.next_page.position, row.model, row.answer) == (5, "tiny", NEW)
    assert (row.sent, row.received) == (900, 40)


def test_what_a_person_decided_is_not_asked_about(collection: Collection, alice: User, speak: Speak) -> None:
    pages = {page.position: page for page in collection.pages.all()}
    Answer.objects.create(collection=collection, first=pages[1], second=pages[2], verdict="different", actor=alice)
    speaker = speak(says(NEW))
    carry_out(collection)
    assert len(speaker.asked) == 3
    assert not any("page 1." in json.dumps(request) for request in speaker.asked)


def test_a_page_that_shows_nothing_is_not_asked_about(collection: Collection, speak: Speak) -> None:
    Reading.objects.filter(page__position=4).update(text=" \n")
    speaker = speak(says(NEW))
    carry_out(collection)
    assert len(speaker.asked) == 2


def test_its_opinions_are_facts_of_the_next_proposal(collection: Collection, speak: Speak) -> None:
    speak(says(NEW))
    job = running.run_here(
        launch_job(collection, kind=Job.Kind.ASK, actor=None, params=param_checks.ask_params(collection), here=True)
    )
    assert job.state == Job.State.DONE, job.error
    run = job.runs.get()
    assert run.published is not None
    assert run.settings["caution"] == 0.5, "as the run on the desk was proposed"
    facts = {seam.page.position: [fact["name"] for fact in seam.evidence] for seam in run.seams.select_related("page")}
    assert sorted(position for position, names in facts.items() if "opinion" in names) == [1, 3, 4, 5]
    _, records = page_records(collection, encoder=run.encoder)
    assert [record.opinion is not None for record in records] == [True, False, True, True, True, False]


def test_nothing_is_proposed_where_nothing_was_answered(collection: Collection, speak: Speak) -> None:
    speak(raw(b"{}"))
    job = running.run_here(
        launch_job(collection, kind=Job.Kind.ASK, actor=None, params=param_checks.ask_params(collection), here=True)
    )
    assert job.state == Job.State.DONE
    assert not job.runs.exists()


def test_no_question_is_asked_twice(collection: Collection, speak: Speak) -> None:
    speaker = speak(says(NEW))
    carry_out(collection)
    again = carry_out(collection)
    assert len(speaker.asked) == 4
    assert (again.state, again.done) == (Job.State.DONE, 0)


def test_the_same_pages_in_another_collection_cost_nothing(
    collection: Collection, make_collection: MakeCollection, speak: Speak
) -> None:
    speaker = speak(says(NEW))
    carry_out(collection)
    other = make_collection("cio", groups=[1, 1])
    first, second = other.pages.in_scan_order()
    for page in (first, second):
        Reading.objects.create(page=page, text=f"The text of page {page.position}.", width=1, height=1, engine="t")
    run = Run.objects.create(collection=other, method="seams", state=Run.State.READY)
    SeamScore.objects.create(run=run, page=first, probability=0.5, boundary=True, log_odds=0.0)
    job = carry_out(other)
    assert len(speaker.asked) == 4
    assert (spent(job)["answered"], spent(job)["reused"], spent(job)["sent"]) == (0, 1, 0)
    assert Opinion.objects.get(collection=other).reused
    assert spent_in(other)["questions"] == 0


def test_another_model_is_asked_anew_and_the_newest_opinion_holds(
    collection: Collection, speak: Speak, settings: Settings
) -> None:
    speak(says(NEW))
    carry_out(collection)
    speaker = speak(says(NEW | {"new_document": False}))
    settings.LLM_MODEL = "large"
    carry_out(collection)
    assert len(speaker.asked) == 4
    _, records = page_records(collection, encoder="x")
    opinion = records[0].opinion
    assert opinion is not None
    assert (opinion.model, opinion.new_document) == ("large", False)


def test_the_budget_of_questions_is_kept(collection: Collection, speak: Speak) -> None:
    speaker = speak(says(NEW))
    job = carry_out(collection, questions=2)
    assert len(speaker.asked) == 2
    assert (job.done, job.total) == (2, 2)
    assert job.problems.get().message == "The budget of 2 questions is used up."
    carry_out(collection, questions=2)
    assert Opinion.objects.count() == 4, "the next job goes on where this one stopped"


def test_the_budget_of_seconds_is_kept(collection: Collection, speak: Speak) -> None:
    def slowly(speaker: Speaker, handler: Any, asked: dict[str, Any]) -> None:
        if len(speaker.asked) == 2:
            time.sleep(1.1)
        says(NEW)(speaker, handler, asked)

    speaker = speak(slowly)
    job = carry_out(collection, seconds=1)
    assert len(speaker.asked) == 2
    assert job.problems.get().message == "The budget of 1 second is used up."


def test_the_budget_of_money_is_kept_and_told(collection: Collection, speak: Speak, settings: Settings) -> None:
    settings.LLM_PRICE_IN, settings.LLM_PRICE_OUT = Decimal("100"), Decimal("500")
    speaker = speak(says(NEW))
    job = carry_out(collection, money="0.20")
    assert len(speaker.asked) == 2, "0.11 each"
    assert spent(job)["cost"] == "0.22"
    assert job.problems.get().message == "The budget of 0.20 is used up."
    assert spent_in(collection)["cost"] == Decimal("0.22")


def test_money_cannot_be_limited_where_no_price_is_set(collection: Collection, speak: Speak) -> None:
    speak(says(NEW))
    with pytest.raises(WrongParams, match="HHREVIEW_LLM_PRICE_IN"):
        param_checks.ask_params(collection, money="1")
    for wrong in ("-1", "0", "nan", "cheap"):
        with pytest.raises(WrongParams, match="not an amount"):
            param_checks.ask_params(collection, money=wrong)


@pytest.mark.parametrize(
    "fault",
    [
        raw(b"nonsense"),
        says("I would rather not say."),
        says({"new_document": 1}),
        fails(500),
        fails(429),
        says("{", ends="length"),
    ],
)
def test_a_question_that_goes_wrong_costs_no_question_and_the_rest_goes_on(
    collection: Collection, speak: Speak, fault: Script
) -> None:
    def first_wrong(speaker: Speaker, handler: Any, asked: dict[str, Any]) -> None:
        wrong = "page 1." in json.dumps(asked)
        (fault if wrong else says(NEW))(speaker, handler, asked)

    speak(first_wrong)
    job = carry_out(collection, questions=3)
    assert job.state == Job.State.DONE, job.error
    assert (spent(job)["answered"], spent(job)["unanswered"]) == (3, 1)
    assert {row.page.position for row in Opinion.objects.select_related("page")} == {3, 4, 5}
    warning = job.problems.get(page__position=1)
    assert warning.is_warning
    assert "127.0.0.1" in warning.message


def test_a_timeout_is_one_too(collection: Collection, speak: Speak, settings: Settings) -> None:
    speak(in_turn(hangs, says(NEW)))
    settings.LLM_SECONDS = 1
    job = carry_out(collection)
    assert (spent(job)["answered"], spent(job)["unanswered"]) == (3, 1)
    assert "within 1 seconds" in job.problems.get().message


def test_a_server_that_answers_nothing_is_given_up_and_the_job_ends_well(
    make_collection: MakeCollection, collection: Collection, speak: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_FAILURES", 3)
    speaker = speak(raw(b"nonsense"))
    job = carry_out(collection)
    assert len(speaker.asked) == 3
    assert job.state == Job.State.DONE
    assert "gave no answer 3 times in a row" in job.problems.last().message  # type: ignore[union-attr]


def test_a_wrong_key_stops_the_job_with_the_setting(collection: Collection, speak: Speak) -> None:
    speaker = speak(fails(401))
    job = carry_out(collection)
    assert len(speaker.asked) == 1
    assert job.state == Job.State.FAILED
    assert "HHREVIEW_LLM_KEY" in job.error


def test_a_slice_that_is_over_leaves_the_rest_to_the_next(
    collection: Collection, speak: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A killed worker or the end of a slice: what was answered stays, and nothing is asked twice."""
    speaker = speak(says(NEW))
    room = itertools.cycle([True, False])
    monkeypatch.setattr(Slice, "has_time", property(lambda current: next(room)))
    job = carry_out(collection)
    assert job.slices > 3
    assert (job.state, len(speaker.asked), Opinion.objects.count()) == (Job.State.DONE, 4, 4)
    assert spent(job)["answered"] == 4


def test_a_job_that_was_cancelled_keeps_no_answer_that_comes_late(
    collection: Collection, speak: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = launch_job(collection, kind=Job.Kind.ASK, actor=None, params={"propose": False}, here=True)
    speaker = speak(says(NEW))
    ask = opinions.opinion_on

    def cancelled_meanwhile(*args: Any, **kwargs: Any) -> Any:
        answer = ask(*args, **kwargs)
        Job.objects.filter(pk=job.pk).update(state=Job.State.CANCELLED)
        return answer

    monkeypatch.setattr("clustering.jobs.stages.asking.opinion_on", cancelled_meanwhile)
    running.run_here(job)
    assert len(speaker.asked) == 1
    assert not Opinion.objects.exists()


def test_pictures_are_sent_where_the_setting_says_so(
    collection: Collection, speak: Speak, settings: Settings, tmp_path: Any
) -> None:
    settings.LLM_SENDS, settings.MEDIA_ROOT = "pictures", tmp_path
    for page in collection.pages.all():
        path = thumbnail_path(page.sha256, LARGE)
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (990, 1280), (page.position * 40, 90, 90)).save(path)
    speaker = speak(says(NEW))
    carry_out(collection, questions=1)
    parts = speaker.asked[0]["messages"][1]["content"]
    pictures = [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]
    assert len(pictures) == 2
    assert all(url.startswith("data:image/jpeg;base64,/9j/") for url in pictures)
    assert "The text of page" not in json.dumps(parts)


def test_a_scan_that_cannot_be_opened_is_a_warning(
    collection: Collection, speak: Speak, settings: Settings, tmp_path: Any
) -> None:
    settings.LLM_SENDS, settings.MEDIA_ROOT = "pictures", tmp_path
    speaker = speak(says(NEW))
    job = carry_out(collection)
    assert job.state == Job.State.DONE
    assert speaker.asked == []
    assert "picture could not be prepared" in job.problems.first().message  # type: ignore[union-attr]


def test_documents_are_described_within_the_same_budget(collection: Collection, speak: Speak) -> None:
    Group.objects.filter(number=2).update(title="A title of a person")
    speaker = speak(says({"title": "Minutes", "kind": "report", "date": "March 3, 1958"}))
    job = carry_out(collection, seams=False, describe=True, questions=3)
    assert job.state == Job.State.DONE, job.error
    assert (len(speaker.asked), job.done) == (3, 3)
    rows = Opinion.objects.filter(kind=Opinion.Kind.DOCUMENT).select_related("page").order_by("page__position")
    assert [row.page.position for row in rows] == [1, 3, 4]
    assert rows[0].answer["title"] == "Minutes"
    carry_out(collection, seams=False, describe=True)
    assert len(speaker.asked) == 5


def test_not_more_is_asked_in_a_minute_than_the_setting_allows(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    settings.LLM_PER_MINUTE = 3
    now = [120.0 * 10_000_000]
    monkeypatch.setattr("clustering.language_model.pace.time.time", lambda: now[0])

    def sleep(seconds: float) -> None:
        now[0] += seconds

    for _ in range(3):
        wait_for_room(patience=0)
    with pytest.raises(TooBusy, match="Try again in 61 seconds"):
        wait_for_room(patience=5)
    started = now[0]
    wait_for_room(patience=65, sleep=sleep)
    assert now[0] - started == pytest.approx(60)


def test_opinions_teach_the_weights_like_other_facts(collection: Collection, speak: Speak) -> None:
    from clustering.engine.evidence import gather
    from clustering.engine.records import Constraints

    speak(says(NEW))
    carry_out(collection)
    _, records = page_records(collection, encoder="x")
    evidence = gather(records)
    stream = decided_stream(evidence, Constraints(apart=frozenset({0})))
    assert stream.known.tolist() == [True, False, False, False, False]
    assert evidence.matrix[0, evidence.names.index("opinion")] == pytest.approx(0.8)


def test_a_page_and_its_opinions_go_together(collection: Collection, speak: Speak) -> None:
    speak(says(NEW))
    carry_out(collection)
    Page.objects.filter(position=1).delete()
    assert Opinion.objects.count() == 3
