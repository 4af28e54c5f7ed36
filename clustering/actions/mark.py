"""Mark: a page is a color target, empty, or not part of a document; or the mark is removed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal
from uuid import UUID

from pydantic import Field

from clustering.actions.base import Act, Positions, Scope, perform
from clustering.journal.errors import Refused
from clustering.journal.workspace import Desk
from clustering.models import Edit, Page, User, Verb
from clustering.wording import pages_in_words, say

MARK = Verb("mark", done="marked", icon="empty", decides=False, marks=True)


class Mark(Act):
    """Mark pages as a color target, blank, or not part of a document; or remove the mark."""

    address, label, verb = "mark", "Mark pages", MARK

    pages: Positions
    role: Literal["", "target", "empty", "other"] = Field(description="An empty text removes the mark.")

    def apply(self, at: Scope) -> Edit:
        """Mark them."""
        return mark_pages(at.pages(self.pages), role=self.role, actor=at.actor, act_id=self.act_id)


def mark_pages(pages: Iterable[Page], *, role: Page.Role | str, actor: User | None, act_id: UUID | None = None) -> Edit:
    """Set the role of pages. Their groups don't change: the role belongs to the page.

    Raises Refused for an unknown role, for pages of several collections, and if all have this role already.
    """
    wanted = {page.pk: page.collection_id for page in pages}
    if not wanted:
        raise Refused(say("Select pages to mark first."))
    if len(set(wanted.values())) > 1:
        raise Refused(say("These pages are from different collections. Select pages from one collection."))
    try:
        new = Page.Role(role)
    except ValueError as error:
        raise Refused(say("“%(role)s” is not a valid page mark. Choose one from the list.", role=role)) from error

    def change(desk: Desk) -> str:
        pages = Page.objects.filter(collection=desk.collection, pk__in=wanted)
        for pk, position, group, old in pages.values_list("pk", "position", "group_id", "role"):
            if old == new:
                continue
            desk.positions[pk] = position
            desk.before.roles[pk], desk.roles[pk] = old, new.value
            if group is not None:
                desk.touched.add(group)
        if not desk.roles:
            raise Refused(say("These pages are already marked as “%(label)s.”", label=new.label))
        return say(
            "Marked %(pages_in_words)s as %(label)s.",
            pages_in_words=pages_in_words(desk.positions.values()),
            label=new.label,
        )

    return perform(next(iter(wanted.values())), change, verb=MARK, actor=actor, act_id=act_id)
