"""Pages on which people choose a password: with the current one, or with a link from staff or by mail."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import PasswordChangeView, PasswordResetConfirmView
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from clustering.accounts.braking import forget_tries
from clustering.forms.passwords import ChosenPasswordForm, OwnPasswordForm
from clustering.models import User


@method_decorator(never_cache, name="dispatch")
class OwnPassword(PasswordChangeView):
    """A new password of one's own."""

    template_name = "own_password.html"
    form_class = OwnPasswordForm
    success_url = reverse_lazy("collections")

    def get_form_kwargs(self) -> dict[str, Any]:
        """With the request, which says from where a password is tried."""
        return {**super().get_form_kwargs(), "request": self.request}

    def form_valid(self, form: Any) -> HttpResponse:
        """Say what happened to other browsers."""
        messages.success(self.request, _("Your password is changed. You’re signed out in all other browsers."))
        return super().form_valid(form)


@method_decorator([login_not_required, never_cache], name="dispatch")
class ChoosePassword(PasswordResetConfirmView):
    """The page of a link: the person who has it chooses the password of the account, and is signed in."""

    template_name = "staff/choose_password.html"
    form_class = ChosenPasswordForm
    success_url = reverse_lazy("collections")
    post_reset_login = True

    def get_user(self, uidb64: str) -> User | None:
        """Return the person; None also for an account that may not sign in."""
        person = super().get_user(uidb64)
        return person if isinstance(person, User) and person.is_active else None

    def form_valid(self, form: Any) -> HttpResponse:
        """Forget wrong passwords: people ask for a link after they tried too many."""
        response = super().form_valid(form)
        forget_tries(form.user.get_username())
        self.request.signed_in = form.user.pk  # type: ignore[attr-defined] # for the middleware
        messages.success(self.request, _("Your password is set, and you’re signed in."))
        return response
