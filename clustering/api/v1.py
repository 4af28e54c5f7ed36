"""Version 1 of the API: its routers, addresses, OpenAPI document, and reference."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, get_script_prefix, path, re_path
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.operation import Operation

from clustering.access import may_launch
from clustering.api import acts, collections, comments, edits, exports, groups, jobs, me, pages, runs, seams, searching
from clustering.api.document import DESCRIPTION, documented
from clustering.api.problems import KINDS, add_handlers, problem
from clustering.api.signing_in import RateLimit, Session, Token
from clustering.wording import say

NAMESPACE = "api-v1"
VERSION = "1.0.0"


class Api(NinjaAPI):
    """The API, with the names of functions as the IDs of operations."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the function's name, which is unique in the API."""
        return operation.view_func.__name__


api = Api(
    title="hhreview",
    version=VERSION,
    description=DESCRIPTION,
    docs_url=None,
    openapi_url=None,
    urls_namespace=NAMESPACE,
    auth=[Token(), Session()],
    throttle=[RateLimit()],
)
add_handlers(api)
api.add_router("", me.router)
for noun in (collections, pages, seams, groups, comments, acts, runs, jobs, edits, exports, searching):
    api.add_router("/collections", noun.router)


@cache
def _document(prefix: str, language: str | None) -> dict[str, Any]:
    """Return the OpenAPI document. Cached by what it depends on, because it takes a while to generate."""
    return documented(dict(api.get_openapi_schema()))


@cache
def _written(prefix: str, language: str | None) -> bytes:
    return json.dumps(_document(prefix, language), indent=1, ensure_ascii=False).encode()


def document() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document, which is shared and must not be changed."""
    return _document(get_script_prefix(), get_language())


@login_not_required
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """Return the document, even to people who aren't signed in: it contains no data."""
    return HttpResponse(_written(get_script_prefix(), get_language()), content_type="application/json")


@login_not_required
@csrf_exempt
def nothing_here(request: HttpRequest) -> HttpResponse:
    """Respond to any other address below the API's."""
    return problem("not-found", say("The API has no such address. The reference lists all."))


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Show the document to people, in Swagger UI as django-ninja ships it."""
    info = document()["info"]
    context = {
        "info": info,
        "paragraphs": info["description"].split("\n\n"),
        "kinds": KINDS.values(),
        "may_launch": may_launch(request.user),
    }
    return render(request, "api/reference.html", context)


def _addresses() -> list[URLPattern]:
    patterns, _, _ = api.urls
    return [
        URLPattern(pattern.pattern, login_not_required(pattern.callback), pattern.default_args, pattern.name)
        for pattern in patterns
        if isinstance(pattern, URLPattern) and pattern.name != "api-root"
    ]


urlpatterns: list[URLPattern] = [
    path("openapi.json", openapi, name="openapi"),
    *_addresses(),
    path("", reference, name="api-root"),
    re_path("", nothing_here, name="nothing"),  # `path` doesn't match line breaks
]
