"""Heartbeats of work under way, and what becomes of a job when its work fails."""

from __future__ import annotations

import errno
import logging
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.db.models import F
from django.db.models.functions import Now

from clustering.jobs.slices import JobStopped, pulse
from clustering.models import Job
from clustering.models.job import HEARTBEAT_SECONDS, JobQuerySet
from clustering.sentences import Sentence, failure
from clustering.store import StoreAway
from clustering.teamwork.notifying import tell_of_job
from clustering.wording import say

log = logging.getLogger(__name__)

BEAT_SECONDS = HEARTBEAT_SECONDS / 12
"""Seconds between heartbeats. A job is stuck after HEARTBEAT_SECONDS without one."""
HUNG_SECONDS = 3600.0
"""Work that has not called `moved` for so long hangs. The longest known step takes some minutes."""
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_DISK_FULL = "53100"
_PASSING = ("08", "40", "53", "57")
"""Classes of PostgreSQL errors that are not about the query: connection, conflict, resources, shutdown."""


def end_badly(job: Job, rows: JobQuerySet, error: Exception, *, patient: bool) -> None:
    """Fail the job or, if `patient`, let it wait for a problem that passes. `rows` matches it as long as it is ours."""
    if patient and _passes(error):
        _wait(job, rows, error)
    else:
        _fail(job, rows, error)


def _passes(error: Exception) -> bool:
    """Whether the error is not the job's fault, and can pass without anyone changing the job."""
    if isinstance(error, OperationalError | InterfaceError):
        code = getattr(error.__cause__, "sqlstate", None)
        return code is None or code.startswith(_PASSING)
    if isinstance(error, StoreAway):
        return error.passes
    return isinstance(error, OSError) and error.errno in _NO_ROOM


def _wait(job: Job, rows: JobQuerySet, error: Exception) -> None:
    """Leave the job to the sweep, which sends a new slice later."""
    log.warning("Job %s waits: %s", job.pk, error)
    let_go_of_connection()
    rows.update(
        state=Job.State.QUEUED,
        slices=F("slices") + 1,
        error=sentence_for(error, again=say("The job then continues automatically.")),
        heartbeat=Now(),  # and no result: what the rows do not have is not true
    )


def let_go_of_connection() -> None:
    """Close the connection, so that the next query opens a new one after the database was down."""
    if not connection.in_atomic_block:
        connection.close()


def _fail(job: Job, rows: JobQuerySet, error: Exception) -> None:
    if isinstance(error, JobStopped):
        message = str(error)
        log.warning("Job %s stopped: %s", job.pk, message)
    else:
        message = sentence_for(error, again=say("Then start it again; it continues where it stopped."))
        log.error("Job %s failed.", job.pk, exc_info=error)
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    if rows.update(state=Job.State.FAILED, error=message, result=job.result, finished=Now(), heartbeat=Now()):
        tell_of_job(job, failed=message)


def sentence_for(error: Exception, *, again: Sentence) -> Sentence:
    """Return the sentence about an error that stopped a job. `again` says how the job goes on after it is fixed."""
    if isinstance(error, StoreAway):
        return say("%(why)s %(again)s", why=error, again=again)
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return _no_room(again)
    if isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", "") == _DISK_FULL:
        return say("The database’s disk is full. Free up space. %(again)s", again=again)
    if isinstance(error, OSError) and error.errno in {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR}:
        path = error.filename or settings.MEDIA_ROOT
        return say(
            "%(place)s can’t be read or written (%(why)s). Give the workers’ account access to it, or set "
            "HHREVIEW_MEDIA_ROOT to another folder. %(again)s",
            place=path,
            why=failure(error),
            again=again,
        )
    if isinstance(error, MemoryError):
        return say(
            "The worker ran out of memory. Give it more, or use a smaller encoder or resolution. %(again)s", again=again
        )
    if isinstance(error, OperationalError):
        return say("The database did not answer (%(why)s). Check it. %(again)s", why=str(error).strip(), again=again)
    return say(
        "The job stopped because of an unexpected error: %(error)s. The worker’s log has the details. Start the job "
        "again to continue where it stopped. If it stops here again, report this message.",
        error=f"{type(error).__name__}: {error}",
    )


def _no_room(again: Sentence) -> Sentence:
    """Return the sentence about the folder whose disk has the least room: the system doesn't say which is full."""
    temporary = Path(tempfile.gettempdir())
    folders = (Path(settings.MEDIA_ROOT), Path(settings.CACHE_ROOT), temporary)
    place = min(folders, key=_free_bytes)
    if place == temporary:
        return say(
            "The disk of temporary files (%(place)s) is full. Free up space, or set TMPDIR to a folder on a larger "
            "disk for the workers. %(again)s",
            place=place,
            again=again,
        )
    if place == folders[1]:
        return say("The disk of the cache (%(place)s) is full. Free up space. %(again)s", place=place, again=again)
    return say("The disk of the media store (%(place)s) is full. Free up space. %(again)s", place=place, again=again)


def _free_bytes(folder: Path) -> int:
    """Return how much may be written there. Of several folders on one disk, `min` takes the first."""
    return shutil.disk_usage(next(path for path in (folder, *folder.parents) if path.exists())).free


@contextmanager
def beating(what: str, sign: Callable[[], None], hung: Callable[[], None] | None = None) -> Iterator[None]:
    """Send heartbeats while the block computes, from a thread with its own database connection.

    They end once the block has not called `moved` for HUNG_SECONDS; `hung` is called then.
    """
    over = Event()

    def beat() -> None:
        try:
            while not over.wait(BEAT_SECONDS):
                if time.monotonic() - last[0] > HUNG_SECONDS:
                    log.critical("%s has not moved for %.0f minutes: it hangs.", what, HUNG_SECONDS / 60)
                    if hung is not None:
                        hung()
                    return
                try:
                    sign()
                except (OperationalError, InterfaceError) as error:
                    log.warning("%s could not give a sign of life: the database did not answer (%s).", what, error)
                    connection.close()
        finally:
            connection.close()

    with pulse() as last:
        thread = Thread(target=beat, name=f"heartbeat of {what}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
