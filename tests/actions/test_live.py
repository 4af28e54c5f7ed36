"""What an answer, a split, a merge and a confirmation change nearby, in the same edit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from clustering.actions import (
    answer_seam,
    confirm_groups,
    merge_groups,
    publish_run,
    redo_edit,
    split_group,
    unconfirm_groups,
    undo_edit,
)
from clustering.engine.collection_model import RunModel, packed
from clustering.engine.records import Constraints, Features, Prior
from clustering.models import (
    Collection,
    Group,
    LiveScore,
    Page,
    Run,
    RunFeatures,
    RunGroup,
    RunMembership,
    SeamScore,
    User,
)
from clustering.redecode.live import desk_run
from clustering.redecode.seam_table import read, spans_around
from clustering.selectors.desk_rows import changes
from clustering.selectors.queue import open_seams
from clustering.wording import percent
from tests.actions.acting import Archivist
from tests.actions.conftest import PageAt
from tests.actions.partition_checks import arrangement, check_partition, content, whole_state
from tests.actions.test_seam_table import constraints_of
from tests.conftest import MakeCollection
from tests.engine.deciding import decide

Weigh = Callable[..., Run]


@pytest.fixture
def weigh() -> Weigh:
    """weigh(collection, log_odds): a run with these log-odds at the seams, on the desk.

    Seams of equal log-odds have a fact of their own in common, so that what is decided about one moves the others.
    """

    def make(
        collection: Collection,
        log_odds: Sequence[float],
        *,
        anchors: Sequence[int] = (),
        learns: bool = True,
    ) -> Run:
        pages = list(Page.objects.filter(collection=collection).order_by("position"))
        decoded = decide(log_odds, Constraints())
        run = Run.objects.create(
            collection=collection,
            method="seams",
            state=Run.State.READY,
            page_count=len(pages),
            weighing={"anchors": list(anchors), "offset": 0.0},
        )
        walls = [0, *(int(i) + 1 for i in np.flatnonzero(decoded.boundary)), len(pages)]
        for index, (first, stop) in enumerate(pairwise(walls)):
            RunGroup.objects.create(run=run, index=index, probability=decoded.chance_of(first, stop))
            RunMembership.objects.bulk_create(
                RunMembership(run=run, page=page, group_index=index, group_order=order)
                for order, page in enumerate(pages[first:stop], start=1)
            )
        SeamScore.objects.bulk_create(
            SeamScore(run=run, page=page, log_odds=o, probability=float(p), boundary=bool(b))
            for page, o, p, b in zip(pages, log_odds, decoded.probability, decoded.boundary, strict=False)
        )
        if learns:
            RunFeatures.objects.create(run=run, data=packed(kinds(log_odds), [page.pk for page in pages]))
        publish_run(run, actor=None)
        return run

    return make


def kinds(log_odds: Sequence[float]) -> Features:
    """One fact for each value, with that weight, which varies from collection to collection."""
    values = sorted(set(log_odds))
    facts = np.array([[float(odds == value) for value in values] for odds in log_odds])
    # A fact that is not sure of its weight is believed less: this makes up for it.
    sure = float(np.sqrt(1 + np.pi / 8))
    prior = Prior(np.array([*values, 0.0]), np.array([1.0] * len(values) + [0.0]), 0.0, sure)
    names = tuple(f"kind_{value}" for value in values)
    pages = tuple(range(len(log_odds) + 1))
    return Features(names, prior, facts, np.zeros((len(pages), 0), dtype=np.float32), pages)


def probabilities(run: Run) -> list[float]:
    """What the desk shows at each seam."""
    stored = dict(SeamScore.objects.filter(run=run).values_list("page__position", "probability"))
    live = dict(LiveScore.objects.filter(run=run).values_list("page__position", "probability"))
    return [round(p, 3) for _, p in sorted({**stored, **live}.items())]


def anew(collection: Collection, run: Run) -> list[float]:
    """The same computed from nothing but the run and the decisions."""
    table = read(collection, run)
    log_odds = table.log_odds
    if RunFeatures.objects.filter(run=run).exists():
        log_odds = RunModel(bytes(run.features.data)).log_odds_after(table.pages[:-1], table.decided())
    return [round(float(p), 3) for p in decide(log_odds, constraints_of(table)).probability]


NEAR = 0.006
"""Half of what people see: so much a probability far from an act may lag behind."""


def test_an_answer_turns_what_is_like_it_in_the_whole_collection(
    make_collection: MakeCollection, weigh: Weigh, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(pages=6)
    run = weigh(collection, [-0.3, 2.0, -0.3, 2.0, -0.3])
    assert list(arrangement(collection).values()) == [[1, 2], [3, 4], [5, 6]]
    before = content(whole_state(collection))
    edit = answer_seam(page_at(collection, 1), verdict="different", actor=alice)
    assert sorted(arrangement(collection).values()) == [[1], [2], [3], [4], [5], [6]]
    assert edit.summary.endswith("hhreview also split before pages 4 and 6.")
    check_partition(collection)
    assert not Group.objects.settled().exists()
    assert set(Group.objects.values_list("run", flat=True)) == {run.pk}
    assert all(g.confidence is not None and 0 < g.confidence <= 1 for g in Group.objects.all())
    assert probabilities(run) == pytest.approx(anew(collection, run), abs=NEAR)
    assert probabilities(run)[0] == 1.0
    assert probabilities(run)[2] > 0.5
    undo_edit(collection, actor=alice)
    assert arrangement(collection) == {1: [1, 2], 2: [3, 4], 3: [5, 6]}
    assert content(whole_state(collection)) == before
    first = [round(s.probability, 3) for s in run.seams.order_by("page__position")]
    assert probabilities(run) == pytest.approx(anew(collection, run), abs=NEAR)
    assert probabilities(run) == pytest.approx(first, abs=NEAR)
    redo_edit(collection, actor=alice)
    assert sorted(arrangement(collection).values()) == [[1], [2], [3], [4], [5], [6]]
    assert probabilities(run) == pytest.approx(anew(collection, run), abs=NEAR)


def test_an_answer_reaches_beyond_the_anchors_of_the_run(
    make_collection: MakeCollection, weigh: Weigh, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(pages=12)
    run = weigh(collection, [-0.3, 2.0, -0.3, 4.0, -0.3, 2.0, -0.3, 4.0, -0.3, 2.0, -0.3], anchors=[4, 8])
    answer_seam(page_at(collection, 1), verdict="different", actor=alice)
    assert len(arrangement(collection)) == 12
    assert probabilities(run) == pytest.approx(anew(collection, run), abs=NEAR)
    undo_edit(collection, actor=alice)
    assert len(arrangement(collection)) == 6


def test_where_nothing_is_learned_an_answer_moves_what_is_around_it(
    make_collection: MakeCollection, weigh: Weigh, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(pages=12)
    odds = [-0.3, 2.0, -0.3, 4.0, -0.3, 2.0, -0.3, 4.0, -0.3, 2.0, -0.3]
    run = weigh(collection, odds, anchors=[4, 8], learns=False)
    answer_seam(page_at(collection, 1), verdict="different", actor=alice)
    assert sorted(arrangement(collection).values()) == [[1], [2], [3, 4], [5, 6], [7, 8], [9, 10], [11, 12]]
    assert probabilities(run) == pytest.approx(anew(collection, run), abs=NEAR)
    assert probabilities(run)[0] == 1.0
    undo_edit(collection, actor=alice)
    assert probabilities(run) == pytest.approx(anew(collection, run), abs=NEAR)


def test_a_large_collection_is_read_around_an_act_only(make_collection: MakeCollection, weigh: Weigh) -> None:
    collection = make_collection(pages=60)
    run = weigh(collection, [-1.0, 2.0] * 29 + [-1.0], anchors=range(10, 60, 10))
    whole = read(collection, run)
    part = read(collection, run, spans_around(run, {22, 44}))
    assert part.positions.tolist() == list(range(11, 61))
    apart = read(collection, run, spans_around(run, {2, 55}))
    assert apart.positions.tolist() == [*range(1, 21), *range(41, 61)]
    assert apart.boundaries(apart.log_odds)[19]
    rows = [whole.index[page] for page in part.pages.tolist()]
    for name in ("groups", "confirmed", "settled", "mine", "sizes"):
        assert (getattr(part, name) == getattr(whole, name)[rows]).all(), name
    for name in ("log_odds", "stored", "live", "verdicts"):
        assert (getattr(part, name) == getattr(whole, name)[rows[:-1]]).all(), name


def test_the_desk_is_told_how_sure_the_documents_around_are_now(
    make_collection: MakeCollection, weigh: Weigh, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(pages=7)
    weigh(collection, [-0.3, 2.0, -2.0, 2.0, -2.0, 2.0])
    collection.refresh_from_db()
    since = collection.version
    edit = answer_seam(page_at(collection, 1), verdict="different", actor=alice)
    news = changes(collection, since, me=alice, edit=edit)
    assert not news["reload"]
    groups = {row["id"] for row in news["groups"]}
    assert groups == set(edit.groups)
    sure = dict(news["sure"])
    assert sure
    assert not sure.keys() & groups
    now = dict(Group.objects.filter(pk__in=sure).values_list("pk", "confidence"))
    assert sure == {pk: percent(confidence) for pk, confidence in now.items() if confidence is not None}


@pytest.mark.parametrize("learns", [True, False])
def test_whole_documents_are_told_as_sure_as_their_page_breaks(
    make_collection: MakeCollection, weigh: Weigh, page_at: PageAt, alice: User, learns: bool
) -> None:
    collection = make_collection(pages=6)
    run = weigh(collection, [-0.3, 2.0, -0.4, 1.0, -0.5], learns=learns)
    answer_seam(page_at(collection, 1), verdict="same", actor=alice)
    table = read(collection, run)
    log_odds = table.log_odds
    if learns:
        log_odds = RunModel(bytes(run.features.data)).log_odds_after(table.pages[:-1], table.decided())
    confidence = Group.objects.get(pages=page_at(collection, 3)).confidence
    assert confidence == pytest.approx(float(np.prod(1 / (1 + np.exp(-np.abs(log_odds[1:4]))))), abs=0.006)


def test_groups_that_a_person_settled_stay(
    make_collection: MakeCollection, weigh: Weigh, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(pages=6)
    weigh(collection, [-0.3, 2.0, -0.2, 2.0, -0.3])
    third = page_at(collection, 3).group
    assert third is not None
    confirm_groups([third], actor=alice)
    answer_seam(page_at(collection, 1), verdict="different", actor=alice)
    assert sorted(arrangement(collection).values()) == [[1], [2], [3, 4], [5], [6]]
    unconfirm_groups([third], actor=alice)
    assert page_at(collection, 3).group == third


def test_a_split_by_hand_settles_its_parts_and_moves_the_doubts_around(
    make_collection: MakeCollection, weigh: Weigh, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(pages=6)
    run = weigh(collection, [-1.5, 2.0, -0.2, 2.0, -1.5])
    was = probabilities(run)
    group = page_at(collection, 1).group
    assert group is not None
    split_group(group, before=page_at(collection, 2), actor=alice)
    assert sorted(arrangement(collection).values()) == [[1], [2], [3, 4], [5, 6]]
    assert probabilities(run) == pytest.approx(anew(collection, run), abs=NEAR)
    assert probabilities(run)[4] > was[4]
    again = Group.objects.filter(collection=collection, number__in=[group.number, 4])
    merge_groups(again, actor=alice)
    assert probabilities(run) == pytest.approx(anew(collection, run), abs=NEAR)
    assert probabilities(run)[0] == 0.0


def test_what_became_doubtful_comes_into_the_queue(
    make_collection: MakeCollection, weigh: Weigh, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(pages=5)
    run = weigh(collection, [-3.5, 4.0, -3.5, 4.0])
    assert {seam.left for seam in open_seams(collection, run)} == set()
    answer_seam(page_at(collection, 1), verdict="different", actor=alice)
    assert {seam.left for seam in open_seams(collection, run)} == {3}


def test_a_run_put_on_the_desk_again_knows_what_was_decided_since(
    make_collection: MakeCollection, weigh: Weigh, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(pages=6)
    old = weigh(collection, [-0.3, 0.3, -0.2, 0.2, -0.3])
    weigh(collection, [0.3, 0.3, -0.2, 0.2, -0.3])
    group = page_at(collection, 5).group
    assert group is not None
    confirm_groups([group], actor=alice)
    publish_run(old, actor=alice)
    assert desk_run(collection) == old
    assert probabilities(old) == pytest.approx(anew(collection, old), abs=NEAR)


def test_a_run_without_odds_changes_nothing_by_itself(
    make_collection: MakeCollection, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[2, 2])
    run = Run.objects.create(collection=collection, method="dbscan", state=Run.State.READY)
    SeamScore.objects.create(run=run, page=page_at(collection, 1), probability=0.5, boundary=False)
    answer_seam(page_at(collection, 1), verdict="different", actor=alice)
    assert arrangement(collection) == {1: [1], 3: [2], 2: [3, 4]}
    assert not LiveScore.objects.exists()


@pytest.mark.parametrize("pages", [40, 400])
def test_its_queries_do_not_grow_with_the_collection(
    make_collection: MakeCollection,
    weigh: Weigh,
    page_at: PageAt,
    alice: User,
    pages: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    collection = make_collection(pages=pages)
    weigh(collection, [-3.0, 3.0] * (pages // 2 - 1) + [-3.0], anchors=range(20, pages, 20))
    page = page_at(collection, 11)
    with django_assert_max_num_queries(27):
        answer_seam(page, verdict="different", actor=alice)


ACTS = [
    Archivist.answer,
    Archivist.split,
    Archivist.merge,
    Archivist.move,
    Archivist.confirm,
    Archivist.unconfirm,
    Archivist.undo,
    Archivist.redo,
]

ENOUGH = 60
"""Acts that are done, those that are refused not counted."""


def test_any_acts_leave_the_probabilities_that_the_decisions_give(
    make_collection: MakeCollection, weigh: Weigh, alice: User, bob: User
) -> None:
    collection = make_collection(pages=24)
    rng = np.random.default_rng(5)
    run = weigh(collection, (np.where(rng.random(23) < 0.4, 1, -1) * rng.uniform(0.1, 3, 23)).tolist())
    archivist = Archivist(collection, [alice, bob], seed=4)
    for _ in range(ENOUGH):
        archivist.act(ACTS)
        assert probabilities(run) == pytest.approx(anew(collection, run), abs=NEAR)
    check_partition(collection)
