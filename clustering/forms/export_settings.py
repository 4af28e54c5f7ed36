"""The form for a collection's export settings, made from the fields of the settings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from clustering.exports.settings import ExportSettings, Option, WrongSettings
from clustering.exports.stored_settings import all_options, from_json
from clustering.selectors.exporting import wrong_said


class ExportSettingsForm(forms.Form):
    """One field per setting. `kept` has the settings once it is valid."""

    kept: ExportSettings

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for option in all_options():
            self.fields[option.name] = _field(option)

    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the fields by heading, in order."""
        made: dict[str, list[forms.BoundField]] = {}
        for option in all_options():
            made.setdefault(option.part, []).append(self[option.name])
        return list(made.items())

    def clean(self) -> dict[str, Any]:
        """Build the settings, with errors at their fields. An empty text means the default if one is needed."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            needed = {option.name: option.default for option in all_options() if option.default}
            values = {name: value if value != "" else needed.get(name, "") for name, value in cleaned.items()}
            try:
                self.kept = from_json(values)
            except WrongSettings as error:
                self.add_error(error.name or None, wrong_said(error))
        return cleaned


def _field(option: Option) -> forms.Field:
    common: dict[str, Any] = {"label": _(option.label), "help_text": _(option.help), "required": False}
    if isinstance(option.default, bool):
        return forms.BooleanField(**common)
    if option.choices:
        return forms.ChoiceField(
            choices=[(key, _(words)) for key, words in option.choices.items()], widget=forms.RadioSelect, **common
        )
    return forms.CharField(max_length=500, strip=True, **common)
