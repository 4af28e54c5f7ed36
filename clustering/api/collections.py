"""Collections and their progress."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from clustering import models
from clustering.access import access_collection, access_collections, may_launch, may_look, signed_in
from clustering.api.paging import Sheet, Window, part_of
from clustering.api.responses.jobs import Job, job_response
from clustering.api.shapes import RequestBody, ResponseBody, Slug
from clustering.api.sources import source_named
from clustering.api.unchanged import unchanged
from clustering.jobs import param_checks
from clustering.jobs.launching import launch_job
from clustering.jobs.params import WrongParams
from clustering.jobs.sourcing import create_collection
from clustering.journal.errors import Refused
from clustering.wording import say

router = Router(tags=["Collections"])


class Collection(ResponseBody):
    """The scans of one organization."""

    id: int
    slug: str = Field(description="Short name, used in addresses.")
    title: str
    identifier: str
    note: str
    expected_documents: int | None = Field(description="Number of documents according to the finding aid.")
    ocr_language: str = Field(description="OCR language, as Tesseract codes. Empty: the installation's.")
    version: int = Field(description="Goes up by one with every change.")
    closed: datetime | None = Field(description="A closed collection can’t be changed until it is reopened.")
    created: datetime
    page_count: int
    group_count: int
    confirmed_group_count: int
    confirmed_page_count: int


class Begin(RequestBody):
    """A new collection, and where its scans are."""

    slug: Annotated[str, Field(pattern="^[-a-zA-Z0-9_]+$", min_length=1, max_length=80)] = Field(
        description="Short name. It can’t be changed later."
    )
    title: Annotated[str, Field(max_length=300)] = Field("", description="If left out, the source's own title.")
    ocr_language: Annotated[str, Field(max_length=100)] = Field(
        "",
        description="OCR language, as Tesseract codes: eng, deu+eng. If left out, the installation's.",
    )
    source: Annotated[str, Field(min_length=1, max_length=1000)] = Field(
        description="A folder on the server, the address of a IIIF manifest, or a repository ID."
    )


class Begun(ResponseBody):
    """A collection whose scans are being imported."""

    collection: Collection
    job: Job


@router.get("", response=Sheet[Collection], summary="List collections")
def list_collections(request: HttpRequest, window: Query[Window]) -> Sheet[Collection]:
    """Return collections you may see, oldest first."""
    rows = access_collections(request.user).filter(pk__gt=window.after).with_progress().order_by("pk")
    return part_of(
        request,
        rows,
        window,
        position_of=lambda row: row.pk,
        respond=lambda shown: [Collection.model_validate(row) for row in shown],
    )


@router.get("/{slug:slug}", response=Collection, summary="Get a collection")
def get_collection(request: HttpRequest, response: HttpResponse, slug: Slug) -> Any:
    """Details and progress of a collection. Has an ETag, so asking again with If-None-Match is cheap."""
    collection = access_collection(request.user, slug, whole=False)
    counted = models.Collection.objects.with_progress().get(pk=collection.pk)
    record = Collection.model_validate(counted)
    return unchanged(request, response, record) or record


@router.post("", response={201: Begun}, summary="Create a collection")
def create(request: HttpRequest, body: Begin) -> Begun:
    """Staff only. Checks the source immediately, creates the collection, and starts a job that imports it."""
    if not may_look(request.user):
        raise Http404(say("You don’t have access to any collection."))
    if not may_launch(request.user):
        raise PermissionDenied(say("Only staff can create collections."))
    try:
        language = param_checks.ocr_language(body.ocr_language)
    except WrongParams as error:
        raise Refused(str(error)) from error
    source = source_named(body.source)
    title = body.title or source.title or body.slug
    try:
        with transaction.atomic():
            collection = create_collection(body.slug, title=title, ocr_language=language, listing=source.listing)
    except IntegrityError as error:
        raise Refused(
            say("The collection “%(slug)s” already exists. Start an import job in it instead.", slug=body.slug)
        ) from error
    job = launch_job(collection, kind=models.Job.Kind.IMPORT, actor=signed_in(request), params=source.params)
    counted = models.Collection.objects.with_progress().get(pk=collection.pk)
    return Begun(collection=Collection.model_validate(counted), job=job_response(job))
