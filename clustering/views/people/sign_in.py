"""Signing in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clustering.accounts.kept_forms import PERSON_HEADER, KeptForm, kept_form, not_sent
from clustering.forms.signing_in import SignInForm


@method_decorator(login_not_required, name="dispatch")
class SignIn(LoginView):
    """The sign-in page. It keeps a form that was sent after the session had ended."""

    template_name = "sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Return the page of a kept form, even after signing in elsewhere, or else the page that the person wanted."""
        kept = kept_form(request)
        if kept is not None and request.user.is_authenticated:
            return self._offer(request, kept)
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Signed in."""
        response = super().form_valid(form)
        kept = kept_form(self.request)
        return response if kept is None else self._offer(self.request, kept)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the form that waits."""
        kept = kept_form(self.request)
        return super().get_context_data(**kwargs) | {"kept": kept.to_json() if kept else ""}

    def _offer(self, request: HttpRequest, kept: KeptForm) -> HttpResponse:
        if kept.person not in {"", str(request.user.pk)}:
            messages.warning(request, _("The unsent form belongs to another account, so it was discarded."))
            return redirect(self.get_success_url())
        sentence = _("You were signed out when you sent this form.")
        return not_sent(
            request, kept, title=_("You’re signed in. This is not saved yet."), sentence=sentence, status=200
        )


@login_not_required
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_here(request: HttpRequest) -> HttpResponse:
    """For a page whose session ended: whether it is valid again, and the same as the sign-in page without leaving it.

    Whoever opened the page stays its person: where the account is another one, nobody is signed in. Answers 204, or
    `message` with 409 (another account), 422 (not these) or 429 (too many tries).
    """
    if request.method == "GET":
        is_back = request.user.is_authenticated
        return HttpResponse(status=204) if is_back else JsonResponse({"message": _("You’re signed out.")}, status=401)
    form = SignInForm(request, request.POST)
    if not form.is_valid():
        sentence = " ".join(map(str, form.non_field_errors())) or _("Enter your username and password.")
        return JsonResponse({"message": sentence}, status=422)
    person = request.headers.get(PERSON_HEADER)
    if person and person != str(form.get_user().pk):
        request.signed_in = None  # type: ignore[attr-defined] # nor is the browser known to that account
        return JsonResponse({"message": _("This page belongs to another account.")}, status=409)
    login(request, form.get_user())
    return HttpResponse(status=204)
