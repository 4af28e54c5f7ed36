"""A worker's shift: it claims one batch after another until its time is up or something more urgent waits."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db.models.functions import Now

from clustering.jobs import batches, launching, slices
from clustering.jobs.batches import Batch
from clustering.jobs.endings import beating, end_badly, let_go_of_connection
from clustering.jobs.slices import Claimed, JobStopped, Next, SliceVoid
from clustering.jobs.stages import queue_of, stages_of
from clustering.models import Job
from clustering.wording import say

log = logging.getLogger(__name__)
LOOK_SECONDS = 0.2
"""How often a command that does its job itself checks whether the lease of a killed command has lapsed."""


def work_shift(queue: str, *, hung: Callable[[], None] | None = None) -> None:
    """Do batches of this queue, whatever jobs they are of, and call for another shift if more are left.

    What goes wrong with a batch is kept in its job's row. If Redis or the database is away, nothing is raised and
    nothing is sent: the sweep does that.
    """
    try:
        _get_ready(queue)
        deadline = time.monotonic() + settings.SLICE_SECONDS
        while batch := batches.claim(queue):
            _do(batch, patient=True, hung=hung)
            if batch.was_last:
                _hand_on(batch.job)
            if slices.STOPPING.is_set() or time.monotonic() >= deadline or launching.slice_waits(queue):
                if batches.free_count(queue):
                    launching.call_shift(queue)
                return
    except (OperationalError, InterfaceError) as error:
        log.warning("The shift in queue %s is over: the database does not answer (%s).", queue, error)
        let_go_of_connection()
    except launching.BROKER_AWAY as error:
        log.warning("The shift in queue %s is over: Redis does not answer (%s).", queue, error)


def _get_ready(queue: str) -> None:
    following = batches.next_up(queue)
    part = _part(*following) if following else None
    if following and part and part.get_ready:
        with suppress(Exception):  # the batch that needs it meets the same, and it ends in the job's row
            part.get_ready(following[0])


def work_here(job: Job) -> Next | None:
    """Do one batch of a job in this process. Returns the next slice once all batches are done."""
    batch = batches.claim("", only=job)
    if batch is None:
        time.sleep(LOOK_SECONDS)
    else:
        _do(batch, patient=False)
    job.refresh_from_db()
    return None if job.state != Job.State.RUNNING or job.batches.exists() else Next(job.slices, queue_of(job))


def _hand_on(job: Job) -> None:
    job.refresh_from_db()
    if job.state == Job.State.RUNNING:
        launching.send_slice(job.pk, Next(job.slices, queue_of(job)))


def _do(batch: Batch, *, patient: bool, hung: Callable[[], None] | None = None) -> None:
    job = batch.job

    def sign() -> None:
        if not batch.row.renew():
            batch.void.set()
        # Jobs whose pages only wait behind these are alive as well.
        waiting = Job.objects.filter(state=Job.State.RUNNING, batches__queue=batch.row.queue)
        Job.objects.filter(pk__in=waiting.values("pk")).update(heartbeat=Now())

    try:
        part = _part_of(batch)
        with beating(f"A batch of job {job.pk}", sign, hung):
            if batch.is_given_up:
                batches.give_up(batch)
            else:
                part.work(batch)
    except SliceVoid:
        return
    except Exception as error:  # noqa: BLE001 - whatever it is, people must see it in the job's row
        end_badly(job, Job.objects.filter(pk=job.pk, state=Job.State.RUNNING), error, patient=patient)
        batch.row.release()


def _part_of(batch: Batch) -> Claimed:
    """Return the part of the stage that this batch is for. Raises JobStopped if another version created the batch."""
    part = _part(batch.job, batch.row.stage)
    if part is None:
        raise JobStopped(
            say("The job’s pages wait for a stage that this version of hhreview does not have. Start the job again.")
        )
    return part


def _part(job: Job, key: str) -> Claimed | None:
    parts = (part for stage in stages_of(job) for part in stage.parts)
    return next((part for part in parts if part.key == key), None)
