"""Responses to errors: 503 during an outage of the database, Redis, or a disk, 400 for a request that can't be read,
and 500 for everything else."""

from __future__ import annotations

import logging
import sys

from django.contrib import messages
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from clustering.accounts.kept_forms import form_page, typed, wants_data
from clustering.api.problems import BROKEN, problem, unavailable
from hhreview import outages

logger = logging.getLogger(__name__)


def server_error(request: HttpRequest) -> HttpResponse:
    """Respond to an error, as Django's handler500, which unlike middleware also gets errors of middleware."""
    error = sys.exc_info()[1]
    sentence = outages.reason(error)
    if not sentence:
        if wants_data(request):
            return problem("broken", str(BROKEN))
        return _page(request, "500.html", status=500)
    logger.warning("%s %s: %s", request.method, request.path, error)
    if wants_data(request):
        response = unavailable(sentence)
    elif outages.is_workers(error) and (back := form_page(request)):
        # The database can be reached, so the page that launched the job can show its state.
        messages.warning(request, sentence, fail_silently=True)
        response = redirect(back)
    else:
        response = _page(request, "503.html", status=503, sentence=sentence)
        response["Retry-After"] = str(outages.RETRY_SECONDS)
    response._has_been_logged = True  # type: ignore[attr-defined] # Django's own mark: one line is enough, without a trace
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Respond to bad requests, as Django's handler400: a broken form, too many fields, or an unknown host."""
    is_reachable = not isinstance(exception, DisallowedHost)
    sentence = (
        _("Part of what your browser sent is missing or damaged, so nothing was saved. Go back and try again.")
        if is_reachable
        else _("hhreview doesn’t answer at this address. Ask staff for the right one.")
    )
    if wants_data(request):
        return problem("malformed", sentence)
    response = HttpResponse(
        render_to_string("400.html", {"sentence": sentence, "is_reachable": is_reachable}), status=400
    )
    response["Cache-Control"] = "no-store"
    return response


def _page(request: HttpRequest, template: str, *, status: int, sentence: str = "") -> HttpResponse:
    """Return a page that needs neither database nor session, from which a form can be sent again."""
    context = {
        "sentence": sentence,
        "form": [] if sentence == str(outages.WORKERS) else typed(request),
        "address": request.get_full_path(),
        "csrf_token": get_token(request),
    }
    response = HttpResponse(render_to_string(template, context), status=status)
    response["Cache-Control"] = "no-store"
    return response
