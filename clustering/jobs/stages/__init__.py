"""The stages of each kind of job, and the queue in which a job waits."""

from __future__ import annotations

from dataclasses import replace

from clustering.jobs.batches import side_by_side
from clustering.jobs.slices import DEFAULT, JobStopped, Stage
from clustering.jobs.stages import (
    asking,
    comparing,
    drafting,
    embedding,
    exporting,
    importing,
    learning,
    noting,
    proposing,
    reading,
)
from clustering.models import Job
from clustering.wording import say


def _after_asking(stage: Stage) -> Stage:
    return replace(stage, begin=lambda job: stage.begin(job) if asking.wants_proposal(job) else 0)


_PROPOSE_AFTER_ASKING = (_after_asking(noting.STAGE), _after_asking(proposing.PROPOSE_STAGE))
_EMBED_AND_READ = side_by_side(Job.Stage.EMBEDDING_AND_READING, embedding.PART, reading.PART)


def stages_of(job: Job) -> tuple[Stage, ...]:
    """Return the stages of a job in order. Raises JobStopped for an unknown kind."""
    embed, text, read = embedding.IMAGE_STAGE, embedding.TEXT_STAGE, reading.STAGE
    publish = (proposing.PUBLISH_STAGE, drafting.STAGE)
    propose = (noting.STAGE, proposing.PROPOSE_STAGE, *publish)
    plans: dict[str, tuple[Stage, ...]] = {
        Job.Kind.IMPORT: (importing.LISTING_STAGE, comparing.STAGE, importing.STAGE),
        Job.Kind.EMBED: (embed,),
        Job.Kind.READ: (read, text),
        Job.Kind.PROPOSE: propose,
        Job.Kind.LEARN: (learning.STAGE,),
        Job.Kind.EXPORT: exporting.STAGES,
        Job.Kind.PROCESS: (_EMBED_AND_READ, text, *propose),
        Job.Kind.ASK: (asking.SEAM_STAGE, asking.DOCUMENT_STAGE, *_PROPOSE_AFTER_ASKING, *publish),
    }
    if job.kind not in plans:
        raise JobStopped(say("This version of hhreview can’t run jobs of the kind “%(kind)s”.", kind=job.kind))
    return plans[job.kind]


def step_of(job: Job) -> tuple[int, int] | None:
    """Return the current step of a running job and the number of its steps, e.g. (2, 4).

    Returns None for a job that waits, is over, or has one step. Each step counts in units of its own, and the time left
    is that of the step, so people have to see which one it is.
    """
    if not job.is_active or not job.stage:
        return None
    keys: list[str] = [stage.key for stage in stages_of(job)]
    return (keys.index(job.stage) + 1, len(keys)) if job.stage in keys and len(keys) > 1 else None


def queue_of(job: Job) -> str:
    """Return the queue of the job's current stage."""
    try:
        stages = stages_of(job)
    except JobStopped:
        return DEFAULT
    return next((stage.queue for stage in stages if stage.key == job.stage), stages[0].queue)


def skips_what_ends_workers(job: Job) -> bool:
    """Whether the job's current stage skips a piece at which one worker after another died."""
    return any(stage.key == job.stage and stage.skips for stage in stages_of(job))
