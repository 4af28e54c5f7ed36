"""Signing in, and what was typed into a form that was sent when nobody was signed in any more.

The sign-in page carries such a form along; after signing in it is shown with one button that sends it. Nothing is sent
by itself: whoever signed in says so.
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme

from clustering.forms import SignInForm
from clustering.views.kept import Fields, typed

FIELDS, ADDRESS = "kept_fields", "kept_address"
"""Names under which the sign-in page carries a form along."""


class SignIn(LoginView):
    """The one page that is open to everybody."""

    template_name = "sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    @method_decorator(login_not_required)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Whoever signed in in another tab meanwhile gets the form back as well."""
        if request.method == "POST" and request.user.is_authenticated and _carried(request)[1]:
            return _send_again(request)
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """On to where the person was; with a form that was carried along, to the page that sends it."""
        answer = super().form_valid(form)
        return _send_again(self.request) if _carried(self.request)[1] else answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With what is carried along, also after a wrong password."""
        return super().get_context_data(**kwargs) | _context(*_carried(self.request))


def sign_in_first(request: HttpRequest) -> HttpResponse | None:
    """The sign-in page that carries the form along which was sent; None where there was none."""
    form = typed(request)
    if not form:
        return None
    context = {"form": SignInForm(request), **_context(request.get_full_path(), form)}
    return render(request, "sign_in.html", context, status=401)


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's view for a form that is not of this session, as after signing in in another tab.

    What came from a page of ours can be sent again from here; what another site sent cannot.
    """
    address, form = _carried(request)
    if not form:
        address, form = request.get_full_path(), typed(request)
    context = {"address": address, "fields": form if _is_ours(request) else []}
    return render(request, "403_csrf.html", context, status=403)


def _send_again(request: HttpRequest) -> HttpResponse:
    address, form = _carried(request)
    return render(request, "send_again.html", {"address": address, "fields": form})


def _context(address: str, form: Fields) -> dict[str, Any]:
    return {"kept_address": address, "kept_fields": json.dumps(form)} if form else {}


def _carried(request: HttpRequest) -> tuple[str, Fields]:
    """The address and the fields of a form that the sign-in page carried along; no fields where there was none."""
    address = request.POST.get(ADDRESS, "")
    if not address.startswith("/") or not url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        return "", []
    try:
        told = json.loads(request.POST.get(FIELDS, ""))
        return address, [(str(name), str(value)) for name, value in told]
    except (ValueError, TypeError, RecursionError):
        return "", []


def _is_ours(request: HttpRequest) -> bool:
    """Whether a page of this desk sent it, as the browser says: no other site can make it say so."""
    said = request.headers.get("Origin") or request.headers.get("Referer", "")
    scheme, _, rest = said.partition("://")
    origin = f"{scheme}://{rest.partition('/')[0]}"
    return origin == f"{request.scheme}://{request.get_host()}" or origin in settings.CSRF_TRUSTED_ORIGINS
