"""Several people at once, each with a connection of their own."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection, transaction

from clustering.actions import (
    ActError,
    Refused,
    StaleVersion,
    confirm_groups,
    merge_groups,
    move_pages,
    publish_run,
    split_group,
    undo_edit,
)
from clustering.models import Edit, User
from tests.actions.conftest import GroupOf, MakeRun, PageAt
from tests.actions.partition_checks import arrangement, check_partition
from tests.conftest import MakeCollection

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

Outcome = Edit | ActError


@pytest.fixture
def at_once() -> Iterator[Callable[[Sequence[Callable[[], Edit]]], list[Outcome]]]:
    """Does acts in threads that start together; returns the edit or the refusal of each."""

    def together(acts: Sequence[Callable[[], Edit]]) -> list[Outcome]:
        barrier = threading.Barrier(len(acts))

        def one(act: Callable[[], Edit]) -> Outcome:
            try:
                barrier.wait(timeout=30)
                return act()
            except ActError as refusal:
                return refusal
            finally:
                connection.close()

        with ThreadPoolExecutor(len(acts)) as pool:
            return list(pool.map(one, acts))

    yield together


AtOnce = Callable[[Sequence[Callable[[], Edit]]], list[Outcome]]


def kinds(outcomes: Sequence[Outcome]) -> Counter[str]:
    return Counter(type(outcome).__name__ for outcome in outcomes)


def test_of_two_acts_on_one_version_the_first_wins_and_the_second_sees_it(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User, bob: User, at_once: AtOnce
) -> None:
    collection = make_collection(groups=[4, 2])
    groups = [group_of(collection, 1), group_of(collection, 2)]
    third = page_at(collection, 3)
    versions = {group.pk: group.version for group in groups}
    outcomes = at_once(
        [
            lambda: split_group(groups[0], before=third, actor=alice, version=1),
            lambda: merge_groups(groups, actor=bob, versions=versions),
        ]
    )
    assert kinds(outcomes) == {"Edit": 1, "StaleVersion": 1}
    loser = next(outcome for outcome in outcomes if isinstance(outcome, StaleVersion))
    winner = Edit.objects.get()
    assert winner.summary in loser.sentence
    assert {group.pk for group in loser.groups} <= set(winner.groups)
    check_partition(collection)


def test_one_act_that_arrives_many_times_at_once_is_done_once(
    make_collection: MakeCollection, page_at: PageAt, alice: User, at_once: AtOnce
) -> None:
    collection = make_collection(groups=[4])
    page, mark = page_at(collection, 3), uuid4()
    outcomes = at_once([lambda: move_pages([page], actor=alice, act_id=mark)] * 4)
    assert kinds(outcomes) == {"Edit": 4}
    assert len({outcome.pk for outcome in outcomes if isinstance(outcome, Edit)}) == 1
    assert arrangement(collection) == {1: [1, 2, 4], 2: [3]}


def test_acts_on_different_groups_at_once_are_all_done_with_numbers_of_their_own(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User, at_once: AtOnce
) -> None:
    collection = make_collection(groups=[2] * 6)

    def split(number: int) -> Callable[[], Edit]:
        group, page = group_of(collection, number), page_at(collection, 2 * number)
        return lambda: split_group(group, before=page, actor=alice, version=1)

    outcomes = at_once([split(number) for number in range(1, 7)])
    assert kinds(outcomes) == {"Edit": 6}
    assert sorted(arrangement(collection)) == list(range(1, 13))
    check_partition(collection)


def test_groups_named_in_opposite_orders_do_not_lock_each_other_out(
    make_collection: MakeCollection, alice: User, bob: User, at_once: AtOnce
) -> None:
    collection = make_collection(groups=[1] * 8)
    groups = list(collection.groups.all())
    outcomes = at_once(
        [
            lambda: confirm_groups(groups, actor=alice),
            lambda: confirm_groups(groups[::-1], actor=bob),
        ]
    )
    assert kinds(outcomes) == {"Edit": 1, "Refused": 1}


def test_a_run_that_is_published_while_people_work_takes_nothing_from_them(
    make_collection: MakeCollection,
    make_run: MakeRun,
    group_of: GroupOf,
    page_at: PageAt,
    alice: User,
    sam: User,
    at_once: AtOnce,
) -> None:
    collection = make_collection(groups=[4, 4])
    run = make_run(collection, [[1, 2, 3, 4, 5, 6, 7, 8]])
    group, page = group_of(collection, 1), page_at(collection, 3)
    outcomes = at_once(
        [
            lambda: publish_run(run, actor=sam),
            lambda: split_group(group, before=page, actor=alice, version=1),
        ]
    )
    check_partition(collection)
    split = outcomes[1]
    if isinstance(split, Edit):
        assert arrangement(collection) == {1: [1, 2], 3: [3, 4], 2: [5, 6, 7, 8]} or arrangement(collection)[1] == [
            1,
            2,
        ]
    else:
        assert isinstance(split, StaleVersion)
        assert arrangement(collection) == {3: [1, 2, 3, 4, 5, 6, 7, 8]}


def test_undoing_twice_at_once_takes_back_two_acts_or_says_that_there_is_one(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User, at_once: AtOnce
) -> None:
    collection = make_collection(groups=[4])
    split_group(group_of(collection, 1), before=page_at(collection, 3), actor=alice)
    outcomes = at_once([lambda: undo_edit(collection, actor=alice)] * 2)
    assert kinds(outcomes) == {"Edit": 1, "Refused": 1}
    assert arrangement(collection) == {1: [1, 2, 3, 4]}


def test_while_an_act_is_written_another_act_waits_and_an_import_does_not(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[2, 2])
    group, page = group_of(collection, 2), page_at(collection, 4)
    acted = threading.Event()

    def act() -> None:
        try:
            split_group(group, before=page, actor=alice)
            acted.set()
        finally:
            connection.close()

    def add_page() -> int:
        try:
            template = collection.pages.get(position=1)
            template.pk, template.position, template.identifier = None, 5, "late"
            template.group, template.group_order = None, None
            template.save(force_insert=True)
            return template.pk
        finally:
            connection.close()

    thread = threading.Thread(target=act)
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        split_group(group_of(collection, 1), before=page_at(collection, 2), actor=alice)
        thread.start()
        assert pool.submit(add_page).result(timeout=30)
        assert not acted.is_set()
    thread.join(timeout=30)
    assert acted.is_set()
    assert arrangement(collection) == {1: [1], 2: [3], 3: [2], 4: [4]}


def test_a_refused_act_leaves_no_trace(
    make_collection: MakeCollection, group_of: GroupOf, page_at: PageAt, alice: User
) -> None:
    collection = make_collection(groups=[2])
    with pytest.raises(Refused):
        split_group(group_of(collection, 1), before=page_at(collection, 1), actor=alice)
    collection.refresh_from_db()
    assert (collection.version, collection.next_group_number) == (0, 2)
    assert not Edit.objects.exists()
