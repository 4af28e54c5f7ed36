"""What comes after a job that ended well: an upload's files go, a collection gets its number, processing begins."""

from __future__ import annotations

from clustering.jobs import uploading
from clustering.jobs.launching import AlreadyActive, launch_job
from clustering.jobs.stages.comparing import waits
from clustering.jobs.stages.importing import number_of
from clustering.models import Job, JobProblem

THEN = "then"
"""The key of a job's params that names the kind of the job to follow it."""


def follow(job: Job) -> None:
    """Do it, in the transaction that ends the job; nothing where a person must decide first."""
    if waits(job):
        return
    if job.kind == Job.Kind.IMPORT:
        _number(job)
        if "upload" in job.params:
            uploading.taken_in(job.params["upload"])
    kind = job.params.get(THEN)
    if kind and job.collection.pages.exists():
        _launch(job, kind)


def _number(job: Job) -> None:
    """A collection that came with this import and was given no number has the one that its files begin with."""
    collection = job.collection
    if not collection.identifier and collection.pages.count() == job.result.get("added"):
        collection.identifier = number_of(collection.pages.values_list("identifier", flat=True).iterator())[:100]
        collection.save(update_fields=["identifier"])


def _launch(job: Job, kind: str) -> None:
    try:
        following = launch_job(job.collection, kind=kind, actor=job.actor, priority=job.priority)
    except AlreadyActive as error:
        JobProblem.objects.create(
            job=job,
            is_warning=True,
            message=f"{error} It may have passed by what is new: launch it again when it is over.",
        )
        return
    Job.objects.filter(pk=job.pk).update(result={**job.result, "next_job": following.pk})
