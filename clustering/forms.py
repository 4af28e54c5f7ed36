"""Forms: what people type, checked before it reaches an act."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest

from clustering.models import Edit

MOST_LETTERS = 200

MOST = 2**31 - 1
"""Positions and numbers of groups are small; the database refuses larger ones with an error of its own."""

WHOLE_NUMBER = dict.fromkeys(("invalid", "min_value", "max_value"), "Write a whole number, 1 or more.")


class SignInForm(AuthenticationForm):
    """Name and password, with words for what went wrong."""

    error_messages = {
        "invalid_login": "This name and password do not belong together. Check both; capital letters count.",
        "inactive": "This account is switched off. Ask staff to switch it on.",
    }

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["username"].widget.attrs |= {"autocomplete": "username", "autofocus": True}
        self.fields["password"].widget.attrs |= {"autocomplete": "current-password"}


class SearchForm(forms.Form):
    """Words to look for in the text of pages."""

    q = forms.CharField(max_length=MOST_LETTERS, required=False, strip=True)
    page = forms.IntegerField(min_value=1, max_value=100_000, required=False)


class CompareForm(forms.Form):
    """Two runs, or a run and the desk, beside each other."""

    left = forms.CharField(max_length=20, required=False)
    right = forms.CharField(max_length=20, required=False)


class HistoryForm(forms.Form):
    """Which acts to show, and from where on."""

    person = forms.CharField(max_length=150, required=False, strip=True)
    verb = forms.ChoiceField(choices=[("", "any act"), *Edit.Verb.choices], required=False)
    group = forms.IntegerField(min_value=1, max_value=MOST, required=False, error_messages=WHOLE_NUMBER)
    page = forms.IntegerField(min_value=1, max_value=MOST, required=False, error_messages=WHOLE_NUMBER)
    before = forms.IntegerField(min_value=0, max_value=MOST, required=False)
    after = forms.IntegerField(min_value=0, max_value=MOST, required=False)


class LearnEveryForm(forms.Form):
    """After how many corrections the machine learns by itself."""

    every = forms.IntegerField(min_value=0, max_value=100_000, required=True, label="Corrections between two lessons")
