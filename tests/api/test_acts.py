"""Acts by the API: the same verbs, the same refusals, each in the history under the person's name."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clustering.models import Answer, AuditSample, Collection, Edit, Group, Page, User
from tests.api.conftest import Script, Scripts
from tests.api.test_signing_in import problem_of
from tests.conftest import MakeCollection

ACTS = "/collections/afl/acts"


def group(number: int, slug: str = "afl") -> Group:
    return Group.objects.get(collection__slug=slug, number=number)


def spans(done: Any) -> list[Any]:
    assert done.status_code == 200, done.content
    return [row["spans"] for row in done.json()["groups"]]


@pytest.fixture
def mine(alice: User, script: Scripts, make_collection: MakeCollection) -> Script:
    """Alice's script at a collection of groups 1-3, 4-5, 6."""
    make_collection(groups=[3, 2, 1])
    return script(alice)


def test_it_splits_and_tells_both_parts(mine: Script, alice: User) -> None:
    first = group(1)
    done = mine.post(f"{ACTS}/split", group=first.pk, before=2, versions={str(first.pk): 1})
    assert spans(done) == [[[1, 1]], [[2, 3]]]
    body = done.json()
    assert (body["version"], body["removed"], body["too_many"]) == (1, [], False)
    assert (body["edit"]["verb"], body["edit"]["who"], body["edit"]["sequence"]) == ("split", "alice", 1)
    assert Edit.objects.get().actor == alice


def test_it_merges_and_names_what_is_gone(mine: Script) -> None:
    one, two = group(1), group(2)
    done = mine.post(f"{ACTS}/merge", groups=[two.pk, one.pk], versions={str(one.pk): 1, str(two.pk): 1})
    assert spans(done) == [[[1, 5]]]
    assert done.json()["removed"] == [two.pk]


def test_it_moves_pages_to_a_group_before_a_page_or_into_a_new_one(mine: Script) -> None:
    one, two = group(1), group(2)
    assert spans(mine.post(f"{ACTS}/move", pages=[3], to=two.pk, before=5)) == [[[1, 2]], [[4, 4], [3, 3], [5, 5]]]
    assert spans(mine.post(f"{ACTS}/move", pages=[1])) == [[[1, 1]], [[2, 2]]]
    assert group(1) == one


def test_it_reorders(mine: Script) -> None:
    done = mine.post(f"{ACTS}/reorder", group=group(1).pk, order=[3, 1, 2])
    assert spans(done) == [[[3, 3], [1, 2]]]


def test_it_confirms_and_takes_it_back(mine: Script) -> None:
    done = mine.post(f"{ACTS}/confirm", groups=[group(1).pk, group(2).pk]).json()
    assert [(row["state"], row["confirmed_by"]) for row in done["groups"]] == [("confirmed", "alice")] * 2
    done = mine.post(f"{ACTS}/unconfirm", groups=[group(1).pk]).json()
    assert [row["state"] for row in done["groups"]] == ["changed"]


def test_it_describes_what_is_given_and_leaves_the_rest(mine: Script) -> None:
    mine.post(f"{ACTS}/describe", group=group(1).pk, title="Minutes", kind="report", date="1964~")
    done = mine.post(f"{ACTS}/describe", group=group(1).pk, kind="").json()["groups"][0]
    assert (done["title"], done["kind"], done["date"]) == ("Minutes", "", "1964~")


def test_it_flags_and_takes_the_flag_off(mine: Script) -> None:
    done = mine.post(f"{ACTS}/flag", group=group(1).pk, note="Which year?").json()["groups"][0]
    assert (done["flagged"], done["flag_note"]) == (True, "Which year?")
    assert mine.post(f"{ACTS}/unflag", group=group(1).pk).json()["groups"][0]["flagged"] is False


def test_it_marks_pages(mine: Script) -> None:
    done = mine.post(f"{ACTS}/mark", pages=[1, 4], role="target")
    assert done.status_code == 200
    assert list(Page.objects.filter(role="target").values_list("position", flat=True)) == [1, 4]
    assert mine.post(f"{ACTS}/mark", pages=[1], role="").status_code == 200


def test_it_answers_a_seam_and_the_groups_follow(mine: Script) -> None:
    assert spans(mine.post(f"{ACTS}/answer", left=3, verdict="same")) == [[[1, 5]]]
    assert Answer.objects.filter(verdict="same").exists()
    assert spans(mine.post(f"{ACTS}/answer", left=1, verdict="different")) == [[[1, 1]], [[2, 5]]]


def test_it_accepts_what_was_seen_and_draws_an_audit(mine: Script) -> None:
    seen = mine.get(f"{ACTS}/accept", threshold=0.8).json()
    assert seen == {"threshold": 0.8, "groups": 3, "pages": 6, "version": 0}
    done = mine.post(f"{ACTS}/accept", threshold=0.8, groups=3, version=0, sample=2).json()
    assert [row["state"] for row in done["groups"]] == ["confirmed"] * 3
    assert AuditSample.objects.count() == 2


def test_it_refuses_to_accept_others_than_were_seen(mine: Script) -> None:
    mine.post(f"{ACTS}/flag", group=group(1).pk)
    assert "collection has changed" in problem_of(mine.post(f"{ACTS}/accept", threshold=0.8, groups=3, version=0), 409)
    assert not Group.objects.filter(state="confirmed").exists()


def test_it_undoes_and_redoes_by_sequence_or_the_last(mine: Script) -> None:
    mine.post(f"{ACTS}/split", group=group(1).pk, before=2)
    assert spans(mine.post(f"{ACTS}/undo")) == [[[1, 3]]]
    assert spans(mine.post(f"{ACTS}/redo")) == [[[1, 1]], [[2, 3]]]
    assert spans(mine.post(f"{ACTS}/undo", edit=1)) == [[[1, 3]]]
    assert "no change 99" in problem_of(mine.post(f"{ACTS}/undo", edit=99), 422)


def test_nobody_undoes_the_act_of_another(mine: Script, bob: User, script: Scripts) -> None:
    mine.post(f"{ACTS}/split", group=group(1).pk, before=2)
    assert "Only the person" in problem_of(script(bob).post(f"{ACTS}/undo", edit=1), 422)


def test_it_restores_a_group_and_the_collection(mine: Script) -> None:
    mine.post(f"{ACTS}/describe", group=group(3).pk, title="A card")
    mine.post(f"{ACTS}/split", group=group(1).pk, before=2)
    mine.post(f"{ACTS}/merge", groups=[group(2).pk, group(3).pk])
    done = mine.post(f"{ACTS}/restore", edit=1, group=group(1).pk)
    assert [[1, 3]] in spans(done)
    assert mine.post(f"{ACTS}/restore", edit=1, version=4).status_code == 200
    assert [row["spans"] for row in mine.all("/collections/afl/groups")] == [[[1, 3]], [[4, 5]], [[6, 6]]]


def test_a_restore_of_a_version_that_passed_is_stale(mine: Script) -> None:
    mine.post(f"{ACTS}/flag", group=group(1).pk)
    mine.post(f"{ACTS}/flag", group=group(2).pk)
    problem_of(mine.post(f"{ACTS}/restore", edit=1, version=1), 409)


def test_a_closed_collection_takes_no_acts_until_it_is_reopened(mine: Script) -> None:
    assert mine.post(f"{ACTS}/close").status_code == 200
    assert mine.get("/collections/afl").json()["closed"] is not None
    assert "is closed. Reopen it" in problem_of(mine.post(f"{ACTS}/confirm", groups=[group(1).pk]), 422)
    assert mine.post(f"{ACTS}/reopen").status_code == 200
    assert mine.post(f"{ACTS}/confirm", groups=[group(1).pk]).status_code == 200


# --- Sent twice, stale, wrong ---------------------------------------------------------------------------------------


def test_an_act_sent_twice_is_done_once_and_answered_alike(mine: Script) -> None:
    act = {"group": group(1).pk, "before": 2, "versions": {str(group(1).pk): 1}, "act_id": str(uuid4())}
    first, second = mine.post(f"{ACTS}/split", **act), mine.post(f"{ACTS}/split", **act)
    assert first.json() == second.json()
    assert first.json()["edit"]["act_id"] == act["act_id"]
    assert Edit.objects.count() == 1


def test_an_act_id_stands_for_one_act_only(mine: Script) -> None:
    act_id = str(uuid4())
    mine.post(f"{ACTS}/flag", group=group(1).pk, act_id=act_id)
    assert "ID of another change" in problem_of(mine.post(f"{ACTS}/confirm", groups=[group(2).pk], act_id=act_id), 422)


def test_a_stale_act_does_nothing_and_brings_the_fresh_groups(mine: Script, bob: User, script: Scripts) -> None:
    first = group(1)
    script(bob).post(f"{ACTS}/split", group=first.pk, before=3)
    answer = mine.post(f"{ACTS}/split", group=first.pk, before=2, versions={str(first.pk): 1})
    assert "bob: Split 1 before page 3" in problem_of(answer, 409)
    body = answer.json()
    assert [row["spans"] for row in body["groups"]] == [[[1, 2]], [[3, 3]]]
    assert body["version"] == 1
    fresh = {str(row["id"]): row["version"] for row in body["groups"]}
    again = mine.post(f"{ACTS}/split", group=first.pk, before=2, versions=fresh)
    assert again.status_code == 200, "with what the refusal brought it goes through"


def test_a_group_that_is_not_named_among_the_versions_was_never_seen(mine: Script) -> None:
    problem_of(mine.post(f"{ACTS}/split", group=group(1).pk, before=2, versions={}), 409)
    one, two = group(1), group(2)
    problem_of(mine.post(f"{ACTS}/merge", groups=[one.pk, two.pk], versions={str(one.pk): 1}), 409)
    assert not Edit.objects.exists()


def test_a_group_that_was_merged_away_is_stale_and_one_of_elsewhere_too(
    mine: Script, make_collection: MakeCollection
) -> None:
    make_collection("other", groups=[2])
    elsewhere = group(1, "other")
    problem_of(mine.post(f"{ACTS}/confirm", groups=[elsewhere.pk]), 409)
    one, two = group(1), group(2)
    mine.post(f"{ACTS}/merge", groups=[one.pk, two.pk])
    answer = mine.post(f"{ACTS}/flag", group=two.pk, versions={str(two.pk): 1})
    assert "Joined 1 and 2" in problem_of(answer, 409)
    assert [row["id"] for row in answer.json()["groups"]] == [one.pk]


SENSELESS: list[tuple[str, dict[str, Any], str]] = [
    ("split", {"before": 1}, "first page of document 1"),
    ("split", {"before": 4}, "not in document 1"),
    ("split", {"before": 77}, "no page 77"),
    ("describe", {"date": "last summer"}, "last summer"),
    ("describe", {"title": "x" * 501}, "500"),
    ("describe", {"title": "a\0b"}, "can’t be stored"),
    ("describe", {}, "already has this description"),
    ("unflag", {}, "has no flag"),
    ("reorder", {"order": [1, 2]}, "each page"),
]


def test_what_makes_no_sense_is_refused_with_a_sentence(mine: Script) -> None:
    for verb, body, message in SENSELESS:
        assert message in problem_of(mine.post(f"{ACTS}/{verb}", group=group(1).pk, **body), 422)
    assert not Edit.objects.exists()


MALFORMED: list[tuple[str, dict[str, Any], str]] = [
    ("split", {}, "group"),
    ("split", {"group": "1", "before": 2}, "group"),
    ("split", {"group": True, "before": 2}, "group"),
    ("split", {"group": 1, "before": 0}, "before"),
    ("split", {"group": 1, "before": 2, "verb": "merge"}, "verb"),
    ("split", {"group": 1, "before": 2, "act_id": "one"}, "act_id"),
    ("split", {"group": 1, "before": 2, "versions": {"one": 1}}, "versions"),
    ("merge", {"groups": []}, "groups"),
    ("merge", {"groups": [2**40]}, "groups"),
    ("confirm", {"groups": list(range(1, 20_003))}, "groups"),
    ("mark", {"pages": [1], "role": "cover"}, "role"),
    ("answer", {"left": 1, "verdict": "maybe"}, "verdict"),
    ("accept", {"threshold": 0.2, "groups": 1, "version": 0}, "threshold"),
]


def test_what_is_not_as_described_is_told_by_its_place(mine: Script) -> None:
    for verb, body, where in MALFORMED:
        answer = mine.post(f"{ACTS}/{verb}", **body)
        problem_of(answer, 400)
        assert any(where in wrong["where"] for wrong in answer.json()["errors"]), (verb, body)


def test_a_body_that_is_no_json_is_told_so(mine: Script) -> None:
    for body in (b"{", b"\xff", b"[]", b""):
        answer = mine.client.post(f"/api/v1{ACTS}/undo", body, content_type="application/json")
        problem_of(answer, 400)


def test_a_body_that_is_too_large_is_told_so(mine: Script) -> None:
    note = "x" * 3_000_000
    assert "Send it in several" in problem_of(mine.post(f"{ACTS}/flag", group=group(1).pk, note=note), 413)
    assert not Edit.objects.exists()


VERBS: dict[str, dict[str, Any]] = {
    "split": {"group": 1, "before": 2},
    "merge": {"groups": [1, 2]},
    "move": {"pages": [1]},
    "reorder": {"group": 1, "order": [1]},
    "confirm": {"groups": [1]},
    "unconfirm": {"groups": [1]},
    "describe": {"group": 1, "title": "x"},
    "flag": {"group": 1},
    "unflag": {"group": 1},
    "mark": {"pages": [1], "role": "empty"},
    "rotate": {"pages": [1], "by": 90},
    "restrict": {"pages": [1]},
    "text": {"page": 1, "checked": True},
    "answer": {"left": 1, "verdict": "same"},
    "answer-many": {"lefts": [1], "verdict": "same"},
    "describe-many": {"facts": {"1": {"title": "x"}}},
    "accept-drafts": {"groups": [1]},
    "accept": {"threshold": 0.9, "groups": 1, "version": 0},
    "undo": {},
    "redo": {},
    "restore": {"edit": 1},
    "close": {},
    "reopen": {},
}


def test_a_browser_and_a_script_say_the_same_at_the_same_address(mine: Script, alice: User) -> None:
    desk = Client()
    desk.force_login(alice)

    def both(address: str, **body: Any) -> list[str]:
        answers = [desk.post(f"/api/v1{ACTS}/{address}", json.dumps(body), content_type="application/json")]
        assert mine.post(f"{ACTS}/undo", edit=answers[0].json()["edit"]["sequence"]).status_code == 200
        answers.append(mine.post(f"{ACTS}/{address}", **body))
        return [answer.json()["edit"]["summary"] for answer in answers]

    assert both("describe", group=group(1).pk, copy_of=2) == ["Described 1: a duplicate of 2."] * 2
    assert len(set(both("answer-many", lefts=[3, 5], verdict="same"))) == 1


def test_an_act_is_undone_by_its_sequence_or_by_its_mark(mine: Script) -> None:
    mark = str(uuid4())
    first = mine.post(f"{ACTS}/flag", group=group(1).pk, act_id=mark).json()["edit"]["sequence"]
    mine.post(f"{ACTS}/flag", group=group(2).pk)
    assert mine.post(f"{ACTS}/undo", edit=first).json()["edit"]["undoes"] == first
    assert mine.post(f"{ACTS}/redo", act=mark).json()["edit"]["redoes"] == first
    assert "You have nothing" in problem_of(mine.post(f"{ACTS}/undo", upto=0), 422)


def test_several_seams_are_answered_as_one_act(mine: Script) -> None:
    done = mine.post(f"{ACTS}/answer-many", lefts=[3, 5], verdict="same")
    assert spans(done) == [[[1, 6]]]
    assert Edit.objects.count() == 1
    problem_of(mine.post(f"{ACTS}/answer-many", lefts=list(range(1, 102)), verdict="same"), 400)


def test_all_that_a_filter_shows_is_confirmed_as_it_was_seen(mine: Script) -> None:
    seen = {"filter": "todo", "groups": 3, "version": 0}
    problem_of(mine.post(f"{ACTS}/confirm", matching={**seen, "groups": 2}), 409)
    done = mine.post(f"{ACTS}/confirm", matching=seen).json()
    assert [row["state"] for row in done["groups"]] == ["confirmed"] * 3
    back = mine.post(f"{ACTS}/unconfirm", matching={"filter": "confirmed", "groups": 3, "version": done["version"]})
    assert back.status_code == 200
    for neither in ({}, {"groups": [1], "matching": seen}):
        assert "either groups" in problem_of(mine.post(f"{ACTS}/confirm", **neither), 400)


def test_whoever_says_what_they_know_is_told_what_changed(mine: Script, bob: User, script: Scripts) -> None:
    one, two = group(1), group(2)
    script(bob).post(f"{ACTS}/flag", group=two.pk, note="torn")
    body = mine.post(f"{ACTS}/split", group=one.pk, before=2, versions={str(one.pk): 1}, since=0).json()
    assert {row["number"]: (row["spans"], row["flagged"]) for row in body["groups"]} == {
        1: ([[1, 1]], False), 2: ([[4, 5]], True), 4: ([[2, 3]], False),
    }  # fmt: skip
    assert [(act["who"], act["mine"]) for act in body["acts"]] == [("bob", False), ("alice", True)]
    stale = mine.post(f"{ACTS}/split", group=two.pk, before=5, versions={str(two.pk): 1}, since=1)
    assert "bob" in problem_of(stale, 409)
    assert two.pk in [row["id"] for row in stale.json()["changes"]["groups"]]


def test_a_viewer_may_not_and_a_stranger_finds_nothing(
    victor: User, charlie: User, script: Scripts, make_collection: MakeCollection
) -> None:
    make_collection(groups=[2])
    viewer, stranger = script(victor), script(charlie)
    for verb, body in VERBS.items():
        assert "edit access" in problem_of(viewer.post(f"{ACTS}/{verb}", **body), 403)
        problem_of(stranger.post(f"{ACTS}/{verb}", **body), 404)
        problem_of(viewer.post(f"/collections/gone/acts/{verb}", **body), 404)
    assert not Edit.objects.exists()


def test_every_verb_of_the_api_is_held_to_that(mine: Script) -> None:
    paths = mine.get("/openapi.json").json()["paths"]
    posts = {path.rpartition("/")[2] for path, item in paths.items() if "/acts/" in path and "post" in item}
    assert posts == set(VERBS)


def test_an_act_takes_as_many_questions_in_a_large_collection_as_in_a_small_one(
    alice: User, script: Scripts, make_collection: MakeCollection
) -> None:
    mine = script(alice)

    def counted(slug: str, **act: Any) -> int:
        mine.get("/me")  # notes the use of the token
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert mine.post(f"/collections/{slug}/acts/split", group=group(1, slug).pk, **act).status_code == 200
        return len(queries)

    make_collection("small", groups=[4])
    make_collection("large", groups=[4, *[3] * 200])
    assert counted("small", before=2) == counted("large", before=2) <= 30


def test_an_act_on_many_groups_takes_no_more_questions_than_on_few(
    alice: User, script: Scripts, make_collection: MakeCollection
) -> None:
    make_collection("few", groups=[1, 1])
    make_collection("many", groups=[1] * 120)
    mine = script(alice)
    counts = []
    for slug in ("few", "many"):
        collection = Collection.objects.get(slug=slug)
        ids = list(collection.groups.values_list("pk", flat=True))
        mine.get("/me")
        with CaptureQueriesContext(connection) as queries:
            assert mine.post(f"/collections/{slug}/acts/confirm", groups=ids).status_code == 200
        counts.append(len(queries))
    assert counts[1] <= counts[0]  # few documents are named, many are counted
