"""The language of the interface: what a person chose, else what the browser asks for; and where the catalogs lie."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from clustering.models import Preference

CATALOGS = Path(__file__).parent / "locale"


def chosen_language(person: int | None) -> str:
    """Return a person's own language; empty: as the browser asks for. One query."""
    return Preference.objects.filter(user=person).values_list("language", flat=True).first() or ""


def asked_for(request: HttpRequest) -> str:
    """Return what the browser asks for, whatever was chosen before."""
    request.COOKIES.pop(settings.LANGUAGE_COOKIE_NAME, None)
    return translation.get_language_from_request(request)


def remember_language(answer: HttpResponse, chosen: str) -> None:
    """Have the browser ask for this language from now on; empty: for its own."""
    if not chosen:
        answer.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
        return
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )


@cache
def catalog_digest(code: str) -> str:
    """Of what the modules of a page say in a language; empty: nothing is translated."""
    if code not in dict(settings.LANGUAGES):
        return ""
    path = CATALOGS / translation.to_locale(code) / "LC_MESSAGES" / "djangojs.mo"
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.is_file() else ""
