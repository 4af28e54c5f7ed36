"""Answer: a person says of two pages whether they are one document; the arrangement follows."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import User
from django.utils import timezone

from clustering.actions.arrangement import perform
from clustering.actions.desk import Desk, Versions
from clustering.actions.errors import Refused
from clustering.actions.merge import join
from clustering.actions.snapshots import Pair
from clustering.actions.split import cut
from clustering.actions.wording import name_of, pages_in_words
from clustering.models import Answer, Edit, Group, Page

IN_WORDS = {Answer.Verdict.SAME: "one document", Answer.Verdict.DIFFERENT: "different documents"}


def answer_seam(
    left: Page,
    *,
    verdict: Answer.Verdict | str,
    right: Page | None = None,
    actor: User | None,
    versions: Versions | None = None,
    act_id: UUID | None = None,
) -> Edit:
    """Records what a person says of `left` and `right` (None: the next page in scan order) and obeys it.

    "same" for pages of two groups merges the groups; "different" for pages of one group splits it; an answer that
    the desk agrees with is recorded and leaves the groups as they are. Groups that no person settled stay unsettled
    where the pages are neighbours: what is decided is the seam, and the machine goes on with the rest (`live`). Raises
    Refused, naming both decisions, where the answer contradicts a confirmed group or an earlier answer; StaleVersion
    as usual.
    """
    try:
        said = Answer.Verdict(verdict)
    except ValueError as error:
        raise Refused("Answer “same” for one document, or “different” for two.") from error

    def change(desk: Desk) -> str:
        other = right or Page.objects.filter(collection=desk.collection, position=left.position + 1).first()
        if other is None:
            raise Refused(f"Page {left.position} is the last one, so no page follows that could be compared.")
        if other.pk == left.pk:
            raise Refused("Choose two different pages to say whether they are one document.")
        desk.hold_pages([left.pk, other.pk], versions=versions)
        return _obey(desk, left.pk, other.pk, said)

    return perform(left.collection_id, change, verb=Edit.Verb.ANSWER, actor=actor, act_id=act_id)


def _obey(desk: Desk, left: int, right: int, said: Answer.Verdict) -> str:
    desk.hold_answers()
    first, second = desk.pair(left, right)
    places = desk.places()
    one, other = places[first], places[second]
    if one is None or other is None:
        raise Refused(
            f"{_named(desk, (first, second)).capitalize()} are not both in a group yet. Put a run on the desk first."
        )
    _refuse_contrary_answers(desk, (first, second), said)
    sentence = f"Answered that {_named(desk, (first, second))} are {IN_WORDS[said]}"
    desk.touched.update({one, other})
    groups = [desk.groups[pk] for pk in dict.fromkeys([one, other])]
    if (one == other) == (said is Answer.Verdict.SAME):
        if desk.answers.get((first, second)) is None:
            desk.say(first, second, said)
        return f"{sentence}."
    _refuse_against_confirmed(desk, groups, sentence)
    neighbours = desk.positions[second] == desk.positions[first] + 1
    by_hand = not neighbours or any(group.edited or group.state != Group.State.PROPOSED for group in groups)
    if said is Answer.Verdict.SAME:
        done = join(desk, groups, by_hand=by_hand)
    else:
        pages = desk.pages[one]
        done = cut(desk, groups[0], before=max(first, second, key=pages.index), by_hand=by_hand)
    desk.say(first, second, said)
    _refuse_overruled(desk, (first, second), said)
    return f"{sentence}: {done[0].lower()}{done[1:]}"


def _refuse_against_confirmed(desk: Desk, groups: list[Group], sentence: str) -> None:
    for group in groups:
        if group.is_confirmed:
            when = f" on {timezone.localtime(group.confirmed_at):%-d %B %Y}" if group.confirmed_at else ""
            pages = pages_in_words(desk.position_of(desk.pages[group.pk]))
            raise Refused(
                f"{name_of(group.confirmed_by, to=desk.actor)} confirmed group {group.number}, {pages},{when}, "
                f"and your answer says otherwise: “{sentence}.” Un-confirm the group first, or leave it as it is."
            )


def _refuse_contrary_answers(desk: Desk, pair: Pair, said: Answer.Verdict) -> None:
    earlier = desk.before.answers.get(pair)
    if earlier is not None and earlier[0] != said:
        raise _contradiction(desk, pair, pair, said)


def _refuse_overruled(desk: Desk, pair: Pair, said: Answer.Verdict) -> None:
    """An answer may not turn another one round on its way, as an explicit split or merge does."""
    for other, earlier in desk.before.answers.items():
        now = desk.answers[other]
        if earlier is not None and (now is None or now[0] != earlier[0]):
            raise _contradiction(desk, other, pair, said)


def _contradiction(desk: Desk, earlier: Pair, pair: Pair, said: Answer.Verdict) -> Refused:
    row = Answer.objects.select_related("actor").get(first=earlier[0], second=earlier[1])
    return Refused(
        f"{name_of(row.actor, to=desk.actor)} answered on {timezone.localtime(row.created):%-d %B %Y} that "
        f"{_named(desk, earlier)} are {IN_WORDS[Answer.Verdict(row.verdict)]}; "
        f"you say that {_named(desk, pair)} are {IN_WORDS[said]}. "
        "Both cannot be: undo the earlier answer, or split or merge the groups yourself."
    )


def _named(desk: Desk, pair: Pair) -> str:
    return f"pages {desk.positions[pair[0]]} and {desk.positions[pair[1]]}"
