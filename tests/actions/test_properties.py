"""Whatever people do, in whatever order: the partition holds, all can be taken back, the journal tells it all."""

from __future__ import annotations

import pytest

from clustering.journal.workspace import Snapshot
from clustering.models import Collection, Edit, User
from tests.actions.acting import Archivist, undo_everything
from tests.actions.partition_checks import broken, check_partition, content, whole_state
from tests.actions.replaying import replay
from tests.conftest import MakeCollection


def journal(collection: Collection) -> list[tuple[Snapshot, Snapshot]]:
    return [
        (Snapshot.from_json(edit.before), Snapshot.from_json(edit.after))
        for edit in collection.edits.order_by("sequence")
    ]


ACTS = 150
"""Drawn at random a seed, and then taken back. `python bench/acts.py --random 10000` does it at length."""


@pytest.mark.parametrize("seed", [1, 2])
def test_random_acts_keep_the_partition_and_are_told_and_undone_to_the_last(
    make_collection: MakeCollection, alice: User, bob: User, seed: int
) -> None:
    collection = make_collection(groups=[3, 1, 4, 2, 5, 1, 2])
    start = whole_state(collection)
    archivist = Archivist(collection, [alice, bob], seed=seed)

    def check(edit: Edit) -> None:
        assert broken(collection) == [], edit.summary

    for _ in range(ACTS):
        check(archivist.act())
    check_partition(collection)
    assert content(replay(start, journal(collection))) == content(whole_state(collection))
    undo_everything(collection, after_each=check)
    check_partition(collection)
    assert content(whole_state(collection)) == content(start)
    assert content(replay(start, journal(collection))) == content(start)


def test_a_page_that_vanished_from_its_group_would_be_noticed(make_collection: MakeCollection) -> None:
    collection = make_collection(groups=[2, 3])
    assert broken(collection) == []
    collection.pages.filter(position=4).update(group=None, group_order=None)
    assert len(broken(collection)) == 1
