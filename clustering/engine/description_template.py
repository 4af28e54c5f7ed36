"""Which fields a description has in a collection: shown, required, filled in beforehand, one value or several.

A template is stored as JSON by kind, "" for all kinds: {"": {"title": {"use": "required"}, "box": {"use": "hidden"}},
"letter": {"creators": {"use": "required"}}}. What a kind leaves out is inherited from "".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from clustering.engine.description import FIELDS

USES = ("shown", "required", "hidden")


@dataclass(frozen=True, slots=True)
class FieldRule:
    """The rule of one field."""

    use: str = "shown"
    """One of USES."""
    default: str = ""
    """Value to start with if nothing was entered or drafted; saved with the first description."""
    repeatable: bool = True
    """Whether it may hold several terms; only for fields with terms."""

    def to_json(self) -> dict[str, Any]:
        """Return it as stored, and as the browser gets it."""
        return asdict(self)


Template = Mapping[str, FieldRule]

USUAL: Template = {field.name: FieldRule("required" if field.name == "title" else "shown") for field in FIELDS}
"""The rules of a collection without its own template."""


def template_of(kept: object, kind: str = "") -> dict[str, FieldRule]:
    """Return the rule of every field for documents of this kind; invalid rules are ignored."""
    rules = dict(USUAL)
    if isinstance(kept, Mapping):
        for part in dict.fromkeys(("", kind)):
            rules |= _read(kept.get(part), rules)
    return rules


def kinds_of(kept: object) -> list[str]:
    """Return the kinds that have rules of their own."""
    return sorted(str(kind) for kind in kept if kind) if isinstance(kept, Mapping) else []


def differences(rules: Template, *, under: Template) -> dict[str, dict[str, Any]]:
    """Return the part of `rules` to store: what differs from `under`."""
    return {name: rule.to_json() for name, rule in rules.items() if rule != under[name]}


def _read(kept: object, rules: Mapping[str, FieldRule]) -> dict[str, FieldRule]:
    if not isinstance(kept, Mapping):
        return {}
    return {name: _rule(kept[name], rule) for name, rule in rules.items() if name in kept}


def _rule(kept: object, usual: FieldRule) -> FieldRule:
    if not isinstance(kept, Mapping):
        return usual
    use, default, repeatable = (kept.get(name, getattr(usual, name)) for name in ("use", "default", "repeatable"))
    return FieldRule(
        use if use in USES else usual.use,
        default if isinstance(default, str) else usual.default,
        repeatable if isinstance(repeatable, bool) else usual.repeatable,
    )
