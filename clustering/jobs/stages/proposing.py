"""Proposing and publishing as stages of a job."""

from __future__ import annotations

from django.db import transaction

from clustering.jobs.params import ProposalParams, params_of
from clustering.jobs.slices import DEFAULT, JobStopped, Slice, Stage
from clustering.jobs.stages import runs
from clustering.jobs.stages.embedding import encoder_of
from clustering.models import Job, Run
from clustering.wording import say

DEFAULT_METHOD = "seams"
_PERCENT = 100
"""The engine has its own units of progress; people see percent."""


def begin(job: Job) -> int:
    """Return 100 until the job has its run, then 0. Raises JobStopped if there are no pages."""
    if not job.collection.pages.exists():
        raise JobStopped(
            say("%(collection)s has no pages yet. Import a folder of scans first.", collection=job.collection.title)
        )
    return 0 if _run_of(job) else _PERCENT


def advance(current: Slice) -> bool:
    """Compute the proposal and store it as a run, as one piece of work, so there is never more to do."""
    job = current.job
    if _run_of(job):  # stored by a slice that was killed right after
        return False
    params = params_of(job, ProposalParams)
    try:
        computed = runs.compute(
            job.collection,
            method=params.method or DEFAULT_METHOD,
            settings=params.settings,
            encoder=encoder_of(job),
            documents=params.documents if "documents" in params.model_fields_set else job.collection.expected_documents,
            report=lambda done, total: current.report(_PERCENT * done // max(total, 1), _PERCENT),
            job=job,
        )
    except ValueError as error:  # NotReady and wrong settings have a sentence for people
        raise JobStopped(str(error)) from error
    with transaction.atomic():
        current.hold()
        run = runs.keep(computed, job=job, actor=job.actor)
        job.page_notes.all().delete()
        job.result = {**job.result, "run": run.pk, "groups": run.group_count}
        job.save(update_fields=["result"])
        for warning in run.warnings:
            current.problem(warning, is_warning=True)
    return False


PROPOSE_STAGE = Stage(Job.Stage.PROPOSING, DEFAULT, begin, advance)


def begin_publishing(job: Job) -> int:
    """Return 1 if the run has to be published and isn't yet."""
    run = _run_of(job)
    return int(params_of(job, ProposalParams).publish and run is not None and run.published is None)


def advance_publishing(current: Slice) -> bool:
    """Publish the run: one transaction, one edit. Raises JobStopped if the desk refuses."""
    from clustering.actions.publish import publish_run
    from clustering.journal.errors import ActError

    run = _run_of(current.job)
    if run is None or run.published is not None:
        return False
    try:
        with transaction.atomic():
            current.hold()
            publish_run(run, actor=current.job.actor)
    except ActError as error:
        raise JobStopped(error.message) from error
    return False


PUBLISH_STAGE = Stage(Job.Stage.PUBLISHING, DEFAULT, begin_publishing, advance_publishing)


def _run_of(job: Job) -> Run | None:
    """Return the run that this job made, if it has one."""
    return job.runs.filter(state=Run.State.READY).order_by("-pk").first()
