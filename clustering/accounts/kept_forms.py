"""Forms that were refused because of the session: the page that says so keeps their fields, to send them again."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from django.contrib.messages import ERROR, get_messages
from django.contrib.messages.storage.base import BaseStorage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from clustering.request_values import is_storable
from clustering.sources.plain_json import read_json

PERSON_FIELD = "signed_in_as"
"""Hidden field of every form, with the primary key of the account that the page was rendered for."""
PERSON_HEADER = "X-Signed-In-As"
"""The same as a header: sent by browser scripts, and by refusals with the account that is signed in instead."""
KEPT_FIELD = "kept"
"""Hidden field of the sign-in page that holds a form."""
DRAFT_FIELD = "draft_id"
"""Field with the name of the draft that browser scripts keep of a form until it is saved."""
SAVED_COOKIE = "hhreview-saved"
"""Cookie with the name of a draft that the browser may delete."""
_ONLY_DATA = ("/api/", "/iiif/")
"""Addresses below this are for programs, except for the API reference, whose address ends with a slash."""

Fields = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class KeptForm:
    """The address and fields of a form that was sent, without passwords and files."""

    address: str
    fields: Fields

    @property
    def person(self) -> str:
        """The primary key of its account; "" if the form doesn't have it."""
        return dict(self.fields).get(PERSON_FIELD, "")

    def to_json(self) -> str:
        """Its value for a hidden field."""
        return json.dumps({"address": self.address, "fields": self.fields})


def wants_data(request: HttpRequest) -> bool:
    """Whether a program sent the request, such as a browser script, rather than a browser that loads a page."""
    if request.path.startswith(_ONLY_DATA) and not request.path.endswith("/"):
        return True
    if request.content_type == "application/json":
        return True
    if request.headers.get("HX-Request") or request.headers.get("X-Requested-With"):
        return True
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def typed(request: HttpRequest) -> Fields:
    """Return the fields of the form in the request, without passwords and files; empty if there is none."""
    if request.method != "POST" or wants_data(request):
        return []
    try:
        return [(name, value) for name, values in request.POST.lists() if not _is_secret(name) for value in values]
    except OSError:  # the connection broke
        return []


def sent_form(request: HttpRequest) -> KeptForm | None:
    """Return the form in this request; None if there is none or it is empty."""
    fields = typed(request)
    has_words = any(name != PERSON_FIELD for name, _ in fields)
    return KeptForm(request.get_full_path(), fields) if has_words else None


def kept_form(request: HttpRequest) -> KeptForm | None:
    """Return the form that was sent along with a sign-in; None if there is none, or it isn't ours."""
    try:
        stored = read_json(request.POST.get(KEPT_FIELD, "").encode())
        address = str(stored["address"])
        fields = [(str(name), str(value)) for name, value in stored["fields"]]
    except (ValueError, TypeError, KeyError):
        return None
    if not all(map(is_storable, [address, *(text for field in fields for text in field)])):
        return None
    ours = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return KeptForm(address, fields) if ours else None


def form_page(request: HttpRequest) -> str:
    """Return the address of the page that sent the form; "" if the browser doesn't say or it isn't ours."""
    back = request.headers.get("Referer", "")
    return back if is_ours(request, back) and request.method == "POST" else ""


def is_ours(request: HttpRequest, origin: str) -> bool:
    """Whether this is an address of this site, with its host. Pages without an origin send “null”."""
    ours = url_has_allowed_host_and_scheme(origin, {request.get_host()}, require_https=request.is_secure())
    return ours and origin.startswith("http")


def not_sent(request: HttpRequest, form: KeptForm | None, *, title: str, sentence: str, status: int) -> HttpResponse:
    """Return the page that says why a form was refused, and can send it again."""
    context = {
        "title": title,
        "sentence": sentence,
        "form": form.fields if form else [],
        "address": form.address if form else "",
    }
    response = render(request, "not_sent.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def tell_saved(request: HttpRequest, response: HttpResponse) -> None:
    """Say in a cookie that a form was saved, which is so if the response redirects, as this one does, and no error
    message is waiting."""
    draft = request.POST.get(DRAFT_FIELD, "") if request.method == "POST" else ""
    if not re.fullmatch(r"[\w-]{8,64}", draft, re.ASCII) or not request.user.is_authenticated:
        return
    waiting = get_messages(request)
    failed = any(message.level >= ERROR for message in waiting)
    if isinstance(waiting, BaseStorage):
        waiting.used = False  # they were read but not shown
    if not failed:
        response.set_cookie(SAVED_COOKIE, draft, max_age=60, samesite="Lax", secure=request.is_secure())


def _is_secret(name: str) -> bool:
    return name in {"csrfmiddlewaretoken", KEPT_FIELD} or "password" in name
