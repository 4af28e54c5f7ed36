"""The page of what was learned, and the preview of a run."""

from __future__ import annotations

import pytest
from django.urls import reverse

from clustering.actions.confirm import confirm_groups
from clustering.actions.undo import undo_edit
from clustering.jobs.stages import learning
from clustering.models import Collection, Group, Job, LearnedWeights, Page, Run, RunGroup, RunMembership, User
from tests.conftest import MakeCollection
from tests.views.conftest import Signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def collection(make_collection: MakeCollection) -> Collection:
    return make_collection("afl", groups=[2, 3, 1, 2])


@pytest.fixture
def run(collection: Collection) -> Run:
    """It would cut 3 from 4, 5 and join 6 to 7, 8; 1, 2 stay."""
    run = Run.objects.create(collection=collection, method="seams", state=Run.State.READY, page_count=8, group_count=4)
    pages = list(collection.pages.order_by("position"))
    for index, group in enumerate([[0, 1], [2], [3, 4], [5, 6, 7]]):
        RunGroup.objects.create(run=run, index=index, probability=0.9)
        for order, at in enumerate(group, start=1):
            RunMembership.objects.create(run=run, page=pages[at], group_index=index, group_order=order)
    return run


def arrangement(collection: Collection) -> list[list[int]]:
    groups = Group.objects.filter(collection=collection).order_by("first_position")
    return [
        list(Page.objects.filter(group=g).order_by("group_order").values_list("position", flat=True)) for g in groups
    ]


def test_the_preview_shows_each_change_and_changes_nothing(
    collection: Collection, run: Run, alice: User, signed: Signed
) -> None:
    shown = signed(alice).get(reverse("preview-run", args=["afl", run.pk])).content.decode()
    assert "2 changes on 6 pages" in shown
    assert 'alt="Page 3"' in shown
    assert 'alt="Page 1"' not in shown
    assert arrangement(collection) == [[1, 2], [3, 4, 5], [6], [7, 8]]


def test_one_change_is_taken_as_one_act_that_can_be_undone(
    collection: Collection, run: Run, alice: User, signed: Signed
) -> None:
    key = collection.pages.get(position=6).pk
    answer = signed(alice).post(reverse("preview-run", args=["afl", run.pk]), {"take": [str(key)]}, follow=True)
    assert "Applied part of proposal" in answer.content.decode()
    assert arrangement(collection) == [[1, 2], [3, 4, 5], [6, 7, 8]]
    undo_edit(collection, actor=alice)
    assert arrangement(collection) == [[1, 2], [3, 4, 5], [6], [7, 8]]


def test_all_changes_are_taken_but_what_was_confirmed_stays(
    collection: Collection, run: Run, alice: User, signed: Signed
) -> None:
    confirm_groups([collection.groups.get(number=2)], actor=alice)
    shown = signed(alice).get(reverse("preview-run", args=["afl", run.pk])).content.decode()
    assert "1 change on 3 pages" in shown
    signed(alice).post(reverse("preview-run", args=["afl", run.pk]), {"take": ["all"]})
    assert arrangement(collection) == [[1, 2], [3, 4, 5], [6, 7, 8]]


def test_a_change_that_is_none_any_more_is_refused(
    collection: Collection, run: Run, alice: User, signed: Signed
) -> None:
    key = collection.pages.get(position=3).pk
    confirm_groups([collection.groups.get(number=2)], actor=alice)
    answer = signed(alice).post(reverse("preview-run", args=["afl", run.pk]), {"take": [str(key)]}, follow=True)
    assert "The documents have changed" in answer.content.decode()
    answer = signed(alice).post(reverse("preview-run", args=["afl", run.pk]), {}, follow=True)
    assert "Select at least one change" in answer.content.decode()
    assert arrangement(collection) == [[1, 2], [3, 4, 5], [6], [7, 8]]


def test_viewers_look_at_the_preview_and_take_nothing(
    collection: Collection, run: Run, victor: User, signed: Signed
) -> None:
    assert b"Take all" not in signed(victor).get(reverse("preview-run", args=["afl", run.pk])).content
    assert signed(victor).post(reverse("preview-run", args=["afl", run.pk]), {"take": ["all"]}).status_code == 403


def test_staff_learn_go_back_and_say_how_often(
    collection: Collection, sam: User, alice: User, signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clustering.jobs import launching

    monkeypatch.setattr(launching, "send_slice", lambda job, following: None)
    address = reverse("learning", args=["afl"])
    assert "No training yet" in signed(alice).get(address).content.decode()
    assert signed(alice).post(address, {"wish": "learn"}).status_code == 403
    desk = signed(sam)
    assert "Training has started" in desk.post(address, {"wish": "learn"}, follow=True).content.decode()
    assert Job.objects.get().kind == "learn"
    assert (
        "after every 25 corrections"
        in desk.post(address, {"wish": "every", "every": "25"}, follow=True).content.decode()
    )
    collection.refresh_from_db()
    assert collection.read_settings().learn_every == 25
    for form in ({"wish": "every", "every": "x"}, {"wish": "checks", "share": "300"}):
        refused = desk.post(address, form)
        assert refused.status_code == 422
        assert "Enter a whole number" in refused.content.decode()
        assert f'value="{form.get("every") or form.get("share")}"' in refused.content.decode()
    row = LearnedWeights.objects.create(
        collection=collection, number=1, state="refused", weights=learning.prior_of(collection).to_json(),
        prior="family 1", truth={"seams": 30}, verdict="Not taken.",
    )  # fmt: skip
    desk.post(address, {"wish": "1"})
    assert learning.family_of(collection)[1] == row
    assert "no such version" in desk.post(address, {"wish": "9"}, follow=True).content.decode()
