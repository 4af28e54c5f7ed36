"""All export settings as one: read, stored, and changed from text.

`Collection.settings["export"]` holds those that differ from their defaults, including those of single formats.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from clustering.exports.registry import FORMATS
from clustering.exports.settings import PARTS, ExportSettings, Option, OwnSettings, WrongSettings, options_of

_MOST_LETTERS = 500


@lru_cache(maxsize=1)
def all_options() -> tuple[Option, ...]:
    """Return every setting, under the headings of the form in order."""
    options = [*options_of(ExportSettings), *(option for kind in _own_kinds() for option in options_of(kind))]
    return tuple(sorted(options, key=lambda option: PARTS.index(option.part)))


def _own_kinds() -> list[type[OwnSettings]]:
    return list(dict.fromkeys(known.settings for known in FORMATS.values() if known.settings is not None))


def values_of(settings: ExportSettings) -> dict[str, Any]:
    """Return every setting by name."""
    models: list[ExportSettings | OwnSettings] = [settings, *(settings.of(kind) for kind in _own_kinds())]
    return {option.name: getattr(one, option.name) for one in models for option in options_of(type(one))}


def from_json(stored: Mapping[str, Any] | None) -> ExportSettings:
    """Read stored settings. Raises WrongSettings."""
    fields = dict(stored or {})
    known = {option.name: option for option in all_options()}
    for name, value in fields.items():
        if name not in known:
            raise WrongSettings(
                "There is no export setting “%(setting)s.” The settings are %(known)s.",
                name,
                setting=name,
                known=", ".join(known),
            )
        _check(known[name], value)
    own = {kind: kind(**_among(fields, kind)) for kind in _own_kinds() if _among(fields, kind)}
    settings = ExportSettings(**_among(fields, ExportSettings), own=own)
    settings.check()
    for one in settings.own.values():
        one.check()
    return settings


def _among(values: Mapping[str, Any], kind: type[ExportSettings | OwnSettings]) -> dict[str, Any]:
    return {option.name: values[option.name] for option in options_of(kind) if option.name in values}


def changed(settings: ExportSettings, values: Mapping[str, str | bool]) -> ExportSettings:
    """Return the settings with some changed, also from text: {"csv_bom": "true"}. Raises WrongSettings."""
    stored = values_of(settings)
    for name, value in values.items():
        is_bool = isinstance(stored.get(name), bool) and isinstance(value, str)
        stored[name] = {"true": True, "false": False}.get(str(value).lower(), value) if is_bool else value
    return from_json(stored)


def to_json(settings: ExportSettings) -> dict[str, Any]:
    """Return what differs from the defaults."""
    defaults = values_of(ExportSettings())
    return {name: value for name, value in values_of(settings).items() if value != defaults[name]}


def _check(option: Option, value: object) -> None:
    """Raise WrongSettings."""
    wanted = type(option.default)
    if not isinstance(value, wanted) and wanted is bool:
        raise WrongSettings(
            "The export setting %(setting)s is %(value)s. Write true or false.",
            option.name,
            setting=option.name,
            value=repr(value),
        )
    if not isinstance(value, wanted):
        raise WrongSettings(
            "The export setting %(setting)s is %(value)s. Write text.",
            option.name,
            setting=option.name,
            value=repr(value),
        )
    if option.choices and value not in option.choices:
        raise WrongSettings(
            "The export setting %(setting)s is %(value)s. Choose one of %(choices)s.",
            option.name,
            setting=option.name,
            value=repr(value),
            choices=", ".join(option.choices),
        )
    if isinstance(value, str) and (len(value) > _MOST_LETTERS or "\n" in value):
        raise WrongSettings(
            "The export setting %(setting)s must be one line of at most %(most)s characters.",
            option.name,
            setting=option.name,
            most=str(_MOST_LETTERS),
        )
    if option.is_address and value and not re.fullmatch(r"https?://[^\s/]+\S*", str(value)):
        raise WrongSettings(
            "The export setting %(setting)s is %(value)s. Write an address that begins with http:// or https://.",
            option.name,
            setting=option.name,
            value=repr(value),
        )
