"""The admin's own form with a password: its sign-in."""

from __future__ import annotations

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm

from clustering.accounts.sign_in_brakes import wrong_password


class StaffSignInForm(AdminAuthenticationForm):
    """A sign-in form that says when to try again after too many failures."""

    def get_invalid_login_error(self) -> forms.ValidationError:
        """Return why the sign-in failed."""
        return wrong_password(self.request, super().get_invalid_login_error())
