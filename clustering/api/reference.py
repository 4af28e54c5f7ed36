"""The reference as a page for people, made from the same document that programs read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse


def reference(request: HttpRequest) -> HttpResponse:
    """All operations, by noun."""
    return HttpResponse("soon")
