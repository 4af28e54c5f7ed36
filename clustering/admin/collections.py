"""Collections in the admin: progress, and the jobs that can be launched for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clustering.access import may_launch
from clustering.admin.forms import FORMS, ImportForm, LaunchForm
from clustering.admin.staff import StaffAdmin
from clustering.jobs.bulk import launch_jobs
from clustering.jobs.durations import duration
from clustering.jobs.launching import AlreadyActive, launch_job
from clustering.jobs.sourcing import create_collection
from clustering.language_model.budget import spent_in
from clustering.language_model.setup import NOT_SET_UP, endpoint_set_up, is_set_up
from clustering.models import Collection, Job
from clustering.request_values import whole_numbers
from clustering.selectors.collection_list import STATUSES, ids_of
from clustering.wording import translated

MOST_NAMED = 10
"""Collections that are named one by one."""
MOST_IN_ADDRESS = 200
"""Collections that an address can hold: servers refuse those of more than 4 KB or 8 KB."""
_DONE_BY: dict[str, str | Promise] = {
    Job.Kind.PROCESS: _lazy("Analyzes the images, runs OCR, proposes documents, and applies the proposal."),
    Job.Kind.EMBED: _lazy("Analyzes page images with this encoder, so that pages can be compared."),
    Job.Kind.READ: _lazy("Runs OCR on the pages and analyzes the text."),
    Job.Kind.PROPOSE: _lazy("Proposes documents from the images and the text of the pages."),
    Job.Kind.LEARN: _lazy("Trains the model on confirmed documents. The new version is used only if it is better."),
    Job.Kind.ASK: _lazy("Asks a language model about places to check, or for titles and dates."),
    Job.Kind.EXPORT: _lazy("Checks and writes an export in the background. Download the file from the job’s page."),
}


def launches() -> list[tuple[str, str, str]]:
    """Return kind, name, and what it does, of every job that is launched for collections."""
    return [(kind, str(Job.Kind(kind).label), str(words)) for kind, words in _DONE_BY.items()]


class StatusFilter(admin.SimpleListFilter):
    """Filter collections by status, as on the front page."""

    title = _lazy("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the statuses."""
        return [(key, str(words)) for key, words in STATUSES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the collections with the chosen one."""
        if self.value() not in STATUSES:
            return queryset
        ids = ids_of(Collection.objects.filter(deleted=None), status=str(self.value()))
        return queryset.filter(pk__in=ids)


@admin.register(Collection)
class CollectionAdmin(StaffAdmin):
    """Facts of a collection are edited here; its pages and groups at the desk."""

    list_display = ["named", "slug", "identifier", "pages_shown", "groups_shown", "latest_job", "desk"]
    list_filter = [StatusFilter]
    search_fields = ["title", "slug", "identifier"]
    fields = ["title", "slug", "identifier", "expected_documents", "ocr_language", "note"]
    actions = [
        "launch_process",
        "launch_embed",
        "launch_read",
        "launch_propose",
        "launch_learn",
        "launch_ask",
        "launch_export",
    ]
    change_list_template = "admin/clustering/collection/change_list.html"
    change_form_template = "admin/clustering/collection/change_form.html"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list; ?job=propose has that job chosen already."""
        query = request.GET.copy()
        kind = query.pop("job", [""])[-1]
        request.GET = query  # type: ignore[assignment] # a copy without parameters that Django takes for filters
        chosen = Job.Kind(kind).label if kind in _DONE_BY else ""
        answer = super().changelist_view(request, {**(extra_context or {}), "chosen_job": chosen})
        form = getattr(answer, "context_data", {}).get("action_form") if chosen else None
        if form is not None:
            form.fields["action"].initial = f"launch_{kind}"
        return answer

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With progress counts and the jobs."""
        return Collection.objects.filter(deleted=None).with_progress().prefetch_related("jobs")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: a collection begins with an import."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Staff may correct a collection's facts."""
        return may_launch(request.user)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's own
        """Write only the fields changed in the form, so that changes by others since are kept."""
        if form.changed_data:
            obj.save(update_fields=form.changed_data)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """Make the short name read-only, because people keep addresses that contain it."""
        return ["slug"] if obj is not None else []

    @admin.display(description=_lazy("Title"), ordering="sort_title")
    def named(self, collection: Collection) -> str:
        """Return the title; lists are sorted as people look for it."""
        return collection.title

    @admin.display(description=_lazy("Pages"), ordering="page_count")
    def pages_shown(self, collection: Any) -> str:
        """How many pages, and how many of them are in confirmed groups."""
        return _confirmed_of(collection.confirmed_page_count, collection.page_count)

    @admin.display(description=_lazy("Documents"), ordering="group_count")
    def groups_shown(self, collection: Any) -> str:
        """How many documents, and how many are confirmed."""
        return _confirmed_of(collection.confirmed_group_count, collection.group_count)

    @admin.display(description=_lazy("Latest job"))
    def latest_job(self, collection: Collection) -> SafeString | str:
        """Return the newest job, with its progress, as a link."""
        job = max(collection.jobs.all(), key=lambda job: job.pk, default=None)
        if job is None:
            return _("none yet")
        progress = ""
        if job.is_active and job.total:
            progress = ", " + _("%(done)s of %(total)s") % {"done": job.done, "total": job.total}
        address = reverse("admin:clustering_job_change", args=[job.pk])
        return format_html(
            '<a href="{}">{}: {}{}</a>', address, job.get_kind_display(), job.get_state_display(), progress
        )

    @admin.display(description=_lazy("Review"))
    def desk(self, collection: Collection) -> SafeString:
        """Return the way to the desk."""
        return format_html('<a href="{}">{}</a>', collection.get_absolute_url(), _("Open"))

    @admin.action(description=_lazy("Process: analyze images, OCR, propose"))
    def launch_process(self, request: HttpRequest, queryset: QuerySet[Collection]) -> HttpResponse:
        """To the form."""
        return self._to_form(request, Job.Kind.PROCESS, queryset)

    @admin.action(description=_lazy("Analyze images"))
    def launch_embed(self, request: HttpRequest, queryset: QuerySet[Collection]) -> HttpResponse:
        """To the form."""
        return self._to_form(request, Job.Kind.EMBED, queryset)

    @admin.action(description=_lazy("OCR"))
    def launch_read(self, request: HttpRequest, queryset: QuerySet[Collection]) -> HttpResponse:
        """To the form."""
        return self._to_form(request, Job.Kind.READ, queryset)

    @admin.action(description=_lazy("Propose"))
    def launch_propose(self, request: HttpRequest, queryset: QuerySet[Collection]) -> HttpResponse:
        """To the form."""
        return self._to_form(request, Job.Kind.PROPOSE, queryset)

    @admin.action(description=_lazy("Train the model on confirmed documents"))
    def launch_learn(self, request: HttpRequest, queryset: QuerySet[Collection]) -> HttpResponse:
        """To the form."""
        return self._to_form(request, Job.Kind.LEARN, queryset)

    @admin.action(description=_lazy("Ask a language model"))
    def launch_ask(self, request: HttpRequest, queryset: QuerySet[Collection]) -> HttpResponse:
        """To the form."""
        return self._to_form(request, Job.Kind.ASK, queryset)

    @admin.action(description=_lazy("Export"))
    def launch_export(self, request: HttpRequest, queryset: QuerySet[Collection]) -> HttpResponse:
        """To the form."""
        return self._to_form(request, Job.Kind.EXPORT, queryset)

    def get_urls(self) -> list[URLPattern]:
        """Add the launch form and the import form."""
        return [
            path("import/", self.admin_site.admin_view(self.import_view), name="clustering_collection_import"),
            path(
                "launch/<str:kind>/", self.admin_site.admin_view(self.launch_view), name="clustering_collection_launch"
            ),
            *super().get_urls(),
        ]

    def launch_view(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Show the form for a kind of job, then launch one for each collection."""
        ids = whole_numbers((request.POST.get("ids") or request.GET.get("ids", "")).split(","))
        return self._form(request, kind, ids, is_sent=request.method == "POST")

    def _form(self, request: HttpRequest, kind: str, ids: Sequence[int], *, is_sent: bool) -> HttpResponse:
        if not may_launch(request.user):
            raise PermissionDenied
        if kind not in FORMS:
            raise Http404(_("There is no such action."))
        collections = list(Collection.objects.filter(pk__in=ids, deleted=None))
        if not collections:
            messages.error(request, _("Select at least one collection first."))
            return redirect("admin:clustering_collection_changelist")
        form = FORMS[kind](request.POST if is_sent else None, collections=collections)
        if form.is_valid():
            launched = self._launch(request, kind, form)
            if launched is not None:
                return launched
        label = Job.Kind(kind).label
        context = {
            **self.admin_site.each_context(request),
            "title": f"{label}: {_titles(collections)}",
            "ids": ",".join(str(one.pk) for one in collections),
            "kind": kind,
            "label": label,
            "form": form,
            "collections": collections,
            "explanation": _explanation(kind, collections),
            "opts": self.opts,
        }
        return render(request, "admin/clustering/collection/launch.html", context)

    def _to_form(self, request: HttpRequest, kind: str, queryset: QuerySet[Collection]) -> HttpResponse:
        """Lead to the form, or show it if the collections are too many for an address."""
        ids = list(queryset.order_by("sort_title").values_list("pk", flat=True))
        if len(ids) > MOST_IN_ADDRESS:
            return self._form(request, kind, ids, is_sent=False)
        address = reverse("admin:clustering_collection_launch", args=[kind])
        return redirect(f"{address}?{urlencode({'ids': ','.join(map(str, ids))})}")

    def _launch(self, request: HttpRequest, kind: str, form: LaunchForm) -> HttpResponse | None:
        """Launch jobs and return the next page; None if none could be launched, so that the form is shown again."""
        actor = request.user if request.user.is_authenticated else None
        orders = [
            Job(collection=collection, kind=kind, actor=actor, params=form.params(collection))
            for collection in form.collections
        ]
        launched = launch_jobs(orders)
        active = Job.objects.active().select_related("collection").filter(kind=kind, collection__in=form.collections)
        in_the_way = list(active.exclude(pk__in=[job.pk for job in launched]))
        for job in in_the_way[:MOST_NAMED]:
            messages.warning(request, _with_link(AlreadyActive(job)))
        if len(in_the_way) > MOST_NAMED:
            messages.warning(request, _("and %(more)s more") % {"more": len(in_the_way) - MOST_NAMED})
        if len(launched) == 1:
            return redirect("admin:clustering_job_change", launched[0].pk)
        if not launched:
            return None
        messages.success(request, _("%(launched)s jobs were started.") % {"launched": len(launched)})
        return redirect("admin:clustering_job_changelist")

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Show the form for the source of scans, then launch their import."""
        from django.conf import settings

        if not may_launch(request.user):
            raise PermissionDenied
        form = ImportForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            source, slug = form.cleaned_data["found"], form.cleaned_data["slug"]
            collection = Collection.objects.filter(slug=slug).first() or create_collection(
                slug, title=form.cleaned_data["title"] or source.title, listing=source.listing
            )
            actor = request.user if request.user.is_authenticated else None
            try:
                job = launch_job(collection, kind=Job.Kind.IMPORT, actor=actor, params=source.params)
            except AlreadyActive as error:
                messages.warning(request, _with_link(error))
            else:
                return redirect("admin:clustering_job_change", job.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import scans"),
            "form": form,
            "roots": settings.IMPORT_ROOTS,
            "opts": self.opts,
        }
        return render(request, "admin/clustering/collection/import.html", context)


def _confirmed_of(confirmed: int, count: int) -> str:
    return _("%(count)s (%(confirmed)s confirmed)") % {"count": count, "confirmed": confirmed}


def _explanation(kind: str, collections: Sequence[Collection]) -> str:
    """Return what the job does; of one that asks a language model also what leaves the house, and what was asked so
    far."""
    if kind != Job.Kind.ASK:
        return str(_DONE_BY[kind])
    if not is_set_up():
        return translated(NOT_SET_UP)
    spent = [spent_in(collection) for collection in collections]
    questions, seconds, cost = (sum(each[name] for each in spent) for name in ("questions", "seconds", "cost"))
    values = {"questions": f"{questions:,}", "duration": duration(seconds), "cost": f"{cost:.4f}"}
    if cost:
        so_far = _("Asked so far: %(questions)s questions, %(duration)s, %(cost)s in money.") % values
    else:
        so_far = _("Asked so far: %(questions)s questions, %(duration)s.") % values
    return f"{translated(endpoint_set_up().what_leaves)} {so_far}"


def _with_link(error: AlreadyActive) -> SafeString:
    address = reverse("admin:clustering_job_change", args=[error.job.pk])
    return format_html('{} <a href="{}">{}</a>', translated(error), address, _("Open that job"))


def _titles(collections: Sequence[Collection]) -> str:
    """Return their titles, or the first few and how many more there are."""
    parts = [one.title for one in collections[:MOST_NAMED]]
    if len(collections) > MOST_NAMED:
        parts.append(_("and %(more)s more") % {"more": len(collections) - MOST_NAMED})
    return ", ".join(parts)
