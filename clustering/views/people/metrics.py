"""Metrics for Prometheus, for sessions and tokens of staff."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from clustering.accounts.braking import Braked, count_wrong_token
from clustering.accounts.sign_in_brakes import address_of, hold_up
from clustering.accounts.tokens import lost_token, token_for
from clustering.jobs.launching import BROKER_AWAY
from clustering.jobs.workload import as_text
from clustering.models import User

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@login_not_required
@never_cache
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Return the metrics; 403 for everyone but staff, 503 if Redis doesn't respond."""
    try:
        allowed = _is_staff(request)
    except Braked as error:
        hold_up()
        return _plain_text("Too many requests with a wrong token.", 429, **{"Retry-After": str(error.seconds)})
    if not allowed:
        return _plain_text("Sign in as staff, or send a token of a staff account: Authorization: Bearer TOKEN.", 403)
    try:
        return HttpResponse(as_text(), content_type=CONTENT_TYPE)
    except BROKER_AWAY:
        return _plain_text("Redis does not answer.", 503)


def _plain_text(text: str, status: int, **headers: str) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8", headers=headers)


def _is_staff(request: HttpRequest) -> bool:
    """Whether staff sent the request. Raises Braked after too many wrong tokens from the same address."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return isinstance(request.user, User) and request.user.is_active and request.user.is_staff
    token = token_for(secret.strip())
    if token is None:
        count_wrong_token(address_of(request), about=lost_token(secret.strip()))
        return False
    return token.user.is_active and token.user.is_staff
