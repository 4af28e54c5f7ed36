"""Answer: a person says whether two pages are one document, and the arrangement follows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from clustering.actions.base import GroupAct, Key, Position, Scope, perform
from clustering.actions.merge import join
from clustering.actions.split import cut
from clustering.journal.errors import Refused, StaleVersion
from clustering.journal.stored import Pair
from clustering.journal.workspace import Desk, Versions
from clustering.models import Answer, Edit, Group, Page, User, Verb
from clustering.wording import name_of, pages_in_words, say

ANSWER = Verb("answer", done="answered", icon="help", follows=True, teaches=True)


class AnswerSeam(GroupAct):
    """Say whether two neighboring pages are one document. Refused if it contradicts a confirmed group."""

    address, label, verb = "answer", "Answer a page break", ANSWER
    keys = (
        Key("same", ("m", "y"), "Same document", "queue", edits=True),
        Key("different", ("s",), "New document", "queue", edits=True),
        Key("keep", ("o",), "Keep as proposed", "queue", edits=True),
    )

    left: Position = Field(description="The page before the seam; the other page is the next one in scan order.")
    verdict: Literal["same", "different"]

    def apply(self, at: Scope) -> Edit:
        """Answer it."""
        left = at.page(self.left)
        return answer_seam(left, verdict=self.verdict, actor=at.actor, versions=self.seen, act_id=self.act_id)


MOST_AT_ONCE = 100
"""Most seams in one act. Nobody looked at more; bulk confirmation is for those."""


class AnswerMany(GroupAct):
    """Give several seams the same answer, all or none. `versions` names the groups on both sides of each."""

    address, label, verb = "answer-many", "Answer several page breaks", ANSWER
    keys = (Key("take-alike", ("a",), "Give similar places the same answer", "queue", edits=True),)

    lefts: Annotated[list[Position], Field(min_length=1, max_length=MOST_AT_ONCE)] = Field(
        description="The page before each seam."
    )
    verdict: Literal["same", "different"]

    def apply(self, at: Scope) -> Edit:
        """Answer them."""
        lefts = at.pages(self.lefts)
        return answer_seams(lefts, verdict=self.verdict, actor=at.actor, versions=self.seen, act_id=self.act_id)


IN_WORDS = {Answer.Verdict.SAME: say("one document"), Answer.Verdict.DIFFERENT: say("different documents")}


def answer_seam(
    left: Page,
    *,
    verdict: Answer.Verdict | str,
    right: Page | None = None,
    actor: User | None,
    versions: Versions | None = None,
    act_id: UUID | None = None,
) -> Edit:
    """Record whether `left` and `right` are one document, and change the groups accordingly.

    `right` None is the next page in scan order. "same" for pages of two groups joins the groups; "different" for pages
    of one group splits it. If the groups agree already, the answer is only recorded. Between neighbors, groups that
    nobody settled stay unsettled: only the seam is decided (`redecode.live`). Raises Refused, naming both decisions, if
    the answer contradicts a confirmed group or an earlier answer, and StaleVersion.
    """
    stored_verdict = _verdict(verdict)

    def change(desk: Desk) -> str:
        other = right or _right_of(desk, left)
        if other.pk == left.pk:
            raise Refused(say("Choose two different pages."))
        desk.hold_pages([left.pk, other.pk], versions=versions)
        return _obey(desk, left.pk, other.pk, stored_verdict)

    return perform(left.collection_id, change, verb=ANSWER, actor=actor, act_id=act_id)


def answer_seams(
    lefts: Sequence[Page],
    *,
    verdict: Answer.Verdict | str,
    actor: User | None,
    versions: Versions | None = None,
    act_id: UUID | None = None,
) -> Edit:
    """Give the seam after each page of `lefts` the same answer, as one edit: all or none.

    Raises Refused and StaleVersion like `answer_seam`, naming the seams concerned, and Refused for no pages, pages of
    several collections, or more than MOST_AT_ONCE.
    """
    stored_verdict = _verdict(verdict)
    wanted = {page.pk: page for page in lefts}
    collections = {page.collection_id for page in lefts}
    if not wanted or len(wanted) > MOST_AT_ONCE:
        raise Refused(
            say("Choose at least one place to answer, and at most %(most_at_once)s.", most_at_once=MOST_AT_ONCE)
        )
    if len(collections) > 1:
        raise Refused(say("These pages are from different collections. Choose places in one collection."))

    def change(desk: Desk) -> str:
        pairs = [(page, _right_of(desk, page)) for page in sorted(wanted.values(), key=lambda page: page.position)]
        _hold_both(desk, pairs, versions)
        if len(pairs) == 1:
            return _obey(desk, pairs[0][0].pk, pairs[0][1].pk, stored_verdict)
        turned = _obey_all(desk, pairs, stored_verdict)
        changed = say("%(count)s of them changed documents.", count=turned) if turned else say("Nothing had to change.")
        return say(
            "Answered %(count)s places, before %(where)s: %(in_words)s. %(changed)s",
            count=len(pairs),
            where=pages_in_words([right.position for _, right in pairs]),
            in_words=IN_WORDS[stored_verdict],
            changed=changed,
        )

    return perform(collections.pop(), change, verb=ANSWER, actor=actor, act_id=act_id)


def _hold_both(desk: Desk, pairs: Sequence[tuple[Page, Page]], versions: Versions | None) -> None:
    """Hold the groups on both sides of each seam. Raises StaleVersion, naming the seams concerned."""
    try:
        desk.hold_pages([page.pk for pair in pairs for page in pair], versions=versions)
    except StaleVersion as error:
        raise StaleVersion(
            say("%(which)s %(reason)s", which=_which(pairs, error.groups), reason=error.message), groups=error.groups
        ) from error


def _obey_all(desk: Desk, pairs: Sequence[tuple[Page, Page]], verdict: Answer.Verdict) -> int:
    """Give each seam this answer, and return how many changed documents. Raises Refused for all if one is refused."""
    turned = 0
    for left, right in pairs:
        places = desk.groups_by_page()
        turned += (places[left.pk] == places[right.pk]) != (verdict is Answer.Verdict.SAME)
        try:
            _obey(desk, left.pk, right.pk, verdict)
        except Refused as error:
            raise Refused(
                say("None of the %(count)s answers was saved. %(sentence)s", count=len(pairs), sentence=error.message)
            ) from error
    return turned


def _verdict(verdict: Answer.Verdict | str) -> Answer.Verdict:
    try:
        return Answer.Verdict(verdict)
    except ValueError as error:
        raise Refused(say("Answer “same” for one document or “different” for two.")) from error


def _right_of(desk: Desk, left: Page) -> Page:
    other = Page.objects.filter(collection=desk.collection, position=left.position + 1).first()
    if other is None:
        raise Refused(
            say("Page %(position)s is the last page, so there is no next page to compare.", position=left.position)
        )
    return other


def _which(pairs: Sequence[tuple[Page, Page]], groups: Sequence[Group]) -> str:
    """Name the seams whose groups changed."""
    changed = {group.pk for group in groups}
    named = [right.position for left, right in pairs if {left.group_id, right.group_id} & changed]
    where = say("before %(pages)s", pages=pages_in_words(named)) if named else say("at some of these places")
    return say(
        "None of the %(count)s answers was saved, because the documents changed %(where)s.",
        count=len(pairs),
        where=where,
    )


def _obey(desk: Desk, left: int, right: int, verdict: Answer.Verdict) -> str:
    desk.hold_answers()
    first, second = desk.pair(left, right)
    places = desk.groups_by_page()
    one, other = places[first], places[second]
    if one is None or other is None:
        raise Refused(
            say(
                "%(capitalize)s are not both in a document yet. Apply a proposal first.",
                capitalize=_named(desk, (first, second)).capitalize(),
            )
        )
    _refuse_contrary_answers(desk, (first, second), verdict)
    sentence = say(
        "Answered that %(named)s are %(in_words)s", named=_named(desk, (first, second)), in_words=IN_WORDS[verdict]
    )
    desk.touched.update({one, other})
    groups = [desk.groups[pk] for pk in dict.fromkeys([one, other])]
    if (one == other) == (verdict is Answer.Verdict.SAME):
        if desk.answers.get((first, second)) is None:
            desk.say(first, second, verdict)
        return sentence + "."
    _refuse_against_confirmed(desk, groups, sentence)
    neighbors = desk.positions[second] == desk.positions[first] + 1
    by_hand = not neighbors or any(group.edited or group.state != Group.State.PROPOSED for group in groups)
    if verdict is Answer.Verdict.SAME:
        done = join(desk, groups, by_hand=by_hand)
    else:
        pages = desk.pages[one]
        done = cut(desk, groups[0], before=max(first, second, key=pages.index), by_hand=by_hand)
    desk.say(first, second, verdict)
    _refuse_overruled(desk, (first, second), verdict)
    return say("%(sentence)s: %(done)s", sentence=sentence, done=done.small())


def _refuse_against_confirmed(desk: Desk, groups: list[Group], sentence: str) -> None:
    for group in groups:
        if group.is_confirmed:
            when = say(" on %(date)s", date=group.confirmed_at) if group.confirmed_at else ""
            pages = pages_in_words(desk.position_of(desk.pages[group.pk]))
            place = desk.places_of([group], as_found=True)[group.pk]
            raise Refused(
                say(
                    "%(name_of)s confirmed document %(number)s, %(pages)s,%(when)s, but your answer differs: "
                    "“%(sentence)s.” Unconfirm the document first, or leave it as it is.",
                    name_of=name_of(group.confirmed_by, to=desk.actor),
                    number=place,
                    pages=pages,
                    when=when,
                    sentence=sentence,
                )
            )


def _refuse_contrary_answers(desk: Desk, pair: Pair, verdict: Answer.Verdict) -> None:
    earlier = desk.before.answers.get(pair)
    if earlier is not None and earlier[0] != verdict:
        raise _contradiction(desk, pair, pair, verdict)


def _refuse_overruled(desk: Desk, pair: Pair, verdict: Answer.Verdict) -> None:
    """Refuse to reverse another answer as a side effect; an explicit split or join may."""
    for other, earlier in desk.before.answers.items():
        now = desk.answers[other]
        if earlier is not None and (now is None or now[0] != earlier[0]):
            raise _contradiction(desk, other, pair, verdict)


def _contradiction(desk: Desk, earlier: Pair, pair: Pair, verdict: Answer.Verdict) -> Refused:
    row = Answer.objects.select_related("actor").get(first=earlier[0], second=earlier[1])
    return Refused(
        say(
            "%(name_of)s answered on %(localtime)s that %(named)s are %(in_words)s; you answered that "
            "%(named2)s are %(in_words2)s. Both can’t be right. Undo the earlier answer, or split or join the "
            "documents yourself.",
            name_of=name_of(row.actor, to=desk.actor),
            localtime=row.created,
            named=_named(desk, earlier),
            in_words=IN_WORDS[Answer.Verdict(row.verdict)],
            named2=_named(desk, pair),
            in_words2=IN_WORDS[verdict],
        )
    )


def _named(desk: Desk, pair: Pair) -> str:
    return say(
        "pages %(positions)s and %(positions2)s", positions=desk.positions[pair[0]], positions2=desk.positions[pair[1]]
    )
