"""The ways to group a stream, as the desk offers them: names, settings and what they need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class NotReady(ValueError):
    """A method cannot work with what is there; the message says what is missing and what to do."""


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
        """Return the value in its type; raises ValueError with a sentence for anything that does not fit."""
        if self.type is bool:
            if isinstance(value, str):
                value = {"true": True, "on": True, "1": True, "false": False, "off": False, "0": False, "": False}.get(
                    value.lower(), value
                )
            if not isinstance(value, bool):
                raise ValueError(f"'{self.name}' is on or off, not {value!r}.")
            return value
        try:
            fit = self.type(value)
        except (TypeError, ValueError):
            raise ValueError(f"'{self.name}' must be a number, not {value!r}.") from None
        if self.choices and fit not in self.choices:
            raise ValueError(f"'{self.name}' must be one of {', '.join(self.choices)}, not {value!r}.")
        if self.type in (int, float) and not (fit == fit and abs(fit) != float("inf")):
            raise ValueError(f"'{self.name}' must be a finite number, not {value!r}.")
        if (self.low is not None and fit < self.low) or (self.high is not None and fit > self.high):
            limits = " and ".join(
                x
                for x in (
                    f"at least {self.low:g}" if self.low is not None else "",
                    f"at most {self.high:g}" if self.high is not None else "",
                )
                if x
            )
            raise ValueError(f"'{self.name}' must be {limits}, not {value!r}.")
        return fit


@dataclass(frozen=True, slots=True)
class Method:
    """One way to group a stream."""

    name: str
    label: str
    description: str
    """One sentence."""
    settings: tuple[Setting, ...] = ()
    needs_vectors: bool = False
    """Whether it refuses to work while pages lack an image embedding."""
    needs_readings: bool = False

    def filled(self, given: Mapping[str, Any] | None) -> dict[str, Any]:
        """All settings, defaults filled in and checked; raises ValueError for a wrong value or an unknown name."""
        known = {setting.name: setting for setting in self.settings}
        for name in given or {}:
            if name not in known:
                offer = f"It has {', '.join(known)}." if known else "It has none."
                raise ValueError(f"The method '{self.name}' has no setting '{name}'. {offer}")
        return {name: setting.check((given or {}).get(name, setting.default)) for name, setting in known.items()}
