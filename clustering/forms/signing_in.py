"""Sign-in, and tokens for scripts that sign in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _lazy

from clustering.accounts.sign_in_brakes import wrong_password
from clustering.models import ApiToken


class SignInForm(AuthenticationForm):
    """Username and password, with messages for what went wrong."""

    error_messages = {
        "invalid_login": _lazy("The username or password is incorrect. Passwords are case-sensitive."),
        "inactive": _lazy("This account is inactive. Ask an administrator to reactivate it."),
    }

    def get_invalid_login_error(self) -> forms.ValidationError:
        """Return why the sign-in failed: the password, or too many wrong ones before it."""
        return wrong_password(self.request, super().get_invalid_login_error())

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["username"].widget.attrs |= {"autocomplete": "username", "autofocus": True}
        self.fields["password"].widget.attrs |= {"autocomplete": "current-password"}


class TokenForm(forms.Form):
    """A new token: its name, scope, and expiry."""

    name = forms.CharField(max_length=80, strip=True, error_messages={"required": _lazy("Enter a token name.")})
    scope = forms.ChoiceField(choices=ApiToken.Scope.choices, initial=ApiToken.Scope.READ)
    days = forms.TypedChoiceField(
        coerce=int,
        empty_value=None,
        required=False,
        initial=90,
        choices=[(30, _lazy("30 days")), (90, _lazy("90 days")), (365, _lazy("1 year")), ("", _lazy("never"))],
    )
