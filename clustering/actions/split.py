"""Split: one document becomes two."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from clustering.actions.base import GroupAct, Id, Key, Position, Scope, perform
from clustering.journal.errors import Refused
from clustering.journal.workspace import Desk
from clustering.models import Answer, Edit, Group, Page, User, Verb
from clustering.sentences import Sentence
from clustering.wording import pages_in_words, say

SPLIT = Verb("split", done="split", icon="cut", unsettles=True, follows=True, teaches=True)


class Split(GroupAct):
    """Split a document in two. The first part keeps its ID, number, and description."""

    address, label, verb = "split", "Split", SPLIT
    keys = (
        Key("split", ("s",), "Split before the current page, or join it to the previous page", "stream", edits=True),
    )

    group: Id
    before: Position = Field(description="The page that begins the new group.")

    def apply(self, at: Scope) -> Edit:
        """Split it."""
        group = at.group(self.group)
        version = self.version_of(group)
        return split_group(group, before=at.page(self.before), actor=at.actor, version=version, act_id=self.act_id)


def split_group(
    group: Group, *, before: Page, actor: User | None, version: int | None = None, act_id: UUID | None = None
) -> Edit:
    """Split `group` before the page `before`. The first part keeps its id, number, and description.

    Records the answer that the two pages at the split are different documents. `version` is the version of the group
    that the person saw; None skips the comparison. Raises StaleVersion, and Refused if the page is not in the group or
    is its first page.
    """

    def change(desk: Desk) -> str:
        desk.hold([group.pk], versions=None if version is None else {group.pk: version})
        return cut(desk, desk.groups[group.pk], before=before.pk)

    return perform(group.collection_id, change, verb=SPLIT, actor=actor, act_id=act_id)


def cut(desk: Desk, group: Group, *, before: int, by_hand: bool = True) -> Sentence:
    """Split a held group before a page id and return the sentence.

    Unless `by_hand`, both parts stay unsettled: only the seam is decided.
    """
    pages = desk.pages[group.pk]
    if before not in pages:
        raise Refused(
            say(
                "That page is not in document %(number)s. Choose one of its pages, or reload the page.",
                number=desk.place_of(group),
            )
        )
    at = pages.index(before)
    if at == 0:
        raise Refused(
            say(
                "Page %(positions)s is the first page of document %(number)s. Choose a later page to split before.",
                positions=desk.positions[before],
                number=desk.place_of(group),
            )
        )
    desk.hold_answers()
    state = Group.State.PROPOSED if group.state == Group.State.PROPOSED else Group.State.CHANGED
    desk.pages[group.pk] = pages[:at]
    rest = desk.new_groups([pages[at:]], state=state, edited=by_hand, split_from=group.number)[0]
    rest.run_id = group.run_id
    if by_hand:
        desk.edit_by_person(group, new_pages=True)
    group.confidence = None
    desk.say(pages[at - 1], before, Answer.Verdict.DIFFERENT)
    desk.keep_answers_true()
    moved = pages_in_words(desk.position_of(pages[at:]))
    place = desk.places_of([group, rest])
    return say(
        "Split %(number)s before page %(positions)s: %(moved)s became %(number2)s.",
        number=place[group.pk],
        positions=desk.positions[before],
        moved=moved,
        number2=place[rest.pk],
    )
