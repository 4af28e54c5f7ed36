"""Jobs and their progress. Staff start and cancel them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.conf import settings
from django.http import Http404, HttpRequest
from ninja import Query, Router
from pydantic import Field

from clustering import models
from clustering.access import access_collection, access_intake, access_job, signed_in
from clustering.api.paging import Sheet, Window, part_of
from clustering.api.responses.jobs import Job, JobProblem, State, job_response
from clustering.api.shapes import WHOLE, ById, RequestBody, ResponseBody, Slug
from clustering.api.sources import source_named
from clustering.jobs import launching, param_checks
from clustering.jobs.params import WrongParams
from clustering.journal.errors import Refused
from clustering.sentences import listed
from clustering.wording import say, translated

router = Router(tags=["Jobs"])

Kind = Literal["import", "process", "embed", "read", "propose", "learn", "ask"]
Value = str | int | float | bool
Resolution = Annotated[int, Field(ge=64, le=1024), WHOLE]
Documents = Annotated[int, Field(ge=1, le=10_000_000), WHOLE]


class JobFilter(Window):
    """Which jobs."""

    kind: Literal["import", "process", "embed", "read", "propose", "learn", "ask", "export"] | None = None
    state: State | None = None


class Launch(RequestBody):
    """What to do. Fields that the kind doesn't take are refused."""

    kind: Kind = Field(description="process does everything: embed, read, propose.")
    encoder: Annotated[str, Field(max_length=200)] | None = Field(
        None, description="For embed, propose and process: key of an image encoder; if left out, the installation's."
    )
    resolution: Resolution | None = Field(
        None, description="For embed, propose and process: image size in pixels per side."
    )
    method: Annotated[str, Field(max_length=40)] | None = Field(
        None, description="For propose and process: seams (the default), dbscan, hdbscan, adjacent or agglomerative."
    )
    settings: dict[Annotated[str, Field(max_length=80)], Value] | None = Field(
        None, description="For propose and process: settings of the method by name."
    )
    documents: Documents | None = Field(None, description="For propose and process: the exact number of documents.")
    publish: bool | None = Field(
        None, description="For propose and process: apply the proposal (the default), or only keep it."
    )
    language: Annotated[str, Field(max_length=100)] | None = Field(
        None,
        description="For read and process: OCR languages, as Tesseract codes: eng, deu+eng. Pages that were "
        "read in others are read again; if left out, the collection's, and only pages not read yet.",
    )
    questions: Annotated[int, Field(ge=1, le=100_000), WHOLE] | None = Field(
        None, description="For ask: the most questions. Default 50."
    )
    seconds: Annotated[int, Field(ge=1, le=1_000_000), WHOLE] | None = Field(
        None, description="For ask: the most seconds. Default 900."
    )
    money: Annotated[str, Field(max_length=12)] | None = Field(
        None, description="For ask: the most money, such as 0.50. Default: no limit."
    )
    seams: bool | None = Field(None, description="For ask: ask about low-confidence places. Default true.")
    describe: bool | None = Field(
        None, description="For ask: suggest descriptions of untitled documents. Default false."
    )
    propose: bool | None = Field(None, description="For ask: propose documents again afterwards. Default true.")
    tonight: bool | None = Field(
        None,
        description="Work only while no other job waits, during the hours of HHREVIEW_NIGHT.",
    )
    source: Annotated[str, Field(min_length=1, max_length=1000)] | None = Field(
        None, description="For import: a folder on the server, the address of a IIIF manifest, or a repository's id."
    )


class Cancelled(ResponseBody):
    """The result of a cancellation."""

    cancelled: bool = Field(description="False if the job had already ended.")
    job: Job


_ENCODING = frozenset({"encoder", "resolution"})
_PROPOSING = _ENCODING | {"method", "settings", "documents", "publish"}
_ASKING = frozenset({"questions", "seconds", "money", "seams", "describe", "propose"})
_TAKES: dict[str, frozenset[str]] = {
    "import": frozenset({"source"}),
    "process": _PROPOSING | {"language"},
    "propose": _PROPOSING,
    "embed": _ENCODING,
    "read": frozenset({"language"}),
    "learn": frozenset(),
    "ask": _ASKING,
}


@router.get("/{slug:slug}/jobs", response=Sheet[Job], summary="List jobs")
def list_jobs(request: HttpRequest, slug: Slug, wanted: Query[JobFilter]) -> Sheet[Job]:
    """Jobs, oldest first. `after` is the ID of a job."""
    collection = access_collection(request.user, slug)
    rows = collection.jobs.filter(pk__gt=wanted.after).select_related("actor").order_by("pk")
    if wanted.kind is not None:
        rows = rows.filter(kind=wanted.kind)
    if wanted.state is not None:
        rows = rows.filter(state=wanted.state)
    return part_of(
        request,
        rows,
        wanted,
        position_of=lambda job: job.pk,
        respond=lambda shown: [job_response(job) for job in shown],
    )


@router.post("/{slug:slug}/jobs", response={202: Job}, summary="Start a job")
def launch(request: HttpRequest, slug: Slug, body: Launch) -> Job:
    """For staff and managers of the collection; imports for staff only. Responds immediately; get the job again to see
    its progress. 409 if a job of its kind is already running, so a request may safely be sent twice.
    """
    collection = access_collection(request.user, slug, launch=True)
    if body.kind == "import":
        access_intake(request.user)
    try:
        params = _params(body, collection)
    except WrongParams as error:
        raise Refused(str(error)) from error
    priority = models.Job.Priority.NIGHT if body.tonight else models.Job.Priority.WAITED_FOR
    job = launching.launch_job(collection, kind=body.kind, actor=signed_in(request), params=params, priority=priority)
    return job_response(job)


@router.get("/{slug:slug}/jobs/{int:job}", response=Job, summary="Get a job")
def get_job(request: HttpRequest, slug: Slug, job: ById) -> Job:
    """Progress of a job: stage, done, total, rate, and time left."""
    return job_response(_job(request, slug, job))


@router.get("/{slug:slug}/jobs/{int:job}/problems", response=Sheet[JobProblem], summary="List problems of a job")
def list_problems(request: HttpRequest, slug: Slug, job: ById, window: Query[Window]) -> Sheet[JobProblem]:
    """Pages and files that failed while the rest continued. `after` is the ID of a problem."""
    rows = _job(request, slug, job).problems.filter(pk__gt=window.after).select_related("page").order_by("pk")
    return part_of(
        request,
        rows,
        window,
        position_of=lambda problem: problem.pk,
        respond=lambda shown: [_problem_response(problem) for problem in shown],
    )


@router.post("/{slug:slug}/jobs/{int:job}/cancel", response=Cancelled, summary="Cancel a job")
def cancel(request: HttpRequest, slug: Slug, job: ById) -> Cancelled:
    """For staff and managers of the collection. The job stops at its next page. Completed work is kept, and another
    job can continue from there.
    """
    access_collection(request.user, slug, launch=True)
    active = _job(request, slug, job)
    done = launching.cancel_job(active, actor=signed_in(request))
    return Cancelled(cancelled=done, job=job_response(active))


@router.post("/{slug:slug}/jobs/{int:job}/relaunch", response={202: Job}, summary="Start a job again")
def relaunch(request: HttpRequest, slug: Slug, job: ById) -> Job:
    """For staff and managers of the collection. A new job continues where this one stopped."""
    access_collection(request.user, slug, launch=True)
    return job_response(launching.relaunch_job(_job(request, slug, job), actor=signed_in(request)))


def _params(body: Launch, collection: models.Collection) -> dict[str, Any]:
    """Return the parameters of the job. Raises WrongParams and Refused."""
    given = {name for name, value in body if name not in {"kind", "tonight"} and value is not None}
    unknown = sorted(given - _TAKES[body.kind])
    if unknown:
        raise Refused(
            say("A job “%(kind)s” does not take %(names)s. Leave it out.", kind=body.kind, names=listed(unknown))
        )
    if body.kind == "import":
        if body.source is None:
            raise Refused(say("The source is missing. Name a folder, an address, or an ID."))
        return source_named(body.source).params
    if body.kind == "ask":
        return param_checks.ask_params(
            collection,
            questions=body.questions,
            seconds=body.seconds,
            money=body.money or "",
            seams=body.seams is not False,
            documents=bool(body.describe),
            propose=body.propose is not False,
        )
    params: dict[str, Any] = {**param_checks.reading_params(body.language or "")}
    if _TAKES[body.kind] >= _ENCODING:
        params["encoder"] = param_checks.encoder_key(body.encoder or settings.ENCODER, body.resolution)
    if _TAKES[body.kind] >= _PROPOSING:
        method = body.method or "seams"
        documents = body.documents if body.documents is not None else collection.expected_documents
        params["method"] = method
        params["settings"] = param_checks.method_settings(method, body.settings or {})
        params["documents"] = param_checks.document_count(documents, pages=collection.pages.count())
        params["publish"] = body.publish is not False
    return params


def _job(request: HttpRequest, slug: str, pk: int) -> models.Job:
    collection = access_collection(request.user, slug)
    job = access_job(request.user, pk)
    if job.collection_id != collection.pk:
        raise Http404(say("“%(collection)s” has no job %(pk)s.", collection=collection, pk=pk))
    return job


def _problem_response(problem: models.JobProblem) -> JobProblem:
    return JobProblem(
        id=problem.pk,
        position=problem.page.position if problem.page else None,
        filename=problem.filename,
        message=translated(problem.message),
        is_warning=problem.is_warning,
    )
