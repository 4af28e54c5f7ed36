"""Learning from ground truth: taken where it is better, judged on what it never saw, and never a correction lost."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clustering import tasks
from clustering.actions.answer import answer_seam
from clustering.actions.confirm import confirm_groups
from clustering.actions.merge import merge_groups
from clustering.actions.split import split_group
from clustering.engine.family import shipped_family
from clustering.engine.learning import spread_by
from clustering.jobs import launching, running
from clustering.jobs.launching import launch_job
from clustering.jobs.retraining import launch_retraining
from clustering.jobs.stages import learning
from clustering.journal.errors import ActError
from clustering.models import Answer, Collection, Edit, Group, Job, LearnedWeights, Page, User
from tests.conftest import MakeCollection

pytestmark = pytest.mark.django_db
SIZES = 2 * [2, 3, 1, 4, 2, 2, 3, 1, 2, 4, 3, 2, 1, 3, 2, 4, 3, 2, 3, 2, 4, 3, 2, 3, 2, 3, 4, 2]


@pytest.fixture
def collection(make_collection: MakeCollection) -> Collection:
    """Documents whose sheets are of one size each, no two neighbors alike."""
    made = make_collection("afl", groups=SIZES)
    for number, group in enumerate(Group.objects.filter(collection=made).order_by("number")):
        Page.objects.filter(group=group).update(width=800 + 90 * (number % 3), height=1100 + 70 * (number % 2))
    return made


@pytest.fixture
def timid(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shipped family that lets a collection move too little: there is something to learn."""
    held = spread_by(shipped_family(), 0.1, 0.0)
    monkeypatch.setattr("clustering.engine.family.shipped_family", lambda: held)


def carry_out(collection: Collection, kind: str) -> Job:
    return running.run_here(launch_job(collection, kind=kind, actor=None, here=True))


def confirm_all(collection: Collection, actor: User, numbers: slice = slice(None)) -> None:
    confirm_groups(list(Group.objects.filter(collection=collection).order_by("number"))[numbers], actor=actor)


@pytest.mark.usefixtures("timid")
def test_what_was_confirmed_makes_it_surer_on_documents_held_out(collection: Collection, alice: User) -> None:
    confirm_all(collection, alice)
    job = carry_out(collection, Job.Kind.LEARN)
    row = LearnedWeights.objects.get()
    assert (job.state, job.result["learned"]) == (Job.State.DONE, row.pk)
    assert row.state == "current"
    assert row.after["log_loss"] < row.before["log_loss"]
    assert row.truth == {"seams": sum(SIZES) - 1, "groups": len(SIZES), "answers": 0}
    assert "had not seen" in row.verdict
    run = carry_out(collection, Job.Kind.PROPOSE).runs.get()
    assert run.model == "afl 1"


def test_too_little_truth_is_refused_with_what_to_do_before_pages_are_compared(
    collection: Collection, alice: User
) -> None:
    confirm_all(collection, alice, slice(2))
    with CaptureQueriesContext(connection) as asked:
        job = carry_out(collection, Job.Kind.LEARN)
        with pytest.raises(CommandError):
            call_command("learn", pooled=True)
    assert not [query for query in asked.captured_queries if "clustering_reading" in query["sql"]]
    assert job.state == Job.State.FAILED
    assert "Confirm more documents first" in job.error
    assert not LearnedWeights.objects.exists()


def test_what_is_not_better_is_kept_but_not_taken(make_collection: MakeCollection, alice: User) -> None:
    """Two stretches are enough to judge, but not to find anything better."""
    collection = make_collection("short", groups=[2, 3] * 13)
    confirm_all(collection, alice)
    row = learning.learn(collection, actor=alice)
    assert (row.number, row.state) == (1, "refused")
    weights, used = learning.family_of(collection)
    assert (weights.name, used) == (learning.prior_of(collection).name, None)


@pytest.mark.usefixtures("timid")
def test_going_back_uses_the_earlier_version_or_none(collection: Collection, alice: User) -> None:
    confirm_all(collection, alice)
    first, second = (learning.learn(collection, actor=alice) for _ in range(2))
    assert learning.family_of(collection)[1] == second
    learning.go_back(collection, first, actor=alice)
    assert learning.family_of(collection)[0].name == "afl 1"
    learning.go_back(collection, None, actor=alice)
    first.refresh_from_db()
    assert (first.state, first.chosen_by) == ("superseded", alice)
    assert learning.family_of(collection)[0].name == learning.prior_of(collection).name
    with pytest.raises(IntegrityError, match="learned_one_current_per_collection"), transaction.atomic():
        LearnedWeights.objects.update(state="current")


def test_the_pooled_version_serves_collections_without_their_own(
    collection: Collection, make_collection: MakeCollection, alice: User
) -> None:
    confirm_all(collection, alice)
    with pytest.raises(CommandError, match="1 collection has decided seams"):
        call_command("learn", "--pooled")
    other = make_collection("ufw", groups=SIZES)
    for number, group in enumerate(other.groups.order_by("number")):
        Page.objects.filter(group=group).update(width=700 + 80 * (number % 4))
    confirm_all(other, alice)
    out = StringIO()
    call_command("learn", "--pooled", "--json", stdout=out)
    figures = json.loads(out.getvalue().splitlines()[-1])
    assert figures["truth"]["collections"] == ["afl", "ufw"]
    third = make_collection("third", groups=[2])
    wanted = "pooled 1" if figures["state"] == "current" else "family 1"
    assert learning.family_of(third)[0].name == wanted


def test_a_collection_is_never_judged_by_pooled_weights_that_saw_it(
    collection: Collection, make_collection: MakeCollection
) -> None:
    weights = learning.prior_of(collection).to_json() | {"name": "pooled 1"}
    LearnedWeights.objects.create(
        collection=None,
        number=1,
        state="current",
        weights=weights,
        prior="",
        verdict="",
        truth={"collections": ["afl"]},
    )
    assert learning.prior_of(collection).name != "pooled 1"
    assert learning.family_of(collection)[0].name == "pooled 1", "but it proposes with them"
    assert learning.prior_of(make_collection("ufw", groups=[1])).name == "pooled 1"


def test_it_starts_by_itself_after_so_many_corrections_and_once(
    collection: Collection, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    monkeypatch.setattr(launching, "send_slice", lambda job, following: sent.append(job))
    tasks.resume_jobs()
    assert not Job.objects.exists(), "staff did not ask for it"
    collection.settings = {"learn_every": 2}
    collection.save()
    confirm_all(collection, alice, slice(1))
    tasks.resume_jobs()
    assert not Job.objects.exists(), "one correction is not two"
    for at in range(1, len(SIZES)):
        confirm_all(collection, alice, slice(at, at + 1))
    Edit.objects.filter(verb="confirm").update(undone=True)
    assert launch_retraining() == 0, "what was undone taught nothing"
    Edit.objects.update(undone=False)
    tasks.resume_jobs()
    job = Job.objects.get(kind=Job.Kind.LEARN)
    running.run_here(job)
    assert LearnedWeights.objects.count() == 1
    tasks.resume_jobs()
    assert Job.objects.count() == 1, "nothing was corrected since"


def test_which_collections_train_by_themselves_is_asked_at_once(make_collection: MakeCollection) -> None:
    for slug in ("a", "b", "c"):
        made = make_collection(slug, groups=[1, 1])
        made.settings = {"learn_every": 2 if slug != "c" else "often"}
        made.save(update_fields=["settings"])
    with CaptureQueriesContext(connection) as asked:
        assert launch_retraining() == 0
    assert len(asked) == 1


@pytest.mark.usefixtures("timid")
def test_the_command_learns_and_goes_back(collection: Collection, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launching, "workers_answer", lambda: False)
    confirm_all(collection, alice)
    out = StringIO()
    call_command("learn", "afl", "--json", stdout=out)
    assert json.loads(out.getvalue().splitlines()[-1])["state"] == "current"
    call_command("learn", "afl", "--back-to", "0", stdout=out)
    assert learning.family_of(collection)[1] is None
    with pytest.raises(CommandError, match="There is no version 7"):
        call_command("learn", "afl", "--back-to", "7")
    with pytest.raises(CommandError, match="Name a collection"):
        call_command("learn")


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["split", "merge", "same", "different", "confirm", "propose", "learn"]), st.integers(0, 99)
    ),
    min_size=3,
    max_size=14,
)


@given(acts=ACTS)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_correcting_proposing_and_learning_in_any_order_never_loses_a_correction(
    make_collection: MakeCollection, alice: User, acts: list[tuple[str, int]]
) -> None:
    with transaction.atomic():
        collection = make_collection("churn", groups=[2, 3, 1, 4, 2, 3, 2, 1, 3, 2, 2, 3])
        for act, number in acts:
            before = _settled(collection), _answers(collection)
            if act == "propose":
                assert carry_out(collection, Job.Kind.PROPOSE).state == Job.State.DONE
                assert (_settled(collection), _answers(collection)) == before
            elif act == "learn":
                carry_out(collection, Job.Kind.LEARN)
                assert (_settled(collection), _answers(collection)) == before
            else:
                _correct(collection, alice, act, number)
        transaction.set_rollback(True)


def _correct(collection: Collection, actor: User, act: str, number: int) -> None:
    groups = list(Group.objects.filter(collection=collection).order_by("first_position"))
    pages = list(Page.objects.filter(collection=collection).order_by("position"))
    group, page = groups[number % len(groups)], pages[number % (len(pages) - 1)]
    try:
        if act == "confirm":
            confirm_groups([group], actor=actor)
        elif act == "split":
            split_group(group, before=group.pages.order_by("group_order")[number % group.page_count], actor=actor)
        elif act == "merge":
            merge_groups([group, groups[(number + 1) % len(groups)]], actor=actor)
        else:
            answer_seam(page, verdict=act, actor=actor)
    except ActError:
        return  # refused with a sentence: nothing changed


def _settled(collection: Collection) -> dict[int, tuple[str, list[int]]]:
    return {
        group.number: (group.state, list(group.pages.order_by("group_order").values_list("position", flat=True)))
        for group in Group.objects.filter(collection=collection).settled()
    }


def _answers(collection: Collection) -> set[tuple[int, int, str]]:
    return set(Answer.objects.filter(collection=collection).values_list("first", "second", "verdict"))


def test_learning_is_no_edit(collection: Collection, alice: User) -> None:
    confirm_all(collection, alice)
    edits = Edit.objects.count()
    learning.learn(collection, actor=alice)
    assert Edit.objects.count() == edits
