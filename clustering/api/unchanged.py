"""ETags: clients that have the newest version get a short 304."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag


def unchanged(request: HttpRequest, answer: HttpResponse, *parts: object) -> HttpResponse | None:
    """Give `answer` an ETag made of these parts; return 304 where the asker has that version, else None."""
    tag = quote_etag(hashlib.sha256(repr(parts).encode()).hexdigest()[:24])
    answer["ETag"] = tag
    answer["Cache-Control"] = "private, no-cache"
    same: HttpResponse | None = get_conditional_response(request, etag=tag)
    if same is None or same.status_code != 304:
        return None
    same["Cache-Control"] = "private, no-cache"
    return same
