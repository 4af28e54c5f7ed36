"""The reference as a page for people: Swagger UI, as django-ninja ships it, on the document that programs read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clustering.access import may_launch
from clustering.api.problems import KINDS


def reference_of(document: Callable[[], Mapping[str, Any]]) -> Callable[[HttpRequest], HttpResponse]:
    """Return the view that shows a document."""

    @require_safe
    def reference(request: HttpRequest) -> HttpResponse:
        info = document()["info"]
        context = {
            "info": info,
            "paragraphs": info["description"].split("\n\n"),
            "kinds": KINDS.values(),
            "may_launch": may_launch(request.user),
        }
        return render(request, "api/reference.html", context)

    return reference
