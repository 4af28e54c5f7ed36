"""Exports, downloaded directly or written by jobs if they are large."""

from __future__ import annotations

from typing import Literal

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, StreamingHttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from clustering import models
from clustering.access import NO_MANAGING, access_collection, access_job, signed_in
from clustering.api.responses.jobs import Job, job_response
from clustering.api.shapes import ById, RequestBody, ResponseBody, Slug, file_response
from clustering.exports.contract import Included
from clustering.exports.format import ExportFormat
from clustering.exports.records import material_of
from clustering.exports.registry import FORMATS
from clustering.exports.settings import WrongSettings
from clustering.jobs.exported import check_restricted, export_file, launch_export, may_fetch, sent_file, sent_now
from clustering.journal.errors import Refused
from clustering.redecode.drafting import draft_waiting
from clustering.selectors.exporting import at_once, blocked, pages_in, wrong_said
from clustering.wording import say

router = Router(tags=["Exports"])

_FILE = file_response("The file.", "*/*")


class Format(ResponseBody):
    """An export format."""

    name: str = Field(description="Used in the address of the download.")
    label: str
    description: str
    media_type: str


class Wanted(BaseModel):
    """What to include."""

    all: Literal["true"] | None = Field(None, description="Include unconfirmed documents, marked as proposals.")
    drafts: Literal["true"] | None = Field(
        None, description="Use drafts if nothing was entered, marked as not checked."
    )
    restricted: Literal["true"] | None = Field(
        None, description="Include restricted pages. Only for people who manage the collection."
    )

    @property
    def included(self) -> Included:
        """What to include."""
        return Included(self.all is not None, self.drafts is not None, self.restricted is not None)


class ExportRequest(RequestBody):
    """What to include."""

    all: bool = Field(default=False, description="Include unconfirmed documents, marked as proposals.")
    drafts: bool = Field(default=False, description="Use drafts if nothing was entered, marked as not checked.")
    restricted: bool = Field(
        default=False, description="Include restricted pages. Only for people who manage the collection."
    )

    @property
    def included(self) -> Included:
        """What to include."""
        return Included(self.all, self.drafts, self.restricted)


@router.get("/{slug:slug}/exports", response=list[Format], summary="List export formats")
def list_formats(request: HttpRequest, slug: Slug) -> list[Format]:
    """All export formats, with the purpose of each."""
    access_collection(request.user, slug, whole=False)
    return [
        Format(name=known.name, label=known.label, description=known.description, media_type=known.media_type)
        for known in FORMATS.values()
    ]


@router.get("/{slug:slug}/exports/{slug:name}", summary="Download an export", openapi_extra={"responses": {200: _FILE}})
def download(request: HttpRequest, slug: Slug, name: Slug, wanted: Query[Wanted]) -> StreamingHttpResponse:
    """Return the confirmed documents in one format, as of one moment.

    An export that would take minutes is refused: run it as a job. An export that can’t be written is refused, with
    the reason.
    """
    collection = access_collection(request.user, slug, whole=False)
    chosen = _format(name)
    check_restricted(request.user, collection, wanted.included)
    if not at_once(chosen, pages_in(collection, wanted.included)):
        raise Refused(
            say(
                "%(label)s is large for this collection. Send a POST to this address to run it in the background, "
                "then fetch the file.",
                label=say(chosen.label),
            )
        )
    try:
        draft_waiting(collection)
        material = material_of(collection, wanted.included)
        stopped = blocked(material, chosen)
    except WrongSettings as error:
        raise Refused(say("%(error)s Staff can fix this in the export settings.", error=wrong_said(error))) from error
    if stopped:
        raise Refused(stopped)
    return sent_now(chosen, material)


@router.post("/{slug:slug}/exports/{slug:name}", response={202: Job}, summary="Start an export")
def start_export(request: HttpRequest, slug: Slug, name: Slug, body: ExportRequest) -> Job:
    """Write an export of any size in the background. When the job is done, fetch the file from …/jobs/{job}/file."""
    collection = access_collection(request.user, slug)
    chosen = _format(name)
    return job_response(launch_export(collection, chosen.name, body.included, actor=signed_in(request)))


@router.get(
    "/{slug:slug}/jobs/{int:job}/file",
    summary="Download the file of an export job",
    openapi_extra={"responses": {200: _FILE}},
)
def get_file(request: HttpRequest, slug: Slug, job: ById) -> FileResponse:
    """Return the file that an export job wrote, until it expires."""
    collection = access_collection(request.user, slug, whole=False)
    export_job = access_job(request.user, job)
    if not may_fetch(export_job, request.user):
        raise PermissionDenied(NO_MANAGING)
    path = (
        export_file(export_job)
        if export_job.collection_id == collection.pk and export_job.kind == models.Job.Kind.EXPORT
        else None
    )
    if path is None:
        raise Http404(say("No such file: the export is not finished, or the file has expired. Start it again."))
    return sent_file(export_job, path)


def _format(name: str) -> ExportFormat:
    chosen = FORMATS.get(name)
    if chosen is None:
        raise Http404(say("No such export: %(name)s. Choose from %(names)s.", name=name, names=", ".join(FORMATS)))
    return chosen
