"""What a person says of an accepted group that was drawn for the audit."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from clustering.access import may_edit
from clustering.journal.errors import Refused
from clustering.models import AuditSample


def judge_sample(sample: AuditSample, *, verdict: str, actor: User) -> AuditSample:
    """Records the verdict; a later one takes the place of an earlier one. Changes nothing at the desk.

    Raises PermissionDenied for a person who may not edit, Refused for another word than right and wrong and for a
    sample of an act that was undone.
    """
    if not may_edit(actor):
        raise PermissionDenied("You may look at this collection; ask staff for the archivist role to check groups.")
    if verdict not in AuditSample.Verdict.values:
        raise Refused("Say “right” or “wrong” of this group.")
    if sample.edit.undone:
        raise Refused("These groups are not accepted any more, because that act was undone. There is nothing to check.")
    sample.verdict, sample.checked_by, sample.checked_at = verdict, actor, timezone.now()
    sample.save(update_fields=["verdict", "checked_by", "checked_at"])
    return sample
