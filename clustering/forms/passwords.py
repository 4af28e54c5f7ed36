"""Forms in which people choose a password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _lazy

from clustering.accounts.sign_in_brakes import wrong_password
from clustering.models import User


class ChosenPasswordForm(SetPasswordForm):  # type: ignore[type-arg] # the class takes none when it runs
    """A new password, typed twice; what is wrong with it is said at the first field, where its rules are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password2"].label = _lazy("New password again")
        self.fields["new_password2"].help_text = ""

    def validate_password_for_user(self, user: User, password_field_name: str = "new_password1") -> None:
        """Add errors of the first field."""
        super().validate_password_for_user(user, "new_password1")


class OwnPasswordForm(ChosenPasswordForm, PasswordChangeForm):
    """A form that checks the current password like a sign-in does, so that it can't be guessed here."""

    error_messages = PasswordChangeForm.error_messages | {
        "password_incorrect": _lazy("The current password is incorrect. Passwords are case-sensitive.")
    }

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.fields["old_password"].label = _lazy("Current password")

    def clean_old_password(self) -> str:
        """Right, and few wrong ones before it."""
        old: str = self.cleaned_data["old_password"]
        if authenticate(self.request, username=self.user.get_username(), password=old) != self.user:
            wrong = forms.ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
            raise wrong_password(self.request, wrong)
        return old
