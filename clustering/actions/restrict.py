"""Restrict: pages that viewers never see, and that exports and IIIF leave out. The stored files stay."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated
from uuid import UUID

from django.utils import timezone
from pydantic import Field

from clustering.actions.base import Act, Key, Positions, Scope, perform
from clustering.engine.titles import one_line
from clustering.journal.errors import Refused
from clustering.journal.reverting import hold_restrictions
from clustering.journal.stored import Restriction
from clustering.journal.workspace import Desk
from clustering.models import Edit, Page, User, Verb
from clustering.wording import pages_in_words, say

RESTRICT = Verb("restrict", done="restricted", icon="lock", decides=False, restricts=True, restorable=False)
LONGEST_REASON = 300


class Restrict(Act):
    """Restrict pages, or lift the restriction.

    Viewers no longer see restricted pages, and exports and IIIF leave them out. The pages stay in their documents.
    """

    address, label, verb = "restrict", "Restrict pages", RESTRICT
    keys = (Key("restrict", ("l",), "Restrict the selected pages, or lift the restriction", "stream", edits=True),)

    pages: Positions = Field(description="Positions of the pages; those of a whole document to restrict it.")
    restricted: bool = Field(default=True, description="False lifts the restriction.")
    reason: Annotated[str, Field(max_length=LONGEST_REASON)] = Field(
        default="", description="Why; shown to people who edit the collection."
    )
    until: Annotated[date, Field(strict=False)] | None = Field(
        default=None, description="The last day of the restriction. Leave it out to restrict until it is lifted."
    )

    def apply(self, at: Scope) -> Edit:
        """Restrict them."""
        restriction = (self.reason, self.until) if self.restricted else None
        return restrict_pages(at.pages(self.pages), restriction, actor=at.actor, act_id=self.act_id)


def restrict_pages(
    pages: Iterable[Page],
    restriction: tuple[str, date | None] | None,
    *,
    actor: User | None,
    act_id: UUID | None = None,
) -> Edit:
    """Restrict pages, with the reason and the last day in `restriction`; None lifts the restriction.

    Raises Refused for a day that has passed, for pages of several collections, for none, and if nothing would change.
    """
    wanted = {page.pk: page.collection_id for page in pages}
    if not wanted:
        raise Refused(say("Select pages to restrict first."))
    if len(set(wanted.values())) > 1:
        raise Refused(say("These pages are from different collections. Select pages from one collection."))
    until = restriction[1] if restriction else None
    if until is not None and until < timezone.localdate():
        raise Refused(say("%(until)s has passed. Enter a later date, or leave it empty.", until=until))
    now: Restriction | None = (one_line(restriction[0]), until.isoformat() if until else None) if restriction else None

    def change(desk: Desk) -> str:
        hold_restrictions(desk, wanted)
        changed = [page for page, was in desk.restrictions.items() if was != now]
        if not changed:
            raise Refused(say("These pages are already restricted.") if now else say("These pages are not restricted."))
        desk.restrictions.update(dict.fromkeys(changed, now))
        groups = Page.objects.filter(pk__in=changed, group__isnull=False).order_by()
        desk.touched.update(pk for pk in groups.values_list("group", flat=True) if pk is not None)
        named = pages_in_words(desk.position_of(changed))
        if now is None:
            return say("Lifted the restriction on %(pages)s.", pages=named)
        if until is not None:
            return say("Restricted %(pages)s through %(until)s.", pages=named, until=until)
        return say("Restricted %(pages)s.", pages=named)

    return perform(next(iter(wanted.values())), change, verb=RESTRICT, actor=actor, act_id=act_id)
