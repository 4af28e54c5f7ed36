"""The admin's own forms with passwords: its sign-in, and changing one's password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.contrib.auth import authenticate
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from clustering.accounts.sign_in_brakes import wrong_password


class StaffSignInForm(AdminAuthenticationForm):
    """A sign-in form that says when to try again after too many failures."""

    def get_invalid_login_error(self) -> forms.ValidationError:
        """Return why the sign-in failed."""
        return wrong_password(self.request, super().get_invalid_login_error())


class _PasswordForm(AdminPasswordChangeForm):
    """A form that checks the old password like every other, so that it can't be guessed here."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_old_password(self) -> str:
        """Right, and few wrong ones before it."""
        old: str = self.cleaned_data["old_password"]
        if authenticate(self.request, username=self.user.get_username(), password=old) != self.user:
            wrong = forms.ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
            raise wrong_password(self.request, wrong)
        return old


class _PasswordView(PasswordChangeView):
    form_class = _PasswordForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}


def password_change(request: HttpRequest) -> HttpResponseBase:
    """Return the admin's page for a new password of one's own."""
    view = _PasswordView.as_view(
        success_url=reverse("admin:password_change_done"), extra_context=admin.site.each_context(request)
    )
    return view(request)
