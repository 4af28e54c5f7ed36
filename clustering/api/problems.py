"""Error responses, as problem+json (RFC 9457) with a sentence that says what to do next."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse, RawPostDataException
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from kombu.exceptions import OperationalError
from ninja import NinjaAPI
from ninja.errors import HttpError, Throttled, ValidationError
from pydantic import Field

from clustering.access import may_look
from clustering.api.responses.groups import Group, group_responses
from clustering.api.responses.jobs import Job, job_response
from clustering.api.shapes import ResponseBody
from clustering.jobs.launching import AlreadyActive
from clustering.journal.errors import Refused, StaleVersion
from clustering.selectors.desk_shapes import Changes
from clustering.wording import say, translated
from hhreview import outages

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
_MOST_ERRORS = 20


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem. Its type is the address of an explanation."""

    name: str
    status: int
    title: str
    """For people, in the reader's language."""
    meaning: str
    """For the API reference, which is in English."""


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("malformed", 400, say("The request is invalid"), "`errors` says what is wrong."),
        Kind("not-signed-in", 401, say("Not signed in"), "There is no session and no valid token."),
        Kind("not-allowed", 403, say("Not allowed"), "You may view this, but not change it."),
        Kind("not-found", 404, say("Not found"), "It does not exist, or you may not see it. The response is the same."),
        Kind("no-such-method", 405, say("Method not allowed"), "`Allow` lists the methods of this address."),
        Kind("stale", 409, say("Someone else just changed this"), "`groups` has the current state."),
        Kind("job-active", 409, say("A job of this kind is running"), "`job` is that job."),
        Kind("too-large", 413, say("The request is too large"), "Name fewer pages or groups in one request."),
        Kind(
            "refused",
            422,
            say("Refused"),
            "The request is valid, but it makes no sense here, or something prevents it.",
        ),
        Kind(
            "too-many",
            429,
            say("Too many requests"),
            "You sent more requests than the operator allows, or too many wrong tokens came from your address. "
            "`Retry-After` says how long to wait.",
        ),
        Kind("broken", 500, say("Something went wrong"), "The log has the details; tell the operator."),
        Kind(
            "unavailable",
            503,
            say("Not available right now"),
            "Nothing was saved. `Retry-After` says when to try again.",
        ),
        Kind("no-broker", 503, say("The workers can’t be reached"), "The job is saved and starts when they can."),
    )
}


class Wrong(ResponseBody):
    """One error in a request."""

    where: str = Field(description="Path to the value, e.g. body.pages.0.")
    what: str


class Problem(ResponseBody):
    """A problem. `detail` is a sentence for people."""

    type: str = Field(description="Address of an explanation. The same kind of problem always has the same address.")
    title: str
    status: int
    detail: str
    errors: list[Wrong] | None = Field(None, description="What is wrong in the request.")
    version: int | None = Field(
        None, description="The current version of the collection, if your request was out of date."
    )
    groups: list[Group] | None = Field(None, description="The current state of these groups.")
    changes: Changes | None = Field(None, description="What changed since the version you sent, if you sent one.")
    job: Job | None = Field(None, description="The job that is running.")


class Declined(Exception):
    """A request that authentication rejects; `kind` is one of KINDS."""

    def __init__(self, kind: str, detail: str, *, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.retry_after = retry_after


def problem(kind: str, detail: str, **more: Any) -> HttpResponse:
    """Return the response for a problem; `more` are further fields of `Problem`."""
    known = KINDS[kind]
    shape = Problem(
        type=f"{reverse('api-v1:api-root')}#problem-{kind}",
        title=translated(known.title),
        status=known.status,
        detail=translated(detail),
        **more,
    )
    nothing = {name for name, value in shape if value is None}
    response = HttpResponse(shape.model_dump_json(exclude=nothing), content_type=MEDIA_TYPE, status=known.status)
    response["Cache-Control"] = "no-store"
    if known.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="hhreview"'
    return response


def add_handlers(api: NinjaAPI) -> None:
    """Let the API respond to exceptions with problems."""
    for raised, handler in _HANDLERS.items():
        api.add_exception_handler(raised, handler)


def _declined(request: HttpRequest, error: Declined) -> HttpResponse:
    response = problem(error.kind, error.detail)
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return response


def _throttled(request: HttpRequest, error: Throttled) -> HttpResponse:
    seconds = math.ceil(error.wait or 1)
    detail = _("You sent too many requests. Nothing was saved. Try again in %(seconds)s seconds.")
    response = problem("too-many", detail % {"seconds": seconds})
    response["Retry-After"] = str(seconds)
    return response


def _malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    wrong = [
        Wrong(where=".".join(str(part) for part in fault["loc"] if part != "body_params"), what=str(fault["msg"]))
        for fault in error.errors[:_MOST_ERRORS]
    ]
    first, more = wrong[0], len(error.errors) - 1
    detail = (
        say("%(where)s: %(what)s, and %(more)s more. See the API reference.", more=more, **first.model_dump())
        if more
        else say("%(where)s: %(what)s. See the API reference.", **first.model_dump())
    )
    return problem("malformed", detail, errors=wrong)


def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Respond to ninja's own errors: a body that isn't JSON, or no one signed in."""
    if error.status_code == 401:
        return problem("not-signed-in", NOT_SIGNED_IN)
    return problem("malformed", str(NO_JSON))


NO_JSON = _lazy("The request body could not be read. Send JSON in UTF-8.")
NOT_SIGNED_IN = say(
    "You are not signed in. Send a token in the header “Authorization: Bearer hhr_…”. Create one "
    "under “Tokens for scripts” in your account menu."
)


def _not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    if not may_look(request.user):
        return problem(
            "not-found", _("It does not exist, or you may not see it. If you have no role yet, ask staff for one.")
        )
    return problem("not-found", str(error) or _("It does not exist, or you may not see it."))


def _stale(request: HttpRequest, error: StaleVersion) -> HttpResponse:
    groups = group_responses(error.groups)
    collection = error.groups[0].collection if error.groups else None
    return problem("stale", error.sentence, groups=groups, version=collection.version if collection else None)


def _active(request: HttpRequest, error: AlreadyActive) -> HttpResponse:
    return problem("job-active", str(error), job=job_response(error.job))


def _no_broker(request: HttpRequest, error: OperationalError) -> HttpResponse:
    logger.error("The broker could not be reached: %s", error)
    return problem(
        "no-broker", _("The job is saved, but the workers can’t be reached right now. It starts when they can.")
    )


def unavailable(sentence: str) -> HttpResponse:
    """Return the response while the database, Redis, or a disk can't be reached."""
    response = problem(
        "unavailable", _("%(sentence)s Nothing was saved. Try again in a moment.") % {"sentence": sentence}
    )
    response["Retry-After"] = str(outages.RETRY_SECONDS)
    return response


BROKEN = _lazy("Something went wrong on our side. The log has the details; tell the operator.")


def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    """Respond to an unexpected error, logged and signaled as Django does for other pages."""
    sentence = outages.reason(error)
    if sentence:
        logger.warning("%s %s: %s", request.method, request.path, error)
        return unavailable(sentence)
    logger.exception("%s %s", request.method, request.path, exc_info=error)
    got_request_exception.send(sender=None, request=request)
    return problem("broken", str(BROKEN))


_HANDLERS: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    Declined: _declined,
    Throttled: _throttled,
    ValidationError: _malformed,
    HttpError: _http,
    RawPostDataException: lambda request, error: problem("malformed", str(NO_JSON)),
    RequestDataTooBig: lambda request, error: problem(
        "too-large", _("The request body is too large for one change. Send it in several requests.")
    ),
    PermissionDenied: lambda request, error: problem("not-allowed", str(error)),
    Http404: _not_found,
    StaleVersion: _stale,
    Refused: lambda request, error: problem("refused", error.sentence),
    AlreadyActive: _active,
    OperationalError: _no_broker,
    Exception: _broken,
}
