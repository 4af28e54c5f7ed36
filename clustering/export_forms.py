"""The form of a collection's export settings, made from the settings' own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from django import forms

from clustering.exports.settings import ExportSettings, WrongSettings


class ExportSettingsForm(forms.Form):
    """A field a setting; `kept` is what they come to, once it is valid."""

    kept: ExportSettings

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in fields(ExportSettings):
            self.fields[one.name] = _field(one.metadata, is_choice=isinstance(one.default, bool))

    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings, in order."""
        made: dict[str, list[forms.BoundField]] = {}
        for one in fields(ExportSettings):
            made.setdefault(one.metadata["part"], []).append(self[one.name])
        return list(made.items())

    def clean(self) -> dict[str, Any]:
        """Put them together; what is wrong stands at its field. An empty text is the default where one is needed."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            needed = {one.name: one.default for one in fields(ExportSettings) if one.default}
            told = {name: value if value != "" else needed.get(name, "") for name, value in cleaned.items()}
            try:
                self.kept = ExportSettings.from_json(told)
            except WrongSettings as error:
                self.add_error(error.name or None, str(error))
        return cleaned


def _field(said: Mapping[str, Any], *, is_choice: bool) -> forms.Field:
    common = {"label": said["label"], "help_text": said["help"], "required": False}
    if is_choice:
        return forms.BooleanField(**common)
    if said["choices"]:
        return forms.ChoiceField(choices=list(said["choices"].items()), widget=forms.RadioSelect, **common)
    return forms.CharField(max_length=500, strip=True, **common)
