"""Responses about jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, cast

from pydantic import Field

from clustering import models
from clustering.api.shapes import ResponseBody
from clustering.wording import translated

State = Literal["queued", "running", "done", "failed", "cancelled"]


class Job(ResponseBody):
    """A background job and its progress."""

    id: int
    kind: str = Field(description="import, process, embed, read, propose, learn or export.")
    state: State
    stage: str = Field(description="What it is doing now.")
    done: int
    total: int = Field(description="Total of the current stage; 0 while unknown.")
    rate: float | None = Field(description="Units per second in the current stage.")
    seconds_left: float | None = Field(description="Seconds until the end of the current stage.")
    error: str
    params: dict[str, Any] = Field(description="Its parameters.")
    result: dict[str, Any] = Field(description="Its result, e.g. the ID of a run.")
    launched_by: str | None
    relaunch_of: int | None
    created: datetime
    started: datetime | None
    finished: datetime | None


class JobProblem(ResponseBody):
    """A problem with one page or file, which didn't stop the job."""

    id: int
    position: int | None = Field(description="Position of the page, if known.")
    filename: str
    message: str
    is_warning: bool


def job_response(job: models.Job) -> Job:
    """Return a job, whose `actor` must be loaded."""
    return Job(
        id=job.pk,
        kind=job.kind,
        state=cast(State, job.state),
        stage=job.get_stage_display(),
        done=job.done,
        total=job.total,
        rate=job.rate,
        seconds_left=job.seconds_left,
        error=translated(job.error),
        params=job.params,
        result=job.result,
        launched_by=job.actor.get_username() if job.actor else None,
        relaunch_of=job.relaunch_of_id,
        created=job.created,
        started=job.started,
        finished=job.finished,
    )
