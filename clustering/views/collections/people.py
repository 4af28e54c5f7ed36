"""Roles and assignments in a collection: everyone with access sees them, people who manage it change them."""

from __future__ import annotations

from functools import cache

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clustering.access import (
    NO_MANAGING,
    REOPEN_DAYS,
    access_assignment,
    access_collection,
    access_collections,
    access_whole_collections,
    may_change,
    may_launch,
    reopenable,
    signed_in,
)
from clustering.forms.people import AssignForm, HandOverForm, RoleForm, holder_choices
from clustering.journal.errors import Refused
from clustering.models import Assignment, Collection, CollectionRole
from clustering.models.collection import CollectionQuerySet
from clustering.request_values import whole_number
from clustering.selectors.collection_list import left_off
from clustering.selectors.my_work import done_of, open_assignments, pieces
from clustering.teamwork.teams import assign, finish, give_role, hand_over, may_settle, named, reopen, take_role
from clustering.views.paging import paged
from clustering.wording import name_of

DONE_SHOWN = 20
ASSIGNMENTS_SHOWN = 25


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, slug: str) -> HttpResponse:
    """Show roles and assignments in one collection. POST: act=role, act=remove, act=assign."""
    collection = access_collection(request.user, slug, launch=request.method == "POST", whole=False)
    act = request.POST.get("act")
    holders = cache(holder_choices)
    role_form = RoleForm(request.POST if act == "role" else None, collection=collection, holders=holders)
    assign_form = AssignForm(request.POST if act == "assign" else None, holders=holders)
    if act == "remove":
        _remove(request, collection)
        return redirect("collection-people", slug=slug)
    if act == "role" and role_form.is_valid():
        holder, role = role_form.cleaned_data["holder"], role_form.cleaned_data["role"]
        give_role([collection], holder, role=role, actor=signed_in(request))
        messages.success(request, _("Access saved."))
        return redirect("collection-people", slug=slug)
    if act == "assign" and assign_form.is_valid() and _assigned(request, collection, assign_form):
        return redirect("collection-people", slug=slug)
    hand_over_form = HandOverForm(auto_id="hand-over-%s", holders=holders)
    return _page(request, collection, role_form, assign_form, hand_over_form)


def _by_name(role: CollectionRole) -> tuple[bool, str]:
    """Sort teams before people, as in the lists to choose from."""
    return role.team is None, (role.team.name if role.team else name_of(role.person)).casefold()


def _page(
    request: HttpRequest,
    collection: Collection,
    role_form: RoleForm,
    assign_form: AssignForm,
    hand_over_form: HandOverForm,
) -> HttpResponse:
    given = collection.assignments.select_related("person", "team", "assigned_by", "done_by", "collection")
    open_ones = [(one, may_settle(one, signed_in(request))) for one in given.open()]
    context = {
        "collection": collection,
        "roles": sorted(collection.roles.select_related("person", "team"), key=_by_name),
        "open_assignments": open_ones,
        "done_assignments": given.filter(done__isnull=False).order_by("-done")[:DONE_SHOWN],
        "role_form": role_form,
        "assign_form": assign_form,
        "hand_over_form": hand_over_form,
        "today": timezone.localdate(),
        "mode": "people",
        "may_edit": may_change(request.user, collection),
        "may_launch": may_launch(request.user, collection),
    }
    wrong = role_form.errors or assign_form.errors
    return render(request, "people/collection.html", context, status=422 if wrong else 200)


def _remove(request: HttpRequest, collection: Collection) -> None:
    role = collection.roles.filter(pk=whole_number(request.POST.get("role")) or 0).first()
    if role is None:
        messages.info(request, _("Someone has already removed this access."))
        return
    take_role(role, actor=signed_in(request))
    if collection.roles.exists():
        messages.success(request, _("Access removed."))
    else:
        messages.success(
            request, _("Access removed. Everyone with a role on this site can open this collection again.")
        )


def _assigned(request: HttpRequest, collection: Collection, form: AssignForm) -> bool:
    """Whether it could be; else the form says why."""
    cleaned = form.cleaned_data
    try:
        assign(
            [collection],
            cleaned["holder"],
            actor=signed_in(request),
            due=cleaned["due"],
            pages=form.pages,
            note=cleaned["note"],
        )
    except Refused as error:
        form.add_error("last", error.sentence)
        return False
    messages.success(request, _("Assigned to %(named)s.") % {"named": named(cleaned["holder"])})
    return True


@require_POST
def assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark an assignment as done (act=done), reopen it (act=reopen), or hand it over (act=hand-over,
    holder=person:3)."""
    given = access_assignment(request.user, pk)
    act = request.POST.get("act")
    may_reopen = act == "reopen" and reopenable(request.user).contains(given)
    if not may_reopen and not may_settle(given, signed_in(request)):
        raise PermissionDenied(NO_MANAGING)
    form = HandOverForm(request.POST)
    if act == "done":
        finish(given, actor=signed_in(request))
        messages.success(request, _finished(request, given.collection))
    elif act == "reopen":
        reopen(given, actor=signed_in(request))
        messages.success(request, _("The assignment is open again."))
    elif not (form.is_valid() and _handed_over(request, given, form)):
        context = {"given": given, "form": form, "next": request.POST.get("next", "")}
        return render(request, "people/hand_over.html", context, status=422)
    return _back(request, given.collection)


def _finished(request: HttpRequest, collection: Collection) -> str:
    """Say that an assignment is done, and what that means for a person whose only access it was."""
    sentence = _("“%(collection)s” is marked as done.") % {"collection": collection}
    if access_collections(request.user).contains(collection):
        return sentence
    left = ngettext(
        "You can no longer open the collection. If this was a mistake, you can reopen it here for %(count)d day.",
        "You can no longer open the collection. If this was a mistake, you can reopen it here for %(count)d days.",
        REOPEN_DAYS,
    )
    return f"{sentence} {left % {'count': REOPEN_DAYS}}"


def _handed_over(request: HttpRequest, given: Assignment, form: HandOverForm) -> bool:
    """Whether it could be; else the form says why."""
    holder = form.cleaned_data["holder"]
    try:
        hand_over(given, holder, actor=signed_in(request), note=form.cleaned_data["note"])
    except Refused as error:
        form.add_error("holder", error.sentence)
        return False
    messages.success(request, _("Handed over to %(named)s.") % {"named": named(holder)})
    return True


def _back(request: HttpRequest, collection: Collection) -> HttpResponse:
    """Redirect to the page that sent the form, or to My work if this person can no longer open the collection."""
    came_from = request.POST.get("next", "")
    is_ours = came_from.startswith("/") and url_has_allowed_host_and_scheme(came_from, allowed_hosts=None)
    if is_ours and access_collections(request.user).contains(collection):
        return HttpResponseRedirect(came_from)
    return redirect("my-work")


def _done(request: HttpRequest, visible: CollectionQuerySet) -> list[tuple[Assignment, bool, bool]]:
    """Return what this person finished, whether they may reopen it, and whether they may open its collection."""
    mine, person = reopenable(request.user), signed_in(request)
    done = done_of(visible, person.pk, also=mine)
    back = set(mine.values_list("pk", flat=True))
    opens = set(visible.filter(pk__in=[one.collection_id for one in done]).values_list("pk", flat=True))
    return [(one, one.pk in back or may_settle(one, person), one.collection_id in opens) for one in done]


@require_GET
def my_work(request: HttpRequest) -> HttpResponse:
    """Show this person's assignments, the page where they left off, and what they finished."""
    visible = access_collections(request.user)
    today = timezone.localdate()
    own = request.user.pk or 0
    shown = paged(request.GET, open_assignments(visible, own), ASSIGNMENTS_SHOWN)
    context = {
        "shown": shown,
        "pieces": pieces(visible, list(shown), today=today),
        "done": _done(request, visible),
        "left_off": left_off(access_whole_collections(request.user), own),
        "hand_over_form": HandOverForm(auto_id="hand-over-%s"),
        "today": today,
        "mode": "work",
        "may_launch": may_launch(request.user),
    }
    return render(request, "people/my_work.html", context)
