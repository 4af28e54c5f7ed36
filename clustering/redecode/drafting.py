"""Drafts of documents: made again where an act changes pages, and taken over where a document is confirmed.

What the machine reads stands in `Group.draft`. A field that nobody wrote shows its draft; confirming takes over what is
shown, and `Group.accepted_drafts` says which fields came about so.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import connection

from clustering.engine.drafting import FIRST_READ, LAST_READ, draft_group
from clustering.engine.languages import of_tesseract
from clustering.engine.records import Line, PageReading, PageRecord
from clustering.journal.wording import in_words, listed
from clustering.journal.workspace import Desk
from clustering.models import Collection, Group, Page, Reading

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


def release_drafts(group: Group) -> None:
    """Makes accepted drafts drafts again: like the confirmation they spoke of exactly the pages that were there."""
    for name in group.accepted_drafts:
        setattr(group, name, "")
    group.accepted_drafts = []


def redraft(desk: Desk) -> None:
    """Drafts each document again whose pages the act changed, in the same act. Two queries at most; some milliseconds a
    document.

    A document of which no page is read keeps the draft it had, and a title that came with a list of a person stays with
    the page that it begins with. `desk.drafted` names documents that came back, or came with a run, with their drafts.
    """
    changed = [pk for pk in desk.groups if pk not in desk.drafted and _has_other_pages(desk, pk)]
    if not changed:
        return
    records = _records([desk.pages[pk] for pk in changed])
    for pk in changed:
        group, pages = desk.groups[pk], desk.pages[pk]
        release_drafts(group)
        if not any(records[page].reading for page in pages):
            continue
        spoken = of_tesseract(desk.collection.reading_language)
        usual = spoken.code if spoken else "en"
        before = desk.before.groups.get(pk)
        same_head = before is None or before.pages[:1] == tuple(pages[:1])
        given = {name: draft for name, draft in group.draft.items() if same_head and draft.get("given")}
        group.draft = draft_group([records[page] for page in pages], usual=usual).to_json() | given


def _has_other_pages(desk: Desk, pk: int) -> bool:
    before = desk.before.groups.get(pk)
    return before is None or before.pages != tuple(desk.pages[pk])


_RECORDS = f"""
SELECT page.id, page.identifier, page.width, page.height, reading.text, reading.lines::text, reading.width,
    reading.height, reading.rotation, reading.confidence, reading.language
FROM "{Page._meta.db_table}" AS page
LEFT JOIN "{Reading._meta.db_table}" AS reading ON reading.page_id = page.id AND page.id = ANY(%s::bigint[])
WHERE page.id = ANY(%s::bigint[])
"""
"""Written out, because most acts ask it."""


def _records(documents: Sequence[Sequence[int]]) -> dict[int, PageRecord]:
    """Each page of these documents (ids in reading order) by its id, with its text where drafting uses it."""
    read = [page for pages in documents for page in {*pages[:FIRST_READ], *pages[-LAST_READ:]}]
    with connection.cursor() as cursor:
        cursor.execute(_RECORDS, [read, [page for pages in documents for page in pages]])
        return {
            pk: PageRecord(name, width, height, reading=None if reading[0] is None else _reading(*reading))
            for pk, name, width, height, *reading in cursor.fetchall()
        }


def _reading(
    text: str, lines: str, width: int, height: int, rotation: int, confidence: float, language: str
) -> PageReading:
    return PageReading(
        text, tuple(Line(*line) for line in json.loads(lines)), width, height, rotation, confidence, language
    )
