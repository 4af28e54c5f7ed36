"""Merge: several groups become one document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any
from uuid import UUID

from clustering.actions.base import GroupAct, Ids, Key, Scope, perform
from clustering.engine.description import TERM_FIELDS, TEXT_DETAILS, Details, details_from
from clustering.journal.errors import Refused
from clustering.journal.workspace import Desk, Versions
from clustering.models import Answer, Edit, Group, User, Verb
from clustering.redecode.drafting import release_drafts
from clustering.sentences import Sentence, listed
from clustering.wording import MOST_NAMED, counted_groups, pages_in_words, say

MERGE = Verb("merge", done="joined", icon="join", unsettles=True, follows=True, teaches=True)


class Merge(GroupAct):
    """Make one group of several. The earliest keeps its ID, number, and title; all pages are in scan order."""

    address, label, verb = "merge", "Join", MERGE
    keys = (
        Key("merge", ("m",), "Join this document to the previous one", "stream", edits=True),
        Key("merge-selected", ("Shift+m",), "Join the selected documents", "stream", edits=True),
    )

    groups: Ids

    def apply(self, at: Scope) -> Edit:
        """Merge them."""
        return merge_groups(at.groups(self.groups), actor=at.actor, versions=self.seen, act_id=self.act_id)


FACTS = ("title", "kind", "date", "language")
FLAG_NOTE_LENGTH = 500


def merge_groups(
    groups: Iterable[Group], *, actor: User | None, versions: Versions | None = None, act_id: UUID | None = None
) -> Edit:
    """Make one group of two or more. The earliest keeps its id, number, and title; all pages are in scan order.

    What the earliest lacks (title, kind, date, language) comes from the others, and notes are joined, so nothing that a
    person wrote is lost. A duplicate that is joined with its original is no longer a duplicate. Records the answer
    "same document" wherever two of the groups meet. Raises StaleVersion, and Refused for fewer than two groups or
    groups of several collections.
    """
    wanted = {group.pk: group for group in groups}
    if len(wanted) < 2:
        raise Refused(say("Select at least two documents to join."))
    collections = {group.collection_id for group in wanted.values()}
    if len(collections) > 1:
        raise Refused(say("These documents are from different collections. Select documents from one collection."))

    def change(desk: Desk) -> str:
        desk.hold(wanted, versions=versions)
        return join(desk, [desk.groups[pk] for pk in wanted])

    return perform(collections.pop(), change, verb=MERGE, actor=actor, act_id=act_id)


def join(desk: Desk, groups: Sequence[Group], *, by_hand: bool = True) -> Sentence:
    """Join held groups into the earliest of them and return the sentence.

    Unless `by_hand`, the group stays unsettled: only the seams between the groups are decided.
    """
    ordered = sorted(groups, key=lambda group: (min(desk.position_of(desk.pages[group.pk])), group.pk))
    places = [str(place) for place in desk.places_of(ordered).values()]
    numbers = listed(places) if len(places) <= MOST_NAMED else counted_groups(len(places))
    first, others = ordered[0], ordered[1:]
    desk.hold_answers()
    was = desk.groups_by_page()
    pages = desk.in_scan_order(page for group in ordered for page in desk.pages[group.pk])
    changed = any(group.state != Group.State.PROPOSED for group in ordered)
    if by_hand:
        desk.edit_by_person(first, new_pages=True)
    first.confidence = None
    if changed:
        first.state = Group.State.CHANGED
    for group in ordered:
        release_drafts(group)
    for other in others:
        _take_facts(first, other)
        desk.drop(other)
        if first.copy_of == other.number:
            first.copy_of = None
    desk.put(first, pages)
    for left, right in pairwise(pages):
        if was[left] != was[right]:
            desk.say(left, right, Answer.Verdict.SAME)
    desk.keep_answers_true()
    return say(
        "Joined %(numbers)s, %(pages_in_words)s.",
        numbers=numbers,
        pages_in_words=pages_in_words(desk.position_of(pages)),
    )


def _take_facts(first: Group, other: Group) -> None:
    if not first.kind and "kind_uri" in other.details:
        first.details = {**first.details, "kind_uri": other.details["kind_uri"]}
    for name in FACTS:
        if not getattr(first, name):
            setattr(first, name, getattr(other, name))
    first.details = _joined_details(details_from(first.details), details_from(other.details)).to_json()
    first.note = _joined(first.note, other.note, between="\n\n")
    first.flagged = first.flagged or other.flagged
    first.flag_note = _joined(first.flag_note, other.flag_note, between=" · ")[:FLAG_NOTE_LENGTH]


def _joined_details(one: Details, other: Details) -> Details:
    """Return the details of both: each name once, texts one after the other. A type's address stays with its type."""
    terms: dict[str, Any] = {
        name: tuple(dict.fromkeys((*getattr(one, name), *getattr(other, name)))) for name in TERM_FIELDS
    }
    texts: dict[str, Any] = {
        name: _joined(getattr(one, name), getattr(other, name), between="\n\n" if name == "summary" else "; ")
        for name in TEXT_DETAILS - {"kind_uri"}
    }
    return replace(one, **terms, **texts)


def _joined(one: str, other: str, *, between: str) -> str:
    return between.join(dict.fromkeys(text for text in (one, other) if text))
