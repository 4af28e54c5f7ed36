"""The methods that group a stream: names, settings, and requirements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clustering.sentences import listed, say


class NotReady(ValueError):
    """A method can't work with these pages; the message says what is missing and what to do."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a method."""

    name: str
    type: type
    default: Any
    help: str
    """One sentence for the person who sets it."""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()

    def check(self, value: Any) -> Any:
        """Return the value in its type. Raises ValueError with a sentence for an unsuitable one."""
        if self.type is bool:
            if isinstance(value, str):
                value = {"true": True, "on": True, "1": True, "false": False, "off": False, "0": False, "": False}.get(
                    value.lower(), value
                )
            if not isinstance(value, bool):
                raise ValueError(say("“%(name)s” must be on or off, not “%(value)s”.", name=self.name, value=value))
            return value
        try:
            fit = self.type(value)
        except (TypeError, ValueError):
            raise ValueError(self._not_a_number(value)) from None
        if self.choices and fit not in self.choices:
            choices = ", ".join(self.choices)
            raise ValueError(
                say(
                    "“%(name)s” must be one of %(choices)s, not “%(value)s”.",
                    name=self.name,
                    choices=choices,
                    value=value,
                )
            )
        if self.type in (int, float) and not (fit == fit and abs(fit) != float("inf")):
            raise ValueError(self._not_a_number(value))
        if (self.low is not None and fit < self.low) or (self.high is not None and fit > self.high):
            limits = listed([
                *([say("at least %(low)s", low=self.low)] if self.low is not None else []),
                *([say("at most %(high)s", high=self.high)] if self.high is not None else []),
            ])  # fmt: skip
            raise ValueError(
                say("“%(name)s” must be %(limits)s, not “%(value)s”.", name=self.name, limits=limits, value=value)
            )
        return fit

    def _not_a_number(self, value: Any) -> str:
        return say("“%(name)s” must be a number, not “%(value)s”.", name=self.name, value=value)


@dataclass(frozen=True, slots=True)
class Method:
    """One method that groups a stream."""

    name: str
    label: str
    description: str
    """One sentence."""
    settings: tuple[Setting, ...] = ()

    def filled(self, given: Mapping[str, Any] | None) -> dict[str, Any]:
        """All settings, defaults filled in and checked; raises ValueError for a wrong value or an unknown name."""
        known = {setting.name: setting for setting in self.settings}
        for name in given or {}:
            if name not in known:
                raise ValueError(
                    say(
                        "The method “%(method)s” has no setting “%(name)s”. It has: %(known)s.",
                        method=self.name,
                        name=name,
                        known=", ".join(known),
                    )
                    if known
                    else say("The method “%(method)s” has no settings.", method=self.name)
                )
        return {name: setting.check((given or {}).get(name, setting.default)) for name, setting in known.items()}
