"""Reorder: the pages of a group get another reading order."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from clustering.actions.perform import perform
from clustering.journal.errors import Refused
from clustering.journal.wording import pages_in_words
from clustering.journal.workspace import Desk
from clustering.models import Edit, Group, User


def reorder_pages(
    group: Group,
    *,
    order: Sequence[int],
    actor: User | None,
    version: int | None = None,
    act_id: UUID | None = None,
) -> Edit:
    """Gives the pages of `group` the reading order `order`: ids of exactly its pages, each once.

    Raises StaleVersion, and Refused for ids that are not the group's pages or for the order it has already.
    """

    def change(desk: Desk) -> str:
        desk.hold([group.pk], versions=None if version is None else {group.pk: version})
        held, pages = desk.groups[group.pk], desk.pages[group.pk]
        if sorted(order) != sorted(pages):
            raise Refused(
                f"The new order must list each page of document {held.number} once. Reload the page and try again."
            )
        if list(order) == pages:
            raise Refused(f"The pages of document {held.number} are already in this order.")
        moved = [page for old, page in zip(pages, order, strict=True) if old != page]
        desk.put(held, list(order))
        desk.edit_by_person(held)
        return f"Reordered {held.number}: {pages_in_words(desk.position_of(moved))} changed order."

    return perform(group.collection_id, change, verb=Edit.Verb.REORDER, actor=actor, act_id=act_id)
