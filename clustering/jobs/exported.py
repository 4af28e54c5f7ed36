"""Exports as people launch and download them: written by a job, shown on the job's page, removed when they expire."""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.db.models.functions import Now
from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from clustering import store
from clustering.access import NO_MANAGING, Anyone, may_launch
from clustering.exports.checking import CheckResult
from clustering.exports.contract import CONFIRMED, Included, Material
from clustering.exports.format import ExportFormat
from clustering.exports.packing import pieces_of
from clustering.exports.records import one_state
from clustering.exports.registry import FORMATS
from clustering.jobs.launching import launch_job
from clustering.jobs.params import ExportParams, params_of
from clustering.jobs.stages.exporting import FOLDER, export_folder
from clustering.models import Collection, Job, User


def check_restricted(person: Anyone, collection: Collection, included: Included) -> None:
    """Raise PermissionDenied if restricted pages are asked for by someone who doesn't manage the collection."""
    if included.restricted and not may_launch(person, collection):
        raise PermissionDenied(NO_MANAGING)


def launch_export(
    collection: Collection, name: str, included: Included = CONFIRMED, *, actor: User | None, here: bool = False
) -> Job:
    """Launch an export.

    Raises AlreadyActive if one of this collection is being written, and PermissionDenied as `check_restricted` does.
    """
    if actor is not None:
        check_restricted(actor, collection, included)
    also = {option: True for option in ("drafts", "restricted") if getattr(included, option)}
    params = {"format": name, "everything": included.everything, **also}
    return launch_job(collection, kind=Job.Kind.EXPORT, actor=actor, params=params, here=here)


def sent_now(chosen: ExportFormat, material: Material) -> StreamingHttpResponse:
    """Return the response that sends an export while it is written."""
    response = StreamingHttpResponse(one_state(pieces_of(chosen, material)), content_type=chosen.media_type)
    response["Content-Disposition"] = f'attachment; filename="{chosen.filename(material.collection)}"'
    response["X-Accel-Buffering"] = "no"
    return response


def sent_file(job: Job, path: Path) -> FileResponse:
    """Return the response that sends the file of a finished export."""
    kind = _media_type(job)
    response = FileResponse(store.opened(path), as_attachment=True, filename=path.name, content_type=kind)
    if size := job.result.get("size"):
        response["Content-Length"] = str(size)  # unknown to Django if the file is streamed from a store
    return response


def export_file(job: Job) -> Path | None:
    """Return the finished file of an export; None if it doesn't exist yet, or not anymore."""
    name = job.result.get("file")
    path = export_folder(job.pk) / str(name)
    if job.state != Job.State.DONE or not name:
        return None
    if store.is_elsewhere():  # it is removed after it expires, and not asked for before
        return path if (until := expires(job)) and until > timezone.now() else None
    return path if path.is_file() else None


def may_fetch(job: Job, person: Anyone) -> bool:
    """Whether this person, who may see the collection, may download the file of an export. Other jobs have no file."""
    return (
        job.kind != Job.Kind.EXPORT or not params_of(job, ExportParams).restricted or may_launch(person, job.collection)
    )


def expires(job: Job) -> datetime | None:
    """Return when the file will be removed."""
    return job.finished + timedelta(days=settings.EXPORT_DAYS) if job.finished else None


def _media_type(job: Job) -> str:
    chosen = FORMATS.get(params_of(job, ExportParams).format)
    return chosen.media_type if chosen else "application/octet-stream"


def export_label(job: Job) -> str:
    """Return what is exported, in words."""
    params = params_of(job, ExportParams)
    chosen = FORMATS.get(params.format)
    label = _("%(format)s, with proposals") if params.everything else _("%(format)s, confirmed documents")
    told_so = label % {"format": _(chosen.label) if chosen else params.format}
    told_so = _("%(export)s, with drafts") % {"export": told_so} if params.drafts else told_so
    return _("%(export)s, with restricted pages") % {"export": told_so} if params.restricted else told_so


def check_of(job: Job) -> CheckResult | None:
    """Return what the check before the export found."""
    kept = job.result.get("check")
    return CheckResult.from_json(kept) if kept else None


def sweep_exports() -> int:
    """Remove files that have expired, or that a failed, canceled, or deleted job left; return how many."""
    root = Path(settings.MEDIA_ROOT) / FOLDER
    here = [folder.name for folder in root.iterdir() if folder.is_dir()] if root.is_dir() else []
    folders = [root / name for name in sorted({*here, *store.folders(root)})]
    swept = 0
    fresh = Q(state=Job.State.DONE, finished__gt=Now() - timedelta(days=settings.EXPORT_DAYS))
    jobs = Job.objects.filter(fresh | Q(state__in=Job.ACTIVE))
    named = [int(folder.name) for folder in folders if folder.name.isdecimal()]
    kept = {str(pk) for pk in jobs.filter(pk__in=named).values_list("pk", flat=True)}
    for folder in folders:
        if folder.name in kept:
            continue
        with suppress(FileNotFoundError):  # another process sweeps as well
            shutil.rmtree(folder)
        store.forget(folder)
        swept += 1
    return swept
