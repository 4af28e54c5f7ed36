"""Acts on everything that a filter of the desk shows, told by filter, count and version, never by a list of ids."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from clustering.actions.confirm import confirm_held, unconfirm_held
from clustering.actions.describe import take_drafts
from clustering.actions.perform import perform
from clustering.journal.errors import Refused, StaleVersion
from clustering.journal.wording import counted_groups
from clustering.journal.workspace import Desk
from clustering.models import Collection, Edit, User
from clustering.selectors.filters import groups_matching


@dataclass(frozen=True, slots=True)
class Matching:
    """What a person saw and agreed to: the filter, how many groups it showed, and at which version."""

    filter: str
    groups: int
    version: int


def confirm_matching(
    collection: Collection, wanted: Matching, *, actor: User | None, act_id: UUID | None = None
) -> Edit:
    """Confirms every group that the filter shows, as one edit. Raises StaleVersion where the collection or the count
    is not as the person saw it, and what `confirm_groups` raises."""
    return _perform(collection, wanted, confirm_held, verb=Edit.Verb.CONFIRM, actor=actor, act_id=act_id)


def unconfirm_matching(
    collection: Collection, wanted: Matching, *, actor: User | None, act_id: UUID | None = None
) -> Edit:
    """Takes the confirmation of every group that the filter shows back, as `confirm_matching` gives it."""
    return _perform(collection, wanted, unconfirm_held, verb=Edit.Verb.UNCONFIRM, actor=actor, act_id=act_id)


def accept_drafts_matching(
    collection: Collection, wanted: Matching, *, actor: User | None, act_id: UUID | None = None
) -> Edit:
    """Takes the drafts of every document that the filter shows over, as `confirm_matching` finds them."""
    return _perform(collection, wanted, take_drafts, verb=Edit.Verb.DESCRIBE, actor=actor, act_id=act_id)


def _perform(
    collection: Collection,
    wanted: Matching,
    act: Callable[[Desk, list[int]], str],
    *,
    verb: Edit.Verb,
    actor: User | None,
    act_id: UUID | None,
) -> Edit:
    def change(desk: Desk) -> str:
        groups = agreed(desk.collection, wanted)
        desk.hold(groups)
        return act(desk, groups)

    return perform(collection.pk, change, verb=verb, actor=actor, act_id=act_id)


def agreed(collection: Collection, wanted: Matching) -> list[int]:
    """Ids of the groups that are meant. Raises StaleVersion where the person saw something else, Refused for none."""
    if collection.version != wanted.version:
        raise StaleVersion("The collection has changed, so nothing was done. Check what is shown now and try again.")
    found = list(groups_matching(collection, wanted.filter).order_by("pk").values_list("pk", flat=True))
    if len(found) != wanted.groups:
        raise StaleVersion(
            f"You agreed to {counted_groups(wanted.groups)}, but there are {len(found)} now, so nothing was done. "
            "Check what is shown now and try again."
        )
    if not found:
        raise Refused("No documents match this filter. Choose another filter.")
    return found
