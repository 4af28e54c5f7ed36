"""Confirm and un-confirm: an archivist says that a group is right as it stands, or takes that back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils import timezone

from clustering.actions.perform import perform
from clustering.journal.errors import Refused
from clustering.journal.wording import groups_in_words, pages_in_words
from clustering.journal.workspace import Desk, Versions
from clustering.models import Edit, Group, User
from clustering.redecode.drafting import accept_drafts, draft_terms


def confirm_groups(
    groups: Iterable[Group], *, actor: User | None, versions: Versions | None = None, act_id: UUID | None = None
) -> Edit:
    """Confirms groups with the time and the person; their flags go, since the doubt is settled.

    The drafts that are shown where nobody wrote anything are taken over, on the collection's terms (`draft_terms`), and
    marked as such in `accepted_drafts`. Groups that are confirmed already stay as they are. Raises StaleVersion, and
    Refused where all of them are.
    """
    wanted, collection = _one_collection(groups)

    def change(desk: Desk) -> str:
        desk.hold(wanted, versions=versions)
        return confirm_held(desk, wanted)

    return perform(collection, change, verb=Edit.Verb.CONFIRM, actor=actor, act_id=act_id)


def confirm_held(desk: Desk, wanted: Sequence[int]) -> str:
    """Confirms held groups and says so. Raises Refused where all of them are."""
    fresh = [desk.groups[pk] for pk in wanted if not desk.groups[pk].is_confirmed]
    if not fresh:
        named = groups_in_words(desk.groups[pk].number for pk in wanted)
        raise Refused(f"{named.capitalize()} {_are(len(wanted))} already confirmed.")
    now = timezone.now()
    for group in fresh:
        group.state, group.edited = Group.State.CONFIRMED, True
        group.confirmed_by, group.confirmed_at = desk.actor, now
        group.flagged, group.flag_note = False, ""
    return f"Confirmed {_with_pages(desk, fresh)}{accept_drafts(fresh, draft_terms(desk.collection))}."


def unconfirm_groups(
    groups: Iterable[Group], *, actor: User | None, versions: Versions | None = None, act_id: UUID | None = None
) -> Edit:
    """Takes confirmations back: confirmed groups become changed, others stay as they are.

    Raises StaleVersion, and Refused where none of them is confirmed.
    """
    wanted, collection = _one_collection(groups)

    def change(desk: Desk) -> str:
        desk.hold(wanted, versions=versions)
        return unconfirm_held(desk, wanted)

    return perform(collection, change, verb=Edit.Verb.UNCONFIRM, actor=actor, act_id=act_id)


def unconfirm_held(desk: Desk, wanted: Sequence[int]) -> str:
    """Takes the confirmation of held groups back and says so. Raises Refused where none of them is confirmed."""
    confirmed = [desk.groups[pk] for pk in wanted if desk.groups[pk].is_confirmed]
    if not confirmed:
        named = groups_in_words(desk.groups[pk].number for pk in wanted)
        raise Refused(f"{named.capitalize()} {_are(len(wanted))} not confirmed.")
    for group in confirmed:
        desk.edit_by_person(group)
    return f"Unconfirmed {_with_pages(desk, confirmed)}."


def _one_collection(groups: Iterable[Group]) -> tuple[list[int], int]:
    wanted = {group.pk: group.collection_id for group in groups}
    if not wanted:
        raise Refused("Select at least one document first.")
    if len(set(wanted.values())) > 1:
        raise Refused("These documents are from different collections. Select documents from one collection.")
    return list(wanted), next(iter(wanted.values()))


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _with_pages(desk: Desk, groups: list[Group]) -> str:
    pages = [page for group in groups for page in desk.pages[group.pk]]
    return f"{groups_in_words(group.number for group in groups)}, {pages_in_words(desk.position_of(pages))}"
