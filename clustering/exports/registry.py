"""All formats, by name: the command, the export page, and jobs offer the same.

Each package in this folder is a folder with formats, listed in its `FORMATS`. Nothing else has to know about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from clustering import exports
from clustering.exports.format import ExportFormat, Purpose


def discovered() -> dict[str, ExportFormat]:
    """Return the formats of all folders in the order of the list. Raises ValueError for a duplicate name."""
    formats = sorted(_declared(), key=lambda known: ([*Purpose].index(known.purpose), known.place, known.name))
    names = [known.name for known in formats]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"Two exports are called {twice}. Give each a name of its own.")
    return {known.name: known for known in formats}


def _declared() -> Iterator[ExportFormat]:
    for module in iter_modules(exports.__path__):
        if module.ispkg:
            yield from import_module(f"{exports.__name__}.{module.name}").FORMATS


FORMATS: dict[str, ExportFormat] = discovered()
"""In the order of the list."""


def by_purpose() -> list[tuple[str, list[ExportFormat]]]:
    """Return the formats under their headings."""
    return [
        (purpose.value, [known for known in FORMATS.values() if known.purpose == purpose])
        for purpose in Purpose
        if any(known.purpose == purpose for known in FORMATS.values())
    ]
