"""What was typed into a form that could not be taken: kept on the page that says so, to be sent again from there."""

from __future__ import annotations

from django.http import HttpRequest

_ONLY_DATA = ("/api/", "/iiif/")
"""Addresses that no person opens in a browser."""
_NOT_KEPT = frozenset(
    {
        "csrfmiddlewaretoken",
        "password",
        "password1",
        "password2",
        "old_password",
        "new_password1",
        "new_password2",
    }
)

Fields = list[tuple[str, str]]


def wants_data(request: HttpRequest) -> bool:
    """Whether a program asks, such as the modules of the desk, and not a browser for a page."""
    if request.path.startswith(_ONLY_DATA) or request.content_type == "application/json":
        return True
    if request.headers.get("HX-Request") or request.headers.get("X-Requested-With"):
        return True
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def typed(request: HttpRequest) -> Fields:
    """The fields of the form that was sent, without passwords and files; empty where there was none."""
    if request.method != "POST" or wants_data(request):
        return []
    try:
        return [(name, value) for name, values in request.POST.lists() if name not in _NOT_KEPT for value in values]
    except OSError:  # the line broke while it was sent
        return []
