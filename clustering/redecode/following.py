"""What follows an act: groups that nobody settled are cut and joined where the best partition changed with it, and
documents that got other pages or another text are drafted again.
"""

from __future__ import annotations

import json
from bisect import bisect
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
from celery import current_app
from django.conf import settings
from django.db import connection, transaction

from clustering.engine.drafting import FIRST_READ, LAST_READ, draft_group
from clustering.engine.drafting.series import SeriesNames, is_issue
from clustering.engine.languages import of_tesseract
from clustering.engine.records import Line, PageReading, PageRecord
from clustering.journal.workspace import Desk
from clustering.models import Answer, Collection, Group, Page, Reading
from clustering.redecode.series import series_names
from clustering.redecode.terrain import Flags, Terrain
from clustering.sentences import listed
from clustering.wording import array_of, pages_in_words, say


@dataclass(slots=True)
class Regrouped:
    """Positions of the pages that now begin a document, and of those that no longer do."""

    cut: list[int]
    joined: list[int]

    @property
    def sentence(self) -> str:
        """What followed from it, to stand behind the sentence of the act; empty where nothing did."""
        sentences = []
        if self.cut:
            sentences.append(say("split before %(pages)s", pages=_named(self.cut)))
        if self.joined:
            sentences.append(say("joined %(pages)s to the document before", pages=_named(self.joined)))
        return say(" hhreview also %(said)s.", said=listed(sentences)) if sentences else ""


NAMED = 12
"""Pages that a sentence names; of more it gives the number."""


def _named(positions: list[int]) -> str:
    return pages_in_words(positions) if len(positions) <= NAMED else f"{len(positions)} pages"


def follow(desk: Desk, now: Terrain, wanted: Flags, changed: Flags) -> str:
    """Change what the act changed in the best partition, and nothing else; return the sentence.

    `wanted` is the best partition after the act, `changed` where it differs from the one before. A seam changes there
    unless the desk stands so already, a person decided it, or one of its groups is settled.
    """
    regroupings = list(_regroupings(now, wanted, changed & now.free & (now.apart != wanted)))
    desk.hold({group for regrouping in regroupings for group in regrouping.groups} - desk.groups.keys())
    desk.hold_answers()
    done = Regrouped([], [])
    fresh: list[list[int]] = []
    for regrouping in regroupings:
        if regrouping.take(desk, fresh):
            for seam, boundary in regrouping.wanted.items():
                (done.cut if boundary else done.joined).append(int(now.positions[seam + 1]))
    for row in desk.new_groups(fresh, state=Group.State.PROPOSED, edited=False) if fresh else ():
        row.run_id = now.run.pk
    return done.sentence


def _regroupings(now: Terrain, wanted: Flags, changed: Flags) -> Iterator[Regrouping]:
    """Yield the seams that change, those of neighboring groups together."""
    groups, apart = now.groups.tolist(), now.apart.tolist()
    regrouping: Regrouping | None = None
    for seam in np.flatnonzero(changed).tolist():
        left, right = groups[seam], groups[seam + 1]
        if regrouping is None or left not in regrouping.groups:
            if regrouping is not None:
                yield regrouping
            regrouping = Regrouping(now, apart, {}, set())
        regrouping.wanted[seam] = bool(wanted[seam])
        regrouping.groups.update((left, right))
    if regrouping is not None:
        yield regrouping


@dataclass(frozen=True, slots=True)
class Regrouping:
    """Groups that stand one after the other, and what seams inside and between them become."""

    terrain: Terrain
    apart: list[bool]
    """Per seam of the terrain whether its pages are in two groups."""
    wanted: dict[int, bool]
    groups: set[int]
    """Ids of the groups that get other pages."""

    def take(self, desk: Desk, fresh: list[list[int]]) -> bool:
        """Give the groups their new pages, and add the pages of new groups to `fresh`; False if an answer about other
        pages forbids it. The groups and their answers are held."""
        ids = self.groups
        at = sorted(self.terrain.index[page] for group in ids for page in desk.pages[group])
        parts: list[list[int]] = [[at[0]]]
        for left, right in pairwise(at):
            if self.wanted.get(left, self.apart[left]):
                parts.append([])
            parts[-1].append(right)
        pages = [self.terrain.pages[part].tolist() for part in parts]
        if not _obeys(desk, pages):
            return False
        order = {page: (group, index) for group in ids for index, page in enumerate(desk.pages[group])}
        heads = {min(desk.pages[group], key=desk.positions.__getitem__): group for group in ids}
        kept = {heads[part[0]]: part for part in pages if part[0] in heads}
        for group in ids:
            row = desk.groups[group]
            if group not in kept:
                desk.drop(row)
            elif set(kept[group]) != set(desk.pages[group]):
                desk.put(row, _in_order(kept[group], order))
                row.confidence = None
        fresh += [_in_order(part, order) for part in pages if part[0] not in heads]
        return True


def _in_order(pages: list[int], order: dict[int, tuple[int, int]]) -> list[int]:
    """Return a part of one group in that group's reading order; what comes from several stands in scan order."""
    if len({order[page][0] for page in pages}) > 1:
        return pages
    return sorted(pages, key=lambda page: order[page][1])


def _obeys(desk: Desk, parts: list[list[int]]) -> bool:
    home = {page: number for number, part in enumerate(parts) for page in part}
    return all(
        (home[first] == home[second]) == (answer[0] == Answer.Verdict.SAME)
        for (first, second), answer in desk.answers.items()
        if answer is not None and first in home and second in home
    )


def release_drafts(group: Group) -> None:
    """Make accepted drafts drafts again: like the confirmation they spoke of exactly the pages that were there."""
    for name in group.accepted_drafts:
        setattr(group, name, "")
    group.accepted_drafts = []


DRAFTED_AT_ONCE = 200
"""Documents whose text is in memory together: an act on very many must not hold all that is read on them."""

DRAFTED_IN_ACT = 6
"""Documents that an act drafts itself: those it is about and their neighbors. Ten milliseconds each on a busy machine,
for which a person waits; a worker does the others within a second."""

DRAFT_TASK = "clustering.tasks.draft_waiting"


def redraft(desk: Desk, chosen: Iterable[int]) -> None:
    """Draft each document again whose pages or text the act changed: in the act itself those that it chose (group ids),
    then the nearest to these, DRAFTED_IN_ACT at most; some milliseconds each. The others wait for a worker, marked.

    A document of which no page is read keeps the draft it had, and a title that came with a list of a person stays with
    the page that it begins with. `desk.drafted` names documents that came back, or came with a run, with their drafts.
    """
    moved = {pk for pk in desk.groups if pk not in desk.drafted and _has_other_pages(desk, pk)}
    retold = desk.retold()
    changed = moved | {
        pk for pk, pages in desk.pages.items() if pk not in desk.drafted and not retold.isdisjoint(_drafted_from(pages))
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
    """Return these groups: first the chosen ones, then by how far their first page is from one of those."""
    firsts = {pk: desk.positions[pages[0]] for pk, pages in desk.pages.items()}
    marks = sorted(firsts[pk] for pk in chosen & firsts.keys())

    def distance(pk: int) -> int:
        at = bisect(marks, firsts[pk])
        return min((abs(firsts[pk] - mark) for mark in marks[max(at - 1, 0) : at + 1]), default=0)

    return sorted(groups, key=lambda pk: (pk not in chosen, distance(pk), firsts[pk]))


def _leave_waiting(desk: Desk, groups: Sequence[int], other_heads: Container[int]) -> None:
    """Mark those of which a page is read. A draft that spoke of another first page goes, others stay until the new."""
    used = {pk: _drafted_from(desk.pages[pk]) for pk in groups}
    with connection.cursor() as cursor:
        cursor.execute(_READ, [array_of(set().union(*used.values()))])
        read = {page for (page,) in cursor.fetchall()}
    for pk, pages in used.items():
        group = desk.groups[pk]
        group.awaits_draft = not read.isdisjoint(pages)
        if group.awaits_draft and pk in other_heads:
            group.draft = {}


_READ = f'SELECT page_id FROM "{Reading._meta.db_table}" WHERE page_id = ANY(%s::bigint[])'
"""Written out: it may name thousands."""


def draft_documents(
    collection: Collection, documents: Sequence[tuple[Group, Sequence[int]]], *, other_heads: Container[int] = ()
) -> None:
    """Draft documents, each with its page ids in reading order, in memory. A query for DRAFTED_AT_ONCE of them. What
    came with a list stays, but for those of `other_heads` (group ids)."""
    names: SeriesNames | None = None
    for start in range(0, len(documents), DRAFTED_AT_ONCE):
        some = documents[start : start + DRAFTED_AT_ONCE]
        records = _records([pages for _, pages in some])
        for group, pages in some:
            group.awaits_draft = False
            read = [records[page] for page in pages]
            if any(record.reading for record in read):
                kept = {} if group.pk in other_heads else group.draft
                given = {name: draft for name, draft in kept.items() if draft.get("given")}
                draft = draft_group(read, usual=_usual_language(collection))
                if is_issue(draft):
                    names = names or series_names(collection)
                    draft = names.draft(draft)
                group.draft = draft.to_json() | given


def _usual_language(collection: Collection) -> str:
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
    reading.height, reading.rotation, reading.confidence, reading.language
FROM "{Page._meta.db_table}" AS page
LEFT JOIN "{Reading._meta.db_table}" AS reading ON reading.page_id = page.id AND page.id = ANY(%s::bigint[])
WHERE page.id = ANY(%s::bigint[])
"""
"""Written out, because most acts ask it."""


def _records(documents: Sequence[Sequence[int]]) -> dict[int, PageRecord]:
    """Each page of these documents (ids in reading order) by its id, with its text where drafting uses it."""
    read = [page for pages in documents for page in _drafted_from(pages)]
    with connection.cursor() as cursor:
        cursor.execute(_RECORDS, [array_of(read), array_of(page for pages in documents for page in pages)])
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
