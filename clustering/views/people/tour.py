"""The tour of the desk, shown until a person closes it, and again on request."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clustering.access import may_look, signed_in
from clustering.models import Preference


@require_POST
def tour(request: HttpRequest) -> HttpResponse:
    """Store that this person closed the tour or, with `again`, wants it once more."""
    if not may_look(request.user):
        return HttpResponseForbidden(_("You need access to collections to take the tour. Ask staff for a role."))
    again = "again" in request.POST
    Preference.objects.update_or_create(
        user=signed_in(request), defaults={"tour_seen": None if again else timezone.now()}
    )
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse({"tour": again})
    if again:
        messages.success(request, _("The tour starts the next time you open a collection’s pages."))
    return redirect("keys")


def wants_tour(request: HttpRequest) -> bool:
    """Whether this person hasn't closed the tour yet."""
    return not Preference.objects.filter(user=request.user.pk, tour_seen__isnull=False).exists()
