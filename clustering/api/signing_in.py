"""Authentication by a person's token or a browser session with its CSRF token, and the rate limit."""

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
from clustering.accounts.sign_in_brakes import address_of, hold_up
from clustering.accounts.tokens import lost_token, token_for
from clustering.api.problems import NOT_SIGNED_IN, Declined
from clustering.models import ApiToken, User
from clustering.wording import say

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Token(HttpBearer):
    """A token in the Authorization header. A wrong one is rejected even if the request has a session, too."""

    def __call__(self, request: HttpRequest) -> ApiToken | None:
        """Return the token and set `request.user` to its owner; None if there is no such header. Raises Declined."""
        sent = request.headers.get("Authorization")
        if sent is None:
            return None
        scheme, _, secret = sent.partition(" ")
        if scheme.lower() != "bearer":
            raise Declined("not-signed-in", NOT_SIGNED_IN)
        return self.authenticate(request, secret.strip())

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken:
        """Return the token. Raises Declined if it isn't usable, or is read-only and the request writes."""
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
    """A person who is signed in in the same browser."""

    def __call__(self, request: HttpRequest) -> Any:
        """Return the signed-in person, or None. Raises Declined if a write lacks its CSRF token."""
        if not isinstance(request.user, User):
            return None
        if request.method not in SAFE and check_csrf(request) is not None:
            if request.headers.get("X-Requested-With") == "desk":
                get_token(request)  # sends a new one with the response, so that the page can continue
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


class RateLimit(BaseThrottle):
    """Limit the requests of a person's scripts, for all tokens together, counted in the cache of all web servers.

    Requests of the browser aren't limited, and none are while the cache can't be reached. Ninja's own throttles keep
    state in themselves, which isn't safe with several threads.
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
        except ValueError:  # the cache can't be reached
            return True

    def wait(self) -> float:
        """Return the seconds until the next period begins."""
        period = settings.API_RATE[1]
        return float(period - time() % period)
