"""What to find, show, and compare: search, history, proposals, saved filters."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clustering.actions.base import MOST
from clustering.models.verbs import verb_choices

MOST_LETTERS = 200

WHOLE_NUMBER = dict.fromkeys(("invalid", "min_value", "max_value"), _lazy("Enter a whole number, 1 or more."))


class SearchForm(forms.Form):
    """Words to look for in the text of pages."""

    q = forms.CharField(max_length=MOST_LETTERS, required=False, strip=True)


class CompareForm(forms.Form):
    """Two runs to compare, or a run and the desk."""

    left = forms.CharField(max_length=20, required=False)
    right = forms.CharField(max_length=20, required=False)


class HistoryForm(forms.Form):
    """Filters of the history, and where to start."""

    person = forms.CharField(max_length=150, required=False, strip=True)
    verb = forms.ChoiceField(choices=lambda: [("", _("Any change")), *verb_choices()], required=False)
    document = forms.IntegerField(min_value=1, max_value=MOST, required=False, error_messages=WHOLE_NUMBER)
    group = forms.IntegerField(min_value=1, max_value=MOST, required=False, error_messages=WHOLE_NUMBER)
    page = forms.IntegerField(min_value=1, max_value=MOST, required=False, error_messages=WHOLE_NUMBER)
    before = forms.IntegerField(min_value=0, max_value=MOST, required=False)
    after = forms.IntegerField(min_value=0, max_value=MOST, required=False)


class FilterForm(forms.Form):
    """The name of a saved filter, and whether it is shared."""

    name = forms.CharField(max_length=60, label=_lazy("Name"))
    shared = forms.BooleanField(required=False, label=_lazy("Share with everyone"))
