"""A job's page: how far it is, what went wrong, and how to stop it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clustering.access import access_job, may_launch
from clustering.jobs.launching import cancel_job
from clustering.models import Job
from clustering.models.job import HEARTBEAT_SECONDS

PROBLEMS_SHOWN = 200
HTMX_STOP = 286
"""The status at which htmx stops polling."""


@require_GET
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole page."""
    return render(request, "job.html", _context(request, pk))


@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part that htmx asks for again and again, until the job is over."""
    context = _context(request, pk)
    shown: Job = context["job"]  # type: ignore[assignment] # put there by _context
    return render(request, "job_progress.html", context, status=200 if shown.is_active else HTMX_STOP)


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop it: the slice under way ends at its next page, and what is done stays."""
    shown = access_job(request.user, pk, launch=True)
    assert isinstance(request.user, User)  # access_job let this person in
    if cancel_job(shown, actor=request.user):
        messages.success(request, "The job was cancelled. What it had done stays; a new one goes on from there.")
    else:
        messages.info(request, "The job was over already, so there was nothing to cancel.")
    return redirect("job", pk=pk)


def _context(request: HttpRequest, pk: int) -> dict[str, object]:
    shown = access_job(request.user, pk)
    problems = list(shown.problems.select_related("page").order_by("pk")[: PROBLEMS_SHOWN + 1])
    return {
        "job": shown,
        "collection": shown.collection,
        "percent": int(100 * shown.done / shown.total) if shown.total else 0,
        "problems": problems[:PROBLEMS_SHOWN],
        "more_problems": len(problems) > PROBLEMS_SHOWN,
        "is_stuck": Job.objects.stuck().filter(pk=shown.pk).exists(),
        "stuck_minutes": HEARTBEAT_SECONDS // 60,
        "may_launch": may_launch(request.user),
    }
