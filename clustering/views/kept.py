"""What was typed into a form that could not be taken: kept on the page that says so, to be sent again from there."""

from __future__ import annotations

from django.http import HttpRequest

_ONLY_DATA = ("/api/", "/iiif/")
"""What lies below is for programs, but for the API's reference, a page whose address ends with a slash."""

Fields = list[tuple[str, str]]


def wants_data(request: HttpRequest) -> bool:
    """Whether a program asks, such as the modules of the desk, and not a browser for a page."""
    if request.path.startswith(_ONLY_DATA) and not request.path.endswith("/"):
        return True
    if request.content_type == "application/json":
        return True
    if request.headers.get("HX-Request") or request.headers.get("X-Requested-With"):
        return True
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def typed(request: HttpRequest) -> Fields:
    """The fields of the form that was sent, without passwords and files; empty where there was none."""
    if request.method != "POST" or wants_data(request):
        return []
    try:
        return [(name, value) for name, values in request.POST.lists() if not _is_secret(name) for value in values]
    except OSError:  # the line broke while it was sent
        return []


def _is_secret(name: str) -> bool:
    return name == "csrfmiddlewaretoken" or "password" in name
