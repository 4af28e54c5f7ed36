"""Exports: the formats with their checks, and the files, sent directly or written by a job."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clustering.access import access_collection, hidden_in, may_launch, signed_in
from clustering.exports.checking import CheckResult, check, documents_named
from clustering.exports.contract import Included, Material
from clustering.exports.format import ExportFormat
from clustering.exports.records import export_settings, material_of
from clustering.exports.registry import FORMATS, by_purpose
from clustering.exports.settings import WrongSettings
from clustering.jobs.exported import check_restricted, export_file, launch_export, sent_now
from clustering.jobs.launching import AlreadyActive
from clustering.jobs.params import ExportParams, params_of
from clustering.models import Collection, Job, Page
from clustering.redecode.drafting import draft_waiting
from clustering.selectors.exporting import at_once, blocked, pages_in, restricted_in, wrong_said
from clustering.selectors.places import places_by_number
from clustering.wording import translated

MOST_PAGES_CHECKED_AT_ONCE = 5_000
"""Most pages of an export that is checked without being asked to."""
_KEPT_SECONDS = 600
"""How long a check is cached. Changes of documents and settings cause a new one; changes of stored files don't."""
JOBS_SHOWN = 6


def _included_in(query: QueryDict) -> Included:
    """Read it from an address or a form: ?all=1&drafts=1&restricted=1."""
    return Included(*(query.get(name) == "1" for name in ("all", "drafts", "restricted")))


def _query(included: Included) -> str:
    """Return the query string of an address that includes this."""
    options = {"all": included.everything, "drafts": included.drafts, "restricted": included.restricted}
    words = urlencode({name: "1" for name, is_included in options.items() if is_included})
    return f"?{words}" if words else ""


@dataclass(frozen=True, slots=True)
class Offered:
    """A format on the page."""

    format: ExportFormat
    result: CheckResult | None
    at_once: bool
    """Whether it is sent directly, rather than written by a job."""

    @property
    def is_blocked(self) -> bool:
        """Whether no file can be written."""
        return self.result is not None and any(finding.blocks for finding in self.result.errors)


@require_GET
def downloads(request: HttpRequest, slug: str) -> HttpResponse:
    """Show all formats by purpose, checked for what the address includes; ?check=1 checks at any size."""
    collection = access_collection(request.user, slug, whole=False)
    counted = Collection.objects.with_progress().get(pk=collection.pk)
    included = _included_in(request.GET)
    check_restricted(request.user, collection, included)
    pages = pages_in(collection, included)
    results: dict[str, CheckResult] = {}
    wrong = ""
    try:
        kept = export_settings(collection)
        if pages <= MOST_PAGES_CHECKED_AT_ONCE or request.GET.get("check") == "1":
            results = checks_of(collection, included)
    except WrongSettings as error:
        kept, wrong = None, wrong_said(error)
    confirmed: int = counted.confirmed_group_count  # type: ignore[attr-defined] # annotated by with_progress
    is_empty = not included.everything and not confirmed
    if is_empty:
        results = {name: rest for name, result in results.items() if (rest := _without_empty(result))}
    offered = [
        (heading, [Offered(one, results.get(one.name), at_once(one, pages)) for one in formats])
        for heading, formats in by_purpose()
    ]
    is_whole = not hidden_in(collection).exists()
    context = {
        "collection": counted,
        "is_whole": is_whole,
        "included": included,
        "query": _query(included),
        "other_queries": {
            "proposals": _query(replace(included, everything=not included.everything)),
            "drafts": _query(replace(included, drafts=not included.drafts)),
            "restricted": _query(replace(included, restricted=not included.restricted)),
        },
        "pages": pages,
        "restricted_pages": restricted_in(collection, included),
        "offered": offered,
        "is_checked": bool(results) or is_empty,
        "is_empty": is_empty,
        "document_places": places_by_number(collection, documents_named(results.values())),
        "wrong_settings": wrong,
        "kept": kept,
        "jobs": _export_jobs(collection) if is_whole else [],
        "mode": "export",
        "may_launch": may_launch(request.user, collection),
    }
    return render(request, "export.html", context)


def _without_empty(result: CheckResult) -> CheckResult | None:
    """Return the findings without "empty", which the page shows once above all formats."""
    findings = tuple(finding for finding in result.findings if finding.code != "empty")
    return replace(result, findings=findings) if findings or findings == result.findings else None


@require_GET
def download(request: HttpRequest, slug: str, key: str) -> HttpResponseBase:
    """Send one file while it is written, with what the address includes.

    If that would take minutes or isn't possible, redirects to the page with a sentence.
    """
    collection = access_collection(request.user, slug, whole=False)
    chosen = _format(key)
    included = _included_in(request.GET)
    check_restricted(request.user, collection, included)
    back = redirect(f"{reverse('downloads', args=[slug])}{_query(included)}")
    if not at_once(chosen, pages_in(collection, included)):
        messages.warning(
            request,
            _("%(label)s is large for this collection. Run it in the background, then download the file.")
            % {"label": _(chosen.label)},
        )
        return back
    try:
        material = _material(collection, included)
        stopped = blocked(material, chosen)
    except WrongSettings as error:
        messages.error(
            request, _("%(error)s Staff can fix this in the export settings.") % {"error": wrong_said(error)}
        )
        return back
    if stopped:
        messages.error(request, stopped)
        return back
    return sent_now(chosen, material)


@require_POST
def launch(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Start a job that writes an export; its page has the file when it is done."""
    collection = access_collection(request.user, slug)
    chosen = _format(key)
    try:
        job = launch_export(collection, chosen.name, _included_in(request.POST), actor=signed_in(request))
    except AlreadyActive as error:
        messages.warning(request, _("%(error)s Its page is this one.") % {"error": translated(error)})
        job = error.job
    return redirect("job", pk=job.pk)


def _material(collection: Collection, included: Included) -> Material:
    draft_waiting(collection)
    return material_of(collection, included)


def checks_of(collection: Collection, included: Included) -> dict[str, CheckResult]:
    """Return the check of each format, cached for ten minutes while nothing changes. Raises WrongSettings."""
    stored = json.dumps(collection.read_settings().export, sort_keys=True)
    restricted = Page.objects.filter(collection=collection).restricted().count()  # falls as days pass
    key = hashlib.sha256(f"{collection.pk} {collection.version} {restricted} {included} {stored}".encode()).hexdigest()
    kept = cache.get(f"export-checks:{key}")
    if kept is None:
        material = _material(collection, included)
        findings = check(material, FORMATS, schemas=settings.SCHEMA_FOLDER)
        kept = {name: result.to_json() for name, result in findings.items()}
        cache.set(f"export-checks:{key}", kept, _KEPT_SECONDS)
    return {name: CheckResult.from_json(result) for name, result in kept.items()}


def _format(key: str) -> ExportFormat:
    chosen = FORMATS.get(key)
    if chosen is None:
        raise Http404(
            _("There is no export format %(key)s. The formats are %(formats)s.")
            % {"key": key, "formats": ", ".join(FORMATS)}
        )
    return chosen


def _export_jobs(collection: Collection) -> list[dict[str, Any]]:
    """Return the newest export jobs, and whether their files still exist."""
    jobs = collection.jobs.filter(kind=Job.Kind.EXPORT).select_related("actor").order_by("-pk")[:JOBS_SHOWN]
    return [
        {
            "job": job,
            "format": FORMATS.get(params_of(job, ExportParams).format),
            "has_file": export_file(job) is not None,
        }
        for job in jobs
    ]
