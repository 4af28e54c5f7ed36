"""Drafts in exports: which fields hold one, and how each target says so; and who corrected the text.

A draft that a person accepted by confirming is exported like any other value, and marked. One that nobody accepted is
exported only if the settings say so, in place of nothing, and marked as unchecked.
"""

from __future__ import annotations

from dataclasses import replace

from clustering.exports.contract import GroupRecord

ACCEPTED = "drafts-accepted"
UNCHECKED = "drafts-unchecked"
CORRECTED = "text-corrected"
"""For tags and keywords, if a target has them."""


def with_drafts(group: GroupRecord) -> GroupRecord:
    """Return the document with drafts in its empty fields."""
    fields = {
        "title": (group.title, group.draft_title),
        "kind": (group.kind, group.draft_kind),
        "date": (group.date, group.draft_date),
    }
    filled = tuple(name for name, (entered, draft) in fields.items() if draft and not entered)
    if not filled:
        return group
    title, kind, date = (entered or draft for entered, draft in fields.values())
    return replace(group, title=title, kind=kind, date=date, unchecked_drafts=filled)


def tags_of(group: GroupRecord) -> list[str]:
    """Return the tags for drafted fields, and for text that a person corrected."""
    drafts = [ACCEPTED] * bool(group.accepted_drafts) + [UNCHECKED] * bool(group.unchecked_drafts)
    return drafts + [CORRECTED] * any(page.text_corrected for page in group.pages)


def corrected(group: GroupRecord) -> str:
    """Return a sentence on how many of its pages have corrected text, to follow others; empty if none."""
    count = sum(page.text_corrected for page in group.pages)
    return f" Text corrected by a person on {count} of {len(group.pages)} pages." if count else ""


def drafted(group: GroupRecord) -> str:
    """Return sentences on what was drafted, to follow others; empty if nothing was."""
    draft = ""
    if group.accepted_drafts:
        draft += f" Drafted by machine and accepted with the confirmation: {', '.join(group.accepted_drafts)}."
    if group.unchecked_drafts:
        draft += f" Drafted by machine and not checked by a person: {', '.join(group.unchecked_drafts)}."
    return draft
