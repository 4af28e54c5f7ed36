"""The page of a job: progress, problems, and buttons to cancel or repeat it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models.functions import Now
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clustering.access import NO_MANAGING, access_job, may_launch, signed_in
from clustering.dashboard.outcome import ProposalOutcome, outcome_of
from clustering.exports.checking import documents_named
from clustering.jobs.batches import is_night
from clustering.jobs.durations import night_in_words
from clustering.jobs.exported import check_of, expires, export_file, export_label, may_fetch, sent_file
from clustering.jobs.launching import AlreadyActive, bring_forward, cancel_job, launch_job, relaunch_job
from clustering.jobs.stages import step_of
from clustering.jobs.stages.comparing import plan_of, sections, unasked, waits
from clustering.jobs.stages.renewing import agreeing
from clustering.jobs.uploading import pass_on
from clustering.models import Job, User
from clustering.models.job import HEARTBEAT_SECONDS
from clustering.selectors.job_list import unresponsive_jobs, waits_for_night
from clustering.selectors.places import places_by_number
from clustering.wording import translated

PROBLEMS_SHOWN = 200
PAGES_SHOWN = 18
"""New pages shown for an import."""
HTMX_STOP = 286
"""The status at which htmx stops polling."""


@require_GET
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the whole page."""
    return render(request, "job.html", _context(request, pk))


@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the part that htmx polls until the job has ended."""
    context = _context(request, pk)
    shown: Job = context["job"]  # type: ignore[assignment] # put there by _context
    return render(request, "job_progress.html", context, status=200 if shown.is_active else HTMX_STOP)


@require_GET
def export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Return the file of a finished export, in parts if a browser resumes a download."""
    shown = access_job(request.user, pk)
    if not may_fetch(shown, request.user):
        raise PermissionDenied(NO_MANAGING)
    path = export_file(shown)
    if path is None:
        raise Http404(_("This export is not finished, or its file has expired. Start it again."))
    return sent_file(shown, path)


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a job: the running slice ends at its next page, and completed work is kept."""
    shown = access_job(request.user, pk)
    if shown.kind != Job.Kind.EXPORT or shown.actor_id != request.user.pk:  # people may cancel their own exports
        shown = access_job(request.user, pk, launch=True)
    if cancel_job(shown, actor=signed_in(request)):
        messages.success(request, _("Job canceled. Completed pages are kept; a new job continues from there."))
    else:
        messages.info(request, _("The job had already finished, so nothing was canceled."))
    return _back(request, pk)


@require_POST
def now(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a job for the night run now."""
    shown = access_job(request.user, pk, launch=True)
    if bring_forward(shown):
        messages.success(request, _("The job runs now."))
    else:
        messages.info(request, _("The job no longer waits for the night."))
    return _back(request, pk)


def _back(request: HttpRequest, pk: int) -> HttpResponse:
    """Redirect to the list of jobs as it was filtered, if that is where the person was, or else to the job's page."""
    return to_filtered(request) if request.POST.get("next") == "staff-jobs" else redirect("job", pk=pk)


def to_filtered(request: HttpRequest) -> HttpResponse:
    """Redirect to the list of jobs, filtered as the fields `q` and `kind` of this request say."""
    asked = {key: request.POST[key] for key in ("q", "kind") if request.POST.get(key)}
    return redirect(f"{reverse('staff-jobs')}?{urlencode(asked)}" if asked else reverse("staff-jobs"))


@require_POST
def agree(request: HttpRequest, pk: int) -> HttpResponse:
    """Start the import after a comparison, with the chosen kinds of changes."""
    shown = access_job(request.user, pk, launch=True)
    if plan_of(shown) is None:
        raise Http404(_("This job has no changes to review."))
    done = _agreed(shown)
    if done is not None:
        messages.info(request, _("These changes have already been reviewed."))
        return redirect("job", pk=done)
    params = agreeing(shown, request.POST.getlist("kind"))
    try:
        with transaction.atomic():
            following = launch_job(shown.collection, kind=Job.Kind.IMPORT, actor=signed_in(request), params=params)
            if "upload" in params:
                pass_on(params["upload"], following)
    except AlreadyActive as error:
        messages.warning(request, translated(error))
        following = error.job
    return redirect("job", pk=following.pk)


def _agreed(preview: Job) -> int | None:
    """Return the id of the import that was started after a comparison."""
    later = preview.collection.jobs.filter(params__agreed__preview=preview.pk)
    return later.order_by("-pk").values_list("pk", flat=True).first()


@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Start a job again, which continues where it stopped."""
    shown = access_job(request.user, pk, launch=True)
    try:
        following = relaunch_job(shown, actor=signed_in(request))
        messages.success(request, _("The job was started again."))
    except AlreadyActive as error:
        messages.warning(request, translated(error))
        following = error.job
    return _back(request, following.pk)


def _context(request: HttpRequest, pk: int) -> dict[str, object]:
    shown = access_job(request.user, pk)
    is_export = shown.kind == Job.Kind.EXPORT
    check = check_of(shown) if is_export else None
    problems = list(shown.problems.select_related("page").order_by("pk")[: PROBLEMS_SHOWN + 1])
    return {
        "job": shown,
        "spent": shown.result.get("spent"),
        "collection": shown.collection,
        "percent": int(100 * shown.done / shown.total) if shown.total else 0,
        "step": step_of(shown),
        "waits_for_night": waits_for_night(shown) and not is_night(),
        "night": night_in_words(),
        "took": (shown.finished - shown.started).total_seconds() if shown.finished and shown.started else None,
        "problems": problems[:PROBLEMS_SHOWN],
        "more_problems": len(problems) > PROBLEMS_SHOWN,
        "is_stuck": unresponsive_jobs().filter(pk=shown.pk).exists(),
        "stuck_minutes": HEARTBEAT_SECONDS // 60,
        "may_launch": may_launch(request.user, shown.collection),
        "may_cancel": may_launch(request.user, shown.collection) or (is_export and shown.actor_id == request.user.pk),
        "check": check,
        "document_places": places_by_number(shown.collection, documents_named([check] if check else [])),
        "export_file": export_file(shown) if is_export else None,
        "export_ends": expires(shown) if is_export else None,
        "export_label": export_label(shown) if is_export else "",
        "outcome": _outcome(shown, signed_in(request)),
        **_report(shown),
        **_plan(shown),
    }


def _outcome(shown: Job, person: User) -> ProposalOutcome | None:
    """Return the outcome of the newest proposal, if this job made it."""
    if shown.state != Job.State.DONE:
        return None
    newest = shown.collection.runs.select_related("collection").order_by("-pk").first()
    return outcome_of(newest, person=person.pk) if newest and newest.job_id == shown.pk else None


def _plan(shown: Job) -> dict[str, object]:
    """Return the context for decisions after a comparison; empty for other jobs."""
    plan = plan_of(shown) if waits(shown) else None
    if plan is None:
        return {}
    return {
        "plan": plan,
        "plan_sections": sections(plan),
        "unasked": unasked(plan),
        "plan_done": _agreed(shown),
    }


def _report(shown: Job) -> dict[str, object]:
    """Return the context for what an import has added so far; empty for other jobs."""
    if shown.kind != Job.Kind.IMPORT or "added" not in shown.result or shown.started is None:
        return {}
    span = (shown.started, shown.finished or Now())
    new = shown.collection.pages.filter(created__range=span).in_scan_order()
    return {"report": shown.result, "new_pages": new[:PAGES_SHOWN], "next_job": shown.result.get("next_job")}
