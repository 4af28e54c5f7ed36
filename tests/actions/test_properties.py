"""Whatever people do, in whatever order: the partition holds, all can be taken back, the journal tells it all."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from clustering.actions.replay import replay
from clustering.actions.snapshots import Snapshot
from clustering.models import Collection
from tests.actions.acting import Archivist, undo_everything
from tests.actions.partition_checks import check_partition, content, whole_state
from tests.conftest import MakeCollection


def journal(collection: Collection) -> list[tuple[Snapshot, Snapshot]]:
    return [
        (Snapshot.from_json(edit.before), Snapshot.from_json(edit.after))
        for edit in collection.edits.order_by("sequence")
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_two_hundred_acts_keep_the_partition_and_are_told_and_undone_to_the_last(
    make_collection: MakeCollection, alice: User, bob: User, seed: int
) -> None:
    collection = make_collection(groups=[3, 1, 4, 2, 5, 1, 2, 6])
    start = whole_state(collection)
    archivist = Archivist(collection, [alice, bob], seed=seed)
    for _ in range(100):
        archivist.act()
        check_partition(collection)
    assert content(replay(start, journal(collection))) == content(whole_state(collection))
    undo_everything(collection)
    check_partition(collection)
    assert content(whole_state(collection)) == content(start)
    assert content(replay(start, journal(collection))) == content(start)
