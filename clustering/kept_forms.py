"""What was typed into a form that could not be taken: kept on the page that says so, to be sent again from there."""

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
"""The hidden field of every form: the primary key of the account that the page was made for."""
PERSON_HEADER = "X-Signed-In-As"
"""The same, as the modules of a page send it, and as a refusal names who is signed in instead."""
KEPT_FIELD = "kept"
"""The hidden field of the sign-in page that holds a form."""
DRAFT_FIELD = "draft_id"
"""The field in which the scripts of a page name what the browser keeps of a form until it is saved."""
SAVED_COOKIE = "hhreview-saved"
"""Names what the browser need not keep any longer."""
_ONLY_DATA = ("/api/", "/iiif/")
"""What lies below is for programs, but for the API's reference, a page whose address ends with a slash."""

Fields = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A form that was sent: where to, and its fields without passwords and files."""

    address: str
    fields: Fields

    @property
    def person(self) -> str:
        """Whose it is: the primary key of an account, "" where the form does not say."""
        return dict(self.fields).get(PERSON_FIELD, "")

    def to_json(self) -> str:
        """For a hidden field."""
        return json.dumps({"address": self.address, "fields": self.fields})


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
    """Return the fields of the form that was sent, without passwords and files; empty where there was none."""
    if request.method != "POST" or wants_data(request):
        return []
    try:
        return [(name, value) for name, values in request.POST.lists() if not _is_secret(name) for value in values]
    except OSError:  # the line broke while it was sent
        return []


def sent_form(request: HttpRequest) -> KeptForm | None:
    """Return the form in this request; None where there is none with anything in it."""
    fields = typed(request)
    has_words = any(name != PERSON_FIELD for name, _ in fields)
    return KeptForm(request.get_full_path(), fields) if has_words else None


def kept_form(request: HttpRequest) -> KeptForm | None:
    """Return the form that came along with a sign-in; None where there was none, or none of ours."""
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
    """Return the address of the page whose form was sent, "" where the browser does not say or it is not ours."""
    back = request.headers.get("Referer", "")
    return back if is_ours(request, back) and request.method == "POST" else ""


def is_ours(request: HttpRequest, origin: str) -> bool:
    """Whether this is an address of the desk, with its host. A page of no origin says “null”."""
    ours = url_has_allowed_host_and_scheme(origin, {request.get_host()}, require_https=request.is_secure())
    return ours and origin.startswith("http")


def not_sent(request: HttpRequest, form: KeptForm | None, *, title: str, sentence: str, status: int) -> HttpResponse:
    """Return the page that says why a form was not taken, and sends it again."""
    context = {
        "title": title,
        "sentence": sentence,
        "form": form.fields if form else [],
        "address": form.address if form else "",
    }
    answer = render(request, "not_sent.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def tell_saved(request: HttpRequest, answer: HttpResponse) -> None:
    """Say in a cookie that a form was saved: it was, where its answer leads on, as this one does, and no error is
    waiting to be shown."""
    draft = request.POST.get(DRAFT_FIELD, "") if request.method == "POST" else ""
    if not re.fullmatch(r"[\w-]{8,64}", draft, re.ASCII) or not request.user.is_authenticated:
        return
    waiting = get_messages(request)
    failed = any(message.level >= ERROR for message in waiting)
    if isinstance(waiting, BaseStorage):
        waiting.used = False  # they were looked at, and not shown
    if not failed:
        answer.set_cookie(SAVED_COOKIE, draft, max_age=60, samesite="Lax", secure=request.is_secure())


def _is_secret(name: str) -> bool:
    return name in {"csrfmiddlewaretoken", KEPT_FIELD} or "password" in name
