"""Drafts of documents: made again where an act changes pages, and taken over where a document is confirmed.

What the machine reads stands in `Group.draft`. A field that nobody wrote shows its draft; confirming takes over what is
shown, and `Group.accepted_drafts` says which fields came about so.
"""

from __future__ import annotations

from collections.abc import Sequence

from clustering.journal.workspace import Desk
from clustering.models import Group
from clustering.models.collection import DraftTerms
from clustering.redecode.following import draft_documents
from clustering.sentences import listed
from clustering.wording import in_words, say

SHOWN = ("title", "kind", "date")
"""What a heading shows of a draft, so that it is what a confirmation can speak of."""


def accept_drafts(desk: Desk, groups: Sequence[Group], terms: DraftTerms) -> str:
    """Take the drafts that are shown over into the empty fields of these held groups; return how the sentence of the
    confirmation goes on, empty where there was none to take. Those that wait for a draft get it first."""
    draft_documents(desk.collection, [(group, desk.pages[group.pk]) for group in groups if group.awaits_draft])
    taken = {group.number: _accept(group, terms) for group in groups}
    some = [names for names in taken.values() if names]
    if not some:
        return ""
    if len(groups) == 1:
        return say(", with its draft %(fields)s", fields=listed([in_words(name) for name in some[0]]))
    return (
        say(", with the drafts of all of them")
        if len(some) == len(groups)
        else say(", with the drafts of %(count)s of them", count=len(some))
    )


def _accept(group: Group, terms: DraftTerms) -> list[str]:
    taken = []
    for name in SHOWN:
        draft = group.draft.get(name) or {}
        value = str(draft.get("value") or "")[: getattr(Group._meta.get_field(name), "max_length", None)]
        if value and not getattr(group, name) and terms.takes(draft.get("confidence")):
            setattr(group, name, value)
            taken.append(name)
    machine = [name for name in taken if not group.draft[name].get("given")]
    if machine:
        group.accepted_drafts = sorted({*group.accepted_drafts, *machine})
    return taken
