"""Compare neighbors as the two sides of a leaf, for a proposal of many pages: claimed by any number of workers."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.core.cache import cache

from clustering.jobs.batches import Batch, side_by_side
from clustering.jobs.params import ProposalParams, params_of
from clustering.jobs.records import bare_records, outlines
from clustering.jobs.slices import DEFAULT, Claimed
from clustering.models import Job, LeafScores, Page
from clustering.models.page import PageQuerySet

if TYPE_CHECKING:
    from clustering.engine.evidence import KnownLeaves, LeafTerms

WORTH_SHARING = 5000
"""Pages from which it is done before the proposal. It takes a quarter of the time of a proposal, but finding the terms
of the collection first takes some seconds."""
AT_ONCE = 50
"""Pages that are compared before a worker that has to stop may do so."""
_REMEMBERED = 24 * 60 * 60
"""Seconds."""


def lacking(job: Job) -> PageQuerySet:
    """Return all pages of a large collection; none for methods that don't weigh evidence."""
    pages = job.collection.pages.in_scan_order()
    is_weighed = params_of(job, ProposalParams).method in ("", "seams")
    return pages if is_weighed and pages.count() >= WORTH_SHARING else pages.none()


def work(batch: Batch) -> None:
    """Compare these pages with those after them. Where pages come or go meanwhile, the proposal compares again."""
    terms, left, scores = _terms(batch.job), list(batch.pages), list[float]()
    pages = [*left, *_page_after(left)]
    records = bare_records(pages)
    while left and not batch.must_end:
        left = left[AT_ONCE:]
        done = len(batch.pages) - len(left)
        scores += terms.scores(records[len(scores) : done + 1]).tolist()
    with batch.finishing(left):
        compared = [page.pk for page in pages[: len(scores) + 1]]
        LeafScores.objects.create(job=batch.job, terms=terms.to_json(), pages=compared, scores=scores)


def _page_after(pages: list[Page]) -> list[Page]:
    if not pages:
        return []
    later = Page.objects.filter(collection=pages[-1].collection_id, position__gt=pages[-1].position)
    return list(later.in_scan_order()[:1])


def _terms(job: Job) -> LeafTerms:
    """Return what comparing takes from the whole collection: the same for all batches of a job, so found once."""
    from clustering.engine.evidence import LeafTerms

    def find() -> dict[str, object]:
        return LeafTerms.of(outlines(job.collection)).to_json()

    stored: Any = cache.get_or_set(f"leaf-terms-{job.pk}", find, _REMEMBERED)
    return LeafTerms.from_json(stored)


def known_leaves(job: Job) -> KnownLeaves:
    """Return what the workers computed for this job."""
    from clustering.engine.evidence import LeafTerms

    known: defaultdict[LeafTerms, dict[tuple[str, str], float]] = defaultdict(dict)
    batches = job.leaf_scores.all()
    names = dict(job.collection.pages.values_list("pk", "identifier")) if batches else {}
    for batch in batches:
        pairs = pairwise(names.get(page, "") for page in batch.pages)
        known[LeafTerms.from_json(batch.terms)].update(zip(pairs, batch.scores, strict=True))
    return known


PART = Claimed("match-leaves", DEFAULT, 200, lacking, work, least=100)
STAGE = side_by_side(Job.Stage.MATCHING_LEAVES, PART)
