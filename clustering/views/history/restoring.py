"""Restore the collection, or one group, as it was after an earlier change, with a preview."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clustering.access import access_collection, may_launch, signed_in
from clustering.actions.base import closed
from clustering.actions.restore import restore_collection, restore_group
from clustering.journal.errors import ActError, Refused, StaleVersion
from clustering.journal.preview import preview
from clustering.models import Collection, Edit, Group, User
from clustering.request_values import act_id, whole_number
from clustering.selectors import history as journal
from clustering.selectors.before_after import compare
from clustering.selectors.earlier import compare_with_earlier

NOTHING_SEEN = -1
"""No collection or group ever has this version, so the act is refused as stale."""


@require_http_methods(["GET", "POST"])
def restore(request: HttpRequest, slug: str, sequence: int) -> HttpResponse:
    """GET: show what restoring would change. POST: restore. ?group=<id> restores one group."""
    collection = access_collection(request.user, slug, edit=True)
    to = Edit.objects.filter(collection=collection, sequence=sequence).defer("before", "after").first()
    if to is None:
        raise Http404(
            _("%(collection)s has no change %(sequence)s.") % {"collection": collection, "sequence": sequence}
        )
    asked = request.POST.get("group") or request.GET.get("group")
    group = whole_number(asked)
    if asked and group is None:
        raise Http404(_("The document’s database ID is not a number. Reload the page and try again."))
    if request.method == "POST":
        return _done(request, collection, to, group=group)
    return _previewed(request, collection, to, group=group, user=signed_in(request))


def _previewed(
    request: HttpRequest, collection: Collection, to: Edit, *, group: int | None, user: User
) -> HttpResponse:
    there = Group.objects.filter(collection=collection, pk=group).first() if group else None
    number = None
    try:
        if collection.closed:
            raise Refused(closed(collection))
        if group is None:
            comparison = compare_with_earlier(collection, to)
        else:
            changes = preview(_restoring(collection, to, group=group, user=user))
            comparison = compare(collection, changes.before, changes.after)
            number = standing.fields["number"] if (standing := changes.after.groups.get(group)) else None
    except ActError as error:
        messages.error(request, error.sentence)
        return redirect("history", slug=collection.slug)
    context = {
        "collection": collection,
        "to": to,
        "comparison": comparison,
        "group": group,
        "group_number": number,
        "version": (there.version if there else "") if group else collection.version,
        "act_id": uuid4(),
        "since": [] if group else journal.since(collection, to, user=user),
        "since_count": collection.version - to.sequence,
        "mode": "history",
        "may_launch": may_launch(user, collection),
    }
    return render(request, "history/restore.html", context)


def _done(request: HttpRequest, collection: Collection, to: Edit, *, group: int | None) -> HttpResponse:
    version = _seen(request.POST.get("version"), collection, group)
    once = act_id(request.POST.get("act_id", ""))
    try:
        edit = _restoring(collection, to, group=group, user=signed_in(request), version=version, act_id=once)()
    except StaleVersion as error:
        messages.error(request, error.sentence)
        asked = f"?group={group}" if group else ""
        return redirect(f"{reverse('history-restore', args=[collection.slug, to.sequence])}{asked}")
    except ActError as error:
        messages.error(request, error.sentence)
        return redirect("history", slug=collection.slug)
    messages.success(request, edit.sentence)
    return redirect("history", slug=collection.slug)


def _restoring(
    collection: Collection,
    to: Edit,
    *,
    group: int | None,
    user: User,
    version: int | None = None,
    act_id: UUID | None = None,
) -> Callable[[], Edit]:
    """Return a function that restores, to be previewed or called."""
    if group is None:
        return lambda: restore_collection(collection, to=to, actor=user, version=version, act_id=act_id)
    return lambda: restore_group(collection, group=group, to=to, actor=user, version=version, act_id=act_id)


def _seen(value: str | None, collection: Collection, group: int | None) -> int | None:
    """Return the version that the person saw; NOTHING_SEEN if the form has none, None for a group that is gone."""
    seen = whole_number(value)
    if seen is not None:
        return seen
    vanished = group is not None and not Group.objects.filter(collection=collection, pk=group).exists()
    return None if vanished else NOTHING_SEEN
