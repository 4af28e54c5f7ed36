"""Confirm in bulk: all groups at a confidence or more, chosen by filter, count, and version, never by ids."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random, SystemRandom
from typing import Annotated
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from pydantic import Field

from clustering.actions.base import WHOLE, Act, Count, Scope, perform
from clustering.actions.confirm import confirm_each
from clustering.journal.errors import Refused, StaleVersion
from clustering.journal.workspace import Desk
from clustering.models import AuditSample, Collection, Edit, Group, User, Verb
from clustering.wording import counted_groups, say

ACCEPT = Verb("accept", done="confirmed in bulk", icon="check", teaches=True)


class Accept(Act):
    """Confirm all groups at or above a confidence, and draw a sample for a spot check. 409 if the groups are no longer
    those that you saw.
    """

    address, label, verb = "accept", "Confirm in bulk", ACCEPT

    threshold: float = Field(ge=0.5, le=1, description="The lowest confidence to confirm.")
    groups: Count = Field(description="The number of groups that you saw.")
    version: Count = Field(description="The version of the collection when you saw it.")
    sample: Annotated[int, Field(ge=1, le=1000), WHOLE] | None = Field(
        None, description="How many to draw for a spot check."
    )

    def apply(self, at: Scope) -> Edit:
        """Accept them."""
        wanted = BulkConsent(self.threshold, self.groups, self.version)
        return accept_many(at.collection, wanted, actor=at.actor, act_id=self.act_id, sample=self.sample)


LOWEST = 0.5
"""A bulk confirmation below even odds would not be a responsible decision."""

SAMPLE_LEAST = 20
SAMPLE_SHARE = 0.1
SAMPLE_MOST = 60
"""60 right out of 60 prove that at most 5% of all accepted groups are wrong."""

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class BulkConsent:
    """What a person saw and agreed to: the filter, the number of groups, and the version."""

    threshold: float
    groups: int
    version: int


def acceptable(collection: Collection, *, threshold: float) -> QuerySet[Group]:
    """Return groups that a bulk confirmation would confirm: still as proposed, at `threshold` or more.

    Confirmed ones need nothing; those that a person changed, unconfirmed, or flagged wait for a person.
    """
    return Group.objects.filter(
        collection=collection,
        state=Group.State.PROPOSED,
        flagged=False,
        confidence__gte=threshold - _ROUNDING,
    )


def accept_many(
    collection: Collection,
    wanted: BulkConsent,
    *,
    actor: User | None,
    act_id: UUID | None = None,
    sample: int | None = None,
) -> Edit:
    """Confirm every acceptable group as one edit, and draw a spot check of `sample` groups among them.

    Takes the same number of queries for any number of groups. If the act is sent twice, it is done once.

    Raises
    ------
    StaleVersion
        If the collection or the count is not as the person saw it.
    Refused
        If no group is that certain, or the threshold is below even odds.
    """
    if not LOWEST <= wanted.threshold <= 1:
        raise Refused(say("Choose a threshold between 50% and 100%. Documents below that need a review."))

    def change(desk: Desk) -> str:
        groups = _agreed(desk.collection, wanted)
        desk.hold(groups)
        return say(
            "Confirmed %(counted_groups)s in bulk at %(percent)s or higher%(drafts)s.",
            counted_groups=counted_groups(len(groups)),
            percent=percent(wanted.threshold),
            drafts=confirm_each(desk, list(desk.groups.values())),
        )

    with transaction.atomic():
        edit = perform(collection.pk, change, verb=ACCEPT, actor=actor, act_id=act_id)
        if not edit.audit_samples.exists():
            draw_sample(edit, size=sample)
    return edit


def _agreed(collection: Collection, wanted: BulkConsent) -> list[int]:
    """Return the ids of the groups. Raises StaleVersion if the person saw something else, Refused for none."""
    if collection.version != wanted.version:
        raise StaleVersion(say("The collection has changed. Check the new counts and confirm again."))
    groups = list(acceptable(collection, threshold=wanted.threshold).values_list("pk", flat=True))
    if len(groups) != wanted.groups:
        raise StaleVersion(
            say(
                "You agreed to %(counted_groups)s, but there are %(count)s now. Check the counts and confirm again.",
                counted_groups=counted_groups(wanted.groups),
                count=len(groups),
            )
        )
    if not groups:
        raise Refused(
            say(
                "No documents are at %(percent)s or higher. Choose a lower threshold.",
                percent=percent(wanted.threshold),
            )
        )
    return groups


def sample_size(accepted: int, *, asked: int | None = None) -> int:
    """Return how many of the accepted groups to check: as requested, or a tenth, but at least 20 and at most 60."""
    wanted = asked if asked is not None else min(SAMPLE_MOST, max(SAMPLE_LEAST, round(SAMPLE_SHARE * accepted)))
    return min(accepted, max(1, wanted))


def draw_sample(edit: Edit, *, size: int | None = None, random: Random | None = None) -> list[AuditSample]:
    """Draw groups that this edit accepted, each with the same probability, in random order."""
    accepted = [entry for entry in edit.after if "group" in entry]
    # The system's randomness: nobody can predict which ones will be checked.
    chosen = (random or SystemRandom()).sample(accepted, sample_size(len(accepted), asked=size))
    return AuditSample.objects.bulk_create(
        AuditSample(
            collection_id=edit.collection_id,
            edit=edit,
            group=entry["group"]["id"],
            number=entry["group"]["number"],
            pages=entry["pages"],
            confidence=entry["group"]["confidence"],
            place=rank,
        )
        for rank, entry in enumerate(chosen, start=1)
    )


def percent(share: float) -> str:
    """Write a threshold as 99% or 99.5%, with as many decimals as needed, at most three."""
    return f"{f'{100 * share:.3f}'.rstrip('0').rstrip('.')}%"
