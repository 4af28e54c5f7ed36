"""Reading the journal."""

from __future__ import annotations

import pytest

from clustering.actions.restore import earlier_state
from clustering.journal.workspace import Snapshot, Standing
from tests.actions.replaying import BrokenJournal, replay


def group(pk: int, *pages: int, version: int = 1, **fields: object) -> dict[int, Standing]:
    return {pk: Standing({"id": pk, "number": pk, "version": version, **fields}, pages)}


START = Snapshot(groups=group(1, 10, 11), unassigned={12})
SPLIT = (Snapshot(groups=group(1, 10, 11)), Snapshot(groups={**group(1, 10, version=2), **group(2, 11)}))
GATHER = (Snapshot(unassigned={12}), Snapshot(groups=group(3, 12), answers={(11, 12): ("different", 7)}))


def test_edits_lead_from_the_start_to_the_present() -> None:
    state = replay(START, [SPLIT, GATHER])
    assert {pk: standing.pages for pk, standing in state.groups.items()} == {1: (10,), 2: (11,), 3: (12,)}
    assert state.unassigned == set()
    assert state.answers == {(11, 12): ("different", 7)}
    assert START.groups.keys() == {1}, "the start is left as it was"


def test_a_snapshot_comes_back_from_json_as_it_was() -> None:
    whole = Snapshot(
        groups=group(1, 10, 11, title="Letter", draft={"title": {"value": "A"}}),
        unassigned={12},
        answers={(10, 11): ("same", None), (11, 12): None},
        roles={10: "empty"},
        closed=(None,),
    )
    assert Snapshot.from_json(whole.to_json()) == whole
    assert Snapshot.from_json(Snapshot().to_json()) == Snapshot()


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (Snapshot(groups=group(1, 11, 10)), Snapshot(groups=group(1, 10, 11)), "does not stand as the edit found it"),
        (Snapshot(groups=group(9, 10)), Snapshot(unassigned={10}), "does not stand as the edit found it"),
        (Snapshot(unassigned={10}), Snapshot(groups=group(9, 10)), "found in no group stands in one"),
        (Snapshot(groups=group(1, 10, 11)), Snapshot(groups=group(1, 10)), "loses pages"),
        (Snapshot(answers={(10, 11): ("same", 1)}), Snapshot(answers={(10, 11): None}), "is not what the edit found"),
    ],
)
def test_it_refuses_a_journal_with_a_hole(before: Snapshot, after: Snapshot, why: str) -> None:
    with pytest.raises(BrokenJournal, match=why):
        replay(START, [(before, after)])


def test_an_earlier_state_is_what_the_later_edits_found() -> None:
    described = (Snapshot(groups=group(2, 11)), Snapshot(groups=group(2, 11, version=2, title="Letter")))
    state, made_since = earlier_state([SPLIT, GATHER, described])
    assert {pk: standing.pages for pk, standing in state.groups.items()} == {1: (10, 11)}
    assert made_since == {2, 3}
    assert state.unassigned == {12}
    assert state.answers == {(11, 12): None} or state.answers == {}
