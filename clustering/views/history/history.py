"""The history of a collection, a group, or a page: who changed what, and when."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clustering.access import access_collection, may_edit, may_launch, signed_in
from clustering.actions.undo import redo_edit, undo_edit
from clustering.forms.finding import HistoryForm
from clustering.journal.errors import ActError
from clustering.journal.outlines import outline_of_edit
from clustering.models import Collection, Edit, Group, Page
from clustering.selectors import history as journal
from clustering.selectors.before_after import FIELDS, compare_outlines
from clustering.selectors.places import at_place, places_of

FILTERS = ("person", "verb", "group", "page")


@require_GET
def history(request: HttpRequest, slug: str) -> HttpResponse:
    """Show changes, newest first: ?person=alice&verb=merge&document=4&page=31, ?before=410 for older ones.

    `document` is the place that people see, which may change; permanent addresses have `group`, the document number.
    """
    collection = access_collection(request.user, slug)
    form = HistoryForm(request.GET)
    wanted = _wanted(collection, form)
    asked = form.cleaned_data
    part = journal.HistoryPart([], None, None)
    if form.is_valid():
        before, after = asked["before"], asked["after"]
        part = journal.history_part(collection, wanted, user=signed_in(request), before=before, after=after)
    group = Group.objects.filter(pk=wanted.group).first() if wanted.group else None
    lasting = request.GET.copy()
    if group is not None:
        lasting["group"] = str(group.number)
    context = {
        **_chrome(request, collection),
        "form": form,
        "part": part,
        "wanted": wanted,
        "group": group,
        "places": places_of(collection, [group]) if group else None,
        "people": journal.people_of(collection),
        "program": journal.PROGRAM,
        "filters": _filters(lasting),
        "is_filtered": any(asked.get(name) for name in (*FILTERS, "document")),
    }
    return render(request, "history/history.html", context, status=200 if form.is_valid() else 422)


@require_GET
def act(request: HttpRequest, slug: str, sequence: int) -> HttpResponse:
    """Show one change, with documents before and after it side by side."""
    collection = access_collection(request.user, slug)
    entry = journal.entry_of(collection, sequence, user=signed_in(request))
    if entry is None:
        raise Http404(
            _("%(collection)s has no change %(sequence)s.") % {"collection": collection, "sequence": sequence}
        )
    context = {
        **_chrome(request, collection),
        "entry": entry,
        "comparison": compare_outlines(
            collection, outline_of_edit(entry.edit, "before", FIELDS), outline_of_edit(entry.edit, "after", FIELDS)
        ),
    }
    return render(request, "history/act.html", context)


@require_POST
def undo_or_redo(request: HttpRequest, slug: str, sequence: int) -> HttpResponse:
    """Undo one of one's own changes, or redo it (act=redo), and redirect to the filtered history."""
    collection = access_collection(request.user, slug, edit=True)
    edit = Edit.objects.filter(collection=collection, sequence=sequence).first()
    if edit is None:
        raise Http404(
            _("%(collection)s has no change %(sequence)s.") % {"collection": collection, "sequence": sequence}
        )
    undo_or_redo_edit = redo_edit if request.POST.get("act") == "redo" else undo_edit
    try:
        messages.success(request, undo_or_redo_edit(collection, actor=signed_in(request), edit=edit).sentence)
    except ActError as error:
        messages.error(request, error.sentence)
    filters = _filters(QueryDict(request.POST.get("filters", "")))
    return redirect(f"{reverse('history', args=[slug])}{'?' if filters else ''}{filters}")


def _wanted(collection: Collection, form: HistoryForm) -> journal.HistoryFilter:
    """Return the filter in the form; a group or page that never existed becomes an error of the form."""
    if not form.is_valid():
        return journal.HistoryFilter()
    asked = form.cleaned_data
    group = page = None
    if asked["group"]:
        group = journal.group_numbered(collection, asked["group"])
        if group is None:
            form.add_error(
                "group", _("No document in this collection ever had the number %(asked)s.") % {"asked": asked["group"]}
            )
    if asked["document"]:
        placed = at_place(collection, asked["document"])
        if placed is None:
            form.add_error("document", _("This collection has no document %(asked)s.") % {"asked": asked["document"]})
        group = placed.pk if placed else None
    if asked["page"]:
        page = Page.objects.filter(collection=collection, position=asked["page"]).first()
        if page is None:
            form.add_error("page", _("This collection has no page %(asked)s.") % {"asked": asked["page"]})
    return journal.HistoryFilter(person=asked["person"] or None, verb=asked["verb"] or None, group=group, page=page)


def _filters(given: QueryDict) -> str:
    """Return the filters as a query string, without the place in the list."""
    return urlencode({name: value for name in FILTERS if (value := given.get(name))})


def _chrome(request: HttpRequest, collection: Collection) -> dict[str, Any]:
    return {
        "collection": collection,
        "mode": "history",
        "may_edit": may_edit(request.user, collection),
        "may_launch": may_launch(request.user, collection),
    }
