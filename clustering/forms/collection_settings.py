"""Settings of a collection: description template, drafts, checks, training, repository."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clustering.actions.describe import checked_facts
from clustering.engine.description import FIELDS
from clustering.engine.description_template import FieldRule, Template
from clustering.journal.errors import Refused
from clustering.models import Group
from clustering.models.collection import MOST_SHARE
from clustering.repository import problem_of
from clustering.wording import translated


class ChecksForm(forms.Form):
    """Percentage of reviewed seams that the queue shows again as checks."""

    share = forms.IntegerField(min_value=0, max_value=MOST_SHARE, required=True, label=_lazy("Quality checks (%)"))


class TemplateForm(forms.Form):
    """The description template: the use of each field, its default, and whether it takes several values."""

    def __init__(self, *args: Any, rules: Template, **given: Any) -> None:
        super().__init__(*args, **given)
        for field in FIELDS:
            rule, called = rules[field.name], _(field.label)
            self.fields[f"{field.name}-use"] = forms.ChoiceField(
                choices=_USES,
                initial=rule.use,
                label=_("%(field)s: use") % {"field": called},
                widget=forms.Select(attrs={"aria-label": _("%(field)s: use") % {"field": called}}),
            )
            self.fields[f"{field.name}-default"] = forms.CharField(
                required=False,
                initial=rule.default,
                max_length=min(field.most, 500),
                widget=forms.TextInput(attrs={"aria-label": _("%(field)s: default") % {"field": called}}),
            )
            if field.holds == "terms":
                self.fields[f"{field.name}-repeatable"] = forms.BooleanField(
                    required=False,
                    initial=rule.repeatable,
                    widget=forms.CheckboxInput(
                        attrs={"aria-label": _("%(field)s: several values") % {"field": called}}
                    ),
                )

    def clean(self) -> None:
        """Refuse a default that its field could not hold: each document that begins with it could not be saved."""
        for field in FIELDS:
            name = f"{field.name}-default"
            default = self.cleaned_data.get(name)
            try:
                dict(checked_facts(Group(), {field.name: default} if default else {}))
            except Refused as error:
                self.add_error(name, error.sentence)

    def rows(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the label and controls of each field, for the rows of the page."""
        names = ("use", "default", "repeatable")
        return [
            (_(field.label), [self[f"{field.name}-{name}"] for name in names if f"{field.name}-{name}" in self.fields])
            for field in FIELDS
        ]

    def rules(self) -> dict[str, FieldRule]:
        """Return the chosen rules."""
        cleaned = self.cleaned_data
        return {
            field.name: FieldRule(
                cleaned[f"{field.name}-use"],
                cleaned[f"{field.name}-default"],
                cleaned.get(f"{field.name}-repeatable", True),
            )
            for field in FIELDS
        }


_USES = [("shown", _lazy("Shown")), ("required", _lazy("Required")), ("hidden", _lazy("Hidden"))]


class DraftsForm(forms.Form):
    """Which drafts are accepted with a confirmation."""

    accept = forms.BooleanField(
        required=False,
        label=_lazy("Confirming a document accepts its drafted title, type, and date"),
        help_text=_lazy(
            "Only if nobody entered anything. Accepted drafts are marked in the history and in exports. "
            "If this is off, drafts stay drafts until someone saves them."
        ),
    )
    least = forms.IntegerField(
        min_value=0,
        max_value=100,
        label=_lazy("Least confidence (%)"),
        help_text=_lazy("A draft below this confidence stays a draft. Each field is checked separately."),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _lazy("Enter a whole number from 0 to 100.")
        ),
    )


class RepositoryForm(forms.Form):
    """Where the pages of a collection are in a repository."""

    repository = forms.CharField(
        required=False,
        max_length=500,
        label=_lazy("Address in the repository"),
        help_text=_lazy(
            "For “Open in repository”: an address with {identifier}, {repository_id}, {page}, or {slug} where they "
            "belong, such as https://repository.example.org/item/{repository_id}. Leave blank to offer no link."
        ),
        error_messages={"max_length": _lazy("Write 500 characters at most.")},
    )

    def clean_repository(self) -> str:
        """Check that it is a web address, with known placeholders only."""
        pattern: str = self.cleaned_data["repository"]
        problem = problem_of(pattern) if pattern else None
        if problem is not None:
            raise forms.ValidationError(translated(problem))
        return pattern


class LearnEveryForm(forms.Form):
    """Number of corrections after which training starts automatically."""

    every = forms.IntegerField(
        min_value=0, max_value=100_000, required=True, label=_lazy("Corrections before retraining")
    )
