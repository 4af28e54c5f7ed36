"""Accept drafts: they become part of the description, without confirming the document."""

from __future__ import annotations

from uuid import UUID

from clustering.actions.base import Key, Scope
from clustering.actions.confirm import Matching, SomeGroups, perform_matching
from clustering.actions.describe import DESCRIBE, accept_group_drafts, take_drafts
from clustering.models import Collection, Edit, User


class AcceptDrafts(SomeGroups):
    """Accept drafts of documents that reach the collection's confidence, without confirming the documents."""

    address, label, verb = "accept-drafts", "Accept drafts", DESCRIBE
    keys = (
        Key(
            "accept-drafts",
            ("Shift+d",),
            "Accept the drafts of the selected documents, or of all shown",
            "stream",
            edits=True,
        ),
    )

    def apply(self, at: Scope) -> Edit:
        """Accept them."""
        if self.matching is not None:
            return accept_drafts_matching(at.collection, self.matching, actor=at.actor, act_id=self.act_id)
        groups = at.groups(self.groups or ())
        return accept_group_drafts(groups, actor=at.actor, versions=self.seen, act_id=self.act_id)


def accept_drafts_matching(
    collection: Collection, wanted: Matching, *, actor: User | None, act_id: UUID | None = None
) -> Edit:
    """Accept the drafts of every document that the filter shows, chosen as in `confirm_matching`."""
    return perform_matching(collection, wanted, take_drafts, verb=DESCRIBE, actor=actor, act_id=act_id)
