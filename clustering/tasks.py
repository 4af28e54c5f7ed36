"""Celery tasks: ids in, one call. A message names a slice; if that is done or given up already, nothing happens."""

from __future__ import annotations

import faulthandler
import logging
import os
import threading
import time
from contextlib import suppress
from typing import Any

from celery import shared_task
from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings

from clustering.jobs import launching, running, shifts, slices, sweeping, turns
from clustering.jobs.stages import embedding
from clustering.journal import texts
from clustering.models import Collection
from clustering.models.job import HEARTBEAT_SECONDS
from clustering.redecode import drafting, kinds, titles
from clustering.teamwork import mailing, notifying

log = logging.getLogger(__name__)
GIVES_WAY = 10
"""The niceness of jobs: on a busy machine, the desk answers first. An idle one gives them all it has."""


@shared_task(name=launching.SLICE_TASK)
def run_slice(job_id: int, number: int) -> None:
    """Run one slice of this job, or of one whose turn it is, and send the next. Where that cannot be sent, the sweep
    finds the job by its silence."""
    _give_way()
    try:
        job_id, number = turns.next_turn(job_id, number)
        following = running.run_slice(job_id, number, hung=_end_worker)
        if following is not None:
            launching.send_slice(job_id, following)
    except launching.BROKER_AWAY as error:
        log.warning("Job %s waits: its next slice could not be sent (%s).", job_id, error)


@shared_task(name=launching.SHIFT_TASK)
def work_shift(queue: str) -> None:
    """Claim batches of pages from a queue for a while."""
    _give_way()
    shifts.work_shift(queue, hung=_end_worker)


@shared_task(name="clustering.tasks.resume_jobs")
def resume_jobs() -> None:
    """Resume lost jobs, do what is due, and remove what has expired."""
    sweeping.sweep()


@shared_task(name=notifying.MAIL_TASK)
def mail_notification(pk: int) -> None:
    """Mail a notification. If the mail server refuses it, the sweep tries again."""
    mailing.mail(pk)


@shared_task(name=texts.EMBED_TASK)
def embed_texts(pages: list[int]) -> None:
    """Compute the vectors of texts that a person corrected."""
    embedding.embed_texts(pages)


@shared_task(name=drafting.DRAFT_TASK)
def draft_waiting(collection_id: int) -> None:
    """Draft the documents of a collection that an act left waiting, for as long as a slice. More come after whoever
    waits for this worker."""
    _give_way()
    until = time.monotonic() + settings.SLICE_SECONDS
    collections = Collection.objects.filter(pk=collection_id)
    for collection in collections.exclude(pk__in=drafting.are_drafted_by_job(collections)):
        if drafting.draft_waiting(collection, until=until):
            with suppress(*launching.BROKER_AWAY):  # the sweep makes up for it
                draft_waiting.apply_async((collection_id,), priority=settings.SHIFT_PRIORITY)


@shared_task(name=kinds.RENEW_TASK)
def renew_kinds(collection_id: int) -> None:
    """Let the drafted kinds of a collection follow the kinds that people entered."""
    _give_way()
    for collection in Collection.objects.filter(pk=collection_id):
        kinds.renew_all_kinds(collection)


@shared_task(name=titles.RENEW_TASK)
def renew_titles(collection_id: int) -> None:
    """Let the drafted titles of a collection follow the titles that people entered."""
    _give_way()
    for collection in Collection.objects.filter(pk=collection_id):
        titles.renew_all_titles(collection)


def _give_way() -> None:
    """Lower the priority of this worker thread below the web server's. The main thread, which answers pings, stays."""
    if threading.current_thread() is not threading.main_thread():
        # On Linux, 0 is the calling thread, and the threads that it starts follow it.
        os.setpriority(os.PRIO_PROCESS, 0, max(GIVES_WAY, os.getpriority(os.PRIO_PROCESS, 0)))


def _end_worker() -> None:
    """End this worker immediately, since a hanging thread can't be stopped. Its supervisor starts another."""
    faulthandler.dump_traceback(all_threads=True)
    os._exit(os.EX_TEMPFAIL)


@worker_ready.connect
def revive_after_start(**kwargs: Any) -> None:
    """Look for lost jobs when a worker starts, and again when those of its predecessor count as lost."""
    for seconds in (0, HEARTBEAT_SECONDS + 5):
        resume_jobs.apply_async(countdown=seconds)


@worker_shutting_down.connect
def end_slices_soon(**kwargs: Any) -> None:
    """Let the slice under way end after its chunk, so that a restart loses no work."""
    slices.STOPPING.set()
