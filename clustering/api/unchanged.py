"""ETags, by which clients that have the newest version get a short 304."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag


def unchanged(request: HttpRequest, response: HttpResponse, *parts: object) -> HttpResponse | None:
    """Set the ETag of a response to a hash of parts; return a 304 if the client has that version, or else None."""
    tag = quote_etag(hashlib.sha256(repr(parts).encode()).hexdigest()[:24])
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    same: HttpResponse | None = get_conditional_response(request, etag=tag)
    if same is None or same.status_code != 304:
        return None
    same["Cache-Control"] = "private, no-cache"
    return same
