"""Rotate: which way pages are shown and exported. No pixel of the stored files changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal
from uuid import UUID

from django.db.models import F
from pydantic import Field

from clustering.actions.base import Act, Key, Positions, Scope, perform
from clustering.journal.errors import Refused
from clustering.journal.workspace import Desk
from clustering.models import ROTATION, Edit, Page, User, Verb
from clustering.wording import pages_in_words, say

ROTATE = Verb("rotate", done="rotated", icon="rotate", decides=False, rotates=True)


class Rotate(Act):
    """Rotate pages by quarter turns, in review and in every export. The stored files don’t change."""

    address, label, verb = "rotate", "Rotate pages", ROTATE
    keys = (
        Key("rotate", ("r",), "Rotate the selected pages to the right", "stream", edits=True),
        Key("rotate-back", ("Shift+r",), "Rotate the selected pages to the left", "stream", edits=True),
    )

    pages: Positions
    by: Literal[90, 180, 270] = Field(description="Degrees clockwise, on top of how each is shown now.")

    def apply(self, at: Scope) -> Edit:
        """Rotate them."""
        return rotate_pages(at.pages(self.pages), by=self.by, actor=at.actor, act_id=self.act_id)


def rotate_pages(pages: Iterable[Page], *, by: int, actor: User | None, act_id: UUID | None = None) -> Edit:
    """Rotate pages clockwise by 90, 180, or 270 degrees. Their groups and their text stay.

    Raises Refused for other angles, for pages of several collections, and for none.
    """
    wanted = {page.pk: page.collection_id for page in pages}
    if not wanted:
        raise Refused(say("Select pages to rotate first."))
    if len(set(wanted.values())) > 1:
        raise Refused(say("These pages are from different collections. Select pages from one collection."))
    if by not in (90, 180, 270):
        raise Refused(say("Pages can be rotated by 90, 180, or 270 degrees."))

    def change(desk: Desk) -> str:
        selected = Page.objects.filter(collection=desk.collection, pk__in=wanted).annotate(
            shown=ROTATION, read=F("reading__rotation")
        )
        for pk, position, group, old, shown, read in selected.values_list(
            "pk", "position", "group_id", "chosen_rotation", "shown", "read"
        ):
            desk.positions[pk] = position
            now = (shown + by) % 360
            desk.before.rotations[pk] = old
            desk.rotations[pk] = None if old is not None and now == read else now
            if group is not None:
                desk.touched.add(group)
        pages = pages_in_words(desk.positions.values())
        if by == 180:
            return say("Rotated %(pages)s upside down.", pages=pages)
        return (
            say("Rotated %(pages)s to the right.", pages=pages)
            if by == 90
            else say("Rotated %(pages)s to the left.", pages=pages)
        )

    return perform(next(iter(wanted.values())), change, verb=ROTATE, actor=actor, act_id=act_id)
