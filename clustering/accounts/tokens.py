"""Tokens: made and shown once, taken at the door of the API, revoked. They are no part of any desk's history."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from clustering.journal.errors import Refused
from clustering.models import ApiToken, User
from clustering.wording import say

PREFIX = "hhr_"
"""Prefix by which secret scanners recognize a token."""
SHOWN = 8
"""Characters that stay readable: the prefix and four more, of 43 that are random."""
MOST_TOKENS = 50
"""Usable ones of one person."""
_BYTES = 32
_LONGEST = 100
_USED_SECONDS = 60
"""The time of last use is written once in this time, so that reading costs no write a request."""


def make_token(user: User, *, name: str, scope: str, days: int | None) -> tuple[ApiToken, str]:
    """Return the new token's row, and the token itself, which is kept nowhere: who loses it makes another.

    `days` None never expires. Raises Refused for a name that a usable token of this person has, for too many, and for
    an unknown scope.
    """
    called = " ".join(name.split())
    if not called or len(called) > 80:
        raise Refused(say("Enter a token name of up to 80 characters."))
    if scope not in ApiToken.Scope.values:
        raise Refused(say("Choose whether the token may only read, or also write."))
    theirs = ApiToken.objects.filter(user=user)
    if theirs.usable().count() >= MOST_TOKENS:
        raise Refused(
            say("You have %(most_tokens)s tokens. Revoke some that are no longer used.", most_tokens=MOST_TOKENS)
        )
    secret = PREFIX + secrets.token_urlsafe(_BYTES)
    now = timezone.now()
    expires = None if days is None else now + timedelta(days=days)
    with transaction.atomic():
        # One that expired gives its name free.
        theirs.filter(name=called, revoked__isnull=True, expires__lte=now).update(revoked=now)
        try:
            with transaction.atomic():
                token = ApiToken.objects.create(
                    user=user, name=called, scope=scope, start=secret[:SHOWN], digest=_digest(secret), expires=expires
                )
        except IntegrityError as error:
            raise Refused(
                say("You already have a token “%(called)s.” Revoke it, or choose another name.", called=called)
            ) from error
    return token, secret


def revoke_token(token: ApiToken) -> bool:
    """Revoke a token immediately and permanently. Returns False if it was revoked already."""
    return bool(ApiToken.objects.filter(pk=token.pk, revoked__isnull=True).update(revoked=timezone.now()))


def token_for(secret: str) -> ApiToken | None:
    """Return the usable token with its person, None where there is none or the account is switched off; note that it is
    used.

    One query; another one a minute.
    """
    if not secret.startswith(PREFIX) or len(secret) > _LONGEST:
        return None
    tokens = ApiToken.objects.usable().select_related("user").filter(digest=_digest(secret), user__is_active=True)
    token = tokens.first()
    if token is not None:
        now = timezone.now()
        stale = now - timedelta(seconds=_USED_SECONDS)
        if token.last_used is None or token.last_used < stale:
            unnoted = Q(last_used__isnull=True) | Q(last_used__lt=stale)
            ApiToken.objects.filter(unnoted, pk=token.pk).update(last_used=now)
    return token


def lost_token(secret: str) -> str:
    """Return what is known about an unusable token, for the log; never the token itself."""
    known = ApiToken.objects.select_related("user").filter(digest=_digest(secret)).first()
    if known is None:
        return "one that never was"
    return f"“{known.name}” of account “{known.user.get_username()}”, expired or revoked,"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
