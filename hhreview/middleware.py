"""What every request passes: health, who is signed in and whether it is still the one who opened the page, the brake on
guessing, and the API's one shape of problems."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.translation import gettext as _

from clustering.accounts.braking import Braked
from clustering.accounts.kept_forms import (
    PERSON_FIELD,
    PERSON_HEADER,
    KeptForm,
    form_page,
    is_ours,
    kept_form,
    not_sent,
    sent_form,
    tell_saved,
    wants_data,
)
from clustering.accounts.sign_in_brakes import remember
from clustering.api.problems import problem
from clustering.forms.signing_in import SignInForm
from clustering.languages import chosen_language, remember_language
from clustering.views.people.sign_in import sign_in_here
from hhreview.health import ADDRESS, health

API = "/api/"

GetResponse = Callable[[HttpRequest], HttpResponse]


class HealthMiddleware:
    """Respond to health checks before anything else, since they use an IP address instead of an allowed host."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the health, or the response to any other request."""
        return health(request) if request.path_info == ADDRESS else self.get_response(request)


class SignedInMiddleware(LoginRequiredMiddleware):
    """Django's own, which keeps what was typed, and has words for the modules of a page.

    What one person did or typed is never saved as done by another who signed in in the same browser since.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Refuse requests from a page that was rendered for someone else."""
        person = request.headers.get(PERSON_HEADER) or (request.method == "POST" and request.POST.get(PERSON_FIELD))
        if view_func is sign_in_here and request.method == "POST":
            return None  # the view compares who signs in
        if person and request.user.is_authenticated and person != str(request.user.pk):
            return _of_another(request)
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(  # type: ignore[override] # Django redirects only
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponse:
        """401 for data, the sign-in page for people, with the form they sent on it."""
        if wants_data(request):
            response = problem("not-signed-in", _("You are not signed in, so nothing was saved. Sign in again."))
            response["HX-Refresh"] = "true"  # a page that htmx keeps up to date leads to the sign-in page
            return response
        form = sent_form(request)
        if form is not None:
            return _sign_in_with(request, form)
        if request.method == "POST":  # its address takes no GET
            return redirect_to_login(form_page(request) or "/")
        return super().handle_no_permission(request, view_func)


class DoorMiddleware:
    """Tells 429 with Retry-After at every door, and has a browser that signed in known again. At the API it gives a
    method that an address does not take the shape of all other problems."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Respond, with 429 if the backend blocked the request, and with cookies for who signed in."""
        response = self.get_response(request)
        braked: Braked | None = getattr(request, "braked", None)
        if braked is not None:
            response.status_code = 429
            response["Retry-After"] = str(braked.seconds)
        account = getattr(request, "signed_in", None)
        if account is not None:
            remember(request, response, account)
            remember_language(response, chosen_language(account))
        if response.status_code in {302, 303}:
            tell_saved(request, response)
        if response.status_code == 405 and request.path_info.startswith(API):
            return _no_such_method(request, response["Allow"])
        return response


def _no_such_method(request: HttpRequest, allowed: str) -> HttpResponse:
    refusal = problem(
        "no-such-method",
        _("This address allows %(allowed)s, not %(method)s.") % {"allowed": allowed, "method": request.method},
    )
    refusal["Allow"] = allowed
    return refusal


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Respond to a form from before someone signed in or out. Forms from other sites are discarded."""
    form = (kept_form(request) or sent_form(request)) if _is_from_here(request) else None
    if wants_data(request):
        get_token(request)  # sends a new one with the response, so that the page can continue
        return problem("not-signed-in", _("This page has expired, and nothing was saved. Sign in again and reload it."))
    if form is not None and not request.user.is_authenticated:
        return _sign_in_with(request, form)
    if form is not None and form.person not in {"", str(request.user.pk)}:
        return _of_another(request)
    sentence = _("You signed in or out after opening it, so nothing was saved.")
    return not_sent(request, form, title=_("This page has expired"), sentence=sentence, status=403)


def _of_another(request: HttpRequest) -> HttpResponse:
    name = request.user.get_username()
    if wants_data(request):
        response = problem(
            "not-signed-in",
            _("%(name)s is signed in now. Sign in again as the person who opened this page.") % {"name": name},
        )
        response[PERSON_HEADER] = str(request.user.pk)
        return response
    sentence = _(
        "%(name)s is signed in now, but another account opened this page, so nothing was saved. Sign "
        "in with that account in another tab, then send it again."
    ) % {"name": name}
    return not_sent(
        request, sent_form(request), title=_("This form belongs to another account"), sentence=sentence, status=403
    )


def _sign_in_with(request: HttpRequest, form: KeptForm) -> HttpResponse:
    context = {"form": SignInForm(request), "kept": form.to_json(), "next": form_page(request)}
    response = render(request, "sign_in.html", context, status=401)
    response["Cache-Control"] = "no-store"
    return response


def _is_from_here(request: HttpRequest) -> bool:
    return is_ours(request, request.headers.get("Origin") or request.headers.get("Referer", ""))
