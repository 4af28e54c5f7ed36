"""Short names and titles that commands give to new rows."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db.models import CharField

SHOWN = 60
"""Characters of a name that a message repeats."""


def checked_name(name: str, column: CharField[Any, Any], *, example: str) -> str:
    """Return a short name that this column can hold. Raises CommandError."""
    try:
        column.clean(name, None)
    except ValidationError as error:
        raise CommandError(
            f"“{_shown(name)}” can’t be a short name. Use up to {column.max_length} letters, digits, hyphens, and "
            f"underscores, e.g. {example}."
        ) from error
    return name


def checked_title(title: str, column: CharField[Any, Any]) -> str:
    """Return a title that this column can hold. Raises CommandError."""
    longest = column.max_length or len(title)
    if len(title) > longest:
        raise CommandError(f"The title “{_shown(title)}” has {len(title)} characters. Use up to {longest}.")
    return title


def _shown(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
