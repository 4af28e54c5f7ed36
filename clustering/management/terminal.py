"""What the commands share: finding a collection, and showing a job's progress in the terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from django.core.management.base import CommandError, OutputWrapper
from django.db import InterfaceError, OperationalError, connection

from clustering.jobs import launching, running
from clustering.jobs.durations import duration
from clustering.jobs.params import WrongParams
from clustering.models import Collection, Job
from hhreview import outages
from hhreview.layout import COMMAND

POLL_SECONDS = 0.5
REVIVE_SECONDS = 20.0
"""How often a waiting command looks for jobs whose worker was lost."""
PROBLEMS_SHOWN = 50
"""Pages with a problem that the terminal lists; the job's page has them all."""
_NOT_FOUND_SHOWN = 8


def get_collection(slug: str) -> Collection:
    """Return the collection. Raises CommandError that names those there are."""
    collection = Collection.objects.filter(slug=slug).first()
    if collection is not None:
        return collection
    slugs = list(Collection.objects.order_by("slug").values_list("slug", flat=True)[: _NOT_FOUND_SHOWN + 1])
    if not slugs:
        raise CommandError(
            f"There is no collection {slug}, and no other. Import one first: {COMMAND} import_pages {slug} FOLDER."
        )
    more = ", …" if len(slugs) > _NOT_FOUND_SHOWN else ""
    raise CommandError(
        f"There is no collection {slug}. The collections are {', '.join(slugs[:_NOT_FOUND_SHOWN])}{more}."
    )


def progress_line(job: Job) -> str:
    """Return one line: the stage, done of total, rate and time left."""
    if job.state == Job.State.QUEUED:
        return job.error or "Waiting for a worker…"
    doing = job.get_stage_display()
    parts = [f"{doing or 'Starting'}: {job.done} of {job.total}" if job.total else (doing or "Starting…")]
    if job.rate:
        parts.append(f"{job.rate:.1f} a second")
    left = job.seconds_left
    if left is not None and job.done < job.total:
        parts.append(f"{duration(left)} left")
    return ", ".join(parts)


class ProgressLine:
    """Shows a job in one line that is written over in a terminal, and as a line a stage elsewhere."""

    def __init__(self, out: OutputWrapper) -> None:
        self.out = out
        self.live = bool(out.isatty())
        self.width = 0
        self.shown = ""
        self.stage = ""

    def show(self, job: Job) -> None:
        """Show the progress of the job."""
        if self.live:
            line = progress_line(job)
            if line != self.shown:
                self.out.write("\r" + line.ljust(self.width), ending="")
                self.out.flush()
                self.shown, self.width = line, len(line)
        elif job.stage and (job.stage != self.stage):
            self.stage = job.stage
            self.out.write(progress_line(job))

    def close(self) -> None:
        """End the line."""
        if self.live and self.shown:
            self.out.write("\r" + " " * self.width + "\r", ending="")


def launched(collection: Collection, kind: str, params: dict[str, Any], **how: Any) -> Job:
    """Launch a job. Raises CommandError if one of its kind is running, or for wrong parameters."""
    try:
        return launching.launch_job(collection, kind=kind, actor=None, params=params, **how)
    except (launching.AlreadyActive, WrongParams) as error:
        raise CommandError(str(error)) from error


def carry_out(collection: Collection, kind: str, params: dict[str, Any], *, out: OutputWrapper) -> Job:
    """Launch a job and wait for its end; if no worker responds, run its slices here and say so.

    Ctrl-C cancels a job that runs here, but not one that workers run. Raises CommandError if the job can't be launched
    or doesn't succeed.
    """
    here = not launching.workers_answer()
    job = launched(collection, kind, params, here=here)
    line = ProgressLine(out)
    try:
        if here:
            out.write("No worker answers, so this command does the work itself.")
            with watching(job, line):
                running.run_here(job)
        else:
            _wait(job, line)
    except KeyboardInterrupt:
        line.close()
        if here:
            launching.cancel_job(job, actor=None)
            raise CommandError("Stopped. Completed work is kept. To continue, run the same command again.") from None
        raise CommandError(f"Stopped watching. The workers continue job {job.pk}.") from None
    line.close()
    job.refresh_from_db()
    report_end(job, out)
    return job


@contextmanager
def watching(job: Job, line: ProgressLine) -> Iterator[None]:
    """Show a job that this very thread runs, from another thread with a database connection of its own."""
    over = Event()

    def watch() -> None:
        try:
            while not over.wait(POLL_SECONDS):
                now = Job.objects.filter(pk=job.pk).first()
                if now is not None and now.is_active:
                    line.show(now)
        finally:
            connection.close()

    thread = Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _wait(job: Job, line: ProgressLine) -> None:
    """Wait until the job has ended; during an outage of the database or Redis, wait for it as the job does."""
    revived = time.monotonic()
    missing = ""
    while True:
        try:
            job.refresh_from_db()
            if not job.is_active:
                return
            line.show(job)
            if time.monotonic() - revived > REVIVE_SECONDS:
                launching.resume_stuck_jobs()
                revived = time.monotonic()
            if missing:
                line.out.write("It answers again.")
                missing = ""
        except (OperationalError, InterfaceError, *launching.BROKER_AWAY) as error:
            connection.close()
            if outages.reason(error) != missing:
                missing = outages.reason(error)
                line.out.write(f"{missing} Waiting…")
        time.sleep(POLL_SECONDS)


def report_end(job: Job, out: OutputWrapper) -> None:
    """Print problems with pages. Raises CommandError if the job itself didn't succeed."""
    problems = list(job.problems.all()[: PROBLEMS_SHOWN + 1])
    for problem in problems[:PROBLEMS_SHOWN]:
        out.write(f"  {problem.message}")
    if len(problems) > PROBLEMS_SHOWN:
        more = job.problems.count() - PROBLEMS_SHOWN
        out.write(f"  … and {more} more; the admin page of job {job.pk} lists them all.")
    if job.state != Job.State.DONE:
        raise CommandError(job.error or f"Job {job.pk} ended as {job.get_state_display()}.")
