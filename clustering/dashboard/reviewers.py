"""Agreement of people who decided the same seam, without naming anyone."""

from __future__ import annotations

from dataclasses import dataclass

from clustering.engine.agreement import Agreement, cohen
from clustering.models import Answer, ReviewCheck

SHOWN = 6


@dataclass(frozen=True, slots=True)
class Reviewers:
    """Opinions of different people on the same seams, of one person at two times, and of people on what nobody saw."""

    between: Agreement
    oneself: Agreement
    unseen: Agreement
    differ: list[ReviewCheck]
    """The newest seams on which two opinions differ; the desk shows the earlier one."""

    def __bool__(self) -> bool:
        return bool(self.between.count or self.oneself.count or self.unseen.count)


def reviewers(collection: int) -> Reviewers:
    """Of the hidden checks of a collection. One query."""
    checks = list(
        ReviewCheck.objects.filter(collection=collection).select_related("first", "second").order_by("-created")
    )
    looked = [check for check in checks if check.basis != ReviewCheck.Basis.ACCEPTED]
    return Reviewers(
        between=_of([check for check in looked if check.earlier_id != check.actor_id]),
        oneself=_of([check for check in looked if check.earlier_id == check.actor_id]),
        unseen=_of([check for check in checks if check.basis == ReviewCheck.Basis.ACCEPTED]),
        differ=[check for check in checks if not check.agrees][:SHOWN],
    )


def _of(checks: list[ReviewCheck]) -> Agreement:
    different = Answer.Verdict.DIFFERENT
    return cohen((check.expected == different, check.verdict == different) for check in checks)
