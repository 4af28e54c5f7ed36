"""Runs by the API."""

from __future__ import annotations

import pytest

from clustering.models import Collection, Edit, Group, Page, Run, RunGroup, RunMembership, User
from tests.api.conftest import Script, Scripts
from tests.api.test_signing_in import problem_of
from tests.conftest import MakeCollection

RUNS = "/collections/afl/runs"


def make_run(collection: Collection, groups: list[list[int]]) -> Run:
    """A ready run with these groups of positions."""
    run = Run.objects.create(
        collection=collection, method="seams", state=Run.State.READY, group_count=len(groups), settings={"eps": 0.1}
    )
    ids = dict(Page.objects.filter(collection=collection).values_list("position", "pk"))
    for index, positions in enumerate(groups):
        RunGroup.objects.create(run=run, index=index, probability=0.9)
        for order, position in enumerate(positions, start=1):
            RunMembership.objects.create(run=run, page_id=ids[position], group_index=index, group_order=order)
    return run


@pytest.fixture
def run(make_collection: MakeCollection) -> Run:
    """The desk has 1-2, 3-4, 5; the run has 1, 2, 3-5 reversed."""
    return make_run(make_collection(groups=[2, 2, 1]), [[1], [2], [5, 4, 3]])


@pytest.fixture
def mine(alice: User, script: Scripts, run: Run) -> Script:
    return script(alice)


def test_it_lists_runs_and_tells_one(mine: Script, run: Run) -> None:
    runs = mine.get(RUNS).json()["items"]
    assert [(row["id"], row["method"], row["settings"]) for row in runs] == [(run.pk, "seams", {"eps": 0.1})]
    assert mine.get(f"{RUNS}/{run.pk}").json() == runs[0]


def test_it_tells_the_groups_of_a_run_in_reading_order(mine: Script, run: Run) -> None:
    groups = mine.all(f"{RUNS}/{run.pk}/groups", limit=1)
    assert [(group["index"], group["pages"]) for group in groups] == [(0, [1]), (1, [2]), (2, [5, 4, 3])]


def test_it_says_what_publishing_would_change_and_changes_nothing(mine: Script, run: Run) -> None:
    changes = mine.get(f"{RUNS}/{run.pk}/changes").json()
    assert (changes["total"], changes["version"], changes["next"]) == (2, 0, None)
    assert [change["before"] for change in changes["items"]] == [[[1, 2]], [[3, 4], [5]]]
    assert [change["after"] for change in changes["items"]] == [[[1], [2]], [[5, 4, 3]]]
    assert not Edit.objects.exists()
    assert len(mine.all(f"{RUNS}/{run.pk}/changes", limit=1)) == 2


def test_it_publishes_a_part_and_then_the_rest(mine: Script, run: Run, alice: User) -> None:
    key = mine.get(f"{RUNS}/{run.pk}/changes").json()["items"][0]["key"]
    done = mine.post(f"{RUNS}/{run.pk}/publish", only=[key])
    assert done.status_code == 200
    assert [row["spans"] for row in done.json()["groups"]] == [[[1, 1]], [[2, 2]]]
    assert "part of proposal" in done.json()["edit"]["summary"]
    assert mine.post(f"{RUNS}/{run.pk}/publish").status_code == 200
    assert mine.get(f"{RUNS}/{run.pk}").json()["published"] is not None
    assert Edit.objects.filter(actor=alice, verb="publish").count() == 2
    assert mine.post("/collections/afl/acts/undo").status_code == 200


def test_a_change_that_is_none_any_more_is_stale(mine: Script, run: Run) -> None:
    key = mine.get(f"{RUNS}/{run.pk}/changes").json()["items"][0]["key"]
    mine.post("/collections/afl/acts/confirm", groups=[Group.objects.get(number=1).pk])
    problem_of(mine.post(f"{RUNS}/{run.pk}/publish", only=[key]), 409)
    problem_of(mine.post(f"{RUNS}/{run.pk}/publish", only=[]), 422)


def test_a_run_that_is_not_ready_is_refused(mine: Script, run: Run) -> None:
    Run.objects.update(state=Run.State.COMPUTING)
    assert "not ready" in problem_of(mine.post(f"{RUNS}/{run.pk}/publish"), 422)


def test_who_may_not_publish_is_told_and_a_run_of_elsewhere_is_not_found(
    mine: Script, run: Run, victor: User, charlie: User, script: Scripts, make_collection: MakeCollection
) -> None:
    viewer = script(victor)
    assert viewer.get(f"{RUNS}/{run.pk}/changes").status_code == 200
    problem_of(viewer.post(f"{RUNS}/{run.pk}/publish"), 403)
    make_collection("other", groups=[1])
    for place in ("", "/groups", "/changes"):
        problem_of(script(charlie).get(f"{RUNS}/{run.pk}{place}"), 404)
        problem_of(mine.get(f"/collections/other/runs/{run.pk}{place}"), 404)
    problem_of(mine.post(f"/collections/other/runs/{run.pk}/publish"), 404)
    problem_of(mine.post(f"{RUNS}/{run.pk}/publish", only=["all"]), 400)
    assert not Edit.objects.exists()
