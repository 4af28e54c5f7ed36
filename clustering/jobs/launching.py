"""Launch, cancel, and revive jobs, for the browser, the admin, and the command line alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import partial
from typing import Any

import kombu.exceptions
import redis
import redis.exceptions
from celery import current_app
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from clustering.jobs.batches import free_count
from clustering.jobs.params import checked
from clustering.jobs.slices import MOST_LAPSES, QUEUES, Next
from clustering.jobs.stages import queue_of, skips_what_ends_workers
from clustering.models import Collection, Job, User
from clustering.models.job import HEARTBEAT_SECONDS
from clustering.selectors.job_list import unresponsive_jobs
from clustering.sentences import Sentence
from clustering.teamwork.notifying import tell_of_job
from clustering.wording import say

SLICE_TASK = "clustering.tasks.run_slice"
SHIFT_TASK = "clustering.tasks.work_shift"
MOST_SHIFTS = 64
"""Most messages in the broker that call workers to the batches of a queue, and so most workers at them."""
BROKER_AWAY = (kombu.exceptions.OperationalError, redis.exceptions.RedisError)
_PING_SECONDS = 1.0
_SHIFT_SECONDS = settings.SLICE_SECONDS + 10
"""How long a slice keeps a worker busy: its last chunk may end after its time is up."""


class AlreadyActive(Exception):
    """The collection has an active job of this kind. The message is a full sentence; `job` is that job."""

    def __init__(self, job: Job) -> None:
        progress = say(", %(done)s of %(total)s done", done=job.done, total=job.total) if job.total else ""
        super().__init__(
            say(
                "%(collection)s has a job “%(job)s” that is %(state)s%(progress)s. Wait for it to finish, or cancel it "
                "first.",
                collection=job.collection.title,
                job=Job.Kind(job.kind).label,
                state=Job.State(job.state).label,
                progress=progress,
            )
        )
        self.job = job


def launch_job(
    collection: Collection,
    *,
    kind: str,
    actor: User | None,
    params: dict[str, Any] | None = None,
    relaunch_of: Job | None = None,
    priority: int = Job.Priority.WAITED_FOR,
    here: bool = False,
) -> Job:
    """Create a job and, on commit, send its first slice to the workers. With `here`, the caller runs it.

    A stuck job of the same kind is failed and replaced. Raises AlreadyActive if such a job is active, and WrongParams
    for parameters that jobs of this kind don’t have.
    """
    checked_params = checked(kind, params or {})
    for _ in range(2):
        fail_stuck([collection.pk], kind)
        try:
            with transaction.atomic():
                job = Job.objects.create(
                    collection=collection,
                    kind=kind,
                    params=checked_params,
                    actor=actor,
                    relaunch_of=relaunch_of,
                    priority=priority,
                )
        except IntegrityError:
            active = Job.objects.active().select_related("collection").filter(collection=collection, kind=kind).first()
            if active is not None:
                raise AlreadyActive(active) from None
            continue  # it ended in between
        if not here:
            enqueue_on_commit(job)
        return job
    raise RuntimeError(f"The job table of {collection.slug} changed twice while a job was made.")


def relaunch_job(job: Job, *, actor: User | None, here: bool = False) -> Job:
    """Launch a new job with the same parameters. It continues where the first one stopped. Raises AlreadyActive."""
    return launch_job(
        job.collection,
        kind=job.kind,
        actor=actor,
        params=job.params,
        relaunch_of=job,
        priority=job.priority,
        here=here,
    )


def relaunched(job: Job, *, actor: User | None) -> Job:
    """Return a job that is not saved yet, with the same parameters, which continues where this one stopped."""
    return Job(
        collection=job.collection,
        kind=job.kind,
        actor=actor,
        params=job.params,
        relaunch_of=job,
        priority=job.priority,
    )


def cancel_job(job: Job, *, actor: User | None) -> bool:
    """Cancel an active job. The current slice stops at its next chunk. Returns False if the job was over already."""
    cancelled = (
        Job.objects.active()
        .filter(pk=job.pk)
        .update(state=Job.State.CANCELLED, error=cancelled_by(actor), finished=Now(), slices=F("slices") + 1)
    )
    job.refresh_from_db()
    return bool(cancelled)


def cancelled_by(actor: User | None) -> Sentence:
    """Return what the row of a canceled job says."""
    return say("Canceled by %(who)s.", who=actor.get_username()) if actor else say("Canceled.")


def bring_forward(job: Job) -> bool:
    """Let a job for the night run now, like those that someone is waiting for. Returns False if it isn't one anymore.

    The workers learn of its pages on commit, or else from the sweep.
    """
    night = Job.objects.active().filter(pk=job.pk, priority=Job.Priority.NIGHT)
    is_changed = bool(night.update(priority=Job.Priority.WAITED_FOR, heartbeat=Now()))
    if is_changed:
        transaction.on_commit(call_workers, robust=True)
    job.refresh_from_db()
    return is_changed


def resume_stuck_jobs() -> int:
    """Send a new slice for each job whose worker or message was lost, and return how many.

    A job that only waits behind others is as silent as one whose message was lost. It is left alone for as long as the
    others may take.

    Safe at any time and from any number of processes: the lost slice is void, and a conditional update lets only one
    caller revive a job. Raises BROKER_AWAY; the jobs then stay as they were.
    """
    revived = 0
    silent = list(Job.objects.stuck())
    lines = Counter(queue_of(job) for job in Job.objects.active()) if silent else Counter()
    for job in silent:
        waits = job.claimed != job.slices
        others = max(lines[queue_of(job)] - 1, 0)
        patience = HEARTBEAT_SECONDS + (others * _SHIFT_SECONDS if waits else 0)
        lost = Job.objects.silent_for(patience).filter(pk=job.pk, slices=job.slices, heartbeat=job.heartbeat)
        if not waits and job.lapses + 1 >= MOST_LAPSES + skips_what_ends_workers(job):
            if lost.update(state=Job.State.FAILED, error=_gave_up(job), finished=Now(), slices=job.slices + 1):
                tell_of_job(job, failed=_gave_up(job))
        elif lost.update(slices=job.slices + 1, heartbeat=Now(), lapses=job.lapses + (0 if waits else 1)):
            job.slices += 1
            try:
                enqueue_on_commit(job)
            except BROKER_AWAY:
                Job.objects.active().filter(pk=job.pk, slices=job.slices).update(
                    heartbeat=job.heartbeat, lapses=job.lapses
                )
                raise
            revived += 1
    return revived


def _gave_up(job: Job) -> Sentence:
    stage = say(" (%(stage)s)", stage=Job.Stage(job.stage).label) if job.stage else ""
    progress = say(", %(done)s of %(total)s done", done=job.done, total=job.total) if job.total else ""
    return say(
        "%(count)s workers in a row stopped while working on this job%(stage)s%(progress)s, probably because they ran "
        "out of memory. Give the workers more memory, then start the job again; it continues where it stopped.",
        count=job.lapses + 1,
        stage=stage,
        progress=progress,
    )


def enqueue_on_commit(job: Job) -> None:
    """Send the job's current slice once the transaction commits."""
    send = partial(send_slice, job.pk, Next(job.slices, queue_of(job)))
    transaction.on_commit(send)


def send_slice(job_id: int, following: Next) -> None:
    """Send a slice by the name of its task, because tasks are above this layer. Raises BROKER_AWAY."""
    priority = settings.SLICE_PRIORITY
    current_app.send_task(SLICE_TASK, args=[job_id, following.number], queue=following.queue, priority=priority)


def call_shift(queue: str, count: int = 1) -> None:
    """Call workers to the batches of a queue. They take slices of jobs first. Raises BROKER_AWAY."""
    for _ in range(count):
        current_app.send_task(SHIFT_TASK, args=[queue], queue=queue, priority=settings.SHIFT_PRIORITY)


def call_workers() -> None:
    """Ensure that each queue has a message for every waiting batch, up to MOST_SHIFTS. Raises BROKER_AWAY."""
    for queue in QUEUES:
        wanted = min(free_count(queue), MOST_SHIFTS)
        if wanted:
            call_shift(queue, wanted - queue_length(settings.SHIFT_KEY.format(queue)))


def slice_waits(queue: str) -> bool:
    """Whether a slice, or what comes before slices, waits in this queue: batches come last. Raises BROKER_AWAY."""
    return queue_length(settings.SLICE_KEY.format(queue)) + queue_length(queue) > 0


def queue_length(key: str) -> int:
    """Return how many messages are in a list of Redis. Raises BROKER_AWAY."""
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5) as client:
        return int(client.llen(key))


def workers_answer() -> bool:
    """Whether any worker answers a broadcast within a second."""
    try:
        return bool(current_app.control.inspect(timeout=_PING_SECONDS).ping())
    except (*BROKER_AWAY, OSError):
        return False


def fail_stuck(collections: Iterable[int], kind: str) -> None:
    """Fail stuck jobs in these collections, so that new ones can start."""
    unresponsive_jobs().filter(collection__in=collections, kind=kind).update(
        state=Job.State.FAILED,
        error=say("Its worker stopped responding, so a new job replaced it and continues where it stopped."),
        finished=Now(),
        slices=F("slices") + 1,
    )
