"""Drafting what a proposal put on the desk: titles, kinds, dates, and languages, while people review already."""

from __future__ import annotations

from dataclasses import replace

from django.core.cache import cache
from django.db.models import QuerySet

from clustering.jobs.batches import Batch, side_by_side
from clustering.jobs.params import ProposalParams, params_of
from clustering.jobs.slices import DEFAULT, Claimed, Slice
from clustering.models import Job, Page
from clustering.redecode.drafting import WAITING_AT_ONCE, draft_beginning_at, usual_language_of
from clustering.redecode.serial_names import name_issues

_REMEMBERED = 24 * 60 * 60
"""Seconds."""


def lacking(job: Job) -> QuerySet[Page]:
    """Return the first pages of the documents that wait for a draft; none where the proposal was not applied."""
    if not params_of(job, ProposalParams).publish:
        return Page.objects.none()
    pages = Page.objects.filter(collection=job.collection, group_order=1, group__awaits_draft=True)
    return pages.in_scan_order()


def work(batch: Batch) -> None:
    """Draft the documents that begin with these pages. A killed worker's drafts are kept, and not made again."""
    collection, left = batch.job.collection, list(batch.pages)
    usual = _usual_language(batch.job)
    while left and not batch.must_end:
        some, left = left[:WAITING_AT_ONCE], left[WAITING_AT_ONCE:]
        draft_beginning_at(collection, [page.pk for page in some], usual=usual)
    with batch.finishing(left):
        pass


def _usual_language(job: Job) -> str:
    """Return the commonest language of the collection's pages. All its readings tell, so a job asks only once."""
    language = cache.get_or_set(f"usual-language-{job.pk}", lambda: usual_language_of(job.collection), _REMEMBERED)
    return str(language)


PART = Claimed("draft", DEFAULT, 4 * WAITING_AT_ONCE, lacking, work, least=WAITING_AT_ONCE)
_CLAIMED = side_by_side(Job.Stage.DRAFTING, PART)


def advance(current: Slice) -> bool:
    """Wait for the workers, then name the issues of each serial alike, which takes the drafts of all."""
    if _CLAIMED.advance(current):
        return True
    name_issues(current.job.collection)
    return False


STAGE = replace(_CLAIMED, advance=advance)
