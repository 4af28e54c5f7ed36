"""What follows a job that ended well: upload files are removed, a collection gets its ID, processing begins."""

from __future__ import annotations

from clustering.jobs import uploading
from clustering.jobs.launching import AlreadyActive, launch_job
from clustering.jobs.params import ImportParams, params_of
from clustering.jobs.sourcing import number_of
from clustering.jobs.stages.comparing import waits
from clustering.models import Job, JobProblem
from clustering.wording import say


def follow_up(job: Job) -> None:
    """Do this in the transaction that ends the job; nothing if a person has to decide first."""
    if job.kind != Job.Kind.IMPORT or waits(job):
        return
    _number(job)
    params = params_of(job, ImportParams)
    if params.upload:
        uploading.taken_in(params.upload)
    if params.then and job.collection.pages.exists():
        _launch(job, params.then)


def _number(job: Job) -> None:
    """Give a collection that was created with this import, without an ID, the one that its files begin with."""
    collection = job.collection
    if not collection.identifier and collection.pages.count() == job.result.get("added"):
        collection.identifier = number_of(collection.pages.values_list("identifier", flat=True).iterator())[:100]
        collection.save(update_fields=["identifier"])


def _launch(job: Job, kind: str) -> None:
    try:
        next_job = launch_job(job.collection, kind=kind, actor=job.actor, priority=job.priority)
    except AlreadyActive as error:
        JobProblem.objects.create(
            job=job,
            is_warning=True,
            message=say("%(why)s It may have missed new pages: start it again when it is done.", why=error),
        )
        return
    Job.objects.filter(pk=job.pk).update(result={**job.result, "next_job": next_job.pk})
