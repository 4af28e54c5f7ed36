"""Accepting many groups and the audit, by plain forms."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from clustering.actions import confirm_groups
from clustering.engine.assurance import Judged
from clustering.engine.records import STRANGE
from clustering.models import AuditSample, Collection, Edit, Group, Run, SeamScore, User
from clustering.views.queue import accept
from tests.conftest import MakeCollection
from tests.describing import describe_group
from tests.views.conftest import Signed


def fields(answer: Any) -> dict[str, str]:
    """The hidden and written fields of the form that accepts, as a browser would send them."""
    form = re.search(r'<form method="post" class="accept-form".*?</form>', answer.content.decode(), re.S)
    assert form is not None, "no form to accept with"
    matches = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form.group()))
    matches.pop("csrfmiddlewaretoken", None)
    return matches


@pytest.fixture
def collection(make_collection: MakeCollection) -> Collection:
    """Four groups of 2, 1, 3 and 1 pages, sure by 99.9, 99.2, 97 and 60 percent."""
    made = make_collection("afl", groups=[2, 1, 3, 1])
    for number, confidence in enumerate((0.999, 0.992, 0.97, 0.6), start=1):
        made.groups.filter(number=number).update(confidence=confidence)
    return made


def test_it_shows_what_a_threshold_would_do_before_anything_is_done(
    collection: Collection, alice: User, signed: Signed
) -> None:
    answer = signed(alice).get("/c/afl/accept/")
    chosen = answer.context["chosen"]
    assert (chosen.threshold, chosen.groups, chosen.pages) == (0.99, 2, 3)
    assert chosen.expected_wrong == pytest.approx(0.009)
    assert b"Confirm 2 documents at 99% or higher" in answer.content
    lower = signed(alice).get("/c/afl/accept/?at=96,5%25").context["chosen"]
    assert (lower.threshold, lower.groups, lower.pages) == (0.965, 3, 6)
    assert not collection.groups.filter(state=Group.State.CONFIRMED).exists()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (3, "Errors by the stated confidence: under 0.1. By what people found here: about 0.4."),
        (0, "Errors by the stated confidence: under 0.1. By what people found here: none."),
    ],
)
def test_the_worse_of_confidence_and_experience_is_promised(
    collection: Collection, alice: User, signed: Signed, monkeypatch: pytest.MonkeyPatch, wrong: int, message: str
) -> None:
    """Of 15 documents that people looked at, so many were wrong; two are waiting at 99 percent."""
    judged = [Judged(0.995, number >= wrong) for number in range(15)]
    monkeypatch.setattr(accept, "judged_groups", lambda _: judged)
    answer = signed(alice).get("/c/afl/accept/")
    chosen = answer.context["chosen"]
    assert chosen.experienced_wrong == pytest.approx(2 * wrong / 15)
    assert chosen.feared_wrong == pytest.approx(max(0.009, 2 * wrong / 15))
    assert message in answer.content.decode()
    assert "Estimated errors</dt><dd>" + ("about 0.4" if wrong else "under 0.1") in answer.content.decode()


def test_a_strange_collection_is_called_strange_until_its_first_pages_are_checked(
    make_collection: MakeCollection, alice: User, signed: Signed
) -> None:
    made = make_collection("afl", groups=[12, 12, 3])
    made.groups.update(confidence=0.995)
    run = Run.objects.create(collection=made, method="seams", state=Run.State.READY, warnings=[STRANGE])
    for page in made.pages.all():
        SeamScore.objects.create(run=run, page=page, probability=0.01, boundary=False)

    def warned() -> bool:
        return STRANGE in signed(alice).get("/c/afl/accept/").content.decode()

    assert warned()
    confirm_groups([made.groups.get(number=1)], actor=alice)
    assert warned()
    confirm_groups([made.groups.get(number=2)], actor=alice)
    assert not warned()


def test_the_picture_has_no_style_of_its_own_and_says_its_numbers(
    collection: Collection, alice: User, signed: Signed
) -> None:
    page = signed(alice).get("/c/afl/accept/").content.decode()
    picture = page[page.index('<svg class="bars"') : page.index("</svg>", page.index('<svg class="bars"'))]
    assert "style" not in picture
    assert picture.count("is-accepted") == len(re.findall(r"from (?:99|99\.5|99\.9) to", picture)) == 3
    assert "2 of 4 documents are at 99% or higher" in picture


@pytest.mark.parametrize("written", ["40", "101", "nan", "many", "9" * 30])
def test_a_threshold_that_is_none_is_explained(
    collection: Collection, alice: User, signed: Signed, written: str
) -> None:
    answer = signed(alice).get("/c/afl/accept/", {"at": written})
    assert answer.status_code == 200
    assert answer.context["threshold"] == 0.99
    assert b"between 50 and 100 percent" in answer.content


def test_the_act_confirms_and_leads_to_the_sample(collection: Collection, alice: User, signed: Signed) -> None:
    browser = signed(alice)
    answer = browser.post("/c/afl/accept/", fields(browser.get("/c/afl/accept/")), follow=True)
    assert answer.redirect_chain == [("/c/afl/audit/", 302)]
    assert b"Confirmed 2 documents in bulk at 99% or higher." in answer.content
    assert collection.groups.filter(state=Group.State.CONFIRMED).count() == 2
    assert answer.context["current"] is not None
    assert AuditSample.objects.count() == 2


def test_percentages_are_written_as_the_language_writes_them(
    collection: Collection, alice: User, signed: Signed
) -> None:
    client = signed(alice)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    answer = client.get("/c/afl/accept/?at=96.5")
    assert "96,5" in answer.content.decode() and "99,9%" in answer.content.decode()
    assert fields(answer)["at"] == "96,5"
    assert {bar.begins for bar in answer.context["drawing"].bars} >= {"96,5", "99,5"}
    assert client.post("/c/afl/accept/", fields(answer)).status_code == 302
    assert collection.groups.filter(state=Group.State.CONFIRMED).count() == 3


def test_sent_twice_it_is_done_once(collection: Collection, alice: User, signed: Signed) -> None:
    browser = signed(alice)
    form = fields(browser.get("/c/afl/accept/"))
    browser.post("/c/afl/accept/", form)
    assert browser.post("/c/afl/accept/", form).status_code == 302
    assert Edit.objects.filter(verb="accept").count() == 1


def test_it_answers_409_with_fresh_counts_where_somebody_was_faster(
    collection: Collection, alice: User, bob: User, signed: Signed
) -> None:
    browser = signed(alice)
    form = fields(browser.get("/c/afl/accept/"))
    describe_group(collection.groups.get(number=4), title="Flyer", actor=bob)
    collection.groups.filter(number=3).update(confidence=0.995)
    answer = browser.post("/c/afl/accept/", form)
    assert answer.status_code == 409
    assert b"The collection has changed" in answer.content
    assert fields(answer)["groups"] == "3"
    assert not collection.groups.filter(state=Group.State.CONFIRMED).exists()
    assert browser.post("/c/afl/accept/", fields(answer)).status_code == 302


@pytest.mark.parametrize("change", [{"groups": "3"}, {"groups": ""}, {"version": "x"}, {"at": "10"}])
def test_a_form_that_was_tampered_with_does_nothing(
    collection: Collection, alice: User, signed: Signed, change: dict[str, str]
) -> None:
    browser = signed(alice)
    answer = browser.post("/c/afl/accept/", fields(browser.get("/c/afl/accept/")) | change)
    assert answer.status_code in {409, 422}
    assert not Edit.objects.exists()


def test_a_viewer_sees_it_without_the_button_and_may_not_post(
    collection: Collection, victor: User, charlie: User, signed: Signed
) -> None:
    page = signed(victor).get("/c/afl/accept/")
    assert page.status_code == 200
    assert b"accept-form" not in page.content
    assert signed(victor).post("/c/afl/accept/", {"at": "99", "groups": "2", "version": "0"}).status_code == 403
    assert signed(victor).post("/c/afl/audit/", {"sample": "1", "verdict": "right"}).status_code == 403
    for path in ("/c/afl/accept/", "/c/afl/audit/"):
        assert signed(charlie).get(path).status_code == 404
        assert Client().get(path).status_code == 302


def test_a_verdict_goes_on_to_the_next_and_wrong_opens_the_desk(
    collection: Collection, alice: User, signed: Signed
) -> None:
    browser = signed(alice)
    first = browser.post("/c/afl/accept/", fields(browser.get("/c/afl/accept/")), follow=True).context["current"]
    answer = browser.post("/c/afl/audit/", {"sample": first.pk, "verdict": "right"}, follow=True)
    second = answer.context["current"]
    assert second.pk != first.pk
    assert answer.context["escapes"].checked == 1
    at_desk = browser.post("/c/afl/audit/", {"sample": second.pk, "verdict": "wrong"})
    assert at_desk["Location"].startswith("/c/afl/#page/HH000001_")
    done = browser.get("/c/afl/audit/")
    assert b"The whole sample is checked" in done.content
    assert done.context["escapes"].wrong == 1


def test_the_sample_stands_between_its_neighbors(collection: Collection, alice: User, signed: Signed) -> None:
    browser = signed(alice)
    browser.post("/c/afl/accept/", fields(browser.get("/c/afl/accept/")))
    sample = AuditSample.objects.get(number=2)
    context = browser.get(f"/c/afl/audit/?sample={sample.pk}").context
    assert [page.position for page in context["pages"]] == [3]
    assert (context["before"].position, context["after"].position) == (2, 4)


def test_a_sample_of_another_collection_is_refused(
    collection: Collection, make_collection: MakeCollection, alice: User, signed: Signed
) -> None:
    browser = signed(alice)
    browser.post("/c/afl/accept/", fields(browser.get("/c/afl/accept/")))
    make_collection("other", groups=[1])
    sample = AuditSample.objects.all()[0]
    assert browser.get(f"/c/other/audit/?sample={sample.pk}").status_code == 404
    answer = browser.post("/c/other/audit/", {"sample": sample.pk, "verdict": "wrong"}, follow=True)
    assert b"not from this collection" in answer.content
    assert AuditSample.objects.get(pk=sample.pk).verdict == ""


def test_the_whole_acceptance_is_taken_back_from_the_audit(
    collection: Collection, alice: User, bob: User, signed: Signed
) -> None:
    browser = signed(alice)
    browser.post("/c/afl/accept/", fields(browser.get("/c/afl/accept/")))
    edit = Edit.objects.get(verb="accept")
    refused = signed(bob).post("/c/afl/audit/", {"undo": edit.pk}, follow=True)
    assert b"Only the person who made this change" in refused.content
    browser.post("/c/afl/audit/", {"undo": edit.pk})
    assert not collection.groups.filter(state=Group.State.CONFIRMED).exists()
    assert b"Nothing to check" in browser.get("/c/afl/audit/").content


def test_what_was_typed_into_a_refused_form_stands_in_it(collection: Collection, alice: User, signed: Signed) -> None:
    form = {"at": "99", "groups": "2", "version": str(collection.version), "sample": "17"}
    for wrong, status, shown in (
        ({"groups": "1"}, 409, 'name="sample" value="17"'),
        ({"at": "a lot"}, 422, 'name="at" value="a lot"'),
        ({"sample": "some"}, 422, 'name="sample" value="some"'),
    ):
        answer = signed(alice).post("/c/afl/accept/", form | wrong)
        assert answer.status_code == status
        assert shown in answer.content.decode()
    assert not collection.groups.filter(state=Group.State.CONFIRMED).exists()
