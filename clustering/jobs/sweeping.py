"""The sweep: routine work, done every SWEEP_SECONDS by `up`, or by a worker when `beat` says so."""

from __future__ import annotations

import logging

from clustering import removing
from clustering.jobs import (
    batches,
    exported,
    launching,
    left_over,
    personal,
    retraining,
    uploading,
    workload,
)
from clustering.redecode.drafting import draft_left
from clustering.store import StoreAway
from clustering.teamwork import mailing, notifying

log = logging.getLogger(__name__)

SEARCH_SECONDS = 3
"""A sweep; some 300 pages."""
DRAFT_SECONDS = 3
"""A sweep; some 1,000 documents, mostly none."""


def sweep() -> int:
    """Revive lost jobs, launch due training, remind, mail, and remove what is over. Return how many jobs were revived.

    Safe from any number of processes at once. Raises the error of the database or the broker if it is down; the next
    sweep makes up for it.
    """
    revived = launching.resume_stuck_jobs()
    launching.call_workers()
    batches.remove_left_over()
    retraining.launch_retraining()
    removing.forget_deleted()
    workload.pages_a_second()  # stores a sample from which rates are computed later
    draft_left(seconds=DRAFT_SECONDS)
    personal.search_left(seconds=SEARCH_SECONDS)
    notifying.remind_of_dates()
    mailing.mail_again()
    for remove in (uploading.remove_stale, exported.sweep_exports, left_over.remove_left_over):
        try:
            remove()
        except (OSError, StoreAway):
            log.exception("What is over could not be removed.")
    return revived
