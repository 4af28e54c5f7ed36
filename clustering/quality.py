"""Whether people and proposals are right: quality checks in the queue, and spot checks of bulk confirmations.

Nothing here changes the desk.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from math import ceil

from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import MD5, Cast, Concat
from django.utils import timezone

from clustering.access import check_edit
from clustering.actions.accept import ACCEPT
from clustering.journal.errors import Refused, StaleVersion
from clustering.models import Answer, AuditSample, Collection, Edit, Group, Page, ReviewCheck, Run, SeamScore, User
from clustering.selectors.queue import WORTH_A_LOOK
from clustering.wording import name_of, say, translated

_DRAWN = 200
_WRITTEN_WITHIN = timedelta(minutes=1)
"""A bulk confirmation is written within this time of the time that its groups carry."""


def draw_checks(collection: Collection, run: Run, person: User, *, among: int) -> list[tuple[int, float]]:
    """Return (position before the seam, the run's probability) of the settled seams that this person is asked again.

    They stay the same for the person until answered, and are never ones that the person answered or was asked before.
    Those that the proposal was unsure of come first, because the others would be obvious.
    """
    share = collection.read_settings().check_share
    count = ceil(among * share / (100 - share)) if among else 0
    if not count:
        return []
    after = Page.objects.filter(collection=collection, position=OuterRef("page__position") + 1)
    settled = SeamScore.objects.filter(
        Exists(after.filter(group__state=Group.State.CONFIRMED)), run=run, page__group__state=Group.State.CONFIRMED
    )
    asked = ReviewCheck.objects.filter(first=OuterRef("page"), actor=person)
    mine = Answer.objects.filter(first=OuterRef("page"), actor=person)
    settled = settled.filter(~Exists(asked), ~Exists(mine)).annotate(
        draw=MD5(Concat(Cast("page_id", CharField()), Value(f" {person.pk}")))
    )
    doubted = settled.filter(probability__gte=WORTH_A_LOOK / 100, probability__lte=1 - WORTH_A_LOOK / 100)
    rows = list(doubted.order_by("draw").values_list("page__position", "probability")[:count])
    if len(rows) < count:
        known = {position for position, _ in rows}
        others = settled.order_by("draw").values_list("page__position", "probability")[: count + _DRAWN]
        rows += [row for row in others if row[0] not in known][: count - len(rows)]
    return rows


def record_check(
    left: Page, *, verdict: Answer.Verdict | str, actor: User, versions: dict[int, int] | None
) -> ReviewCheck | None:
    """Store a person's opinion on a settled seam. Returns None if it isn't settled: the answer is then an act.

    Changes nothing at the desk. Raises PermissionDenied, Refused for an unknown verdict, StaleVersion if the groups are
    not as the person saw them.
    """
    check_edit(actor, left.collection)
    if verdict not in Answer.Verdict.values:
        raise Refused(say("Answer “same” for one document or “different” for two."))
    right = (
        Page.objects.filter(collection=left.collection_id, position=left.position + 1).select_related("group").first()
    )
    one, other = left.group, right.group if right else None
    if right is None or one is None or other is None or not (one.is_confirmed and other.is_confirmed):
        return None
    if versions is not None and any(versions.get(group.pk) != group.version for group in (one, other)):
        why = say("This has changed since you opened it. Check the current documents.")
        raise StaleVersion(why, groups=[one, other])
    basis, earlier = _earlier(left, right, one, other)
    check, _ = ReviewCheck.objects.update_or_create(
        first=left,
        second=right,
        actor=actor,
        defaults={
            "collection": left.collection,
            "expected": Answer.Verdict.SAME if one.pk == other.pk else Answer.Verdict.DIFFERENT,
            "basis": basis,
            "earlier": earlier,
            "verdict": verdict,
        },
    )
    return check


def _earlier(left: Page, right: Page, one: Group, other: Group) -> tuple[ReviewCheck.Basis, User | None]:
    """Return whose opinion the desk has at a settled seam."""
    answer = Answer.objects.filter(first=left, second=right).select_related("actor").first()
    if answer is not None:
        return ReviewCheck.Basis.ANSWER, answer.actor
    for group in dict.fromkeys((one, other)):
        at = group.confirmed_at
        accepted = Edit.objects.filter(collection=group.collection_id, verb=ACCEPT, undone=False)
        when = (at, at + _WRITTEN_WITHIN) if at else (None, None)
        if not at or not accepted.filter(groups__contains=[group.pk], created__range=when).exists():
            return ReviewCheck.Basis.CONFIRMED, group.confirmed_by
    return ReviewCheck.Basis.ACCEPTED, one.confirmed_by


def kindly(check: ReviewCheck) -> str:
    """Return the message for a person whose answer differs, in the current language; "" if it doesn't."""
    if check.agrees:
        return ""
    what = say("one document") if check.expected == Answer.Verdict.SAME else say("different documents")
    who = name_of(check.earlier, to=check.actor)
    done = {
        ReviewCheck.Basis.ANSWER: say("%(who)s answered earlier that they are %(what)s", who=who, what=what),
        ReviewCheck.Basis.CONFIRMED: say("%(who)s confirmed them earlier as %(what)s", who=who, what=what),
        ReviewCheck.Basis.ACCEPTED: say("They were confirmed in bulk as %(what)s", what=what),
    }[ReviewCheck.Basis(check.basis)]
    return translated(
        say(
            "Your answer for pages %(first)s and %(second)s differs: %(done)s. Nothing was changed. Either answer may "
            "be right. Look at the pages together.",
            first=check.first.position,
            second=check.second.position,
            done=done,
        )
    )


def place_of(position: int, person: User, room: int) -> int:
    """Return the place of a check among `room` places: constant for a person, but unpredictable."""
    return int(sha256(f"{position}/{person.pk}".encode()).hexdigest()[:8], 16) % max(room, 1)


def judge_sample(sample: AuditSample, *, verdict: str, actor: User) -> AuditSample:
    """Record the verdict, replacing an earlier one. Changes nothing at the desk.

    Raises PermissionDenied for a person who may not edit, Refused for an unknown verdict, and for a sample of an act
    that was undone.
    """
    check_edit(actor, sample.edit.collection)
    if verdict not in AuditSample.Verdict.values:
        raise Refused(say("Choose “right” or “wrong” for this document."))
    if sample.edit.undone:
        raise Refused(say("This batch was undone, so there is nothing to check."))
    sample.verdict, sample.checked_by, sample.checked_at = verdict, actor, timezone.now()
    sample.save(update_fields=["verdict", "checked_by", "checked_at"])
    return sample
