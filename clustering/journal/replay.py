"""The journal read as what it is: each edit takes one arrangement to the next. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from clustering.journal.kept import Pair, Said
from clustering.journal.workspace import Snapshot, Standing


class BrokenJournal(ValueError):
    """An edit does not begin where the one before it ended."""


def step(state: Snapshot, before: Snapshot, after: Snapshot) -> None:
    """Take `state`, a whole collection, over one edit, in place.

    Raises BrokenJournal where the state is not what the edit says it found, and where a page would stand twice.
    """
    for pk, standing in before.groups.items():
        if pk not in state.groups or state.groups[pk].document != standing.document:
            raise BrokenJournal(f"Document {pk} does not stand as the edit found it.")
    if not before.unassigned <= state.unassigned:
        raise BrokenJournal("A page that the edit found in no group stands in one.")
    for pair, answer in before.answers.items():
        if _verdict(state.answers.get(pair)) != _verdict(answer):
            raise BrokenJournal(f"The answer about pages {pair} is not what the edit found.")
    if before.pages() != after.pages():
        raise BrokenJournal("The edit loses pages, or brings in pages from nowhere.")
    for pk in before.groups.keys() - after.groups.keys():
        del state.groups[pk]
    state.groups.update(after.groups)
    state.unassigned = (state.unassigned - before.unassigned) | after.unassigned
    for pair, answer in after.answers.items():
        if answer is None:
            state.answers.pop(pair, None)
        else:
            state.answers[pair] = answer
    state.roles.update(after.roles)
    state.turns.update(after.turns)
    state.restrictions.update(after.restrictions)
    state.closed = after.closed or state.closed


def replay(start: Snapshot, edits: Iterable[tuple[Snapshot, Snapshot]]) -> Snapshot:
    """Return the arrangement after all edits (before, after), oldest first, beginning with `start`. Raises
    BrokenJournal."""
    state = Snapshot(
        groups=dict(start.groups),
        unassigned=set(start.unassigned),
        answers=dict(start.answers),
        roles=dict(start.roles),
        turns=dict(start.turns),
        restrictions=dict(start.restrictions),
        closed=start.closed,
    )
    for before, after in edits:
        step(state, before, after)
    return state


def earlier_state(later: Sequence[tuple[Snapshot, Snapshot]]) -> tuple[Snapshot, set[int]]:
    """How everything that the `later` edits (oldest first) touched stood before the first of them.

    Returns that, and the ids of groups that did not exist yet. Left out are closing and restrictions: going
    back never reopens a collection, and never lifts a restriction.
    """
    groups: dict[int, Standing | None] = {}
    answers: dict[Pair, Said | None] = {}
    roles: dict[int, str] = {}
    turns: dict[int, int | None] = {}
    unassigned: set[int] = set()
    placed: set[int] = set()
    for before, after in later:
        for pk in before.groups.keys() | after.groups.keys():
            groups.setdefault(pk, before.groups.get(pk))
        for pair, answer in before.answers.items():
            answers.setdefault(pair, answer)
        for page, role in before.roles.items():
            roles.setdefault(page, role)
        for page, turn in before.turns.items():
            turns.setdefault(page, turn)
        unassigned |= before.unassigned - placed
        placed |= before.pages() | after.pages()
    there = {pk: standing for pk, standing in groups.items() if standing is not None}
    state = Snapshot(groups=there, unassigned=unassigned, answers=answers, roles=roles, turns=turns)
    return state, groups.keys() - there.keys()


def _verdict(answer: Said | None) -> str | None:
    return answer[0] if answer else None
