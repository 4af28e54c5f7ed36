"""Jobs of all collections: watch them, start them again, and process several collections, now or tonight."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clustering.access import access_collections, access_staff, may_launch, signed_in
from clustering.jobs.bulk import bring_all_forward, cancel_jobs, launch_jobs
from clustering.jobs.durations import night_in_words
from clustering.jobs.launching import relaunched
from clustering.jobs.params import WrongParams, checked
from clustering.models import Collection, Job
from clustering.request_values import whole_numbers
from clustering.selectors.collection_list import STATUSES, ids_of
from clustering.selectors.job_list import NIGHTLY, WAITING, failed_jobs, job_lists, jobs_named
from clustering.selectors.my_work import mine
from clustering.views.runs.jobs import to_filtered
from clustering.wording import translated

MOST_LETTERS = 200
MOST_TITLES = 10


@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    """Show all jobs: ?q=union&kind=process."""
    access_staff(request.user)
    words, kind = _asked(request.GET)
    context = {
        "lists": job_lists(words=words, kind=kind),
        "words": words,
        "kind": kind,
        "kinds": Job.Kind.choices,
        "night": night_in_words(),
        "mode": "staff-jobs",
        "may_launch": True,
    }
    return render(request, "staff/jobs.html", context)


def _asked(asked: QueryDict) -> tuple[str, str]:
    """Return the words and the kind that jobs are filtered by; empty for any."""
    words, kind = asked.get("q", "").replace("\0", "").strip()[:MOST_LETTERS], asked.get("kind", "")
    return words, kind if kind in Job.Kind.values else ""


@require_POST
def cancel_waiting(request: HttpRequest) -> HttpResponse:
    """Cancel all waiting jobs under the filter: q=union, kind=process."""
    actor = access_staff(request.user)
    words, kind = _asked(request.POST)
    count = cancel_jobs(jobs_named(words=words, kind=kind).filter(WAITING), actor=actor)
    message = ngettext("%(count)d waiting job canceled.", "%(count)d waiting jobs canceled.", count) % {"count": count}
    messages.success(request, message)
    return to_filtered(request)


@require_POST
def now(request: HttpRequest) -> HttpResponse:
    """Let all jobs for the night that wait under the filter run now: q=union, kind=process."""
    access_staff(request.user)
    words, kind = _asked(request.POST)
    count = bring_all_forward(jobs_named(words=words, kind=kind))
    message = ngettext("%(count)d job runs now.", "%(count)d jobs run now.", count) % {"count": count}
    messages.success(request, message)
    return to_filtered(request)


@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """Start all failed jobs under the filter again: q=union, kind=process. Not those that a later job made up for."""
    actor = access_staff(request.user)
    words, kind = _asked(request.POST)
    orders: list[Job] = []
    for job in failed_jobs(jobs_named(words=words, kind=kind)).order_by("pk"):
        try:
            checked(job.kind, job.params)
        except WrongParams as error:
            messages.error(request, f"{job.collection}: {translated(error)}")
        else:
            orders.append(relaunched(job, actor=actor))
    started = len(launch_jobs(orders))
    messages.success(
        request,
        ngettext("%(count)d failed job started again.", "%(count)d failed jobs started again.", started)
        % {"count": started},
    )
    return to_filtered(request)


@require_http_methods(["GET", "HEAD", "POST"])
def process(request: HttpRequest) -> HttpResponse:
    """Process collections, now or tonight: some (?ids=1&ids=2) or all under a filter (?status=unprocessed&mine=1)."""
    asked = _chosen(request)
    chosen = [one for one in asked if one.page_total]  # type: ignore[attr-defined] # annotated by _chosen
    if asked and not chosen:
        messages.error(request, _("These collections have no pages yet. Add scans first."))
        return redirect("collections")
    if not chosen:
        messages.error(request, _("Select at least one collection that you manage and that is not closed."))
        return redirect("collections")
    if request.method == "POST":
        return _launched(request, chosen)
    context = {
        "chosen": chosen,
        "ids": ",".join(str(one.pk) for one in chosen),
        "empty": len(asked) - len(chosen),
        "named": chosen[:MOST_TITLES],
        "more": max(0, len(chosen) - MOST_TITLES),
        "pages": sum(one.page_total for one in chosen),  # type: ignore[attr-defined] # annotated by _chosen
        "active": sum(bool(one.is_at_work) for one in chosen),  # type: ignore[attr-defined] # annotated by _chosen
        "nightly": sum(bool(one.is_nightly) for one in chosen),  # type: ignore[attr-defined] # annotated by _chosen
        "night": night_in_words(),
        "mode": "staff-jobs" if may_launch(request.user) else "work",
        "may_launch": True,
    }
    return render(request, "staff/process.html", context)


def _chosen(request: HttpRequest) -> list[Collection]:
    """Return the chosen collections that are open and in which this person may start jobs."""
    asked = request.POST if request.method == "POST" else request.GET
    visible = access_collections(request.user).filter(closed=None)
    status = request.GET.get("status", "")
    if request.GET.get("mine") == "1":
        visible = mine(visible, request.user.pk)
    if status in STATUSES and "ids" not in asked:
        ids = ids_of(visible, words=request.GET.get("q", "").replace("\0", "")[:MOST_LETTERS], status=status)
    else:
        ids = whole_numbers(",".join(asked.getlist("ids")).split(","))
    active = Job.objects.active().filter(collection=OuterRef("pk"), kind=Job.Kind.PROCESS)
    rows = visible.filter(pk__in=ids).annotate(
        page_total=Count("pages"), is_at_work=Exists(active.exclude(NIGHTLY)), is_nightly=Exists(active.filter(NIGHTLY))
    )
    rows = rows.order_by("sort_title", "slug")
    return [one for one in rows if may_launch(request.user, one)]


def _launched(request: HttpRequest, chosen: list[Collection]) -> HttpResponse:
    tonight = request.POST.get("when") == "tonight"
    actor, priority = signed_in(request), Job.Priority.NIGHT if tonight else Job.Priority.WAITED_FOR
    orders = [Job(collection=one, kind=Job.Kind.PROCESS, actor=actor, priority=priority) for one in chosen]
    nightly = Job.objects.filter(NIGHTLY, collection__in=chosen, kind=Job.Kind.PROCESS)
    forward = [] if tonight else list(nightly.values_list("pk", flat=True))
    bring_all_forward(nightly.filter(pk__in=forward))
    started = [job.pk for job in launch_jobs(orders)] + forward
    left = len(chosen) - len(started)
    if left:
        message = ngettext("%(left)s of these is under way already.", "%(left)s of these are under way already.", left)
        messages.info(request, message % {"left": left})
    if len(started) == 1:
        return redirect("job", pk=started[0])
    if started:
        message = _("%(count)s jobs start tonight.") if tonight else _("%(count)s jobs started.")
        messages.success(request, message % {"count": len(started)})
    return redirect("staff-jobs" if may_launch(request.user) else "collections")
