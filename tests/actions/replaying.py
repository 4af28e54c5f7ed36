"""Replay the journal: each edit takes one arrangement to the next."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy

from clustering.journal.reverting import same_value
from clustering.journal.workspace import Snapshot


class BrokenJournal(ValueError):
    """An edit doesn't begin at the state in which the previous one ended."""


def step(state: Snapshot, before: Snapshot, after: Snapshot) -> None:
    """Apply one edit to `state`, a whole collection, in place.

    Raises BrokenJournal where the state is not what the edit says it found, and where a page would stand twice.
    """
    for pk, standing in before.groups.items():
        if pk not in state.groups or state.groups[pk].document != standing.document:
            raise BrokenJournal(f"Document {pk} does not stand as the edit found it.")
    if not before.unassigned <= state.unassigned:
        raise BrokenJournal("A page that the edit found in no group stands in one.")
    for pair, answer in before.answers.items():
        if not same_value("answers", state.answers.get(pair), answer):
            raise BrokenJournal(f"The answer about pages {pair} is not what the edit found.")
    if before.pages() != after.pages():
        raise BrokenJournal("The edit loses pages, or brings in pages from nowhere.")
    for pk in before.groups.keys() - after.groups.keys():
        del state.groups[pk]
    state.groups.update(after.groups)
    state.unassigned = (state.unassigned - before.unassigned) | after.unassigned
    for name, values in after.each():
        state.of(name).update(values)
    state.closed = after.closed or state.closed


def replay(start: Snapshot, edits: Iterable[tuple[Snapshot, Snapshot]]) -> Snapshot:
    """Return the arrangement after all edits (before, after), oldest first, beginning with `start`. Raises
    BrokenJournal."""
    state = deepcopy(start)
    for before, after in edits:
        step(state, before, after)
    return state
