"""Look at pages, and at neighbors as the two sides of a leaf, for a proposal of many pages: claimed by any number of
workers."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.core.cache import cache

from clustering.engine.streaming import Spool
from clustering.jobs.batches import Batch, side_by_side
from clustering.jobs.params import ProposalParams, params_of
from clustering.jobs.records import outlines, records_without_vectors
from clustering.jobs.slices import DEFAULT, Claimed
from clustering.models import Job, Page, PageNotes
from clustering.models.page import PageQuerySet

if TYPE_CHECKING:
    from clustering.engine.evidence import Known, NoteTerms

WORTH_SHARING = 5000
"""Pages from which it is done before the proposal. It takes most of the time of a proposal, but finding the terms of
the collection first takes a second or two."""
AT_ONCE = 50
"""Pages that are looked at before a worker that has to stop may do so."""
_REMEMBERED = 24 * 60 * 60
"""Seconds."""


def lacking(job: Job) -> PageQuerySet:
    """Return all pages of a large collection; none for methods that don't weigh evidence."""
    pages = job.collection.pages.in_scan_order()
    is_weighed = params_of(job, ProposalParams).method in ("", "seams")
    return pages if is_weighed and pages.count() >= WORTH_SHARING else pages.none()


def work(batch: Batch) -> None:
    """Look at these pages, and compare them with those after them. Where pages come or go meanwhile, the proposal
    compares again."""
    from clustering.engine.evidence.notes import bundled

    terms, left, notes, scores = _terms(batch.job), list(batch.pages), list[bytes](), list[float]()
    pages = [*left, *_page_after(left)]
    while left and not batch.must_end:
        some = records_without_vectors(pages[len(notes) : len(notes) + AT_ONCE + 1])
        left = left[AT_ONCE:]
        done = len(batch.pages) - len(left) - len(notes)
        notes += terms.notes(some[:done])
        scores += terms.scores(some[: done + 1]).tolist()
    with batch.finishing(left):
        looked_at = [page.pk for page in pages[: len(scores) + 1]]
        PageNotes.objects.create(
            job=batch.job, terms=terms.to_json(), pages=looked_at, notes=bundled(notes), scores=scores
        )


def _page_after(pages: list[Page]) -> list[Page]:
    if not pages:
        return []
    later = Page.objects.filter(collection=pages[-1].collection_id, position__gt=pages[-1].position)
    return list(later.in_scan_order()[:1])


def _terms(job: Job) -> NoteTerms:
    """Return what this takes from the whole collection: the same for all batches of a job, so found once."""
    from clustering.engine.evidence import NoteTerms

    def find() -> dict[str, object]:
        return NoteTerms.of(outlines(job.collection.pages.all())).to_json()

    stored: Any = cache.get_or_set(f"terms-{job.pk}", find, _REMEMBERED)
    return NoteTerms.from_json(stored)


def known_of(job: Job, pages: PageQuerySet) -> Known | None:
    """Return what the workers noted of pages of this job, if it still holds for a proposal of just these."""
    from clustering.engine.evidence import Known, NoteTerms
    from clustering.engine.evidence.notes import unbundled

    if not job.page_notes.exists():
        return None
    terms, spool = NoteTerms.of(outlines(pages)), Spool()
    names = dict(pages.values_list("pk", "identifier"))
    known = Known(terms, {}, {})
    for batch in job.page_notes.filter(terms=terms.to_json()).iterator(chunk_size=1):
        looked_at = [names.get(page, "") for page in batch.pages]
        known.scores.update(zip(pairwise(looked_at), batch.scores, strict=False))
        numbers = map(spool.put_packed, unbundled(bytes(batch.notes)))
        known.notes.update((name, partial(spool.packed, at)) for name, at in zip(looked_at, numbers, strict=False))
    return known


PART = Claimed("match-leaves", DEFAULT, 200, lacking, work, least=100)
STAGE = side_by_side(Job.Stage.MATCHING_LEAVES, PART)
