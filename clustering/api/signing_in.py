"""Who asks, and how often: a token of a person, or the session of the browser with its CSRF token."""

from __future__ import annotations

from time import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from ninja.security import HttpBearer, SessionAuth
from ninja.throttling import BaseThrottle
from ninja.utils import check_csrf

from clustering.accounts.braking import Braked, count_wrong_token
from clustering.accounts.tokens import lost_token, token_for
from clustering.api.problems import NOT_SIGNED_IN, Declined
from clustering.models import ApiToken, User
from clustering.sign_in_brakes import address_of, hold_up
from clustering.wording import say

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Token(HttpBearer):
    """A token in the Authorization header. One that is wrong is refused, whatever cookies come with it."""

    def __call__(self, request: HttpRequest) -> ApiToken | None:
        """Return the token, its person being `request.user` from here on; None where the header is not sent."""
        sent = request.headers.get("Authorization")
        if sent is None:
            return None
        scheme, _, secret = sent.partition(" ")
        if scheme.lower() != "bearer":
            raise Declined("not-signed-in", NOT_SIGNED_IN)
        return self.authenticate(request, secret.strip())

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken:
        """Return the token. Raises Declined where the token is not usable, or may only read and is used to write."""
        api_token = token_for(token)
        if api_token is None:
            try:
                count_wrong_token(address_of(request), about=lost_token(token))
            except Braked as error:
                hold_up()
                raise Declined(
                    "too-many",
                    say(
                        "Too many requests with a token that is wrong, expired, or revoked. Create another under "
                        "“Tokens for scripts” in your account menu."
                    ),
                    retry_after=error.seconds,
                ) from error
            raise Declined(
                "not-signed-in",
                say(
                    "This token is wrong, expired, or revoked. Create another under “Tokens for scripts” in your "
                    "account menu."
                ),
            )
        if api_token.scope == ApiToken.Scope.READ and request.method not in SAFE:
            raise Declined(
                "not-allowed",
                say(
                    "The token “%(name)s” is read-only. Create one that may edit under “Tokens for scripts” in "
                    "your account menu.",
                    name=api_token.name,
                ),
            )
        request.user = api_token.user
        return api_token


class Session(SessionAuth):
    """Somebody who is signed in at the desk, in the same browser."""

    def __call__(self, request: HttpRequest) -> Any:
        """Return the signed-in person, or None. Raises Declined if a write lacks its CSRF token."""
        if not isinstance(request.user, User):
            return None
        if request.method not in SAFE and check_csrf(request) is not None:
            if request.headers.get("X-Requested-With") == "desk":
                get_token(request)  # the answer brings a new one, so that the page can go on
                raise Declined(
                    "not-signed-in", _("This page has expired, and nothing was saved. Sign in again and reload it.")
                )
            raise Declined(
                "not-allowed",
                say(
                    "The CSRF token is missing or wrong. Send the value of the cookie as X-CSRFToken, or use an "
                    "API token."
                ),
            )
        return request.user


def person(request: HttpRequest) -> User:
    """Return the person who asks. Authentication lets nobody else in."""
    assert isinstance(request.user, User)
    return request.user


class RateLimit(BaseThrottle):
    """Count a person's scripts, all tokens together, in the cache that all web servers share.

    The desk in the browser is not counted, and while the cache is away nothing is. ninja's own throttles keep what
    they count on themselves, where requests in several threads would mix it up.
    """

    def allow_request(self, request: HttpRequest) -> bool:
        """Return whether this request is within the rate, and count it."""
        most, period = settings.API_RATE
        token = getattr(request, "auth", None)
        if not most or not isinstance(token, ApiToken):
            return True
        key = f"api-rate:{token.user_id}:{int(time() // period)}"
        cache.add(key, 0, 2 * period)
        try:
            return cache.incr(key) <= most
        except ValueError:  # the cache is away
            return True

    def wait(self) -> float:
        """Return the seconds until the next period begins."""
        period = settings.API_RATE[1]
        return float(period - time() % period)
