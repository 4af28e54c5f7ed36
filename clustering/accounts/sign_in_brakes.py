"""Limits on guessing passwords, for every form with a password.

Every form that signs in calls Django's `authenticate`, and so this backend: the sign-in page, the admin's, and any that
comes later.
"""

from __future__ import annotations

import ipaddress
import os
import secrets
import threading
import time
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from clustering.accounts.braking import Attempt, Braked, take_try, try_failed, try_succeeded
from clustering.models import User

_COOKIE = "hhreview_known"
_SALT = "clustering.known-browser"
_YEAR = 365 * 86_400
_MOST_KNOWN = 10
"""Accounts that one browser is remembered for."""
_AT_ONCE = threading.BoundedSemaphore(max(1, (os.cpu_count() or 1) // 2))
"""Hashing a password takes a third of a second of CPU time on purpose; half of the cores stay free for others."""

PAUSE_SECONDS = 0.3
"""Wait before a refusal: programs that guess try again immediately, and eight of them would keep a core busy."""
_WAITING = threading.BoundedSemaphore(8)
"""Most refusals that wait, fewer than the web server has threads; others are sent immediately."""


def hold_up() -> None:
    """Wait a moment before a refusal, unless too many wait already."""
    if _WAITING.acquire(blocking=False):
        try:
            time.sleep(PAUSE_SECONDS)
        finally:
            _WAITING.release()


class BrakedBackend(ModelBackend):
    """Accounts of the database, each with a brake on guessing."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """Return the person; None if the username or password is wrong.

        Raises PermissionDenied after too many failures: the password isn't checked then, and `refusal_of` says why.
        """
        if username is None or password is None:
            return None
        attempt = Attempt(username, address_of(request), _browser_that_knows(request, username))
        try:
            counted = take_try(attempt)
        except Braked as error:
            if request is not None:
                request.braked = error  # type: ignore[attr-defined] # for the form and the middleware
            hold_up()
            raise PermissionDenied from error
        with _AT_ONCE:
            user = super().authenticate(request, username=username, password=password, **kwargs)
        if not isinstance(user, User):
            try_failed(attempt, counted)
            return None
        try_succeeded(counted)
        if request is not None:
            request.signed_in = user.pk  # type: ignore[attr-defined] # for the middleware
        return user


def refusal_of(request: HttpRequest | None) -> Braked | None:
    """Return why the password in this request wasn't checked; None if it was."""
    return getattr(request, "braked", None)


def wrong_password(request: HttpRequest | None, otherwise: forms.ValidationError) -> forms.ValidationError:
    """Return the error of a form for which `authenticate` returned None."""
    braked = refusal_of(request)
    return otherwise if braked is None else forms.ValidationError(braked.sentence, code="braked")


def address_of(request: HttpRequest | None) -> str:
    """Return the address of a request, as far as it can be trusted; for IPv6, the network, which is one person's.

    Behind proxies it is what the outermost of our own wrote into X-Forwarded-For: what stands before that, anybody may
    have written.
    """
    if request is None:
        return ""
    seen = request.META.get("REMOTE_ADDR", "")
    if settings.PROXIES:
        forwarded = request.headers.get("X-Forwarded-For", "").split(",")
        if len(forwarded) >= settings.PROXIES:
            seen = forwarded[-settings.PROXIES].strip() or seen
    return _network(seen) or _network(request.META.get("REMOTE_ADDR", ""))


def _network(written: str) -> str:
    """Return an address without port; empty if it isn't one."""
    bare = written[1:].partition("]")[0] if written.startswith("[") else written
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        ip = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    return str(ip.ipv4_mapped or ipaddress.ip_network(f"{ip}/64", strict=False))


def _browser_that_knows(request: HttpRequest | None, username: str) -> str:
    """Return the id of a browser in which this account signed in before; empty if it didn't."""
    known = _known(request)
    if not known["accounts"]:
        return ""
    account = User.objects.filter(username=username, pk__in=known["accounts"]).exists()
    return str(known["browser"]) if account else ""


def _known(request: HttpRequest | None) -> dict[str, Any]:
    """Return the content of the cookie: {"browser": "3f9c…", "accounts": [7, 12]}."""
    try:
        written = request.COOKIES.get(_COOKIE, "") if request is not None else ""
        stored: dict[str, Any] = signing.loads(written, salt=_SALT, max_age=_YEAR)
    except signing.BadSignature:
        return {"browser": secrets.token_hex(8), "accounts": []}
    return stored


def remember(request: HttpRequest, response: HttpResponse, account: int) -> None:
    """Have this browser known as one in which the account signed in."""
    known = _known(request)
    known["accounts"] = [account, *(other for other in known["accounts"] if other != account)][:_MOST_KNOWN]
    response.set_cookie(
        _COOKIE,
        signing.dumps(known, salt=_SALT),
        max_age=_YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
