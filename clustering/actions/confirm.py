"""Confirm and unconfirm: an archivist says that a group is right as it is, or takes that back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any
from uuid import UUID

from django.utils import timezone
from pydantic import AfterValidator, ConfigDict, Field, model_validator

from clustering.actions.base import Count, GroupAct, Ids, Key, RequestBody, Scope, perform
from clustering.journal.errors import Refused, StaleVersion
from clustering.journal.workspace import Desk, Versions
from clustering.models import Collection, Edit, Group, User, Verb
from clustering.redecode.drafting import accept_drafts
from clustering.selectors.filters import FILTERS, groups_matching
from clustering.wording import counted_groups, pages_in_words, say, say_n

CONFIRM = Verb("confirm", done="confirmed", icon="check", follows=True, teaches=True)
UNCONFIRM = Verb("unconfirm", done="unconfirmed", icon="state-proposed")


def _known(name: str) -> str:
    if name not in FILTERS:
        raise ValueError(say("There is no such filter."))
    return name


FilterName = Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": list(FILTERS)})]


class Matching(RequestBody):
    """All groups that a filter shows, as a person saw them."""

    filter: FilterName
    groups: Count = Field(description="The number of groups that you saw.")
    version: Count = Field(description="The version of the collection when you saw it.")


def _only(named: str, other: str) -> dict[str, Any]:
    """Check that exactly one of two fields is given."""
    return {"required": [named], "properties": {named: {"not": {"type": "null"}}, other: {"type": "null"}}}


class SomeGroups(GroupAct):
    """Groups one by one, or all that a filter shows."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [_only("groups", "matching"), _only("matching", "groups")]})

    groups: Ids | None = None
    matching: Matching | None = Field(
        None, description="Instead of `groups`: all that a filter shows. 409 if they are no longer those that you saw."
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> SomeGroups:
        if (self.groups is None) == (self.matching is None):
            raise ValueError(say("Name either groups or what they match."))
        return self


class Confirm(SomeGroups):
    """Confirm that groups are right. Confirmed groups are exported, and no proposal changes them."""

    address, label, verb = "confirm", "Confirm", CONFIRM
    keys = (
        Key("confirm", ("c",), "Confirm the document and go to the next", "stream", edits=True),
        Key("confirm-selected", ("Shift+c",), "Confirm all selected documents", "stream", edits=True),
    )

    def apply(self, at: Scope) -> Edit:
        """Confirm them."""
        if self.matching is not None:
            return confirm_matching(at.collection, self.matching, actor=at.actor, act_id=self.act_id)
        return confirm_groups(at.groups(self.groups or ()), actor=at.actor, versions=self.seen, act_id=self.act_id)


class Unconfirm(SomeGroups):
    """Unconfirm groups; their state becomes `changed`."""

    address, label, verb = "unconfirm", "Unconfirm", UNCONFIRM
    keys = (Key("unconfirm", ("u",), "Unconfirm", "stream", edits=True),)

    def apply(self, at: Scope) -> Edit:
        """Take their confirmations back."""
        if self.matching is not None:
            return unconfirm_matching(at.collection, self.matching, actor=at.actor, act_id=self.act_id)
        return unconfirm_groups(at.groups(self.groups or ()), actor=at.actor, versions=self.seen, act_id=self.act_id)


def confirm_groups(
    groups: Iterable[Group], *, actor: User | None, versions: Versions | None = None, act_id: UUID | None = None
) -> Edit:
    """Confirm groups with the time and the person, and remove their flags.

    Drafts in fields that nobody filled in are accepted on the collection's terms (`DraftTerms`), and listed in
    `accepted_drafts`. Groups that are already confirmed stay as they are. Raises StaleVersion, and Refused if all of
    them are.
    """
    wanted, collection = _one_collection(groups)

    def change(desk: Desk) -> str:
        desk.hold(wanted, versions=versions)
        return confirm_held(desk, wanted)

    return perform(collection, change, verb=CONFIRM, actor=actor, act_id=act_id)


def confirm_held(desk: Desk, wanted: Sequence[int]) -> str:
    """Confirm held groups and return the sentence. Raises Refused if all of them are confirmed."""
    fresh = [desk.groups[pk] for pk in wanted if not desk.groups[pk].is_confirmed]
    if not fresh:
        named = desk.named(desk.groups[pk] for pk in wanted)
        raise Refused(
            say_n(
                "%(documents)s is already confirmed.",
                "%(documents)s are already confirmed.",
                len(wanted),
                documents=named.capitalize(),
            )
        )
    return say(
        "Confirmed %(documents)s%(drafts)s.", documents=_with_pages(desk, fresh), drafts=confirm_each(desk, fresh)
    )


def confirm_each(desk: Desk, groups: Sequence[Group]) -> str:
    """Confirm these held groups, remove their flags, accept their drafts, and return what to say of the drafts."""
    now = timezone.now()
    for group in groups:
        group.state, group.edited = Group.State.CONFIRMED, True
        group.confirmed_by, group.confirmed_at = desk.actor, now
        group.flagged, group.flag_note = False, ""
    return accept_drafts(desk, groups, desk.collection.read_settings().drafts)


def unconfirm_groups(
    groups: Iterable[Group], *, actor: User | None, versions: Versions | None = None, act_id: UUID | None = None
) -> Edit:
    """Unconfirm groups: confirmed ones become changed, others stay as they are.

    Raises StaleVersion, and Refused if none of them is confirmed.
    """
    wanted, collection = _one_collection(groups)

    def change(desk: Desk) -> str:
        desk.hold(wanted, versions=versions)
        return unconfirm_held(desk, wanted)

    return perform(collection, change, verb=UNCONFIRM, actor=actor, act_id=act_id)


def unconfirm_held(desk: Desk, wanted: Sequence[int]) -> str:
    """Unconfirm held groups and return the sentence. Raises Refused if none of them is confirmed."""
    confirmed = [desk.groups[pk] for pk in wanted if desk.groups[pk].is_confirmed]
    if not confirmed:
        named = desk.named(desk.groups[pk] for pk in wanted)
        raise Refused(
            say_n(
                "%(documents)s is not confirmed.",
                "%(documents)s are not confirmed.",
                len(wanted),
                documents=named.capitalize(),
            )
        )
    for group in confirmed:
        desk.edit_by_person(group)
    return say("Unconfirmed %(documents)s.", documents=_with_pages(desk, confirmed))


def _one_collection(groups: Iterable[Group]) -> tuple[list[int], int]:
    wanted = {group.pk: group.collection_id for group in groups}
    if not wanted:
        raise Refused(say("Select at least one document first."))
    if len(set(wanted.values())) > 1:
        raise Refused(say("These documents are from different collections. Select documents from one collection."))
    return list(wanted), next(iter(wanted.values()))


def _with_pages(desk: Desk, groups: list[Group]) -> str:
    pages = [page for group in groups for page in desk.pages[group.pk]]
    return say(
        "%(documents)s, %(pages)s",
        documents=desk.named(groups),
        pages=pages_in_words(desk.position_of(pages)),
    )


def confirm_matching(
    collection: Collection, wanted: Matching, *, actor: User | None, act_id: UUID | None = None
) -> Edit:
    """Confirm every group that the filter shows, as one edit.

    Raises StaleVersion if the collection or the count is not as the person saw it, and what `confirm_groups` raises.
    """
    return perform_matching(collection, wanted, confirm_held, verb=CONFIRM, actor=actor, act_id=act_id)


def unconfirm_matching(
    collection: Collection, wanted: Matching, *, actor: User | None, act_id: UUID | None = None
) -> Edit:
    """Unconfirm every group that the filter shows, like `confirm_matching`."""
    return perform_matching(collection, wanted, unconfirm_held, verb=UNCONFIRM, actor=actor, act_id=act_id)


def perform_matching(
    collection: Collection,
    wanted: Matching,
    act: Callable[[Desk, list[int]], str],
    *,
    verb: Verb,
    actor: User | None,
    act_id: UUID | None,
) -> Edit:
    """Do this to every group that the filter shows. Raises as `agreed` does."""

    def change(desk: Desk) -> str:
        groups = agreed(desk.collection, wanted)
        desk.hold(groups)
        return act(desk, groups)

    return perform(collection.pk, change, verb=verb, actor=actor, act_id=act_id)


def agreed(collection: Collection, wanted: Matching) -> list[int]:
    """Return the ids of the groups. Raises StaleVersion if the person saw something else, Refused for none."""
    if collection.version != wanted.version:
        raise StaleVersion(
            say("The collection has changed, so nothing was done. Check what is shown now and try again.")
        )
    matching = list(groups_matching(collection, wanted.filter).order_by("pk").values_list("pk", flat=True))
    if len(matching) != wanted.groups:
        raise StaleVersion(
            say(
                "You agreed to %(counted_groups)s, but now there are %(count)s, so nothing was done. Check what is "
                "shown and try again.",
                counted_groups=counted_groups(wanted.groups),
                count=len(matching),
            )
        )
    if not matching:
        raise Refused(say("No documents match this filter. Choose another filter."))
    return matching
