"""Move: pages go to another group."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from pydantic import Field

from clustering.actions.base import GroupAct, Id, Key, Position, Positions, Scope, perform
from clustering.journal.errors import Refused
from clustering.journal.workspace import Desk, Versions
from clustering.models import Edit, Group, Page, User, Verb
from clustering.wording import capital, pages_in_words, say

MOVE = Verb("move", done="moved", icon="right", unsettles=True, teaches=True)


class Move(GroupAct):
    """Move pages to another group, or to a new one. `versions` names the groups they come from and go to.

    Without `before`, they take their place in scan order. A group that loses its last page no longer exists.
    """

    address, label, verb = "move", "Move pages", MOVE
    keys = (
        Key("new-group", ("e",), "Make a new document from the selected pages", "stream", edits=True),
        Key("move-to", ("t",), "Move the selected pages to a document…", "stream", edits=True),
        Key("cut", ("x",), "Cut the selected pages", "stream", edits=True),
        Key("paste", ("p",), "Paste the cut pages before the current page", "stream", edits=True),
    )

    pages: Positions
    to: Id | None = Field(None, description="The group to move them to; if left out, they become a new group.")
    before: Position | None = Field(None, description="The page of that group to put them before.")

    def apply(self, at: Scope) -> Edit:
        """Move them."""
        return move_pages(
            at.pages(self.pages),
            to=None if self.to is None else at.group(self.to),
            before=None if self.before is None else at.page(self.before),
            actor=at.actor,
            versions=self.seen,
            act_id=self.act_id,
        )


def move_pages(
    pages: Iterable[Page],
    *,
    to: Group | None = None,
    before: Page | None = None,
    actor: User | None,
    versions: Versions | None = None,
    act_id: UUID | None = None,
) -> Edit:
    """Move pages into the group `to`, or into a new group if `to` is None.

    They go before the page `before` of `to`. Without it, they take their place in scan order if `to` is in scan order,
    otherwise they go to its end. Pages from one group keep their reading order; pages from several are put in scan
    order. A group that loses its last page vanishes. `versions` names every group involved: those the pages come from,
    and `to`. Raises StaleVersion, and Refused if nothing would change.
    """
    wanted = {page.pk: page for page in pages}
    if not wanted:
        raise Refused(say("Select pages to move first."))
    collections = {page.collection_id for page in wanted.values()} | ({to.collection_id} if to else set())
    if len(collections) > 1:
        raise Refused(
            say("These pages and documents are from different collections. Move pages within one collection.")
        )
    if before is not None and (to is None or before.pk in wanted):
        raise Refused(say("Choose a page in the other document that is not being moved itself."))

    def change(desk: Desk) -> str:
        desk.hold([to.pk] if to else [], versions=versions)
        desk.hold_pages(wanted, versions=versions)
        desk.hold_answers()
        return _move(desk, set(wanted), to=desk.groups[to.pk] if to else None, before=before.pk if before else None)

    return perform(collections.pop(), change, verb=MOVE, actor=actor, act_id=act_id)


def _move(desk: Desk, moved: set[int], *, to: Group | None, before: int | None) -> str:
    was = desk.groups_by_page()
    sources = {pk for page in moved if (pk := was[page]) is not None}
    coming = _in_their_order(desk, moved, sources)
    if to is None:
        _refuse_a_whole_group(desk, moved, sources)
    else:
        # Computed before anything is removed: `to` may be one of the sources.
        arrangement = _with(desk, to, coming, before=before)
        if arrangement == desk.pages[to.pk]:
            raise Refused(say("The pages are already there. Choose another place."))
    origins = [desk.groups[pk] for pk in sources if to is None or pk != to.pk]
    origin = say(" from %(documents)s", documents=desk.named(origins)) if origins else ""
    if to is not None:  # as the person saw it before; only what the act makes has no earlier place
        home = desk.place_of(to)
        where = say("to %(number)s", number=home) if origins or not sources else say("within %(number)s", number=home)
    for pk in sources:
        left = [page for page in desk.pages[pk] if page not in moved]
        desk.pages[pk] = left
        if left or (to is not None and pk == to.pk):
            desk.edit_by_person(desk.groups[pk], new_pages=True)
    if to is None:
        to = _new_home(desk, coming, sources)
        where = say("to new document %(number)s", number=desk.place_of(to))
    else:
        desk.edit_by_person(to, new_pages=True)
        desk.put(to, arrangement)
    for pk in sources:
        if not desk.pages[pk]:
            desk.drop(desk.groups[pk])
    desk.keep_answers_true()
    return say(
        "Moved %(pages_in_words)s%(origin)s %(where)s.",
        pages_in_words=pages_in_words(desk.position_of(coming)),
        origin=origin,
        where=where,
    )


def _in_their_order(desk: Desk, moved: set[int], sources: set[int]) -> list[int]:
    """Return them in reading order if all come from one group, in scan order otherwise."""
    if len(sources) == 1 and not moved & desk.loose:
        return [page for page in desk.pages[next(iter(sources))] if page in moved]
    return desk.in_scan_order(moved)


def _refuse_a_whole_group(desk: Desk, moved: set[int], sources: set[int]) -> None:
    if len(sources) == 1 and moved == set(desk.pages[next(iter(sources))]):
        raise Refused(
            say(
                "%(capital)s are already a document of their own. Select only some of its pages.",
                capital=capital(pages_in_words(desk.position_of(moved))),
            )
            if len(moved) > 1
            else say(
                "Page %(positions)s is already a document of its own.", positions=desk.positions[next(iter(moved))]
            )
        )


def _with(desk: Desk, to: Group, coming: list[int], *, before: int | None) -> list[int]:
    """Return the pages of `to` with the new ones among them."""
    stay = [page for page in desk.pages[to.pk] if page not in set(coming)]
    if before is not None:
        if before not in stay:
            where = desk.place_of(to)
            raise Refused(say("That page is not in document %(number)s. Choose one of its pages.", number=where))
        at = stay.index(before)
        return [*stay[:at], *coming, *stay[at:]]
    if stay == desk.in_scan_order(stay):
        return desk.in_scan_order([*stay, *coming])
    return [*stay, *coming]


def _new_home(desk: Desk, coming: list[int], sources: set[int]) -> Group:
    """Return a new group. It is `changed` if any page comes from a group that was confirmed or changed."""
    groups = [desk.groups[pk] for pk in sources]
    calm = all(group.state == Group.State.PROPOSED for group in groups)
    only = groups[0] if len(groups) == 1 else None
    home = desk.new_group(
        coming,
        state=Group.State.PROPOSED if calm else Group.State.CHANGED,
        split_from=only.number if only else None,
    )
    home.run_id = only.run_id if only else None
    return home
