"""The language of the interface, chosen by the person or the browser, and the catalogs for browser scripts."""

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
    """Return the language that a person chose; empty for the browser's. One query."""
    return Preference.objects.filter(user=person).values_list("language", flat=True).first() or ""


def asked_for(request: HttpRequest) -> str:
    """Return the browser's language, whatever the person chose."""
    request.COOKIES.pop(settings.LANGUAGE_COOKIE_NAME, None)
    return translation.get_language_from_request(request)


def remember_language(response: HttpResponse, chosen: str) -> None:
    """Have the browser ask for this language from now on; empty: for its own."""
    if not chosen:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
        return
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )


@cache
def catalog_digest(code: str) -> str:
    """Return the digest of the catalog for browser scripts; empty for a language without one."""
    if code not in dict(settings.LANGUAGES):
        return ""
    path = CATALOGS / translation.to_locale(code) / "LC_MESSAGES" / "djangojs.mo"
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.is_file() else ""
