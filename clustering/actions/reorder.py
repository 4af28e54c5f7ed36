"""Reorder: the pages of a group get a new reading order."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from pydantic import Field

from clustering.actions.base import GroupAct, Id, Key, Positions, Scope, perform
from clustering.journal.errors import Refused
from clustering.journal.workspace import Desk
from clustering.models import Edit, Group, User, Verb
from clustering.wording import pages_in_words, say

REORDER = Verb("reorder", done="reordered", icon="pair", unsettles=True, decides=False)


class Reorder(GroupAct):
    """Change the reading order of a group."""

    address, label, verb = "reorder", "Reorder pages", REORDER
    keys = (
        Key("earlier", ("Mod+Shift+ArrowLeft",), "Move earlier in document", "stream", edits=True, fixed=True),
        Key("later", ("Mod+Shift+ArrowRight",), "Move later in document", "stream", edits=True, fixed=True),
    )

    group: Id
    order: Positions = Field(description="All pages of the group, each once, in reading order.")

    def apply(self, at: Scope) -> Edit:
        """Reorder it."""
        group = at.group(self.group)
        order = [page.pk for page in at.pages(self.order)]
        version = self.version_of(group)
        return reorder_pages(group, order=order, actor=at.actor, version=version, act_id=self.act_id)


def reorder_pages(
    group: Group,
    *,
    order: Sequence[int],
    actor: User | None,
    version: int | None = None,
    act_id: UUID | None = None,
) -> Edit:
    """Give the pages of `group` the reading order `order`: ids of exactly its pages, each once.

    Raises StaleVersion, and Refused for other ids or for the current order.
    """

    def change(desk: Desk) -> str:
        desk.hold([group.pk], versions=None if version is None else {group.pk: version})
        held, pages = desk.groups[group.pk], desk.pages[group.pk]
        if sorted(order) != sorted(pages):
            raise Refused(
                say(
                    "The new order must list each page of document %(number)s once. Reload the page and try again.",
                    number=desk.place_of(held),
                )
            )
        if list(order) == pages:
            raise Refused(
                say("The pages of document %(number)s are already in this order.", number=desk.place_of(held))
            )
        moved = [page for old, page in zip(pages, order, strict=True) if old != page]
        desk.put(held, list(order))
        desk.edit_by_person(held)
        return say(
            "Reordered %(number)s: %(pages_in_words)s changed order.",
            number=desk.place_of(held),
            pages_in_words=pages_in_words(desk.position_of(moved)),
        )

    return perform(group.collection_id, change, verb=REORDER, actor=actor, act_id=act_id)
