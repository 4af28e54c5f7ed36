"""Preview of what a run would change, side by side, to apply all or some of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clustering.access import access_collection, access_run, may_change, signed_in
from clustering.actions.publish import changes_of, publish_run
from clustering.journal.errors import ActError
from clustering.models import Page
from clustering.request_values import whole_numbers

CHANGES_AT_ONCE = 60
ALL = "all"


@dataclass(frozen=True, slots=True)
class Shown:
    """One change with its pages."""

    key: int
    before: list[list[Page]]
    after: list[list[Page]]


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """GET: show the changes. POST: apply the ticked ones, or all."""
    collection = access_collection(request.user, slug, edit=request.method == "POST")
    run = access_run(request.user, pk)
    if run.collection_id != collection.pk:
        messages.error(request, _("That proposal is from another collection. Choose one from this list."))
        return redirect("runs", slug=slug)
    taken = request.POST.getlist("take")
    if request.method == "POST":
        keys = whole_numbers(taken)
        try:
            edit = publish_run(run, actor=signed_in(request), only=None if ALL in taken else keys)
        except ActError as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, edit.sentence)
            return redirect("desk", slug=slug)
    changes = changes_of(run)
    some = changes[:CHANGES_AT_ONCE]
    pages = Page.objects.in_bulk({page for change in some for page in change.pages})
    shown = [Shown(c.key, _with_pages(c.before, pages), _with_pages(c.after, pages)) for c in some]
    context = {
        "collection": collection,
        "run": run,
        "changes": shown,
        "taken": taken,
        "total": len(changes),
        "hidden": len(changes) - len(some),
        "pages": sum(len(change.pages) for change in changes),
        "mode": "runs",
        "may_edit": may_change(request.user, collection),
    }
    return render(request, "preview.html", context, status=422 if request.method == "POST" else 200)


def _with_pages(groups: Iterable[Iterable[int]], pages: dict[int, Page]) -> list[list[Page]]:
    return [[pages[pk] for pk in group if pk in pages] for group in groups]
