"""Drafts of documents: made again where an act changes pages, and taken over where a document is confirmed.

What the machine reads stands in `Group.draft`. A field that nobody wrote shows its draft; confirming takes over what is
shown, and `Group.accepted_drafts` says which fields came about so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from clustering.journal.wording import in_words, listed
from clustering.models import Collection, Group

SHOWN = ("title", "kind", "date")
"""What a heading shows of a draft, so that it is what a confirmation can speak of."""
SETTING = "drafts"
"""In `Collection.settings`: {"accept": false, "least": 60}; what is left out is as in `DraftTerms`."""


@dataclass(frozen=True, slots=True)
class DraftTerms:
    """Which drafts a confirmation takes over."""

    accept: bool = True
    least: int = 50
    """Percent of confidence below which a draft stays a draft: even odds."""

    def always(self) -> DraftTerms:
        """The same where somebody asks for the drafts, and not only for a confirmation."""
        return replace(self, accept=True)

    def takes(self, confidence: float | None) -> bool:
        """Whether a draft as sure as this is taken over; one that tells no confidence always is."""
        return self.accept and (confidence is None or round(100 * confidence) >= self.least)


def draft_terms(collection: Collection) -> DraftTerms:
    """As the collection has them. Anything that cannot be meant counts as not set."""
    kept = collection.settings.get(SETTING)
    kept = kept if isinstance(kept, dict) else {}
    least = kept.get("least")
    if not isinstance(least, int) or isinstance(least, bool) or not 0 <= least <= 100:
        least = DraftTerms().least
    return DraftTerms(accept=kept.get("accept") is not False, least=least)


def accept_drafts(groups: Sequence[Group], terms: DraftTerms) -> str:
    """Takes the drafts that are shown over into the empty fields of these groups; returns how the sentence of the
    confirmation goes on, empty where there was none to take."""
    taken = {group.number: _accept(group, terms) for group in groups}
    some = [names for names in taken.values() if names]
    if not some:
        return ""
    if len(groups) == 1:
        return f", with its draft {listed([in_words(name) for name in some[0]])}"
    return f", with the drafts of {'all' if len(some) == len(groups) else len(some)} of them"


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
