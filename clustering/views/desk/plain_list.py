"""The collection as a plain list with checkboxes and buttons: all acts without JavaScript or a mouse."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_POST

from clustering.access import (
    access_collection,
    hidden_in,
    may_change,
    may_launch,
    shown_pages,
    signed_in,
)
from clustering.actions import ACTS, Scope
from clustering.actions.base import GroupAct, read_act
from clustering.journal.errors import ActError, Refused, StaleVersion
from clustering.models import Collection, Group, Page
from clustering.page_config import KINDS, offered_acts
from clustering.request_values import versions_of, whole_number, whole_numbers
from clustering.selectors.filters import FILTERS, groups_matching
from clustering.selectors.hidden_drafts import leave_out_hidden_drafts
from clustering.selectors.places import at_place, places_of
from clustering.views.desk.list_form import DRAFTED, FACTS, Typed
from clustering.views.paging import paged

GROUPS_SHOWN = 25
LOOSE_SHOWN = 200
FILTER_WORDS = (
    ("all", _lazy("All documents")),
    ("todo", _lazy("Unconfirmed")),
    ("doubtful", _lazy("To check")),
    ("changed", _lazy("Edited")),
    ("flagged", _lazy("Flagged")),
    ("confirmed", _lazy("Confirmed")),
    ("untitled", _lazy("No title")),
    ("undated", _lazy("No date")),
    ("commented", _lazy("With open comments")),
    ("personal", _lazy("Likely personal data")),
)


@require_GET
def plain_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Show groups by their first page, each with its pages, after pages in no group."""
    collection = access_collection(request.user, slug, whole=False)
    return _page(request, collection, request.GET)


def _page(
    request: HttpRequest, collection: Collection, asked: QueryDict, *, typed: Typed | None = None, status: int = 200
) -> HttpResponse:
    """Show the list with the filter and page in `asked`, and with unsaved text in its fields."""
    typed = typed or Typed(QueryDict())
    show = asked.get("show", "all")
    show = show if show in FILTERS else "all"
    groups = Group.objects.filter(pk__in=groups_matching(collection, show).values("pk"))
    pages = shown_pages(collection).select_related("reading")
    groups = groups.in_scan_order().prefetch_related(Prefetch("pages", pages))
    shown = paged(asked, groups, GROUPS_SHOWN)
    leave_out_hidden_drafts(shown.object_list, hidden_in(collection))
    rows = [typed.row(group) for group in shown]
    elsewhere = typed.elsewhere(collection, {group.pk for group in shown})
    context = {
        "collection": Collection.objects.with_progress().get(pk=collection.pk),
        "groups": shown,
        "show": show,
        "address": reverse("plain-list", args=[collection.slug]),
        "asked": {"show": show},
        "filters": [one for one in FILTER_WORDS if one[0] != "personal" or not collection.hides_restricted],
        "rows": rows,
        "elsewhere": elsewhere,
        "places": places_of(collection, [row.group for row in [*rows, *elsewhere] if row.group.number]),
        "loose": shown_pages(collection)
        .filter(group__isnull=True)
        .order_by("position")[: LOOSE_SHOWN if show in {"all", "todo"} else 0],
        "typed": typed,
        "kinds": KINDS,
        "roles": Page.Role.choices,
        "offered": offered_acts(),
        "mode": "list",
        "may_edit": may_change(request.user, collection),
        "may_launch": may_launch(request.user, collection),
        "may_add": may_launch(request.user),
    }
    return render(request, "list.html", context, status=status)


@require_POST
def act(request: HttpRequest, slug: str) -> HttpResponse:
    """Do one act from a form and redirect back; if it is refused, show the list with everything that was typed."""
    collection = access_collection(request.user, slug, edit=True)
    try:
        address, values, target = _requested_act(collection, request)
        if issubclass(ACTS[address], GroupAct) and "matching" not in values:
            values["versions"] = _versions(request, collection, values)
        edit = read_act(address, values).apply(Scope(collection, signed_in(request)))
    except ActError as error:
        messages.error(request, error.sentence)
        status = 409 if isinstance(error, StaleVersion) else 422
        return _page(request, collection, request.POST, typed=Typed(request.POST), status=status)
    messages.success(request, edit.sentence)
    typed = Typed(request.POST, done=request.POST.get("act", ""))
    if typed.is_left(collection):
        return _page(request, collection, request.POST, typed=typed)
    page, show = request.POST.get("page", "1"), request.POST.get("show", "all")
    query = QueryDict(mutable=True)
    query["page"] = str(whole_number(page) or 1)
    if show in FILTERS and show != "all":
        query["show"] = show
    return redirect(f"{reverse('plain-list', args=[slug])}?{query.urlencode()}{target}")


def _requested_act(collection: Collection, request: HttpRequest) -> tuple[str, dict[str, Any], str]:
    """Return the act's address, its fields, and the anchor to return to. Raises Refused."""
    verb, _colon, argument = request.POST.get("act", "").partition(":")
    pages = whole_numbers(request.POST.getlist("pages"))
    groups = whole_numbers(request.POST.getlist("groups"))
    number = whole_number(argument) or 0
    if verb in {"confirm-matching", "unconfirm-matching"}:
        return verb.removesuffix("-matching"), {"matching": _everything(request)}, ""
    if verb in {"split", "join"}:
        return (*_at_seam(collection, verb, number), f"#page-{number}")
    if verb in {"confirm", "unconfirm"} and number:
        return verb, {"groups": [number]}, f"#group-{number}"
    if verb in {"confirm", "unconfirm", "merge"}:
        return verb, {"groups": groups or _groups_of(collection, pages)}, ""
    if verb == "new-group":
        return "move", {"pages": pages, "to": None}, ""
    if verb == "move":
        target = at_place(collection, _first(request.POST.get("to", "")))
        if target is None:
            raise Refused(
                _("No document has that number. Find the number in the list and enter it under “to document”.")
            )
        return "move", {"pages": pages, "to": target.pk}, f"#group-{target.pk}"
    if verb in {"earlier", "later"}:
        return "reorder", _shifted(collection, number, -1 if verb == "earlier" else 1), f"#page-{number}"
    if verb == "flag":
        return "flag", {"group": number, "note": request.POST.get(f"note-{number}", "")}, f"#group-{number}"
    if verb == "describe":
        return "describe", {"group": number, **_facts(collection, request, number)}, f"#group-{number}"
    if verb == "mark":
        return "mark", {"pages": pages, "role": request.POST.get("role", "")}, ""
    if verb == "unflag" or (verb in ACTS and ACTS[verb].offered):
        return verb, {"group": number}, f"#group-{number}"
    if verb in {"undo", "redo"}:
        return verb, {}, ""
    raise Refused(_("This page is out of date. Reload it and try again."))


def _facts(collection: Collection, request: HttpRequest, group: int) -> dict[str, Any]:
    """Return the changed fields of a group, and its drafts if nothing is stored. Raises Refused."""
    typed, now = Typed(request.POST), Group.objects.filter(pk=group).first()
    drafts = [name for name in DRAFTED if now is not None and not getattr(now, name)]
    given = {
        name: request.POST[f"{name}-{group}"]
        for name in FACTS[:-1]
        if typed.touched(name, group) or (name in drafts and f"{name}-{group}" in request.POST)
    }
    facts: dict[str, Any] = {"note" if name == "about" else name: text for name, text in given.items()}
    if "copy" in facts:
        written = facts.pop("copy").strip()
        number = whole_number(written) if written else 0
        original = at_place(collection, number) if number else None
        if number is None or (number and original is None):
            raise Refused(_("Enter the number of the document that this one duplicates, or leave the field blank."))
        facts["copy_of"] = original.number if original else 0
    return facts


def _everything(request: HttpRequest) -> dict[str, Any]:
    """Return the filter, for acts on all its groups. Raises Refused unless the person ticked that all are meant."""
    if "sure" not in request.POST:
        raise Refused(
            _(
                "Check the “All documents” box first. "
                "This applies to every document under this filter, not only to this page."
            )
        )
    values = {name: _first(request.POST.get(f"all-{name}", "")) for name in ("groups", "version")}
    return {"filter": request.POST.get("show", ""), **values}


def _at_seam(collection: Collection, verb: str, position: int) -> tuple[str, dict[str, Any]]:
    """Return the act that splits before a page or joins its group to the one before."""
    page = Page.objects.filter(collection=collection, position=position).first()
    if page is None or page.group_id is None:
        raise Refused(_("That page is not in a document. Reload the list."))
    if verb == "split":
        return "split", {"group": page.group_id, "before": position}
    left = Page.objects.filter(collection=collection, position__lt=position).order_by("-position").first()
    if left is None or left.group_id is None:
        raise Refused(_("There is no document before this page to join it to."))
    return "merge", {"groups": [left.group_id, page.group_id]}


def _shifted(collection: Collection, position: int, step: int) -> dict[str, Any]:
    """Return the reading order with a page moved one place earlier or later."""
    page = Page.objects.filter(collection=collection, position=position).first()
    if page is None or page.group_id is None:
        raise Refused(_("That page is not in a document. Reload the list."))
    order = list(Page.objects.filter(group=page.group_id).order_by("group_order").values_list("position", flat=True))
    index = order.index(position)
    other = index + step
    if not 0 <= other < len(order):
        here = {"position": position}
        if step < 0:
            raise Refused(_("Page %(position)s is already at the start of its document.") % here)
        raise Refused(_("Page %(position)s is already at the end of its document.") % here)
    order[index], order[other] = order[other], order[index]
    return {"group": page.group_id, "order": order}


def _versions(request: HttpRequest, collection: Collection, values: dict[str, Any]) -> dict[str, int]:
    """Return the versions that the list showed, in hidden fields "group:version".

    A group that wasn't on this page of the list, such as one that pages are moved to by its number, has its current
    version.
    """
    versions = versions_of(request.POST.getlist("version"))
    unseen = {*values.get("groups", ()), values.get("to")} - {None, *versions}
    taken = dict(Group.objects.filter(collection=collection, pk__in=unseen).values_list("pk", "version"))
    return {str(pk): version for pk, version in {**taken, **versions}.items()}


def _groups_of(collection: Collection, positions: list[int]) -> list[int]:
    pages = Page.objects.filter(collection=collection, position__in=positions, group__isnull=False)
    return sorted(set(pages.values_list("group_id", flat=True)))


def _first(value: str) -> int:
    return whole_number(value.strip()) or 0
