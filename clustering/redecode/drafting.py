"""Drafts of documents: made again when their pages or text change, and accepted when a document is confirmed.

What hhreview reads on the pages is in `Group.draft`. A field that nobody filled in shows its draft. Confirming copies
what is shown into the field, and `Group.accepted_drafts` lists the fields that were filled in this way.
"""

from __future__ import annotations

import json
import math
import time
from bisect import bisect
from collections.abc import Container, Iterable, Sequence
from functools import partial
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Min

from clustering.engine.drafting import FIRST_READ, LAST_READ, draft_group
from clustering.engine.drafting.forms import DescribedTitles
from clustering.engine.drafting.kind import DescribedKinds
from clustering.engine.drafting.serial_names import SerialNames, is_issue
from clustering.engine.languages import of_tesseract
from clustering.engine.records import Line, PageReading, PageRecord
from clustering.journal.workspace import Desk
from clustering.models import Collection, Group, Job, Page, Reading
from clustering.models.collection import DraftTerms
from clustering.redecode.kinds import add_addresses, draft_here, kinds_in
from clustering.redecode.serial_names import names_beside
from clustering.redecode.titles import draft_title_here, keep_form, titles_in
from clustering.sentences import listed
from clustering.wording import array_of, in_words, say


# --- Documents that an act changed -----------------------------------------------------------------------------------
def release_drafts(group: Group) -> None:
    """Clear accepted drafts: like the confirmation, they were about exactly the pages that were there."""
    for name in group.accepted_drafts:
        setattr(group, name, "")
    if "kind" in group.accepted_drafts:
        group.details = {name: value for name, value in group.details.items() if name != "kind_uri"}
    group.accepted_drafts = []


DRAFTED_AT_ONCE = 200
"""Documents whose text is in memory together: an act may change thousands."""

DRAFTED_IN_ACT = 6
"""Documents that an act drafts itself: those it is about, and their neighbors. The person waits some ten milliseconds
for each; a worker drafts the others within a second."""

DRAFT_TASK = "clustering.tasks.draft_waiting"


def redraft(desk: Desk, chosen: Iterable[int]) -> None:
    """Draft each document again whose pages or text the act changed: in the act itself those that it chose (group ids),
    then the nearest to these, DRAFTED_IN_ACT at most; some milliseconds each. The others wait for a worker, marked.

    A document of which no page is read keeps the draft it had, and a title that came with a list of a person stays with
    the page that it begins with. `desk.drafted` names documents that came back, or came with a run, with their drafts.
    """
    moved = {pk for pk in desk.groups if pk not in desk.drafted and _has_other_pages(desk, pk)}
    new_text = desk.pages_with_new_text()
    changed = moved | {
        pk
        for pk, pages in desk.pages.items()
        if pk not in desk.drafted and not new_text.isdisjoint(_drafted_from(pages))
    }
    for pk in changed & moved:
        release_drafts(desk.groups[pk])
    other_heads = {pk for pk in moved if _has_another_head(desk, pk)}
    ordered = _nearest_first(desk, changed, set(chosen))
    near, far = ordered[:DRAFTED_IN_ACT], ordered[DRAFTED_IN_ACT:]
    draft_documents(desk.collection, [(desk.groups[pk], desk.pages[pk]) for pk in near], other_heads=other_heads)
    if far:
        _leave_waiting(desk, far, other_heads)
    if any(group.awaits_draft for group in desk.groups.values()):
        queue = settings.CELERY_TASK_DEFAULT_QUEUE
        send = partial(current_app.send_task, DRAFT_TASK, args=[desk.collection.pk], queue=queue)
        transaction.on_commit(send, robust=True)  # the sweep makes up for a message that is lost


def _nearest_first(desk: Desk, groups: Iterable[int], chosen: set[int]) -> list[int]:
    """Return these groups, the chosen ones first, the others by the distance of their first page from a chosen one."""
    firsts = {pk: desk.positions[pages[0]] for pk, pages in desk.pages.items()}
    marks = sorted(firsts[pk] for pk in chosen & firsts.keys())

    def distance(pk: int) -> int:
        at = bisect(marks, firsts[pk])
        return min((abs(firsts[pk] - mark) for mark in marks[max(at - 1, 0) : at + 1]), default=0)

    return sorted(groups, key=lambda pk: (pk not in chosen, distance(pk), firsts[pk]))


def _leave_waiting(desk: Desk, groups: Sequence[int], other_heads: Container[int]) -> None:
    """Mark the groups that have read pages. Drafts about another first page are removed; others stay for now."""
    used = {pk: _drafted_from(desk.pages[pk]) for pk in groups}
    with connection.cursor() as cursor:
        cursor.execute(_READ, [array_of(set().union(*used.values()))])
        read = {page for (page,) in cursor.fetchall()}
    for pk, pages in used.items():
        group = desk.groups[pk]
        group.awaits_draft = group.awaits_draft or not read.isdisjoint(pages)
        if group.awaits_draft and pk in other_heads:
            group.draft = {}


_READ = f'SELECT page_id FROM "{Reading._meta.db_table}" WHERE page_id = ANY(%s::bigint[])'
"""Plain SQL: it may name thousands of pages."""


def draft_documents(
    collection: Collection,
    documents: Sequence[tuple[Group, Sequence[int]]],
    *,
    other_heads: Container[int] = (),
    usual: str = "",
    alike: bool = True,
    unread: bool = False,
) -> None:
    """Draft documents, each with its page ids in reading order, in memory. A query for DRAFTED_AT_ONCE of them. What
    came with a list stays, but for those of `other_heads` (group ids).

    `usual` is the language of those that have too little text to tell; the one that the collection is read in if empty.
    With `alike`, issues of a serial are named like those beside them. With `unread`, documents of which no page is read
    are drafted too, by their shape; otherwise, they stay as they are.
    """
    for start in range(0, len(documents), DRAFTED_AT_ONCE):
        names: SerialNames | None = None
        described: tuple[DescribedKinds, DescribedTitles] | None = None
        some = documents[start : start + DRAFTED_AT_ONCE]
        records = _records([pages for _, pages in some])
        for group, pages in some:
            read = [records[page] for page in pages]
            if unread or any(record.reading for record in read):
                kept = {} if group.pk in other_heads else group.draft
                given = {name: draft for name, draft in kept.items() if draft.get("given")}
                described = described or (kinds_in(collection), titles_in(collection))
                draft = draft_here(draft_group(read, usual=usual or _language_read(collection)), described[0])
                if alike and is_issue(draft):
                    names = names or names_beside(collection, pages[0])
                    draft = names.draft(draft)
                group.draft = draft_title_here(draft, described[1]).to_json() | given
                if group.title and "title" not in group.accepted_drafts:
                    keep_form(group)
                group.awaits_draft = False


def _language_read(collection: Collection) -> str:
    spoken = of_tesseract(collection.reading_language)
    return spoken.code if spoken else "en"


def _drafted_from(pages: Sequence[int]) -> set[int]:
    return {*pages[:FIRST_READ], *pages[-LAST_READ:]}


def _has_other_pages(desk: Desk, pk: int) -> bool:
    before = desk.before.groups.get(pk)
    return before is None or before.pages != tuple(desk.pages[pk])


def _has_another_head(desk: Desk, pk: int) -> bool:
    before = desk.before.groups.get(pk)
    return before is not None and before.pages[:1] != tuple(desk.pages[pk][:1])


_RECORDS = f"""
SELECT page.id, page.identifier, page.width, page.height, reading.text, reading.lines::text, reading.width,
    reading.height, reading.rotation, reading.confidence, reading.language, reading.is_second
FROM "{Page._meta.db_table}" AS page
LEFT JOIN "{Reading._meta.db_table}" AS reading ON reading.page_id = page.id AND page.id = ANY(%s::bigint[])
WHERE page.id = ANY(%s::bigint[])
"""
"""Plain SQL, because most acts run it."""


def _records(documents: Sequence[Sequence[int]]) -> dict[int, PageRecord]:
    """Return the pages of these documents by id, with the text of those that drafting reads."""
    read = [page for pages in documents for page in _drafted_from(pages)]
    with connection.cursor() as cursor:
        cursor.execute(_RECORDS, [array_of(read), array_of(page for pages in documents for page in pages)])
        return {
            pk: PageRecord(name, width, height, reading=None if reading[0] is None else _reading(*reading))
            for pk, name, width, height, *reading in cursor.fetchall()
        }


def _reading(text: str, lines: str, *rest: Any) -> PageReading:
    width, height, rotation, confidence, language, is_second = rest
    read = tuple(Line(*line) for line in json.loads(lines))
    return PageReading(text, read, width, height, rotation, confidence, language, is_second=is_second)


# --- Documents that wait for a worker --------------------------------------------------------------------------------
WAITING_AT_ONCE = 25
"""Documents that a worker drafts and writes together, so that they show soon and little is lost."""

_WRITE_DRAFTS = f"""
UPDATE "{Group._meta.db_table}" AS old SET draft = new.draft, awaits_draft = false
FROM jsonb_to_recordset(%s::jsonb) AS new (id bigint, version bigint, draft jsonb)
WHERE old.id = new.id AND old.version = new.version AND old.awaits_draft
"""


def draft_waiting(collection: Collection, *, until: float = math.inf) -> bool:
    """Draft the marked documents of a collection, by first page, until this time (`time.monotonic`). Return whether
    there may be more.

    Safe in any number of processes at once and beside acts: a document that changed meanwhile stays marked. Versions
    stay: a new draft makes nobody's view stale.
    """
    waiting = collection.groups.filter(awaits_draft=True).order_by("first_position")
    usual = ""
    while groups := list(waiting[:WAITING_AT_ONCE]):
        usual = usual or usual_language_of(collection)
        _draft_marked(collection, groups, usual=usual, alike=True)
        if time.monotonic() >= until:
            return True
    return False


def draft_beginning_at(collection: Collection, pages: Sequence[int], *, usual: str) -> None:
    """Draft the marked documents whose first pages in reading order these are (ids). Issues of a serial are named as
    they were read: `series.name_issues` is to follow."""
    first = Page.objects.filter(pk__in=pages, group_order=1)
    groups = collection.groups.filter(awaits_draft=True, pk__in=first.values("group"))
    _draft_marked(collection, list(groups), usual=usual, alike=False)


def _draft_marked(collection: Collection, groups: list[Group], *, usual: str, alike: bool) -> None:
    pages: dict[int, list[int]] = {group.pk: [] for group in groups}
    places = Page.objects.filter(group__in=list(pages)).order_by("group", "group_order")
    for page, group in places.values_list("pk", "group_id"):
        pages[group or 0].append(page)
    documents = [(group, pages[group.pk]) for group in groups if pages[group.pk]]
    draft_documents(collection, documents, usual=usual, alike=alike, unread=True)
    _write_drafts(collection, groups)


def usual_language_of(collection: Collection) -> str:
    """Return the commonest language of a collection's pages, of equals the first; English where none is known."""
    read = Reading.objects.filter(page__collection=collection).exclude(language="").values_list("language")
    row = read.annotate(count=Count("pk"), first=Min("page__position")).order_by("-count", "first").first()
    return row[0] if row else "en"


def are_drafted_by_job(collections: Iterable[Collection]) -> set[int]:
    """Return the ids of those collections whose marked documents a job drafts now, or in a moment."""
    stages = (Job.Stage.PUBLISHING, Job.Stage.DRAFTING)
    jobs = Job.objects.active().filter(collection__in=collections, stage__in=stages)
    return set(jobs.values_list("collection_id", flat=True))


def draft_left(*, seconds: float) -> None:
    """Draft marked documents in all collections for a number of seconds, in case messages were lost."""
    until = time.monotonic() + seconds
    waiting = Group.objects.filter(awaits_draft=True).order_by().values("collection")
    collections = Collection.objects.filter(pk__in=waiting)
    for collection in collections.exclude(pk__in=are_drafted_by_job(collections)):
        draft_waiting(collection, until=until)


def _write_drafts(collection: Collection, groups: list[Group]) -> None:
    """Write drafts in one statement. The lock on the collection's row keeps acts out."""
    rows = [{"id": group.pk, "version": group.version, "draft": group.draft} for group in groups]
    with transaction.atomic(), connection.cursor() as cursor:
        Collection.objects.select_for_update(no_key=True).filter(pk=collection.pk).first()
        cursor.execute(_WRITE_DRAFTS, [json.dumps(rows)])


# --- Accepting drafts ------------------------------------------------------------------------------------------------
SHOWN = ("title", "kind", "date")
"""The drafts that a heading shows, and therefore those that a confirmation accepts."""


def accept_drafts(desk: Desk, groups: Sequence[Group], terms: DraftTerms) -> str:
    """Copy the drafts that are shown into the empty fields of held groups. Marked groups are drafted first.

    Returns how the sentence of the confirmation goes on; empty if there was nothing to accept.
    """
    waiting = [(group, desk.pages[group.pk]) for group in groups if group.awaits_draft]
    draft_documents(desk.collection, waiting, unread=True)
    taken = {group.number: _accept(group, terms) for group in groups}
    add_addresses(desk.collection, [group for group in groups if "kind" in taken[group.number]])
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
