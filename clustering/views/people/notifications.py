"""The bell, with a person's notifications."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from clustering.access import signed_in
from clustering.models import Preference, User
from clustering.request_values import whole_number
from clustering.teamwork.notifying import shown_to
from clustering.views.paging import paged

ROWS_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
def notifications(request: HttpRequest) -> HttpResponse:
    """Show notifications, newest first. POST: act=read marks all, or `notification`, as read; act=mail sets mail."""
    person = signed_in(request)
    if request.method == "POST":
        _act(request, person)
        return redirect("notifications")
    kept = Preference.objects.filter(user=person).first()
    context = {
        "shown": paged(request.GET, shown_to(person).select_related("collection"), ROWS_SHOWN),
        "mail": settings.MAIL,
        "wants_mail": kept.mail if kept else True,
        "mode": "notifications",
    }
    return render(request, "people/notifications.html", context)


def _act(request: HttpRequest, person: User) -> None:
    if request.POST.get("act") == "mail":
        wants = request.POST.get("mail") == "on"
        Preference.objects.update_or_create(user=person, defaults={"mail": wants})
        messages.success(request, _("Email notifications are on.") if wants else _("Email notifications are off."))
        return
    rows = shown_to(person).filter(read=None)
    if "notification" in request.POST:
        rows = rows.filter(pk=whole_number(request.POST["notification"]) or 0)
    count = rows.update(read=timezone.now())
    message = ngettext("%(count)s notification marked as read.", "%(count)s notifications marked as read.", count)
    messages.success(request, message % {"count": count})


@require_GET
def notification(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a notification as read and redirect to what it is about."""
    own = shown_to(signed_in(request)).filter(pk=pk)
    note = own.first()
    if note is None:
        raise Http404(_("There is no such notification."))
    own.filter(read=None).update(read=timezone.now())
    return redirect(note.address or "notifications")
