"""The reference as a page for people, made from the same document that programs read; nothing comes from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clustering.access import may_launch
from clustering.api.problems import KINDS
from clustering.api.reading import nouns_of, shapes_of


def reference_of(document: Callable[[], Mapping[str, Any]]) -> Callable[[HttpRequest], HttpResponse]:
    """Return the view that shows a document."""

    @require_safe
    def reference(request: HttpRequest) -> HttpResponse:
        known = document()
        context = {
            "info": known["info"],
            "paragraphs": known["info"]["description"].split("\n\n"),
            "nouns": nouns_of(known),
            "shapes": shapes_of(known),
            "kinds": KINDS.values(),
            "may_launch": may_launch(request.user),
        }
        return render(request, "api/reference.html", context)

    return reference
