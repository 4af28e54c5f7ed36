"""What a date that somebody types means, told below the field before it is saved."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseForbidden, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from clustering.access import may_look
from clustering.engine.written_dates import UnreadableDate, read_written_date


@require_GET
def written_date(request: HttpRequest) -> HttpResponseBase:
    """?text=Jan. 14, 1954: {"edtf": "1954-01-14", "words": "January 14, 1954"}. {"message": …} says why it is
    none, which is an answer like any other while somebody types.
    """
    if not may_look(request.user):
        return HttpResponseForbidden("Dates are read for people who may see collections. Ask staff for a role.")
    try:
        found = read_written_date(request.GET.get("text", ""))
    except UnreadableDate as error:
        return JsonResponse({"message": str(error)})
    return JsonResponse({"edtf": found.edtf, "words": found.words})
