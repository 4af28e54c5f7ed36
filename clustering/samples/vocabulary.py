"""The words of the invented organizations, from `words.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Theme:
    """One cause with its words. Every phrase fits a fixed grammatical slot, so that they join into plain sentences."""

    name: str
    bodies: tuple[str, ...]
    """Names of its organizations; {place} is a town, {number} a lodge or local."""
    serials: tuple[str, ...]
    """Names of newsletters."""
    who: tuple[str, ...]
    """Plural noun phrases."""
    office: tuple[str, ...]
    """Singular noun phrases: who decides."""
    issue: tuple[str, ...]
    """Noun phrases: what is wrong."""
    aim: tuple[str, ...]
    """Noun phrases: what is wanted."""
    step: tuple[str, ...]
    """Base verb phrases: what a reader can do."""
    did: tuple[str, ...]
    """Past verb phrases of a plural subject."""
    thing: tuple[str, ...]
    """Singular countable nouns."""
    fact: tuple[str, ...]
    """Full sentences with {n}, {m}, {p}, and {year}."""


_WORDS = tomllib.loads(files("clustering.samples").joinpath("words.toml").read_text(encoding="utf-8"))


def _theme(table: dict[str, str | list[str]]) -> Theme:
    """Return a theme, with the shared words after its own."""
    common: dict[str, list[str]] = _WORDS.get("common", {})
    lists = {
        field.name: (*table[field.name], *common.get(field.name, ())) for field in fields(Theme) if field.name != "name"
    }
    return Theme(str(table["name"]), **lists)


THEMES: tuple[Theme, ...] = tuple(_theme(table) for table in _WORDS["theme"])
TOWNS: tuple[str, ...] = tuple(_WORDS["towns"])
STREETS: tuple[str, ...] = tuple(_WORDS["streets"])
FIRST_NAMES: tuple[str, ...] = tuple(_WORDS["first_names"])
LAST_NAMES: tuple[str, ...] = tuple(_WORDS["last_names"])
OFFICES: tuple[str, ...] = tuple(_WORDS["offices"])
