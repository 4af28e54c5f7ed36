"""Jobs in the admin: a page with live progress, buttons to cancel and relaunch, and problems with pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clustering.access import access_job
from clustering.admin.staff import CollectionFilter, ReadOnlyAdmin
from clustering.jobs import launching
from clustering.jobs.durations import duration
from clustering.jobs.exported import expires, export_file
from clustering.models import Job, Run
from clustering.request_values import whole_number
from clustering.wording import translated

PROBLEMS_SHOWN = 200
"""Problems on a job's page; the list of problems has them all."""


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Nothing to type: a job is watched, cancelled or launched again."""

    list_display = ["named", "state", "progress", "actor", "created", "finished"]
    list_filter = ["state", "kind", ("collection", CollectionFilter)]
    search_fields = ["collection__title", "collection__slug", "error", "=id"]
    list_select_related = ["collection", "actor"]

    @admin.display(description=_lazy("Job"), ordering="collection__sort_title")
    def named(self, job: Job) -> str:
        """Its collection, what it is, and where it stands or stopped."""
        return str(job)

    @admin.display(description=_lazy("Progress"))
    def progress(self, job: Job) -> str:
        """Done of total in the present stage."""
        if not job.total or not job.is_active:
            return ""
        return _("%(done)s of %(total)s") % {"done": job.done, "total": job.total}

    def get_urls(self) -> list[URLPattern]:
        """Add the fragment that the page polls, and the two acts."""
        site = self.admin_site
        return [
            path("<int:pk>/status/", site.admin_view(self.status_view), name="clustering_job_status"),
            path("<int:pk>/cancel/", site.admin_view(self.cancel_view), name="clustering_job_cancel"),
            path("<int:pk>/relaunch/", site.admin_view(self.relaunch_view), name="clustering_job_relaunch"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Return the job's page."""
        job = access_job(request.user, whole_number(object_id) or 0, launch=True)
        context = {
            **self.admin_site.each_context(request),
            **job_context(job),
            "title": f"{job.get_kind_display()}: {job.collection.title}",
            "opts": self.opts,
        }
        return render(request, "admin/clustering/job/page.html", context)

    def status_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Return the part of the page that changes; it also revives jobs whose worker was lost."""
        job = access_job(request.user, pk, launch=True)
        if Job.objects.stuck().filter(pk=job.pk).exists():
            launching.resume_stuck_jobs()
        return render(request, "admin/clustering/job/_status.html", job_context(job))

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Cancel it, by POST."""
        job = access_job(request.user, pk, launch=True)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if launching.cancel_job(job, actor=_actor(request)):
            messages.success(request, _("Job canceled. Completed pages are kept."))
        else:
            messages.info(request, _("The job had already finished: %(state)s.") % {"state": job.get_state_display()})
        return redirect("admin:clustering_job_change", job.pk)

    def relaunch_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Launch the same job again, by POST, which continues where it stopped."""
        job = access_job(request.user, pk, launch=True)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            again = launching.relaunch_job(job, actor=_actor(request))
        except launching.AlreadyActive as error:
            messages.warning(request, translated(error))
            again = error.job
        return redirect("admin:clustering_job_change", again.pk)


def job_context(job: Job) -> dict[str, Any]:
    """Return the context of a job's page and its fragment."""
    left = job.seconds_left
    counts = job.problems.aggregate(
        errors=Count("pk", filter=Q(is_warning=False)), warnings=Count("pk", filter=Q(is_warning=True))
    )
    runs: QuerySet[Run] = job.runs.all()
    return {
        "job": job,
        "rate": job.rate,
        "time_left": duration(left) if left is not None and job.done < job.total else "",
        "took": duration((job.finished - job.started).total_seconds()) if job.finished and job.started else "",
        "problems": job.problems.all()[:PROBLEMS_SHOWN],
        "problem_count": counts["errors"] + counts["warnings"],
        "error_count": counts["errors"],
        "warning_count": counts["warnings"],
        "runs": runs,
        "export_file": export_file(job),
        "export_ends": expires(job),
        "params": {name: in_words(value) for name, value in job.params.items() if value not in (None, "", {})},
    }


def in_words(value: Any) -> str:
    """Return a parameter as people read it: yes and no, and settings one after the other."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return ", ".join(f"{name} {in_words(part)}" for name, part in value.items())
    return str(value)


def _actor(request: HttpRequest) -> Any:
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user
