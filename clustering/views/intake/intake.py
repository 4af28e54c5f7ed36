"""The form for a new collection or for more scans."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clustering.access import access_collection, access_intake
from clustering.engine.tessdata import installed_in_words
from clustering.forms.intake import IntakeForm, free_slug, wrong_slug
from clustering.jobs import server_folders, uploading
from clustering.jobs.launching import AlreadyActive, launch_job
from clustering.jobs.sourcing import create_collection
from clustering.jobs.upload_checks import UploadRefused
from clustering.models import Collection, Job, Upload, User
from clustering.sources.contract import NoSource
from clustering.views.intake.upload_config import upload_config

OPEN = "open"
"""Name of the buttons that open a folder in the list and keep the form as typed."""


@require_http_methods(["GET", "HEAD", "POST"])
def new_collection(request: HttpRequest) -> HttpResponse:
    """Show the form for a new collection, and create it, with an upload or an import job."""
    actor = access_intake(request.user)
    return _intake(request, actor, None)


@require_http_methods(["GET", "HEAD", "POST"])
def add_scans(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the same form for an existing collection. New pages are added at its end."""
    collection = access_collection(request.user, slug, launch=True)
    actor = access_intake(request.user)
    if collection.closed is not None and request.method != "POST":
        messages.error(request, _closed(collection))
        return redirect("history", slug=slug)
    return _intake(request, actor, collection)


@require_GET
def short_name(request: HttpRequest) -> HttpResponse:
    """Answer while a person types: ?title= returns a free short name, ?slug= says what is wrong with one."""
    access_intake(request.user)
    if "slug" in request.GET:
        return JsonResponse({"problem": wrong_slug(request.GET["slug"][:200])})
    return JsonResponse({"slug": free_slug(request.GET.get("title", "")[:300])})


@require_GET
def folders(request: HttpRequest) -> HttpResponse:
    """Show the list of folders alone, at ?folder=."""
    access_intake(request.user)
    return render(request, "intake/folders.html", _folders(request.GET.get("folder", "")))


def _intake(request: HttpRequest, actor: User, collection: Collection | None) -> HttpResponse:
    if request.method != "POST":
        return _page(request, IntakeForm(collection=collection), collection)
    if OPEN in request.POST:
        return _page(request, _unbound(request, collection), collection, folder=request.POST[OPEN])
    form = IntakeForm(request.POST, collection=collection)
    if collection is not None and collection.closed is not None:
        form.add_error(None, _closed(collection))
    if form.is_valid():
        try:
            return _begin(request, form, actor)
        except (UploadRefused, AlreadyActive) as error:
            form.add_error(None, str(error))
        except IntegrityError:
            form.add_error("slug", _("Someone has just taken this short name. Choose another."))
    if _wants_json(request):
        return JsonResponse({"errors": form.errors}, status=422)
    return _page(request, form, collection, folder=request.POST.get("folder", ""), status=422)


def _closed(collection: Collection) -> str:
    return _("%(title)s is closed. Reopen it under History, then add scans.") % {"title": collection.title}


def _begin(request: HttpRequest, form: IntakeForm, actor: User) -> HttpResponse:
    """Create what the form asks for, and return where to go. Raises UploadRefused, AlreadyActive, IntegrityError."""
    cleaned = form.cleaned_data
    with transaction.atomic():
        collection = form.collection or create_collection(
            cleaned["slug"],
            title=cleaned["title"],
            identifier=cleaned["identifier"],
            expected_documents=cleaned["expected_documents"],
            ocr_language=cleaned["ocr_language"],
            listing=cleaned["source"].listing if "source" in cleaned else None,
        )
        if cleaned["where"] != IntakeForm.COMPUTER:
            params = dict(cleaned["source"].params)
            if form.collection is not None:
                params["ask"] = True
            if cleaned["process"]:
                params["then"] = Job.Kind.PROCESS
            job = launch_job(collection, kind=Job.Kind.IMPORT, actor=actor, params=params)
            return _go(request, reverse("job", args=[job.pk]))
        upload = uploading.begin_upload(
            collection, actor=actor, process=cleaned["process"], made_collection=form.collection is None
        )
    if _wants_json(request):
        return JsonResponse({"upload": upload_config(upload)}, status=201)
    return _take_posted(request, upload, actor)


def _take_posted(request: HttpRequest, upload: Upload, actor: User) -> HttpResponse:
    """Import the files in the form itself, as sent without JavaScript. Raises UploadRefused, AlreadyActive."""
    try:
        uploading.take_whole(upload, request.FILES.getlist("files"))
        job = uploading.finish_upload(upload, actor=actor)
    except (UploadRefused, AlreadyActive):
        uploading.abandon_upload(upload)
        raise
    return redirect("job", pk=job.pk)


def _go(request: HttpRequest, address: str) -> HttpResponse:
    return JsonResponse({"address": address}, status=201) if _wants_json(request) else redirect(address)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _unbound(request: HttpRequest, collection: Collection | None) -> IntakeForm:
    """Return the form as typed so far, without validating it."""
    typed = {name: request.POST.get(name, "") for name in IntakeForm.base_fields}
    return IntakeForm(collection=collection, initial=typed)


def _page(
    request: HttpRequest, form: IntakeForm, collection: Collection | None, *, folder: str = "", status: int = 200
) -> HttpResponse:
    under_way = Upload.objects.on_the_way().with_progress().select_related("collection", "owner")
    if collection is not None:
        under_way = under_way.filter(collection=collection)
    context = {
        "form": form,
        "collection": collection,
        "where": form["where"].value() or IntakeForm.COMPUTER,
        "process": bool(form["process"].value()) if form.is_bound or form.initial else True,
        "under_way": under_way,
        "config": upload_config(None),
        "language_hint": _language_hint(),
        "mode": "intake",
        **_folders(folder),
    }
    return render(request, "intake/new.html", context, status=status)


def _language_hint() -> str:
    """Return the hint for the field of the OCR language."""
    return _("e.g. deu or deu+eng. Leave blank for %(ocr_language)s. Installed: %(installed_in_words)s.") % {
        "ocr_language": settings.OCR_LANGUAGE,
        "installed_in_words": installed_in_words(),
    }


def _folders(folder: str) -> dict[str, Any]:
    """Return the context of the list of folders: an open folder, or the roots with the problem of opening it."""
    roots = server_folders.import_roots(settings.IMPORT_ROOTS)
    context: dict[str, Any] = {"roots": roots, "chosen": folder}
    if not folder and len(roots) == 1:
        folder = roots[0].path
    if folder:
        try:
            context["opened"] = server_folders.open_folder(folder, settings.IMPORT_ROOTS)
        except NoSource as error:
            context["folder_problem"] = str(error)
    return context
